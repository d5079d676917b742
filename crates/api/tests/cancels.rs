//! How a subscription ends: waiting, in its own callback, elsewhere.

use std::sync::{Arc, Mutex};

use netiosim_api::{Error, Initial, NetIo, Subscription};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Stack};

const MODES: [Mode; 3] = [Mode::Manual, Mode::Controlled, Mode::Threads];

type Place = Arc<Mutex<Option<Subscription>>>;

/// A registration whose callback does something with the subscription itself, once.
fn in_the_callback(
    stack: &Stack,
    act: impl Fn(Subscription) + Send + Sync + 'static,
) -> (Place, Arc<Mutex<usize>>) {
    let (place, calls) = (Place::default(), Arc::new(Mutex::new(0)));
    let (own, counter) = (place.clone(), calls.clone());
    let changes = stack.handle();
    let changes = NetIo::on_teredo_port_change(
        &changes,
        Initial::No,
        Box::new(move |_| {
            *counter.lock().unwrap() += 1;
            let subscription = own.lock().unwrap().take();
            if let Some(subscription) = subscription {
                act(subscription);
            }
        }),
    );
    *place.lock().unwrap() = Some(changes.unwrap());
    (place, calls)
}

#[test]
fn a_cancel_in_its_own_callback_is_refused_with_the_explanation() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).build();
        let answer: Arc<Mutex<Option<Result<(), Error>>>> = Arc::default();
        let said = answer.clone();
        let (_place, calls) =
            in_the_callback(&stack, move |own| *said.lock().unwrap() = Some(own.cancel()));
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        let error = answer.lock().unwrap().take().expect("it was called").unwrap_err();
        assert!(error.is_deadlock());
        assert_eq!(error.function(), "CancelMibChangeNotify2");
        let findings = stack.take_findings();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, Rule::SelfCancel);
        assert_eq!(error.explanation(), Some(findings[0].message.as_str()));
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(*calls.lock().unwrap(), 2, "a refused cancel leaves it live: {mode:?}");
    }
}

#[test]
fn dropping_it_in_its_own_callback_is_a_finding() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).build();
        let _place = in_the_callback(&stack, drop);
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(stack.acknowledge(Rule::SelfCancel), 1, "{mode:?}");
    }
}

#[test]
fn cancelling_it_elsewhere_is_allowed_in_its_own_callback() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).build();
        let (_place, calls) = in_the_callback(&stack, Subscription::cancel_detached);
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(*calls.lock().unwrap(), 1);
        assert_eq!(stack.findings(), [], "{mode:?}");
    }
}

#[test]
fn cancelling_it_elsewhere_ends_it() {
    for mode in [Mode::Manual, Mode::Controlled] {
        let stack = Stack::builder().mode(mode).report_leaks(true).build();
        let calls = Arc::new(Mutex::new(0));
        let counter = calls.clone();
        let changes = NetIo::on_teredo_port_change(
            &stack,
            Initial::No,
            Box::new(move |_| *counter.lock().unwrap() += 1),
        );
        changes.unwrap().cancel_detached();
        stack.run_until_idle();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(*calls.lock().unwrap(), 0, "{mode:?}");
    }
}

#[test]
fn what_the_callback_holds_goes_with_it() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).build();
        let held = Arc::new(());
        let inside = held.clone();
        let changes = NetIo::on_route_change(
            &stack,
            None,
            Initial::No,
            Box::new(move |_| assert!(Arc::strong_count(&inside) > 0)),
        );
        assert_eq!(Arc::strong_count(&held), 2);
        changes.unwrap().cancel().unwrap();
        assert_eq!(Arc::strong_count(&held), 1, "{mode:?}");
    }
}

#[test]
fn a_subscription_may_outlive_its_stack() {
    let stack = Stack::new();
    let subscribe =
        |stack: &Stack| NetIo::on_teredo_port_change(stack, Initial::No, Box::new(|_| {})).unwrap();
    let (dropped, detached, cancelled) = (subscribe(&stack), subscribe(&stack), subscribe(&stack));
    drop(stack);
    drop(dropped);
    detached.cancel_detached();
    let error = cancelled.cancel().unwrap_err();
    assert_eq!(error.name(), Some("ERROR_SHUTDOWN_IN_PROGRESS"));
}

#[test]
fn the_explanation_names_the_line_that_cancelled() {
    let stack = Stack::new();
    let _place = in_the_callback(&stack, |own| assert!(own.cancel().unwrap_err().is_deadlock()));
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    let findings = stack.take_findings();
    let text = findings[0].to_string() + &stack.trace();
    assert!(text.contains("cancels.rs"), "{text}");
}
