//! The first point of a counterexample from which every continuation fails.

mod support;

use netiosim_explore::scenario::{Counterexample, Inevitable, Plan, Wanted, explore};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use support::{LOCK_OVER_CANCEL, program, scenario};

/// The counterexample of a rule: who moves in each step, and when it became inevitable.
fn of(members: &str, rule: Rule, most: usize) -> (Vec<String>, Inevitable) {
    let loaded = scenario(members);
    let program = program(&loaded);
    let wanted = Wanted { findings_only: true, orderly: true, ..Wanted::default() };
    let seen = explore(&program, &Plan { wanted, ..Plan::default() }, &mut |_| None);
    let found = seen.violations.iter().find(|found| found.rule == Some(rule)).expect("it is found");
    let fingerprint = loaded.fingerprint(Profile::Documented);
    let found = Counterexample::of_violation(&program, fingerprint, found);
    (found.moves(&program), found.inevitable(&program, true, most))
}

#[test]
fn a_lock_that_is_taken_while_the_callback_runs_decides_it() {
    let (moves, inevitable) = of(LOCK_OVER_CANCEL, Rule::CancelUnderLock, 10_000);
    // Until both have begun, the callback can still take the lock first, or not run at all.
    let Inevitable::After(n) = inevitable else { panic!("{inevitable:?}") };
    // That is when "main" has registered and locked, the port has changed, and the callback has begun.
    assert_eq!(moves[n - 1], "deliver ports", "{n} of {moves:?}");
    let main = moves[..n].iter().filter(|name| *name == "main").count();
    assert_eq!((n, main), (4, 2), "of {moves:?}");
}

#[test]
fn what_always_fails_was_inevitable_from_the_beginning() {
    let always = r#""clients": [{"name": "c", "threads": [{"name": "main", "steps": [{"wait": {"signal": "s"}}, {"spawn": {"thread": "other"}}]},
        {"name": "other", "start": "spawned", "steps": [{"signal": {"signal": "s"}}]}]}]"#;
    let (_, inevitable) = of(always, Rule::ThreadStuck, 10_000);
    assert_eq!(inevitable, Inevitable::After(0));
}

#[test]
fn too_many_continuations_are_no_answer() {
    let (_, inevitable) = of(LOCK_OVER_CANCEL, Rule::CancelUnderLock, 3);
    assert_eq!(inevitable, Inevitable::Unknown);
}
