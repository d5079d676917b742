//! A thread that runs freely and waits with a limit goes on when its wait can end, whoever ends it, and not at the limit.

use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Deadlock, Mode, OnDeadlock, Stack, StackRef};

const AN_HOUR: Option<u64> = Some(3_600_000);

fn stack() -> Stack {
    Stack::builder().mode(Mode::Threads).on_deadlock(OnDeadlock::Error).build()
}

/// Waits until this thread does, or has come to its end.
fn until_it_waits(stack: &StackRef, name: &str) {
    let waits = stack.wait_until(|machine| {
        machine
            .actors()
            .iter()
            .any(|actor| actor.name() == name && (actor.wait().is_some() || !actor.is_alive()))
    });
    assert!(waits);
}

#[test]
fn the_signal_ends_it() {
    let stack = stack();
    let signal = stack.auto_reset_signal("change");
    let (handle, own) = (stack.handle(), signal.clone());
    let waiter = stack.spawn("waiter", move || handle.wait_signals(&[own], false, AN_HOUR));
    until_it_waits(&stack, "waiter");
    signal.set();
    assert_eq!(waiter.join().unwrap(), Ok(Some(0)));
    assert!(!signal.is_set());
}

#[test]
fn another_signal_does_not_end_it() {
    let stack = stack();
    let (signal, other) = (stack.signal("change"), stack.signal("other"));
    let (handle, own) = (stack.handle(), signal.clone());
    let waiter = stack.spawn("waiter", move || handle.wait_signals(&[own], false, AN_HOUR));
    until_it_waits(&stack, "waiter");
    other.set();
    stack.restart_teredo().expect("the client runs");
    until_it_waits(&stack, "waiter");
    signal.set();
    assert_eq!(waiter.join().unwrap(), Ok(Some(0)));
}

#[test]
fn the_end_of_its_process_ends_it() {
    let stack = stack();
    let signal = stack.signal("never");
    let (handle, vpn) = (stack.handle(), stack.process("vpn", Flavour::User));
    let waiter = {
        let _inside = vpn.enter();
        stack.spawn("waiter", move || handle.wait_signals(&[signal], false, AN_HOUR))
    };
    until_it_waits(&stack, "waiter");
    vpn.exit();
    let error = waiter.join().unwrap().expect_err("nobody sets it");
    assert!(error.finding().is_none(), "{error}");
}

#[test]
fn the_end_of_the_stack_ends_it() {
    let stack = stack();
    let signal = stack.signal("never");
    let handle = stack.handle();
    let seen = handle.clone();
    let waiter = std::thread::spawn(move || handle.wait_signals(&[signal], false, AN_HOUR));
    let waits =
        seen.wait_until(|machine| machine.actors().iter().any(|actor| actor.wait().is_some()));
    assert!(waits);
    drop(stack);
    let error: Deadlock = waiter.join().unwrap().expect_err("nobody sets it");
    assert!(error.finding().is_none(), "{error}");
}
