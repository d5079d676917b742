//! Nothing that a run finds is lost in a search: neither behind a state that is wrong nor behind one that looks like another.

use std::path::Path;
use std::sync::Arc;

use netiosim_explore::scenario::{Limits, Plan, Search, Seen, Wanted, explore};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::load::scenario_text;
use netiosim_scenario::program::{Program, compile};

fn program(text: &str) -> Arc<Program> {
    let loaded = scenario_text(text, "x.json", Path::new("")).unwrap_or_else(|found| {
        panic!("{}", found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
    });
    Arc::new(compile(&loaded.scenario, &loaded.stack, Profile::Documented).expect("it holds"))
}

fn seen(text: &str, strategy: StrategyKind) -> Seen {
    let wanted = Wanted { orderly: true, ..Wanted::default() };
    let plan = Plan { strategy, schedules: Some(2000), wanted, ..Plan::default() };
    explore(&program(text), &plan, &mut |_| None)
}

/// A cancel that says that it worked and left the registration alive: what comes then is late.
const LATE: &str = r#"{"version": 1, "name": "late", "options": {"failed-cancel": "stays-live"},
    "faults": [{"call": "cancel_mib_change_notify2", "code": "NO_ERROR", "nth": 1}],
    "timeline": [{"at_ms": 50, "event": {"teredo_restart": {"port": 50001}}}],
    "clients": [{"name": "c", "callbacks": {"f": []}, "threads": [{"name": "main", "steps": [
        {"notify_teredo_port_change": {"as": "ports", "callback": "f", "returns": "NO_ERROR"}},
        {"cancel": {"handle": "ports", "returns": "NO_ERROR"}}, {"sleep": {"ms": 100}}]}]}],
    "expect": {"deliveries": [{"registration": "ports", "none_after_cancel": true}]}}"#;

#[test]
fn what_is_delivered_behind_a_cancel_is_told() {
    for strategy in [StrategyKind::Exhaustive, StrategyKind::Random, StrategyKind::DepthFirst] {
        let seen = seen(LATE, strategy);
        let paths: Vec<&str> = seen.violations.iter().map(|one| one.unmet.path.as_str()).collect();
        assert_eq!(paths, ["expect.deliveries[0].none_after_cancel"], "{strategy}");
    }
}

/// One thread reads the age of a route, early or a minute late: two moments that nothing else tells apart.
fn age() -> String {
    let lock = |count: usize| {
        let pair = r#"{"lock": {"lock": "b"}}, {"unlock": {"lock": "b"}},"#;
        pair.repeat(count)
    };
    format!(
        r#"{{"version": 1, "name": "age", "stack": {{"template": "teredo_disabled"}}, "clients": [{{"name": "c", "locks": [{{"name": "a"}}, {{"name": "b"}}], "threads": [
        {{"name": "one", "steps": [{{"lock": {{"lock": "a"}}}}, {{"sleep": {{"ms": 60000}}}}, {{"exit_process": {{}}}}]}},
        {{"name": "two", "steps": [{{"lock": {{"lock": "a"}}}}, {}
            {{"get_best_route2": {{"destination": "203.0.113.9", "expect": {{"Age": 0}}}}}},
            {{"assert": {{"value": 1, "equals": 2}}}}, {{"unlock": {{"lock": "a"}}}}, {{"exit_process": {{}}}}]}}]}}]}}"#,
        lock(10)
    )
}

#[test]
fn an_age_is_that_of_the_moment() {
    for strategy in [StrategyKind::Exhaustive, StrategyKind::Random] {
        let seen = seen(&age(), strategy);
        assert!(!seen.violations.is_empty(), "{strategy}: {:?}", seen.stopped);
        assert_eq!(seen.stopped, None, "no contradiction");
        let wrong = seen.violations.iter().find(|one| one.unmet.what.contains("Age"));
        assert!(wrong.is_none(), "whoever reads it at once reads 0: {wrong:?}");
    }
}

/// A sleep that leads behind the horizon, and enough before it that a search can be cut short there.
fn horizon() -> String {
    let steps = r#"{"lock": {"lock": "b"}}, {"unlock": {"lock": "b"}},"#.repeat(12);
    format!(
        r#"{{"version": 1, "name": "hz", "limits": {{"virtual_ms": 4999}}, "clients": [{{"name": "c", "locks": [{{"name": "a"}}, {{"name": "b"}}], "threads": [
        {{"name": "one", "steps": [{{"lock": {{"lock": "a"}}}}, {{"sleep": {{"ms": 5000}}}}, {{"unlock": {{"lock": "a"}}}}]}},
        {{"name": "two", "steps": [{{"lock": {{"lock": "a"}}}}, {steps} {{"unlock": {{"lock": "a"}}}}]}}]}}]}}"#
    )
}

#[test]
fn a_search_that_goes_on_remembers_the_horizon() {
    let program = program(&horizon());
    let wanted = Wanted { orderly: true, ..Wanted::default() };
    let all = |mut search: Search| {
        search.run(&Limits::default(), &mut |_| None);
        search.finish()
    };
    let whole = all(Search::new(&program, wanted));
    let reason = Some("the limit of 4999 virtual milliseconds was reached");
    assert_eq!(whole.stopped.as_deref(), reason);
    for states in (2..whole.states).step_by(5) {
        let mut search = Search::new(&program, wanted);
        search.run(&Limits { states, ..Limits::default() }, &mut |_| None);
        let kept = search.checkpoint("x");
        let again = all(Search::resume(&program, wanted, &kept, "x").expect("it fits"));
        assert_eq!(again.stopped.as_deref(), reason, "cut at {states}");
        assert_eq!((again.states, again.transitions), (whole.states, whole.transitions));
        // The same search, without a checkpoint between.
        search.run(&Limits::default(), &mut |_| None);
        let on = search.finish();
        assert_eq!(on.stopped.as_deref(), reason);
        assert_eq!(
            (on.states, on.transitions, on.deduplicated),
            (whole.states, whole.transitions, whole.deduplicated)
        );
    }
}

#[test]
fn a_sample_that_meets_the_horizon_is_no_finished_sample() {
    let program = program(&horizon());
    let plan = Plan { strategy: StrategyKind::Random, schedules: Some(50), ..Plan::default() };
    let seen = explore(&program, &plan, &mut |_| None);
    assert!(seen.stopped.is_some() || seen.cut > 0, "{seen:?}");
}

#[test]
fn a_scenario_with_more_parts_than_a_state_can_have_is_refused() {
    let locks: Vec<String> = (0..66_000).map(|n| format!(r#"{{"name": "l{n}"}}"#)).collect();
    let text = format!(
        r#"{{"version": 1, "name": "x", "clients": [{{"name": "c", "locks": [{}], "threads": [{{"name": "t", "steps": []}}]}}]}}"#,
        locks.join(",")
    );
    for strategy in [StrategyKind::Exhaustive, StrategyKind::Random] {
        let seen = seen(&text, strategy);
        let reason = seen.stopped.expect("it gives up");
        assert!(reason.contains("more threads, locks and other parts"), "{reason}");
    }
}
