//! NotifyUnicastIpAddressChange, in both flavours.

use std::net::IpAddr;

use crate::bench::{Bench, circle_of_cancel, code_of};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::event::Function;
use netiosim_model::ids::Handle;
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Begun, CancelBegin, Death, Due, Irql, LockMode, Request, RowRead};
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Luid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::row::{Field, FieldValue, Row, RowType, SocketAddress, UnicastRow};
use netiosim_model::table::UnicastAddress;

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const FUNCTION: Function = Function::NotifyUnicastIpAddressChange;
const V4: &str = "10.0.0.5";
const V6: &str = "2001:db8::5";

/// A program's machine and a driver's.
fn both() -> [Bench; 2] {
    [Bench::new(), Bench::driver()]
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn notify(bench: &mut Bench, family: u16, request: &Request) -> (u32, Handle) {
    let machine = &mut bench.machine;
    let registered = machine.notify(bench.main, FUNCTION, family, request, &mut bench.chooser);
    (registered.code, registered.handle)
}

fn register(bench: &mut Bench, family: u16) -> Handle {
    let (code, handle) = notify(bench, family, &Request::new("addresses", 3));
    assert!(code == 0 && !handle.is_null());
    handle
}

fn change(bench: &mut Bench, change: &Change) {
    bench.machine.change(None, change, &mut bench.chooser).expect("a change");
}

fn add(bench: &mut Bench, text: &str) {
    let length = if ip(text).is_ipv4() { 24 } else { 64 };
    let address = UnicastAddress::new(ETHERNET, ip(text), length);
    change(bench, &Change::AddressAdd { address, optimistic: false });
}

fn remove(bench: &mut Bench, text: &str) {
    change(bench, &Change::AddressRemove { luid: ETHERNET, address: ip(text) });
}

/// Delivers everything and answers what the registration was told: type and address.
fn told(bench: &mut Bench, handle: Handle) -> Vec<(NotificationType, Option<IpAddr>)> {
    let mut told = Vec::new();
    while let Some(lane) = bench.machine.next_deliverable() {
        let due = bench.machine.delivery_begin(lane, bench.pool);
        if let (true, Notification::UnicastAddress { row, kind }) =
            (lane.handle == handle, due.notification)
        {
            told.push((kind, row.map(|row| row.address)));
        }
        bench.machine.delivery_end(bench.pool);
    }
    told
}

fn field(name: &str) -> Field {
    Field::parse(RowType::Unicast, name).expect("a member")
}

/// What GetUnicastIpAddressEntry answers for the keys of a notification row.
fn entry(bench: &mut Bench, due: &Due) -> (u32, Option<UnicastRow>) {
    let Notification::UnicastAddress { row: Some(key), .. } = due.notification else {
        panic!("a row: {}", due.notification);
    };
    let call = Call::row(Function::GetUnicastIpAddressEntry, UnicastRow::from(key));
    let reply = bench.machine.call(bench.pool, &call, &mut bench.chooser);
    match reply.output {
        Output::Row(Row::Unicast(row)) if reply.code == 0 => (0, Some(*row)),
        _ => (reply.code, None),
    }
}

#[test]
fn families() {
    for mut bench in both() {
        let invalid =
            bench.machine.code(bench.main, netiosim_model::status::Status::InvalidParameter);
        for family in [1, 10, 24, u16::MAX] {
            // NU-01; NU-03: on error NULL is stored.
            let (code, handle) = notify(&mut bench, family, &Request::new("odd", 3));
            assert_eq!((code, handle), (invalid, Handle::NULL), "NU-01 NU-03: {family}");
        }
        assert!([87, 0xC000_000D].contains(&invalid));
        // NU-02: each hears of its own family, AF_UNSPEC of both; NU-03: a handle on success.
        let all = [AF_INET, AF_INET6, AF_UNSPEC].map(|family| register(&mut bench, family));
        add(&mut bench, V4);
        add(&mut bench, V6);
        let pending = |handle| bench.machine.registration(handle).expect("live").pending();
        assert_eq!(all.map(pending), [1, 1, 2], "NU-02");
        assert_eq!(told(&mut bench, all[2]).len(), 2, "NU-02");
    }
}

#[test]
fn initial_notifications() {
    for (option, count) in [("once", 1), ("per-family", 2)] {
        let mut bench = Bench::with(&[("initial-unspec", option), ("initial-thread", "pool")]);
        let request = Request { initial: true, ..Request::new("initial", 3) };
        for (family, expected) in [(AF_INET, 1), (AF_INET6, 1), (AF_UNSPEC, count)] {
            let (_, handle) = notify(&mut bench, family, &request);
            let told = told(&mut bench, handle);
            // NU-04: Row NULL and MibInitialNotification.
            assert_eq!(told, vec![(NotificationType::Initial, None); expected], "NU-04 {option}");
        }
    }
    for mut bench in both() {
        let request = Request { initial: true, ..Request::new("initial", 3) };
        let machine = &mut bench.machine;
        let registered =
            machine.notify(bench.main, FUNCTION, AF_INET, &request, &mut bench.chooser);
        assert_eq!(registered.initial.len(), 1, "NU-04: right after the registration");
        let due = machine.delivery_begin(registered.initial[0], bench.main);
        let row = machine.row_of(bench.main).expect("a row pointer");
        assert_eq!(machine.lent_row(row), Some(None), "NU-04: it is NULL");
        assert_eq!(due.notification.kind(), Some(NotificationType::Initial));
        machine.delivery_end(bench.main);
        // NU-05: FALSE gives none.
        let silent = register(&mut bench, AF_UNSPEC);
        assert_eq!(told(&mut bench, silent), [], "NU-05");
        add(&mut bench, V4);
        assert_eq!(told(&mut bench, silent), [(NotificationType::Add, Some(ip(V4)))], "NU-05");
    }
}

#[test]
fn the_row_has_its_keys_and_nothing_else() {
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V4);
        let due = bench.begin(handle, bench.pool);
        let row = bench.machine.row_of(bench.pool).expect("a row");
        let mut read = |name| {
            let machine = &mut bench.machine;
            machine.row_read(bench.pool, row, field(name), &mut bench.chooser)
        };
        // NU-06: Address, InterfaceLuid and InterfaceIndex only.
        let address = FieldValue::Address(SocketAddress::from(ip(V4)));
        assert_eq!(read("Address"), RowRead::Value(address), "NU-06");
        assert_eq!(read("InterfaceLuid"), RowRead::Value(FieldValue::Number(ETHERNET.0)), "NU-06");
        assert_eq!(read("InterfaceIndex"), RowRead::Value(FieldValue::Number(2)), "NU-06");
        assert!(matches!(read("DadState"), RowRead::NotPromised(_)), "NU-06");
        assert!(matches!(read("OnLinkPrefixLength"), RowRead::NotPromised(_)), "NU-06");
        assert_eq!(bench.rules(), ["N008", "N008"]);
        // The rest comes from GetUnicastIpAddressEntry.
        let (code, rest) = entry(&mut bench, &due);
        let rest = rest.expect("a row");
        assert_eq!((code, rest.on_link_prefix_length, rest.dad_state), (0, 24, 1), "NU-06");
        // NU-07: it is the system's memory.
        bench.machine.row_free(bench.pool, row);
        assert_eq!(bench.rules(), ["N008", "N008", "N007"], "NU-07");
        bench.machine.delivery_end(bench.pool);
        let machine = &mut bench.machine;
        let gone = machine.row_read(bench.pool, row, field("Address"), &mut bench.chooser);
        assert_eq!(gone, RowRead::Gone);
    }
}

