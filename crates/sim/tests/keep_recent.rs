//! A stack that keeps only what is recent does not grow, and goes on to log what it is asked.

use netiosim_sim::Stack;

#[test]
fn calls_and_events_are_bounded_and_the_youngest_are_there() {
    let stack = Stack::new();
    stack.keep_recent(8);
    for _ in 0..1000 {
        let _ = stack.teredo_port();
    }
    let calls = stack.calls();
    assert!((8..=16).contains(&calls.len()), "{}", calls.len());
    assert!(calls.iter().all(|call| call.code == Some(0) && call.port.is_some()), "{calls:?}");
    assert!(stack.events().len() <= 16, "{}", stack.events().len());
    assert!(!stack.calls().is_empty());
}

#[test]
fn unless_asked_everything_is_kept() {
    let stack = Stack::new();
    for _ in 0..100 {
        let _ = stack.teredo_port();
    }
    assert_eq!(stack.calls().len(), 100);
}

#[test]
fn the_older_half_is_forgotten_at_twice_as_many() {
    let stack = Stack::new();
    stack.keep_recent(8);
    let lengths: Vec<usize> = (0..25)
        .map(|_| {
            let _ = stack.teredo_port();
            stack.calls().len()
        })
        .collect();
    assert_eq!(lengths[..16], (1..=16).collect::<Vec<_>>());
    assert_eq!(lengths[16..], (9..=16).chain([9]).collect::<Vec<_>>());
}

#[test]
fn a_call_that_was_forgotten_before_it_returned_is_no_other_call() {
    let stack = Stack::new();
    stack.keep_recent(8);
    let inside = stack.handle();
    let subscribe = stack.teredo_port_change().initial(true);
    let _changes = subscribe.register(move |_| {
        for _ in 0..100 {
            let _ = inside.teredo_port();
        }
    });
    let calls = stack.calls();
    assert!(!calls.is_empty());
    assert!(calls.iter().all(|call| call.port.is_some() && call.handle.is_none()), "{calls:?}");
}
