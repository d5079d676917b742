//! What the context points to is taken apart before the registration is cancelled.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_NOTIFICATION_TYPE;

use crate::abi::{cancel, follow_port};
use crate::backend::suite;

/// In the canary while the state may be used.
const ALIVE: u32 = 0x600D_F00D;

struct State {
    canary: AtomicU32,
    /// How often the callback met a canary that was dead.
    dead: AtomicU32,
}

unsafe extern "system" fn changed(context: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    let state = unsafe { &*context.cast::<State>() };
    if state.canary.load(SeqCst) != ALIVE {
        state.dead.fetch_add(1, SeqCst);
    }
}

fn test(cancel_first: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let _bound = bind(&stack);
        let state = State { canary: AtomicU32::new(ALIVE), dead: AtomicU32::new(0) };
        let changes = follow_port(changed, &state);
        stack.restart_teredo().unwrap();
        if cancel_first {
            cancel(changes);
            state.canary.store(0, SeqCst);
            stack.run_until_idle();
        } else {
            state.canary.store(0, SeqCst);
            cancel(changes);
        }
        assert_eq!(state.dead.load(SeqCst), 0, "the callback used freed state");
    }
}

fn it_is_found_within_a_handful_of_executions(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Panic(message, _) = &failure.trouble else { panic!("{failure}") };
    assert!(message.contains("freed state"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
}

fn the_cancel_that_comes_first_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

suite! {
    it_is_found_within_a_handful_of_executions
    the_cancel_that_comes_first_is_right
}
