//! How many executions of real code are made in a second.
//!
//! One registration, so many events, a callback that takes a tracked lock, and a cancel; every schedule, and a
//! sample by chance. And a client that cannot miss an update, with every schedule.
//!
//! ```text
//! cargo run --release -p netiosim-explore --example code_speed
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

#[allow(clippy::print_stdout, reason = "it prints what it measured")]
fn main() {
    // What an execution costs before anything is delivered: no event, no other thread.
    let explorer = Explorer::new().strategy(StrategyKind::Random).max_executions(20_000);
    let exploration = explorer.run(|stack| case(&stack, 0));
    let rate = exploration.statistics.executions as f64 / exploration.elapsed.as_secs_f64();
    println!("no event, one thread: {rate:.0} per second");
    let exploration = Explorer::new().run(|stack| update(&stack));
    println!("an update that is not missed: {exploration}; {:?}", exploration.elapsed);
    for events in [1, 2] {
        for (strategy, most) in
            [(StrategyKind::Exhaustive, 200_000), (StrategyKind::Random, 20_000)]
        {
            let explorer = Explorer::new().strategy(strategy).max_executions(most).accept_limit();
            let exploration = explorer.run(move |stack| case(&stack, events));
            let seconds = exploration.elapsed.as_secs_f64();
            let rate = exploration.statistics.executions as f64 / seconds;
            println!(
                "{events} event(s), {strategy}: {exploration}; {seconds:.3} s, {rate:.0} per second"
            );
        }
    }
}
