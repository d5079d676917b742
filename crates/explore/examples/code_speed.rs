//! How many executions of real code are made in a second.
//!
//! One registration, so many events, a callback that takes a tracked lock, and a cancel; every schedule, and a
//! sample by chance. And a client that cannot miss an update, with every schedule.
//!
//! With words behind it, only the rows that have them all; with a number, so many executions in a sample.
//!
//! ```text
//! cargo run --release -p netiosim-explore --features coroutines --example code_speed
//! ```

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::walk::StrategyKind;
use netiosim_sim::Stack;

fn case(stack: &Stack, events: u32) {
    let count = Arc::new(stack.mutex("count", 0u32));
    let own = count.clone();
    let changes = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| *own.lock().unwrap() += 1)
        .unwrap();
    for _ in 0..events {
        stack.restart_teredo().unwrap();
    }
    changes.cancel().unwrap();
    assert!(*count.lock().unwrap() <= events);
}

/// The changes are asked for before the port is.
fn update(stack: &Stack) {
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    let port = Arc::new(AtomicU16::new(0));
    let seen = port.clone();
    let changes =
        stack.on_teredo_port_change(move |change| seen.store(change.port, SeqCst)).unwrap();
    let _ = port.compare_exchange(0, stack.teredo_port().unwrap(), SeqCst, SeqCst);
    change.join().unwrap();
    stack.run_until_idle();
    assert_eq!(port.load(SeqCst), stack.teredo_port().unwrap());
    changes.cancel().unwrap();
}

/// What runs the executions.
#[derive(Clone, Copy)]
enum On {
    Threads,
    #[cfg(feature = "coroutines")]
    Coroutines,
}

impl On {
    #[cfg(feature = "coroutines")]
    const ALL: &[Self] = &[Self::Threads, Self::Coroutines];
    #[cfg(not(feature = "coroutines"))]
    const ALL: &[Self] = &[Self::Threads];

    fn name(self) -> &'static str {
        match self {
            Self::Threads => "threads",
            #[cfg(feature = "coroutines")]
            Self::Coroutines => "coroutines",
        }
    }

    fn explorer(self) -> Explorer {
        match self {
            Self::Threads => Explorer::new(),
            #[cfg(feature = "coroutines")]
            Self::Coroutines => Explorer::new().coroutines(),
        }
    }

    /// How many executions are worth a measurement.
    fn sample(self) -> u64 {
        if let Some(number) = std::env::args().find_map(|word| word.parse().ok()) {
            return number;
        }
        match self {
            Self::Threads => 20_000,
            #[cfg(feature = "coroutines")]
            Self::Coroutines => 500_000,
        }
    }
}

#[allow(clippy::print_stdout, reason = "it prints what it measured")]
fn row(on: On, what: &str, strategy: StrategyKind, test: impl Fn(Stack) + Send + Sync + 'static) {
    let name = format!("{:<11} {what:<28} {:<10}", on.name(), strategy.to_string());
    if !std::env::args().skip(1).all(|word| name.contains(&word) || word.parse::<u64>().is_ok()) {
        return;
    }
    let most = if strategy.is_exhaustive() { 1_000_000 } else { on.sample() };
    let explorer = on.explorer().strategy(strategy).max_executions(most).accept_limit();
    let exploration = explorer.check(test);
    assert_eq!(exploration.failure, None, "{exploration}");
    let executions = exploration.statistics.executions;
    let seconds = exploration.elapsed.as_secs_f64();
    println!(
        "{name} {executions:>8} executions {:>9.3} ms {:>9.0} per second",
        seconds * 1000.0,
        executions as f64 / seconds
    );
}

fn main() {
    for on in On::ALL {
        // What an execution costs before anything is delivered: no event, no other thread.
        row(*on, "no event, one thread", StrategyKind::Random, |stack| case(&stack, 0));
        row(*on, "an update that is not missed", StrategyKind::Exhaustive, |stack| update(&stack));
        for events in [1, 2] {
            let what = format!("{events} event(s)");
            for strategy in [StrategyKind::Exhaustive, StrategyKind::Random] {
                row(*on, &what, strategy, move |stack| case(&stack, events));
            }
        }
    }
}
