//! A lock is held over the cancel, and the callback wants it.

use std::ffi::c_void;

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_win32::bind;
use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{Mutex, Stack};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
};

use crate::abi::{cancel, follow_rows};
use crate::backend::suite;

unsafe extern "system" fn changed(
    context: *const c_void,
    _: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    if let Ok(mut count) = unsafe { &*context.cast::<Mutex<u32>>() }.lock() {
        *count += 1;
    }
}

/// With a prediction that is not what is looked for.
fn test(gives_back: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let _bound = bind(&stack);
        let state = stack.mutex("state", 0);
        let changes = follow_rows(changed, &state);
        stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
        let guard = state.lock().unwrap();
        if gives_back {
            drop(guard);
            cancel(changes);
        } else {
            let _ = unsafe { CancelMibChangeNotify2(changes) };
            drop(guard);
        }
        stack.acknowledge(Rule::LockOrder);
    }
}

fn it_is_a_deadlock_that_is_explained(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Deadlock(findings) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(findings.last().unwrap().rule.id(), "N002", "{failure}");
    assert!(!failure.trouble.is_unmodelled(), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
    assert!(failure.story.contains("explore/lock_over_cancel.rs:"), "{failure}");
}

fn its_schedule_repeats_it(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let replay = explorer().replay(failure.schedule.to_string());
    let again = replay.check(test(false)).unwrap_failure();
    assert_eq!(again.schedule, failure.schedule);
    assert_eq!((again.trouble, again.story), (failure.trouble, failure.story));
}

fn the_lock_that_is_given_back_before_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

suite! {
    it_is_a_deadlock_that_is_explained
    its_schedule_repeats_it
    the_lock_that_is_given_back_before_is_right
}
