//! Properties in a search over all orders: the shortest way to a violated `never`, a `sometimes` that no way
//! sees, an `eventually` that fails on some way only.

use std::path::Path;
use std::sync::Arc;

use netiosim_explore::scenario::{Limits, Seen, Wanted, exhaust};
use netiosim_model::profile::Profile;
use netiosim_scenario::load;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::run::{RunMode, Verdict, find_files, run_scenario};

/// A port that changes, a callback of two steps, a cancel that comes as soon as the callback runs, and another change
/// at its own time.
const CANCEL_MEETS_CALLBACK: &str = r#"
  "timeline": [{"at_ms": 20, "event": {"teredo_restart": {"port": 50002}}}],
  "clients": [{
    "name": "firewall",
    "callbacks": {"on_port": [{"signal": {"signal": "inside"}}, {"checkpoint": {"name": "a step"}}]},
    "threads": [{"name": "main", "steps": [
      {"notify_teredo_port_change": {"as": "ports", "callback": "on_port"}},
      {"change": {"event": {"teredo_restart": {"port": 50001}}}}, {"wait": {"signal": "inside"}}, {"cancel": {"handle": "ports"}}]}]
  }]"#;

fn loaded(world: &str, expect: &str) -> load::Loaded {
    let text =
        format!(r#"{{"version": 1, "name": "x", "expect": {{{expect}}}, {}}}"#, world.trim());
    let loaded = load::scenario_text(&text, "x.json", Path::new(""));
    loaded.unwrap_or_else(|problems| panic!("{}", problems[0].render(false)))
}

fn program(loaded: &load::Loaded, profile: Profile) -> Arc<Program> {
    Arc::new(compile(&loaded.scenario, &loaded.stack, profile).expect("it can be built"))
}

fn search(world: &str, expect: &str, wanted: Wanted) -> Seen {
    let program = program(&loaded(world, expect), Profile::Documented);
    exhaust(&program, wanted, &Limits::default(), &mut |_| None)
}

/// What the default schedule says.
fn verdict(world: &str, expect: &str) -> Verdict {
    let loaded = loaded(world, expect);
    let run = run_scenario(&loaded, Profile::Documented, RunMode::Manual, None);
    run.expect("it can be built").verdict
}

const RESTART_DURING_CANCEL: &str = r#"[{"name": "a restart during the cancel", "all": [{"cancelling": "ports"}, {"port": 50002}]}]"#;

#[test]
fn a_violated_never_comes_with_the_shortest_way() {
    let expect = format!(r#""never": {RESTART_DURING_CANCEL}"#);
    assert_eq!(verdict(CANCEL_MEETS_CALLBACK, &expect), Verdict::Pass);
    let seen = search(CANCEL_MEETS_CALLBACK, &expect, Wanted::default());
    assert!(seen.complete() && !seen.proved(), "{seen:?}");
    assert_eq!(seen.violations.len(), 1, "{:?}", seen.violations);
    let violation = &seen.violations[0];
    assert_eq!(violation.unmet.path, "expect.never[0]");
    assert_eq!(violation.unmet.what, "property \"a restart during the cancel\"");
    assert_eq!(violation.unmet.got, "it was so at 20 ms");
    assert!(!violation.at_end);
    // Register, the first restart, the callback and its signal, the wait, the cancel, time, and the second
    // restart: none of them can be left out.
    let steps: Vec<_> = violation.steps.iter().map(|step| step.choice).collect();
    assert_eq!(steps.len(), 8, "{steps:?}");
}

#[test]
fn findings_alone_are_looked_for_without_properties() {
    let expect = format!(
        r#""never": {RESTART_DURING_CANCEL}, "sometimes": [{{"name": "no listener", "all": [{{"listener": 1}}]}}]"#
    );
    let wanted = Wanted { findings_only: true, ..Wanted::default() };
    let seen = search(CANCEL_MEETS_CALLBACK, &expect, wanted);
    assert!(seen.proved(), "{seen:?}");
}

#[test]
fn an_always_is_violated_as_soon_as_it_is_false() {
    let expect = r#""always": [{"name": "the first port stays", "any": [{"port": 50000}, {"not": {"registered": "ports"}}]}]"#;
    let seen = search(CANCEL_MEETS_CALLBACK, expect, Wanted::default());
    assert_eq!(seen.violations.len(), 1, "{:?}", seen.violations);
    let violation = &seen.violations[0];
    assert_eq!((violation.unmet.path.as_str(), violation.at_end), ("expect.always[0]", false));
    assert_eq!(violation.unmet.got, "it was not so at 0 ms");
    assert_eq!(violation.steps.len(), 2, "register, restart: {:?}", violation.steps);
}

#[test]
fn an_always_that_is_false_at_the_start_needs_no_step() {
    let expect = r#""always": [{"name": "registered", "all": [{"registered": "ports"}]}]"#;
    let seen = search(CANCEL_MEETS_CALLBACK, expect, Wanted::default());
    assert_eq!(seen.violations.len(), 1, "{:?}", seen.violations);
    assert_eq!(seen.violations[0].unmet.got, "it was not so at the start");
    assert!(seen.violations[0].steps.is_empty());
    assert_eq!(seen.states, 1);
}

#[test]
fn a_sometimes_that_was_seen_is_no_matter() {
    let expect = format!(r#""sometimes": {RESTART_DURING_CANCEL}"#);
    assert_eq!(verdict(CANCEL_MEETS_CALLBACK, &expect), Verdict::Pass);
    let seen = search(CANCEL_MEETS_CALLBACK, &expect, Wanted::default());
    assert!(seen.proved(), "{seen:?}");
    // The moment is a few steps deep: a search that ends before has not seen it, and says so.
    let program = program(&loaded(CANCEL_MEETS_CALLBACK, &expect), Profile::Documented);
    let limits = Limits { depth: 5, ..Limits::default() };
    let seen = exhaust(&program, Wanted::default(), &limits, &mut |_| None);
    assert_eq!(seen.never_seen, ["a restart during the cancel"]);
    assert!(seen.stopped.is_some());
}

#[test]
fn a_sometimes_that_no_way_sees_is_named() {
    let never = r#"{"name": "a third port", "all": [{"port": 50003}]}"#;
    let expect = format!(
        r#""sometimes": [{never}, {{"name": "the second port", "all": [{{"port": 50002}}]}}]"#
    );
    assert_eq!(verdict(CANCEL_MEETS_CALLBACK, &expect), Verdict::Pass);
    let seen = search(CANCEL_MEETS_CALLBACK, &expect, Wanted::default());
    assert_eq!(seen.never_seen, ["a third port"]);
    assert!(seen.complete() && seen.violations.is_empty() && !seen.proved(), "{seen:?}");
}

/// Two threads: one changes the port, the other registers. Whoever is late hears nothing.
const LATE: &str = r#"
  "clients": [{
    "name": "firewall",
    "threads": [
      {"name": "main", "steps": [{"notify_teredo_port_change": {"as": "ports"}}]},
      {"name": "other", "steps": [{"change": {"event": {"teredo_restart": {"port": 50001}}}}]}]
  }]"#;

#[test]
fn an_eventually_fails_where_it_never_came() {
    let expect = r#""eventually": [{"name": "the port is told", "all": [{"delivered": {"registration": "ports"}}]}]"#;
    assert_eq!(verdict(LATE, expect), Verdict::Pass);
    let seen = search(LATE, expect, Wanted::default());
    assert!(seen.complete(), "{seen:?}");
    assert_eq!(seen.violations.len(), 1, "{:?}", seen.violations);
    let violation = &seen.violations[0];
    assert_eq!(violation.unmet.path, "expect.eventually[0]");
    assert_eq!(violation.unmet.got, "it was so at no moment");
    assert!(violation.at_end);
    // The same without the race: on every way.
    let both = LATE.replace(r#""threads": ["#, r#""callbacks": {}, "threads": ["#);
    let registered = both.replace(
        r#"{"name": "other", "steps": ["#,
        r#"{"name": "other", "start": "spawned", "steps": ["#,
    );
    let in_order = registered
        .replace(r#"{"as": "ports"}}]"#, r#"{"as": "ports"}}, {"spawn": {"thread": "other"}}]"#);
    assert!(search(&in_order, expect, Wanted::default()).proved());
}

#[test]
fn what_was_true_for_a_moment_counts_for_ever() {
    // The delivery is over at the end of every way; that it ran is remembered.
    let expect = r#""eventually": [{"name": "inside", "all": [{"delivering": "ports"}]}]"#;
    let seen = search(CANCEL_MEETS_CALLBACK, expect, Wanted::default());
    assert!(seen.proved(), "{seen:?}");
}

#[test]
fn deliveries_are_counted_on_every_way() {
    let counted = |n: u32| {
        let expect = format!(
            r#""sometimes": [{{"name": "n", "all": [{{"delivered": {{"registration": "ports", "at_least": {n}}}}}]}}]"#
        );
        search(CANCEL_MEETS_CALLBACK, &expect, Wanted::default())
    };
    assert!(counted(1).proved());
    assert_eq!(counted(4).never_seen, ["n"]);
}

/// The corpus's own: what it says holds in every order.
#[test]
fn the_properties_of_the_corpus_hold_in_every_order() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios/properties"));
    let mut searched = 0;
    for file in find_files(root).expect("the folder") {
        let loaded = load::scenario(&file).unwrap_or_else(|problems| panic!("{}", problems[0]));
        for profile in [Profile::Documented, Profile::Observed] {
            let program = program(&loaded, profile);
            let limits = Limits { states: 20_000, ..Limits::default() };
            let seen = exhaust(&program, Wanted::default(), &limits, &mut |_| None);
            assert!(seen.proved(), "{} under {profile}: {seen:#?}", file.display());
            searched += 1;
        }
    }
    assert!(searched >= 16, "{searched}");
}
