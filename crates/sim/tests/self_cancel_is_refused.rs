//! A callback that cancels its own registration: the documented deadlock (TP-24, NI-22).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{CancelError, HandleCell, Mode, Stack};

fn self_cancel(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let (cell, answer) = (HandleCell::new(), Arc::new(Mutex::new(None)));
    let (own, said, inner) = (cell.clone(), answer.clone(), stack.handle());
    let registration = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| *said.lock().unwrap() = Some(inner.cancel(own.get())))
        .unwrap();
    cell.set(registration.handle());

    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle(), 1);

    let answer = answer.lock().unwrap().take();
    let Some(Err(CancelError::Deadlock(deadlock))) = answer else { panic!("{answer:?}") };
    let finding = deadlock.finding().expect("an explanation");
    assert_eq!(finding.rule, Rule::SelfCancel);
    assert!(finding.message.contains("\"ports\""), "{finding}");
    assert_eq!(stack.take_findings(), std::slice::from_ref(finding));
    registration.cancel().expect("a refused cancel leaves the registration live");
}

#[test]
fn in_manual_mode() {
    self_cancel(Mode::Manual);
}

#[test]
fn in_controlled_mode() {
    self_cancel(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    self_cancel(Mode::Threads);
}

#[test]
fn the_plain_function_answers_possible_deadlock() {
    let stack = Stack::new();
    let (cell, code) = (HandleCell::new(), Arc::new(Mutex::new(0)));
    let (own, said, inner) = (cell.clone(), code.clone(), stack.handle());
    let callback =
        Arc::new(move |_, _, _| *said.lock().unwrap() = inner.cancel_mib_change_notify2(own.get()));
    assert_eq!(stack.notify_teredo_port_change(Some(callback), 0, false, Some(&cell)), 0);
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert_eq!(*code.lock().unwrap(), 1131);
    assert_eq!(stack.acknowledge(Rule::SelfCancel), 1);
    assert_eq!(stack.cancel_mib_change_notify2(cell.get()), 0);
}
