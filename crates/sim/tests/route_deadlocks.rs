//! Route registrations know the same two deadlocks as all others (NR-08).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::{CancelError, HandleCell, Mode, Point, Stack};

#[test]
fn a_callback_that_cancels_its_own_registration() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let (cell, answer) = (HandleCell::new(), Arc::new(Mutex::new(None)));
        let (own, said, inner) = (cell.clone(), answer.clone(), stack.handle());
        let registered = stack.on_route_change(None, move |_| {
            *said.lock().unwrap() = Some(inner.cancel(own.get()));
        });
        cell.set(registered.as_ref().unwrap().handle());
        stack.add_route("Ethernet", "10.0.0.0/8", None).unwrap();
        stack.run_until_idle();
        let answer = answer.lock().unwrap().take();
        assert!(matches!(answer, Some(Err(CancelError::Deadlock(_)))), "{answer:?}");
        assert_eq!(stack.take_findings()[0].rule, Rule::SelfCancel);
    }
}

#[test]
fn a_cancel_that_holds_the_lock_that_the_callback_wants() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let lock = Arc::new(stack.mutex("state", ()));
        let wanted = lock.clone();
        let routes = stack
            .route_change(None)
            .name("routes")
            .register(move |_| assert!(wanted.lock().is_err(), "never a second guard"))
            .unwrap();
        let entered = stack.barrier(Point::entered("routes")).unwrap();
        let waiting = stack.barrier(Point::cancelling("routes")).unwrap();
        stack.add_route("Ethernet", "10.0.0.0/8", None).unwrap();
        entered.wait_reached();
        let canceller = stack.spawn("canceller", move || {
            let _guard = lock.lock().unwrap();
            routes.cancel()
        });
        waiting.wait_reached();
        waiting.release();
        entered.release();
        canceller.join().unwrap().expect("the callback was refused the lock, so the cancel ends");
        let findings = stack.take_findings();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert_eq!(findings[0].rule, Rule::CancelUnderLock, "{mode:?}");
    }
}
