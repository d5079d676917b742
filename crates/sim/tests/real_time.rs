//! A stack that follows real time: for programs that nobody drives.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Barrier, Mutex, mpsc};

use netiosim_sim::model::change::Change;
use netiosim_sim::model::event::{Event, What};
use netiosim_sim::model::machine::Machine;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::teredo::PortWish;
use netiosim_sim::{Agenda, Builder, Happening, Mode, Observer, Stack};

/// So fast that no test waits.
const FAST: f64 = 10_000.0;

fn stack() -> Stack {
    Builder::new().mode(Mode::Controlled).build()
}

/// The Teredo client restarts on port after port, a second apart.
struct Restarts(u64, u64);

impl Agenda for Restarts {
    fn next_ms(&self) -> Option<u64> {
        (self.0 < self.1).then_some((self.0 + 1) * 1000)
    }

    fn happen(&mut self, machine: &mut Happening<'_>) {
        self.0 += 1;
        let port = 50_000 + u16::try_from(self.0).expect("few");
        let (machine, chooser) = machine.parts();
        let change = Change::TeredoRestart(PortWish::Exactly(port));
        machine.change(None, &change, chooser).expect("a restart");
    }
}

#[test]
fn an_address_becomes_usable_by_itself() {
    let stack = stack();
    let (send, usable) = mpsc::channel();
    let changes = stack
        .on_unicast_address_change(Family::V4, move |change| {
            let entry = change.row.and_then(|row| row.entry().ok());
            if entry.is_some_and(|entry| entry.dad_state == 4) {
                let _ = send.send(());
            }
        })
        .unwrap();
    stack.follow_real_time(FAST);
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    let address = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    stack.create_unicast_address(&address).unwrap();
    // The stack cannot see this wait.
    usable.recv().expect("duplicate address detection ends");
    assert!(stack.now_ms() >= 3000, "{}", stack.now_ms());
    changes.cancel().unwrap();
}

#[test]
fn what_an_event_causes_comes_before_the_next_event() {
    let stack = stack();
    let (send, ports) = mpsc::channel();
    let changes = stack
        .on_teredo_port_change(move |change| {
            let _ = send.send(change.port);
        })
        .unwrap();
    stack.follow_real_time_with(FAST, Box::new(Restarts(0, 20)));
    let seen: Vec<u16> = std::iter::from_fn(|| ports.recv().ok())
        .filter(|port| *port > 50_000)
        .take_while(|port| *port != 50_020)
        .collect();
    assert_eq!(seen, Vec::from_iter(50_001..=50_019));
    changes.cancel().unwrap();
}

#[test]
fn a_thread_that_computes_does_not_starve_callbacks() {
    let stack = stack();
    let called = Arc::new(AtomicBool::new(false));
    let call = called.clone();
    let changes = stack.on_teredo_port_change(move |_| call.store(true, Ordering::SeqCst)).unwrap();
    stack.follow_real_time_with(FAST, Box::new(Restarts(0, 1)));
    while !called.load(Ordering::SeqCst) {
        std::hint::spin_loop();
    }
    changes.cancel().unwrap();
}

#[test]
fn a_thread_that_asks_again_and_again_does_not_starve_callbacks() {
    let stack = stack();
    let called = Arc::new(AtomicU32::new(0));
    let call = called.clone();
    let changes = stack
        .on_teredo_port_change(move |_| {
            call.fetch_add(1, Ordering::SeqCst);
        })
        .unwrap();
    stack.follow_real_time_with(FAST, Box::new(Restarts(0, 3)));
    while called.load(Ordering::SeqCst) < 3 {
        let _ = stack.teredo_port();
    }
    changes.cancel().unwrap();
}

#[test]
fn a_thread_that_has_not_called_yet_may_end_a_wait() {
    let stack = stack();
    let (send, receive) = mpsc::channel::<()>();
    let receive = Mutex::new(receive);
    let (tell, entered) = mpsc::channel();
    let changes = stack
        .on_teredo_port_change(move |_| {
            let _ = tell.send(());
            let _ = receive.lock().unwrap().recv();
        })
        .unwrap();
    // A thread of the program's own, which sleeps for longer than it takes to see that all others wait.
    let start = Arc::new(Barrier::new(2));
    let begin = start.clone();
    let helper = std::thread::spawn(move || {
        begin.wait();
        std::thread::park_timeout(std::time::Duration::from_millis(400));
        drop(send);
    });
    stack.follow_real_time_with(FAST, Box::new(Restarts(0, 1)));
    entered.recv().unwrap();
    start.wait();
    changes.cancel().expect("no deadlock");
    helper.join().unwrap();
}

/// Counts what it is told of.
struct Counts(mpsc::Sender<What>);

impl Observer for Counts {
    fn events(&mut self, _: &Machine, events: &[Event]) {
        for event in events {
            let _ = self.0.send(event.what.clone());
        }
    }
}

#[test]
fn an_observer_is_told_of_every_event_once() {
    let (send, told) = mpsc::channel();
    let observer = Box::new(Counts(send));
    let stack = Builder::new().mode(Mode::Controlled).observer(observer).build();
    let changes = stack.on_teredo_port_change(|_| {}).unwrap();
    stack.restart_teredo().unwrap();
    stack.run_until_idle();
    changes.cancel().unwrap();
    let told: Vec<What> = told.try_iter().collect();
    let all: Vec<What> = stack.events().into_iter().map(|event| event.what).collect();
    assert!(all.iter().any(|what| matches!(what, What::Begin { .. })));
    assert_eq!(told, all);
}

#[test]
fn what_a_program_leaves_behind_is_reported_at_its_end() {
    let stack = stack();
    stack.follow_real_time(1.0);
    let changes = stack.on_teredo_port_change(|_| {}).unwrap();
    stack.end_of_program();
    std::mem::forget(changes);
    let found: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
    assert_eq!(found, [Rule::LeakedRegistration]);
}
