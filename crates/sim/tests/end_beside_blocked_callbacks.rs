//! The end of a stack waits for the callbacks that run, but not for one that blocks where nobody can reach it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, Stack};

fn stack() -> Stack {
    // A stack that waits would do so for ever.
    Stack::builder().mode(Mode::Controlled).watchdog_ms(u64::MAX).build()
}

#[test]
fn it_does_not_wait_for_what_only_the_test_can_end() {
    let stack = stack();
    let lock = Arc::new(Mutex::new(()));
    let wanted = lock.clone();
    let _changes = stack.on_teredo_port_change(move |_| drop(wanted.lock())).unwrap();
    let guard = lock.lock().unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let handle = stack.handle();
    drop(stack);
    assert!(handle.is_closed());
    drop(guard);
}

#[test]
fn it_waits_for_another_that_is_let_go() {
    let stack = stack();
    let lock = Arc::new(Mutex::new(()));
    let (wanted, never) = (lock.clone(), stack.signal("never"));
    let over = Arc::new(AtomicBool::new(false));
    let own = over.clone();
    let _blocks = stack.on_teredo_port_change(move |_| drop(wanted.lock())).unwrap();
    let _waits = stack
        .on_teredo_port_change(move |_| {
            assert!(never.wait().is_err(), "the stack is dropped");
            for _ in 0..1000 {
                std::thread::yield_now();
            }
            own.store(true, Ordering::SeqCst);
        })
        .unwrap();
    let guard = lock.lock().unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    drop(stack);
    assert!(over.load(Ordering::SeqCst));
    drop(guard);
}
