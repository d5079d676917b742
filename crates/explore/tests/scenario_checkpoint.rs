//! A search that was cut short goes on from its checkpoint as if nothing had been.

mod common;

use std::sync::Arc;

use common::corpus;
use netiosim_explore::scenario::{Checkpoint, Limits, Misfit, Search, Seen, Wanted};
use netiosim_model::profile::Profile;
use netiosim_scenario::program::Program;

const FILES: [&str; 5] = [
    "exploration/four_events.json",
    "deadlocks/lock_held_over_cancel.json",
    "deadlocks/locks_alone.json",
    "field/missed_update.json",
    "ip_interface/changes_are_not_doubled.json",
];

fn program(file: &str) -> Arc<Program> {
    let path = corpus::folder().join(file);
    corpus::program(&path, Profile::Documented).expect("it is for all profiles")
}

fn to_end(mut search: Search) -> Seen {
    search.run(&Limits::default(), &mut |_| None);
    search.finish()
}

/// Everything that is counted or told, apart from time and from what was taken twice.
fn told(seen: &Seen) -> String {
    let violations: Vec<_> = seen.violations.iter().map(|one| (one.key(), &one.steps)).collect();
    let Seen { states, transitions, deduplicated, depth, ends, .. } = seen;
    format!(
        "{states} {transitions} {deduplicated} {depth} {ends} {:?} {:?} {violations:?} {:?} {:?}",
        seen.stopped, seen.rules, seen.missing, seen.never_seen
    )
}

#[test]
fn it_ends_as_a_search_without_a_pause_does() {
    let mut cuts = 0;
    for (file, findings_only) in FILES.into_iter().flat_map(|file| [(file, false), (file, true)]) {
        let program = program(file);
        let wanted = Wanted { findings_only, ..Wanted::default() };
        let whole = to_end(Search::new(&program, wanted));
        let step = (whole.states / 7).max(1);
        for states in (1..whole.states).step_by(step) {
            let mut search = Search::new(&program, wanted);
            search.run(&Limits { states, ..Limits::default() }, &mut |_| None);
            assert!(search.is_cut_short());
            let text = search.checkpoint("x").text();
            let kept = Checkpoint::parse(&text).expect("what was written can be read");
            assert_eq!(kept.text(), text);
            assert!(kept.states() <= states);
            let again = Search::resume(&program, wanted, &kept, "x").expect("it fits");
            assert_eq!(told(&to_end(again)), told(&whole), "{file}, cut at {states}");
            cuts += 1;
        }
    }
    assert!(cuts > 40, "{cuts}");
}

#[test]
fn it_can_be_cut_short_again_and_again() {
    let program = program(FILES[0]);
    let whole = to_end(Search::new(&program, Wanted::default()));
    let mut kept = Search::new(&program, Wanted::default()).checkpoint("x");
    let mut pauses = 0;
    loop {
        let mut search = Search::resume(&program, Wanted::default(), &kept, "x").expect("it fits");
        let most = search.states() + 40;
        search.run(&Limits { states: most, ..Limits::default() }, &mut |_| None);
        if !search.is_cut_short() {
            assert_eq!(told(&search.finish()), told(&whole));
            break;
        }
        kept = search.checkpoint("x");
        pauses += 1;
    }
    assert!(pauses > 4, "{pauses}");
}

#[test]
fn another_search_does_not_go_on_from_it() {
    let program = program(FILES[1]);
    let mut search = Search::new(&program, Wanted::default());
    search.run(&Limits { states: 12, ..Limits::default() }, &mut |_| None);
    let kept = search.checkpoint("this");
    let refused = |program: &Arc<Program>, wanted, subject: &str| {
        Search::resume(program, wanted, &kept, subject).expect_err("it is another").to_string()
    };
    let other = refused(&program, Wanted::default(), "that");
    assert_eq!(other, "this checkpoint belongs to another search: its subject is this, not that");
    let orderly = Wanted { orderly: true, ..Wanted::default() };
    assert!(refused(&program, orderly, "this").contains("its kind of threads is slow, not quick"));
    let findings_only = Wanted { findings_only: true, ..Wanted::default() };
    assert!(refused(&program, findings_only, "this").contains("--findings-only"));
    // Who says that it is the same although it is not is told at the first state that is missing.
    let changed = self::program(FILES[4]);
    let misfit = Search::resume(&changed, Wanted::default(), &kept, "this").expect_err("not found");
    assert!(matches!(misfit, Misfit::Changed { .. }), "{misfit}");
}

#[test]
fn what_is_no_checkpoint_is_told() {
    let program = program(FILES[1]);
    let mut search = Search::new(&program, Wanted::default());
    search.run(&Limits { states: 12, ..Limits::default() }, &mut |_| None);
    let text = search.checkpoint("x").text();
    for (from, to, says) in [
        ("{\"version\":1", "{\"version\":7", "its version is 7, and 1 is known"),
        ("\"came\":[", "\"came\":[0,", "its numbers do not fit each other"),
        ("\"told\":", "\"tald\":", "unknown field `tald`"),
    ] {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        let misfit = Checkpoint::parse(&broken).expect_err("it is broken").to_string();
        assert!(misfit.contains(says), "{misfit}");
    }
    assert!(Checkpoint::parse("").is_err());
    // A state before itself, and a step that is not there.
    for (from, to) in
        [("\"came\":[0,0", "\"came\":[5,0"), ("\"came\":[0,0", "\"came\":[0,4000000000")]
    {
        let broken = text.replacen(from, to, 1);
        assert_ne!(broken, text, "{from}");
        let kept = Checkpoint::parse(&broken).expect("it can be read");
        let misfit = Search::resume(&program, Wanted::default(), &kept, "x").expect_err("a hole");
        assert_eq!(misfit, Misfit::Changed { state: 1 });
    }
}
