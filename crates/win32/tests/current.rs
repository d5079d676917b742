//! Whose stack a call is for.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::ffi::c_void;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Barrier, Mutex, MutexGuard};
use std::thread;

use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetTeredoPort, MIB_NOTIFICATION_TYPE, NotifyTeredoPortChange,
};

/// Which threads of this process are bound matters to all of these tests: one at a time.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn stack(port: u16) -> Stack {
    builder().teredo_port(port).on_deadlock(OnDeadlock::Error).build()
}

fn port() -> Result<u16, u32> {
    let mut port = 0;
    match unsafe { GetTeredoPort(&mut port) } {
        0 => Ok(port),
        code => Err(code),
    }
}

unsafe extern "system" fn asks(context: *const c_void, _: u16, kind: MIB_NOTIFICATION_TYPE) {
    if kind == 0 {
        // Of whichever stack calls.
        unsafe { &*context.cast::<AtomicU16>() }.store(port().unwrap(), Ordering::SeqCst);
    }
}

#[test]
fn two_hundred_tests_at_once_stay_apart() {
    let _alone = alone();
    let start = Barrier::new(200);
    thread::scope(|scope| {
        for n in 0..200 {
            let start = &start;
            scope.spawn(move || {
                let own = 40_000 + n;
                let stack = stack(own);
                let _bound = bind(&stack);
                start.wait();
                let seen = AtomicU16::new(0);
                let mut handle: HANDLE = std::ptr::null_mut();
                let context = (&raw const seen).cast();
                let code =
                    unsafe { NotifyTeredoPortChange(Some(asks), context, false, &mut handle) };
                assert_eq!((code, port()), (0, Ok(own)));
                stack.restart_teredo_on(own + 1000).unwrap();
                stack.run_until_idle();
                assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
                assert_eq!(seen.load(Ordering::SeqCst), own + 1000);
                assert!(stack.findings().is_empty());
            });
        }
    });
}

#[test]
fn an_unbound_thread_is_a_finding_and_no_guess() {
    let _alone = alone();
    let (one, other) = (stack(40_001), stack(40_002));
    let _bound = bind(&one);
    let _both = bind(&other);
    thread::Builder::new()
        .name("stray".to_owned())
        .spawn(|| assert_eq!(port(), Err(1)))
        .unwrap()
        .join()
        .unwrap();
    for stack in [&one, &other] {
        let findings = stack.take_findings();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, Rule::UnboundThread);
        assert!(findings[0].message.contains("GetTeredoPort was called by a thread (stray)"));
    }
}

#[test]
fn guards_nest_and_threads_inherit() {
    let _alone = alone();
    let (outer, inner) = (stack(40_001), stack(40_002));
    let _outer = bind(&outer);
    {
        let _inner = bind(&inner);
        assert_eq!(port(), Ok(40_002));
        let spawned = outer.spawn("of the outer one", port);
        assert_eq!(spawned.join().unwrap(), Ok(40_001), "a stack's thread belongs to it");
        let handle = inner.handle();
        let told = thread::spawn(move || {
            let _bound = bind(&handle);
            port()
        });
        assert_eq!(told.join().unwrap(), Ok(40_002), "and one that was told");
    }
    assert_eq!(port(), Ok(40_001));
}

#[test]
fn a_handle_knows_its_stack() {
    let _alone = alone();
    let (one, other) = (stack(40_001), stack(40_002));
    let seen = AtomicU16::new(0);
    let mut handle: HANDLE = std::ptr::null_mut();
    {
        let _bound = bind(&one);
        let context = (&raw const seen).cast();
        let code = unsafe { NotifyTeredoPortChange(Some(asks), context, false, &mut handle) };
        assert_eq!(code, 0);
    }
    let _bound = bind(&other);
    let address = handle.expose_provenance();
    // Neither a thread that is bound to another stack nor one that is bound to none needs to be told.
    let cancel =
        move || unsafe { CancelMibChangeNotify2(std::ptr::with_exposed_provenance_mut(address)) };
    assert_eq!(thread::spawn(cancel).join().unwrap(), 0);
    assert_eq!(cancel(), 87, "it is gone from its own stack");
    assert_eq!(one.acknowledge(Rule::StaleHandle), 1);
    assert!(other.findings().is_empty());
}
