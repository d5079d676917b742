//! A thread is waited for by its number, by as many as want to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{Mode, Stack};

#[test]
fn all_who_wait_go_on_when_it_has_ended() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let signal = stack.signal("go");
        let over = Arc::new(AtomicBool::new(false));
        let (wanted, own) = (signal.clone(), over.clone());
        let thread = stack.spawn("worker", move || {
            wanted.wait().unwrap();
            own.store(true, Ordering::SeqCst);
        });
        let actor = thread.actor();
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (own, over) = (stack.handle(), over.clone());
                stack.spawn("joins", move || {
                    own.join_actor(actor).unwrap();
                    over.load(Ordering::SeqCst)
                })
            })
            .collect();
        signal.set();
        stack.join_actor(actor).unwrap();
        assert!(over.load(Ordering::SeqCst), "{mode:?}");
        for other in others {
            assert!(other.join().unwrap(), "{mode:?}");
        }
        thread.join().unwrap();
    }
}

#[test]
fn a_circle_is_found() {
    let stack = Stack::builder().mode(Mode::Controlled).build();
    let lock = Arc::new(stack.mutex("lock", ()));
    let guard = lock.lock().unwrap();
    let wanted = lock.clone();
    let thread = stack.spawn("worker", move || wanted.lock().is_ok());
    stack.run_until_idle();
    let error = stack.join_actor(thread.actor()).unwrap_err();
    assert_eq!(error.finding().map(|finding| finding.rule), Some(Rule::JoinDeadlock));
    drop(guard);
    assert!(thread.join().unwrap(), "it got the lock when it was free");
    assert_eq!(stack.take_findings().len(), 1);
}
