//! Coroutines that wait: for the end of their stack, which waits for theirs, or for what nobody brings about.

#![cfg(all(feature = "coroutines", not(feature = "shuttle")))]

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use netiosim_sim::{Builder, Coroutines, Mode, Stack, StackParts};

/// Runs a test on a fresh pool of coroutines.
fn run(test: impl FnOnce(Stack) + 'static) {
    let mut coroutines = Coroutines::new();
    let prototype = Builder::new().mode(Mode::Controlled).prototype().unwrap();
    let crew = coroutines.crew();
    let over = coroutines.run(move || {
        let parts = StackParts { crew: Some(crew), ..StackParts::seeded(0, 7) };
        test(prototype.build(parts));
    });
    assert_eq!(over, Some(()));
}

#[test]
fn the_end_of_a_stack_waits_for_them() {
    run(|stack| {
        let never = stack.signal("never");
        let over = Arc::new(AtomicBool::new(false));
        let own = over.clone();
        let _thread = stack.spawn("waits", move || {
            assert!(never.wait().is_err(), "the stack is dropped");
            own.store(true, Ordering::SeqCst);
        });
        stack.run_until_idle();
        drop(stack);
        assert!(over.load(Ordering::SeqCst));
    });
}

#[test]
fn what_no_thread_brings_about_is_found() {
    run(|stack| {
        // A thread that the stack does not know: it might still call.
        let (send, receive) = mpsc::channel::<()>();
        let stranger = std::thread::spawn(move || receive.recv().is_err());
        assert!(stack.signal("never").wait().is_err());
        drop(send);
        assert!(stranger.join().unwrap());
        assert_eq!(stack.take_findings().len(), 1);
    });
}
