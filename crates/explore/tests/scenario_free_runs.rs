//! A run on free threads is a member of the set that the explorer allows: the model-driven world, in which every step is a choice, has
//! a path with exactly the same deliveries, results, findings and end.

mod common;

use std::sync::Arc;

use common::corpus;
use common::observed::{Membership, Observed, membership};
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::live::{Turns, run_live};
use netiosim_scenario::outcome::Outcome;
use netiosim_scenario::program::Program;

/// As often each is run. How threads take turns is the system's business: there may be as many different runs.
const RUNS: usize = 3;

/// As many states are looked at to say whether a run may be.
const MOST: usize = 20_000;

/// From many folders: with findings and without, with deadlocks, deliveries, several threads, tables, time and other processes.
const FILES: [&str; 44] = [
    "adapters/asked_in_a_callback.json",
    "address_change/delete_reaches_every_subscriber.json",
    "address_change/row_is_not_freed.json",
    "cancel/another_handle_in_a_callback.json",
    "cancel/from_two_threads_at_once.json",
    "cancel/garbage_handle.json",
    "cancel/registering_again_gives_a_new_registration.json",
    "cancel/waits_for_the_running_callback.json",
    "deadlocks/crossed_cancels.json",
    "deadlocks/join_of_a_thread_that_cancels.json",
    "deadlocks/lock_held_over_cancel.json",
    "deadlocks/locks_alone.json",
    "deadlocks/reader_over_cancel_writer_in_callback.json",
    "deadlocks/self_cancel.json",
    "detection/gone_after_an_adapter_reset.json",
    "exploration/five_threads.json",
    "exploration/four_events.json",
    "exploration/one_event.json",
    "exploration/two_events.json",
    "faults/context_freed_after_a_failed_cancel.json",
    "faults/query_fails_for_a_while.json",
    "field/callback_before_the_constructor_finished.json",
    "field/missed_update.json",
    "field/missed_update_right_way.json",
    "field_addresses/binds_too_early.json",
    "hint_change/callback_gets_context_and_hint.json",
    "ip_interface/af_unspec_hears_both.json",
    "ip_interface/changes_are_not_doubled.json",
    "kernel/cancel_under_a_lock.json",
    "life/module_unloaded_under_a_live_registration.json",
    "life/until_the_process_ends.json",
    "overlapped/told_once_per_call.json",
    "properties/callbacks_may_overlap.json",
    "properties/every_port_arrives_once.json",
    "route_change/two_default_routes.json",
    "rows/requery_races_an_unbinding.json",
    "stable_table/called_back_once.json",
    "stable_table/does_not_survive_a_reboot.json",
    "stable_table/ends_with_the_process.json",
    "storms/netsh_set_address_ends_a_server.json",
    "tables/stable_table_is_freed_by_the_callback.json",
    "teredo_client/disabled_removes_the_interface.json",
    "teredo_port/burst_is_lossless_and_in_order.json",
    "teredo_port/same_port_restart_may_notify.json",
];

fn program(file: &str) -> Arc<Program> {
    let path = corpus::folder().join(file);
    corpus::program(&path, Profile::Documented).expect("it is for all profiles")
}

/// A run that no path of the world has is shown, with how far it can be.
fn check(file: &str, program: &Arc<Program>, seed: u64, run: &Observed, outcome: &Outcome) {
    let found = membership(program, seed, run, MOST);
    let trace = outcome.lines.join("\n");
    assert!(
        matches!(found, Membership::Member(_)),
        "{file}, seed {seed}: {found}\n\nwhat was observed:\n{run}\n\nthe run:\n{trace}"
    );
}

#[test]
fn every_free_run_is_one_of_them() {
    let (mut different, mut with_findings, mut with_deliveries) = (0, 0, 0);
    for file in FILES {
        let program = program(file);
        let mut known: Vec<Observed> = Vec::new();
        for _ in 0..RUNS {
            let outcome = run_live(&program, program.seed, Turns::Free);
            assert_eq!(outcome.limit, None, "{file} comes to its end");
            let run = Observed::of(&outcome);
            if known.contains(&run) {
                continue;
            }
            check(file, &program, program.seed, &run, &outcome);
            known.push(run);
        }
        different += known.len();
        with_findings += usize::from(known.iter().any(|run| !run.rules.is_empty()));
        with_deliveries += usize::from(known.iter().any(Observed::has_deliveries));
    }
    assert!(
        different >= FILES.len() && with_findings >= 10 && with_deliveries >= 25,
        "{different} runs, {with_findings} files with findings, {with_deliveries} with deliveries"
    );
}

