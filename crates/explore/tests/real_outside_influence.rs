//! What the schedule does not decide is noticed, and named.

mod real_backend;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::{Mutex, OnceLock};

use netiosim_explore::Explorer;
use netiosim_explore::real::Trouble;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::{OnDeadlock, StackRef};

fn a_run_that_depends_on_something_else(explorer: fn() -> Explorer) {
    let runs = AtomicU64::new(0);
    let failure = explorer()
        .check(move |stack| {
            // As time or the order of a hash map might do.
            let port = 50_000 + (runs.fetch_add(1, SeqCst) % 1000) as u16;
            stack.restart_teredo_on(port).unwrap();
        })
        .unwrap_failure();
    let Trouble::Uncontrolled(difference) = &failure.trouble else { panic!("{failure}") };
    assert!(difference.first.as_ref().unwrap().contains("50000"), "{failure}");
    assert!(difference.second.as_ref().unwrap().contains("50001"), "{failure}");
}

fn a_choice_that_is_not_offered_again(explorer: fn() -> Explorer) {
    let runs = AtomicU64::new(0);
    let failure = explorer()
        .check(move |stack| {
            let changes = stack.on_teredo_port_change(|_| {}).unwrap();
            // The first two runs are alike.
            if runs.fetch_add(1, SeqCst) < 2 {
                stack.restart_teredo().unwrap();
            }
            changes.cancel().unwrap();
        })
        .unwrap_failure();
    assert!(matches!(failure.trouble, Trouble::Strayed(_)), "{failure}");
    assert!(failure.to_string().contains("the run was over before"), "{failure}");
}

fn a_handle_that_is_kept(explorer: fn() -> Explorer) {
    let first: OnceLock<Handle> = OnceLock::new();
    let failure = explorer()
        .check(move |stack| {
            let changes = stack.on_teredo_port_change(|_| {}).unwrap().into_handle();
            // The first one's value, in every execution.
            let kept = *first.get_or_init(|| changes);
            let _ = stack.cancel(kept);
        })
        .unwrap_failure();
    let Trouble::OldHandle(finding) = &failure.trouble else { panic!("{failure}") };
    assert_eq!(finding.rule.id(), "N005", "{failure}");
}

fn a_stack_that_is_used_after_its_execution(explorer: fn() -> Explorer) {
    let last: Mutex<Option<StackRef>> = Mutex::new(None);
    let failure = explorer()
        .check(move |stack| {
            let last = last.lock().unwrap().replace(stack.handle());
            if let Some(last) = last {
                let _ = last.restart_teredo();
            }
        })
        .unwrap_failure();
    let Trouble::OldStack(place) = &failure.trouble else { panic!("{failure}") };
    assert!(place.contains("real_outside_influence.rs:"), "{failure}");
}

fn a_stack_that_is_kept(explorer: fn() -> Explorer) {
    let failure = explorer().check(std::mem::forget).unwrap_failure();
    assert_eq!(failure.trouble, Trouble::KeptStack, "{failure}");
}

fn a_failure_that_does_not_come_again_is_said_to_be_unsteady(explorer: fn() -> Explorer) {
    let done = AtomicBool::new(false);
    let failure = explorer()
        .stack(|builder| builder.on_deadlock(OnDeadlock::Error))
        .check(move |_| assert!(done.swap(true, SeqCst), "only once"))
        .unwrap_failure();
    assert!(matches!(failure.trouble, Trouble::Panic(..)), "{failure}");
    assert!(failure.unsteady.is_some(), "{failure}");
    assert!(failure.to_string().contains("nothing goes wrong"), "{failure}");
}

real_backend::suite! {
    a_run_that_depends_on_something_else
    a_choice_that_is_not_offered_again
    a_handle_that_is_kept
    a_stack_that_is_used_after_its_execution
    a_stack_that_is_kept
    a_failure_that_does_not_come_again_is_said_to_be_unsteady
}
