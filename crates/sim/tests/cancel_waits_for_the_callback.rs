//! A cancel from an independent thread waits for the running callback and succeeds (TP-26, CX-10).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use netiosim_sim::{Mode, Point, Stack};

fn waits(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let returned = Arc::new(AtomicBool::new(false));
    let done = returned.clone();
    let ports = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| done.store(true, Ordering::SeqCst))
        .unwrap();
    let entered = stack.barrier(Point::entered("ports")).unwrap();
    let waiting = stack.barrier(Point::cancelling("ports")).unwrap();
    stack.restart_teredo().unwrap();
    entered.wait_reached();
    let seen = returned.clone();
    let canceller = stack.spawn("canceller", move || {
        ports.cancel().unwrap();
        seen.load(Ordering::SeqCst)
    });
    waiting.wait_reached();
    waiting.release();
    assert!(!canceller.is_finished());
    assert!(!returned.load(Ordering::SeqCst));
    entered.release();
    assert!(canceller.join().unwrap(), "the callback had returned when the cancel did");
}

#[test]
fn in_controlled_mode() {
    waits(Mode::Controlled);
}

#[test]
fn in_threads_mode() {
    waits(Mode::Threads);
}
