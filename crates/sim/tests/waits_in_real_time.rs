//! In real time a wait for ever is found when neither a thread, nor a timer, nor an event to come can end it.

#![cfg(target_os = "linux")]

use netiosim_sim::model::change::Change;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::teredo::PortWish;
use netiosim_sim::{Agenda, Builder, Happening, Mode, Stack};

const CHILD: &str = "NETIOSIM_TEST_CHILD";

/// Runs a test on the only thread of a process of its own: any other might end a wait.
fn alone(test: &str, work: impl FnOnce(Stack)) {
    if std::env::var_os(CHILD).is_some() {
        return work(Builder::new().mode(Mode::Controlled).build());
    }
    let output = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--test-threads=1"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The Teredo client restarts once, later than a wait for ever is found out.
struct Restart(bool);

impl Agenda for Restart {
    fn next_ms(&self) -> Option<u64> {
        (!self.0).then_some(5_000_000)
    }

    fn happen(&mut self, machine: &mut Happening<'_>) {
        self.0 = true;
        let (machine, chooser) = machine.parts();
        let change = Change::TeredoRestart(PortWish::Exactly(50_001));
        machine.change(None, &change, chooser).expect("a restart");
    }
}

#[test]
fn a_wait_that_nothing_ends_is_found() {
    alone("a_wait_that_nothing_ends_is_found", |stack| {
        stack.follow_real_time(10_000.0);
        let error = stack.signal("never").wait().unwrap_err();
        assert_eq!(error.finding().map(|finding| finding.rule), Some(Rule::ThreadStuck));
        drop(stack.take_findings());
    });
}

#[test]
fn a_wait_that_an_event_may_end_is_left_alone() {
    alone("a_wait_that_an_event_may_end_is_left_alone", |stack| {
        let signal = stack.signal("change");
        let set = signal.clone();
        let changes = stack.on_teredo_port_change(move |_| set.set()).unwrap();
        stack.follow_real_time_with(10_000.0, Box::new(Restart(false)));
        signal.wait().expect("the event comes");
        assert!(stack.signal("never").wait().is_err(), "no other one comes");
        changes.cancel().unwrap();
        drop(stack.take_findings());
    });
}

#[test]
fn a_wait_that_a_timer_may_end_is_left_alone() {
    alone("a_wait_that_a_timer_may_end_is_left_alone", |stack| {
        let signal = stack.signal("usable");
        let set = signal.clone();
        let changes = stack
            .on_unicast_address_change(None, move |change| {
                let entry = change.row.and_then(|row| row.entry().ok());
                if entry.is_some_and(|entry| entry.dad_state == 4) {
                    set.set();
                }
            })
            .unwrap();
        // Detection takes longer than a wait for ever is found out.
        stack.follow_real_time(5.0);
        let luid = stack.luid_of_alias("Ethernet").unwrap();
        let address = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
        stack.create_unicast_address(&address).unwrap();
        signal.wait().expect("duplicate address detection ends");
        changes.cancel().unwrap();
    });
}
