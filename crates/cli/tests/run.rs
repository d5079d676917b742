//! `netiosim run`: verdicts, exit codes, reports.

mod support;

use std::fs;
use std::path::Path;

use quick_junit::{NonSuccessKind, Report, TestCaseStatus};
use serde_json::Value;
use support::{command, folder, netiosim, netiosim_in};

const PASSING: &str = r#"{"version": 1, "name": "nothing happens",
    "clients": [{"name": "c", "threads": [{"name": "main", "steps": [{"sleep": {"ms": 5}}]}]}]}"#;
const FAILING: &str = r#"{"version": 1, "name": "one is not two",
    "clients": [{"name": "c", "threads": [{"name": "main", "steps": [{"assert": {"value": 1, "equals": 2}}]}]}]}"#;
/// The registration is left behind: rule N010.
const FINDING: &str = r#"{"version": 1, "name": "a leak", "profiles": {"except": {"wine": "no handle"}},
    "clients": [{"name": "c", "callbacks": {"f": []}, "threads": [{"name": "main", "steps": [
        {"notify_teredo_port_change": {"as": "r", "callback": "f"}}, {"exit_process": {}}]}]}]}"#;
const ENDLESS: &str = r#"{"version": 1, "name": "it never ends", "limits": {"steps": 20},
    "clients": [{"name": "c", "threads": [{"name": "main", "steps": [
        {"repeat": {"times": 1000, "steps": [{"sleep": {"ms": 1}}]}}]}]}]}"#;
const INVALID: &str = r#"{"version": 1, "nam": "misspelt"}"#;

/// A folder with these files.
fn with(test: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
    let folder = folder(test);
    for (name, text) in files {
        fs::write(folder.join(name), text).expect("a file");
    }
    folder
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("one JSON value and nothing else")
}

#[test]
fn each_verdict_has_its_exit_code_and_the_highest_wins() {
    let files = [
        ("endless.json", ENDLESS),
        ("failing.json", FAILING),
        ("finding.json", FINDING),
        ("invalid.json", INVALID),
        ("passing.json", PASSING),
    ];
    let folder = with("exit_codes", &files);
    let code = |paths: &[&str]| {
        let done = netiosim_in(&folder, ["run"].iter().chain(paths));
        (done.code, done.stdout)
    };
    for (paths, expected) in [
        (&["passing.json"][..], 0),
        (&["endless.json"], 2),
        (&["failing.json"], 1),
        (&["finding.json"], 1),
        (&["invalid.json"], 64),
        (&["missing.json"], 64),
        (&["passing.json", "endless.json"], 2),
        (&["endless.json", "failing.json", "passing.json"], 1),
        (&["failing.json", "invalid.json", "endless.json"], 64),
        (&["failing.json", "missing.json"], 64),
        (&["."], 64),
    ] {
        let (code, stdout) = code(paths);
        assert_eq!(code, expected, "{paths:?}\n{stdout}");
    }
}

#[test]
fn bad_usage_is_64_and_help_is_not() {
    for args in [
        &[][..],
        &["run"],
        &["rum", "x.json"],
        &["run", "x.json", "--seed", "many"],
        &["run", "x.json", "--format", "xml"],
        &["schema", "stak"],
        &["import"],
        &["import", "ip-json"],
    ] {
        let done = netiosim(args);
        assert_eq!(done.code, 64, "{args:?}: {done:?}");
        assert!(!done.stderr.is_empty() && done.stdout.is_empty(), "{args:?}: {done:?}");
    }
    for args in [&["--help"][..], &["run", "--help"], &["--version"], &["help", "explain"]] {
        let done = netiosim(args);
        assert_eq!((done.code, done.stderr.as_str()), (0, ""), "{args:?}");
    }
}

#[test]
fn a_misspelt_profile_is_corrected() {
    let done = netiosim(["run", "x.json", "--profile", "adverserial"]);
    assert_eq!(done.code, 64);
    assert!(done.stderr.contains("did you mean `adversarial`?"), "{done:?}");
}

#[test]
fn one_profile_can_be_chosen_and_the_default_is_all() {
    let folder = with("profiles", &[("finding.json", FINDING), ("passing.json", PASSING)]);
    let profiles = |args: &[&str]| {
        let done = netiosim_in(&folder, ["run", ".", "--format", "json"].iter().chain(args));
        let report = json(&done.stdout);
        let scenarios = report["scenarios"].as_array().expect("a list").clone();
        scenarios
            .iter()
            .map(|one| one["profile"].as_str().expect("a profile").to_owned())
            .collect::<Vec<_>>()
    };
    let all =
        ["documented", "observed", "adversarial", "documented", "observed", "adversarial", "wine"];
    assert_eq!(profiles(&[]), all);
    assert_eq!(profiles(&["--profile", "all"]), all);
    assert_eq!(profiles(&["--profile", "observed"]), ["observed", "observed"]);
    assert_eq!(profiles(&["--profile", "wine"]), ["wine"]);
}

