//! How soon chance finds what it is there to find.

mod common;

use std::sync::Arc;

use common::corpus;
use netiosim_explore::scenario::{Plan, explore};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::format::Expect;
use netiosim_scenario::load;
use netiosim_scenario::program::compile;

/// The file that `scenarios/README.md` names.
const FILE: &str = "deadlocks/lock_held_over_cancel.json";

#[test]
fn random_finds_the_lock_held_over_the_cancel_within_five_executions() {
    let mut loaded = load::scenario(&corpus::folder().join(FILE)).expect("it is good");
    // It expects the finding; here nobody does.
    loaded.scenario.expect = Expect::default();
    let program = compile(&loaded.scenario, &loaded.stack, Profile::Documented);
    let program = Arc::new(program.expect("it is for all profiles"));
    let found = |seed: u64| {
        let plan =
            Plan { strategy: StrategyKind::Random, seed, schedules: Some(1000), ..Plan::default() };
        let seen = explore(&program, &plan, &mut |_| None);
        let deadlock = seen.violations.iter().find(|one| one.rule == Some(Rule::CancelUnderLock));
        deadlock.expect("it is found").schedules
    };
    let mut executions: Vec<u64> = (0..50).map(found).collect();
    executions.sort_unstable();
    let median = executions[25];
    assert!((1..=5).contains(&median), "{executions:?}");
}
