//! A deadlock may hang faithfully: until the stack is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{HandleCell, Mode, OnDeadlock, Stack};

fn hangs(mode: Mode) {
    let after = Arc::new(AtomicBool::new(false));
    let stack = Stack::builder().mode(mode).on_deadlock(OnDeadlock::Hang).build();
    let cell = HandleCell::new();
    let (own, reached, inner) = (cell.clone(), after.clone(), stack.handle());
    let registration = stack
        .on_teredo_port_change(move |_| {
            let answer = inner.cancel(own.get());
            assert!(answer.is_err());
            reached.store(true, Ordering::SeqCst);
        })
        .unwrap();
    cell.set(registration.handle());
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle(), 0, "the callback hangs in its cancel");
    assert!(!after.load(Ordering::SeqCst));
    assert_eq!(stack.take_findings()[0].rule, Rule::SelfCancel);
    let _ = registration.into_handle();
    drop(stack);
    assert!(after.load(Ordering::SeqCst), "the end of the stack lets it go, with an error");
}

#[test]
fn in_controlled_mode() {
    hangs(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    hangs(Mode::Threads);
}
