//! A stack that keeps only what is recent does not grow, and goes on to log what it is asked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::Stack;
use netiosim_sim::model::event::Function;

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

#[test]
fn what_an_expectation_has_yet_to_see_is_not_forgotten() {
    let stack = Stack::new();
    stack.keep_recent(8);
    let ask = |times: u32| {
        for _ in 0..times {
            let _ = stack.teredo_port();
        }
    };
    ask(40);
    let luid = stack.luid("Ethernet").expect("the home machine has one");
    let all = stack.expect_call(Function::GetTeredoPort).times(50);
    let one = stack.expect_call(Function::ConvertInterfaceLuidToIndex);
    assert!(stack.convert_interface_luid_to_index(Some(luid), Some(&mut 0)) == 0);
    ask(50);
    one.verify();
    all.verify();
    // From here on nobody waits for them.
    ask(17);
    assert!(stack.calls().len() <= 16, "{}", stack.calls().len());
}

#[test]
fn a_report_counts_the_calls_from_the_first_one_of_the_stack() {
    let stack = Stack::new();
    stack.keep_recent(8);
    for _ in 0..40 {
        let _ = stack.teredo_port();
    }
    let expected = stack.expect_call(Function::GetTeredoPort).times(0);
    let _ = stack.teredo_port();
    let panicked = catch_unwind(AssertUnwindSafe(|| expected.verify())).expect_err("one too many");
    let text = panicked.downcast_ref::<String>().expect("a text");
    assert!(text.contains("from call 41 on:"), "{text}");
}

#[test]
fn events_never_reach_twice_the_number_and_reach_the_number() {
    let stack = Stack::new();
    stack.keep_recent(100);
    let kept = (0..300).map(|_| {
        stack.teredo_port().unwrap();
        stack.events().len()
    });
    let most = kept.max().expect("calls");
    assert!((150..200).contains(&most), "{most}");
}
