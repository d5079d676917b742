//! A second opinion: stateright, which has its own search, its own table of states and its own verdicts, sees the same
//! states of scenarios of the corpus, the same findings, and as short a way to the first one that nobody expects.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::corpus;
use common::opinion::opinion;
use netiosim_explore::scenario::{Limits, Wanted, exhaust};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::format::Expect;
use netiosim_scenario::load;
use netiosim_scenario::program::{Program, compile};

/// From many folders; half of them are about broken code.
const FILES: [&str; 26] = [
    "address_change/row_is_not_freed.json",
    "cancel/before_any_notification.json",
    "cancel/waits_for_the_running_callback.json",
    "deadlocks/callback_joins_the_canceller.json",
    "deadlocks/lock_held_over_cancel.json",
    "deadlocks/lock_held_over_cancel_ip_interface.json",
    "deadlocks/locks_alone.json",
    "deadlocks/lucky_timing_is_predicted.json",
    "deadlocks/self_cancel.json",
    "detection/gone_after_an_adapter_reset.json",
    "exploration/one_event.json",
    "exploration/two_events.json",
    "exploration/four_events.json",
    "faults/failed_cancel_may_end_the_registration.json",
    "field/late_adapter_after_boot.json",
    "field/missed_update.json",
    "field_addresses/binds_when_preferred.json",
    "get_teredo_port/client_not_started_is_not_ready.json",
    "hint_change/captive_portal.json",
    "interface_rows/set_notifies.json",
    "ip_interface/changes_are_not_doubled.json",
    "kernel/cancel_under_a_lock.json",
    "life/module_unloaded_under_a_live_registration.json",
    "overlapped/told_once_per_call.json",
    "route_change/lock_released_before_cancel.json",
    "teredo_port/stop_may_be_port_zero.json",
];

/// Compares the two on a program. Returns whether something goes wrong in it.
fn compare(name: &str, program: &Arc<Program>) -> bool {
    let wanted = Wanted { findings_only: true, ..Wanted::default() };
    let seen = exhaust(program, wanted, &Limits::default(), &mut |_| None);
    assert!(seen.complete(), "{name}: {:?}", seen.stopped);
    let second = opinion(program);
    assert_eq!(second.states, seen.states, "states of {name}");
    assert_eq!(second.transitions, seen.transitions, "steps of {name}");
    assert_eq!(second.ends, seen.ends, "ends of {name}");
    let broken: BTreeSet<Rule> = seen.rules.keys().copied().collect();
    assert_eq!(second.broken, broken, "rules broken in {name}");
    let first = seen.violations.first().map(|violation| violation.steps.len());
    assert_eq!(second.to_finding, first, "steps to the first finding of {name}");
    first.is_some()
}

#[test]
fn stateright_sees_the_same() {
    let (mut with, mut without) = (0, 0);
    for file in FILES {
        let path = corpus::folder().join(file);
        let program = corpus::program(&path, Profile::Documented).expect("it is for all profiles");
        let wrong = compare(file, &program);
        if wrong || !corpus::allowed(&program).is_empty() {
            with += 1;
        } else {
            without += 1;
        }
    }
    assert!(with >= 8 && without >= 8, "{with} with findings, {without} without");
}

#[test]
fn stateright_sees_the_same_where_no_finding_is_expected() {
    // What a scenario expects is let pass; here it is told.
    let mut wrong = 0;
    for file in
        FILES.iter().filter(|file| file.starts_with("deadlocks") || file.starts_with("life"))
    {
        let mut loaded = load::scenario(&corpus::folder().join(file)).expect("it is good");
        loaded.scenario.expect = Expect::default();
        let program = compile(&loaded.scenario, &loaded.stack, Profile::Documented);
        wrong += usize::from(compare(file, &Arc::new(program.expect("it is for all profiles"))));
    }
    assert!(wrong >= 5, "{wrong} with a finding");
}
