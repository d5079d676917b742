//! The Windows functions and the plain safe ones are two faces of one stack: whatever is done, in whatever order, codes,
//! memory, deliveries, findings, the log of calls and the trace are the same.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

mod callbacks;
mod history;
mod queries;
mod requests;
mod run;
mod seen;

use history::{Op, ops};
use netiosim_win32::sim::model::profile::Profile;
use proptest::prelude::*;
use run::run;

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_doors_lead_to_the_same_stack(
        ops in ops(),
        seed in any::<u64>(),
        profile in prop_oneof![Just(Profile::Documented), Just(Profile::Observed), Just(Profile::Adversarial)],
    ) {
        let plain = run(&ops, seed, profile, false);
        let abi = run(&ops, seed, profile, true);
        prop_assert_eq!(&plain.lines, &abi.lines);
        prop_assert_eq!(&plain.calls, &abi.calls);
        prop_assert_eq!(&plain.trace, &abi.trace);
        prop_assert_eq!(&plain.findings, &abi.findings);
    }
}

#[test]
fn what_is_compared_is_not_empty() {
    let register =
        |kind| Op::Register { kind, family: 1, callback: true, initial: 1, handle: true, act: 1 };
    let change = |which| Op::Change { which, alias: 0, address: 1, number: 2 };
    let mut ops: Vec<Op> = (0..6).map(register).collect();
    // With a dormant Teredo client the addresses are not stable yet, and the table has to wait.
    let waits =
        Op::Register { kind: 4, family: 0, callback: true, initial: 0, handle: true, act: 1 };
    ops.extend([change(1), change(2), waits]);
    ops.extend([0, 3, 4, 5, 7].map(change));
    ops.extend([Op::Run, Op::Advance(60_000)]);
    let one = run(&ops, 1, Profile::Documented, true);
    for what in ["port 4", "interface Some", "address Some", "route Some", "table [", "hint "] {
        let what = format!("callback {what}");
        assert!(one.lines.iter().any(|line| line.starts_with(&what)), "{what}: {:#?}", one.lines);
    }
    assert!(!one.trace.is_empty() && !one.calls.is_empty());
    assert_eq!(one, run(&ops, 1, Profile::Documented, false));
}
