//! stateright over our own states: whole worlds, copied, hashed and compared.

use std::time::Duration;

use super::{Exhausted, ours};
use crate::common::opinion::opinion;

/// Every state of a case.
pub(crate) fn exhausted(file: &str) -> Exhausted {
    let program = ours::program(file);
    let mut times: Vec<Duration> = (0..5).map(|_| opinion(&program).time).collect();
    times.sort_unstable();
    let states = opinion(&program).states;
    Exhausted { unit: "states", count: states as u64, time: Some((times[0], times[2])) }
}

/// How many states a large scenario has, and how long it took.
pub(crate) fn many(file: &str) -> (u64, Duration) {
    let opinion = opinion(&ours::program(file));
    (opinion.states as u64, opinion.time)
}
