//! Each living stack marks its handles with a number of its own, the smallest that is free.

use netiosim_sim::Stack;
use netiosim_sim::model::ids::Handle;

fn register(stack: &Stack) -> Handle {
    stack.on_teredo_port_change(|_| {}).unwrap().into_handle()
}

// One test: any other would have stacks, too.
#[test]
fn the_handles_of_one_are_nothing_to_another() {
    let (first, second) = (Stack::new(), Stack::new());
    let (one, two) = (register(&first), register(&second));
    assert_ne!(one, two);
    assert!(second.cancel(one).is_err() && first.cancel(two).is_err());
    drop((first.take_findings(), second.take_findings()));
    drop(second);
    let third = Stack::new();
    let three = register(&third);
    assert_ne!(three, one, "the first lives");
    assert_eq!(three, two, "the second does not");
    first.cancel(one).unwrap();
    third.cancel(three).unwrap();
}
