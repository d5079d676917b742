//! A cancel under a lock that callbacks take, at a moment when none wants it (N004).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn it_is_a_finding_and_no_circle() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Done);
    assert!(bench.machine.release(bench.pool, lock));
    bench.machine.delivery_end(bench.pool);

    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    let answer = bench.cancel(bench.main, handle);
    assert_eq!(code_of(answer), 0, "it went well");
    assert_eq!(bench.rules(), ["N004"]);
    let finding = &bench.machine.findings()[0];
    assert_eq!(finding.actors, [bench.main]);
    assert!(finding.message.contains("\"main\" cancels \"ports\" while it holds lock \"state\""));
}

#[test]
fn a_running_callback_that_wants_it_no_more_counts_too() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Done);
    assert!(bench.machine.release(bench.pool, lock));
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert!(bench.rules().is_empty(), "it may yet become the deadlock itself");
    bench.machine.delivery_end(bench.pool);
    bench.machine.cancel_end(bench.main);
    assert_eq!(bench.rules(), ["N004"]);
}

#[test]
fn an_attempt_that_did_not_succeed_counts_if_it_waited() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert!(!bench.machine.try_acquire(bench.pool, lock, LockMode::Write));
    bench.machine.delivery_end(bench.pool);
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
    assert!(bench.rules().is_empty(), "a try never waits, so it never closes a circle");
}

#[test]
fn another_lock_or_another_handle_is_nothing() {
    let mut bench = Bench::new();
    let (one, two) = (bench.ports("one"), bench.ports("two"));
    let (state, else_where) = (bench.machine.lock("state", false), bench.machine.lock("x", false));
    bench.restart(50_001);
    bench.begin(one, bench.pool);
    assert_eq!(bench.machine.acquire(bench.pool, state, LockMode::Write), Begun::Done);
    assert!(bench.machine.release(bench.pool, state));
    bench.machine.delivery_end(bench.pool);
    bench.drain(two);

    assert_eq!(bench.machine.acquire(bench.main, else_where, LockMode::Write), Begun::Done);
    assert_eq!(code_of(bench.cancel(bench.main, one)), 0);
    assert_eq!(bench.machine.acquire(bench.main, state, LockMode::Write), Begun::Done);
    assert_eq!(code_of(bench.cancel(bench.main, two)), 0);
    assert!(bench.rules().is_empty());
}

#[test]
fn a_reader_keeps_out_a_callback_that_writes_and_no_other() {
    for (held, wanted, rules) in [
        (LockMode::Read, LockMode::Write, vec!["N004"]),
        (LockMode::Write, LockMode::Read, vec!["N004"]),
        (LockMode::Read, LockMode::Read, vec![]),
    ] {
        let mut bench = Bench::new();
        let handle = bench.ports("ports");
        let lock = bench.machine.lock("table", true);
        bench.running(handle, bench.pool, 50_001);
        assert_eq!(bench.machine.acquire(bench.pool, lock, wanted), Begun::Done);
        assert!(bench.machine.release(bench.pool, lock));
        bench.machine.delivery_end(bench.pool);
        assert_eq!(bench.machine.acquire(bench.main, lock, held), Begun::Done);
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
        assert_eq!(bench.rules(), rules, "{held:?} is held, {wanted:?} was wanted");
    }
}
