//! A stale handle is recognised although its place in the tables is in use again.

use crate::bench::{Bench, code_of};
use netiosim_model::machine::Death;

#[test]
fn the_old_handle_neither_equals_nor_touches_the_new_one() {
    let mut bench = Bench::new();
    let old = bench.ports("old");
    assert_eq!(code_of(bench.cancel(bench.main, old)), 0);
    let new = bench.ports("new");
    assert_ne!(old, new);
    assert!(bench.machine.registration(old).is_none());
    assert_eq!(bench.machine.death(old), Some(("old", Death::Cancelled)));
    bench.restart(50_001);
    assert_eq!(code_of(bench.cancel(bench.main, old)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    assert_eq!(bench.drain(new), [50_001], "the new one is untouched");
}

#[test]
fn a_handle_of_long_ago_is_still_no_handle() {
    let mut bench = Bench::new();
    let first = bench.ports("first");
    assert_eq!(code_of(bench.cancel(bench.main, first)), 0);
    let mut given = vec![first];
    for n in 0..50 {
        let handle = bench.ports(&format!("{n}"));
        assert!(!given.contains(&handle));
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
        given.push(handle);
    }
    assert_eq!(code_of(bench.cancel(bench.main, first)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    assert!(bench.machine.death(first).is_none(), "only the last one of a place is remembered");
}
