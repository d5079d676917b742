//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify: an overlapped request is told of one
//! IPv4 change.

use std::net::IpAddr;

use crate::bench::Bench;
use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::event::What;
use netiosim_model::function::Function;
use netiosim_model::ids::OverlappedId;
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Begun, Fault, Progress};
use netiosim_model::member::Member;
use netiosim_model::net::{AF_INET, Family, Luid};
use netiosim_model::status::Status;
use netiosim_model::table::{DadState, Route, UnicastAddress};

const ADDRESS: Function = Function::NotifyAddrChange;
const ROUTE: Function = Function::NotifyRouteChange;
const CANCEL: Function = Function::CancelIpChangeNotify;
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);

fn change(bench: &mut Bench, change: &Change) {
    bench.machine.change(None, change, &mut bench.chooser).expect("a change");
}

fn add(bench: &mut Bench, address: &str, prefix_length: u8) {
    let address = address.parse().expect("an address");
    let address = UnicastAddress::new(ETHERNET, address, prefix_length);
    change(bench, &Change::AddressAdd { address, optimistic: false });
}

fn remove(bench: &mut Bench, address: &str) {
    let address = address.parse().expect("an address");
    change(bench, &Change::AddressRemove { luid: ETHERNET, address });
}

fn notify(bench: &mut Bench, function: Function, overlapped: OverlappedId) -> u32 {
    bench.machine.notify_overlapped(bench.main, function, overlapped).1
}

/// A pending request.
fn pending(bench: &mut Bench, function: Function) -> OverlappedId {
    let overlapped = bench.machine.overlapped(function.name());
    assert_eq!(notify(bench, function, overlapped), 997);
    overlapped
}

/// Whether a wait for the event passes now.
fn is_signalled(bench: &mut Bench, overlapped: OverlappedId) -> bool {
    let event = bench.machine.overlapped_event(overlapped);
    let mut looked_at = bench.machine.clone();
    looked_at.wait_signal(bench.main, event) == Begun::Done
}

/// Progress, result and event of a request.
fn seen(bench: &mut Bench, overlapped: OverlappedId) -> (Progress, u32, bool) {
    let progress = bench.machine.overlapped_progress(overlapped);
    let result = bench.machine.overlapped_result(overlapped);
    (progress, result, is_signalled(bench, overlapped))
}

const UNUSED: (Progress, u32, bool) = (Progress::Unused, 87, false);
const PENDING: (Progress, u32, bool) = (Progress::Pending, 996, false);
const COMPLETED: (Progress, u32, bool) = (Progress::Completed, 0, true);
const ABORTED: (Progress, u32, bool) = (Progress::Aborted, 995, true);

#[test]
fn a_request_is_pending_until_a_change_completes_it() {
    let mut bench = Bench::new();
    let overlapped = bench.machine.overlapped("addresses");
    assert_eq!(seen(&mut bench, overlapped), UNUSED);
    let answer = bench.machine.notify_overlapped(bench.main, ADDRESS, overlapped);
    assert_eq!(answer, (Status::IoPending, 997), "which is the success");
    assert_eq!(seen(&mut bench, overlapped), PENDING, "there is no initial notification");
    add(&mut bench, "10.0.0.1", 24);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED);
    assert!(bench.machine.deliverable().is_empty(), "nobody is called");
    assert!(bench.rules().is_empty());
}

#[test]
fn it_tells_once_until_the_next_request() {
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    add(&mut bench, "10.0.0.1", 24);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED);
    // What happens before the next request is never told.
    remove(&mut bench, "10.0.0.1");
    assert_eq!(notify(&mut bench, ADDRESS, overlapped), 997);
    assert_eq!(seen(&mut bench, overlapped), PENDING, "the event was reset");
    add(&mut bench, "10.0.0.2", 24);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED);
}

#[test]
fn addresses_come_go_and_become_usable() {
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    add(&mut bench, "10.0.0.1", 24);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED, "it came");
    notify(&mut bench, ADDRESS, overlapped);
    bench.machine.elapse(2_999, &mut bench.chooser);
    assert_eq!(seen(&mut bench, overlapped), PENDING, "it is tentative");
    bench.machine.elapse(1, &mut bench.chooser);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED, "it is preferred");
    notify(&mut bench, ADDRESS, overlapped);
    let address: IpAddr = "10.0.0.1".parse().expect("an address");
    change(&mut bench, &Change::AddressConflict { luid: ETHERNET, address, present: true });
    let state = bench.machine.env().address_table().get((ETHERNET, address)).map(|a| a.dad);
    assert_eq!(state, Some(DadState::Duplicate));
    assert_eq!(seen(&mut bench, overlapped), PENDING, "a state that is not usable is not told");
    remove(&mut bench, "10.0.0.1");
    assert_eq!(seen(&mut bench, overlapped), COMPLETED, "it went");
}

