//! NotifyStableUnicastIpAddressTable: the table at once when the addresses are stable, later when
//! they are not.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use crate::bench::{Bench, circle_of_cancel, code_of};
use netiosim_model::build::{bring_teredo, teredo_interface};
use netiosim_model::change::{AddressEdit, Change};
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{Handle, TableId};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{CancelBegin, Death, Due, Fault, Irql, Machine, Registered, Request};
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Luid};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::Row;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{DadState, UnicastAddress};
use netiosim_model::teredo::{PortWish, TeredoClient, TeredoNetwork, TeredoSettings, TeredoState};

const STABLE: Function = Function::NotifyStableUnicastIpAddressTable;
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const V4: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 168, 1, 10));
const V6: IpAddr = IpAddr::V6(Ipv6Addr::new(0xFE80, 0, 0, 0, 0, 0, 0, 2));
const NEW: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(10, 1, 2, 3));

/// A machine with an Ethernet, whose Teredo client is in this state.
fn machine_with(teredo: TeredoState) -> Env {
    let mut env = Env::new(
        TeredoClient::new(TeredoSettings::default(), TeredoNetwork::default()),
        teredo_interface(1, 3),
    );
    env.place_interface(Interface::new("Ethernet", if_type::ETHERNET, 1, 2)).expect("an interface");
    env.place_address(UnicastAddress::new(ETHERNET, V4, 24));
    env.place_address(UnicastAddress::new(ETHERNET, V6, 64));
    assert!(bring_teredo(&mut env, teredo, Some(50_000)), "{teredo:?}");
    env
}

fn bench(teredo: TeredoState, flavour: Flavour, fixed: &[(&str, &str)]) -> Bench {
    let mut options = Options::of(Profile::Documented);
    for (name, value) in fixed {
        options.fix(name, value).expect("an option and a value");
    }
    let env = machine_with(teredo);
    let mut machine = Machine::with_options(Profile::Documented, options, env);
    let process = machine.process("app", flavour);
    let mut actor = |name| machine.actor(name, process);
    let (main, other) = (actor("main"), actor("other"));
    let (pool, pool_2) = (actor("pool"), actor("pool 2"));
    Bench { machine, process, main, other, pool, pool_2, chooser: First::default() }
}

fn user(teredo: TeredoState) -> Bench {
    bench(teredo, Flavour::User, &[])
}

fn ask(bench: &mut Bench, family: u16, request: &Request) -> Registered {
    bench.machine.notify(bench.main, STABLE, family, request, &mut bench.chooser)
}

/// A request that has to wait.
fn pending(bench: &mut Bench, family: u16) -> Handle {
    let registered = ask(bench, family, &Request::new("stable", 5));
    assert_eq!((registered.status, registered.table), (Status::IoPending, None));
    registered.handle
}

fn change(bench: &mut Bench, change: &Change) {
    bench.machine.change(None, change, &mut bench.chooser).expect("a change");
}

fn add(bench: &mut Bench, address: IpAddr) {
    let address = UnicastAddress::new(ETHERNET, address, 24);
    change(bench, &Change::AddressAdd { address, optimistic: false });
}

/// Lets time go by until something is due, or for a minute; answers whether something is.
fn wait_a_minute(bench: &mut Bench) -> bool {
    let mut left_ms = 60_000;
    while bench.machine.next_deliverable().is_none() && left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, &mut bench.chooser);
    }
    bench.machine.next_deliverable().is_some()
}

fn table_of(due: &Due) -> TableId {
    due.notification.table().expect("a stable table has a table")
}

/// Begins the next delivery on the pool and answers the addresses of its table.
fn begin(bench: &mut Bench, handle: Handle) -> Vec<IpAddr> {
    let due = bench.begin(handle, bench.pool);
    addresses(bench, table_of(&due))
}

fn addresses(bench: &mut Bench, table: TableId) -> Vec<IpAddr> {
    let rows: Arc<Vec<Row>> = bench.machine.table_rows(bench.main, table).expect("a table");
    let address = |row: &Row| match row {
        Row::Unicast(row) => row.address.ip().expect("an address"),
        _ => panic!("not a unicast row: {row:?}"),
    };
    rows.iter().map(address).collect()
}

