//! Joins and full channels are waits like any other: a circle through them is found (TP-25).

use std::sync::Arc;

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{JoinError, Mode, Stack};

fn join_in_a_circle(mode: Mode) {
    let stack = Stack::builder().mode(mode).build();
    let lock = Arc::new(stack.mutex("m", ()));
    let guard = lock.lock().unwrap();
    let wanted = lock.clone();
    let thread = stack.spawn("worker", move || wanted.lock().is_ok());
    let outcome = thread.join();
    drop(guard);
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, Rule::JoinDeadlock);
    // Whoever closes the circle is refused: the join, or the worker's lock.
    match outcome {
        Ok(locked) => assert!(!locked),
        Err(error) => assert!(matches!(error, JoinError::Deadlock(_))),
    }
    stack.run_until_idle();
}

#[test]
fn a_join_in_controlled_mode() {
    join_in_a_circle(Mode::Controlled);
}

#[test]
fn a_join_in_threads_mode() {
    join_in_a_circle(Mode::Threads);
}

#[test]
fn a_thread_gives_its_result_or_its_panic() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        assert_eq!(stack.spawn("worker", || 7).join().unwrap(), 7);
        let error = stack.spawn("worker", || panic!("no {}", "good")).join().unwrap_err();
        assert_eq!(error.into_message(), "no good");
    }
}

#[test]
fn a_blocking_send_in_a_callback_and_a_cancel_by_the_receiver() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let channel = stack.channel("ports", 1);
        channel.set_receiver(stack.actor());
        let send = channel.clone();
        let registration = stack
            .on_teredo_port_change(move |change| {
                let _ = send.send(change.port);
            })
            .unwrap();
        stack.restart_teredo_on(50_001).unwrap();
        stack.restart_teredo_on(50_002).unwrap();
        stack.run_until_idle();
        assert!(
            registration.cancel().is_err(),
            "the callback waits for room that only we can make"
        );
        assert_eq!(channel.receive(), Ok(50_001));
        stack.run_until_idle();
        assert_eq!(channel.receive(), Ok(50_002));
        assert_eq!(stack.take_findings()[0].rule, Rule::CancelUnderLock);
    }
}

#[test]
fn a_message_goes_from_thread_to_thread() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let channel = stack.channel("numbers", 2);
        let send = channel.clone();
        let sender = stack.spawn("sender", move || (0..20).for_each(|n| send.send(n).unwrap()));
        let received: Vec<i32> = (0..20).map(|_| channel.receive().unwrap()).collect();
        sender.join().unwrap();
        assert_eq!(received, (0..20).collect::<Vec<_>>());
    }
}