#[test]
fn routes_come_and_go() {
    let mut bench = Bench::new();
    let gateway = IpAddr::from([192, 168, 1, 254]);
    let route = Route::new(ETHERNET, IpAddr::from([172, 16, 0, 0]), 12, gateway);
    for step in [
        Change::RouteAdd(route.clone()),
        Change::RouteSet(Route { metric: 5, ..route.clone() }),
        Change::RouteRemove(route.key()),
    ] {
        let routes = pending(&mut bench, ROUTE);
        let addresses = pending(&mut bench, ADDRESS);
        change(&mut bench, &step);
        assert_eq!(seen(&mut bench, routes), COMPLETED, "{}", step.name());
        assert_eq!(seen(&mut bench, addresses), PENDING, "{}", step.name());
    }
    // An address brings routes when it is usable.
    let routes = pending(&mut bench, ROUTE);
    add(&mut bench, "10.0.0.1", 24);
    assert_eq!(seen(&mut bench, routes), PENDING);
    bench.machine.elapse(3_000, &mut bench.chooser);
    assert_eq!(seen(&mut bench, routes), COMPLETED);
}

#[test]
fn neither_hears_of_ipv6_nor_of_metric_and_mtu() {
    let mut bench = Bench::new();
    let (addresses, routes) = (pending(&mut bench, ADDRESS), pending(&mut bench, ROUTE));
    add(&mut bench, "2001:db8::1", 64);
    bench.machine.elapse(5_000, &mut bench.chooser);
    remove(&mut bench, "2001:db8::1");
    let zero = IpAddr::from([0; 16]);
    let router = "fe80::1".parse().expect("an address");
    change(&mut bench, &Change::RouteAdd(Route::new(ETHERNET, zero, 0, router)));
    for member in [Member::Metric, Member::NlMtu] {
        let values = vec![(member, 1_300)];
        change(&mut bench, &Change::RowSet { luid: ETHERNET, family: Family::V4, values });
    }
    bench.touch(Family::V4);
    bench.restart(50_001);
    assert_eq!(seen(&mut bench, addresses), PENDING);
    assert_eq!(seen(&mut bench, routes), PENDING);
}

#[test]
fn every_request_that_waits_is_told() {
    // Programs hold several, each with an OVERLAPPED of its own.
    let mut bench = Bench::new();
    let (one, two) = (pending(&mut bench, ADDRESS), pending(&mut bench, ADDRESS));
    let other = bench.machine.process("other", netiosim_model::status::Flavour::User);
    let its_main = bench.machine.actor("main", other);
    let three = bench.machine.overlapped("other");
    assert_eq!(bench.machine.notify_overlapped(its_main, ADDRESS, three).1, 997);
    add(&mut bench, "10.0.0.1", 24);
    for overlapped in [one, two, three] {
        assert_eq!(seen(&mut bench, overlapped), COMPLETED);
    }
}

#[test]
fn the_same_overlapped_twice_is_a_duplicate_request() {
    // The page refuses a duplicate and does not say what one is; this is chosen.
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    for function in [ADDRESS, ROUTE] {
        let answer = bench.machine.notify_overlapped(bench.main, function, overlapped);
        assert_eq!(answer, (Status::InvalidParameter, 87), "{function}");
    }
    assert_eq!(seen(&mut bench, overlapped), PENDING, "the first request goes on");
    change(&mut bench, &Change::InterfaceRemove(ETHERNET));
    assert_eq!(seen(&mut bench, overlapped), COMPLETED);
    // Once it is over, it may serve the other function.
    assert_eq!(notify(&mut bench, ROUTE, overlapped), 997);
}

#[test]
fn exactly_one_null_pointer_is_refused() {
    let mut bench = Bench::new();
    for function in [ADDRESS, ROUTE] {
        let answer = bench.machine.notify_overlapped_badly(bench.main, function);
        assert_eq!(answer, (Status::InvalidParameter, 87), "{function}");
    }
}

