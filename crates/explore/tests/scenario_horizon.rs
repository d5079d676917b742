//! What lies behind the scenario's limit of virtual time is unknown; what lies before it is not.

use std::path::Path;
use std::sync::Arc;

use netiosim_explore::scenario::{Plan, Seen, explore};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::load::scenario_text;
use netiosim_scenario::program::compile;

/// A thread that sleeps for 5 seconds, and one that takes two locks in another order than the first.
fn scenario(virtual_ms: u64) -> String {
    format!(
        r#"{{"version": 1, "name": "x", "limits": {{"virtual_ms": {virtual_ms}}}, "clients": [{{"name": "c", "locks": [{{"name": "a"}}, {{"name": "b"}}], "threads": [
            {{"name": "one", "steps": [{{"lock": {{"lock": "a"}}}}, {{"lock": {{"lock": "b"}}}}, {{"unlock": {{"lock": "b"}}}}, {{"unlock": {{"lock": "a"}}}}, {{"sleep": {{"ms": 5000}}}}]}},
            {{"name": "two", "steps": [{{"lock": {{"lock": "b"}}}}, {{"lock": {{"lock": "a"}}}}, {{"unlock": {{"lock": "a"}}}}, {{"unlock": {{"lock": "b"}}}}]}}]}}]}}"#
    )
}

fn seen(text: &str, strategy: StrategyKind) -> Seen {
    let loaded = scenario_text(text, "x.json", Path::new("")).expect("a good scenario");
    let program = compile(&loaded.scenario, &loaded.stack, Profile::Documented).expect("it holds");
    let plan = Plan { strategy, schedules: Some(2000), ..Plan::default() };
    explore(&Arc::new(program), &plan, &mut |_| None)
}

#[test]
fn a_sleep_beyond_the_limit_leaves_the_rest_unknown() {
    for strategy in [StrategyKind::Exhaustive, StrategyKind::DepthFirst] {
        let short = seen(&scenario(4999), strategy);
        let reason = short.stopped.as_deref();
        assert_eq!(reason, Some("the limit of 4999 virtual milliseconds was reached"));
        assert!(!short.complete());
        assert_eq!(short.violations.len(), 1, "the deadlock comes before");
        let long = seen(&scenario(5000), strategy);
        assert_eq!((long.stopped.as_deref(), long.violations.len()), (None, 1));
        assert!(long.ends > short.ends, "{} and {}", long.ends, short.ends);
    }
}

#[test]
fn a_sample_that_meets_the_limit_says_so() {
    let short = seen(&scenario(4999), StrategyKind::Random);
    assert!(short.cut > 0 && !short.complete());
    let long = seen(&scenario(5000), StrategyKind::Random);
    assert_eq!(long.cut, 0);
}
