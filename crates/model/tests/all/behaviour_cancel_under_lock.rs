//! A cancel that holds what the running callback waits for (TP-25, NI-23, CX-11).

use crate::bench::{Bench, circle_of_cancel};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn the_cancel_closes_the_circle() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let state = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    bench.machine.at(bench.main, "vpn.rs:30");
    assert_eq!(bench.machine.acquire(bench.main, state, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, state, LockMode::Write), Begun::Wait);
    bench.machine.at(bench.main, "vpn.rs:31");
    let answer = bench.cancel(bench.main, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N002");
    assert_eq!(finding.actors, [bench.main, bench.pool]);
    assert_eq!(finding.story.len(), 2);
    assert!(finding.story[0].contains("waits in CancelMibChangeNotify2(\"ports\")"));
    assert!(finding.story[0].contains("port 50001"), "what the callback was told");
    assert!(finding.story[1].contains("it is held by \"main\", taken at vpn.rs:30"));
    assert_eq!(bench.rules(), ["N002"], "the deadlock itself, and no prediction of it");
}

#[test]
fn through_a_chain_of_two_locks_and_a_third_actor() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let inner = bench.machine.lock("inner", false);
    let outer = bench.machine.lock("outer", false);
    bench.running(handle, bench.pool, 50_001);
    let machine = &mut bench.machine;
    assert_eq!(machine.acquire(bench.main, outer, LockMode::Write), Begun::Done);
    assert_eq!(machine.acquire(bench.other, inner, LockMode::Write), Begun::Done);
    assert_eq!(machine.acquire(bench.pool, inner, LockMode::Write), Begun::Wait);
    assert_eq!(machine.acquire(bench.other, outer, LockMode::Write), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N002");
    assert_eq!(finding.actors, [bench.main, bench.pool, bench.other]);
    assert_eq!(finding.story.len(), 3);
}

#[test]
fn a_third_actor_that_can_go_on_is_no_circle() {
    // TP-26: the callback waits for a thread that waits for nobody.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.other, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert!(bench.machine.release(bench.other, lock));
    bench.machine.wait_end(bench.pool);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
    assert!(bench.rules().is_empty());
}

#[test]
fn either_running_family_of_one_handle_closes_it() {
    // Two lanes run; the second one is the one that wants the lock.
    use netiosim_model::net::Family;
    let mut bench = Bench::with(&[("serialization", "lane"), ("delivery-order", "any")]);
    let handle = bench.interfaces("interfaces");
    let lock = bench.machine.lock("lock", false);
    bench.touch(Family::V4);
    bench.begin(handle, bench.pool);
    bench.touch(Family::V6);
    bench.begin(handle, bench.pool_2);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool_2, lock, LockMode::Write), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!((finding.rule.id(), finding.actors), ("N002", vec![bench.main, bench.pool_2]));
}