#[test]
fn invocations_are_serialized() {
    for mut bench in both() {
        // NU-08
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V4);
        bench.begin(handle, bench.pool);
        add(&mut bench, V6);
        remove(&mut bench, V4);
        assert!(bench.machine.deliverable().is_empty(), "NU-08: while one runs");
        bench.machine.delivery_end(bench.pool);
        let first = bench.begin(handle, bench.pool_2);
        assert_eq!(first.number, 2);
        assert!(bench.machine.deliverable().is_empty(), "NU-08");
    }
}

#[test]
fn cancels() {
    for mut bench in both() {
        // NU-09: inside its own callback it waits for itself.
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V4);
        bench.begin(handle, bench.pool);
        let answer = bench.cancel(bench.pool, handle);
        let finding = circle_of_cancel(answer, &bench.machine);
        assert_eq!(finding.rule.id(), "N001", "NU-09");
    }
    for mut bench in both() {
        // NU-10: it ends with its cancel (CX-05: the handle is accepted).
        let handle = register(&mut bench, AF_UNSPEC);
        let other = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V4);
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "NU-10 CX-05");
        assert_eq!(told(&mut bench, handle), [], "NU-10");
        assert!(!bench.is_live(handle) && bench.is_live(other));
    }
    // A lock that the callback wants and the canceller holds.
    let mut bench = Bench::new();
    let handle = register(&mut bench, AF_UNSPEC);
    let lock = bench.machine.lock("lock", false);
    add(&mut bench, V4);
    bench.begin(handle, bench.pool);
    assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
    assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
    assert!(matches!(bench.cancel(bench.main, handle), CancelBegin::Cycle(_)));
}

