//! The target `scenario`: texts of scenario and stack files.

use std::path::{Component, Path};
use std::sync::Arc;

use netiosim_explore::scenario::follow;
use netiosim_model::profile::Profile;
use netiosim_model::schedule::{Schedule, Subject};
use netiosim_scenario::check;
use netiosim_scenario::format::{Event, Limits, Scenario, StackFile, Step};
use netiosim_scenario::load::{Loaded, scenario_text};
use netiosim_scenario::program::{build_env, compile};
use netiosim_scenario::read::{self, read_scenario, read_stack_file};
use netiosim_scenario::run::{RunMode, Verdict, run_scenario};
use netiosim_scenario::template::{self, stack_file_text};

use crate::problems;

/// The name of the file that the bytes are said to be.
const FILE: &str = "fuzz.json";
/// A folder in which there is no stack file.
const NOWHERE: &str = "no-such-folder";
/// Bigger texts are read, and not run.
const LARGEST_RUN: usize = 16 * 1024;
/// The limits of a run.
const TIGHT: Limits = Limits { steps: 2_000, virtual_ms: 600_000 };

/// The bytes as the text of a scenario file, and of a stack file.
///
/// What is accepted can be written and read again; what is refused is refused for reasons with places inside the text; a small
/// scenario runs to its end or to a limit, and twice in the same way.
///
/// # Panics
///
/// If that does not hold.
pub fn scenario(data: &[u8]) {
    let text = match read::text_of(FILE, data.to_vec()) {
        Ok(text) => text,
        Err(problem) => {
            let valid = data.utf8_chunks().next().map_or("", |chunk| chunk.valid());
            return problems::hold_one(&problem, FILE, valid);
        }
    };
    for (path, line) in read::lines(&text) {
        assert!(line >= 1 && line <= text.matches('\n').count() + 1, "{path} in line {line}");
    }
    match read_stack_file(&text, FILE) {
        Ok(file) => stack_file(&file, &text),
        Err(problems) => problems::hold(&problems, FILE, &text),
    }
    match read_scenario(&text, FILE) {
        Ok(scenario) => accepted(&scenario, &text),
        Err(problems) => problems::hold(&problems, FILE, &text),
    }
}

fn stack_file(file: &StackFile, text: &str) {
    let again = stack_file_text(&file.description, &file.stack);
    let read = read_stack_file(&again, FILE).expect("what was written is read");
    assert_eq!((&read.description, &read.stack), (&file.description, &file.stack));
    let found = check::check_stack_file(file, FILE, text);
    if !found.is_empty() {
        return problems::hold(&found, FILE, text);
    }
    if file.stack.interfaces_count.is_none_or(|count| count < 64)
        && let Ok(whole) = template::resolve(&file.stack, Path::new(NOWHERE))
        && let Err(error) = build_env(&whole)
    {
        assert!(!error.reason.is_empty());
    }
}

/// A scenario whose shape is right.
fn accepted(scenario: &Scenario, text: &str) {
    for again in [serde_json::to_string(scenario), serde_json::to_string_pretty(scenario)] {
        let again = again.expect("a scenario has a JSON form");
        let read = read_scenario(&again, FILE);
        assert_eq!(read.as_ref(), Ok(scenario), "written as {again}");
    }
    if scenario.stack.file.as_deref().is_some_and(leads_away) {
        return;
    }
    match scenario_text(text, FILE, Path::new(NOWHERE)) {
        Ok(loaded) => {
            assert_eq!(loaded.scenario, *scenario);
            whole(&loaded);
            if text.len() <= LARGEST_RUN && is_small(&loaded) {
                runs(loaded);
            }
        }
        Err(problems) => problems::hold(&problems, FILE, text),
    }
}

/// Whether a file of this name might lie somewhere on this machine.
fn leads_away(name: &str) -> bool {
    !Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

/// A scenario in which nothing is wrong stays one when it is written anew.
fn whole(loaded: &Loaded) {
    let text = serde_json::to_string(&loaded.scenario).expect("a scenario has a JSON form");
    let again = scenario_text(&text, FILE, Path::new(NOWHERE)).expect("what was right stays right");
    assert_eq!(again.scenario, loaded.scenario);
    assert_eq!(again.stack, loaded.stack);
    for profile in Profile::ALL {
        assert_eq!(again.fingerprint(profile), loaded.fingerprint(profile));
    }
}

fn is_small(loaded: &Loaded) -> bool {
    let (scenario, stack) = (&loaded.scenario, &loaded.stack);
    let threads: usize = scenario.clients.iter().map(|client| client.threads.len()).sum();
    scenario.clients.len() <= 4
        && threads <= 8
        && scenario.timeline.len() <= 24
        && stack.interfaces.len() <= 16
        && stack.interfaces_count.is_none_or(|count| count <= 16)
        && scenario.timeline.iter().all(|entry| is_short(&entry.event))
}

/// Whether an event is not thousands of changes.
fn is_short(event: &Event) -> bool {
    serde_json::to_value(event).is_ok_and(|value| {
        let times = value.pointer("/storm/tunnel_flap/times").and_then(serde_json::Value::as_u64);
        times.is_none_or(|times| times <= 20)
    })
}

/// Whether a script has a loop, in which a schedule may go round as often as it likes.
fn loops(scenario: &Scenario) -> bool {
    let looping =
        |steps: &[Step]| serde_json::to_string(steps).is_ok_and(|text| text.contains("\"repeat\""));
    scenario.clients.iter().any(|client| {
        client.threads.iter().any(|thread| looping(&thread.steps))
            || client.callbacks.values().any(|steps| looping(steps))
    })
}

/// Runs it with tight limits, twice with each seed, and lets the explorer tell of a schedule that ends at once.
fn runs(mut loaded: Loaded) {
    let limits = &mut loaded.scenario.limits;
    limits.steps = limits.steps.min(TIGHT.steps);
    limits.virtual_ms = limits.virtual_ms.min(TIGHT.virtual_ms);
    let profiles = [Profile::Documented, Profile::Adversarial];
    for (profile, seed) in profiles.into_iter().zip([Some(0), Some(7)]) {
        let run = || run_scenario(&loaded, profile, RunMode::Manual, seed);
        let (first, second) = match (run(), run()) {
            (Ok(first), Ok(second)) => (first, second),
            (Err(first), Err(second)) => {
                assert_eq!(first, second);
                assert!(!first.reason.is_empty(), "refused at {} for no reason", first.path);
                continue;
            }
            (first, second) => panic!("{first:?} and then {second:?}"),
        };
        assert_ne!(first.verdict, Verdict::Invalid);
        assert_eq!(first.verdict, second.verdict);
        assert_eq!(first.trace, second.trace);
        assert_eq!(first.virtual_ms, second.virtual_ms);
        if first.verdict == Verdict::Inconclusive {
            assert!(first.limit.is_some(), "inconclusive without a limit");
        }
    }
    if let Ok(program) = compile(&loaded.scenario, &loaded.stack, Profile::Documented)
        && !loops(&loaded.scenario)
    {
        let fingerprint = loaded.fingerprint(Profile::Documented);
        let schedule = Schedule { subject: Subject::Scenario, fingerprint, steps: vec![u32::MAX] };
        if let Err(strayed) = follow(&Arc::new(program), &schedule) {
            assert_eq!(strayed.at, 0, "{strayed}");
        }
    }
}
