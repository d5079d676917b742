//! The callback comes before the constructor that registered it has finished.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_win32::bind;
use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::{Stack, SwitchAt};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE};

use crate::abi::{cancel, follow_rows};
use crate::backend::suite;

/// Counts the changes of the interfaces in a log of its own.
struct Follower {
    /// NULL until the constructor is through.
    log: AtomicPtr<AtomicU32>,
    /// How often the callback met NULL, and would have crashed.
    early: AtomicU32,
    changes: HANDLE,
}

unsafe extern "system" fn changed(
    context: *const c_void,
    _: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let follower = context.cast::<Follower>();
    unsafe {
        let log = (*follower).log.load(SeqCst);
        let count = if log.is_null() { &raw const (*follower).early } else { log };
        (*count).fetch_add(1, SeqCst);
    }
}

impl Follower {
    fn new(log: &AtomicU32, log_first: bool) -> Box<Self> {
        let log = std::ptr::from_ref(log).cast_mut();
        let (empty, early) = (AtomicPtr::new(null_mut()), AtomicU32::new(0));
        let mut follower = Box::new(Self { log: empty, early, changes: null_mut() });
        if log_first {
            follower.log.store(log, SeqCst);
        }
        follower.changes = follow_rows(changed, &*follower);
        if !log_first {
            follower.log.store(log, SeqCst);
        }
        follower
    }
}

fn test(log_first: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let _bound = bind(&stack);
        let changer = stack.handle();
        let change = stack.spawn("changer", move || {
            changer.set_mtu("Ethernet", Family::V4, 1400).unwrap();
        });
        let log = AtomicU32::new(0);
        let follower = Follower::new(&log, log_first);
        change.join().unwrap();
        stack.run_until_idle();
        cancel(follower.changes);
        assert_eq!(follower.early.load(SeqCst), 0, "the callback met a half-made object");
        assert!(log.load(SeqCst) <= 1);
    }
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Panic(message, _) = &failure.trouble else { panic!("{failure}") };
    assert!(message.contains("half-made"), "{failure}");
    assert!(failure.execution <= 8, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
}

fn the_constructor_that_registers_last_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

fn it_is_missed_where_only_the_beginnings_of_calls_count(explorer: fn() -> Explorer) {
    let exploration = explorer().switch_at(SwitchAt::Calls).check(test(false));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

suite! {
    it_is_found_within_a_handful_of_executions
    the_constructor_that_registers_last_is_right
    it_is_missed_where_only_the_beginnings_of_calls_count
}
