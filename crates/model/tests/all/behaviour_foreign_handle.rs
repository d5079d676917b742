//! Handles that are nobody's: of another stack, of another process, made up, NULL (CX-01, CX-14).

use crate::bench::{Bench, code_of};
use netiosim_model::ids::Handle;
use netiosim_model::status::Flavour;

#[test]
fn a_handle_of_another_stack_is_recognised() {
    let mut other = Bench::new();
    other.machine = other.machine.tagged(10);
    let foreign = other.ports("theirs");
    let mut bench = Bench::new();
    let own = bench.ports("ours");
    assert_eq!((own.stack(), foreign.stack()), (9, 10));
    assert_eq!(code_of(bench.cancel(bench.main, foreign)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    assert!(bench.machine.findings()[0].message.ends_with("on a stack that did not give it"));
    assert!(bench.is_live(own));
}

#[test]
fn a_handle_of_another_process_is_refused_and_stays_live() {
    let mut bench = Bench::new();
    let own = bench.ports("ours");
    let helper = bench.machine.process("helper", Flavour::User);
    let stranger = bench.machine.actor("stranger", helper);
    assert_eq!(code_of(bench.cancel(stranger, own)), 87);
    assert_eq!(bench.rules(), ["N005"]);
    assert!(bench.machine.findings()[0].message.ends_with("was cancelled by another process"));
    bench.restart(50_001);
    assert_eq!(bench.drain(own), [50_001]);
}

#[test]
fn null_is_an_invalid_parameter_and_no_finding() {
    let mut bench = Bench::new();
    assert_eq!(code_of(bench.cancel(bench.main, Handle::NULL)), 87);
    assert!(bench.rules().is_empty());
    let mut driver = Bench::driver();
    assert_eq!(code_of(driver.cancel(driver.main, Handle::NULL)), 0xC000_000D);
}

#[test]
fn garbage_is_refused_by_the_chosen_code_and_corrupts_nothing() {
    for (value, code) in [("invalid-parameter", 87), ("invalid-handle", 6), ("success", 0)] {
        let mut bench = Bench::with(&[("stale-cancel", value)]);
        let own = bench.ports("ours");
        for garbage in [1, 0xF, 0x10, 0x20, u64::MAX, own.0 | 1, own.0 + (1 << 28)] {
            let before = bench.machine.clone();
            assert_eq!(code_of(bench.cancel(bench.main, Handle(garbage))), code, "{garbage:#x}");
            assert_eq!(bench.machine, before, "{garbage:#x} changed something");
        }
        assert_eq!(bench.rules(), ["N005"; 7]);
    }
}
