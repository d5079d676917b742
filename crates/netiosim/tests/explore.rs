//! `#[netiosim::test(explore)]`: every order of a test, and the line that repeats the one that fails.

#![cfg(all(feature = "explore", feature = "macros"))]

use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering::SeqCst};

use netiosim::Stack;

/// Set in the children of this test that are to fail.
const BREAKS: &str = "NETIOSIM_TEST_BREAKS";

/// The port is asked for before its changes are.
fn asks_too_early(stack: &Stack) {
    let changer = stack.handle();
    let change = stack.spawn("changer", move || changer.restart_teredo_on(50_001).unwrap());
    let port = Arc::new(AtomicU16::new(stack.teredo_port().unwrap()));
    let seen = port.clone();
    let changes =
        stack.on_teredo_port_change(move |change| seen.store(change.port, SeqCst)).unwrap();
    change.join().unwrap();
    stack.run_until_idle();
    assert_eq!(port.load(SeqCst), stack.teredo_port().unwrap());
    changes.cancel().unwrap();
}

#[netiosim::test(explore)]
fn missed(stack: Stack) {
    if std::env::var_os(BREAKS).is_some() {
        asks_too_early(&stack);
    }
}

#[netiosim::test(
    explore(strategy = "pct:3", max_executions = 50, max_steps = 1000),
    profile = "adversarial",
    seed = 3
)]
fn with_arguments(stack: Stack) -> Result<(), netiosim::ApiError> {
    let changes = stack.on_teredo_port_change(|_| {})?;
    stack.restart_teredo().unwrap();
    changes.cancel().unwrap();
    Ok(())
}

#[netiosim::test(explore(max_executions = 2, accept_limit = true))]
fn with_a_limit_that_is_accepted(stack: Stack) {
    let other = stack.handle();
    let changes =
        stack.on_teredo_port_change(move |_| assert!(other.teredo_port().is_ok())).unwrap();
    stack.restart_teredo().unwrap();
    changes.cancel().unwrap();
}

#[cfg(feature = "coroutines")]
#[netiosim::test(explore(coroutines, strategy = "random", max_executions = 5000))]
fn on_coroutines(stack: Stack) {
    let count = Arc::new(stack.mutex("count", 0));
    let own = count.clone();
    let changes = stack.on_teredo_port_change(move |_| *own.lock().unwrap() += 1).unwrap();
    stack.restart_teredo().unwrap();
    changes.cancel().unwrap();
    assert!(*count.lock().unwrap() <= 1);
}

#[test]
fn the_function_does_the_same() {
    let exploration = netiosim::explore(|stack| assert!(stack.teredo_port().is_ok()));
    assert_eq!(exploration.statistics.executions, 1);
}

fn child(variables: &[(&str, &str)]) -> (bool, String) {
    let own = std::env::current_exe().unwrap();
    let mut child = Command::new(own);
    child.args(["missed", "--exact", "--nocapture"]).env(BREAKS, "1").env("RUST_BACKTRACE", "0");
    for name in ["NETIOSIM_SEED", "NETIOSIM_PROFILE", "NETIOSIM_REPLAY"] {
        child.env_remove(name);
    }
    let Output { status, stdout, stderr } = child.envs(variables.iter().copied()).output().unwrap();
    let text = [stdout, stderr].concat();
    (status.success(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_failing_test_prints_the_line_that_repeats_it() {
    let (passed, text) = child(&[("NETIOSIM_SEED", "5")]);
    assert!(!passed, "{text}");
    let began =
        "netiosim: exploring explore::missed: strategy exhaustive, seed 5, profile documented";
    assert!(text.contains(began), "{text}");
    let line = text.lines().find_map(|line| line.strip_prefix("repeat this run: ")).unwrap();
    let words: Vec<&str> = line.split(' ').collect();
    let [seed, replay, "cargo", "test", "missed", "--", "--exact"] = words[..] else {
        panic!("{line}")
    };
    let schedule = replay.strip_prefix("NETIOSIM_REPLAY=").unwrap();

    assert_eq!(seed, "NETIOSIM_SEED=5");
    let (passed, text) = child(&[("NETIOSIM_SEED", "5"), ("NETIOSIM_REPLAY", schedule)]);
    assert!(!passed, "{text}");
    assert!(text.contains("replaying a schedule of explore::missed"), "{text}");
    assert!(text.contains("the test panics (execution 1)"), "{text}");

    let (passed, text) = child(&[("NETIOSIM_SEED", "6"), ("NETIOSIM_REPLAY", schedule)]);
    assert!(!passed && text.contains("or was made with other settings"), "{text}");
    let (passed, text) = child(&[("NETIOSIM_REPLAY", &schedule[..schedule.len() - 2])]);
    assert!(!passed && text.contains("cut short: 2 characters are missing"), "{text}");
    let (passed, text) = child(&[("NETIOSIM_PROFILE", "nonesuch")]);
    assert!(!passed && text.contains("NETIOSIM_PROFILE is \"nonesuch\""), "{text}");
}
