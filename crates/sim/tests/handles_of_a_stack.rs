//! Handles of a stack: one that does not keep it, which stack it is, and whether it is over.

use netiosim_sim::{Builder, Crew, Mode, Stack, StackParts};

#[test]
fn a_weak_handle_lasts_as_long_as_somebody_has_the_stack() {
    let (stack, other) = (Stack::new(), Stack::new());
    let weak = stack.downgrade();
    assert!(weak.is_held());
    assert!(weak.is(&stack) && !weak.is(&other));
    let again = weak.upgrade().expect("the stack is there");
    assert_eq!(again.uid(), stack.uid());
    drop(stack);
    assert!(weak.is_held(), "a handle has it");
    drop(again);
    assert!(!weak.is_held());
    assert!(weak.upgrade().is_none());
}

#[test]
fn every_stack_has_a_number_of_its_own() {
    let (first, second) = (Stack::new(), Stack::new());
    assert_ne!(first.uid(), second.uid());
    assert_eq!(first.uid(), first.handle().uid());
    let gone = second.uid();
    drop(second);
    assert_ne!(Stack::new().uid(), gone);
}

#[test]
fn a_stack_is_closed_when_it_was_dropped() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let handle = stack.handle();
        assert_eq!(handle.mode(), mode);
        assert!(!handle.is_closed() && !handle.is_over());
        drop(stack);
        assert!(handle.is_closed() && handle.is_over());
    }
}

#[test]
fn a_stack_keeps_the_threads_of_its_crew_while_they_are_busy() {
    let prototype = Builder::new().mode(Mode::Controlled).prototype().unwrap();
    let parts = StackParts { crew: Some(Crew::new()), ..StackParts::seeded(0, 7) };
    let stack = prototype.build(parts);
    assert!(!stack.keeps_threads());
    let signal = stack.signal("go");
    let wanted = signal.clone();
    let thread = stack.spawn("waits", move || wanted.wait().is_ok());
    stack.run_until_idle();
    assert!(stack.keeps_threads());
    signal.set();
    assert!(thread.join().unwrap());
    assert!(!stack.keeps_threads());
}
