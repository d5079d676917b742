//! When a counterexample became inevitable: the first point from which every continuation fails.

use std::sync::Arc;

use netiosim_model::rule::Rule;
use netiosim_scenario::judge::judge;
use netiosim_scenario::program::Program;

use super::space::{Space, Step, Way};
use super::states::States;

/// What fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// This rule is broken.
    Rule(Rule),
    /// An expectation is not met, or a step comes out wrong; findings aside.
    Expectation,
}

/// When a failure became inevitable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inevitable {
    /// Behind so many steps of the counterexample; 0: the scenario always fails. It is certain of the continuations that come
    /// to an end.
    After(usize),
    /// There are too many continuations to look at, or some lead behind the horizon.
    Unknown,
}

/// The first point of a counterexample from which every continuation fails; if it is `orderly`, of those in which time goes by
/// only when nothing else can happen. At most `most` states are looked at for each point
/// that is tried.
#[must_use]
pub fn inevitable(
    program: &Arc<Program>,
    failing: Failing,
    steps: &[Step],
    orderly: bool,
    most: usize,
) -> Inevitable {
    let mut space = Space::new(program, orderly);
    let mut rows = vec![space.first()];
    for step in steps {
        let mut row = rows[rows.len() - 1].clone();
        let mut next = None;
        space.each_way(&mut row, |space, row, way| {
            if next.is_none() && space.step(way.step) == step {
                next = Some(after(row, way));
            }
        });
        let Some(next) = next else { return Inevitable::Unknown };
        rows.push(next);
    }
    // Whoever cannot escape behind a step cannot escape behind a later one either.
    let (mut free, mut caught) = (None, steps.len());
    let (mut low, mut high) = (0, steps.len());
    while low < high {
        let middle = low + (high - low) / 2;
        match escapes(&mut space, failing, &steps[..middle], &rows[middle], most) {
            Some(true) => {
                free = Some(middle);
                low = middle + 1;
            }
            Some(false) => {
                caught = middle;
                high = middle;
            }
            None => return Inevitable::Unknown,
        }
    }
    debug_assert!(free.is_none_or(|free| free < caught), "what is inevitable stays so");
    Inevitable::After(caught)
}

fn after(row: &[u32], way: &Way) -> Vec<u32> {
    let mut next = row.to_vec();
    for (slot, number) in &way.writes {
        let slot = usize::from(*slot);
        if slot >= next.len() {
            next.resize(slot + 1, 0);
        }
        next[slot] = *number;
    }
    next
}

/// Whether some continuation comes to its end without the failure; `None`: too many states.
fn escapes(
    space: &mut Space,
    failing: Failing,
    before: &[Step],
    row: &[u32],
    most: usize,
) -> Option<bool> {
    let mut states = States::new(row);
    // Depth first: an escape is usually near.
    let mut open = vec![0];
    let mut row = Vec::new();
    while let Some(from) = open.pop() {
        states.read(from, &mut row);
        let history = space.part(space.history_of(&row)).and_then(|part| part.history());
        let fails = history.is_some_and(|(rules, failed)| match failing {
            Failing::Rule(rule) => rules.contains(&rule),
            Failing::Expectation => failed,
        });
        if fails {
            continue;
        }
        let hash = states.hash_of(from);
        let mut full = false;
        let any = space.each_way(&mut row, |_, row, way| {
            let hash = states.hash(hash, row, &way.writes);
            match states.add(from, way.step, hash, &way.writes, most) {
                Some((state, true)) => open.push(state),
                Some((_, false)) => {}
                None => full = true,
            }
        });
        if full || space.beyond || space.trouble().is_some() {
            return None;
        }
        if !any && !fails_at_end(space, failing, before, states.way_to(space, from)) {
            return Some(true);
        }
    }
    Some(false)
}

fn fails_at_end(space: &Space, failing: Failing, before: &[Step], behind: Vec<Step>) -> bool {
    let steps: Vec<Step> = before.iter().cloned().chain(behind).collect();
    let outcome = space.replay(&steps).finish_untold(None);
    match failing {
        Failing::Rule(rule) => outcome.findings.iter().any(|finding| finding.rule == rule),
        Failing::Expectation => {
            let unmet = judge(space.program(), &outcome);
            unmet.iter().any(|unmet| !unmet.path.starts_with("expect.findings"))
        }
    }
}
