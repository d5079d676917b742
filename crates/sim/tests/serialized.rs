//! One registration's callbacks do not overlap (NU-08, NR-07), and every subscriber hears (NU-13).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::net::{Family, NotificationType};
use netiosim_sim::{Mode, Point, Registration, Stack};

/// How many callbacks run at once, and how many there were.
#[derive(Default)]
struct Count {
    now: AtomicUsize,
    most: AtomicUsize,
    all: AtomicUsize,
}

impl Count {
    fn run(&self, stack: &netiosim_sim::StackRef) {
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        let _ = stack.teredo_port(); // A moment at which others may go first.
        self.all.fetch_add(1, Ordering::SeqCst);
        self.now.fetch_sub(1, Ordering::SeqCst);
    }
}

fn addresses(stack: &Stack, count: &Arc<Count>) -> Registration {
    let (count, inner) = (count.clone(), stack.handle());
    let subscribe = stack.unicast_address_change(Family::V4).name("watched");
    subscribe.register(move |_| count.run(&inner)).unwrap()
}

fn routes(stack: &Stack, count: &Arc<Count>) -> Registration {
    let (count, inner) = (count.clone(), stack.handle());
    let subscribe = stack.route_change(Family::V4).name("watched");
    subscribe.register(move |_| count.run(&inner)).unwrap()
}

fn overlap(mode: Mode, seed: u64, register: fn(&Stack, &Arc<Count>) -> Registration) {
    let stack = Stack::builder().mode(mode).seed(seed).build();
    let count = Arc::new(Count::default());
    let _changes = register(&stack, &count);
    let entered = stack.barrier(Point::entered("watched")).unwrap();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.add_route("Ethernet", "172.16.0.0/12", None).unwrap();
    entered.wait_reached();
    // While the first callback runs, more becomes due.
    stack.remove_address("Ethernet", "10.0.0.5").unwrap();
    stack.remove_route("Ethernet", "172.16.0.0/12", None).unwrap();
    assert!(!stack.inspect(netiosim_sim::model::machine::Machine::has_deliverable), "NU-08, NR-07");
    entered.release();
    stack.run_until_idle();
    assert!(count.all.load(Ordering::SeqCst) > 1);
    assert_eq!(count.most.load(Ordering::SeqCst), 1);
}

#[test]
fn callbacks_of_one_registration() {
    for register in [addresses, routes] {
        for seed in 0..20 {
            overlap(Mode::Controlled, seed, register);
        }
        overlap(Mode::Threads, 0, register);
    }
}

#[test]
fn a_deletion_by_a_program_reaches_every_matching_subscriber() {
    for mode in Mode::ALL {
        let stack = Stack::builder().mode(mode).build();
        let deleted: Arc<[AtomicUsize; 3]> = Arc::default();
        let families = [None, Some(Family::V4), Some(Family::V6)];
        let registrations: Vec<_> = (0..3)
            .map(|n| {
                let counts = deleted.clone();
                let registered = stack.on_unicast_address_change(families[n], move |change| {
                    assert_eq!(change.kind, NotificationType::Delete);
                    counts[n].fetch_add(1, Ordering::SeqCst);
                });
                registered.unwrap()
            })
            .collect();
        let luid = stack.luid("Ethernet").unwrap();
        stack.delete_unicast_address(luid, [192, 168, 1, 10]).unwrap();
        stack.run_until_idle();
        let counts = [0, 1, 2].map(|n: usize| deleted[n].load(Ordering::SeqCst));
        assert_eq!(counts, [1, 1, 0], "NU-13, NU-02");
        drop(registrations);
    }
}