/// The Teredo client's addresses now.
fn teredo_addresses(bench: &Bench) -> Vec<IpAddr> {
    let luid = bench.machine.env().teredo_luid();
    bench.machine.env().address_table().of(luid).map(|address| address.address).collect()
}

fn invalid(flavour: Flavour) -> u32 {
    if flavour == Flavour::User { 87 } else { 0xC000_000D }
}

#[test]
fn bad_parameters_give_nothing() {
    let good = Request::new("stable", 5);
    for flavour in Flavour::ALL {
        for (id, family, request) in [
            ("NS-01", 0, Request { table_pointer: false, ..good.clone() }),
            ("NS-02", 0, Request { handle_pointer: false, ..good.clone() }),
            ("NS-03", 1, good.clone()),
            ("NS-03", 10, good.clone()), // AF_INET6 elsewhere
            ("NS-03", 77, good.clone()),
            ("O-11", 0, Request { callback: None, ..good.clone() }),
        ] {
            for teredo in [TeredoState::Qualified, TeredoState::Dormant] {
                let mut bench = bench(teredo, flavour, &[]);
                let registered = ask(&mut bench, family, &request);
                assert_eq!(registered.code, invalid(flavour), "{id}");
                assert_eq!((registered.handle, registered.table), (Handle::NULL, None), "{id}");
                assert!(!registered.is_accepted(), "{id}");
                assert_eq!(bench.machine.registrations().count(), 0, "{id}");
                assert!(bench.machine.tables_held(bench.process).is_empty(), "{id}");
                assert_eq!(bench.machine.env().teredo().state(), teredo, "{id}: nothing wakes");
            }
        }
    }
}

#[test]
fn without_teredo_the_table_comes_at_once_and_never_again() {
    for flavour in Flavour::ALL {
        // NS-04
        let mut bench = bench(TeredoState::Offline, flavour, &[]);
        let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
        assert_eq!((registered.status, registered.code), (Status::Success, 0), "NS-04");
        // That the handle is NULL is observed.
        assert_eq!(registered.handle, Handle::NULL, "NS-04");
        let table = registered.table.expect("NS-04: *Table is filled");
        let mut found = addresses(&mut bench, table);
        found.sort();
        let mut expected = vec![V4, V6, IpAddr::from([127, 0, 0, 1]), Ipv6Addr::LOCALHOST.into()];
        expected.sort();
        assert_eq!(found, expected, "NS-04");
        // Whatever happens, nobody is called.
        add(&mut bench, NEW);
        change(&mut bench, &Change::TeredoStart(PortWish::Another));
        change(&mut bench, &Change::TeredoQualify);
        assert!(!wait_a_minute(&mut bench), "NS-04");
        assert_eq!(bench.machine.env().teredo().state(), TeredoState::Qualified);
        assert_eq!(bench.machine.registrations().count(), 0, "NS-04");
    }
}

#[test]
fn with_a_qualified_teredo_client_as_well() {
    for flavour in Flavour::ALL {
        // NS-05
        let mut bench = bench(TeredoState::Qualified, flavour, &[]);
        let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
        assert_eq!((registered.code, registered.handle), (0, Handle::NULL), "NS-05");
        let found = addresses(&mut bench, registered.table.expect("NS-05"));
        let teredo = teredo_addresses(&bench);
        assert!(!teredo.is_empty() && teredo.iter().all(|own| found.contains(own)), "NS-05");
        change(&mut bench, &Change::TeredoRestart(PortWish::Another));
        assert!(!wait_a_minute(&mut bench), "NS-05: never a callback");
    }
}

#[test]
fn without_an_ipv6_stack_nobody_waits_for_teredo() {
    let mut bench = user(TeredoState::Dormant);
    change(&mut bench, &Change::Ipv6Present(false));
    let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
    assert_eq!(registered.code, 0, "NS-04");
    let found = addresses(&mut bench, registered.table.expect("NS-04"));
    assert!(found.contains(&V4) && found.iter().all(IpAddr::is_ipv4), "NS-04: {found:?}");
}

