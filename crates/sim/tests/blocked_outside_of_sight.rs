//! Controlled mode passes over a thread that blocks where the stack cannot see it.

use std::sync::mpsc;
use std::sync::{Arc, Mutex};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Point, Stack};

#[test]
fn a_callback_behind_a_std_mutex_goes_on_when_it_is_free() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let lock = Arc::new(Mutex::new(Vec::new()));
    let log = lock.clone();
    let registration =
        stack.on_teredo_port_change(move |change| log.lock().unwrap().push(change.port)).unwrap();
    let guard = lock.lock().unwrap();
    stack.restart_teredo_on(50_007).unwrap();
    // The callback blocks on the mutex that this thread holds; the baton comes back all the same.
    stack.run_until_idle();
    assert!(guard.is_empty());
    drop(guard);
    stack.run_until_idle();
    registration.cancel().unwrap();
    assert_eq!(*lock.lock().unwrap(), [50_007]);
}

#[test]
fn a_test_that_waits_in_std_for_a_callback_gets_it() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let (send, receive) = mpsc::channel();
    let registration =
        stack.on_teredo_port_change(move |change| send.send(change.port).unwrap()).unwrap();
    stack.restart_teredo_on(50_007).unwrap();
    assert_eq!(receive.recv(), Ok(50_007));
    registration.cancel().unwrap();
}

#[test]
fn a_thread_that_the_stack_does_not_know_joins_in() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let signal = stack.signal("ready");
    let (inner, set) = (stack.handle(), signal.clone());
    let thread = std::thread::spawn(move || {
        inner.restart_teredo_on(50_007).unwrap();
        set.set();
    });
    signal.wait().unwrap();
    thread.join().unwrap();
    assert_eq!(stack.teredo_port(), Ok(50_007));
}

#[test]
fn a_cancel_and_a_callback_that_wait_for_each_other_out_of_sight_are_found() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let lock = Arc::new(Mutex::new(()));
    let wanted = lock.clone();
    let ports =
        stack.teredo_port_change().name("ports").register(move |_| drop(wanted.lock())).unwrap();
    let entered = stack.barrier(Point::entered("ports")).unwrap();
    stack.restart_teredo().unwrap();
    entered.wait_reached();
    let guard = lock.lock().unwrap();
    entered.release();
    let error = ports.cancel().unwrap_err();
    drop(guard);
    stack.run_until_idle();
    let findings = stack.take_findings();
    let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
    assert!(rules.contains(&Rule::CallbackBlocked), "{error} {findings:?}");
}
