//! Every planted bug of the corpus becomes a small scenario that a run repeats.

mod support;

use std::path::{Path, PathBuf};

use netiosim_explore::scenario::{Target, shrink};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::load::{self, scenario_text};
use netiosim_scenario::run::{RunMode, Verdict, find_files, run_scenario};
use support::corpus;

/// As many steps has a small scenario at most.
const FEW: usize = 12;

fn planted() -> Vec<(PathBuf, Rule)> {
    let mut all = Vec::new();
    for file in find_files(&corpus()).expect("the corpus") {
        let loaded = load::scenario(&file).expect("a good file");
        if loaded.scenario.profiles.except.contains_key(Profile::Documented.name()) {
            continue;
        }
        let expect = loaded.scenario.expect_for(Profile::Documented.name());
        let rules = expect.findings.must.iter();
        all.extend(rules.map(|rule| (file.clone(), Rule::parse(rule).expect("a rule"))));
    }
    all
}

/// One of so many, so that a debug build is done in time; `netiosim explore scenarios --shrink` does all.
fn check(part: usize, parts: usize) {
    let planted = planted();
    assert!(planted.len() > 60, "{}", planted.len());
    for (file, rule) in planted.into_iter().skip(part).step_by(parts) {
        let loaded = load::scenario(&file).expect("a good file");
        let name = file.display();
        let directory = file.parent().unwrap_or(Path::new(""));
        let target = Target::Rule { rule, expected: true };
        let small = shrink(
            &loaded.scenario,
            directory,
            Profile::Documented,
            (&target, true),
            20_000,
            &mut || false,
        );
        let small = small.unwrap_or_else(|| panic!("{name}: {} is not found", rule.id()));
        assert!(small.steps <= FEW, "{name}: {} steps\n{}", small.steps, small.text());
        assert_eq!(small.counterexample.rule, Some(rule), "{name}");
        let again = scenario_text(&small.text(), "small.json", directory);
        let again =
            again.unwrap_or_else(|problems| panic!("{name}: {}", problems[0].render(false)));
        let run =
            run_scenario(&again, Profile::Documented, RunMode::Manual, None).expect("it runs");
        assert_eq!(run.verdict, Verdict::Pass, "{name}: {:?}\n{}", run.unmet, small.text());
        assert!(run.findings.iter().any(|finding| finding.rule == rule), "{name}");
    }
}

#[test]
fn planted_bugs_become_small_scenarios_that_a_run_repeats() {
    check(0, 6);
}
