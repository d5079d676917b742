//! A cancel that holds the lock that the running callback wants: the documented deadlock (TP-25,
//! NI-23), whichever of the two calls closes the circle.

use std::sync::Arc;

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{CancelError, Mode, Point, Stack};

/// The callback stands before its first line when the cancel begins: its `lock` closes the circle.
fn the_lock_closes_it(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let lock = Arc::new(stack.mutex("state", ()));
    let wanted = lock.clone();
    let ports = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| assert!(wanted.lock().is_err(), "never a second guard"))
        .unwrap();
    let entered = stack.barrier(Point::entered("ports")).unwrap();
    let waiting = stack.barrier(Point::cancelling("ports")).unwrap();
    stack.restart_teredo().unwrap();
    entered.wait_reached();

    let own = lock.clone();
    let canceller = stack.spawn("canceller", move || {
        let _guard = own.lock().unwrap();
        ports.cancel()
    });
    waiting.wait_reached();
    waiting.release();
    entered.release();
    canceller.join().unwrap().expect("the callback was refused the lock, so the cancel ends");

    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::CancelUnderLock);
    assert_eq!(findings[0].story.len(), 2, "both threads are told of");
}

/// The callback waits for the lock when the cancel begins: the cancel closes the circle.
fn the_cancel_closes_it(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let lock = Arc::new(stack.mutex("state", ()));
    let wanted = lock.clone();
    let ports = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| drop(wanted.lock().expect("free after the refused cancel")))
        .unwrap();
    let guard = lock.lock().unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let error = ports.cancel().unwrap_err();
    assert!(matches!(&error, CancelError::Deadlock(_)), "{error:?}");
    drop(guard);
    stack.run_until_idle();

    // The lock order is a finding (N004) of its own, whatever the timing.
    stack.acknowledge(Rule::LockOrder);
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::CancelUnderLock);
    assert!(findings[0].to_string().contains("cancel_under_a_lock.rs:"), "{}", findings[0]);
}

#[test]
fn the_lock_closes_it_in_controlled_mode() {
    the_lock_closes_it(Mode::Controlled);
}

#[test]
fn the_lock_closes_it_in_threads_mode() {
    the_lock_closes_it(Mode::Threads);
}

#[test]
fn the_cancel_closes_it_in_controlled_mode() {
    the_cancel_closes_it(Mode::Controlled);
}

#[test]
fn the_cancel_closes_it_in_threads_mode() {
    the_cancel_closes_it(Mode::Threads);
}

#[test]
fn the_same_thread_closes_it_in_manual_mode() {
    let stack = Stack::new();
    let lock = Arc::new(stack.mutex("state", ()));
    let wanted = lock.clone();
    let ports = stack.on_teredo_port_change(move |_| assert!(wanted.lock().is_err())).unwrap();
    let guard = lock.lock().unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert_eq!(stack.take_findings()[0].rule, Rule::LockCycle, "one thread, one lock, twice");
    drop(guard);
    ports.cancel().unwrap();
}
