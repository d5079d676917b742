//! No lock is held while the destructor of a callback runs: it may use the stack.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use netiosim_sim::{Mode, Registration, Stack, StackRef};

/// Asks the stack for the port when it is destroyed, and remembers the answer.
struct Asks {
    stack: StackRef,
    port: Arc<AtomicU32>,
}

impl Drop for Asks {
    fn drop(&mut self) {
        let port = self.stack.teredo_port().map_or(1, u32::from);
        self.port.store(port, Ordering::SeqCst);
    }
}

fn registered(stack: &Stack) -> (Registration, Arc<AtomicU32>) {
    let port = Arc::new(AtomicU32::new(0));
    let asks = Asks { stack: stack.handle(), port: port.clone() };
    let registration = stack.on_teredo_port_change(move |_| drop(asks.stack.handle())).unwrap();
    (registration, port)
}

#[test]
fn by_a_cancel() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let (registration, port) = registered(&stack);
        registration.cancel().unwrap();
        assert_eq!(port.load(Ordering::SeqCst), 50_000);
    }
}

#[test]
fn by_the_restart_of_the_nsi_service() {
    let stack = Stack::new();
    let (registration, port) = registered(&stack);
    stack.nsi_restart();
    assert_eq!(port.load(Ordering::SeqCst), 50_000);
    let _ = registration.into_handle();
}

#[test]
fn by_the_end_of_the_stack() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let (registration, port) = registered(&stack);
        let _ = registration.into_handle();
        drop(stack);
        assert_ne!(port.load(Ordering::SeqCst), 0, "the destructor ran, and its call came back");
    }
}

#[test]
fn of_a_callback_that_was_refused() {
    let stack = Stack::new();
    stack.set_nsi_down(true);
    let port = Arc::new(AtomicU32::new(0));
    let asks = Asks { stack: stack.handle(), port: port.clone() };
    let error = stack.on_teredo_port_change(move |_| drop(asks.stack.handle())).unwrap_err();
    assert_eq!(error.code, 1753);
    assert_eq!(port.load(Ordering::SeqCst), 50_000);
}