#[test]
fn so_is_every_run_whose_order_is_drawn() {
    let files: Vec<&str> = FILES.into_iter().step_by(2).collect();
    let mut different = 0;
    for file in &files {
        let program = program(file);
        let mut known: Vec<Observed> = Vec::new();
        for seed in 1..=3 {
            let outcome = run_live(&program, seed, Turns::Controlled);
            let run = Observed::of(&outcome);
            if !known.contains(&run) {
                check(file, &program, seed, &run, &outcome);
                known.push(run);
            }
        }
        different += known.len();
    }
    // Free threads are quick and alike; these are not.
    assert!(different >= files.len() * 3 / 2, "{different} different runs");
}

/// A change of what was observed.
type Alter = fn(&mut Observed);

#[test]
fn what_was_altered_is_none_of_them() {
    const BURST: &str = "teredo_port/burst_is_lossless_and_in_order.json";
    const DEADLOCK: &str = "deadlocks/lock_held_over_cancel.json";
    const RIGHT_WAY: &str = "field/missed_update_right_way.json";
    let alterations: [(&str, &str, Alter); 8] = [
        ("two deliveries are swapped", BURST, |run| {
            let ports = deliveries(run, 3);
            ports.swap(1, 2);
        }),
        ("the values of two deliveries are swapped", BURST, |run| {
            let ports = deliveries(run, 3);
            let (one, other) = (ports[1].replace("#2", "#3"), ports[2].replace("#3", "#2"));
            (ports[1], ports[2]) = (other, one);
        }),
        ("a delivery is dropped", BURST, |run| drop(deliveries(run, 3).remove(1))),
        ("a delivery is doubled", BURST, |run| {
            let ports = deliveries(run, 3);
            let last = ports[ports.len() - 1].clone();
            ports.push(last);
        }),
        ("a delivery has another value", BURST, |run| {
            let ports = deliveries(run, 3);
            ports[1] = ports[1].replace("500", "501");
        }),
        ("a call has another result", RIGHT_WAY, |run| {
            let result = results(run, "GetTeredoPort = NO_ERROR (0)");
            *result = result.replace("NO_ERROR (0)", "ERROR_NOT_READY (21)");
        }),
        ("a finding is left out", DEADLOCK, |run| {
            run.rules.pop().expect("there is one");
        }),
        ("a finding is added", BURST, |run| run.rules.push(Rule::SelfCancel)),
    ];
    for (what, file, alter) in alterations {
        let program = program(file);
        let run = Observed::of(&run_live(&program, program.seed, Turns::Free));
        let found = membership(&program, program.seed, &run, MOST);
        assert!(matches!(found, Membership::Member(_)), "{file}: {found}");
        let mut altered = run.clone();
        alter(&mut altered);
        assert_ne!(run, altered, "{what}");
        let found = membership(&program, program.seed, &altered, MOST);
        assert!(matches!(found, Membership::Stranger { .. }), "{what}: {found}\n{altered}");
    }
}

/// The deliveries of the registration that had so many or more.
fn deliveries(run: &mut Observed, least: usize) -> &mut Vec<String> {
    let all = run.sequences.iter_mut().filter(|(who, _)| !who.starts_with("calls of "));
    let found = all.map(|(_, deliveries)| deliveries).find(|all| all.len() >= least);
    found.expect("there is such a registration")
}

/// The first result that reads like this.
fn results<'a>(run: &'a mut Observed, like: &str) -> &'a mut String {
    let all = run.sequences.iter_mut().filter(|(who, _)| who.starts_with("calls of "));
    let found = all.flat_map(|(_, results)| results).find(|result| result.contains(like));
    found.expect("there is such a call")
}
