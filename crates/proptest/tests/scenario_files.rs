//! A timeline is a scenario file: it can be read, and what happens in it is what happened.

use std::path::Path;

use netiosim_proptest::{Timeline, Topic, timelines};
use netiosim_scenario::load;
use netiosim_scenario::run::{RunMode, Verdict, run_scenario};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_timeline_can_be_written_and_run(timeline in timelines(&Topic::ALL, 1..25)) {
        let text = timeline.scenario("A timeline that was drawn");
        let loaded = load::scenario_text(&text, "drawn.json", Path::new(""));
        let loaded = loaded.map_err(|problems| {
            TestCaseError::fail(format!("{}\n{text}", problems[0]))
        })?;
        let profile = timeline.machine.profile;
        let run = run_scenario(&loaded, profile, RunMode::default(), None);
        let run = run.map_err(|error| TestCaseError::fail(format!("{error}\n{text}")))?;
        prop_assert_eq!(run.verdict, Verdict::Pass, "{:?}\n{}", run.unmet, text);
    }
}

#[test]
fn elapsed_time_moves_what_follows() {
    use netiosim_proptest::{Machine, Step};
    use netiosim_sim::model::change::Change;
    let steps = vec![Step::Elapse(500), Step::Change(Change::TeredoStop), Step::Elapse(1)];
    let text = Timeline { machine: Machine::default(), steps }.scenario("late");
    assert!(text.contains("\"at_ms\": 510"), "{text}");
}
