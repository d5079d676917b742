//! A process ends: its registrations go without a callback, its threads stop where they are
//! (TP-20, NI-20, CX-15).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{Begun, CancelBegin, Death, LockMode, Request};
use netiosim_model::status::Flavour;

#[test]
fn its_registrations_are_gone_and_reported_as_leaked() {
    let mut bench = Bench::new();
    let (one, two) = (bench.ports("one"), bench.interfaces("two"));
    let closed = bench.ports("closed");
    assert_eq!(code_of(bench.cancel(bench.main, closed)), 0);
    bench.restart(50_001);
    bench.machine.process_exit(bench.main, bench.process);
    assert!(bench.machine.deliverable().is_empty());
    assert_eq!(bench.rules(), ["N010", "N010"], "one for each that was not cancelled");
    for handle in [one, two] {
        let death = bench.machine.death(handle).expect("a death");
        assert_eq!(death.1, Death::ProcessExit);
    }
    assert!(!bench.machine.processes()[0].is_alive());
}

#[test]
fn locks_that_it_held_are_free_and_joins_of_its_threads_end() {
    let mut bench = Bench::new();
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    let handle = bench.ports("ports");
    let lock = bench.machine.lock("named mutex", false);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert_eq!(bench.machine.acquire(stranger, lock, LockMode::Write), Begun::Wait);
    bench.machine.process_exit(bench.other, bench.process);
    assert!(bench.machine.actor_info(bench.pool).frames().is_empty());
    assert!(bench.machine.actor_info(bench.pool).wait().is_none());
    assert!(bench.machine.can_end(stranger));
    bench.machine.wait_end(stranger);
    assert_eq!(bench.machine.lock_info(lock).owners, [stranger]);
    assert_eq!(bench.machine.join(stranger, bench.main), Begun::Done);
}

#[test]
fn registrations_of_other_processes_go_on() {
    // CX-12: they are independent.
    let mut bench = Bench::new();
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    let request = Request::new("theirs", 1);
    let machine = &mut bench.machine;
    let theirs = machine.notify_teredo_port_change(stranger, &request, &mut bench.chooser).handle;
    bench.ports("ours");
    bench.machine.process_exit(bench.main, bench.process);
    bench.restart(50_001);
    assert_eq!(bench.machine.deliverable().len(), 1);
    let _ = bench.begin(theirs, stranger);
}

#[test]
fn a_cancel_in_flight_ends_with_the_process() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.machine.process_exit(bench.other, bench.process);
    assert!(bench.rules().is_empty(), "it was being cancelled: nothing leaked");
    assert!(!bench.machine.can_end(bench.main), "a thread that is no more ends nothing");
}

#[test]
fn it_ends_only_once_and_can_start_again() {
    let mut bench = Bench::new();
    bench.ports("ports");
    bench.machine.process_exit(bench.main, bench.process);
    bench.machine.process_exit(bench.main, bench.process);
    assert_eq!(bench.rules(), ["N010"]);
    bench.machine.process_start(bench.process);
    bench.machine.actor_reuse(bench.main, bench.process);
    let again = bench.ports("again");
    bench.restart(50_001);
    bench.machine.actor_reuse(bench.pool_2, bench.process);
    assert_eq!(bench.drain(again), [50_001]);
}

#[test]
fn locks_of_other_processes_stay_held() {
    let mut bench = Bench::new();
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    let lock = bench.machine.lock("named mutex", false);
    assert_eq!(bench.machine.acquire(stranger, lock, LockMode::Write), Begun::Done);
    bench.machine.process_exit(bench.main, bench.process);
    assert_eq!(bench.machine.lock_info(lock).owners, [stranger]);
}
