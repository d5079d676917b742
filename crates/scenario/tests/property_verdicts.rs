//! What a run makes of properties: `always`, `never` and `eventually` are judged, `sometimes` is not.

use std::path::Path;

use netiosim_model::profile::Profile;
use netiosim_scenario::load;
use netiosim_scenario::run::{Run, RunMode, Verdict, run_scenario};

const CHANGES: &str = r#"
  "timeline": [{"at_ms": 10, "event": {"teredo_restart": {"port": 50001}}}, {"at_ms": 20, "event": {"teredo_restart": {"port": 50002}}}],
  "clients": [{"name": "c", "threads": [{"name": "main", "steps": [{"notify_teredo_port_change": {"as": "ports"}}, {"sleep": {"ms": 100}}]}]}]"#;

fn run(expect: &str, more: &str, mode: RunMode) -> Run {
    let text =
        format!(r#"{{"version": 1, "name": "x", "expect": {expect}{more}, {}}}"#, CHANGES.trim());
    let loaded = load::scenario_text(&text, "x.json", Path::new(""));
    let loaded = loaded.unwrap_or_else(|problems| panic!("{}", problems[0].render(false)));
    run_scenario(&loaded, Profile::Documented, mode, None).expect("it can be built")
}

fn property(kind: &str, condition: &str) -> String {
    format!(r#"{{"{kind}": [{{"name": "the property", "any": [{condition}]}}]}}"#)
}

/// The verdict, and of what is not met the path and the words.
fn told(kind: &str, condition: &str, mode: RunMode) -> (Verdict, Vec<[String; 4]>) {
    let run = run(&property(kind, condition), "", mode);
    let unmet = run.unmet.into_iter();
    (run.verdict, unmet.map(|u| [u.path, u.what, u.expected, u.got]).collect())
}

const TRANSIENT: &str = r#"{"port": 50001}"#;
const IMPOSSIBLE: &str = r#"{"port": 50003}"#;
const CONSTANT: &str = r#"{"interface": {"alias": "Ethernet"}}"#;

#[test]
fn what_was_true_for_a_moment() {
    for mode in RunMode::ALL {
        let (verdict, unmet) = told("never", TRANSIENT, mode);
        assert_eq!(verdict, Verdict::Fail);
        let expected = "at no moment: the Teredo client's port is 50001";
        let words =
            ["expect.never[0]", "property \"the property\"", expected, "it was so at 10 ms"];
        assert_eq!(unmet, [words.map(str::to_owned)], "{}", mode.name());
        let (verdict, unmet) = told("always", TRANSIENT, mode);
        assert_eq!(verdict, Verdict::Fail);
        assert_eq!(
            (&*unmet[0][0], &*unmet[0][3]),
            ("expect.always[0]", "it was not so at the start")
        );
        assert_eq!(told("eventually", TRANSIENT, mode).0, Verdict::Pass);
        assert_eq!(told("sometimes", TRANSIENT, mode).0, Verdict::Pass);
    }
}

#[test]
fn what_is_never_true() {
    for mode in RunMode::ALL {
        let (verdict, unmet) = told("eventually", IMPOSSIBLE, mode);
        assert_eq!((verdict, unmet.len()), (Verdict::Fail, 1));
        assert_eq!(
            (&*unmet[0][0], &*unmet[0][3]),
            ("expect.eventually[0]", "it was so at no moment")
        );
        assert_eq!(told("never", IMPOSSIBLE, mode).0, Verdict::Pass);
        // One run cannot tell.
        assert_eq!(told("sometimes", IMPOSSIBLE, mode).0, Verdict::Pass);
    }
}

#[test]
fn what_is_true_all_the_time() {
    for mode in RunMode::ALL {
        assert_eq!(told("always", CONSTANT, mode).0, Verdict::Pass);
        let (verdict, unmet) = told("never", CONSTANT, mode);
        assert_eq!((verdict, &*unmet[0][3]), (Verdict::Fail, "it was so at the start"));
    }
}

#[test]
fn all_and_any_hold_together() {
    let expect = |all: &str, any: &str| {
        format!(r#"{{"eventually": [{{"name": "x", "all": [{all}], "any": [{any}]}}]}}"#)
    };
    let verdict = |all: &str, any: &str| run(&expect(all, any), "", RunMode::Manual).verdict;
    assert_eq!(verdict(CONSTANT, &format!("{IMPOSSIBLE}, {TRANSIENT}")), Verdict::Pass);
    assert_eq!(verdict(CONSTANT, IMPOSSIBLE), Verdict::Fail);
    assert_eq!(verdict(&format!("{CONSTANT}, {IMPOSSIBLE}"), TRANSIENT), Verdict::Fail);
}

#[test]
fn the_trace_shows_the_moment() {
    let run = run(&property("never", r#"{"port": 50002}"#), "", RunMode::Manual);
    let line = run.unmet[0].line.expect("a line of the trace");
    assert!(run.trace[line].contains("20 "), "{}", run.trace[line]);
    assert!(run.trace[..=line].iter().any(|line| line.contains("to 50002")), "{:?}", run.trace);
}

#[test]
fn a_run_that_is_cut_short_knows_what_was_violated_and_no_more() {
    let cut = r#", "limits": {"virtual_ms": 15}"#;
    let violated = run(&property("never", TRANSIENT), cut, RunMode::Manual);
    assert!(violated.limit.is_some());
    assert_eq!(violated.verdict, Verdict::Fail);
    let open = run(&property("eventually", r#"{"port": 50009}"#), cut, RunMode::Manual);
    assert_eq!(open.verdict, Verdict::Inconclusive);
}

#[test]
fn a_profile_has_its_own() {
    let text = r#", "expect_under": {"documented": {"never": [{"name": "here", "all": [{"port": 50001}]}]}}"#;
    let run = run("{}", text, RunMode::Manual);
    assert_eq!(run.verdict, Verdict::Fail);
    assert_eq!(run.unmet[0].what, "property \"here\"");
}
