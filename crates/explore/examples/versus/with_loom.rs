//! loom: every execution of real code on its primitives that differs in the order of what depends on each other.

use std::sync::Arc as Shared;
use std::sync::atomic::AtomicU64;
use std::time::{Duration, Instant};

use super::Exhausted;
use super::protocol::protocol;

protocol!(loom);

/// Every execution, until all were tried or the time is up.
pub(crate) fn exhausted(events: usize, limit: Duration) -> Exhausted {
    let done = Shared::new(AtomicU64::new(0));
    let counter = done.clone();
    let mut builder = loom::model::Builder::new();
    builder.max_duration = Some(limit);
    builder.max_branches = 100_000;
    let begun = Instant::now();
    builder.check(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        execution(events);
    });
    let (count, time) = (done.load(Ordering::Relaxed), begun.elapsed());
    Exhausted { unit: "executions", count, time: (time < limit).then_some((time, time)) }
}
