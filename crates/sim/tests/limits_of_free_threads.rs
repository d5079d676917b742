//! A free thread that waits with a limit, which is real time, goes on before it when there is a reason to.

use std::sync::mpsc;

use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Deadlock, Mode, Signal, Stack, StackRef};

type Answer = Result<Option<usize>, Deadlock>;

/// Longer than any test.
const LONG_MS: u64 = 3_600_000;

/// What a thread is answered that waits for the signal already.
fn waiter(stack: &StackRef, signal: &Signal) -> mpsc::Receiver<Answer> {
    let (own, wanted) = (stack.handle(), signal.clone());
    let (send, answer) = mpsc::channel();
    let _thread = stack.spawn("waiter", move || {
        let answer = own.wait_signals(&[wanted], false, Some(LONG_MS));
        send.send(answer).expect("the test waits");
    });
    assert!(stack.wait_until(|machine| {
        machine.actors().iter().any(|one| one.name().ends_with("waiter") && one.wait().is_some())
    }));
    answer
}

#[test]
fn the_signal_is_set() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let signal = stack.signal("change");
    let answer = waiter(&stack, &signal);
    signal.set();
    assert_eq!(answer.recv(), Ok(Ok(Some(0))));
}

#[test]
fn its_process_ends() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let signal = stack.signal("never");
    let vpn = stack.process("vpn", Flavour::User);
    let inside = vpn.enter();
    let answer = waiter(&stack, &signal);
    drop(inside);
    vpn.exit();
    assert!(answer.recv().expect("an answer").is_err());
}

#[test]
fn the_stack_is_dropped() {
    let stack = Stack::builder().mode(Mode::Threads).build();
    let handle = stack.handle();
    let signal = stack.signal("never");
    let answer = waiter(&handle, &signal);
    drop(stack);
    assert!(answer.recv().expect("an answer").is_err());
}
