//! The explorer beside its rivals, on the same machine in the same minute:
//! `cargo run --release -p netiosim-explore --example versus [-- SECONDS]`
//!
//! Three questions. How much work is it to see every order of one registration, a few port changes, a callback
//! that takes a lock, and a cancel? How many random orders of it are tried in a second? How many states are seen in a second,
//! where there are many? `SECONDS` is how long a rival may take for one answer (20); who has not finished by then is said not
//! to have.
//!
//! loom and shuttle run real code, so they get a small re-creation of the same protocol in it ([`protocol`]):
//! they have no other way to see it. stateright searches states, as we do, and gets our own states, and a small
//! machine that was written for it.
#![allow(clippy::print_stdout, reason = "it is what it is for")]

#[path = "../../tests/common/mod.rs"]
mod common;
mod ours;
mod protocol;
mod small_machine;
mod table;
mod with_loom;
mod with_shuttle;
mod with_stateright;

use std::time::Duration;

use table::{Table, count, rate, time};

/// The three cases: a file, and how many events it has.
const CASES: [(&str, usize); 3] = [
    ("exploration/one_event.json", 1),
    ("exploration/two_events.json", 2),
    ("exploration/four_events.json", 4),
];

/// Five threads of eight steps each, and two locks.
const MANY: &str = "exploration/five_threads.json";

fn main() {
    let seconds = std::env::args().nth(1).map_or(Ok(20), |text| text.parse());
    let Ok(seconds) = seconds else {
        println!("usage: versus [SECONDS]");
        std::process::exit(64);
    };
    let limit = Duration::from_secs(seconds);
    // First, because a panic hook that shuttle leaves behind tells of every coroutine that loom ends.
    let loom = CASES.map(|(_, events)| with_loom::exhausted(events, limit));
    every_order(&loom, limit);
    random_orders(limit.min(Duration::from_secs(5)));
    many_states();
}

/// What one of them has to show for an exhaustive search.
struct Exhausted {
    /// What was counted: `states`, `executions`.
    unit: &'static str,
    count: u64,
    /// The shortest and the median time of several, or the one there is; `None`: it did not finish.
    time: Option<(Duration, Duration)>,
}

fn every_order(loom: &[Exhausted], limit: Duration) {
    let mut table = Table::new(
        "Every order of one registration, events, a callback that takes a lock, and a cancel",
        &["events", "who", "work", "shortest", "median"],
    );
    for ((file, events), loom) in CASES.into_iter().zip(loom) {
        let (ours, transitions) = ours::exhausted(file);
        let work = format!("{} states, {} transitions", count(ours.count), count(transitions));
        table.row([events.to_string(), "netiosim".to_owned(), work], &times(&ours, limit));
        let mut row = |who: &str, other: &Exhausted| {
            let work = format!("{} {}", count(other.count), other.unit);
            table.row([String::new(), who.to_owned(), work], &times(other, limit));
        };
        row("loom", loom);
        row("shuttle, depth first", &with_shuttle::exhausted(events, limit));
        row("stateright, our states", &with_stateright::exhausted(file));
    }
    table.print();
}

fn times(exhausted: &Exhausted, limit: Duration) -> [String; 2] {
    match exhausted.time {
        Some((least, median)) => [time(least), time(median)],
        None => [format!("not finished in {} s", limit.as_secs()), String::new()],
    }
}

fn random_orders(limit: Duration) {
    let (file, events) = CASES[0];
    let mut table = Table::new(
        "Random orders of the case with one event, on one thread",
        &["who", "executions", "a second"],
    );
    let mut row = |who: &str, (executions, time): (u64, Duration)| {
        table.row([who.to_owned(), count(executions)], &[rate(executions, time)]);
    };
    row("netiosim", ours::random(file, limit));
    row("shuttle", with_shuttle::random(events, limit));
    table.print();
}

fn many_states() {
    let (states, transitions, bytes, least) = ours::many(MANY);
    let mut table = Table::new(
        &format!(
            "States of {MANY}, on one thread: {} states, {} transitions, {:.2} to a state; netiosim keeps {} bytes of each",
            count(states),
            count(transitions),
            transitions as f64 / states as f64,
            bytes as u64 / states
        ),
        &["who", "states", "time", "states a second"],
    );
    let mut row = |who: &str, (states, least): (u64, Duration)| {
        table.row([who.to_owned(), count(states), time(least)], &[rate(states, least)]);
    };
    row("netiosim", (states, least));
    row("stateright, our states", with_stateright::many(MANY));
    row("stateright, a small machine of its own", small_machine::many());
    table.print();
}
