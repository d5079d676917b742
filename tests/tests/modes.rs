//! One piece of user code under the three delivery modes: what it must not depend on, it does not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicUsize, Ordering};

use netiosim::model::rule::Rule;
use netiosim::{CancelError, Stack};

/// Follows the port through restarts from another thread, then cancels.
fn follow(stack: &Stack) {
    let (last, calls) = (Arc::new(AtomicU16::new(0)), Arc::new(AtomicUsize::new(0)));
    let (seen, counted) = (last.clone(), calls.clone());
    let changes = stack
        .on_teredo_port_change(move |change| {
            seen.store(change.port, Ordering::SeqCst);
            counted.fetch_add(1, Ordering::SeqCst);
        })
        .expect("a registration");
    let net = stack.handle();
    let restarts = stack.spawn("restarts", move || {
        for port in 51_001..=51_005 {
            net.restart_teredo_on(port).expect("a free port");
        }
    });
    restarts.join().expect("no deadlock");
    stack.run_until_idle();
    assert_eq!(calls.load(Ordering::SeqCst), 5, "nothing lost, nothing doubled");
    assert_eq!(last.load(Ordering::SeqCst), 51_005, "the last one last");
    changes.cancel().expect("nobody is in the way");
    stack.restart_teredo_on(51_006).expect("a free port");
    stack.run_until_idle();
    assert_eq!(calls.load(Ordering::SeqCst), 5, "nothing after the cancel returned");
}

#[netiosim::test]
fn by_hand(stack: Stack) {
    follow(&stack);
}

#[netiosim::test(mode = "controlled", runs = 50)]
fn in_turn(stack: Stack) {
    follow(&stack);
}

#[netiosim::test(mode = "threads", runs = 20)]
fn freely(stack: Stack) {
    follow(&stack);
}

/// The bug of the README, in code: some order of the two threads is the deadlock, some is not, and
/// the lock order check sees it in either case once a callback has run.
#[netiosim::test(mode = "controlled", runs = 50)]
fn a_lock_over_the_cancel_is_found_under_every_seed(stack: Stack) {
    let rules = Arc::new(stack.mutex("rules", ()));
    let wanted = rules.clone();
    let changes = stack
        .on_teredo_port_change(move |_| {
            let _ = wanted.lock();
        })
        .expect("a registration");
    stack.restart_teredo().expect("a restart");
    let held = rules.lock().expect("nobody else waits for us yet");
    let outcome = changes.cancel();
    drop(held);
    let found: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
    match outcome {
        Err(CancelError::Deadlock(_)) => assert_eq!(found, [Rule::CancelUnderLock]),
        Ok(()) => {
            // Either no callback had begun, or it was over, or the deadlock was its to report.
            let known = [Rule::LockOrder, Rule::CancelUnderLock];
            assert!(found.iter().all(|rule| known.contains(rule)), "{found:?}");
        }
        Err(other) => panic!("{other}"),
    }
}
