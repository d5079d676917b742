//! Deadlocks: the stack names them, with rule and story; shuttle, which would only list who is blocked, has none to report.

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{CancelError, HandleCell};
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicUsize, Ordering};

use crate::{Seen, threads, under_shuttle};

#[test]
fn a_cancel_under_the_lock_of_the_callback_is_a_finding() {
    let (refused, free) = (Seen::default(), Seen::default());
    let (found, fine) = (refused.clone(), free.clone());
    under_shuttle(move || {
        let stack = threads().build();
        let lock = Arc::new(stack.mutex("state", 0));
        let (wanted, denied) = (lock.clone(), Arc::new(AtomicUsize::new(0)));
        let told = denied.clone();
        let ports = stack
            .teredo_port_change()
            .name("ports")
            .register(move |_| match wanted.lock() {
                Ok(mut count) => *count += 1,
                Err(_) => {
                    told.fetch_add(1, Ordering::SeqCst);
                }
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        let guard = lock.lock().expect("nobody holds it for ever");
        let cancelled = ports.cancel();
        drop(guard);
        stack.run_until_idle();
        let cancel_refused = matches!(cancelled, Err(CancelError::Deadlock(_)));
        assert!(cancelled.is_ok() || cancel_refused, "{cancelled:?}");
        // The order of the two locks is worth a warning (N004), whoever comes first.
        stack.acknowledge(Rule::LockOrder);
        let findings = stack.take_findings();
        let deadlocks = usize::from(cancel_refused) + denied.load(Ordering::SeqCst);
        assert_eq!(
            findings.len(),
            deadlocks,
            "one finding for each call that is refused: {findings:?}"
        );
        assert!(
            findings.iter().all(|finding| finding.rule == Rule::CancelUnderLock),
            "{findings:?}"
        );
        if deadlocks == 0 { fine.add() } else { found.add() }
    });
    refused.sometimes("the deadlock");
    free.sometimes("an order without it");
}

#[test]
fn crossed_cancels_are_a_finding() {
    let (refused, free) = (Seen::default(), Seen::default());
    let (found, fine) = (refused.clone(), free.clone());
    under_shuttle(move || {
        let stack = threads().build();
        let cells = [HandleCell::new(), HandleCell::new()];
        for (own, other) in [(0, 1), (1, 0)] {
            let (reference, target) = (stack.handle(), cells[other].clone());
            let registration = stack
                .on_teredo_port_change(move |_| {
                    let _ = reference.cancel(target.get());
                })
                .unwrap();
            cells[own].set(registration.into_handle());
        }
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        // Who is cancelled before his callback began, or cancels what is gone, is no deadlock.
        stack.acknowledge(Rule::StaleHandle);
        match stack.take_findings().as_slice() {
            [] => fine.add(),
            [one] if one.rule == Rule::CrossedCancels => found.add(),
            more => panic!("{more:?}"),
        }
    });
    refused.sometimes("the deadlock");
    free.sometimes("an order without it");
}

#[test]
fn two_locks_in_two_orders_are_a_finding() {
    let (refused, free) = (Seen::default(), Seen::default());
    let (found, fine) = (refused.clone(), free.clone());
    under_shuttle(move || {
        let stack = threads().build();
        let locks = [Arc::new(stack.mutex("first", 0)), Arc::new(stack.mutex("second", 0))];
        let own = locks.clone();
        let other = stack.spawn("other", move || {
            let Ok(_first) = own[1].lock() else { return true };
            own[0].lock().is_err()
        });
        let here = {
            let _first = locks[0].lock().expect("free, or held by one who will be refused");
            locks[1].lock().is_err()
        };
        let there = other.join().unwrap();
        assert!(!(here && there), "one refusal is enough");
        stack.acknowledge(Rule::LockOrder);
        let findings = stack.take_findings();
        assert_eq!(findings.len(), usize::from(here || there), "{findings:?}");
        if here || there { found.add() } else { fine.add() }
    });
    refused.sometimes("the deadlock");
    free.sometimes("an order without it");
}