#[test]
fn an_unqualified_client_makes_the_request_wait() {
    let literal: &[(&str, &str)] = &[];
    let mapped: &[(&str, &str)] = &[("kernel-error-names", "as-ntstatus")];
    for (flavour, fixed, code) in [
        (Flavour::User, literal, 997),
        (Flavour::User, mapped, 997),
        (Flavour::Kernel, literal, 997),
        (Flavour::Kernel, mapped, 0x103),
    ] {
        for teredo in [TeredoState::Dormant, TeredoState::Probe] {
            let mut bench = bench(teredo, flavour, fixed);
            let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
            assert_eq!(registered.status, Status::IoPending, "NS-06: {teredo:?}");
            assert_eq!(registered.code, code, "NS-06: {teredo:?}");
            assert!(registered.is_accepted() && registered.table.is_none(), "NS-06");
            assert!(!registered.handle.is_null(), "NS-07");
            assert!(bench.is_live(registered.handle), "NS-07");
            assert!(bench.machine.tables_held(bench.process).is_empty(), "NS-06");
            assert!(bench.machine.deliverable().is_empty(), "NS-06");
        }
    }
}

#[test]
fn the_callback_gets_the_table_and_its_context_when_the_client_is_qualified() {
    for flavour in Flavour::ALL {
        // NS-08
        let mut bench = bench(TeredoState::Dormant, flavour, &[]);
        let request = Request { context: 0xC0FFEE, ..Request::new("stable", 5) };
        let handle = ask(&mut bench, AF_UNSPEC, &request).handle;
        assert!(wait_a_minute(&mut bench), "NS-08");
        assert_eq!(bench.machine.env().teredo().state(), TeredoState::Qualified, "NS-08");
        let due = bench.begin(handle, bench.pool);
        assert_eq!((due.context, due.callback, due.number), (0xC0FFEE, 5, 1), "NS-08");
        let found = addresses(&mut bench, table_of(&due));
        for own in teredo_addresses(&bench).iter().chain(&[V4, V6]) {
            assert!(found.contains(own), "NS-08: {own}");
        }
        bench.machine.delivery_end(bench.pool);
        assert!(!wait_a_minute(&mut bench), "it was one notification");
    }
}

#[test]
fn the_family_filters_the_rows() {
    // NS-11, at once and later.
    for (family, v4, v6) in [(AF_INET, true, false), (AF_INET6, false, true), (0, true, true)] {
        let check = |found: &[IpAddr]| {
            assert_eq!(found.iter().any(IpAddr::is_ipv4), v4, "NS-11: {family}: {found:?}");
            assert_eq!(found.iter().any(IpAddr::is_ipv6), v6, "NS-11: {family}: {found:?}");
            assert_eq!((found.contains(&V4), found.contains(&V6)), (v4, v6), "NS-11");
        };
        let mut bench = user(TeredoState::Qualified);
        let registered = ask(&mut bench, family, &Request::new("stable", 5));
        check(&addresses(&mut bench, registered.table.expect("a table")));
        assert_eq!(bench.machine.env().teredo().state(), TeredoState::Qualified);

        let mut bench = user(TeredoState::Dormant);
        let handle = pending(&mut bench, family);
        assert!(wait_a_minute(&mut bench));
        check(&begin(&mut bench, handle));
    }
}

#[test]
fn a_pending_request_can_be_withdrawn() {
    for flavour in Flavour::ALL {
        for due_already in [false, true] {
            // NS-12, CX-06
            let mut bench = bench(TeredoState::Dormant, flavour, &[]);
            let handle = pending(&mut bench, AF_UNSPEC);
            if due_already {
                assert!(wait_a_minute(&mut bench));
            }
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "CX-06");
            assert!(!wait_a_minute(&mut bench), "NS-12: no callback follows");
            assert_eq!(bench.machine.death(handle), Some(("stable", Death::Cancelled)), "CX-06");
            assert_eq!(bench.machine.env().teredo().state(), TeredoState::Qualified);
            assert!(bench.machine.tables_held(bench.process).is_empty(), "NS-12");
            // A second time the handle is stale.
            assert_eq!(code_of(bench.cancel(bench.main, handle)), invalid(flavour));
            assert_eq!(bench.rules(), ["N005"]);
        }
    }
}

#[test]
fn a_cancel_waits_for_the_callback_that_runs() {
    // CX-06, NS-12
    let mut bench = user(TeredoState::Dormant);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    begin(&mut bench, handle);
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait, "CX-06");
    assert!(!bench.machine.can_end(bench.main));
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main), (Status::Success, 0), "CX-06");
    assert!(!wait_a_minute(&mut bench), "NS-12");
}

