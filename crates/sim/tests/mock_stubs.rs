//! Stubbed answers: this code for the nth call, for this registration, until the guard is dropped.

use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::model::event::Function;
use netiosim_sim::model::status::{Flavour, Status};
use netiosim_sim::{CancelError, Mode, Stack, Stub};

const CANCEL: Function = Function::CancelMibChangeNotify2;
const PORT: Function = Function::GetTeredoPort;

/// The codes of so many calls of GetTeredoPort.
fn codes(stack: &Stack, calls: usize) -> Vec<u32> {
    (0..calls).map(|_| stack.teredo_port().map_or_else(|error| error.code, |_| 0)).collect()
}

fn code(outcome: Result<(), CancelError>) -> u32 {
    match outcome {
        Ok(()) => 0,
        Err(CancelError::Failed(error)) => error.code,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn every_call_until_the_guard_is_dropped() {
    let stack = Stack::new();
    let guard = stack.stub(PORT).returning(21);
    assert_eq!(codes(&stack, 3), [21, 21, 21]);
    drop(guard);
    assert_eq!(codes(&stack, 2), [0, 0]);
}

#[test]
fn kept_for_good() {
    let stack = Stack::new();
    stack.stub(PORT).returning(21).keep();
    assert_eq!(codes(&stack, 2), [21, 21]);
}

#[test]
fn the_nth_call_and_so_many_calls() {
    let from = |refine: fn(Stub<'_>) -> Stub<'_>| {
        let stack = Stack::new();
        // Calls before do not count.
        assert_eq!(codes(&stack, 1), [0]);
        let _guard = refine(stack.stub(PORT)).returning(50);
        codes(&stack, 5)
    };
    assert_eq!(from(|stub| stub.nth(2)), [0, 50, 0, 0, 0]);
    assert_eq!(from(|stub| stub.times(2)), [50, 50, 0, 0, 0]);
    assert_eq!(from(|stub| stub.nth(3).times(2)), [0, 0, 50, 50, 0]);
    assert_eq!(from(|stub| stub.times(0)), [0; 5]);
    assert_eq!(from(|stub| stub.nth(u32::MAX).times(2)), [0; 5]);
}

#[test]
fn dropping_the_guard_takes_all_of_it_out() {
    let stack = Stack::new();
    let guard = stack.stub(PORT).nth(1).times(4).returning(50);
    assert_eq!(codes(&stack, 2), [50, 50]);
    drop(guard);
    assert_eq!(codes(&stack, 2), [0, 0]);
}

#[test]
fn the_last_stub_answers() {
    let stack = Stack::new();
    let _every = stack.stub(PORT).returning(21);
    let last = stack.stub(PORT).nth(2).returning(50);
    assert_eq!(codes(&stack, 3), [21, 50, 21]);
    drop(last);
    assert_eq!(codes(&stack, 1), [21]);
}

#[test]
fn one_handle() {
    let stack = Stack::new();
    let a = stack.teredo_port_change().register(|_| {}).unwrap();
    let b = stack.teredo_port_change().register(|_| {}).unwrap();
    let handle = a.handle();
    let guard = stack.stub(CANCEL).on(&a).returning(Status::InvalidHandle);
    assert_eq!((code(b.cancel()), code(a.cancel())), (0, 6));
    drop(guard);
    assert_eq!(code(stack.cancel(handle)), 0, "it lived on");
}

#[test]
fn one_registration_by_its_name() {
    let stack = Stack::new();
    let register = |name: &str| {
        let outcome = stack.teredo_port_change().name(name).register(|_| {});
        outcome.map(netiosim_sim::Registration::into_handle).map_err(|error| error.code)
    };
    let _guard =
        stack.stub(Function::NotifyTeredoPortChange).on_registration("a").nth(2).returning(1753);
    let b = register("b").expect("another name");
    assert!(register("a").is_ok(), "the first");
    assert_eq!(register("a"), Err(1753));
    let _cancel = stack.stub(CANCEL).on("b").returning(6);
    assert_eq!(code(stack.cancel(b)), 6);
}

#[test]
fn a_status_has_the_number_of_the_flavour() {
    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    let _guard = stack.stub(PORT).returning(Status::InvalidParameter);
    assert_eq!(codes(&stack, 1), [0xC000_000D]);
    let _raw = stack.stub(PORT).returning(0x1234_5678);
    assert_eq!(codes(&stack, 1), [0x1234_5678]);
}

#[test]
fn a_success_that_does_nothing() {
    let stack = Stack::new();
    let handle = stack.on_teredo_port_change(|_| {}).unwrap().into_handle();
    let guard = stack.stub(CANCEL).returning(0);
    assert_eq!(code(stack.cancel(handle)), 0);
    assert!(stack.inspect(|model| model.registration(handle).is_some()), "it lives on");
    drop(guard);
    let _guard = stack.stub(PORT).returning(0);
    let mut port = 7;
    assert_eq!((stack.get_teredo_port(Some(&mut port)), port), (0, 7), "nothing is written");
}

#[test]
fn the_call_log_shows_the_answer_and_an_expectation_sees_it() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let _guard = stack.stub(PORT).nth(2).returning(21);
        let failed = stack.expect_call(PORT).returning(Status::NotReady);
        let fine = stack.expect_call(PORT).returning(0).times(2);
        assert_eq!(codes(&stack, 3), [0, 21, 0]);
        failed.verify();
        fine.verify();
    }
}

#[test]
fn a_stub_that_could_hit_no_call_is_refused() {
    let stack = Stack::new();
    let handle = stack.on_teredo_port_change(|_| {}).unwrap().into_handle();
    let refused = |refine: &dyn Fn(&Stack)| {
        let payload = catch_unwind(AssertUnwindSafe(|| refine(&stack))).expect_err("it is refused");
        match payload.downcast_ref::<String>() {
            Some(text) => text.clone(),
            None => (*payload.downcast_ref::<&str>().expect("a message")).to_owned(),
        }
    };
    assert_eq!(
        refused(&|stack| drop(stack.stub(PORT).on_registration("a"))),
        "no call of GetTeredoPort is about a registration: \"a\""
    );
    assert_eq!(
        refused(&|stack| drop(stack.stub(Function::NotifyTeredoPortChange).on(handle))),
        format!("a call of NotifyTeredoPortChange has no handle before it answers: {handle}")
    );
    assert_eq!(
        refused(&|stack| drop(stack.stub(PORT).nth(0))),
        "the calls are counted from 1: there is no call 0 to stub"
    );
    assert_eq!(
        refused(&|stack| drop(stack.stub(PORT).times(u32::MAX))),
        "4294967295 calls are too many to stub one by one; every call is the default"
    );
}
