//! NotifyRouteChange2, in both flavours.

use std::net::IpAddr;

use crate::bench::{Bench, circle_of_cancel, code_of};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::Change;
use netiosim_model::event::Function;
use netiosim_model::ids::Handle;
use netiosim_model::interface::if_type;
use netiosim_model::machine::{Begun, CancelBegin, Death, Irql, LockMode, Request, RowRead};
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Luid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::row::{Field, FieldValue, ForwardRow, Row, RowType, SocketAddress};
use netiosim_model::status::Status;
use netiosim_model::table::{Route, RouteKey};

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const FUNCTION: Function = Function::NotifyRouteChange2;

/// A program's machine and a driver's.
fn both() -> [Bench; 2] {
    [Bench::new(), Bench::driver()]
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn v4() -> Route {
    Route::new(ETHERNET, ip("172.16.0.0"), 12, ip("192.168.1.1"))
}

fn v6() -> Route {
    Route::new(ETHERNET, ip("2001:db8:9::"), 48, ip("fe80::1"))
}

fn notify(bench: &mut Bench, family: u16, request: &Request) -> (u32, Handle) {
    let machine = &mut bench.machine;
    let registered = machine.notify(bench.main, FUNCTION, family, request, &mut bench.chooser);
    (registered.code, registered.handle)
}

fn register(bench: &mut Bench, family: u16) -> Handle {
    let (code, handle) = notify(bench, family, &Request::new("routes", 4));
    assert!(code == 0 && !handle.is_null());
    handle
}

fn change(bench: &mut Bench, change: &Change) {
    bench.machine.change(None, change, &mut bench.chooser).expect("a change");
}

fn add(bench: &mut Bench, route: Route) {
    change(bench, &Change::RouteAdd(route));
}

fn told(bench: &mut Bench, handle: Handle) -> Vec<(NotificationType, Option<RouteKey>)> {
    let mut told = Vec::new();
    while let Some(lane) = bench.machine.next_deliverable() {
        let due = bench.machine.delivery_begin(lane, bench.pool);
        if let (true, Notification::Route { row, kind }) = (lane.handle == handle, due.notification)
        {
            told.push((kind, row.map(|row| row.route)));
        }
        bench.machine.delivery_end(bench.pool);
    }
    told
}

/// The row of a route as a caller hands it in: initialized, its keys filled in.
fn row(route: &Route) -> ForwardRow {
    ForwardRow {
        luid: ETHERNET,
        destination: route.destination.into(),
        prefix_length: route.prefix_length,
        next_hop: route.next_hop.into(),
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        metric: route.metric,
        protocol: 3,
        ..ForwardRow::default()
    }
}

fn call(bench: &mut Bench, function: Function, row: ForwardRow) -> (u32, Option<ForwardRow>) {
    let reply = bench.machine.call(bench.pool_2, &Call::row(function, row), &mut bench.chooser);
    match reply.output {
        Output::Row(Row::Forward(row)) if reply.code == 0 => (0, Some(*row)),
        _ => (reply.code, None),
    }
}

#[test]
fn families() {
    for mut bench in both() {
        let invalid = bench.machine.code(bench.main, Status::InvalidParameter);
        assert!([87, 0xC000_000D].contains(&invalid));
        for family in [1, 10, 24, u16::MAX] {
            // NR-01; NR-03: NULL is stored on error.
            let (code, handle) = notify(&mut bench, family, &Request::new("odd", 4));
            assert_eq!((code, handle), (invalid, Handle::NULL), "NR-01 NR-03: {family}");
        }
        // NR-02: IPv4 changes never reach an AF_INET6 subscriber; NR-03: a handle on success.
        let all = [AF_INET, AF_INET6, AF_UNSPEC].map(|family| register(&mut bench, family));
        add(&mut bench, v4());
        let pending = |bench: &Bench| {
            all.map(|handle| bench.machine.registration(handle).expect("live").pending())
        };
        assert_eq!(pending(&bench), [1, 0, 1], "NR-02");
        add(&mut bench, v6());
        assert_eq!(pending(&bench), [1, 1, 2], "NR-02");
        assert_eq!(told(&mut bench, all[1]), [(NotificationType::Add, Some(v6().key()))], "NR-02");
    }
}

#[test]
fn initial_notifications() {
    for (option, count) in [("once", 1), ("per-family", 2)] {
        let mut bench = Bench::with(&[("initial-unspec", option), ("initial-thread", "pool")]);
        let request = Request { initial: true, ..Request::new("initial", 4) };
        for (family, expected) in [(AF_INET, 1), (AF_INET6, 1), (AF_UNSPEC, count)] {
            let (_, handle) = notify(&mut bench, family, &request);
            let told = told(&mut bench, handle);
            // NR-04: Row NULL and MibInitialNotification.
            assert_eq!(told, vec![(NotificationType::Initial, None); expected], "NR-04 {option}");
        }
    }
    for mut bench in both() {
        let request = Request { initial: true, ..Request::new("initial", 4) };
        let machine = &mut bench.machine;
        let registered =
            machine.notify(bench.main, FUNCTION, AF_INET6, &request, &mut bench.chooser);
        assert_eq!(registered.initial.len(), 1, "NR-04: right after the registration");
        let _ = machine.delivery_begin(registered.initial[0], bench.main);
        let row = machine.row_of(bench.main).expect("a row pointer");
        assert_eq!(machine.lent_row(row), Some(None), "NR-04: it is NULL");
        machine.delivery_end(bench.main);
        // NR-04: FALSE gives none.
        let silent = register(&mut bench, AF_UNSPEC);
        assert_eq!(told(&mut bench, silent), [], "NR-04");
        add(&mut bench, v6());
        assert_eq!(told(&mut bench, silent), [(NotificationType::Add, Some(v6().key()))], "NR-04");
    }
}

#[test]
fn the_row_has_its_keys_and_nothing_else() {
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, Route { metric: 17, ..v4() });
        let due = bench.begin(handle, bench.pool);
        let lent = bench.machine.row_of(bench.pool).expect("a row");
        let mut read = |name| {
            let field = Field::parse(RowType::Forward, name).expect("a member");
            bench.machine.row_read(bench.pool, lent, field, &mut bench.chooser)
        };
        let address = |text| RowRead::Value(FieldValue::Address(SocketAddress::from(ip(text))));
        let number = |number| RowRead::Value(FieldValue::Number(number));
        // NR-05: DestinationPrefix, NextHop, InterfaceLuid and InterfaceIndex only.
        assert_eq!(read("DestinationPrefix.Prefix"), address("172.16.0.0"), "NR-05");
        assert_eq!(read("DestinationPrefix.PrefixLength"), number(12), "NR-05");
        assert_eq!(read("NextHop"), address("192.168.1.1"), "NR-05");
        assert_eq!(read("InterfaceLuid"), number(ETHERNET.0), "NR-05");
        assert_eq!(read("InterfaceIndex"), number(2), "NR-05");
        assert!(matches!(read("Metric"), RowRead::NotPromised(_)), "NR-05");
        assert_eq!(bench.rules(), ["N008"]);
        // GetIpForwardEntry2 supplies the rest.
        let Notification::Route { row: Some(key), .. } = due.notification else {
            panic!("a row: {}", due.notification);
        };
        let (code, rest) = call(&mut bench, Function::GetIpForwardEntry2, ForwardRow::from(key));
        assert_eq!((code, rest.map(|row| row.metric)), (0, Some(17)), "NR-05");
        // NR-06: its memory belongs to the system.
        bench.machine.row_free(bench.pool, lent);
        assert_eq!(bench.rules(), ["N008", "N007"], "NR-06");
    }
}

