//! Reader-writer locks: readers share, and a circle through one of several readers is a circle.

use crate::bench::{Bench, circle_of_cancel, circle_of_wait};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn the_second_reader_cancels_what_the_writer_runs() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("table", true);
    bench.running(handle, bench.pool, 50_001);
    let machine = &mut bench.machine;
    assert_eq!(machine.acquire(bench.other, lock, LockMode::Read), Begun::Done);
    assert_eq!(machine.acquire(bench.main, lock, LockMode::Read), Begun::Done);
    assert_eq!(machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N002");
    assert_eq!(finding.actors, [bench.main, bench.pool]);
}

#[test]
fn a_callback_that_only_reads_beside_a_reader_goes_on() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("table", true);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Read), Begun::Done);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Read), Begun::Done);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
    assert!(bench.rules().is_empty());
}

#[test]
fn an_upgrade_waits_for_itself() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("table", true);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Read), Begun::Done);
    let answer = bench.machine.acquire(bench.main, lock, LockMode::Write);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!((finding.rule.id(), finding.actors), ("N016", vec![bench.main]));
}

#[test]
fn reading_a_plain_lock_is_exclusive() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("plain", false);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Read), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.other, lock, LockMode::Read), Begun::Wait);
}

#[test]
fn two_threads_and_two_locks_are_a_lock_cycle() {
    let mut bench = Bench::new();
    let (one, two) = (bench.machine.lock("one", false), bench.machine.lock("two", false));
    let machine = &mut bench.machine;
    assert_eq!(machine.acquire(bench.main, one, LockMode::Write), Begun::Done);
    assert_eq!(machine.acquire(bench.other, two, LockMode::Write), Begun::Done);
    assert_eq!(machine.acquire(bench.main, two, LockMode::Write), Begun::Wait);
    let answer = machine.acquire(bench.other, one, LockMode::Write);
    assert_eq!(circle_of_wait(answer, machine).rule.id(), "N016");
}
