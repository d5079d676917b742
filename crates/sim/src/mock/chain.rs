//! Whether calls can be shared out among the members of a sequence, in order.

use std::collections::BTreeSet;

/// Which member is being filled, and with how many calls so far.
type State = (usize, usize);

/// How often a member has to be called, and how often it may be.
pub(super) type Bounds = (usize, Option<usize>);

/// What became of the calls.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// They came in order; per member, how many calls it has at best.
    InOrder(Vec<usize>),
    /// The call at this position of `fits` came out of order; the members that could have taken a
    /// call then.
    OutOfOrder { at: usize, wanted: Vec<usize>, taken: Vec<usize> },
}

/// Shares calls out: `fits[n][m]` says whether call n fits member m.
///
/// The first member takes its calls, then the second, and so on; a call may fit several members, and
/// every way to share is tried at once. A member that may go on for ever counts no further than it
/// has to.
pub(super) fn share_out(bounds: &[Bounds], fits: &[Vec<bool>]) -> Outcome {
    let mut states = BTreeSet::from([(0, 0)]);
    for (at, fits) in fits.iter().enumerate() {
        let mut next = BTreeSet::new();
        for state in &states {
            for (member, count) in open(bounds, *state) {
                if fits[member] {
                    let (min, max) = bounds[member];
                    next.insert((
                        member,
                        if max.is_none() { min.min(count + 1) } else { count + 1 },
                    ));
                }
            }
        }
        if next.is_empty() {
            let open = states.iter().flat_map(|state| open(bounds, *state));
            let wanted: BTreeSet<usize> = open.map(|(member, _)| member).collect();
            let taken = best(bounds, &states);
            return Outcome::OutOfOrder { at, wanted: wanted.into_iter().collect(), taken };
        }
        states = next;
    }
    Outcome::InOrder(best(bounds, &states))
}

/// The members that can take the next call, with how many they have.
fn open(bounds: &[Bounds], state: State) -> Vec<State> {
    let (mut member, mut count) = state;
    let mut open = Vec::new();
    while let Some((min, max)) = bounds.get(member) {
        if max.is_none_or(|max| count < max) {
            open.push((member, count));
        }
        if count < *min {
            break;
        }
        (member, count) = (member + 1, 0);
    }
    open
}

/// Per member, how many calls it has in the way of sharing that suits it best. One that was passed
/// has what it needs.
fn best(bounds: &[Bounds], states: &BTreeSet<State>) -> Vec<usize> {
    let has = |member: usize, (current, count): State| match member.cmp(&current) {
        std::cmp::Ordering::Less => bounds[member].0,
        std::cmp::Ordering::Equal => count,
        std::cmp::Ordering::Greater => 0,
    };
    let best = |member| states.iter().map(|state| has(member, *state)).max().unwrap_or(0);
    (0..bounds.len()).map(best).collect()
}

#[cfg(test)]
mod tests {
    use super::{Bounds, Outcome, share_out};

    const ONCE: Bounds = (1, Some(1));

    /// One letter a call, one text of letters a member.
    fn share(members: &[(&str, Bounds)], calls: &str) -> Outcome {
        let bounds: Vec<Bounds> = members.iter().map(|member| member.1).collect();
        let fits = |call: char| members.iter().map(|member| member.0.contains(call)).collect();
        let fits: Vec<Vec<bool>> = calls.chars().map(fits).collect();
        share_out(&bounds, &fits)
    }

    #[test]
    fn in_order() {
        assert_eq!(share(&[("a", ONCE), ("b", ONCE)], "ab"), Outcome::InOrder(vec![1, 1]));
    }

    #[test]
    fn the_call_that_comes_too_early_is_named_with_what_was_wanted() {
        let outcome = share(&[("a", ONCE), ("b", ONCE)], "ba");
        assert_eq!(outcome, Outcome::OutOfOrder { at: 0, wanted: vec![0], taken: vec![0, 0] });
    }

    #[test]
    fn calls_that_fit_several_members_are_shared_out() {
        let members = [("a", (1, None)), ("a", ONCE), ("b", ONCE)];
        assert_eq!(share(&members, "aaab"), Outcome::InOrder(vec![1, 1, 1]));
        assert_eq!(share(&members, "a"), Outcome::InOrder(vec![1, 0, 0]), "too few");
        let outcome = share(&[("a", ONCE), ("b", ONCE), ("a", ONCE)], "aba");
        assert_eq!(outcome, Outcome::InOrder(vec![1, 1, 1]));
    }

    #[test]
    fn one_call_too_many() {
        let outcome = share(&[("a", ONCE), ("b", (0, Some(1)))], "abb");
        assert_eq!(outcome, Outcome::OutOfOrder { at: 2, wanted: vec![], taken: vec![1, 1] });
    }

    #[test]
    fn members_that_need_nothing_are_passed_over() {
        let members = [("a", (0, None)), ("b", (0, Some(2))), ("c", ONCE)];
        assert_eq!(share(&members, "c"), Outcome::InOrder(vec![0, 0, 1]));
        assert!(matches!(share(&members, "ca"), Outcome::OutOfOrder { at: 1, .. }));
    }
}
