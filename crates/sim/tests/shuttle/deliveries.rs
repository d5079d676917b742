//! Deliveries: one at a time for a lane, several at a time otherwise, and every one that is due.

use netiosim_sim::model::net::Family;
use shuttle::sync::Arc;
use shuttle::sync::atomic::{AtomicUsize, Ordering};
use shuttle::thread;

use crate::{Seen, threads, under_shuttle};

/// How many callbacks run, in one lane each and in all.
#[derive(Default)]
struct Running {
    lanes: [AtomicUsize; 2],
    all: AtomicUsize,
    counts: [AtomicUsize; 2],
}

impl Running {
    fn callback(&self, lane: usize, overlap: &Seen) {
        let others = self.lanes[lane].fetch_add(1, Ordering::SeqCst);
        assert_eq!(others, 0, "two callbacks of one lane at once");
        if self.all.fetch_add(1, Ordering::SeqCst) > 0 {
            overlap.add();
        }
        thread::yield_now();
        self.all.fetch_sub(1, Ordering::SeqCst);
        self.lanes[lane].fetch_sub(1, Ordering::SeqCst);
        self.counts[lane].fetch_add(1, Ordering::SeqCst);
    }
}

/// Three changes, made by two threads, and two registrations; with so many workers.
fn all_is_delivered_one_at_a_time(workers: usize) -> Seen {
    let overlap = Seen::default();
    let together = overlap.clone();
    under_shuttle(move || {
        let stack = threads().workers(workers).build();
        let running = Arc::new(Running::default());
        let registrations = [0, 1].map(|lane| {
            let (running, together) = (running.clone(), together.clone());
            stack.on_teredo_port_change(move |_| running.callback(lane, &together)).unwrap()
        });
        let other = stack.handle();
        let changes = thread::spawn(move || other.restart_teredo().unwrap());
        stack.restart_teredo().unwrap();
        stack.restart_teredo().unwrap();
        changes.join().unwrap();
        stack.run_until_idle();
        // A callback that panicked, because of two at once, is a finding.
        let findings = stack.take_findings();
        assert!(findings.is_empty(), "{findings:?}");
        for count in &running.counts {
            assert_eq!(count.load(Ordering::SeqCst), 3, "one for each change");
        }
        for registration in registrations {
            registration.cancel().unwrap();
        }
    });
    overlap
}

#[test]
fn all_is_delivered_and_one_at_a_time_for_a_lane() {
    let overlap = all_is_delivered_one_at_a_time(64);
    overlap.sometimes("callbacks of two registrations ran at once");
}

#[test]
fn one_worker_is_enough() {
    let overlap = all_is_delivered_one_at_a_time(1);
    assert_eq!(overlap.0.load(Ordering::Relaxed), 0, "one thread makes one delivery at a time");
}

#[test]
fn what_callbacks_cause_is_delivered_too() {
    under_shuttle(|| {
        let stack = threads().build();
        let (mtus, count) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (reference, own) = (stack.handle(), mtus.clone());
        let ports = stack
            .on_teredo_port_change(move |_| {
                let mtu = 1400 + own.fetch_add(1, Ordering::SeqCst) as u32;
                reference.set_mtu("Ethernet", Family::V4, mtu).unwrap();
            })
            .unwrap();
        let own = count.clone();
        let rows = stack
            .on_ip_interface_change(Family::V4, move |change| {
                // The one that tells of the registration itself has no row.
                own.fetch_add(usize::from(change.row.is_some()), Ordering::SeqCst);
            })
            .unwrap();
        stack.restart_teredo().unwrap();
        stack.restart_teredo().unwrap();
        stack.run_until_idle();
        assert_eq!(count.load(Ordering::SeqCst), 2, "one for each change that a callback made");
        ports.cancel().unwrap();
        rows.cancel().unwrap();
    });
}

#[test]
fn the_same_seed_is_the_same_run() {
    let traces = [0, 1].map(|_| {
        let traces: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
        let kept = traces.clone();
        let test = move || {
            let stack = threads().build();
            let ports = stack.on_teredo_port_change(|_| thread::yield_now()).unwrap();
            let other = stack.handle();
            let changes = stack.spawn("changer", move || other.restart_teredo().unwrap());
            stack.restart_teredo().unwrap();
            changes.join().unwrap();
            ports.cancel().unwrap();
            kept.lock().unwrap().push(stack.trace());
        };
        shuttle::check_random_with_seed(test, 7, 50);
        std::mem::take(&mut *traces.lock().unwrap())
    });
    assert_eq!(traces[0], traces[1]);
    assert!(traces[0].iter().any(|trace| *trace != traces[0][0]), "and there are several orders");
}
