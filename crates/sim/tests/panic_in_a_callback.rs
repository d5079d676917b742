//! A callback that panics never takes the stack down.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Stack};

fn panicking(mode: Mode) {
    // The usual hook takes a lock of the standard library for its backtrace, and a thread that waits for
    // another test there is, rightly, taken for blocked outside of our sight.
    std::panic::set_hook(Box::new(|_| {}));
    let stack = Stack::builder().mode(mode).build();
    let count = Arc::new(AtomicUsize::new(0));
    let seen = count.clone();
    let registration = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| {
            if seen.fetch_add(1, Ordering::SeqCst) == 0 {
                panic!("no {}", "good");
            }
        })
        .unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::CallbackPanicked);
    assert!(findings[0].message.contains("\"ports\" panicked: no good"), "{}", findings[0].message);

    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    assert_eq!(count.load(Ordering::SeqCst), 2, "the stack goes on");
    registration.cancel().unwrap();
}

#[test]
fn in_manual_mode() {
    panicking(Mode::Manual);
}

#[test]
fn in_controlled_mode() {
    panicking(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    panicking(Mode::Threads);
}
