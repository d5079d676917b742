//! The Windows code, run where there is no Windows: what is right stays right in every order that is tried, and what is
//! wrong is explained.
#![cfg(not(windows))]

use firewall_rust::{firewall, kept_row, keys, lock_over_cancel, missed_port, self_cancel};
use netiosim_win32::sim::model::finding::Finding;
use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder};

/// As many orders are tried of what may come in any order.
const SEEDS: u64 = 40;

/// A machine whose Teredo client uses port 50000; a deadlock is told as an error, so that the test goes on.
fn stack(seed: u64) -> Stack {
    builder().teredo_port(50_000).seed(seed).on_deadlock(OnDeadlock::Error).build()
}

/// Runs `f` on a stack of each seed, and returns what was found with it.
fn with_seeds(f: impl Fn(&Stack)) -> Vec<Finding> {
    let mut found = Vec::new();
    for seed in 0..SEEDS {
        let stack = stack(seed);
        let _bound = bind(&stack);
        f(&stack);
        found.extend(stack.take_findings());
    }
    found
}

#[test]
fn the_firewall_follows_the_port_in_every_order() {
    let found = with_seeds(|stack| {
        let own = stack.handle();
        let teredo = stack.spawn("teredo", move || own.restart_teredo_on(50_001).unwrap());
        let firewall = firewall::Firewall::start().unwrap();
        teredo.join().unwrap();
        stack.run_until_idle();
        assert_eq!(firewall.exception(), Some(50_001));
        stack.restart_teredo_on(50_002).unwrap();
        firewall.stop().unwrap();
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_lock_over_the_cancel_is_explained() {
    let found = with_seeds(|stack| {
        let firewall = lock_over_cancel::Firewall::start().unwrap();
        stack.restart_teredo_on(50_001).unwrap();
        // In some orders the callback has begun by now, in others it has not.
        let _ = firewall.stop();
    });
    assert!(!found.is_empty(), "not one of {SEEDS} orders met the bug");
    let text = found[0].to_string();
    assert!(text.contains("waits in CancelMibChangeNotify2"), "{text}");
    assert!(text.contains("blocked outside netiosim's sight"), "{text}");
    assert!(text.contains("src/lock_over_cancel.rs:"), "the line of the client: {text}");
}

#[test]
fn a_cancel_in_its_own_callback_is_explained() {
    let stack = stack(0);
    let _bound = bind(&stack);
    let first = self_cancel::FirstChange::start().unwrap();
    stack.restart_teredo_on(50_001).unwrap();
    stack.run_until_idle();
    assert_eq!(first.cancelled().unwrap().unwrap_err().0, 1131, "ERROR_POSSIBLE_DEADLOCK");
    let found = stack.take_findings();
    assert_eq!(found[0].rule, Rule::SelfCancel);
    assert!(found[0].to_string().contains("src/self_cancel.rs:"), "{}", found[0]);
}

#[test]
fn the_fix_of_both_is_a_cancel_elsewhere() {
    let found = with_seeds(|stack| {
        let firewall = firewall::Firewall::start().unwrap();
        stack.restart_teredo_on(50_001).unwrap();
        let own = stack.handle();
        firewall.stop_later(move |stop| drop(own.spawn("stopper", stop)));
        stack.run_until_idle();
    });
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn a_port_between_reading_and_registering_is_missed() {
    let mut missed = 0;
    for seed in 0..SEEDS {
        let stack = stack(seed);
        let _bound = bind(&stack);
        let own = stack.handle();
        let teredo = stack.spawn("teredo", move || own.restart_teredo_on(50_001).unwrap());
        let firewall = missed_port::Firewall::start().unwrap();
        teredo.join().unwrap();
        stack.run_until_idle();
        if firewall.exception() != Some(50_001) {
            assert_eq!(firewall.exception(), Some(50_000), "a port of the past");
            missed += 1;
        }
        firewall.stop().unwrap();
    }
    assert!(missed > 0, "not one of {SEEDS} orders met the bug");
    assert!(missed < SEEDS, "and not all of them do, or it would have been found long ago");
}

#[test]
fn a_kept_row_leads_to_nothing() {
    let stack = stack(0);
    let _bound = bind(&stack);
    let changes = kept_row::Changes::start().unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    assert_eq!(changes.indices(), [0xDDDD_DDDD], "poison");
    changes.stop().unwrap();
}

#[test]
fn copied_keys_lead_to_the_entry() {
    let found = with_seeds(|stack| {
        let changes = keys::Changes::start().unwrap();
        stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
        stack.run_until_idle();
        let index = stack.env().interfaces().find(|i| &*i.alias == "Ethernet").unwrap().index;
        assert_eq!(changes.noted(), [keys::Change { index, mtu: Some(1400) }]);
        changes.stop().unwrap();
    });
    assert!(found.is_empty(), "{found:?}");
}
