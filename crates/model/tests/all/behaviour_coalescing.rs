//! Notifications that wait for the same object (O-20, observed 11).

use crate::bench::Bench;
use netiosim_model::change::Change;
use netiosim_model::net::Family;
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
