//! The port is asked for before its changes are: a change in between is missed.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_explore::walk::StrategyKind;
use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_NOTIFICATION_TYPE;

use crate::abi::{cancel, follow_port, port};
use crate::backend::suite;

unsafe extern "system" fn changed(context: *const c_void, port: u16, _: MIB_NOTIFICATION_TYPE) {
    unsafe { &*context.cast::<AtomicU16>() }.store(port, SeqCst);
}

/// The firewall's exception is on the port in the end, or not.
fn firewall(stack: &Stack, asks_first: bool) {
    let _bound = bind(stack);
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    let exception = AtomicU16::new(0);
    if asks_first {
        exception.store(port(), SeqCst);
    }
    let changes = follow_port(changed, &exception);
    if !asks_first {
        // A callback that came meanwhile knows better.
        let _ = exception.compare_exchange(0, port(), SeqCst, SeqCst);
    }
    change.join().unwrap();
    stack.run_until_idle();
    let (exception, port) = (exception.load(SeqCst), port());
    cancel(changes);
    assert_eq!(exception, port, "the exception is stale");
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(|stack| firewall(&stack, true)).unwrap_failure();
    let Trouble::Panic(message, _) = &failure.trouble else { panic!("{failure}") };
    assert!(message.contains("the exception is stale"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
    // What happened is told in the names and lines of the client.
    for told in ["changer", "GetTeredoPort", "NotifyTeredoPortChange", "explore/abi.rs:"] {
        assert!(failure.story.contains(told), "{told}: {failure}");
    }
}

fn the_schedule_repeats_it(explorer: fn() -> Explorer) {
    let failure = explorer().check(|stack| firewall(&stack, true)).unwrap_failure();
    let replay = explorer().replay(failure.schedule.to_string());
    let again = replay.check(|stack| firewall(&stack, true)).unwrap_failure();
    assert_eq!((again.schedule, again.execution), (failure.schedule, 1));
    assert_eq!((again.trouble, again.story), (failure.trouble, failure.story));
}

fn chance_finds_it_too(explorer: fn() -> Explorer) {
    for kind in [StrategyKind::Random, StrategyKind::Pct { depth: 2 }] {
        let exploration = explorer().strategy(kind).seed(1).check(|stack| firewall(&stack, true));
        assert_eq!(exploration.verdict(), Verdict::Failed, "{kind}");
    }
}

fn the_right_order_is_exhausted(explorer: fn() -> Explorer) {
    let exploration = explorer().check(|stack| firewall(&stack, false));
    assert_eq!(exploration.failure, None, "{exploration}");
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
    assert!(exploration.statistics.executions > 100, "{exploration}");
}

suite! {
    it_is_found_within_a_handful_of_executions
    the_schedule_repeats_it
    chance_finds_it_too
    the_right_order_is_exhausted
}
