//! The end of the stack is the latest moment at which an expectation is verified.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use netiosim_sim::model::event::Function;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::{Expectation, Stack};

fn panic_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    let text = payload.downcast_ref::<String>().cloned();
    Some(text.unwrap_or_else(|| (*payload.downcast_ref::<&str>().expect("a message")).to_owned()))
}

fn unmet(stack: &Stack) -> Expectation {
    stack.expect_call(Function::GetTeredoPort)
}

#[test]
fn one_that_was_kept() {
    let stack = Stack::builder().seed(5).build();
    unmet(&stack).keep();
    let text = panic_of(|| drop(stack)).expect("it is not met");
    assert!(text.starts_with("expectation not met: GetTeredoPort exactly once\n"), "{text}");
    assert!(
        text.ends_with("reproduce with: NETIOSIM_SEED=5 NETIOSIM_PROFILE=documented"),
        "{text}"
    );
}

#[test]
fn one_that_was_kept_and_is_met() {
    let stack = Stack::new();
    unmet(&stack).keep();
    stack.teredo_port().unwrap();
    assert_eq!(panic_of(|| drop(stack)), None);
}

#[test]
fn one_whose_guard_lives_longer_is_verified_once() {
    let stack = Stack::new();
    let expectation = unmet(&stack);
    assert!(panic_of(|| drop(stack)).is_some());
    assert_eq!(panic_of(|| drop(expectation)), None);
}

#[test]
fn one_that_was_verified_is_not_verified_again() {
    let stack = Stack::new();
    let expectation = unmet(&stack);
    assert!(panic_of(|| drop(expectation)).is_some());
    assert_eq!(panic_of(|| drop(stack)), None);
}

#[test]
fn together_with_findings_and_each_other() {
    let stack = Stack::new();
    unmet(&stack).keep();
    stack.expect_call(Function::CancelMibChangeNotify2).never().keep();
    assert!(stack.cancel(Handle(0xBAD0)).is_err());
    let text = panic_of(|| drop(stack)).expect("a finding and two expectations");
    assert!(text.starts_with("the stack was dropped with 1 finding that"), "{text}");
    assert_eq!(text.matches("expectation not met: ").count(), 2, "{text}");
}

#[test]
fn a_broken_sequence_is_told_once() {
    let stack = Stack::new();
    let order = stack.sequence();
    let cancel = Function::CancelMibChangeNotify2;
    for function in [Function::NotifyTeredoPortChange, Function::GetTeredoPort, cancel] {
        stack.expect_call(function).in_sequence(&order).keep();
    }
    stack.teredo_port().unwrap();
    drop(stack.on_teredo_port_change(|_| {}).unwrap());
    let text = panic_of(|| drop(stack)).expect("the query came first");
    assert_eq!(text.matches("calls out of sequence: ").count(), 1, "{text}");
    assert!(!text.contains("expectation not met"), "{text}");
}

#[test]
fn calls_of_destructors_count() {
    struct Last(netiosim_sim::StackRef);
    impl Drop for Last {
        fn drop(&mut self) {
            assert!(self.0.teredo_port().is_err(), "the stack is closing");
        }
    }
    let stack = Stack::new();
    // ERROR_SHUTDOWN_IN_PROGRESS.
    unmet(&stack).returning(1115).keep();
    let last = Last(stack.handle());
    let registration = stack.on_teredo_port_change(move |_| assert!(last.0.calls().is_empty()));
    let _handle = registration.unwrap().into_handle();
    assert_eq!(panic_of(|| drop(stack)), None);
}

#[test]
fn a_thread_that_panics_already_panics_once() {
    let asked = Arc::new(());
    let question = asked.clone();
    let text = panic_of(move || {
        let stack = Stack::new();
        let order = stack.sequence();
        let asks = || {
            let question = question.clone();
            unmet(&stack).in_sequence(&order).with(
                move |_| panic!("asked while the thread unwinds: {question:?}"),
                "a question that panics",
            )
        };
        asks().keep();
        let _guard = asks();
        stack.teredo_port().unwrap();
        stack.teredo_port().unwrap();
        panic!("the test's own reason");
    });
    assert_eq!(text.as_deref(), Some("the test's own reason"));
    assert_eq!(Arc::strong_count(&asked), 1, "nothing is leaked");
}

#[test]
fn a_question_may_use_the_stack() {
    let stack = Stack::new();
    let (inside, owned) = (stack.handle(), stack.on_teredo_port_change(|_| {}).unwrap());
    let question = move |_: &_| inside.calls().len() == 2 && !owned.handle().is_null();
    unmet(&stack).with(question, "a question").keep();
    stack.teredo_port().unwrap();
    assert_eq!(panic_of(|| drop(stack)), None);
}

#[test]
fn nothing_is_leaked() {
    let asked = Arc::new(());
    let stack = Stack::new();
    let order = stack.sequence();
    for _ in 0..2 {
        let question = asked.clone();
        let question = move |_: &_| Arc::strong_count(&question) > 0;
        unmet(&stack).with(question, "a question").in_sequence(&order).keep();
    }
    drop(order);
    stack.teredo_port().unwrap();
    stack.teredo_port().unwrap();
    drop(stack);
    assert_eq!(Arc::strong_count(&asked), 1);
}
