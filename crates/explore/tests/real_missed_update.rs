//! The port is asked for before its changes are: a change in between is missed.

mod real_backend;

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_explore::walk::StrategyKind;
use netiosim_sim::Stack;

/// The firewall's exception is on the port in the end, or not.
fn firewall(stack: &Stack, asks_first: bool) {
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    let exception = Arc::new(AtomicU16::new(0));
    if asks_first {
        exception.store(stack.teredo_port().unwrap(), SeqCst);
    }
    let seen = exception.clone();
    let changes = stack.teredo_port_change().name("ports");
    let changes = changes.register(move |change| seen.store(change.port, SeqCst)).unwrap();
    if !asks_first {
        // A callback that came meanwhile knows better.
        let port = stack.teredo_port().unwrap();
        let _ = exception.compare_exchange(0, port, SeqCst, SeqCst);
    }
    change.join().unwrap();
    stack.run_until_idle();
    assert_eq!(exception.load(SeqCst), stack.teredo_port().unwrap(), "the exception is stale");
    changes.cancel().unwrap();
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let exploration = explorer().check(|stack| firewall(&stack, true));
    let failure = exploration.unwrap_failure();
    let Trouble::Panic(message, _) = &failure.trouble else { panic!("{failure}") };
    assert!(message.contains("the exception is stale"), "{failure}");
    assert!(failure.execution <= 5, "{failure}");
    assert_eq!(failure.unsteady, None, "{failure}");
    assert!(failure.story.contains("changer"), "{failure}");
    assert!(failure.to_string().contains("repeat this run: NETIOSIM_REPLAY=n1c"), "{failure}");
}

fn chance_finds_it_too(explorer: fn() -> Explorer) {
    for kind in [StrategyKind::Random, StrategyKind::Pct { depth: 2 }, StrategyKind::Portfolio] {
        let exploration = explorer().strategy(kind).seed(1).check(|stack| firewall(&stack, true));
        assert_eq!(exploration.verdict(), Verdict::Failed, "{kind}");
    }
}

fn the_schedule_repeats_it(explorer: fn() -> Explorer) {
    let schedule = explorer().check(|stack| firewall(&stack, true)).unwrap_failure().schedule;
    let replay = explorer().replay(schedule.to_string());
    let failure = replay.check(|stack| firewall(&stack, true)).unwrap_failure();
    assert_eq!(failure.schedule, schedule);
    assert!(matches!(failure.trouble, Trouble::Panic(..)), "{failure}");
}

fn the_right_order_is_exhausted(explorer: fn() -> Explorer) {
    let exploration = explorer().check(|stack| firewall(&stack, false));
    assert_eq!(exploration.failure, None, "{exploration}");
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

real_backend::suite! {
    it_is_found_within_a_handful_of_executions
    chance_finds_it_too
    the_schedule_repeats_it
    the_right_order_is_exhausted
}
