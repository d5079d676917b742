//! A join of a thread that waits, directly or not, for the joiner.

use crate::bench::{Bench, circle_of_cancel, circle_of_wait};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn a_callback_joins_the_thread_that_cancels_it() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let answer = bench.machine.join(bench.pool, bench.main);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N013");
    assert_eq!(finding.actors, [bench.pool, bench.main]);
}

#[test]
fn a_cancel_of_a_callback_that_joins_the_canceller() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.join(bench.pool, bench.main), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    assert_eq!(circle_of_cancel(answer, &bench.machine).rule.id(), "N013");
}

#[test]
fn through_a_lock_and_a_cancel() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert_eq!(bench.cancel(bench.other, handle), CancelBegin::Wait);
    let answer = bench.machine.join(bench.main, bench.other);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N013");
    assert_eq!(finding.actors, [bench.main, bench.other, bench.pool]);
    assert!(finding.message.contains("2 steps"), "{}", finding.message);
}

#[test]
fn a_thread_that_joins_itself() {
    let mut bench = Bench::new();
    let answer = bench.machine.join(bench.main, bench.main);
    assert_eq!(circle_of_wait(answer, &bench.machine).rule.id(), "N013");
}

#[test]
fn a_thread_that_is_done_is_joined_at_once() {
    let mut bench = Bench::new();
    assert_eq!(bench.machine.join(bench.main, bench.other), Begun::Wait);
    assert!(!bench.machine.can_end(bench.main));
    bench.machine.actor_exit(bench.other);
    assert!(bench.machine.can_end(bench.main));
    bench.machine.wait_end(bench.main);
    assert_eq!(bench.machine.join(bench.main, bench.other), Begun::Done);
    assert!(bench.rules().is_empty());
}
