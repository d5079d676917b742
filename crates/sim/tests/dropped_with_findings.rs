//! A stack that is dropped with findings that nobody looked at panics.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::Stack;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::rule::Rule;

fn cancel_garbage(stack: &Stack) {
    assert!(stack.cancel(Handle(0xBAD0)).is_err());
}

fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Some(payload.downcast_ref::<String>().cloned().unwrap_or_default())
}

#[test]
fn the_panic_shows_the_finding_and_how_to_reproduce_it() {
    let text = panic_of(|| cancel_garbage(&Stack::builder().seed(5).build())).expect("a panic");
    assert!(text.contains("1 finding"), "{text}");
    assert!(text.contains("N005"), "{text}");
    assert!(text.contains("NETIOSIM_SEED=5 NETIOSIM_PROFILE=documented"), "{text}");
}

#[test]
fn taken_findings_are_forgiven() {
    let stack = Stack::new();
    cancel_garbage(&stack);
    assert_eq!(stack.findings().len(), 1);
    assert_eq!(stack.take_findings()[0].rule, Rule::StaleHandle);
    assert!(stack.take_findings().is_empty(), "they are taken once");
    assert_eq!(stack.findings().len(), 1, "but stay to be seen");
}

#[test]
fn only_the_acknowledged_rule_is_forgiven() {
    let text = panic_of(|| {
        let stack = Stack::new();
        cancel_garbage(&stack);
        assert_eq!(stack.acknowledge(Rule::SelfCancel), 0);
    });
    assert!(text.expect("a panic").contains("N005"));
}

#[test]
fn looking_is_not_acknowledging() {
    let text = panic_of(|| {
        let stack = Stack::new();
        cancel_garbage(&stack);
        assert_eq!(stack.findings().len(), 1);
    });
    assert!(text.is_some());
}

#[test]
fn a_thread_that_panics_already_panics_once() {
    let text = panic_of(|| {
        let stack = Stack::new();
        cancel_garbage(&stack);
        panic!("{}", "the test's own reason".to_owned());
    });
    assert_eq!(text.as_deref(), Some("the test's own reason"));
}