#[test]
fn the_callback_must_not_cancel_its_own_request() {
    let mut bench = user(TeredoState::Dormant);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    begin(&mut bench, handle);
    let answer = bench.cancel(bench.pool, handle);
    assert_eq!(circle_of_cancel(answer, &bench.machine).rule.id(), "N001", "CX-06");
}

#[test]
fn after_its_callback_the_handle_is_still_there_to_be_cancelled() {
    // CX-06: the driver page words it so.
    for flavour in Flavour::ALL {
        let mut bench = bench(TeredoState::Dormant, flavour, &[]);
        let handle = pending(&mut bench, AF_UNSPEC);
        assert!(wait_a_minute(&mut bench));
        begin(&mut bench, handle);
        bench.machine.delivery_end(bench.pool);
        assert!(bench.is_live(handle));
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "CX-06");
        assert!(bench.rules().is_empty());
    }
}

#[test]
fn there_is_no_initial_notification_and_no_type() {
    // NS-13: the flag is of no account, as there is no such parameter.
    let mut bench = user(TeredoState::Dormant);
    let request = Request { initial: true, ..Request::new("stable", 5) };
    let registered = ask(&mut bench, AF_UNSPEC, &request);
    assert_eq!((registered.code, registered.initial), (997, vec![]), "NS-13");
    assert!(bench.machine.deliverable().is_empty(), "NS-13");
    assert!(wait_a_minute(&mut bench));
    let due = bench.begin(registered.handle, bench.pool);
    assert!(matches!(due.notification, Notification::StableTable { table: Some(_) }));
    assert_eq!((due.notification.kind(), due.notification.row()), (None, None), "NS-13");
    assert_eq!(due.family, None);
}

#[test]
fn only_preferred_addresses_are_stable() {
    // NS-14; that the call does not wait for the others is chosen (O-10).
    let mut bench = user(TeredoState::Offline);
    let address = |n| IpAddr::from([10, 0, 0, n]);
    let [tentative, duplicate, deprecated] = [1, 2, 3].map(address);
    for address in [duplicate, deprecated] {
        add(&mut bench, address);
    }
    bench.machine.elapse(5_000, &mut bench.chooser);
    bench.machine.elapse(5_000, &mut bench.chooser);
    let conflict = Change::AddressConflict { luid: ETHERNET, address: duplicate, present: true };
    change(&mut bench, &conflict);
    let edit = AddressEdit { preferred_s: Some(0), ..AddressEdit::default() };
    change(&mut bench, &Change::AddressSet { key: (ETHERNET, deprecated), edit });
    add(&mut bench, tentative);
    let state = |address| {
        let table = bench.machine.env().address_table();
        table.get((ETHERNET, address)).map(|address| address.dad)
    };
    for (address, expected) in [
        (tentative, DadState::Tentative),
        (duplicate, DadState::Duplicate),
        (deprecated, DadState::Deprecated),
        (V4, DadState::Preferred),
    ] {
        assert_eq!(state(address), Some(expected), "{address}");
    }
    let registered = ask(&mut bench, AF_INET, &Request::new("stable", 5));
    let mut found = addresses(&mut bench, registered.table.expect("at once"));
    found.sort();
    assert_eq!(found, [IpAddr::from([127, 0, 0, 1]), V4], "NS-14");
    // Preferred is 4.
    let table = registered.table.expect("looked at before");
    let rows = bench.machine.table_rows(bench.main, table).expect("rows");
    let preferred = |row: &Row| matches!(row, Row::Unicast(row) if row.dad_state == 4);
    assert!(rows.iter().all(preferred), "NS-14");
}

#[test]
fn teredo_counts_by_its_qualification_and_not_by_dad_state() {
    // NS-15: the table is due, and before it is delivered the client has to qualify again.
    let mut bench = user(TeredoState::Dormant);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    change(&mut bench, &Change::TeredoRestart(PortWish::Another));
    assert_eq!(bench.machine.env().teredo().state(), TeredoState::Probe);
    let luid = bench.machine.env().teredo_luid();
    let preferred: Vec<IpAddr> = bench
        .machine
        .env()
        .address_table()
        .of(luid)
        .filter(|address| address.dad == DadState::Preferred)
        .map(|address| address.address)
        .collect();
    assert!(!preferred.is_empty(), "its link-local address is there");
    let found = begin(&mut bench, handle);
    assert!(found.contains(&V6), "NS-15");
    assert!(preferred.iter().all(|own| !found.contains(own)), "NS-15: {found:?}");
}

