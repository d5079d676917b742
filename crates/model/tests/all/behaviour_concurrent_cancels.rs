//! Two threads cancel the same handle (option `concurrent-cancel`).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::CancelBegin;

#[test]
fn both_wait_and_both_succeed() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(bench.cancel(bench.other, handle), CancelBegin::Wait);
    assert!(!bench.machine.can_end(bench.main) && !bench.machine.can_end(bench.other));
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.other).1, 0);
    // The first one returns although the registration is gone and its slot is in use again.
    let next = bench.ports("next");
    assert!(bench.machine.can_end(bench.main));
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
    assert!(bench.is_live(next));
    assert!(bench.rules().is_empty());
}

#[test]
fn the_second_one_is_refused_where_that_is_chosen() {
    let mut bench = Bench::with(&[("concurrent-cancel", "refuse")]);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(code_of(bench.cancel(bench.other, handle)), 87);
    assert!(bench.rules().is_empty(), "the handle was live when the first one began");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
}

#[test]
fn after_the_return_the_handle_is_stale() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
    assert_eq!(code_of(bench.cancel(bench.other, handle)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    let message = &bench.machine.findings()[0].message;
    assert_eq!(message, "the handle of \"ports\" was cancelled, but it was cancelled before");
}

#[test]
fn one_of_two_gives_up_and_the_other_one_goes_on() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let own = bench.cancel(bench.pool, handle);
    assert!(matches!(own, CancelBegin::Cycle(_)));
    assert_eq!(bench.machine.abandon(bench.pool, &mut bench.chooser).1, 1131);
    assert!(!bench.machine.registration(handle).expect("there").is_live(), "main cancels it still");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
    assert!(bench.machine.registration(handle).is_none());
}
