//! The explorer of this crate, on the shipped model with all rules on.

use std::sync::Arc;
use std::time::{Duration, Instant};

use netiosim_explore::scenario::{Limits, Plan, Seen, Wanted, exhaust, explore};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::program::Program;

use super::Exhausted;
use crate::common::corpus;

/// As often is a short search repeated.
const TIMES: usize = 101;

/// A scenario of the corpus.
pub(crate) fn program(file: &str) -> Arc<Program> {
    let path = corpus::folder().join(file);
    corpus::program(&path, Profile::Documented).expect("it is for this profile")
}

/// Searches once, from nothing: nothing that an earlier search knew of steps is kept.
fn search(program: &Arc<Program>) -> (Seen, Duration) {
    let begun = Instant::now();
    let seen = exhaust(program, Wanted::default(), &Limits::default(), &mut |_| None);
    let time = begun.elapsed();
    assert!(seen.proved(), "{:?} {:?}", seen.stopped, seen.violations);
    (seen, time)
}

fn repeat(program: &Arc<Program>, times: usize) -> (Seen, Duration, Duration) {
    let (seen, first) = search(program);
    let mut all = vec![first];
    all.extend((1..times).map(|_| search(program).1));
    all.sort_unstable();
    (seen, all[0], all[times / 2])
}

/// Every order of a case, and the number of transitions.
pub(crate) fn exhausted(file: &str) -> (Exhausted, u64) {
    let (seen, least, median) = repeat(&program(file), TIMES);
    let exhausted =
        Exhausted { unit: "states", count: seen.states as u64, time: Some((least, median)) };
    (exhausted, seen.transitions)
}

/// Random orders until the time is up: how many, and how long it took.
pub(crate) fn random(file: &str, limit: Duration) -> (u64, Duration) {
    let program = program(file);
    let plan =
        Plan { strategy: StrategyKind::Random, schedules: Some(u64::MAX), ..Plan::default() };
    let begun = Instant::now();
    let late = |_| (begun.elapsed() >= limit).then(|| "the time is up".to_owned());
    let seen = explore(&program, &plan, &mut { late });
    let time = begun.elapsed();
    assert!(seen.violations.is_empty() && seen.cut == 0, "{:?}", seen.violations);
    (seen.schedules, time)
}

/// States, transitions, bytes, and the shortest time.
pub(crate) fn many(file: &str) -> (u64, u64, usize, Duration) {
    let (seen, least, _) = repeat(&program(file), 11);
    assert!(seen.states >= 30_000, "{} states are not many", seen.states);
    (seen.states as u64, seen.transitions, seen.bytes, least)
}
