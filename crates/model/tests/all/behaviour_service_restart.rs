//! The NSI service restarts: every registration dies silently (observed, 4).

use crate::bench::{Bench, code_of};
use netiosim_model::machine::{CancelBegin, Death, Registration, Request};
use netiosim_model::net::Family;

#[test]
fn nothing_is_heard_any_more_and_nobody_is_told() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.restart(50_001);
    bench.machine.nsi_restart();
    assert!(bench.machine.deliverable().is_empty(), "what waited is gone too");
    bench.restart(50_002);
    assert!(bench.machine.deliverable().is_empty());
    assert!(bench.rules().is_empty());
    assert_eq!(bench.machine.death(handle), Some(("ports", Death::NsiRestart)));
}

#[test]
fn the_handle_is_stale_and_a_new_registration_works() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.machine.nsi_restart();
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    let again = bench.ports("again");
    bench.restart(50_001);
    assert_eq!(bench.drain(again), [50_001]);
}

#[test]
fn a_running_callback_goes_on_to_its_end() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.machine.nsi_restart();
    assert_eq!(bench.machine.registrations().count(), 0);
    assert_eq!(bench.machine.actor_info(bench.pool).frames().len(), 1);
    bench.restart(50_002);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty());
    assert!(bench.machine.registration(handle).is_none());
}

#[test]
fn a_cancel_that_waits_still_ends_with_success() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.machine.nsi_restart();
    assert!(!bench.machine.can_end(bench.main), "the callback runs");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
}

#[test]
fn while_it_is_down_registering_fails_with_1753() {
    let mut bench = Bench::new();
    bench.machine.set_nsi_down(true);
    let request = Request::new("ports", 1);
    let machine = &mut bench.machine;
    let refused = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    assert_eq!((refused.code, refused.handle.is_null()), (1753, true));
    machine.set_nsi_down(false);
    let fine = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    assert_eq!(fine.code, 0);
}

#[test]
fn an_initial_delivery_that_was_due_on_the_caller_is_due_no_more() {
    let mut bench = Bench::new();
    let request = Request { initial: true, ..Request::new("ports", 1) };
    let machine = &mut bench.machine;
    let registered = machine.notify_teredo_port_change(bench.main, &request, &mut bench.chooser);
    assert!(machine.is_initial_due(registered.initial[0]));
    machine.nsi_restart();
    assert!(!machine.is_initial_due(registered.initial[0]));
}

#[test]
fn what_a_dead_registration_was_owed_is_gone_though_its_callback_runs() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    let pending = |bench: &Bench| bench.machine.registration(handle).map(Registration::pending);
    assert_eq!(pending(&bench), Some(1));
    bench.machine.nsi_restart();
    assert_eq!(pending(&bench), Some(0));
    assert_eq!(
        bench.machine.death(handle),
        Some(("ports", Death::NsiRestart)),
        "and known as dead"
    );
}

#[test]
fn what_may_begin_until_a_cancel_returns_begins_no_more() {
    let mut bench = Bench::with(&[("events-during-cancel", "deliver")]);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.machine.nsi_restart();
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty(), "every registration died");
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
}

#[test]
fn a_dead_registration_is_there_until_the_last_of_its_callbacks_has_returned() {
    let mut bench = Bench::with(&[("serialization", "lane")]);
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V4);
    bench.touch(Family::V6);
    bench.begin(handle, bench.pool);
    bench.begin(handle, bench.pool_2);
    bench.machine.nsi_restart();
    bench.machine.delivery_end(bench.pool);
    let running = bench.machine.registration(handle).map(|registration| {
        registration.running().map(|running| running.actor).collect::<Vec<_>>()
    });
    assert_eq!(running, Some(vec![bench.pool_2]));
    bench.machine.delivery_end(bench.pool_2);
    assert!(bench.machine.registration(handle).is_none());
}
