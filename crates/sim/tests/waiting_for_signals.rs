//! Signals as the events of Windows: reset, auto-reset, several at once, and for no longer than some time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use netiosim_sim::{Mode, OnDeadlock, Stack};

fn stack() -> Stack {
    Stack::builder().mode(Mode::Controlled).on_deadlock(OnDeadlock::Error).build()
}

#[test]
fn an_auto_reset_signal_lets_one_pass_and_another_many() {
    for seed in 0..20 {
        let stack = Stack::builder()
            .seed(seed)
            .mode(Mode::Controlled)
            .on_deadlock(OnDeadlock::Error)
            .build();
        let (auto, manual) = (stack.auto_reset_signal("auto"), stack.signal("manual"));
        let passed = Arc::new(AtomicU32::new(0));
        let waiters: Vec<_> = (0..3)
            .map(|n| {
                let (auto, manual, passed) = (auto.clone(), manual.clone(), passed.clone());
                stack.spawn(&format!("waiter-{n}"), move || {
                    manual.wait().unwrap();
                    auto.wait().unwrap();
                    passed.fetch_add(1, Ordering::SeqCst);
                })
            })
            .collect();
        manual.set();
        stack.run_until_idle();
        assert_eq!(passed.load(Ordering::SeqCst), 0);
        auto.set();
        stack.run_until_idle();
        assert_eq!(passed.load(Ordering::SeqCst), 1, "seed {seed}");
        assert!(!auto.is_set() && manual.is_set());
        // Two in a row are not one: the first has let somebody pass already.
        auto.set();
        auto.set();
        for waiter in waiters {
            waiter.join().unwrap();
        }
        assert!(!auto.is_set());
    }
}

#[test]
fn a_reset_takes_nothing_away_from_those_who_waited() {
    for seed in 0..20 {
        let stack = Stack::builder()
            .seed(seed)
            .mode(Mode::Controlled)
            .on_deadlock(OnDeadlock::Error)
            .build();
        let signal = stack.signal("change");
        let own = signal.clone();
        let waiter = stack.spawn("waiter", move || own.wait());
        stack.run_until_idle();
        signal.set();
        signal.reset();
        assert_eq!(waiter.join().unwrap(), Ok(()), "seed {seed}");
        assert!(!signal.is_set());
    }
}

#[test]
fn another_threads_question_steals_nothing() {
    for seed in 0..20 {
        let stack = Stack::builder()
            .seed(seed)
            .mode(Mode::Controlled)
            .on_deadlock(OnDeadlock::Error)
            .build();
        let signal = stack.auto_reset_signal("change");
        let own = signal.clone();
        let waiter = stack.spawn("waiter", move || own.wait());
        stack.run_until_idle();
        signal.set();
        assert_eq!(stack.wait_signals(&[signal], false, Some(0)), Ok(None), "seed {seed}");
        assert_eq!(waiter.join().unwrap(), Ok(()));
    }
}

#[test]
fn one_of_several_and_all_of_them() {
    let stack = stack();
    let (first, second) = (stack.auto_reset_signal("first"), stack.auto_reset_signal("second"));
    let both = [first.clone(), second.clone()];
    second.set();
    assert_eq!(stack.wait_signals(&both, false, None), Ok(Some(1)));
    assert!(!second.is_set());
    second.set();
    assert_eq!(stack.wait_signals(&both, true, Some(10)), Ok(None));
    assert!(second.is_set(), "a wait for all takes all or none");
    let own = both.clone();
    let waiter = {
        let stack_of_waiter = stack.handle();
        stack.spawn("waiter", move || stack_of_waiter.wait_signals(&own, true, None))
    };
    stack.run_until_idle();
    first.set();
    assert_eq!(waiter.join().unwrap(), Ok(Some(0)));
    assert!(!first.is_set() && !second.is_set());
    let own = both.clone();
    let any = {
        let stack_of_waiter = stack.handle();
        stack.spawn("any", move || stack_of_waiter.wait_signals(&own, false, None))
    };
    stack.run_until_idle();
    second.set();
    second.reset();
    assert_eq!(any.join().unwrap(), Ok(Some(1)));
}

#[test]
fn a_wait_for_what_nobody_sets_is_explained() {
    let stack = stack();
    let (first, second) = (stack.signal("first"), stack.signal("second"));
    let error = stack.wait_signals(&[first.clone(), second], false, None).unwrap_err();
    assert!(
        error.to_string().contains("waits for ever for one of \"first\", \"second\""),
        "{error}"
    );
    assert!(first.wait().is_err());
    assert_eq!(stack.take_findings().len(), 2);
}

