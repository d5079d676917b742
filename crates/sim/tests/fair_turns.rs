//! Threads that call again and again keep nobody from what they wait for. Waiting is counted in calls, not in time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use netiosim_sim::model::change::Change;
use netiosim_sim::model::event::{Event, What};
use netiosim_sim::model::teredo::PortWish;
use netiosim_sim::{Agenda, Builder, Happening, Mode, Stack, StackRef};

const PORT: u16 = 50_001;
/// After so many calls with the new port a thread gives up.
const ENOUGH: u32 = 20_000;

/// The Teredo client restarts once.
struct Restart(bool);

impl Agenda for Restart {
    fn next_ms(&self) -> Option<u64> {
        (!self.0).then_some(1000)
    }

    fn happen(&mut self, machine: &mut Happening<'_>) {
        self.0 = true;
        let (machine, chooser) = machine.parts();
        let change = Change::TeredoRestart(PortWish::Exactly(PORT));
        machine.change(None, &change, chooser).expect("a restart");
    }
}

fn stack(seed: u64) -> Stack {
    Builder::new().mode(Mode::Controlled).seed(seed).build()
}

/// Calls without a pause until the callback was called with the new port.
fn ask(stack: &StackRef, called: &AtomicBool) {
    let mut calls = 0;
    while !called.load(Ordering::SeqCst) && calls < ENOUGH {
        calls += u32::from(stack.teredo_port().is_ok_and(|port| port == PORT));
    }
}

/// How many calls were made between the change and the delivery that tells of it.
fn calls_before_delivery(events: &[Event]) -> usize {
    let change = events.iter().position(|event| matches!(event.what, What::Change(_)));
    let events = &events[change.expect("a change")..];
    let begin = events.iter().position(|event| matches!(event.what, What::Begin { .. }));
    let events = &events[..begin.expect("a delivery")];
    events.iter().filter(|event| matches!(event.what, What::Call { .. })).count()
}

#[test]
fn threads_that_ask_in_real_time_do_not_starve_callbacks() {
    for seed in [0, 7] {
        for threads in [1, 2, 8] {
            let stack = stack(seed);
            let called = Arc::new(AtomicBool::new(false));
            let call = called.clone();
            let inside = stack.handle();
            let changes = stack.on_teredo_port_change(move |change| {
                // The delivery has to get its turn again.
                assert_eq!(inside.teredo_port().unwrap(), change.port);
                call.store(true, Ordering::SeqCst);
            });
            let changes = changes.unwrap();
            stack.follow_real_time_with(10_000.0, Box::new(Restart(false)));
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| ask(&stack, &called));
                }
            });
            assert!(called.load(Ordering::SeqCst), "seed {seed}, {threads} threads");
            let calls = calls_before_delivery(&stack.events());
            assert!(calls <= 200, "seed {seed}, {threads} threads: {calls} calls");
            changes.cancel().unwrap();
        }
    }
}

#[test]
fn threads_that_ask_in_turns_do_not_starve_callbacks() {
    for threads in 1..=4 {
        let stack = stack(0);
        let called = Arc::new(AtomicBool::new(false));
        let call = called.clone();
        let inside = stack.handle();
        let changes = stack.on_teredo_port_change(move |change| {
            assert_eq!(inside.teredo_port().unwrap(), change.port);
            call.store(true, Ordering::SeqCst);
        });
        let changes = changes.unwrap();
        stack.restart_teredo_on(PORT).unwrap();
        let own = (0..threads).map(|number| {
            let (stack, called) = (stack.handle(), called.clone());
            stack.clone().spawn(&format!("asks-{number}"), move || ask(&stack, &called))
        });
        for thread in Vec::from_iter(own) {
            thread.join().unwrap();
        }
        assert!(called.load(Ordering::SeqCst), "{threads} threads");
        let calls = calls_before_delivery(&stack.events());
        assert!(calls <= 1010, "{threads} threads: {calls} calls");
        changes.cancel().unwrap();
    }
}
