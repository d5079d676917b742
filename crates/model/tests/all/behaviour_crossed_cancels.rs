//! Running callbacks that cancel each other's handles.

use crate::bench::{Bench, circle_of_cancel};
use netiosim_model::machine::CancelBegin;

#[test]
fn two_callbacks_cancel_each_other() {
    let mut bench = Bench::new();
    let (one, two) = (bench.ports("one"), bench.ports("two"));
    bench.running(one, bench.pool, 50_001);
    bench.begin(two, bench.pool_2);
    assert_eq!(bench.cancel(bench.pool, two), CancelBegin::Wait);
    let answer = bench.cancel(bench.pool_2, one);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!(finding.rule.id(), "N003");
    assert_eq!(finding.actors, [bench.pool_2, bench.pool]);
    assert_eq!(finding.message, "deadlock: 2 callbacks cancel each other's handles");
}

#[test]
fn three_in_a_ring() {
    let mut bench = Bench::new();
    let handles = ["one", "two", "three"].map(|name| bench.ports(name));
    let actors = [bench.pool, bench.pool_2, bench.other];
    bench.restart(50_001);
    for (handle, actor) in handles.into_iter().zip(actors) {
        bench.begin(handle, actor);
    }
    assert_eq!(bench.cancel(actors[0], handles[1]), CancelBegin::Wait);
    assert_eq!(bench.cancel(actors[1], handles[2]), CancelBegin::Wait);
    let answer = bench.cancel(actors[2], handles[0]);
    let finding = circle_of_cancel(answer, &bench.machine);
    assert_eq!((finding.rule.id(), finding.actors.len()), ("N003", 3));
}

#[test]
fn one_way_only_is_no_circle() {
    let mut bench = Bench::new();
    let (one, two) = (bench.ports("one"), bench.ports("two"));
    bench.running(one, bench.pool, 50_001);
    bench.begin(two, bench.pool_2);
    assert_eq!(bench.cancel(bench.pool, two), CancelBegin::Wait);
    bench.machine.delivery_end(bench.pool_2);
    assert_eq!(bench.machine.cancel_end(bench.pool).1, 0);
    assert!(bench.rules().is_empty());
}
