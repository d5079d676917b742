//! Calls of expectations in a sequence have to come one after the other.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::model::event::Function;
use netiosim_sim::{ApiError, Expectation, Registration, Sequence, Stack, StackRef};

fn failure(expectation: Expectation) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(|| drop(expectation))).err()?;
    Some(payload.downcast_ref::<String>().cloned().expect("a message"))
}

fn register_then_query(stack: &StackRef, order: &Sequence) -> (Expectation, Expectation) {
    let register = stack.expect_call(Function::NotifyTeredoPortChange).in_sequence(order);
    let query = stack.expect_call(Function::GetTeredoPort).in_sequence(order);
    (register, query)
}

fn register(stack: &StackRef) -> Result<Registration, ApiError> {
    stack.teredo_port_change().name("ports").register(|_| {})
}

#[test]
fn the_right_order_passes() {
    let stack = Stack::new();
    let (first, second) = register_then_query(&stack, &stack.sequence());
    let _changes = register(&stack).unwrap();
    stack.teredo_port().unwrap();
    assert_eq!(failure(second), None);
    assert_eq!(failure(first), None);
}

#[test]
fn the_wrong_order_is_told_once_with_the_call_and_the_sequence() {
    let stack = Stack::new();
    let order = stack.sequence();
    let (first, second) = register_then_query(&stack, &order);
    let port = stack.teredo_port().unwrap();
    let _changes = register(&stack).unwrap();
    let text = failure(second).expect("the query came first");
    let words = "calls out of sequence: GetTeredoPort came where the sequence had number 1\n";
    assert!(text.starts_with(words), "{text}");
    assert!(text.contains("\n    1. NotifyTeredoPortChange exactly once; expected at "), "{text}");
    assert!(text.contains("\n    2. GetTeredoPort exactly once; expected at "), "{text}");
    let call = format!("call 1: GetTeredoPort() answered NO_ERROR (0), port {port}\n");
    assert!(text.contains(&format!("\n  out of order: {call}")), "{text}");
    assert!(text.contains("\n    ! 1  0 ms  main  GetTeredoPort()"), "{text}");
    assert!(text.contains("\n    * 2  0 ms  main  NotifyTeredoPortChange(\"ports\""), "{text}");
    assert_eq!(failure(first), None, "it was told");
}

#[test]
fn a_member_without_its_call_is_not_met() {
    let stack = Stack::new();
    let (first, second) = register_then_query(&stack, &stack.sequence());
    let _changes = register(&stack).unwrap();
    let text = failure(second).expect("there was no query");
    assert!(text.starts_with("expectation not met: GetTeredoPort exactly once\n"), "{text}");
    assert!(text.contains("\n  fitted:       no call\n"), "{text}");
    assert_eq!(failure(first), None);
}

#[test]
fn a_call_that_fits_two_members_is_shared_out() {
    let stack = Stack::new();
    let order = stack.sequence();
    let query = || stack.expect_call(Function::GetTeredoPort).in_sequence(&order);
    let before = query();
    let between = stack.expect_call(Function::NotifyTeredoPortChange).in_sequence(&order);
    let after = query();
    stack.teredo_port().unwrap();
    let _changes = register(&stack).unwrap();
    let early = failure(after).expect("the second query is missing");
    assert!(
        early.contains("fitted:       1 call, of which the others of its sequence leave it 0"),
        "{early}"
    );
    assert_eq!((failure(between), failure(before)), (None, None));
}

#[test]
fn query_register_query() {
    let stack = Stack::new();
    let order = stack.sequence();
    let query = || stack.expect_call(Function::GetTeredoPort).in_sequence(&order);
    let _before = query();
    let _between = stack.expect_call(Function::NotifyTeredoPortChange).in_sequence(&order);
    let _after = query();
    stack.teredo_port().unwrap();
    let _changes = register(&stack).unwrap();
    stack.teredo_port().unwrap();
}

#[test]
fn one_call_too_many_breaks_it() {
    let stack = Stack::new();
    let (first, second) = register_then_query(&stack, &stack.sequence());
    let _changes = register(&stack).unwrap();
    stack.teredo_port().unwrap();
    stack.teredo_port().unwrap();
    let text = failure(second).expect("one query too many");
    let words = "calls out of sequence: GetTeredoPort came where the sequence had nothing more\n";
    assert!(text.starts_with(words), "{text}");
    assert_eq!(failure(first), None, "it was told");
}

#[test]
fn calls_of_no_member_may_come_anywhere() {
    let stack = Stack::new();
    let (_first, _second) = register_then_query(&stack, &stack.sequence());
    stack.get_ip_interface_entry(None);
    let _changes = register(&stack).unwrap();
    stack.get_ip_interface_entry(None);
    stack.teredo_port().unwrap();
}

#[test]
fn a_member_that_was_verified_takes_no_more_calls() {
    let stack = Stack::new();
    let (first, second) = register_then_query(&stack, &stack.sequence());
    let _changes = register(&stack).unwrap();
    first.verify();
    let _again = register(&stack).unwrap();
    stack.teredo_port().unwrap();
    assert_eq!(failure(second), None);
}

#[test]
#[should_panic(expected = "an expectation of one stack cannot be in a sequence of another one")]
fn a_sequence_belongs_to_its_stack() {
    let (one, other) = (Stack::new(), Stack::new());
    one.expect_call(Function::GetTeredoPort).never().in_sequence(&other.sequence()).keep();
}

#[test]
fn two_neighbours_that_want_the_same_call() {
    let stack = Stack::new();
    let order = stack.sequence();
    let query = || stack.expect_call(Function::GetTeredoPort).in_sequence(&order);
    let (first, second) = (query(), query());
    stack.teredo_port().unwrap();
    let text = failure(second).expect("there was one query");
    let words = "\n  fitted:       1 call, of which the others of its sequence leave it 0\n  calls";
    assert!(text.contains(words), "{text}");
    assert_eq!(failure(first), None);
}

#[test]
fn an_expectation_may_be_in_two_sequences() {
    let stack = Stack::new();
    let (one, other) = (stack.sequence(), stack.sequence());
    let first = stack.expect_call(Function::NotifyTeredoPortChange).in_sequence(&other);
    let both = stack.expect_call(Function::GetTeredoPort).in_sequence(&one).in_sequence(&other);
    stack.teredo_port().unwrap();
    let _changes = register(&stack).unwrap();
    let text = failure(both).expect("the registration had to come first");
    assert!(text.starts_with("calls out of sequence: GetTeredoPort came "), "{text}");
    assert_eq!(failure(first), None, "it was told");
}

#[test]
fn joining_twice_is_joining_once() {
    let stack = Stack::new();
    let order = stack.sequence();
    let query = stack.expect_call(Function::GetTeredoPort);
    let text = failure(query.in_sequence(&order).in_sequence(&order)).expect("no call");
    assert_eq!(text.matches("expectation not met").count(), 1, "{text}");
}
