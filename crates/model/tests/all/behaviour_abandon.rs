//! A driver takes an actor out of a wait that would never end.

use crate::bench::Bench;
use netiosim_model::machine::{Begun, CancelBegin, LockMode};
use netiosim_model::status::Status;

#[test]
fn a_cancel_answers_1131_and_everybody_goes_on() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert!(matches!(bench.cancel(bench.main, handle), CancelBegin::Cycle(_)));
    let answer = bench.machine.abandon(bench.main, &mut bench.chooser);
    assert_eq!(answer, (Status::PossibleDeadlock, 1131));
    assert!(bench.machine.actor_info(bench.main).wait().is_none());
    assert!(!bench.machine.actor_info(bench.main).is_deadlocked());
    assert!(bench.machine.release(bench.main, lock));
    bench.machine.wait_end(bench.pool);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.is_live(handle));
}

#[test]
fn a_lock_is_not_taken() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("lock", false);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert!(matches!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Cycle(_)));
    let _ = bench.machine.abandon(bench.main, &mut bench.chooser);
    assert_eq!(bench.machine.lock_info(lock).owners, [bench.main], "once, from before");
    assert!(bench.machine.release(bench.main, lock));
    assert!(!bench.machine.release(bench.main, lock));
}

#[test]
fn the_callback_gives_up_its_lock_and_the_cancel_succeeds() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert!(matches!(bench.cancel(bench.main, handle), CancelBegin::Cycle(_)));
    let _ = bench.machine.abandon(bench.pool, &mut bench.chooser);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty(), "what waited is not delivered any more");
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
    assert!(bench.machine.registration(handle).is_none());
}

#[test]
fn a_driver_gets_the_ntstatus() {
    let mut driver = Bench::driver();
    let handle = driver.ports("ports");
    driver.running(handle, driver.pool, 50_001);
    assert!(matches!(driver.cancel(driver.pool, handle), CancelBegin::Cycle(_)));
    assert_eq!(driver.machine.abandon(driver.pool, &mut driver.chooser).1, 0xC000_0194);
}
