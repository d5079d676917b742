//! Registrations made with equal callbacks have the same callback, for as long as one of them lives.

use std::cell::Cell;

use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::machine::Registration;
use netiosim_sim::{RawCallback, RawKind, RawRequest, Stack};

fn register(stack: &Stack, callback: &RawCallback) -> Handle {
    let request = RawRequest::new(RawKind::TeredoPort, "", callback.clone());
    stack.register(request, &mut |_| {}).handle
}

/// The number by which the model knows the callback of a registration.
fn number(stack: &Stack, handle: Handle) -> u64 {
    let number = Cell::new(None);
    stack.wait_until(|machine| {
        number.set(machine.registration(handle).map(Registration::callback));
        true
    });
    number.get().expect("the registration lives")
}

#[test]
fn clones_are_equal_and_others_are_not() {
    let stack = Stack::new();
    let callbacks = [0; 3].map(|_| RawCallback::new(|_| {}));
    let numbers = || callbacks.each_ref().map(|one| number(&stack, register(&stack, one)));
    let first = numbers();
    assert!(first[0] != first[1] && first[1] != first[2] && first[2] != first[0], "{first:?}");
    assert_eq!(numbers(), first);
}

#[test]
fn what_is_found_where_another_was_is_another() {
    let stack = Stack::new();
    let callback = RawCallback::shared(5, |_| {});
    let (first, second) = (register(&stack, &callback), register(&stack, &callback));
    let before = number(&stack, first);
    stack.cancel(first).unwrap();
    let third = register(&stack, &callback);
    assert_eq!(number(&stack, third), before, "one of them lives");
    stack.cancel(second).unwrap();
    stack.cancel(third).unwrap();
    let again = register(&stack, &callback);
    assert_ne!(number(&stack, again), before, "none of them did");
}
