//! The laws of threads mode under shuttle, which decides at every lock, condition variable, atomic and thread of this
//! crate who goes on: in orders drawn at random, and with few preemptions in places drawn at random (PCT). The seeds are
//! fixed; `ci/shuttle` runs it.
//!
//! `NETIOSIM_RUNS` is the number of executions of each law under each of the two, 500 unless it says otherwise,
//! `NETIOSIM_SEED` another seed. What a failure prints is shuttle's: a schedule for `shuttle::replay`.

mod cancel;
mod deadlocks;
mod deliveries;
mod limits;
mod waits;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::{Builder, Mode, Stack};
use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner};

/// How many places PCT preempts at.
const DEPTH: usize = 3;

fn number(variable: &str, otherwise: u64) -> u64 {
    let Ok(text) = std::env::var(variable) else { return otherwise };
    text.parse().unwrap_or_else(|_| panic!("{variable} is \"{text}\", which is no number"))
}

/// Runs a test in many orders.
fn under_shuttle(test: impl Fn() + Send + Sync + 'static) {
    let runs = number("NETIOSIM_RUNS", 500) as usize;
    let seed = number("NETIOSIM_SEED", 0);
    let test = Arc::new(test);
    let (random, pct) = (test.clone(), test);
    let mut config = Config::new();
    config.silence_warnings = true;
    Runner::new(RandomScheduler::new_from_seed(seed, runs), config.clone()).run(move || random());
    Runner::new(PctScheduler::new_from_seed(seed, DEPTH, runs), config).run(move || pct());
}

/// A stack in threads mode in the making; the tag makes its handles the same in every execution.
fn threads() -> Builder {
    Stack::builder().mode(Mode::Threads).tag(1)
}

/// Counts over all executions: evidence that what a law is about was there at all.
#[derive(Clone, Debug, Default)]
struct Seen(Arc<AtomicUsize>);

impl Seen {
    fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    #[track_caller]
    fn sometimes(&self, what: &str) {
        assert!(self.0.load(Ordering::Relaxed) > 0, "never in all executions: {what}");
    }
}

#[test]
fn the_page_shows_the_example_that_is_run() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../");
    let read = |path: &str| std::fs::read_to_string(format!("{folder}{path}")).unwrap();
    let file = read("crates/sim/tests/shuttle_example.rs");
    let (_, example) = file.split_once("// The example begins here.\n").unwrap();
    assert!(read("docs/shuttle.md").contains(&format!("```rust\n{example}```\n")));
}