#[test]
fn invocations_are_serialized() {
    for mut bench in both() {
        // NR-07
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, v4());
        bench.begin(handle, bench.pool);
        add(&mut bench, v6());
        change(&mut bench, &Change::RouteRemove(v4().key()));
        assert!(bench.machine.deliverable().is_empty(), "NR-07: while one runs");
        bench.machine.delivery_end(bench.pool);
        bench.begin(handle, bench.pool_2);
        assert!(bench.machine.deliverable().is_empty(), "NR-07");
    }
}

#[test]
fn the_documented_deadlocks() {
    for mut bench in both() {
        // NR-08: a cancel inside the own callback.
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, v4());
        bench.begin(handle, bench.pool);
        let answer = bench.cancel(bench.pool, handle);
        let finding = circle_of_cancel(answer, &bench.machine);
        assert_eq!(finding.rule.id(), "N001", "NR-08");
    }
    for mut bench in both() {
        // NR-08: a cancel under a lock that the callback wants.
        let handle = register(&mut bench, AF_UNSPEC);
        let lock = bench.machine.lock("lock", false);
        add(&mut bench, v4());
        bench.begin(handle, bench.pool);
        assert_eq!(bench.machine.acquire(bench.main, lock, LockMode::Write), Begun::Done);
        assert_eq!(bench.machine.acquire(bench.pool, lock, LockMode::Write), Begun::Wait);
        let answer = bench.cancel(bench.main, handle);
        let finding = circle_of_cancel(answer, &bench.machine);
        assert_eq!(finding.rule.id(), "N002", "NR-08");
    }
}