#[test]
fn a_pending_request_is_cancelled_and_its_event_is_set() {
    let mut bench = Bench::new();
    for function in [ADDRESS, ROUTE] {
        let overlapped = pending(&mut bench, function);
        assert!(bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped)));
        assert_eq!(seen(&mut bench, overlapped), ABORTED, "{function}");
        add(&mut bench, "10.0.0.1", 24);
        assert_eq!(seen(&mut bench, overlapped), ABORTED, "{function}");
        remove(&mut bench, "10.0.0.1");
        // It can be used again.
        assert_eq!(notify(&mut bench, function, overlapped), 997);
        assert_eq!(seen(&mut bench, overlapped), PENDING, "{function}");
    }
}

#[test]
fn there_is_nothing_to_cancel_before_and_after() {
    let mut bench = Bench::new();
    let overlapped = bench.machine.overlapped("addresses");
    let cancel = |bench: &mut Bench, overlapped| {
        bench.machine.cancel_ip_change_notify(bench.main, overlapped)
    };
    assert!(!cancel(&mut bench, None), "NULL");
    assert!(!cancel(&mut bench, Some(overlapped)), "never used");
    assert_eq!(seen(&mut bench, overlapped), UNUSED);
    notify(&mut bench, ADDRESS, overlapped);
    add(&mut bench, "10.0.0.1", 24);
    assert!(!cancel(&mut bench, Some(overlapped)), "completed");
    assert_eq!(seen(&mut bench, overlapped), COMPLETED);
    notify(&mut bench, ADDRESS, overlapped);
    assert!(cancel(&mut bench, Some(overlapped)));
    assert!(!cancel(&mut bench, Some(overlapped)), "cancelled");
    assert_eq!(seen(&mut bench, overlapped), ABORTED);
}

#[test]
fn one_cancel_ends_one_request() {
    let mut bench = Bench::new();
    let (one, two) = (pending(&mut bench, ADDRESS), pending(&mut bench, ADDRESS));
    assert!(bench.machine.cancel_ip_change_notify(bench.main, Some(one)));
    add(&mut bench, "10.0.0.1", 24);
    assert_eq!((seen(&mut bench, one), seen(&mut bench, two)), (ABORTED, COMPLETED));
}

#[test]
fn the_synchronous_form_is_a_wait_for_the_event() {
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    let event = bench.machine.overlapped_event(overlapped);
    assert_eq!(bench.machine.wait_signal(bench.main, event), Begun::Wait);
    assert!(!bench.machine.can_end(bench.main));
    add(&mut bench, "10.0.0.1", 24);
    assert!(bench.machine.can_end(bench.main));
    bench.machine.wait_end(bench.main);
    assert_eq!(bench.machine.overlapped_result(overlapped), 0);
}

#[test]
fn a_waiter_in_another_thread_goes_on_after_a_cancel() {
    // Clients wait for the event after the cancel, before they free the OVERLAPPED.
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    let event = bench.machine.overlapped_event(overlapped);
    assert_eq!(bench.machine.wait_signal(bench.other, event), Begun::Wait);
    assert!(bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped)));
    assert!(bench.machine.can_end(bench.other));
    bench.machine.wait_end(bench.other);
    assert_eq!(bench.machine.overlapped_result(overlapped), 995);
}

#[test]
fn the_table_may_be_read_when_the_request_is_made_again() {
    // Re-arm first, then read: so nothing is missed.
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ADDRESS);
    add(&mut bench, "10.0.0.1", 24);
    notify(&mut bench, ADDRESS, overlapped);
    let call = Call::table(Function::GetUnicastIpAddressTable, AF_INET);
    let reply = bench.machine.call(bench.main, &call, &mut bench.chooser);
    let Output::Table(table) = reply.output else { panic!("a table") };
    let rows = bench.machine.table_rows(bench.main, table).expect("rows").len();
    assert_eq!(rows, 3, "loopback, 192.168.1.10, 10.0.0.1");
    add(&mut bench, "10.0.0.2", 24);
    assert_eq!(seen(&mut bench, overlapped), COMPLETED, "what comes after the look is told");
}

