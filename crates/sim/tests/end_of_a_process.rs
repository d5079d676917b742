//! The end of a process takes its registrations with it, without a callback (TP-20, NI-20).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Mode, Point, Stack};

#[test]
fn nothing_is_delivered_any_more() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let vpn = stack.process("vpn", Flavour::User);
        let count = Arc::new(AtomicUsize::new(0));
        let seen = count.clone();
        let handle = {
            let _inside = vpn.enter();
            let registration = stack.on_teredo_port_change(move |_| {
                seen.fetch_add(1, Ordering::SeqCst);
            });
            registration.unwrap().into_handle()
        };
        stack.restart_teredo().unwrap();
        assert_eq!(stack.run_until_idle(), 1);
        vpn.exit();
        stack.restart_teredo().unwrap();
        assert_eq!(stack.run_until_idle(), 0);
        assert_eq!(count.load(Ordering::SeqCst), 1);
        let leak = stack.take_findings();
        assert_eq!(leak.len(), 1);
        assert_eq!(leak[0].rule, Rule::LeakedRegistration);
        assert!(stack.cancel(handle).is_err());
        drop(stack.take_findings());
    }
}

#[test]
fn calls_of_a_process_that_ended_are_refused_until_it_starts_again() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let inside = vpn.enter();
    vpn.exit();
    assert_eq!(stack.on_teredo_port_change(|_| {}).unwrap_err().code, 1067);
    vpn.start();
    assert!(stack.on_teredo_port_change(|_| {}).is_ok());
    drop(inside);
    assert!(stack.on_teredo_port_change(|_| {}).is_ok(), "the test's own process lives");
}

#[test]
fn a_cancel_that_waits_and_a_callback_that_runs_end_with_it() {
    for mode in [Mode::Controlled, Mode::Threads] {
        let stack = Stack::builder().mode(mode).build();
        let vpn = stack.process("vpn", Flavour::User);
        let ports = {
            let _inside = vpn.enter();
            stack.teredo_port_change().name("ports").register(|_| {}).unwrap()
        };
        let entered = stack.barrier(Point::entered("ports")).unwrap();
        let waiting = stack.barrier(Point::cancelling("ports")).unwrap();
        stack.restart_teredo().unwrap();
        entered.wait_reached();
        let canceller = {
            let _inside = vpn.enter();
            stack.spawn("canceller", move || ports.cancel())
        };
        waiting.wait_reached();
        waiting.release();
        vpn.exit();
        entered.release();
        assert!(canceller.join().is_ok_and(|answer| answer.is_err()));
        stack.run_until_idle();
        assert_eq!(stack.inspect(|model| model.registrations().count()), 0);
        drop(stack.take_findings());
    }
}

#[test]
fn a_reboot_ends_all_and_the_test_goes_on() {
    let stack = Stack::new();
    let registration = stack.on_teredo_port_change(|_| {}).unwrap();
    let before = stack.teredo_port().unwrap();
    stack.reboot();
    assert_ne!(stack.teredo_port().unwrap(), before);
    assert!(registration.cancel().is_err(), "its registration is gone");
    assert_eq!(stack.take_findings()[0].rule, Rule::StaleHandle);
    let again = stack.on_teredo_port_change(|_| {}).unwrap();
    stack.restart_teredo().unwrap();
    assert_eq!(stack.run_until_idle(), 1);
    again.cancel().unwrap();
}

#[test]
fn a_registration_object_goes_with_its_process_and_acts_for_it_before() {
    let stack = Stack::new();
    let vpn = stack.process("vpn", Flavour::User);
    let register = || {
        let _inside = vpn.enter();
        stack.on_teredo_port_change(|_| {}).unwrap()
    };
    let (first, second) = (register(), register());
    first.cancel().expect("for its own process, though the thread left that");
    vpn.exit();
    assert_eq!(stack.acknowledge(Rule::LeakedRegistration), 1);
    drop(second);
    assert!(stack.take_findings().is_empty(), "nobody cancels for a process that is gone");
}
