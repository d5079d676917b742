//! Registrations do not survive a restart of the machine (TP-21, NI-21).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{Begun, Death, LockMode};

#[test]
fn everything_ends_without_a_word() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("lock", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Done);
    bench.machine.set_nsi_down(true);
    bench.machine.reboot(&mut bench.chooser);
    assert!(bench.rules().is_empty(), "a shutdown is nobody's leak");
    assert_eq!(bench.machine.death(handle), Some(("ports", Death::Reboot)));
    assert!(bench.machine.deliverable().is_empty());
    assert!(bench.machine.lock_info(lock).owners.is_empty());
    assert!(bench.machine.actors().iter().all(|actor| !actor.is_alive()));

    bench.machine.process_start(bench.process);
    for actor in [bench.main, bench.pool_2] {
        bench.machine.actor_reuse(actor, bench.process);
    }
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 87, "the old handle is stale");
    let again = bench.ports("again");
    assert!(bench.machine.deliverable().is_empty(), "the new start is not told");
    bench.restart(50_007);
    assert_eq!(bench.drain(again), [50_007]);
}

#[test]
fn the_teredo_client_starts_again_on_another_port() {
    let mut bench = Bench::new();
    let before = bench.machine.env().teredo().port();
    bench.machine.reboot(&mut bench.chooser);
    let after = bench.machine.env().teredo().port();
    assert!(before.is_some() && after.is_some() && before != after);
}
