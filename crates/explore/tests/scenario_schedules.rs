//! A schedule is a text that leads to the same thing again.

mod support;

use netiosim_explore::scenario::{Counterexample, Plan, Wanted, explore, follow};
use netiosim_explore::schedule::Schedule;
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::world::World;
use support::{LOCK_OVER_CANCEL, program, scenario};

fn counterexamples(strategy: StrategyKind) -> Vec<Counterexample> {
    let loaded = scenario(LOCK_OVER_CANCEL);
    let program = program(&loaded);
    let wanted = Wanted { findings_only: true, ..Wanted::default() };
    let plan = Plan { strategy, wanted, schedules: Some(500), ..Plan::default() };
    let seen = explore(&program, &plan, &mut |_| None);
    assert!(!seen.violations.is_empty());
    let fingerprint = loaded.fingerprint(Profile::Documented);
    let of = |violation| Counterexample::of_violation(&program, fingerprint, violation);
    seen.violations.iter().map(of).collect()
}

#[test]
fn a_schedule_finds_the_same_again() {
    let program = program(&scenario(LOCK_OVER_CANCEL));
    for strategy in [StrategyKind::Exhaustive, StrategyKind::Random, StrategyKind::Portfolio] {
        for found in counterexamples(strategy) {
            let schedule: Schedule = found.schedule.to_string().parse().expect("a schedule");
            let world = World::follow(&program, &schedule.steps).expect("it can be followed");
            let outcome = world.run_on(0);
            let rules: Vec<_> = outcome.findings.iter().map(|finding| finding.rule).collect();
            assert!(rules.contains(&found.rule.expect("findings only")), "{strategy}: {rules:?}");
            let told = follow(&program, &schedule).expect("it can be told");
            assert!(told.story.starts_with("     "), "{}", told.story);
        }
    }
}

#[test]
fn the_shortest_way_is_found_first() {
    let shortest = |strategy| {
        let all = counterexamples(strategy);
        let deadlock = |found: &&Counterexample| found.rule.is_some_and(|rule| rule.id() == "N002");
        all.iter().find(deadlock).expect("it is found").steps.len()
    };
    let exhaustive = shortest(StrategyKind::Exhaustive);
    for strategy in [StrategyKind::Random, StrategyKind::DepthFirst, StrategyKind::Portfolio] {
        assert!(exhaustive <= shortest(strategy), "{strategy}");
    }
}

#[test]
fn what_cannot_happen_is_told() {
    let program = program(&scenario(LOCK_OVER_CANCEL));
    let strayed = World::follow(&program, &[9_999]).expect_err("no such thread");
    assert_eq!(strayed.at, 0);
    assert_eq!(
        strayed.to_string(),
        "choice 1 of the schedule cannot happen there; what can is: changer, main"
    );
}

#[test]
fn another_scenario_has_another_fingerprint_and_a_renamed_one_has_not() {
    let loaded = scenario(LOCK_OVER_CANCEL);
    let print = loaded.fingerprint(Profile::Documented);
    assert_ne!(print, loaded.fingerprint(Profile::Observed));
    let mut renamed = loaded.clone();
    renamed.scenario.name = "y".to_owned();
    renamed.scenario.expect.findings.must = vec!["N002".to_owned()];
    assert_eq!(print, renamed.fingerprint(Profile::Documented));
    let mut changed = loaded;
    changed.scenario.clients[0].threads.remove(0);
    assert_ne!(print, changed.fingerprint(Profile::Documented));
}
