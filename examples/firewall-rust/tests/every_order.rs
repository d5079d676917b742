//! The Windows code in every order of its calls, its callbacks and the changes: no order that is tried breaks what is right, and what
//! is wrong is found without luck.
#![cfg(not(windows))]

use firewall_rust::{firewall, keys, lock_over_cancel, missed_port};
use netiosim::exploration::real::Trouble;
use netiosim::model::net::Family;
use netiosim::{Explorer, Stack};
use netiosim_win32::bind;

/// The port changes on a thread of its own while this starts and stops.
fn follows_the_port<F>(
    stack: &Stack,
    start: impl FnOnce() -> F,
    exception: impl FnOnce(&F) -> Option<u16>,
    stop: impl FnOnce(F),
) {
    let _bound = bind(stack);
    let own = stack.handle();
    let teredo = stack.spawn("teredo", move || own.restart_teredo_on(50_001).unwrap());
    let firewall = start();
    teredo.join().unwrap();
    stack.run_until_idle();
    let open = exception(&firewall);
    stop(firewall);
    assert_eq!(open, Some(50_001), "the port that is open");
}

#[netiosim::test(explore)]
fn the_firewall_follows_the_port(stack: Stack) {
    follows_the_port(
        &stack,
        || firewall::Firewall::start().unwrap(),
        firewall::Firewall::exception,
        |firewall| firewall.stop().unwrap(),
    );
}

#[netiosim::test(explore)]
fn copied_keys_lead_to_the_entry(stack: Stack) {
    let _bound = bind(&stack);
    let changes = keys::Changes::start().unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    let index = stack.env().interfaces().find(|i| &*i.alias == "Ethernet").unwrap().index;
    assert_eq!(changes.noted(), [keys::Change { index, mtu: Some(1400) }]);
    changes.stop().unwrap();
}

#[test]
fn a_port_between_reading_and_registering_is_found() {
    let failure = Explorer::new()
        .check(|stack| {
            follows_the_port(
                &stack,
                || missed_port::Firewall::start().unwrap(),
                missed_port::Firewall::exception,
                |firewall| firewall.stop().unwrap(),
            );
        })
        .unwrap_failure();
    let Trouble::Panic(message, _) = &failure.trouble else { panic!("{failure}") };
    assert!(message.contains("the port that is open"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}

#[test]
fn a_lock_over_the_cancel_is_found() {
    let failure = Explorer::new()
        .check(|stack| {
            let _bound = bind(&stack);
            let firewall = lock_over_cancel::Firewall::start().unwrap();
            stack.restart_teredo_on(50_001).unwrap();
            let _ = firewall.stop();
        })
        .unwrap_failure();
    let Trouble::Deadlock(findings) = &failure.trouble else { panic!("{failure}") };
    assert!(!findings.is_empty(), "{failure}");
    // The lock is the client's own, and untracked.
    assert!(failure.trouble.is_unmodelled(), "{failure}");
    assert!(failure.story.contains("src/lock_over_cancel.rs:"), "{failure}");
    assert!(failure.execution <= 5, "execution {}", failure.execution);
}
