//! Who waits for ever without a circle is found when no step is left.

use crate::bench::{Bench, circle_of_wait};
use netiosim_model::machine::{Begun, CancelBegin, LockMode};

#[test]
fn a_callback_that_never_returns() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let never = bench.machine.signal("never");
    bench.running(handle, bench.pool, 50_001);
    bench.machine.at(bench.pool, "vpn.rs:5");
    assert_eq!(bench.machine.wait_signal(bench.pool, never), Begun::Wait);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let found = bench.machine.report_stuck();
    assert_eq!((found.len(), bench.rules()), (1, vec!["N012"]), "the cancel only waits for it");
    let finding = &bench.machine.findings()[0];
    assert_eq!(
        (finding.actors.as_slice(), finding.handle),
        ([bench.pool].as_slice(), Some(handle))
    );
    assert_eq!(
        finding.message,
        "the callback of \"ports\" never returns: it waits for signal \"never\", at vpn.rs:5"
    );
}

#[test]
fn a_thread_without_a_callback() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("lock", false);
    assert_eq!(bench.machine.acquire(bench.other, lock, LockMode::Write), Begun::Done);
    bench.machine.actor_exit(bench.other);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Wait);
    assert_eq!(bench.machine.report_stuck().len(), 1);
    assert_eq!(bench.rules(), ["N018"]);
    let message = &bench.machine.findings()[0].message;
    assert_eq!(message, "thread \"main\" waits for ever for lock \"lock\"");
}

#[test]
fn who_can_go_on_or_is_in_a_reported_circle_is_not_reported() {
    let mut bench = Bench::new();
    let lock = bench.machine.lock("lock", false);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    let answer = bench.machine.acquire(bench.main, lock, LockMode::Write);
    assert_eq!(circle_of_wait(answer, &bench.machine).rule.id(), "N016");
    assert_eq!(bench.machine.join(bench.other, bench.main), Begun::Wait);
    let signal = bench.machine.signal("soon");
    assert_eq!(bench.machine.wait_signal(bench.pool, signal), Begun::Wait);
    bench.machine.set_signal(bench.pool_2, signal);
    assert!(bench.machine.report_stuck().is_empty());
    assert_eq!(bench.rules(), ["N016"]);
}

#[test]
fn a_circle_that_was_dissolved_hides_nothing() {
    // The callback was part of a circle once; later it hangs for another reason.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    let never = bench.machine.signal("never");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert!(matches!(bench.cancel(bench.main, handle), CancelBegin::Cycle(_)));
    let _ = bench.machine.abandon(bench.main, &mut bench.chooser);
    assert!(bench.machine.release(bench.main, lock));
    bench.machine.wait_end(bench.pool);
    assert!(!bench.machine.actor_info(bench.pool).is_deadlocked(), "it goes on");
    assert_eq!(bench.machine.wait_signal(bench.pool, never), Begun::Wait);
    assert_eq!(bench.machine.report_stuck().len(), 1, "the callback never returns");
}

#[test]
fn a_process_exit_dissolves_a_circle_too() {
    // A circle through two processes: one ends, the other one's threads wait on, and are reported.
    use netiosim_model::status::Flavour;
    let mut bench = Bench::new();
    let helper = bench.machine.process("helper", Flavour::User);
    let (a, b) = (bench.machine.actor("a", helper), bench.machine.actor("b", helper));
    assert_eq!(bench.machine.join(bench.main, a), Begun::Wait);
    assert_eq!(bench.machine.join(b, bench.main), Begun::Wait);
    let answer = bench.machine.join(a, b);
    assert_eq!(circle_of_wait(answer, &bench.machine).rule.id(), "N013");
    bench.machine.process_exit(bench.other, bench.process);
    assert!(!bench.machine.actor_info(a).is_deadlocked(), "b can go on, and a after it");
    bench.machine.wait_end(b);
    assert_eq!(bench.machine.report_stuck().len(), 1, "b lives on, and a waits for its end");
}
