//! The states that the search counts are those that a plain search over whole worlds counts, which knows nothing of steps
//! that are taken once.

mod common;

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use common::corpus;
use common::whole::Whole;
use netiosim_explore::scenario::{Limits, Wanted, exhaust};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::program::Program;

/// As many states has a scenario at most that is compared, and as many steps: a debug build compares them within seconds.
const MOST: usize = 100;
const MOST_STEPS: u64 = 400;

/// States, transitions and ends; `None` if there are too many.
#[allow(
    clippy::mutable_key_type,
    reason = "the marks of a world are no part of its equality and hash"
)]
fn plain(program: &Arc<Program>, allowed: &[Rule]) -> Option<(usize, u64, u64)> {
    let first = Whole::first(program);
    let mut seen: HashSet<Whole> = [first.clone()].into();
    let mut queue = VecDeque::from([first]);
    let (mut transitions, mut ends) = (0, 0);
    while let Some(state) = queue.pop_front() {
        if state.broken_on_the_way().iter().any(|rule| !allowed.contains(rule)) {
            continue;
        }
        let all = state.following();
        ends += u64::from(all.is_empty());
        for (_, next) in all {
            transitions += 1;
            if seen.insert(next.clone()) {
                queue.push_back(next);
            }
        }
        if seen.len() > MOST {
            return None;
        }
    }
    Some((seen.len(), transitions, ends))
}

#[test]
fn the_corpus_has_the_same_states_either_way() {
    let all = corpus::files(&corpus::folder());
    let mut compared = 0;
    for (n, file) in all.iter().enumerate().filter(|(n, _)| n % 3 == 0) {
        // Every profile is somebody's turn; where most options are open, one file has more ways than all others together.
        let profile = [Profile::Documented, Profile::Observed, Profile::Wine][n / 3 % 3];
        let Some(program) = corpus::program(file, profile) else { continue };
        let limits = Limits { states: MOST, ..Limits::default() };
        let wanted = Wanted { findings_only: true, ..Wanted::default() };
        let seen = exhaust(&program, wanted, &limits, &mut |_| None);
        if seen.stopped.is_some() || seen.transitions > MOST_STEPS {
            continue;
        }
        let file = file.display();
        let plain = plain(&program, &corpus::allowed(&program));
        assert_eq!(plain, Some((seen.states, seen.transitions, seen.ends)), "{file}, {profile}");
        compared += 1;
    }
    assert!(compared > 50, "only {compared} of {} files are small enough", all.len());
}
