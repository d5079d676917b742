//! A driver of the stack waits for a state of the model that others bring about.

use std::cell::Cell;
use std::sync::mpsc;

use netiosim_sim::{Mode, Stack};

#[test]
fn in_threads_mode_it_waits() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let (ask, asked) = mpsc::channel();
    let other = stack.handle();
    let thread = stack.spawn("other", move || {
        // Not before somebody waits.
        asked.recv().expect("the question is asked");
        other.advance_ms(1000)
    });
    let ask = Cell::new(Some(ask));
    let reached = stack.wait_until(|machine| {
        if let Some(ask) = ask.take() {
            ask.send(()).expect("the other thread waits");
        }
        machine.now_ms() >= 1000
    });
    assert!(reached);
    thread.join().unwrap();
}

#[test]
fn elsewhere_it_asks_once() {
    for mode in [Mode::Manual, Mode::Controlled] {
        let stack = Stack::builder().mode(mode).build();
        let questions = Cell::new(0);
        let ask = |ms| {
            questions.set(0);
            let reached = stack.wait_until(|machine| {
                questions.set(questions.get() + 1);
                machine.now_ms() >= ms
            });
            (reached, questions.get())
        };
        assert_eq!(ask(1000), (false, 1));
        assert_eq!(ask(0), (true, 1));
    }
}

#[test]
fn the_end_of_the_stack_ends_the_wait() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let (ask, asked) = mpsc::channel();
    let other = stack.handle();
    let thread = std::thread::spawn(move || {
        other.wait_until(|_| {
            let _ = ask.send(());
            false
        })
    });
    asked.recv().expect("the question is asked");
    drop(stack);
    assert!(!thread.join().unwrap());
}
