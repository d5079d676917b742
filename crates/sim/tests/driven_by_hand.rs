//! Manual mode: deliveries when the test says so, and time when the test says so.

use std::sync::{Arc, Mutex};

use netiosim_sim::{Mode, Stack};

#[test]
fn one_step_is_one_delivery() {
    let stack = Stack::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let _registration =
        stack.on_teredo_port_change(move |c| log.lock().unwrap().push(c.port)).unwrap();
    stack.restart_teredo_on(50_001).unwrap();
    stack.restart_teredo_on(50_002).unwrap();
    assert!(seen.lock().unwrap().is_empty());
    assert!(stack.step());
    assert_eq!(*seen.lock().unwrap(), [50_001]);
    assert!(stack.step());
    assert!(!stack.step());
    assert_eq!(*seen.lock().unwrap(), [50_001, 50_002]);
}

#[test]
fn a_callback_that_causes_its_own_notification_is_given_up() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let inner = stack.handle();
        let _registration =
            stack.on_teredo_port_change(move |_| drop(inner.restart_teredo())).unwrap();
        stack.restart_teredo().unwrap();
        let error = stack.run_until_idle_within(50).unwrap_err();
        assert!(error.deliveries >= 50, "{error}");
    }
}

#[test]
fn time_goes_by_when_it_is_told_to() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        assert!(stack.next_timer_ms().is_some(), "the Teredo client refreshes its mapping");
        stack.advance_ms(120_000);
        assert_eq!(stack.now_ms(), 120_000);
    }
}

#[test]
fn the_call_log_has_parameters_results_threads_and_times() {
    let stack = Stack::new();
    stack.advance_ms(10);
    let registration =
        stack.teredo_port_change().name("ports").context(3).register(|_| {}).unwrap();
    stack.teredo_port().unwrap();
    registration.cancel().unwrap();
    let calls = stack.calls();
    let text: Vec<String> = calls
        .iter()
        .map(|c| format!("{} {} {} {:?}", c.at_ms, c.thread, c.function.name(), c.code))
        .collect();
    assert_eq!(
        text,
        [
            "10 main NotifyTeredoPortChange Some(0)",
            "10 main GetTeredoPort Some(0)",
            "10 main CancelMibChangeNotify2 Some(0)",
        ]
    );
    assert_eq!(calls[1].port, Some(50_000));
    assert!(calls[0].place.as_deref().is_some_and(|place| place.contains("driven_by_hand.rs:")));
    assert!(format!("{:?}", calls[2].args).contains("\"ports\""));
}
