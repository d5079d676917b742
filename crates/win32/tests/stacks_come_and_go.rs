//! Stacks that go while other threads call, many stacks side by side, and odd pointers.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, or is meant to be survived"
)]

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use netiosim_win32::sim::{OnDeadlock, Stack, StackRef};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, FreeMibTable, GetIfTable2, GetTeredoPort, MIB_IF_TABLE2,
    MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE, NotifyIpInterfaceChange,
};

const SHUTDOWN: u32 = 1115;

unsafe extern "system" fn count(
    context: *const c_void,
    _: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe { &*context.cast::<AtomicUsize>() }.fetch_add(1, Ordering::SeqCst);
}

fn quiet() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

/// Registers, asks, hands out and gives back, as often as it is let.
fn use_it(stack: &StackRef, counter: &AtomicUsize, mut go_on: impl FnMut() -> bool) {
    let _bound = bind(stack);
    while go_on() {
        let mut handle: HANDLE = null_mut();
        let context = std::ptr::from_ref(counter).cast();
        let code = unsafe { NotifyIpInterfaceChange(0, Some(count), context, true, &mut handle) };
        assert!(code == 0 || code == SHUTDOWN, "{code}");
        assert_eq!(code == 0, !handle.is_null());
        let mut port = 0;
        let code = unsafe { GetTeredoPort(&mut port) };
        assert!(code == 0 || code == SHUTDOWN, "{code}");
        let mut table: *mut MIB_IF_TABLE2 = null_mut();
        let code = unsafe { GetIfTable2(&mut table) };
        assert!(code == 0 || code == SHUTDOWN, "{code}");
        if !table.is_null() {
            unsafe { FreeMibTable(table.cast()) };
        }
        if !handle.is_null() {
            let code = unsafe { CancelMibChangeNotify2(handle) };
            assert!(code == 0 || code == SHUTDOWN, "{code}");
        }
    }
}

/// Ends the threads also when a check fails: their scope waits for them.
struct Stop<'a>(&'a AtomicBool);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_stack_goes_while_threads_are_inside_of_calls() {
    for round in 0..40 {
        let stack =
            builder().seed(round).on_deadlock(OnDeadlock::Error).report_leaks(false).build();
        let (stop, counter, begun) =
            (AtomicBool::new(false), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            let _stop = Stop(&stop);
            for _ in 0..3 {
                let reference = stack.handle();
                let (stop, counter, begun) = (&stop, &counter, &begun);
                scope.spawn(move || {
                    use_it(&reference, counter, || {
                        begun.fetch_add(1, Ordering::SeqCst);
                        !stop.load(Ordering::SeqCst)
                    });
                });
            }
            while begun.load(Ordering::SeqCst) < 20 {
                let _ = stack.teredo_port();
                thread::yield_now();
            }
            let _ = stack.take_findings();
            drop(stack);
            let seen = begun.load(Ordering::SeqCst);
            while begun.load(Ordering::SeqCst) < seen + 10 {
                thread::yield_now();
            }
        });
    }
}

#[test]
fn two_hundred_stacks_stay_apart() {
    let total = Arc::new(AtomicUsize::new(0));
    let threads: Vec<_> = (0..200u16)
        .map(|n| {
            let total = total.clone();
            thread::spawn(move || {
                let stack = builder()
                    .teredo_port(40_000 + n)
                    .seed(n.into())
                    .on_deadlock(OnDeadlock::Error)
                    .build();
                let counter = AtomicUsize::new(0);
                let mut rounds = 0;
                use_it(&stack, &counter, || {
                    rounds += 1;
                    rounds <= 5
                });
                let _bound = bind(&stack);
                let mut port = 0;
                assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
                assert_eq!(port, 40_000 + n);
                total.fetch_add(counter.load(Ordering::SeqCst), Ordering::SeqCst);
                let findings = stack.take_findings();
                assert!(findings.is_empty(), "{findings:?}");
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert!(total.load(Ordering::SeqCst) >= 200);
}

#[test]
fn odd_pointers_are_findings_and_leave_real_tables_alone() {
    let stack = quiet();
    let _bound = bind(&stack);
    let mut table: *mut MIB_IF_TABLE2 = null_mut();
    assert_eq!(unsafe { GetIfTable2(&mut table) }, 0);
    let rows = unsafe { (*table).NumEntries };
    let mut local = 0u64;
    let odd: [*const c_void; 9] = [
        std::ptr::without_provenance(1),
        std::ptr::without_provenance(usize::MAX),
        std::ptr::without_provenance(usize::MAX - 7),
        std::ptr::without_provenance(0x8000_0000_0000_0000),
        (&raw mut local).cast(),
        table.cast::<u8>().wrapping_add(1).cast(),
        table.cast::<u8>().wrapping_add(8).cast(),
        table.cast::<u8>().wrapping_sub(1).cast(),
        odd_pointers_are_findings_and_leave_real_tables_alone as *const c_void,
    ];
    for pointer in odd {
        unsafe { FreeMibTable(pointer) };
        assert_eq!(stack.take_findings().len(), 1, "{pointer:?}");
    }
    assert_eq!(unsafe { (*table).NumEntries }, rows);
    unsafe { FreeMibTable(table.cast()) };
    assert!(stack.take_findings().is_empty());
    unsafe { FreeMibTable(table.cast()) };
    assert_eq!(stack.take_findings().len(), 1);
    unsafe { FreeMibTable(null_mut()) };
    let _ = stack.take_findings();
}
