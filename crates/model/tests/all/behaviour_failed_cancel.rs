//! What a cancel that was refused as a deadlock leaves behind (option `failed-cancel`).

use crate::bench::{Bench, code_of};
use netiosim_model::event::Function;
use netiosim_model::machine::{CancelBegin, Fault, Request};
use netiosim_model::status::{Flavour, Status};

#[test]
fn the_registration_stays_live_and_loses_nothing() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert!(matches!(bench.cancel(bench.pool, handle), CancelBegin::Cycle(_)));
    assert!(bench.machine.deliverable().is_empty());
    let (status, code) = bench.machine.abandon(bench.pool, &mut bench.chooser);
    assert_eq!((status, code), (Status::PossibleDeadlock, 1131));
    bench.restart(50_003);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.is_live(handle));
    assert_eq!(bench.drain(handle), [50_002, 50_003]);
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "it can be cancelled again");
    bench.restart(50_004);
    assert!(bench.machine.deliverable().is_empty());
}

#[test]
fn an_initial_notification_that_waited_is_not_lost_either() {
    let fixed =
        [("initial-thread", "pool"), ("initial-unspec", "per-family"), ("serialization", "lane")];
    let mut bench = Bench::with(&fixed);
    let request = Request { initial: true, ..Request::new("interfaces", 2) };
    let machine = &mut bench.machine;
    let both = machine.notify_ip_interface_change(bench.main, 0, &request, &mut bench.chooser);
    let handle = both.handle;
    bench.begin(handle, bench.pool);
    assert!(matches!(bench.cancel(bench.pool, handle), CancelBegin::Cycle(_)));
    let _ = bench.machine.abandon(bench.pool, &mut bench.chooser);
    bench.machine.delivery_end(bench.pool);
    let due = bench.begin(handle, bench.pool);
    assert_eq!(due.notification.to_string(), "MibInitialNotification, row NULL");
}

#[test]
fn under_gone_nothing_is_left() {
    let mut bench = Bench::with(&[("failed-cancel", "gone")]);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert!(matches!(bench.cancel(bench.pool, handle), CancelBegin::Cycle(_)));
    assert_eq!(bench.machine.abandon(bench.pool, &mut bench.chooser).1, 1131);
    assert_eq!(bench.machine.registrations().count(), 0);
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 87, "the handle is stale");
    assert_eq!(bench.rules(), ["N001", "N005"]);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.registration(handle).is_none(), "gone with its last callback");
    bench.restart(50_003);
    assert!(bench.machine.deliverable().is_empty());
}

#[test]
fn under_gone_a_registration_without_a_callback_goes_at_once() {
    // Only what waits may begin: the cancel could have ended, and is given up all the same.
    let mut bench = Bench::with(&[("failed-cancel", "gone"), ("events-during-cancel", "deliver")]);
    let handle = bench.ports("ports");
    bench.restart(50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let _ = bench.machine.abandon(bench.main, &mut bench.chooser);
    assert!(bench.machine.deliverable().is_empty());
    assert!(bench.machine.registration(handle).is_none(), "nothing is left");
}

#[test]
fn a_cancel_that_a_fault_failed_leaves_the_same() {
    // The option speaks of a cancel that failed "by an injected fault" too.
    let mut bench = Bench::with(&[("failed-cancel", "gone")]);
    let handle = bench.ports("ports");
    let cancel = Function::CancelMibChangeNotify2;
    let fault = bench.machine.fault_add(Fault::new(cancel, Status::InvalidHandle));
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 6);
    bench.machine.fault_remove(fault);
    bench.restart(50_001);
    assert!(bench.machine.deliverable().is_empty(), "no further notification begins");
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 87, "and the handle is stale");
}

#[test]
fn a_fault_in_a_cancel_ends_no_registration_of_another_process() {
    let mut bench = Bench::with(&[("failed-cancel", "gone")]);
    let handle = bench.ports("ports");
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    let cancel = Function::CancelMibChangeNotify2;
    bench.machine.fault_add(Fault::new(cancel, Status::InvalidHandle));
    assert_eq!(code_of(bench.cancel(stranger, handle)), 6);
    assert!(bench.is_live(handle), "it is not theirs to end");
    assert_eq!(code_of(bench.cancel(bench.main, handle)), 6);
    assert!(bench.machine.registration(handle).is_none());
}

#[test]
fn what_waited_is_kept_as_long_as_some_cancel_of_it_is_a_deadlock() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert!(matches!(bench.cancel(bench.pool, handle), CancelBegin::Cycle(_)));
    // The second one closes no circle of its own, but depends on the first.
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    for actor in [bench.main, bench.pool] {
        assert_eq!(bench.machine.abandon(actor, &mut bench.chooser).1, 1131);
    }
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.drain(handle), [50_002]);
}

#[test]
fn what_waited_is_dropped_for_good_when_the_cancel_was_no_deadlock_as_it_began() {
    // Option `events-during-cancel`, `drop`; that cancel is given up later all the same.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let _ = bench.machine.abandon(bench.main, &mut bench.chooser);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.is_live(handle));
    assert_eq!(bench.drain(handle), [0; 0]);
    bench.restart(50_003);
    assert_eq!(bench.drain(handle), [50_003]);
}
