//! `netiosim explore`: every order of a scenario, from the command line.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use support::{folder, netiosim, netiosim_in};

/// The callback wants the lock that is held over the cancel.
const BUG: &str = r#"{"version": 1, "name": "lock over cancel", "clients": [{"name": "c", "locks": [{"name": "l"}],
    "callbacks": {"f": [{"lock": {"lock": "l"}}, {"unlock": {"lock": "l"}}]},
    "threads": [
        {"name": "changer", "steps": [{"change": {"event": {"teredo_restart": {"port": 50001}}}}]},
        {"name": "main", "steps": [
            {"notify_teredo_port_change": {"as": "ports", "callback": "f"}},
            {"lock": {"lock": "l"}}, {"cancel": {"handle": "ports"}}, {"unlock": {"lock": "l"}}]}]}]}
"#;
const GOOD: &str = r#"{"version": 1, "name": "good", "clients": [{"name": "c", "callbacks": {"f": []},
    "threads": [{"name": "main", "steps": [
        {"notify_teredo_port_change": {"as": "ports", "callback": "f"}}, {"cancel": {"handle": "ports"}}]}]}]}
"#;

fn file(test: &str, text: &str) -> PathBuf {
    let file = folder(&format!("explore_{test}")).join("x.json");
    fs::write(&file, text).expect("the file is written");
    file
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn a_race_that_a_run_does_not_see_is_found_and_told() {
    let file = file("told", BUG);
    let run =
        netiosim(["run".as_ref(), file.as_os_str(), "--profile".as_ref(), "documented".as_ref()]);
    assert_eq!(run.code, 0, "one order is not enough: {}", run.stdout);
    let done = netiosim(["explore".as_ref(), file.as_os_str()]);
    assert_eq!(done.code, 1, "{}", done.stdout);
    for part in [
        "N002 cancel-under-lock",
        "the shortest way to it",
        "main                ",
        "every continuation ends like this",
        "here the circle closes",
        "from: NotifyTeredoPortChange",
        "--replay n1s",
        "1 scenario, 1 exploration: 0 proved, 1 failed",
    ] {
        assert!(done.stdout.contains(part), "{part:?} in {}", done.stdout);
    }
}

#[test]
fn a_scenario_without_a_bug_is_proved() {
    let file = file("proved", GOOD);
    let done = netiosim(["explore".as_ref(), file.as_os_str()]);
    assert_eq!(done.code, 0, "{}", done.stdout);
    assert!(done.stdout.starts_with("proved  "), "{}", done.stdout);
}

#[test]
fn the_report_for_programs_has_what_is_promised() {
    let file = file("json", BUG);
    let done =
        netiosim(["explore".as_ref(), file.as_os_str(), "--format".as_ref(), "json".as_ref()]);
    assert_eq!(done.code, 1);
    let report = json(&done.stdout);
    assert_eq!(report["version"], 1);
    let one = &report["explorations"][0];
    assert_eq!(
        (one["profile"].as_str(), one["strategy"].as_str()),
        (Some("documented"), Some("exhaustive"))
    );
    assert_eq!((one["complete"].as_bool(), one["schedules"].as_u64()), (Some(true), Some(0)));
    for number in ["states", "transitions", "seconds", "deduplicated", "depth"] {
        assert!(one[number].as_f64().is_some_and(|number| number > 0.0), "{number}: {one}");
    }
    let findings = one["findings"].as_array().expect("a list");
    let deadlock = findings.iter().find(|found| found["rule"] == "N002").expect("the deadlock");
    assert_eq!(deadlock["steps"].as_array().map(Vec::len), Some(6), "{deadlock}");
    assert_eq!(deadlock["inevitable_after"], 4);
    assert!(deadlock["scenario"].is_null() && deadlock["message"].is_string());
}

#[test]
fn a_schedule_can_be_replayed_and_only_on_its_scenario() {
    let file = file("replay", BUG);
    let done =
        netiosim(["explore".as_ref(), file.as_os_str(), "--format".as_ref(), "json".as_ref()]);
    let report = json(&done.stdout);
    let findings = report["explorations"][0]["findings"].as_array().expect("a list");
    for found in findings {
        let schedule = found["schedule"].as_str().expect("a schedule");
        let again = netiosim([
            "explore".as_ref(),
            file.as_os_str(),
            "--replay".as_ref(),
            schedule.as_ref(),
        ]);
        assert_eq!(again.code, 1, "{}", again.stdout);
        let rule = found["rule"].as_str().expect("a rule");
        assert!(again.stdout.contains(rule), "{rule} in {}", again.stdout);
        // The same from a file.
        let kept = file.with_extension("schedule");
        fs::write(&kept, format!("{schedule}\n")).expect("it is written");
        let kept =
            netiosim(["explore".as_ref(), file.as_os_str(), "--replay".as_ref(), kept.as_os_str()]);
        assert_eq!((kept.code, kept.stdout), (1, again.stdout));
        let other = file.with_file_name("y.json");
        fs::write(&other, GOOD).expect("it is written");
        let other = netiosim([
            "explore".as_ref(),
            other.as_os_str(),
            "--replay".as_ref(),
            schedule.as_ref(),
        ]);
        assert_eq!(other.code, 64);
        assert!(other.stderr.contains("another scenario"), "{}", other.stderr);
    }
    let damaged =
        netiosim(["explore".as_ref(), file.as_os_str(), "--replay".as_ref(), "n1sXX".as_ref()]);
    assert_eq!(damaged.code, 64);
    assert!(damaged.stderr.contains("--replay: "), "{}", damaged.stderr);
}

#[test]
fn a_shrunk_scenario_fails_again_under_run_and_under_replay() {
    let file = file("shrink", BUG);
    let folder = file.parent().expect("a folder");
    let done =
        netiosim_in(folder, ["explore", "x.json", "--shrink", "--output", ".", "--format", "json"]);
    let report = json(&done.stdout);
    let findings = report["explorations"][0]["findings"].as_array().expect("a list");
    for found in findings {
        let small = found["scenario"].as_str().expect("a file");
        assert!(found["scenario_steps"].as_u64().is_some_and(|steps| steps <= 6), "{found}");
        let rule = found["rule"].as_str().expect("a rule");
        let run = netiosim_in(folder, ["run", small]);
        assert_eq!(run.code, 1, "{}", run.stdout);
        assert!(run.stdout.contains(rule), "{rule} in {}", run.stdout);
        let again = netiosim_in(folder, ["explore", small, "--replay", small]);
        assert_eq!(again.code, 1, "{}{}", again.stdout, again.stderr);
        assert!(again.stdout.contains(rule), "{rule} in {}", again.stdout);
    }
}

#[test]
fn a_schedule_in_a_file_is_followed_and_checked() {
    let file = file("followed", BUG);
    let done =
        netiosim(["explore".as_ref(), file.as_os_str(), "--format".as_ref(), "json".as_ref()]);
    let report = json(&done.stdout);
    let findings = report["explorations"][0]["findings"].as_array().expect("a list");
    let deadlock = findings.iter().find(|found| found["rule"] == "N002").expect("the deadlock");
    let schedule = deadlock["schedule"].as_str().expect("a schedule");
    let member = format!(r#", "schedules": {{"documented": "{schedule}"}}}}"#);
    let text = BUG.trim_end().strip_suffix('}').expect("an object").to_owned() + &member;
    fs::write(&file, &text).expect("it is written");
    let documented = ["--profile", "documented"];
    let run = |more: &[&str]| {
        let args = ["run", file.to_str().expect("a name")].into_iter().chain(documented);
        netiosim(args.chain(more.iter().copied()))
    };
    assert_eq!(run(&[]).code, 1, "the schedule leads into the deadlock");
    assert_eq!(run(&["--seed", "0"]).code, 0, "a seed sets it aside");
    fs::write(&file, text.replace("50001", "50002")).expect("it is written");
    let other = run(&[]);
    assert_eq!(other.code, 64, "{}", other.stdout);
    assert!(other.stdout.contains("schedules.documented"), "{}", other.stdout);
}

#[test]
fn limits_are_inconclusive_and_samples_print_their_seed_first() {
    let file = file("limits", GOOD);
    let limited =
        netiosim(["explore".as_ref(), file.as_os_str(), "--max-states".as_ref(), "2".as_ref()]);
    assert_eq!(limited.code, 2, "{}", limited.stdout);
    assert!(limited.stdout.contains("the limit of 2 states was reached; the rest is unknown"));
    let args = ["--strategy", "random", "--seed", "7", "--max-schedules", "10"];
    let random = netiosim(["explore", file.to_str().expect("a name")].into_iter().chain(args));
    assert_eq!(random.code, 0, "{}", random.stdout);
    assert!(random.stdout.starts_with("seed 7\nsampled  "), "{}", random.stdout);
    assert!(random.stdout.contains("10 schedules"), "{}", random.stdout);
}

#[test]
fn bad_calls_are_told() {
    let file = file("bad", GOOD);
    let file = file.to_str().expect("a name");
    for (args, says) in [
        (vec!["explore", file, "--strategy", "lucky"], "there is no strategy \"lucky\""),
        (vec!["explore", "no/such/file.json"], "no/such/file.json"),
        (vec!["explore", file, "--time-limit", "soon"], "a number of seconds"),
        (vec!["explore", file, "--shrink", "--output", "no/such/folder"], "is no folder"),
    ] {
        let done = netiosim(&args);
        assert_eq!(done.code, 64, "{args:?}");
        assert!(
            format!("{}{}", done.stdout, done.stderr).contains(says),
            "{args:?}: {}",
            done.stderr
        );
    }
    let broken = Path::new(file).with_file_name("broken.json");
    fs::write(&broken, BUG.replace("\"lock\": \"l\"", "\"lock\": \"m\"")).expect("it is written");
    let done = netiosim(["explore".as_ref(), broken.as_os_str()]);
    assert_eq!(done.code, 64);
    assert!(done.stdout.contains("clients[0].callbacks.f[0].lock.lock"), "{}", done.stdout);
}

/// Of the corpus: files whose states are too many for a test; they have no expected finding.
const TOO_LARGE: [&str; 3] = [
    "scenarios/exploration/five_threads.json",
    "scenarios/storms/all_watchers_through_a_storm.json",
    "scenarios/storms/dock_and_roam_at_once.json",
];

#[test]
fn every_order_of_the_corpus_is_as_the_corpus_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let args = ["explore", "scenarios", "--max-states", "3000", "--format", "json"];
    let done = netiosim_in(&root, args);
    let report: Value = serde_json::from_str(&done.stdout).expect("a report");
    let all = report["explorations"].as_array().expect("a list");
    assert!(all.len() > 550, "{} files", all.len());
    let of = |verdict: &str| -> Vec<&str> {
        let those = all.iter().filter(|one| one["verdict"] == verdict);
        those.filter_map(|one| one["file"].as_str()).collect()
    };
    assert_eq!(of("fail"), Vec::<&str>::new());
    assert_eq!(of("inconclusive"), TOO_LARGE);
    assert_eq!(of("proved").len(), all.len() - TOO_LARGE.len());
    assert_eq!(done.code, 2, "{}", done.stderr);
    let found = all.iter().flat_map(|one| one["findings"].as_array().expect("a list"));
    assert!(found.clone().all(|finding| finding["expected"] == true));
    assert!(found.count() > 60);
}
