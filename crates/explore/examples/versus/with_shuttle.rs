//! shuttle: executions of real code on its primitives, in every order or in random ones.

use std::time::{Duration, Instant};

use shuttle::scheduler::{DfsScheduler, RandomScheduler, Scheduler};
use shuttle::{Config, Runner};

use super::Exhausted;
use super::protocol::protocol;

protocol!(shuttle);

fn run(scheduler: impl Scheduler + 'static, events: usize, limit: Duration) -> (u64, Duration) {
    let mut config = Config::new();
    config.max_time = Some(limit);
    let runner = Runner::new(scheduler, config);
    let begun = Instant::now();
    let done = runner.run(move || execution(events));
    (done as u64, begun.elapsed())
}

/// Every execution, depth first.
pub(crate) fn exhausted(events: usize, limit: Duration) -> Exhausted {
    let (count, time) = run(DfsScheduler::new(None, false), events, limit);
    Exhausted { unit: "executions", count, time: (time < limit).then_some((time, time)) }
}

/// Random executions until the time is up.
pub(crate) fn random(events: usize, limit: Duration) -> (u64, Duration) {
    let (mut done, begun) = (0, Instant::now());
    // In parts: a run that is ended by its time is told as a failure.
    for seed in 0.. {
        let part = RandomScheduler::new_from_seed(seed, 10_000);
        done += run(part, events, Duration::MAX).0;
        if begun.elapsed() >= limit {
            break;
        }
    }
    (done, begun.elapsed())
}
