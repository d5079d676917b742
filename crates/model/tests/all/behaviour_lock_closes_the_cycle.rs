//! The cancel waits first; the callback closes the circle by taking the lock.

use crate::bench::{Bench, circle_of_wait};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn the_lock_is_where_the_circle_closes() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("state", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert!(bench.rules().is_empty(), "so far the callback wants nothing");
    bench.machine.at(bench.pool, "vpn.rs:8");
    let answer = bench.machine.acquire(bench.pool, lock, LockMode::Write);
    let finding = circle_of_wait(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N002");
    assert_eq!(finding.actors, [bench.pool, bench.main]);
    assert_eq!(bench.machine.place_text(finding.place.expect("a place")), "vpn.rs:8");
    assert!(finding.story[1].ends_with("here the circle closes"));
    let try_again = bench.machine.try_acquire(bench.pool_2, lock, LockMode::Write);
    assert!(!try_again, "a lock of a deadlock is still held");
}