#[test]
fn only_teredo_is_waited_for_unless_all_addresses_are() {
    // NS-15, NS-14: option `stable-wait-for`.
    for (option, at_once) in [("teredo", true), ("all-addresses", false)] {
        for flavour in Flavour::ALL {
            let mut bench = bench(TeredoState::Qualified, flavour, &[("stable-wait-for", option)]);
            add(&mut bench, NEW);
            let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
            assert_eq!(registered.table.is_some(), at_once, "NS-15: {option}");
            assert_eq!(registered.code, if at_once { 0 } else { 997 }, "NS-15: {option}");
            assert_eq!(wait_a_minute(&mut bench), !at_once, "NS-15: {option}");
            if let Some(table) = registered.table {
                assert!(!addresses(&mut bench, table).contains(&NEW), "NS-14: {option}");
            } else {
                let found = begin(&mut bench, registered.handle);
                assert!(found.contains(&NEW), "NS-14: {option}");
                assert_eq!(bench.machine.now_ms(), 3_000, "as long as detection takes");
            }
        }
    }
}

#[test]
fn what_never_will_be_preferred_is_not_waited_for() {
    // Chosen: a duplicate would block every request.
    let mut bench =
        bench(TeredoState::Qualified, Flavour::User, &[("stable-wait-for", "all-addresses")]);
    let conflict = Change::AddressConflict { luid: ETHERNET, address: NEW, present: true };
    change(&mut bench, &conflict);
    add(&mut bench, NEW);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    assert!(!begin(&mut bench, handle).contains(&NEW), "NS-14");
}

#[test]
fn the_call_itself_makes_the_client_qualify() {
    // TS-04, NS-16: a client that sleeps does not wake by itself.
    let mut idle = user(TeredoState::Dormant);
    idle.machine.elapse(3_600_000, &mut idle.chooser);
    assert_eq!(idle.machine.env().teredo().state(), TeredoState::Dormant, "TS-04");

    let mut bench = user(TeredoState::Dormant);
    pending(&mut bench, AF_UNSPEC);
    assert_eq!(bench.machine.env().teredo().state(), TeredoState::Probe, "NS-16");
    assert!(wait_a_minute(&mut bench));
    assert_eq!(bench.machine.env().teredo().state(), TeredoState::Qualified, "TS-04");
    // AF_INET asks for rows that have nothing to do with it, and yet.
    let mut bench = user(TeredoState::Dormant);
    pending(&mut bench, AF_INET);
    assert_eq!(bench.machine.env().teredo().state(), TeredoState::Probe, "NS-16");
}

#[test]
fn a_client_that_gives_up_is_not_waited_for() {
    // Chosen: it has no address any more. NS-04
    for (server, stopped) in [(false, false), (true, true)] {
        let mut bench = user(TeredoState::Dormant);
        change(&mut bench, &Change::TeredoServer { reachable: server });
        let handle = pending(&mut bench, AF_UNSPEC);
        if stopped {
            change(&mut bench, &Change::TeredoStop);
        }
        assert!(wait_a_minute(&mut bench), "NS-04");
        assert_eq!(bench.machine.env().teredo().state(), TeredoState::Offline);
        let found = begin(&mut bench, handle);
        assert!(found.contains(&V6), "NS-04: {found:?}");
    }
}