#[test]
fn requests_end_with_their_process() {
    let mut bench = Bench::new();
    let other = bench.machine.process("other", netiosim_model::status::Flavour::User);
    let its_main = bench.machine.actor("main", other);
    let its_own = bench.machine.overlapped("other");
    assert_eq!(bench.machine.notify_overlapped(its_main, ADDRESS, its_own).1, 997);
    let mine = pending(&mut bench, ADDRESS);
    bench.machine.process_exit(its_main, other);
    assert_eq!(seen(&mut bench, its_own), ABORTED);
    assert_eq!(seen(&mut bench, mine), PENDING);
    assert!(bench.rules().is_empty(), "the system cancels; nothing is leaked");
    bench.machine.reboot(&mut bench.chooser);
    assert_eq!(bench.machine.overlapped_progress(mine), Progress::Aborted);
}

#[test]
fn drivers_do_not_have_them() {
    let mut bench = Bench::driver();
    let overlapped = bench.machine.overlapped("addresses");
    let code = notify(&mut bench, ADDRESS, overlapped);
    assert_eq!(code, 0xC000_0139);
    assert!(!bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped)));
    assert_eq!(bench.rules(), ["N023", "N023"]);
    assert_eq!(bench.machine.overlapped_progress(overlapped), Progress::Unused);
}

#[test]
fn calls_can_be_made_to_fail() {
    let mut bench = Bench::new();
    // ERROR_CANCELLED: the context is being deregistered.
    bench.machine.fault_add(Fault::new(ADDRESS, Status::Raw(1223)));
    let overlapped = bench.machine.overlapped("addresses");
    assert_eq!(notify(&mut bench, ADDRESS, overlapped), 1223);
    assert_eq!(seen(&mut bench, overlapped), UNUSED);
    bench.machine.fault_clear(None);
    assert_eq!(notify(&mut bench, ADDRESS, overlapped), 997);
    bench.machine.fault_add(Fault::new(CANCEL, Status::InvalidParameter));
    assert!(!bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped)));
    assert_eq!(seen(&mut bench, overlapped), PENDING);
}

#[test]
fn the_trace_has_call_and_return_and_the_completion() {
    let mut bench = Bench::new();
    bench.machine.take_events();
    let overlapped = pending(&mut bench, ADDRESS);
    add(&mut bench, "10.0.0.1", 24);
    let cancelled = bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped));
    assert!(!cancelled);
    let events = bench.machine.take_events();
    let codes: Vec<(Function, u32)> = events
        .iter()
        .filter_map(|event| match event.what {
            What::Return { function, code, .. } => Some((function, code)),
            _ => None,
        })
        .collect();
    assert_eq!(codes, [(ADDRESS, 997), (CANCEL, 0)]);
    let notes: Vec<&str> = events
        .iter()
        .filter_map(|event| match &event.what {
            What::Note(text) => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(notes, ["overlapped NotifyAddrChange completed"]);
}

#[test]
fn the_trace_tells_a_cancelled_request_from_a_completed_one() {
    let mut bench = Bench::new();
    let overlapped = pending(&mut bench, ROUTE);
    bench.machine.take_events();
    assert!(bench.machine.cancel_ip_change_notify(bench.main, Some(overlapped)));
    let aborted = What::Note("overlapped NotifyRouteChange aborted".to_owned());
    assert!(bench.machine.events().iter().any(|event| event.what == aborted));
}

#[test]
fn several_requests_may_share_an_event_that_stays_while_they_are_pending() {
    let mut bench = Bench::new();
    let shared = bench.machine.signal("shared");
    let (one, two) = (bench.machine.overlapped("one"), bench.machine.overlapped("two"));
    let own = bench.machine.overlapped_event(one);
    assert_ne!(own, bench.machine.overlapped_event(two));
    for overlapped in [one, two] {
        bench.machine.set_overlapped_event(overlapped, Some(shared));
        assert_eq!(bench.machine.overlapped_event(overlapped), shared);
    }
    assert_eq!(notify(&mut bench, ADDRESS, one), 997);
    bench.machine.set_overlapped_event(one, None);
    assert_eq!(bench.machine.overlapped_event(one), shared, "the system has taken it already");
    add(&mut bench, "10.0.0.1", 24);
    assert!(bench.machine.is_signalled(shared) && !bench.machine.is_signalled(own));
    bench.machine.set_overlapped_event(one, None);
    assert_eq!(bench.machine.overlapped_event(one), own, "its own again");
}
