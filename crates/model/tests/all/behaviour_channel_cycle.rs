//! A blocking send in a callback, and a cancel by the thread that empties the channel.

use crate::bench::{Bench, circle_of_cancel, circle_of_wait};
use netiosim_model::machine::{Begun, CancelBegin};

#[test]
fn the_receiver_cancels_the_sender() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let queue = bench.machine.channel("queue", 1, Some(bench.main));
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.send(bench.pool, queue), Begun::Done);
    assert_eq!(bench.machine.send(bench.pool, queue), Begun::Wait);
    let answer = bench.cancel(bench.main, handle);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N002");
    assert_eq!(finding.actors, [bench.main, bench.pool]);
    assert!(finding.story[1].contains("room in channel \"queue\", which \"main\" empties"));
}

#[test]
fn the_send_may_close_it_too() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let queue = bench.machine.channel("queue", 1, None);
    bench.machine.set_receiver(queue, bench.main);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.machine.send(bench.pool, queue), Begun::Done);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    let answer = bench.machine.send(bench.pool, queue);
    assert_eq!(circle_of_wait(answer, &bench.machine).rule.id(), "N002");
}

#[test]
fn with_room_or_without_a_known_receiver_there_is_no_circle() {
    let mut bench = Bench::new();
    let handle = bench.ports("ports");
    let wide = bench.machine.channel("wide", 2, Some(bench.main));
    let shared = bench.machine.channel("shared", 1, None);
    bench.running(handle, bench.pool, 50_001);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
    assert_eq!(bench.machine.send(bench.pool, wide), Begun::Done);
    assert_eq!(bench.machine.send(bench.pool, shared), Begun::Done);
    assert_eq!(bench.machine.send(bench.pool, shared), Begun::Wait);
    assert_eq!(bench.machine.receive(bench.other, shared), Begun::Done);
    assert!(bench.machine.can_end(bench.pool));
    bench.machine.wait_end(bench.pool);
    assert_eq!(bench.machine.channel_info(shared).len, 1);
    assert!(bench.rules().is_empty());
}

#[test]
fn another_sender_that_takes_the_last_room_closes_the_circle() {
    // The circle of "x" and "main" is not closed by a wait but by somebody else's message.
    let mut bench = Bench::new();
    let queue = bench.machine.channel("queue", 1, Some(bench.main));
    let (x, y) = (bench.pool, bench.other);
    assert_eq!(bench.machine.send(y, queue), Begun::Done);
    assert_eq!(bench.machine.send(x, queue), Begun::Wait);
    assert_eq!(bench.machine.receive(bench.main, queue), Begun::Done);
    assert_eq!(bench.machine.join(bench.main, x), Begun::Wait);
    assert!(bench.rules().is_empty(), "x can go on: there is room");
    let _ = bench.machine.send(y, queue);
    let stuck = bench.machine.report_stuck();
    assert!(!bench.rules().is_empty(), "x and main wait for each other: {stuck:?}");
}
