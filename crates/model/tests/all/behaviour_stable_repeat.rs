//! A request for the stable table that calls back each time (C-05, O-12), and what does not wake it.

use crate::bench::Bench;
use netiosim_model::change::Change;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::interface::if_type;
use netiosim_model::machine::Request;
use netiosim_model::net::{AF_INET, Luid};
use netiosim_model::status::Status;
use netiosim_model::table::UnicastAddress;

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);

/// Addresses are detected for so long.
const DETECTION_MS: u64 = 3_000;

fn add(bench: &mut Bench) {
    let address = UnicastAddress::new(ETHERNET, [10, 0, 0, 1].into(), 24);
    let change = Change::AddressAdd { address, optimistic: false };
    bench.machine.change(None, &change, &mut bench.chooser).expect("a new address");
}

fn remove(bench: &mut Bench) {
    let change = Change::AddressRemove { luid: ETHERNET, address: [10, 0, 0, 1].into() };
    bench.machine.change(None, &change, &mut bench.chooser).expect("an address");
}

/// A request that waits for an address which is detected.
fn pending(fixed: &[(&str, &str)]) -> (Bench, Handle) {
    let mut bench = Bench::with(&[fixed, &[("stable-wait-for", "all-addresses")]].concat());
    add(&mut bench);
    let function = Function::NotifyStableUnicastIpAddressTable;
    let request = Request::new("stable", 5);
    let machine = &mut bench.machine;
    let answer = machine.notify(bench.main, function, AF_INET, &request, &mut bench.chooser);
    assert_eq!(answer.status, Status::IoPending);
    (bench, answer.handle)
}

#[test]
fn it_calls_back_hundreds_of_times_by_turns_on_its_two_lanes() {
    let (mut bench, handle) =
        pending(&[("stable-repeat", "each-time"), ("stable-overlap", "overlap")]);
    for n in 0..200_u32 {
        assert!(bench.machine.deliverable().is_empty(), "not yet: {n}");
        bench.machine.elapse(DETECTION_MS, &mut bench.chooser);
        let due = bench.begin(handle, bench.pool);
        assert_eq!((due.number, u32::from(due.lane.lane)), (n + 1, n % 2));
        bench.machine.delivery_end(bench.pool);
        remove(&mut bench);
        add(&mut bench);
    }
}

#[test]
fn a_timer_that_makes_nothing_stable_does_not_stop_the_time() {
    // Time stops at the first timer whose consequences are owed to somebody.
    let (mut bench, _) = pending(&[]);
    bench.machine.elapse(DETECTION_MS - 1_000, &mut bench.chooser);
    let again = UnicastAddress::new(ETHERNET, [10, 0, 0, 2].into(), 24);
    let change = Change::AddressAdd { address: again, optimistic: false };
    bench.machine.change(None, &change, &mut bench.chooser).expect("a new address");
    // The first address is settled in a second, the other one in three.
    assert_eq!(bench.machine.elapse(2_000, &mut bench.chooser), 2_000);
    assert!(bench.machine.deliverable().is_empty());
    assert_eq!(bench.machine.elapse(2_000, &mut bench.chooser), 1_000);
    assert_eq!(bench.machine.deliverable().len(), 1);
    // It has been told once, and nothing more is owed.
    bench.machine.change(None, &change, &mut bench.chooser).expect_err("it is there");
    assert_eq!(bench.machine.elapse(2_000, &mut bench.chooser), 2_000);
}