#[test]
fn nothing_run_is_no_pass() {
    let folder = with("nothing_run", &[("finding.json", FINDING)]);
    let done = netiosim_in(&folder, ["run", "finding.json", "--profile", "wine"]);
    assert_eq!(done.code, 64);
    assert!(done.stderr.contains("nothing was run"), "{done:?}");
    assert!(done.stdout.contains("not for wine: no handle"), "{done:?}");
    let empty = folder.join("empty");
    fs::create_dir(&empty).expect("a folder");
    assert_eq!(netiosim_in(&empty, ["run", "."]).code, 64);
}

#[test]
fn the_json_report_is_one_object_with_the_documented_members() {
    let files = [
        ("endless.json", ENDLESS),
        ("failing.json", FAILING),
        ("finding.json", FINDING),
        ("invalid.json", INVALID),
    ];
    let folder = with("json_report", &files);
    let args = ["run", ".", "missing", "--format", "json", "--profile", "documented"];
    let done = netiosim_in(&folder, args);
    let report = json(&done.stdout);
    assert_eq!(report["version"], 1);
    assert_eq!(
        report["summary"],
        serde_json::json!({ "passed": 0, "failed": 2, "inconclusive": 1, "invalid": 2 })
    );
    let entry = |name: &str| {
        let scenarios = report["scenarios"].as_array().expect("a list");
        let found = scenarios
            .iter()
            .find(|one| one["file"].as_str().is_some_and(|file| file.ends_with(name)));
        found.expect(name).clone()
    };
    let finding = entry("finding.json");
    assert_eq!(finding["name"], "a leak");
    assert_eq!(finding["profile"], "documented");
    assert_eq!(finding["verdict"], "fail");
    assert_eq!(finding["findings"][0]["rule"], "N010");
    assert!(finding["findings"][0]["message"].as_str().is_some_and(|message| !message.is_empty()));
    assert!(finding["findings"][0]["requirements"].is_array());
    assert!(finding["deliveries"].is_u64() && finding["virtual_ms"].is_u64());
    let endless = entry("endless.json");
    assert_eq!(endless["verdict"], "inconclusive");
    assert!(endless["limit"].is_string());
    let failure = &entry("failing.json")["failures"][0];
    assert!(
        failure["path"].as_str().is_some_and(|path| path.starts_with("clients[0]")),
        "{failure}"
    );
    let problem = &entry("invalid.json")["problems"][0];
    assert_eq!((&problem["line"], &problem["path"]), (&Value::from(1), &Value::from("nam")));
    assert_eq!(entry("missing")["verdict"], "invalid");
}

#[test]
fn results_come_in_file_order_and_the_same_file_once() {
    let folder = folder("file_order");
    for n in 0..60 {
        fs::write(folder.join(format!("{n:02}.json")), PASSING).expect("a file");
    }
    let done = netiosim_in(&folder, ["run", "17.json", ".", "./17.json"]);
    let told: Vec<&str> =
        done.stdout.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    let told: Vec<&str> = told.into_iter().filter(|word| word.ends_with(".json")).collect();
    assert_eq!(told.len(), 60, "{}", done.stdout);
    assert_eq!(told[0], "17.json");
    assert!(told[1..].is_sorted(), "{told:?}");
    assert!(done.stdout.ends_with("60 scenarios, 240 runs: 240 passed\n"), "{}", done.stdout);
    assert_eq!((done.code, done.stderr.as_str()), (0, ""));
}

#[test]
fn a_failure_is_told_with_place_expected_and_got() {
    let folder = with("failure_text", &[("failing.json", FAILING)]);
    let done = netiosim_in(&folder, ["run", "failing.json", "--profile", "documented"]);
    for part in ["expected: 2", "got: 1", "clients[0].threads[0].steps[0]", "--seed 0"] {
        assert!(done.stdout.contains(part), "{part}:\n{}", done.stdout);
    }
}

#[test]
fn the_seed_of_the_call_replaces_that_of_the_file() {
    let folder = with("seed", &[("failing.json", FAILING)]);
    let done =
        netiosim_in(&folder, ["run", "failing.json", "--profile", "documented", "--seed", "77"]);
    assert!(done.stdout.contains("seed 77"), "{}", done.stdout);
}

