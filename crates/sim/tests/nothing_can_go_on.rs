//! Controlled mode says so when nothing can go on, and refuses the waits that are to blame.

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Point, Stack};

#[test]
fn a_signal_that_nobody_sets() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let error = stack.signal("never").wait().unwrap_err();
    assert_eq!(error.finding().map(|finding| finding.rule), Some(Rule::ThreadStuck));
    assert_eq!(stack.take_findings().len(), 1);
}

#[test]
fn a_callback_that_waits_for_ever_is_to_blame_and_its_cancel_is_not() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let never = stack.signal("never");
    let ports = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| assert!(never.wait().is_err()))
        .unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    ports.cancel().expect("ends when the callback's wait was refused");
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::CallbackBlocked);
}

#[test]
fn a_barrier_that_nobody_comes_to() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let barrier = stack.barrier(Point::entered("ports")).unwrap();
    let error = barrier.reached().unwrap_err();
    assert!(error.to_string().contains("callback of \"ports\" entered"), "{error}");
    drop(stack.take_findings());
}

#[test]
fn barriers_are_not_for_manual_mode() {
    let error = Stack::new().barrier(Point::entered("ports")).unwrap_err();
    assert!(error.to_string().contains("threads or controlled mode"), "{error}");
}

#[test]
fn one_thread_that_asks_again_and_again_does_not_keep_the_others_from_going_on() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let thread = stack.spawn("worker", || 7);
    while !thread.is_finished() {}
    assert_eq!(thread.join().unwrap(), 7);
}