#[test]
fn process_end_and_restart() {
    // NU-10: with the end of the process, and with a restart of the machine.
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V4);
        bench.machine.process_exit(bench.main, bench.process);
        assert_eq!(bench.machine.death(handle).expect("dead").1, Death::ProcessExit, "NU-10");
        assert!(bench.machine.deliverable().is_empty());
    }
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        bench.machine.reboot(&mut bench.chooser);
        assert_eq!(bench.machine.death(handle).expect("dead").1, Death::Reboot, "NU-10");
        bench.machine.elapse(10_000, &mut bench.chooser);
        assert!(bench.machine.deliverable().is_empty(), "addresses come up, and nobody is told");
    }
}

#[test]
fn what_is_told() {
    for mut bench in both() {
        // NU-11: an address that comes, changes its state, goes.
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, V6);
        bench.machine.elapse(1_000, &mut bench.chooser);
        remove(&mut bench, V6);
        let expected =
            [NotificationType::Add, NotificationType::Parameter, NotificationType::Delete]
                .map(|kind| (kind, Some(ip(V6))));
        assert_eq!(told(&mut bench, handle), expected, "NU-11");
    }
}

#[test]
fn the_asynchronous_way_to_wait_for_an_address() {
    for mut bench in both() {
        let handle = register(&mut bench, AF_INET);
        add(&mut bench, V4);
        let due = bench.begin(handle, bench.pool);
        let state = |answer: (u32, Option<UnicastRow>)| answer.1.map(|row| row.dad_state);
        assert_eq!(state(entry(&mut bench, &due)), Some(1), "NU-12: keep waiting");
        bench.machine.delivery_end(bench.pool);
        bench.machine.elapse(3_000, &mut bench.chooser);
        let due = bench.begin(handle, bench.pool);
        // NU-12: re-reading the row in the callback shows Preferred.
        assert_eq!(state(entry(&mut bench, &due)), Some(4), "NU-12");
        bench.machine.delivery_end(bench.pool);
        // A callback that comes too late finds nothing.
        remove(&mut bench, V4);
        let due = bench.begin(handle, bench.pool);
        assert_eq!(due.notification.kind(), Some(NotificationType::Delete));
        let gone = bench.machine.code(bench.pool, netiosim_model::status::Status::NotFound);
        assert_eq!(entry(&mut bench, &due), (gone, None));
    }
}

#[test]
fn a_deletion_reaches_every_matching_subscriber() {
    for mut bench in both() {
        // NU-13: DeleteUnicastIpAddressEntry.
        add(&mut bench, V4);
        let all =
            [AF_INET, AF_UNSPEC, AF_INET, AF_INET6].map(|family| register(&mut bench, family));
        let row = UnicastRow {
            address: SocketAddress::from(ip(V4)),
            luid: ETHERNET,
            ..UnicastRow::default()
        };
        let call = Call::row(Function::DeleteUnicastIpAddressEntry, row);
        let reply = bench.machine.call(bench.main, &call, &mut bench.chooser);
        assert_eq!(reply.code, 0);
        let pending = |handle| bench.machine.registration(handle).expect("live").pending();
        assert_eq!(all.map(pending), [1, 1, 1, 0], "NU-13");
        let told = told(&mut bench, all[1]);
        assert_eq!(told, [(NotificationType::Delete, Some(ip(V4)))], "NU-13");
    }
}

#[test]
fn at_which_levels_a_driver_may_call_it() {
    // NU-14: below DISPATCH_LEVEL.
    for (irql, flagged) in [(Irql::Passive, 0), (Irql::Apc, 0), (Irql::Dispatch, 1)] {
        let mut driver = Bench::driver();
        driver.machine.set_irql(driver.main, irql);
        register(&mut driver, AF_UNSPEC);
        assert_eq!(driver.rules().len(), flagged, "NU-14: {irql:?}");
    }
}

#[test]
fn the_context_is_passed_through() {
    for mut bench in both() {
        // NU-15
        for context in [0, 7, u64::MAX] {
            let request = Request { context, ..Request::new("context", 3) };
            let (_, handle) = notify(&mut bench, AF_INET, &request);
            add(&mut bench, V4);
            let due = bench.begin(handle, bench.pool);
            assert_eq!((due.context, due.callback), (context, 3), "NU-15");
            bench.machine.delivery_end(bench.pool);
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
            remove(&mut bench, V4);
        }
    }
}
