//! The initial notification confirms the registration and carries no change (TP-06 to TP-09).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::net::NotificationType;
use netiosim_sim::{Stack, TeredoPortChange};

#[test]
fn it_comes_before_the_call_returns_with_port_zero_and_the_context() {
    let stack = Stack::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let registration = stack
        .teredo_port_change()
        .initial(true)
        .context(7)
        .register(move |change| log.lock().unwrap().push(*change))
        .unwrap();
    let initial = TeredoPortChange { port: 0, kind: NotificationType::Initial, context: 7 };
    assert_eq!(*seen.lock().unwrap(), [initial]);

    stack.restart_teredo_on(50_100).unwrap();
    stack.run_until_idle();
    let change = TeredoPortChange { port: 50_100, kind: NotificationType::Parameter, context: 7 };
    assert_eq!(*seen.lock().unwrap(), [initial, change]);
    drop(registration);
}

#[test]
fn nobody_who_did_not_ask_gets_one() {
    let stack = Stack::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let _registration =
        stack.on_teredo_port_change(move |c| log.lock().unwrap().push(c.kind)).unwrap();
    assert_eq!(stack.run_until_idle(), 0);
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle(), 1);
    assert_eq!(*seen.lock().unwrap(), [NotificationType::Parameter]);
}
