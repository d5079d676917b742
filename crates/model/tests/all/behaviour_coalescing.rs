//! Notifications that wait for the same object (O-20, observed 11).

use crate::bench::Bench;
use netiosim_model::change::Change;
use netiosim_model::interface::if_type;
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::teredo::PortWish;

#[test]
fn by_default_nothing_is_merged() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    for port in [50_001, 50_002, 50_003] {
        bench.restart(port);
    }
    assert_eq!(bench.drain(handle), [50_001, 50_002, 50_003]);
}

#[test]
fn merged_only_the_newest_port_is_told() {
    let mut bench = Bench::with(&[("coalescing", "same-key")]);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    bench.restart(50_003);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.drain(handle), [50_003]);
}

#[test]
fn distinct_rows_are_never_merged() {
    let mut bench = Bench::with(&[("coalescing", "same-key")]);
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V4);
    bench.touch(Family::V6);
    bench.touch(Family::V4);
    let pending = bench.machine.registration(handle).expect("live").pending();
    assert_eq!(pending, 2);
}

#[test]
fn a_stop_and_a_start_that_merge_leave_the_port_of_now() {
    // TP-15: the last port delivered is the one that GetTeredoPort answers.
    let fixed = [("coalescing", "same-key"), ("port-on-stop", "zero-delete")];
    let mut bench = Bench::with(&fixed);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    for change in [Change::TeredoStop, Change::TeredoStart(PortWish::Exactly(50_002))] {
        bench.machine.change(None, &change, &mut bench.chooser).expect("a change");
    }
    bench.machine.delivery_end(bench.pool);
    let told = bench.drain(handle);
    let answer = bench.machine.get_teredo_port(bench.main, true, &mut bench.chooser).2;
    assert_eq!((told.last().copied(), answer), (Some(50_002), Some(50_002)));
}

#[test]
fn an_add_or_delete_replaces_what_waits_and_a_change_merges_with_it() {
    use NotificationType::{Add, Delete, Parameter};
    let luid = Luid::new(if_type::ETHERNET, 1);
    let family = Family::V6;
    let (bind, unbind) =
        (Change::FamilyBind { luid, family }, Change::FamilyUnbind { luid, family });
    let touch = Change::RowTouch { luid, family };
    for (changes, told) in [
        (vec![&touch, &touch], vec![Parameter]),
        (vec![&touch, &unbind], vec![Delete]),
        (vec![&unbind, &bind], vec![Add]),
        (vec![&unbind, &bind, &touch], vec![Add]),
        (vec![&unbind, &bind, &unbind], vec![Delete]),
    ] {
        let mut bench = Bench::with(&[("coalescing", "same-key")]);
        let handle = bench.interfaces("interfaces");
        for change in &changes {
            bench.machine.change(None, change, &mut bench.chooser).expect("a change");
        }
        let mut kinds = Vec::new();
        while let Some(lane) = bench.machine.next_deliverable() {
            assert_eq!(lane.handle, handle);
            let due = bench.machine.delivery_begin(lane, bench.pool);
            kinds.extend(due.notification.kind());
            bench.machine.delivery_end(bench.pool);
        }
        assert_eq!(kinds, told, "{changes:?}");
    }
}

#[test]
fn a_port_that_came_and_then_started_again_has_come() {
    let fixed =
        [("coalescing", "same-key"), ("port-change-type", "add"), ("same-port-restart", "notify")];
    let mut bench = Bench::with(&fixed);
    let handle = bench.ports("ports");
    bench.restart(50_001);
    bench.restart(50_001);
    let due = bench.begin(handle, bench.pool);
    assert_eq!(due.notification.to_string(), "MibAddInstance, port 50001");
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty(), "the two are one");
}
