//! Every strategy finds the lock that is held over the cancel, and none claims more than it has seen.

mod support;

use netiosim_explore::scenario::{Limits, Plan, Wanted, explore};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::rule::Rule;
use support::{LOCK_OVER_CANCEL, program, scenario, unexpecting};

const ALL: [StrategyKind; 7] = [
    StrategyKind::Exhaustive,
    StrategyKind::DepthFirst,
    StrategyKind::Random,
    StrategyKind::Pct { depth: 2 },
    StrategyKind::DelayBounded { delays: 3 },
    StrategyKind::RoundRobin,
    StrategyKind::Portfolio,
];

fn plan(strategy: StrategyKind) -> Plan {
    let wanted = Wanted { findings_only: true, orderly: true, ..Wanted::default() };
    Plan { strategy, wanted, schedules: Some(2_000), ..Plan::default() }
}

#[test]
fn every_strategy_finds_the_lock_that_is_held_over_the_cancel() {
    let program = unexpecting("deadlocks/lock_held_over_cancel.json");
    for strategy in ALL {
        let seen = explore(&program, &plan(strategy), &mut |_| None);
        let rules: Vec<Rule> = seen.violations.iter().filter_map(|found| found.rule).collect();
        assert!(rules.contains(&Rule::CancelUnderLock), "{strategy}: {rules:?}");
        assert!(!seen.proved(), "{strategy}");
    }
}

#[test]
fn what_tries_everything_agrees_on_everything() {
    let program = program(&scenario(LOCK_OVER_CANCEL));
    let [first, second, third] = [
        StrategyKind::Exhaustive,
        StrategyKind::DepthFirst,
        StrategyKind::DelayBounded { delays: 1_000 },
    ]
    .map(|strategy| {
        let seen = explore(&program, &Plan { schedules: None, ..plan(strategy) }, &mut |_| None);
        assert!(seen.complete(), "{strategy}: {:?}", seen.stopped);
        (seen.rules.keys().copied().collect::<Vec<_>>(), seen.states, seen.transitions, seen.ends)
    });
    assert_eq!(first, second);
    assert_eq!(first, third);
    assert!(
        first.0.contains(&Rule::CancelUnderLock) && first.0.contains(&Rule::LockOrder),
        "{first:?}"
    );
}

#[test]
fn a_sample_is_no_proof() {
    let program = program(&scenario(r#""clients": []"#));
    for strategy in [StrategyKind::Random, StrategyKind::Pct { depth: 2 }] {
        let seen = explore(&program, &plan(strategy), &mut |_| None);
        assert!(seen.violations.is_empty() && !seen.complete() && !seen.proved(), "{strategy}");
        assert_eq!((seen.schedules, seen.stopped.clone()), (2_000, None), "{strategy}");
    }
}

#[test]
fn every_limit_is_told_and_nothing_is_proved() {
    let program = program(&scenario(LOCK_OVER_CANCEL));
    let wanted = plan(StrategyKind::Exhaustive);
    let of = |strategy, limits: Limits, schedules| {
        let plan = Plan { strategy, limits, schedules, ..wanted.clone() };
        let seen = explore(&program, &plan, &mut |_| None);
        assert!(!seen.complete() && !seen.proved(), "{strategy}");
        seen.stopped.unwrap_or_default()
    };
    let states = Limits { states: 10, ..Limits::default() };
    assert_eq!(of(StrategyKind::Exhaustive, states, None), "the limit of 10 states was reached");
    let depth = Limits { depth: 3, ..Limits::default() };
    assert_eq!(of(StrategyKind::Exhaustive, depth, None), "the limit of 3 steps was reached");
    let bytes = Limits { bytes: 1, ..Limits::default() };
    assert_eq!(of(StrategyKind::Exhaustive, bytes, None), "the limit of 1 bytes was reached");
    let schedules = of(StrategyKind::DepthFirst, Limits::default(), Some(3));
    assert_eq!(schedules, "the limit of executions was reached");
    let seen = explore(&program, &wanted, &mut |_| Some("enough".to_owned()));
    assert_eq!((seen.stopped.as_deref(), seen.complete()), (Some("enough"), false));
}

#[test]
fn a_search_whose_memory_does_not_grow_sees_the_same() {
    let program = program(&scenario(LOCK_OVER_CANCEL));
    let plan = Plan { schedules: None, ..plan(StrategyKind::DepthFirst) };
    let whole = explore(&program, &plan, &mut |_| None);
    let small = Limits { bytes: 6_000, ..Limits::default() };
    let small = explore(&program, &Plan { limits: small, ..plan }, &mut |_| None);
    assert!(small.states < whole.states, "{} of {}", small.states, whole.states);
    assert_eq!(small.schedules, whole.schedules);
    assert!(small.rules.keys().eq(whole.rules.keys()), "{:?}", small.rules);
}
