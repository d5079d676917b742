//! What becomes of notifications that wait when a cancel begins (O-19, CX-08).

use crate::bench;
use crate::bench::{Bench, port_of};
use netiosim_model::machine::CancelBegin;

#[test]
fn dropped_nothing_begins_once_the_cancel_began() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.restart(50_003);
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty());
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0);
}

#[test]
fn delivered_it_may_begin_until_the_cancel_returned() {
    let mut bench = Bench::with(&[("events-during-cancel", "deliver")]);
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.restart(50_002);
    bench.restart(50_003);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    bench.restart(50_004);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(port_of(&bench.begin(handle, bench.pool).notification), 50_002);
    assert!(!bench.machine.can_end(bench.main), "the cancel waits for this one too");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.deliverable().len(), 1, "50003 might still begin");
    assert_eq!(bench.machine.cancel_end(bench.main).1, 0, "but the cancel returns first");
    assert!(bench.machine.deliverable().is_empty());
    assert!(bench.rules().is_empty());
}

#[test]
fn a_cancel_leaves_the_queues_of_others_alone() {
    // CX-12.
    let mut bench = Bench::new();
    let (one, two) = (bench.ports("one"), bench.ports("two"));
    bench.restart(50_001);
    bench.restart(50_002);
    assert_eq!(bench::code_of(bench.cancel(bench.main, one)), 0);
    assert_eq!(bench.drain(two), [50_001, 50_002]);
}
