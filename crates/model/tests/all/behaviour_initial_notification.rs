//! The initial notification: when asked for, first, at most once, without a value (TP-06 to TP-09,
//! NI-07 to NI-10, NT-05, NT-06).

use crate::bench::Bench;
use netiosim_model::ids::{Handle, LaneId};
use netiosim_model::machine::Request;
use netiosim_model::net::Family;
use netiosim_model::notification::Notification;

const INITIAL_ROW: &str = "MibInitialNotification, row NULL";

fn register(bench: &mut Bench, family: Option<u16>) -> (Handle, Vec<LaneId>) {
    let request = Request { initial: true, ..Request::new("initial", 3) };
    let (machine, chooser) = (&mut bench.machine, &mut bench.chooser);
    let registered = match family {
        None => machine.notify_teredo_port_change(bench.main, &request, chooser),
        Some(family) => machine.notify_ip_interface_change(bench.main, family, &request, chooser),
    };
    assert_eq!(registered.code, 0);
    (registered.handle, registered.initial)
}

#[test]
fn on_the_caller_it_is_not_offered_to_the_pool() {
    let mut bench = Bench::new();
    let (handle, initial) = register(&mut bench, None);
    assert_eq!(initial, [LaneId { handle, lane: 0 }]);
    bench.restart(50_001);
    assert!(bench.machine.deliverable().is_empty(), "a change waits until it was made");
    let due = bench.machine.delivery_begin(initial[0], bench.main);
    assert_eq!(due.notification.to_string(), "MibInitialNotification, port 0");
    bench.machine.delivery_end(bench.main);
    assert_eq!(bench.drain(handle), [50_001], "it came once");
}

#[test]
fn on_the_pool_it_comes_before_every_change() {
    let mut bench = Bench::with(&[("initial-thread", "pool")]);
    let (handle, initial) = register(&mut bench, None);
    assert!(initial.is_empty());
    bench.restart(50_001);
    assert_eq!(bench.drain(handle), [0, 50_001]);
}

#[test]
fn not_asked_for_it_never_comes() {
    let mut bench = Bench::with(&[("initial-thread", "pool")]);
    let handle = bench.ports("ports");
    assert!(bench.machine.deliverable().is_empty());
    bench.restart(50_001);
    assert_eq!(bench.drain(handle), [50_001]);
}

#[test]
fn both_families_once_or_one_each() {
    for (value, times) in [("once", 1), ("per-family", 2)] {
        let mut bench = Bench::with(&[("initial-unspec", value)]);
        let (_, initial) = register(&mut bench, Some(0));
        assert_eq!(initial.len(), times);
        for (n, lane) in initial.into_iter().enumerate() {
            assert_eq!(usize::from(lane.lane), n, "IPv4 first");
            let due = bench.machine.delivery_begin(lane, bench.main);
            assert_eq!(due.notification.to_string(), INITIAL_ROW);
            bench.machine.delivery_end(bench.main);
        }
        assert!(bench.machine.deliverable().is_empty());
    }
}

#[test]
fn one_family_makes_one() {
    let mut bench = Bench::with(&[("initial-unspec", "per-family")]);
    for family in [2, 23] {
        assert_eq!(register(&mut bench, Some(family)).1.len(), 1);
    }
}

#[test]
fn the_one_of_a_handle_comes_before_every_change_of_either_family() {
    // TP-09 in the words of NI-07: right after the registration, never after a real change.
    let mut bench = Bench::with(&[("initial-thread", "pool"), ("delivery-order", "any")]);
    let (handle, _) = register(&mut bench, Some(0));
    bench.touch(Family::V6);
    let offered = bench.machine.deliverable();
    assert_eq!(offered, [LaneId { handle, lane: 0 }], "the initial one only");
}

#[test]
fn on_the_caller_it_never_overlaps_with_a_change_of_the_other_family() {
    // NI-16 under `serialization` `handle`: the initial call is pending when IPv6 changes.
    let mut bench = Bench::new();
    let (_, initial) = register(&mut bench, Some(0));
    bench.touch(Family::V6);
    if let Some(lane) = bench.machine.next_deliverable() {
        let due = bench.machine.delivery_begin(lane, bench.pool);
        let Notification::IpInterface { row, .. } = due.notification else { panic!("a row") };
        assert!(row.is_none(), "a change was told before the initial notification");
    }
    let _ = bench.machine.delivery_begin(initial[0], bench.main);
    let busy = [bench.main, bench.pool].map(|a| bench.machine.actor_info(a).frames().len());
    assert_eq!(busy, [1, 0], "one callback of the handle at a time");
}

#[test]
fn the_callers_variable_is_written_before_it_or_when_the_call_returns() {
    // TP-02, NI-06; it matters only where the call makes the initial notification itself.
    for (value, thread, initial, first) in [
        ("before-initial", "caller", true, true),
        ("after-return", "caller", true, false),
        ("before-initial", "pool", true, false),
        ("before-initial", "caller", false, false),
    ] {
        let mut bench = Bench::with(&[("handle-written", value), ("initial-thread", thread)]);
        let request = Request { initial, ..Request::new("initial", 3) };
        let (machine, chooser) = (&mut bench.machine, &mut bench.chooser);
        let left = machine.notify_teredo_port_change(bench.main, &request, chooser);
        assert_eq!(left.written_first, first, "{value}, {thread}, initial {initial}");
        assert_eq!(left.initial.len(), usize::from(initial && thread == "caller"));
    }
}
