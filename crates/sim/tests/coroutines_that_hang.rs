//! Coroutines whose thread sleeps where the stack cannot see it hang, as far as the system tells.

#![cfg(all(feature = "coroutines", not(feature = "shuttle"), target_os = "linux"))]

use std::sync::mpsc;

use netiosim_sim::{Builder, Coroutines, Mode, StackParts};

#[test]
fn another_thread_sees_which_stack_it_is() {
    let mut coroutines = Coroutines::new();
    let crew = coroutines.crew();
    assert!(crew.has_coroutines());
    assert!(crew.hanging().is_none(), "there is no stack");
    let (wake, sleep) = mpsc::channel::<()>();
    let (tell, told) = mpsc::channel();
    let other = crew.clone();
    let watcher = std::thread::spawn(move || {
        let own: u64 = told.recv().expect("the stack is built");
        let found = loop {
            match other.hanging() {
                Some(stack) => break stack.uid(),
                None => std::thread::yield_now(),
            }
        };
        drop(wake);
        found == own
    });
    let over = coroutines.run(move || {
        let prototype = Builder::new().mode(Mode::Controlled).prototype().unwrap();
        let parts = StackParts { crew: Some(crew.clone()), ..StackParts::seeded(0, 7) };
        let stack = prototype.build(parts);
        assert!(crew.hanging().is_none(), "it runs");
        tell.send(stack.uid()).expect("the watcher waits");
        assert!(sleep.recv().is_err(), "woken");
    });
    assert_eq!(over, Some(()));
    assert!(watcher.join().unwrap());
}