#[test]
fn faults_have_the_codes_of_the_pages() {
    let literal: &[(&str, &str)] = &[];
    let mapped: &[(&str, &str)] = &[("kernel-error-names", "as-ntstatus")];
    for (id, status, flavour, fixed, code) in [
        ("NS-17", Status::NotEnoughMemory, Flavour::User, literal, 8),
        ("NS-17", Status::NotEnoughMemory, Flavour::Kernel, literal, 0xC000_009A),
        ("NS-18", Status::InvalidHandle, Flavour::User, literal, 6),
        ("NS-18", Status::InvalidHandle, Flavour::Kernel, literal, 6),
        ("NS-18", Status::InvalidHandle, Flavour::Kernel, mapped, 0xC000_0008),
    ] {
        for teredo in [TeredoState::Dormant, TeredoState::Qualified] {
            let mut bench = bench(teredo, flavour, fixed);
            bench.machine.fault_add(Fault::new(STABLE, status));
            let registered = ask(&mut bench, AF_UNSPEC, &Request::new("stable", 5));
            assert_eq!(registered.code, code, "{id}");
            assert_eq!((registered.handle, registered.table), (Handle::NULL, None), "{id}");
            assert_eq!(bench.machine.env().teredo().state(), teredo, "{id}");
        }
    }
}

#[test]
fn drivers_call_it_below_dispatch_level() {
    // NS-19
    for (irql, rules) in [(Irql::Passive, 0), (Irql::Apc, 0), (Irql::Dispatch, 1)] {
        let mut bench = bench(TeredoState::Dormant, Flavour::Kernel, &[]);
        bench.machine.set_irql(bench.main, irql);
        let handle = pending(&mut bench, AF_UNSPEC);
        assert_eq!(bench.rules(), vec!["N011"; rules], "NS-19: {irql:?}");
        assert!(bench.is_live(handle), "the call goes on");
    }
}

#[test]
fn a_request_ends_with_its_process_and_with_the_machine() {
    // NS-20
    let mut bench = user(TeredoState::Dormant);
    let handle = pending(&mut bench, AF_UNSPEC);
    bench.machine.process_exit(bench.main, bench.process);
    assert_eq!(bench.rules(), ["N010"], "NS-20");
    assert_eq!(bench.machine.death(handle), Some(("stable", Death::ProcessExit)), "NS-20");
    assert!(!wait_a_minute(&mut bench), "NS-20");

    let mut bench = user(TeredoState::Dormant);
    let handle = pending(&mut bench, AF_UNSPEC);
    bench.machine.reboot(&mut bench.chooser);
    assert!(bench.rules().is_empty(), "NS-20");
    assert_eq!(bench.machine.death(handle), Some(("stable", Death::Reboot)), "NS-20");
    change(&mut bench, &Change::TeredoQualify);
    assert!(!wait_a_minute(&mut bench), "NS-20");
}

/// Begins, looks and ends; answers the table.
fn deliver(bench: &mut Bench, handle: Handle) -> TableId {
    let due = bench.begin(handle, bench.pool);
    bench.machine.delivery_end(bench.pool);
    table_of(&due)
}

#[test]
fn it_calls_once_or_each_time_that_the_table_becomes_stable() {
    // C-05, O-12, NS-08: option `stable-repeat`.
    for (option, calls) in [("once", 1), ("each-time", 3)] {
        let mut bench = bench(TeredoState::Dormant, Flavour::User, &[("stable-repeat", option)]);
        let handle = pending(&mut bench, AF_UNSPEC);
        let mut tables = Vec::new();
        for _ in 0..3 {
            if wait_a_minute(&mut bench) {
                tables.push(deliver(&mut bench, handle));
            }
            change(&mut bench, &Change::TeredoRestart(PortWish::Another));
        }
        assert_eq!(tables.len(), calls, "NS-08: {option}");
        // Each call owns its table (NS-10).
        let held = bench.machine.tables_held(bench.process);
        assert_eq!(held.len(), calls, "NS-10: {option}");
        assert!(bench.is_live(handle), "{option}");
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "CX-06: {option}");
        assert!(!wait_a_minute(&mut bench), "NS-12: {option}");
    }
}

#[test]
fn what_stays_stable_is_not_told_again() {
    let mut bench = bench(TeredoState::Dormant, Flavour::User, &[("stable-repeat", "each-time")]);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    deliver(&mut bench, handle);
    // A tentative address does not make the table unstable when Teredo alone is waited for.
    add(&mut bench, NEW);
    change(&mut bench, &Change::AddressRemove { luid: ETHERNET, address: V6 });
    assert!(!wait_a_minute(&mut bench));
}

