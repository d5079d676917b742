//! Which family a registration hears of, and that one handle is both of them (NI-01 to NI-03,
//! NI-30, NI-37, TP-36).

use crate::bench::Bench;
use netiosim_model::change::Change;
use netiosim_model::ids::Handle;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{CancelBegin, Request};
use netiosim_model::net::Family;

fn register(bench: &mut Bench, family: u16) -> Handle {
    let request = Request::new(format!("family {family}"), 2);
    let machine = &mut bench.machine;
    machine.notify_ip_interface_change(bench.main, family, &request, &mut bench.chooser).handle
}

/// Delivers everything and answers what this registration was told.
fn told(bench: &mut Bench, handle: Handle) -> Vec<String> {
    let mut told = Vec::new();
    while let Some(lane) = bench.machine.next_deliverable() {
        let due = bench.machine.delivery_begin(lane, bench.pool);
        if lane.handle == handle {
            told.push(due.notification.to_string());
        }
        bench.machine.delivery_end(bench.pool);
    }
    told
}

#[test]
fn each_hears_of_its_own_family_only() {
    let v4 = "MibParameterNotification, IPv4 of interface 2";
    let v6 = "MibParameterNotification, IPv6 of interface 2";
    for (family, expected) in [(2, vec![v4]), (23, vec![v6]), (0, vec![v4, v6])] {
        let mut bench = Bench::new();
        let handle = register(&mut bench, family);
        bench.touch(Family::V4);
        bench.touch(Family::V6);
        assert_eq!(told(&mut bench, handle), expected, "family {family}");
    }
}

#[test]
fn a_port_registration_hears_of_no_interface() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.touch(Family::V6);
    assert!(told(&mut bench, handle).is_empty());
}

#[test]
fn an_interface_that_comes_changes_and_goes() {
    let mut bench = Bench::new();
    let handle = register(&mut bench, 2);
    let new = Interface::new("Ethernet 2", if_type::ETHERNET, 5, 7);
    let luid = new.luid;
    let changes = [
        Change::InterfaceAdd(Box::new(new)),
        Change::RowTouch { luid, family: Family::V4 },
        Change::InterfaceRemove(luid),
    ];
    for change in changes {
        bench.machine.change(None, &change, &mut bench.chooser).expect("a change");
    }
    let expected = ["MibAddInstance", "MibParameterNotification", "MibDeleteInstance"];
    let expected = expected.map(|kind| format!("{kind}, IPv4 of interface 7"));
    assert_eq!(told(&mut bench, handle), expected);
}

#[test]
fn the_families_of_one_handle_overlap_only_where_that_is_chosen() {
    for (scope, offered) in [("handle", 0), ("lane", 1), ("callback", 0), ("process", 0)] {
        let mut bench = Bench::with(&[("serialization", scope)]);
        let handle = register(&mut bench, 0);
        bench.touch(Family::V4);
        bench.begin(handle, bench.pool);
        bench.touch(Family::V6);
        bench.touch(Family::V4);
        assert_eq!(bench.machine.deliverable().len(), offered, "{scope}");
    }
}

#[test]
fn the_scope_of_serialization_beyond_one_handle() {
    // Same callback function, and the same process: O-05 in its four readings.
    let cases = [("lane", [1, 1]), ("handle", [1, 1]), ("callback", [0, 1]), ("process", [0, 0])];
    for (scope, expected) in cases {
        for (callback, expected) in [2, 3].into_iter().zip(expected) {
            let mut bench = Bench::with(&[("serialization", scope)]);
            let first = register(&mut bench, 2);
            let request = Request::new("second", callback);
            let machine = &mut bench.machine;
            let _ = machine.notify_ip_interface_change(bench.main, 2, &request, &mut bench.chooser);
            bench.touch(Family::V4);
            bench.begin(first, bench.pool);
            let offered = bench.machine.deliverable().len();
            assert_eq!(offered, expected, "{scope}, callback {callback}");
        }
    }
}

#[test]
fn a_cancel_waits_for_both_families() {
    let mut bench = Bench::with(&[("serialization", "lane")]);
    let handle = register(&mut bench, 0);
    bench.touch(Family::V4);
    bench.begin(handle, bench.pool);
    bench.touch(Family::V6);
    bench.begin(handle, bench.pool_2);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.machine.delivery_end(bench.pool);
    assert!(!bench.machine.can_end(bench.main), "IPv6 still runs");
    bench.machine.delivery_end(bench.pool_2);
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
}