#[test]
fn a_limit_is_virtual_time_and_timers_come_before_it() {
    let stack = stack();
    let signal = stack.signal("never");
    let seen = Arc::new(AtomicU64::new(0));
    let (at, handle) = (seen.clone(), stack.handle());
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    let changes = stack
        .on_unicast_address_change(netiosim_sim::model::net::Family::V4, move |change| {
            let entry = change.row.and_then(|row| row.entry().ok());
            if entry.is_some_and(|entry| entry.dad_state == 4) {
                at.store(handle.now_ms(), Ordering::SeqCst);
            }
        })
        .unwrap();
    stack
        .create_unicast_address(&stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap())
        .unwrap();
    assert_eq!(stack.wait_signals(&[signal], false, Some(60_000)), Ok(None));
    assert_eq!(stack.now_ms(), 60_000);
    let seen = seen.load(Ordering::SeqCst);
    assert!(seen > 0 && seen <= 3000, "{seen}");
    changes.cancel().unwrap();
}

#[test]
fn a_waiter_goes_on_at_its_time() {
    let stack = stack();
    let (never, at) = (stack.signal("never"), Arc::new(AtomicU64::new(0)));
    let (handle, own) = (stack.handle(), at.clone());
    let waiter = stack.spawn("waiter", move || {
        let answer = handle.wait_signals(&[never], false, Some(100));
        own.store(handle.now_ms(), Ordering::SeqCst);
        answer
    });
    stack.run_until_idle();
    assert_eq!((stack.now_ms(), at.load(Ordering::SeqCst)), (0, 0), "idle is not time going by");
    stack.advance_ms(1000);
    assert_eq!((stack.now_ms(), at.load(Ordering::SeqCst)), (1000, 100));
    assert_eq!(waiter.join().unwrap(), Ok(None));
}

#[test]
fn a_signal_ends_a_wait_with_a_limit() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).on_deadlock(OnDeadlock::Error).build();
        let signal = stack.signal("change");
        let (handle, own) = (stack.handle(), signal.clone());
        let waiter =
            stack.spawn("waiter", move || handle.wait_signals(&[own], false, Some(600_000)));
        signal.set();
        assert_eq!(waiter.join().unwrap(), Ok(Some(0)));
        assert_eq!(stack.now_ms(), 0);
    }
}

#[test]
fn a_limit_ends_in_every_mode() {
    for mode in [Mode::Manual, Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).on_deadlock(OnDeadlock::Error).build();
        let signal = stack.signal("never");
        assert_eq!(stack.wait_signals(&[signal], false, Some(1)), Ok(None));
        assert_eq!(stack.wait_signals(&[], false, Some(1)), Ok(None));
    }
}

#[test]
fn asking_for_ever_is_waiting_for_ever() {
    let stack = stack();
    let signal = stack.signal("never");
    stack.record(false);
    let error = loop {
        match stack.wait_signals(std::slice::from_ref(&signal), false, Some(100)) {
            Ok(None) => {}
            Ok(Some(_)) => panic!("nobody sets it"),
            Err(error) => break error,
        }
    };
    assert!(error.to_string().contains("waits for ever for signal \"never\""), "{error}");
    assert_eq!(stack.now_ms(), 100 * 100_000);
    assert_eq!(stack.take_findings().len(), 1);
}

#[test]
fn an_overlapped_request_sets_the_event_that_it_was_given() {
    let stack = stack();
    let shared = stack.auto_reset_signal("shared");
    let told = Arc::new(AtomicU32::new(996));
    let change = stack.overlapped("change");
    change.set_event(Some(&shared));
    shared.set();
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    assert!(!shared.is_set(), "a new request takes the event back");
    let own = told.clone();
    change.on_complete(move |code| own.store(code, Ordering::SeqCst));
    change.set_event(None);
    assert_eq!(told.load(Ordering::SeqCst), 996);
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    assert_eq!(told.load(Ordering::SeqCst), 0);
    assert_eq!(stack.wait_signals(&[shared], false, None), Ok(Some(0)));
    change.set_event(None);
    assert_eq!(stack.notify_addr_change(true, Some(&change)), 997);
    let own = told.clone();
    change.on_complete(move |code| own.store(code, Ordering::SeqCst));
    assert!(stack.cancel_ip_change_notify(Some(&change)));
    assert_eq!(told.load(Ordering::SeqCst), 995);
    assert!(change.event().is_set());
}
