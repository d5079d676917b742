//! The clock of a stack that follows real time: entries happen at their times, timers are noticed, and time
//! stands still until the program has come to rest.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use netiosim_sim::model::change::Change;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::teredo::PortWish;
use netiosim_sim::{Agenda, Builder, Happening, Mode, Stack};

/// So fast that no test waits.
const FAST: f64 = 10_000.0;

/// Entries at these times, the next one last, and what happens there.
struct Plan<F>(Vec<u64>, F);

impl<F: FnMut(&mut Happening<'_>) + Send> Agenda for Plan<F> {
    fn next_ms(&self) -> Option<u64> {
        self.0.last().copied()
    }

    fn happen(&mut self, machine: &mut Happening<'_>) {
        self.0.pop();
        (self.1)(machine);
    }
}

/// One entry, or none, where nothing happens; it says so when the clock asks.
struct Asked(Option<u64>, mpsc::Sender<()>);

impl Agenda for Asked {
    fn next_ms(&self) -> Option<u64> {
        let _ = self.1.send(());
        self.0
    }

    fn happen(&mut self, _: &mut Happening<'_>) {
        self.0 = None;
    }
}

fn plan<F: FnMut(&mut Happening<'_>) + Send + 'static>(mut times: Vec<u64>, f: F) -> Box<Plan<F>> {
    times.reverse();
    Box::new(Plan(times, f))
}

fn restart(machine: &mut Happening<'_>, port: u16) {
    let (machine, chooser) = machine.parts();
    let change = Change::TeredoRestart(PortWish::Exactly(port));
    machine.change(None, &change, chooser).expect("a restart");
}

#[test]
fn time_goes_by_in_between_and_is_never_ahead() {
    let stack = Stack::new();
    let begin = Instant::now();
    stack.follow_real_time(1.0);
    loop {
        stack.teredo_port().unwrap();
        let now_ms = stack.now_ms();
        assert!(u128::from(now_ms) <= begin.elapsed().as_millis(), "{now_ms}");
        if now_ms >= 20 {
            break;
        }
    }
}

#[test]
fn an_entry_happens_at_its_time_however_fast_the_clock_runs() {
    for mode in Mode::ALL {
        for (scale, at_ms) in [(1.0, 25), (1e6, 30_000), (1e6, 100_000)] {
            let stack = Stack::builder().mode(mode).build();
            let (send, happened) = mpsc::channel();
            let begin = Instant::now();
            let agenda = plan(vec![at_ms], move |machine| {
                let _ = send.send((machine.machine().now_ms(), begin.elapsed()));
            });
            stack.follow_real_time_with(scale, agenda);
            let (now_ms, waited) = happened.recv().unwrap();
            assert_eq!(now_ms, at_ms, "{mode:?}");
            #[allow(clippy::cast_precision_loss, reason = "small numbers")]
            let least = Duration::from_secs_f64(at_ms as f64 / 1e3 / scale);
            assert!(waited >= least, "{mode:?}: {waited:?}");
        }
    }
}

#[test]
fn a_program_that_calls_all_the_time_does_not_carry_it_past_an_entry() {
    let stack = Stack::new();
    let (send, happened) = mpsc::channel();
    let times: Vec<u64> = (1..=20).map(|n| n * 1000).collect();
    let agenda = plan(times.clone(), move |machine| {
        let _ = send.send(machine.machine().now_ms());
    });
    stack.follow_real_time_with(FAST, agenda);
    let mut seen = Vec::new();
    while seen.len() < times.len() {
        stack.teredo_port().unwrap();
        seen.extend(happened.try_iter());
    }
    assert_eq!(seen, times);
}

#[test]
fn a_timer_that_comes_up_before_the_next_entry_is_noticed() {
    for entry in [None, Some(u64::MAX)] {
        let stack = Builder::new().mode(Mode::Threads).teredo_off().build();
        let (send, usable) = mpsc::channel();
        let changes = stack
            .on_unicast_address_change(Family::V4, move |change| {
                let entry = change.row.and_then(|row| row.entry().ok());
                if entry.is_some_and(|entry| entry.dad_state == 4) {
                    let _ = send.send(());
                }
            })
            .unwrap();
        let luid = stack.luid_of_alias("Ethernet").unwrap();
        let address = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
        let (ask, asked) = mpsc::channel();
        stack.follow_real_time_with(FAST, Box::new(Asked(entry, ask)));
        asked.recv().expect("the clock has a plan");
        stack.create_unicast_address(&address).unwrap();
        usable.recv().expect("duplicate address detection ends");
        changes.cancel().unwrap();
    }
}

#[test]
fn timers_come_before_an_entry_of_the_same_time() {
    let stack = Builder::new().mode(Mode::Threads).teredo_off().build();
    let _changes = stack.on_unicast_address_change(Family::V4, |_| {}).unwrap();
    let luid = stack.luid_of_alias("Ethernet").unwrap();
    for host in [5, 6] {
        let address = stack.new_unicast_address(luid, [10, 0, 0, host], 24).unwrap();
        stack.create_unicast_address(&address).unwrap();
    }
    let at_ms = stack.now_ms() + stack.next_timer_ms().expect("detection runs");
    let (send, happened) = mpsc::channel();
    let agenda = plan(vec![at_ms], move |machine| {
        let machine = machine.machine();
        let _ = send.send((machine.now_ms(), machine.next_timer_ms()));
    });
    stack.follow_real_time_with(FAST, agenda);
    let (now_ms, timer_ms) = happened.recv().unwrap();
    assert_eq!(now_ms, at_ms);
    assert_ne!(timer_ms, Some(0), "both were over");
}

#[test]
fn free_threads_are_told_of_what_happens() {
    let stack = Builder::new().mode(Mode::Threads).build();
    let (send, ports) = mpsc::channel();
    let changes = stack
        .on_teredo_port_change(move |change| {
            let _ = send.send(change.port);
        })
        .unwrap();
    stack.follow_real_time_with(FAST, plan(vec![500], |machine| restart(machine, 50_001)));
    assert_eq!(ports.recv(), Ok(50_001));
    assert!(stack.wait_until(|machine| machine.now_ms() >= 100_000), "timers alone");
    changes.cancel().unwrap();
}

#[test]
fn a_callback_that_causes_its_own_notification_does_not_stop_time() {
    let stack = Builder::new().mode(Mode::Controlled).build();
    let over = Arc::new(AtomicBool::new(false));
    let (own, inside) = (over.clone(), stack.handle());
    let changes = stack
        .on_teredo_port_change(move |_| {
            if !own.load(Ordering::SeqCst) {
                inside.restart_teredo().unwrap();
            }
        })
        .unwrap();
    let (send, happened) = mpsc::channel();
    let mut entries = 0;
    let agenda = plan(vec![1000, 2000], move |machine| {
        entries += 1;
        match entries {
            1 => restart(machine, 50_001),
            _ => drop(send.send(())),
        }
    });
    stack.follow_real_time_with(FAST, agenda);
    happened.recv().unwrap();
    over.store(true, Ordering::SeqCst);
    changes.cancel().unwrap();
}

#[test]
fn a_callback_that_computes_does_not_stop_time_for_good() {
    let stack = Builder::new().mode(Mode::Controlled).build();
    let over = Arc::new(AtomicBool::new(false));
    let (own, set) = (over.clone(), over.clone());
    let changes = stack
        .on_teredo_port_change(move |_| {
            while !own.load(Ordering::SeqCst) {
                std::hint::spin_loop();
            }
        })
        .unwrap();
    let mut entries = 0;
    let agenda = plan(vec![1000, 2000], move |machine| {
        entries += 1;
        match entries {
            1 => restart(machine, 50_001),
            _ => set.store(true, Ordering::SeqCst),
        }
    });
    stack.follow_real_time_with(FAST, agenda);
    while !over.load(Ordering::SeqCst) {
        std::hint::spin_loop();
    }
    changes.cancel().unwrap();
}

#[test]
fn the_machine_restarts_and_the_program_with_it() {
    let stack = Stack::new();
    let registration = stack.on_teredo_port_change(|_| {}).unwrap().into_handle();
    let (send, happened) = mpsc::channel();
    let agenda = plan(vec![1000], move |machine| {
        machine.reboot();
        let _ = send.send(());
    });
    stack.follow_real_time_with(FAST, agenda);
    happened.recv().unwrap();
    assert!(stack.cancel(registration).is_err(), "it went with the program");
    assert!(stack.own_process().is_alive());
    stack.on_teredo_port_change(|_| {}).unwrap().cancel().unwrap();
    drop(stack.take_findings());
}