#[test]
fn a_cancel_from_an_independent_thread() {
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, v4());
        bench.begin(handle, bench.pool);
        assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait);
        bench.machine.delivery_end(bench.pool);
        assert_eq!(bench.machine.cancel_end(bench.main).1, 0, "CX-05");
        add(&mut bench, v6());
        assert!(bench.machine.deliverable().is_empty());
    }
}

#[test]
fn process_end_and_restart() {
    for mut bench in both() {
        // NR-09: process end.
        let handle = register(&mut bench, AF_UNSPEC);
        add(&mut bench, v4());
        bench.machine.process_exit(bench.main, bench.process);
        assert_eq!(bench.machine.death(handle).expect("dead").1, Death::ProcessExit, "NR-09");
        assert!(bench.machine.deliverable().is_empty());
    }
    for mut bench in both() {
        // NR-09: reboot.
        let handle = register(&mut bench, AF_UNSPEC);
        bench.machine.reboot(&mut bench.chooser);
        assert_eq!(bench.machine.death(handle).expect("dead").1, Death::Reboot, "NR-09");
        bench.machine.elapse(10_000, &mut bench.chooser);
        assert!(bench.machine.deliverable().is_empty(), "routes come up, and nobody is told");
    }
}

#[test]
fn what_is_told() {
    for mut bench in both() {
        let handle = register(&mut bench, AF_UNSPEC);
        // NR-10: Create, Set and Delete.
        let route = v4();
        assert_eq!(call(&mut bench, Function::CreateIpForwardEntry2, row(&route)).0, 0);
        let other = Route { metric: 40, ..v4() };
        assert_eq!(call(&mut bench, Function::SetIpForwardEntry2, row(&other)).0, 0);
        assert_eq!(call(&mut bench, Function::DeleteIpForwardEntry2, row(&route)).0, 0);
        let expected =
            [NotificationType::Add, NotificationType::Parameter, NotificationType::Delete]
                .map(|kind| (kind, Some(route.key())));
        assert_eq!(told(&mut bench, handle), expected, "NR-10");
    }
}

#[test]
fn at_which_levels_a_driver_may_call_it() {
    // NR-11: below DISPATCH_LEVEL.
    for (irql, flagged) in [(Irql::Passive, 0), (Irql::Apc, 0), (Irql::Dispatch, 1)] {
        let mut driver = Bench::driver();
        driver.machine.set_irql(driver.main, irql);
        register(&mut driver, AF_UNSPEC);
        assert_eq!(driver.rules().len(), flagged, "NR-11: {irql:?}");
    }
}

#[test]
fn the_context_is_passed_through() {
    for mut bench in both() {
        // NR-12
        for context in [0, 7, u64::MAX] {
            let request = Request { context, ..Request::new("context", 4) };
            let (_, handle) = notify(&mut bench, AF_INET, &request);
            add(&mut bench, v4());
            let due = bench.begin(handle, bench.pool);
            assert_eq!((due.context, due.callback), (context, 4), "NR-12");
            bench.machine.delivery_end(bench.pool);
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0);
            change(&mut bench, &Change::RouteRemove(v4().key()));
        }
    }
}
