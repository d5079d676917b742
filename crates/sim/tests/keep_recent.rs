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
