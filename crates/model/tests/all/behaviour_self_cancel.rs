//! A callback that cancels its own handle waits for itself (TP-24, NI-22, CX-09).

use crate::bench::{Bench, circle_of_cancel};
use netiosim_model::machine::CancelBegin;
use netiosim_model::net::Family;

#[test]
fn it_is_a_circle_of_length_one() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    bench.machine.at(bench.pool, "vpn.rs:12");
    let answer = bench.cancel(bench.pool, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N001");
    assert_eq!(finding.actors, [bench.pool]);
    assert_eq!(finding.handle, Some(handle));
    assert_eq!(bench.machine.place_text(finding.place.expect("a place")), "vpn.rs:12");
    assert_eq!(finding.message, "deadlock: the callback of \"ports\" cancels its own handle");
    assert!(finding.story[0].contains("in the callback of \"ports\""), "{}", finding.story[0]);
    assert!(finding.story[0].contains("vpn.rs:12"));
    assert!(!bench.machine.can_end(bench.pool), "it would wait for ever");
    assert!(bench.machine.actor_info(bench.pool).is_deadlocked());
}

#[test]
fn the_other_family_of_the_same_handle_counts_too() {
    // Under AF_UNSPEC one handle owns both lanes, and the cancel waits for both.
    let mut bench = Bench::with(&[("serialization", "lane")]);
    let handle = bench.interfaces("interfaces");
    bench.touch(Family::V6);
    bench.begin(handle, bench.pool);
    let answer = bench.cancel(bench.pool, handle);
    assert_eq!(circle_of_cancel(answer, &bench.machine).rule.id(), "N001");
}

#[test]
fn another_handle_is_no_deadlock() {
    // CX-16: the ban is per handle.
    let mut bench = Bench::new();
    let (own, idle) = (bench.ports("own"), bench.interfaces("idle"));
    bench.running(own, bench.pool, 50_001);
    let answer = bench.cancel(bench.pool, idle);
    assert!(matches!(answer, CancelBegin::Done { code: 0, .. }) || answer == CancelBegin::Wait);
    assert!(bench.rules().is_empty());
}

#[test]
fn handing_the_cancel_to_another_thread_is_none_either() {
    // CX-17: without waiting for it.
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.other, handle), CancelBegin::Wait);
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.other).1, 0);
    assert!(bench.rules().is_empty());
}

#[test]
fn a_callback_below_another_one_counts() {
    // A thread that delivers on top of a callback still runs the callback below.
    let mut bench = Bench::new();
    let (lower, upper) = (bench.ports("lower"), bench.ports("upper"));
    bench.running(lower, bench.pool, 50_001);
    bench.begin(upper, bench.pool);
    let answer = bench.cancel(bench.pool, lower);
    assert_eq!(circle_of_cancel(answer, &bench.machine).rule.id(), "N001");
}
