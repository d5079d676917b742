//! A lock is held over the cancel, and the callback wants it.

mod real_backend;

use std::sync::{Arc, Mutex};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{OnDeadlock, Stack};

/// With a prediction that is not what is looked for.
fn tracked(gives_back: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let state = Arc::new(stack.mutex("state", 0));
        let own = state.clone();
        let changes = stack
            .teredo_port_change()
            .name("ports")
            .register(move |_| {
                if let Ok(mut count) = own.lock() {
                    *count += 1;
                }
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        let guard = state.lock().unwrap();
        if gives_back {
            drop(guard);
            changes.cancel().unwrap();
        } else {
            let _ = changes.cancel();
            drop(guard);
        }
        stack.acknowledge(Rule::LockOrder);
    }
}

fn untracked(stack: &Stack) {
    let state = Arc::new(Mutex::new(0));
    let own = state.clone();
    let changes = stack
        .teredo_port_change()
        .name("ports")
        .register(move |_| *own.lock().unwrap() += 1)
        .unwrap();
    stack.restart_teredo().unwrap();
    let guard = state.lock().unwrap();
    let _ = changes.cancel();
    drop(guard);
}

fn a_tracked_lock_is_a_deadlock_that_is_explained(explorer: fn() -> Explorer) {
    let failure = explorer().check(tracked(false)).unwrap_failure();
    let Trouble::Deadlock(findings) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(findings.last().unwrap().rule.id(), "N002", "{failure}");
    assert!(!failure.trouble.is_unmodelled(), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
    assert_eq!(failure.unsteady, None, "{failure}");
    assert!(failure.story.contains("waits"), "{failure}");
}

#[test]
fn an_untracked_lock_is_found_and_marked_once_nothing_goes_on() {
    let failure = Explorer::new().check(|stack| untracked(&stack)).unwrap_failure();
    let Trouble::Deadlock(findings) = &failure.trouble else { panic!("{failure}") };
    assert!(!findings.is_empty(), "{failure}");
    assert!(failure.trouble.is_unmodelled(), "{failure}");
    assert!(failure.to_string().contains("marked: blocked by something that is not tracked"));
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

/// It blocks the one thread that all of them share.
#[cfg(all(feature = "coroutines", target_os = "linux"))]
#[test]
fn on_coroutines_an_untracked_lock_is_no_verdict() {
    let explorer = Explorer::new().coroutines();
    let failure = explorer.check(|stack| untracked(&stack)).unwrap_failure();
    assert_eq!(failure.trouble, Trouble::Blocked, "{failure}");
    assert!(failure.trouble.is_unmodelled(), "{failure}");
    assert!(failure.to_string().contains("explore on threads"), "{failure}");
    assert!(failure.story.contains("begin   ports #1"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

fn a_deadlock_may_be_an_error_and_a_finding_instead(explorer: fn() -> Explorer) {
    let explorer = explorer().stack(|builder| builder.on_deadlock(OnDeadlock::Error));
    let failure = explorer.check(tracked(false)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert!(findings.iter().any(|finding| finding.rule.id() == "N002"), "{failure}");
}

fn it_is_predicted_by_the_first_execution(explorer: fn() -> Explorer) {
    let exploration = explorer().check(|stack| {
        let state = Arc::new(stack.mutex("state", 0));
        let own = state.clone();
        let changes = stack.on_teredo_port_change(move |_| *own.lock().unwrap() += 1).unwrap();
        stack.restart_teredo().unwrap();
        let _guard = state.lock().unwrap();
        let _ = changes.cancel();
    });
    let failure = exploration.unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(findings[0].rule, Rule::LockOrder, "{failure}");
    assert_eq!(failure.execution, 1);
}

fn the_lock_that_is_given_back_before_is_right(explorer: fn() -> Explorer) {
    let exploration = explorer().check(tracked(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
}

real_backend::suite! {
    a_tracked_lock_is_a_deadlock_that_is_explained
    a_deadlock_may_be_an_error_and_a_finding_instead
    it_is_predicted_by_the_first_execution
    the_lock_that_is_given_back_before_is_right
}