#[test]
fn junit_has_a_suite_a_file_and_a_case_a_profile() {
    let files = [
        ("a_endless.json", ENDLESS),
        ("b_failing.json", FAILING),
        ("c_finding.json", FINDING),
        ("d_invalid.json", INVALID),
        ("e_passing.json", PASSING),
    ];
    let folder = with("junit", &files);
    let done = netiosim_in(&folder, ["run", ".", "--junit", "out.xml"]);
    assert_eq!((done.code, done.stderr.as_str()), (64, ""));
    let text = fs::read_to_string(folder.join("out.xml")).expect("the report");
    let report = Report::deserialize_from_str(&text).expect("JUnit");
    let sums: Vec<_> =
        report.test_suites.iter().map(|s| (s.tests, s.failures, s.errors, s.skipped)).collect();
    assert_eq!(sums, [(4, 0, 4, 0), (4, 4, 0, 0), (4, 3, 0, 1), (1, 0, 1, 0), (4, 0, 0, 0)]);
    let cases = &report.test_suites[1].test_cases;
    let names: Vec<&str> = cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["documented", "observed", "adversarial", "wine"]);
    let TestCaseStatus::NonSuccess { kind, description, .. } = &cases[0].status else {
        panic!("{text}")
    };
    assert_eq!(*kind, NonSuccessKind::Failure);
    assert!(
        description.as_ref().is_some_and(|text| text.as_str().contains("expected: 2")),
        "{text}"
    );
    let TestCaseStatus::NonSuccess { kind, description, .. } =
        &report.test_suites[3].test_cases[0].status
    else {
        panic!("{text}")
    };
    assert_eq!(*kind, NonSuccessKind::Error);
    assert!(
        description.as_ref().is_some_and(|text| text.as_str().contains("did you mean `name`")),
        "{text}"
    );
}

#[test]
fn manual_and_controlled_runs_repeat_exactly_in_another_process() {
    let folder = with("modes", &[]);
    fs::write(folder.join("s.json"), netiosim(["new", "teredo_port"]).stdout).expect("a file");
    for mode in ["manual", "controlled"] {
        let trace = || {
            let done =
                netiosim_in(&folder, ["run", "s.json", "--mode", mode, "--trace", "out.txt"]);
            assert_eq!(done.code, 0, "{mode}: {done:?}");
            (done.stdout, fs::read_to_string(folder.join("out.txt")).expect("the traces"))
        };
        assert_eq!(trace(), trace(), "{mode}");
    }
    let done = netiosim_in(&folder, ["run", "s.json", "--mode", "threads"]);
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(netiosim(["run", "s.json", "--mode", "thread"]).code, 64);
}

#[test]
fn traces_of_all_runs_go_into_one_file() {
    let folder = with("trace", &[("finding.json", FINDING)]);
    let done = netiosim_in(&folder, ["run", "finding.json", "--trace", "out.txt"]);
    assert_eq!(done.code, 1);
    let text = fs::read_to_string(folder.join("out.txt")).expect("the traces");
    let heads: Vec<&str> = text.lines().filter(|line| line.starts_with("== ")).collect();
    assert_eq!(
        heads,
        [
            "== finding.json  profile documented  seed 0  fail",
            "== finding.json  profile observed  seed 0  fail",
            "== finding.json  profile adversarial  seed 0  fail",
        ]
    );
    assert_eq!(text.matches("call    NotifyTeredoPortChange").count(), 3, "{text}");
}

#[test]
fn unwritable_reports_are_64_but_the_results_are_there() {
    let folder = with("unwritable", &[("passing.json", PASSING)]);
    for option in ["--trace", "--junit"] {
        let done = netiosim_in(&folder, ["run", "passing.json", option, "no/such/folder/out"]);
        assert_eq!(done.code, 64, "{option}");
        let message = format!(
            "netiosim: error: {} cannot be written",
            Path::new("no/such/folder/out").display()
        );
        assert!(done.stderr.starts_with(&message), "{option}: {}", done.stderr);
        assert!(done.stdout.contains("4 passed"), "{option}: {}", done.stdout);
    }
}

#[test]
fn a_stack_file_in_place_of_a_scenario_is_told() {
    let folder = with("stack_file", &[]);
    let stack = netiosim(["new", "home"]).stdout;
    fs::write(folder.join("home.json"), stack).expect("a file");
    let done = netiosim_in(&folder, ["run", "home.json"]);
    assert_eq!(done.code, 64);
    assert!(done.stdout.contains("this is a stack file, not a scenario"), "{}", done.stdout);
    assert!(done.stdout.contains("\"stack\": {\"file\": \"home.json\"}"), "{}", done.stdout);
}

#[test]
fn colours_only_when_asked_for() {
    let folder = with("colours", &[("passing.json", PASSING)]);
    assert!(!netiosim_in(&folder, ["run", "passing.json"]).stdout.contains('\u{1b}'));
    assert!(
        !netiosim_in(&folder, ["run", "passing.json", "--color", "never"])
            .stdout
            .contains('\u{1b}')
    );
    assert!(
        netiosim_in(&folder, ["run", "passing.json", "--color", "always"])
            .stdout
            .contains("\u{1b}[32m")
    );
}

#[test]
fn a_closed_standard_output_changes_nothing_but_the_output() {
    let folder = with("broken_pipe", &[("failing.json", FAILING), ("passing.json", PASSING)]);
    for (args, expected) in [
        (&["run", "."][..], 1),
        (&["run", ".", "--format", "json"], 1),
        (&["run", "passing.json"], 0),
        (&["profiles"], 0),
        (&["schema"], 0),
        (&["--help"], 0),
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let done =
            command().current_dir(&folder).args(args).stdout(writer).output().expect("it starts");
        assert_eq!(done.status.code(), Some(expected), "{args:?}");
        assert_eq!(String::from_utf8_lossy(&done.stderr), "", "{args:?}");
    }
}
