//! A caller that is not Rust says by an address where it calls from, and reports name the place.

use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::{CallSite, Stack};

fn place_of_a_call(stack: &Stack, site: CallSite) -> String {
    site.announce();
    stack.get_teredo_port(None);
    let calls = stack.calls();
    calls.last().and_then(|call| call.place.clone()).expect("calls have places")
}

#[test]
fn every_address_is_a_place_of_its_own() {
    let stack = Stack::new();
    stack.keep_recent(1);
    let resolve = |address: usize| format!("client.c:{address}");
    for address in
        (0..200).chain((1..200).map(|n| n << 16)).chain((1..200).map(|n| n << (usize::BITS - 24)))
    {
        let place = place_of_a_call(&stack, CallSite { address, resolve });
        assert_eq!(place, format!("client.c:{address}"));
    }
}

#[test]
fn what_it_is_called_is_asked_once() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    let resolve = |address: usize| {
        ASKED.fetch_add(1, Ordering::SeqCst);
        format!("other.c:{address}")
    };
    for _ in 0..3 {
        let stack = Stack::new();
        assert_eq!(place_of_a_call(&stack, CallSite { address: 77, resolve }), "other.c:77");
    }
    assert_eq!(ASKED.load(Ordering::SeqCst), 1);
}

#[test]
fn a_program_whose_places_are_something_else_says_so_until_it_says_so_again() {
    let stack = Stack::new();
    let places = || {
        stack.get_teredo_port(None);
        let calls = stack.calls();
        calls.last().and_then(|call| call.place.clone()).expect("calls have places")
    };
    assert!(places().contains("call_sites.rs:"));
    stack.at("step 3");
    assert_eq!((places(), places()), ("step 3".to_owned(), "step 3".to_owned()));
    stack.at("step 4");
    assert_eq!(places(), "step 4");
}

#[test]
fn a_note_stands_in_the_trace() {
    let stack = Stack::new();
    stack.note("now the cable is pulled");
    assert!(stack.trace().contains("now the cable is pulled"), "{}", stack.trace());
}