#[test]
fn an_address_makes_the_table_unstable_where_all_are_waited_for() {
    let fixed = [("stable-repeat", "each-time"), ("stable-wait-for", "all-addresses")];
    let mut bench = bench(TeredoState::Dormant, Flavour::User, &fixed);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    assert!(!begin(&mut bench, handle).contains(&NEW), "NS-14");
    bench.machine.delivery_end(bench.pool);
    add(&mut bench, NEW);
    assert!(bench.machine.deliverable().is_empty(), "it is tentative");
    assert!(wait_a_minute(&mut bench));
    assert!(begin(&mut bench, handle).contains(&NEW), "NS-14");
    bench.machine.delivery_end(bench.pool);
    // One that is gone before it is stable makes it stable as well.
    let other = IpAddr::from([10, 9, 9, 9]);
    add(&mut bench, other);
    change(&mut bench, &Change::AddressRemove { luid: ETHERNET, address: other });
    assert!(wait_a_minute(&mut bench));
    assert!(!begin(&mut bench, handle).contains(&other), "NS-14");
}

#[test]
fn two_calls_overlap_only_where_that_was_seen() {
    // Option `stable-overlap`.
    for (option, at_once) in [("serialized", 1), ("overlap", 2)] {
        let fixed = [("stable-repeat", "each-time"), ("stable-overlap", option)];
        let mut bench = bench(TeredoState::Dormant, Flavour::User, &fixed);
        let handle = pending(&mut bench, AF_UNSPEC);
        assert!(wait_a_minute(&mut bench));
        let first = table_of(&bench.begin(handle, bench.pool));
        change(&mut bench, &Change::TeredoRestart(PortWish::Another));
        // The second one comes while the first one runs, or has to wait for it.
        assert_eq!(wait_a_minute(&mut bench), at_once == 2, "{option}");
        if at_once == 1 {
            bench.machine.delivery_end(bench.pool);
        }
        let second = table_of(&bench.begin(handle, bench.pool_2));
        assert_ne!(first, second, "{option}: each has its own table");
        let registration = bench.machine.registration(handle).expect("it is live");
        assert_eq!(registration.running().count(), at_once, "{option}");
        // Never three.
        change(&mut bench, &Change::TeredoRestart(PortWish::Another));
        assert!(!wait_a_minute(&mut bench), "{option}");
        // A cancel waits for all that run.
        assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait, "CX-06: {option}");
        bench.machine.delivery_end(bench.pool_2);
        assert_eq!(bench.machine.can_end(bench.main), at_once == 1, "CX-06: {option}");
        if at_once == 2 {
            bench.machine.delivery_end(bench.pool);
        }
        assert_eq!(bench.machine.cancel_end(bench.main).1, 0, "CX-06: {option}");
    }
}

#[test]
fn every_request_gets_a_table_of_its_own() {
    // NS-10
    let mut bench = user(TeredoState::Dormant);
    let one = pending(&mut bench, AF_UNSPEC);
    let two = pending(&mut bench, AF_INET);
    assert!(wait_a_minute(&mut bench));
    assert_eq!(code_of(bench.cancel(bench.main, one)), 0);
    assert!(begin(&mut bench, two).iter().all(IpAddr::is_ipv4), "NS-11");
    bench.machine.delivery_end(bench.pool);
    assert!(bench.machine.deliverable().is_empty(), "NS-12");
    let held = bench.machine.tables_held(bench.process);
    assert_eq!(held.len(), 1, "NS-10: no table was made for the one that was withdrawn");
}

#[test]
fn what_becomes_stable_during_a_cancel_that_is_refused_is_delivered_afterwards() {
    let mut bench = bench(TeredoState::Dormant, Flavour::User, &[("stable-repeat", "each-time")]);
    let handle = pending(&mut bench, AF_UNSPEC);
    assert!(wait_a_minute(&mut bench));
    begin(&mut bench, handle);
    assert!(matches!(bench.cancel(bench.pool, handle), CancelBegin::Cycle(_)));
    change(&mut bench, &Change::TeredoRestart(PortWish::Another));
    let mut left_ms = 60_000;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, &mut bench.chooser);
    }
    let _ = bench.machine.abandon(bench.pool, &mut bench.chooser);
    bench.machine.delivery_end(bench.pool);
    assert!(wait_a_minute(&mut bench), "the client is qualified again");
}
