//! NotifyNetworkConnectivityHintChange: the hint of the machine, by value. And that
//! CancelMibChangeNotify2 takes the handles of every function that registers.

use std::net::IpAddr;

use crate::bench::{Bench, code_of};
use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_model::machine::{CancelBegin, Death, Due, Fault, Irql, Machine, Registered, Request};
use netiosim_model::net::Luid;
use netiosim_model::notification::Notification;
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{HintRow, hint_cost, hint_level};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{Route, UnicastAddress};
use netiosim_model::teredo::PortWish;
use netiosim_model::windows::Windows;

const NOTIFY: Function = Function::NotifyNetworkConnectivityHintChange;
const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);

/// A machine with one way to the Internet, and one interface that leads nowhere.
fn office() -> Env {
    let mut env = home();
    let nowhere = Connectivity { internet: Internet::Nowhere, ..Connectivity::default() };
    let lab = Interface { connectivity: nowhere, ..Interface::new("Lab", if_type::ETHERNET, 2, 7) };
    let luid = lab.luid;
    env.place_interface(lab).expect("an interface");
    env.place_address(UnicastAddress::new(luid, IpAddr::from([10, 0, 0, 2]), 24));
    env
}

const LAB: Luid = Luid::new(if_type::ETHERNET, 2);

fn bench_on(env: Env, flavour: Flavour, fixed: &[(&str, &str)]) -> Bench {
    let mut options = Options::of(Profile::Documented);
    for (name, value) in fixed {
        options.fix(name, value).expect("an option and a value");
    }
    let mut machine = Machine::with_options(Profile::Documented, options, env);
    let process = machine.process("app", flavour);
    let mut actor = |name| machine.actor(name, process);
    let (main, other) = (actor("main"), actor("other"));
    let (pool, pool_2) = (actor("pool"), actor("pool 2"));
    let mut chooser = First::default();
    // The Teredo interface would be a second way to the Internet.
    machine.change(None, &Change::TeredoStop, &mut chooser).expect("a change");
    Bench { machine, process, main, other, pool, pool_2, chooser }
}

fn user(fixed: &[(&str, &str)]) -> Bench {
    bench_on(office(), Flavour::User, fixed)
}

fn ask(bench: &mut Bench, request: &Request) -> Registered {
    bench.machine.notify(bench.main, NOTIFY, 0, request, &mut bench.chooser)
}

fn register(bench: &mut Bench) -> Handle {
    let registered = ask(bench, &Request::new("hint", 6));
    assert_eq!(registered.code, 0, "NH-01");
    registered.handle
}

fn change(bench: &mut Bench, change: &Change) {
    bench.machine.change(None, change, &mut bench.chooser).expect("a change");
}

fn behind(bench: &mut Bench, luid: Luid, connectivity: Connectivity) {
    change(bench, &Change::ConnectivitySet { luid, connectivity });
}

fn portal() -> Connectivity {
    Connectivity { internet: Internet::Constrained, ..Connectivity::default() }
}

fn hint_of(due: &Due) -> HintRow {
    match due.notification {
        Notification::Hint { hint, .. } => hint,
        other => panic!("not a hint: {other}"),
    }
}

/// Delivers everything that is due, and answers the hints.
fn told(bench: &mut Bench) -> Vec<HintRow> {
    let mut told = Vec::new();
    while let Some(lane) = bench.machine.next_deliverable() {
        let due = bench.machine.delivery_begin(lane, bench.pool);
        told.push(hint_of(&due));
        bench.machine.delivery_end(bench.pool);
    }
    told
}

fn levels(bench: &mut Bench) -> Vec<u32> {
    told(bench).iter().map(|hint| hint.level).collect()
}

/// What GetNetworkConnectivityHint says.
fn queried(bench: &mut Bench) -> HintRow {
    let function = Function::GetNetworkConnectivityHint;
    let call = Call::Hint { function, index: 0, pointer: true };
    match bench.machine.call(bench.main, &call, &mut bench.chooser).output {
        Output::Hint(hint) => hint,
        other => panic!("no hint: {other:?}"),
    }
}

#[test]
fn a_registration_gives_a_handle_that_can_be_cancelled() {
    for flavour in Flavour::ALL {
        let mut bench = bench_on(office(), flavour, &[]);
        let registered = ask(&mut bench, &Request::new("hint", 6));
        assert_eq!((registered.status, registered.code), (Status::Success, 0), "NH-01");
        assert!(!registered.handle.is_null(), "NH-01");
        assert_eq!((registered.table, registered.initial), (None, vec![]), "NH-01");
        let handle = registered.handle;
        assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "NH-01, NH-08, CX-07");
        assert_eq!(bench.machine.death(handle), Some(("hint", Death::Cancelled)), "CX-07");
        behind(&mut bench, ETHERNET, portal());
        assert!(told(&mut bench).is_empty(), "NH-08: nothing follows");
        assert!(bench.rules().is_empty());
    }
}

#[test]
fn it_has_no_family() {
    // The parameter does not exist; whatever stands there is of no account.
    let mut bench = user(&[]);
    let request = Request::new("hint", 6);
    let registered = bench.machine.notify(bench.main, NOTIFY, 77, &request, &mut bench.chooser);
    assert_eq!(registered.code, 0, "NH-01");
}

#[test]
fn the_callback_gets_context_and_hint_and_no_type() {
    // NH-02
    let mut bench = user(&[]);
    let request = Request { context: 0xC0FFEE, ..Request::new("hint", 6) };
    let handle = ask(&mut bench, &request).handle;
    behind(&mut bench, ETHERNET, portal());
    let due = bench.begin(handle, bench.pool);
    assert_eq!((due.context, due.callback, due.family), (0xC0FFEE, 6, None), "NH-02");
    assert_eq!((due.notification.kind(), due.notification.row()), (None, None), "NH-02");
    let expected = HintRow {
        level: hint_level::CONSTRAINED_INTERNET_ACCESS,
        cost: hint_cost::UNRESTRICTED,
        ..HintRow::default()
    };
    assert_eq!(hint_of(&due), expected, "NH-02");
    // By value: it is as it was when it changed, whatever happens meanwhile.
    behind(&mut bench, ETHERNET, Connectivity::default());
    let running = bench.machine.row_of(bench.pool).expect("a delivery runs");
    assert_eq!(bench.machine.running_notification(running), Some(due.notification), "NH-02");
    assert_eq!(bench.machine.row_type(running), None, "there is no row");
}

#[test]
fn an_initial_call_comes_although_nothing_changed() {
    // NH-03; what it carries is chosen (O-24, option `hint-initial`).
    for (option, level, cost) in [("current", 3, 1), ("unknown", 0, 0)] {
        for flavour in Flavour::ALL {
            let mut bench = bench_on(office(), flavour, &[("hint-initial", option)]);
            let request = Request { initial: true, ..Request::new("hint", 6) };
            let registered = ask(&mut bench, &request);
            assert_eq!(registered.code, 0, "NH-03");
            let [lane] = registered.initial[..] else { panic!("one initial call") };
            let due = bench.machine.delivery_begin(lane, bench.main);
            let expected = HintRow { level, cost, ..HintRow::default() };
            assert_eq!(hint_of(&due), expected, "NH-03: {option}");
            assert_eq!(due.notification.kind(), None, "NH-02: it looks like any other");
            bench.machine.delivery_end(bench.main);
            assert!(told(&mut bench).is_empty(), "NH-03: one call");
        }
    }
}

#[test]
fn an_initial_call_may_come_from_the_pool_and_comes_first() {
    // NH-03: the current hint is the one at the time of the call.
    let mut bench = user(&[("initial-thread", "pool")]);
    let request = Request { initial: true, ..Request::new("hint", 6) };
    let registered = ask(&mut bench, &request);
    assert_eq!(registered.initial, []);
    behind(&mut bench, ETHERNET, portal());
    behind(&mut bench, ETHERNET, Connectivity::default());
    assert_eq!(levels(&mut bench), [3, 4, 3], "NH-03");
}

#[test]
fn without_it_only_a_change_is_told() {
    // NH-04
    let mut bench = user(&[]);
    register(&mut bench);
    assert!(told(&mut bench).is_empty(), "NH-04: nothing changed");
    // Changes that leave the hint of the machine as it is.
    behind(&mut bench, ETHERNET, Connectivity::default());
    behind(&mut bench, LAB, Connectivity { internet: Internet::Hidden, ..portal() });
    change(&mut bench, &Change::InterfaceRemove(LAB));
    let address = UnicastAddress::new(ETHERNET, IpAddr::from([192, 168, 1, 77]), 24);
    change(&mut bench, &Change::AddressAdd { address, optimistic: false });
    bench.machine.elapse(10_000, &mut bench.chooser);
    assert!(told(&mut bench).is_empty(), "NH-04");
    behind(&mut bench, ETHERNET, portal());
    assert_eq!(levels(&mut bench), [4], "NH-04");
}

#[test]
fn level_and_cost_of_the_machine_are_told() {
    let mut bench = user(&[]);
    register(&mut bench);
    // NH-05: each level that can be had.
    for (internet, level) in [
        (Internet::Constrained, 4),
        (Internet::Nowhere, 2),
        (Internet::Hidden, 2), // The lab has local access still, which is better than hidden.
        (Internet::Reachable, 3),
    ] {
        behind(&mut bench, ETHERNET, Connectivity { internet, ..Connectivity::default() });
        assert_eq!(queried(&mut bench).level, level, "NH-05");
        let expected: &[u32] = if internet == Internet::Hidden { &[] } else { &[level] };
        assert_eq!(levels(&mut bench), expected, "NH-05: {internet:?}");
    }
    // NH-05: the cost part, with its flags.
    let fixed = Connectivity { cost: hint_cost::FIXED, ..Connectivity::default() };
    for connectivity in [
        fixed,
        Connectivity { approaching_data_limit: true, ..fixed },
        Connectivity { over_data_limit: true, ..fixed },
        Connectivity { over_data_limit: true, roaming: true, ..fixed },
        Connectivity::default(),
    ] {
        behind(&mut bench, ETHERNET, connectivity);
        let now = queried(&mut bench);
        assert_eq!((now.level, now.cost), (3, connectivity.cost), "NH-05");
        assert_eq!(told(&mut bench), [now], "NH-05");
    }
}

#[test]
fn what_happens_to_an_interface_shows_in_the_hint() {
    // NH-05: the same change that takes the route takes the connectivity.
    let mut bench = user(&[]);
    register(&mut bench);
    let gateway = IpAddr::from([192, 168, 1, 1]);
    let default = Route::new(ETHERNET, IpAddr::from([0; 4]), 0, gateway);
    change(&mut bench, &Change::RouteRemove(default.key()));
    assert_eq!(levels(&mut bench), [hint_level::LOCAL_ACCESS], "NH-05");
    change(&mut bench, &Change::RouteAdd(default));
    assert_eq!(levels(&mut bench), [hint_level::INTERNET_ACCESS], "NH-05");
    change(&mut bench, &Change::InterfaceRemove(LAB));
    let link = |connected| Change::LinkSet {
        luid: ETHERNET,
        connected: Some(connected),
        admin_up: None,
        mtu: None,
        alias: None,
    };
    change(&mut bench, &link(false));
    assert_eq!(levels(&mut bench), [hint_level::NONE], "NH-05");
    change(&mut bench, &link(true));
    assert!(told(&mut bench).is_empty(), "NH-04: the address is not usable yet");
    // The IPv6 address is usable first; the default route is one of IPv4.
    let mut left_ms = 10_000;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, &mut bench.chooser);
    }
    let both = [hint_level::LOCAL_ACCESS, hint_level::INTERNET_ACCESS];
    assert_eq!(levels(&mut bench), both, "NH-05");
}

#[test]
fn the_end_of_the_unknown_level_after_a_start_is_told() {
    // NH-05, CH-06
    let mut bench = user(&[]);
    bench.machine.reboot(&mut bench.chooser);
    bench.machine.process_start(bench.process);
    for actor in [bench.main, bench.pool] {
        bench.machine.actor_reuse(actor, bench.process);
    }
    register(&mut bench);
    assert_eq!(queried(&mut bench).level, hint_level::UNKNOWN, "CH-06");
    let mut left_ms = 10_000;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, &mut bench.chooser);
    }
    let levels = levels(&mut bench);
    assert!(!levels.contains(&hint_level::UNKNOWN), "CH-06: {levels:?}");
    assert_eq!(levels.last(), Some(&hint_level::INTERNET_ACCESS), "NH-05: {levels:?}");
}

#[test]
fn it_is_there_from_build_19041_on() {
    // NH-06
    for (build, code, rules) in [(18_363, 127, vec!["N023"]), (19_041, 0, vec![])] {
        let mut env = office();
        env.place_windows(Windows(build));
        let mut bench = bench_on(env, Flavour::User, &[]);
        let registered = ask(&mut bench, &Request::new("hint", 6));
        assert_eq!(registered.code, code, "NH-06: {build}");
        assert_eq!(registered.handle.is_null(), code != 0, "NH-06: {build}");
        assert_eq!(bench.rules(), rules, "NH-06: {build}");
    }
}

#[test]
fn a_failure_is_a_code_that_is_not_zero_and_gives_no_handle() {
    // NH-07: the page names no code.
    let good = Request { initial: true, ..Request::new("hint", 6) };
    for flavour in Flavour::ALL {
        for request in [
            Request { callback: None, ..good.clone() },
            Request { handle_pointer: false, ..good.clone() },
        ] {
            let mut bench = bench_on(office(), flavour, &[]);
            let registered = ask(&mut bench, &request);
            assert_ne!(registered.code, 0, "NH-07");
            assert_eq!((registered.handle, registered.initial), (Handle::NULL, vec![]), "NH-07");
        }
        for status in [Status::NotEnoughMemory, Status::InvalidHandle, Status::Raw(1717)] {
            let mut bench = bench_on(office(), flavour, &[]);
            bench.machine.fault_add(Fault::new(NOTIFY, status));
            let registered = ask(&mut bench, &good);
            assert_ne!(registered.code, 0, "NH-07: {status:?}");
            assert_eq!((registered.handle, registered.initial), (Handle::NULL, vec![]), "NH-07");
            behind(&mut bench, ETHERNET, portal());
            assert!(told(&mut bench).is_empty(), "NH-07");
        }
    }
}

#[test]
fn a_cancel_waits_for_the_callback_and_nothing_follows() {
    // NH-08, CX-07
    let mut bench = user(&[]);
    let handle = register(&mut bench);
    behind(&mut bench, ETHERNET, portal());
    let _ = bench.begin(handle, bench.pool);
    behind(&mut bench, ETHERNET, Connectivity::default());
    assert_eq!(bench.cancel(bench.main, handle), CancelBegin::Wait, "CX-07");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(bench.machine.cancel_end(bench.main), (Status::Success, 0), "NH-08");
    assert!(bench.machine.deliverable().is_empty(), "CX-07: what was queued is dropped");
}

#[test]
fn calls_are_serialized_and_keep_their_order() {
    let mut bench = user(&[]);
    let handle = register(&mut bench);
    behind(&mut bench, ETHERNET, portal());
    let _ = bench.begin(handle, bench.pool);
    behind(&mut bench, ETHERNET, Connectivity::default());
    behind(&mut bench, ETHERNET, portal());
    assert!(bench.machine.deliverable().is_empty(), "one at a time");
    bench.machine.delivery_end(bench.pool);
    assert_eq!(levels(&mut bench), [3, 4]);
}

#[test]
fn of_merged_hints_the_last_one_counts() {
    let mut bench = user(&[("coalescing", "same-key")]);
    register(&mut bench);
    behind(&mut bench, ETHERNET, portal());
    behind(&mut bench, ETHERNET, Connectivity::default());
    assert_eq!(levels(&mut bench), [3]);
}

/// The functions that register, with the id of the requirement that their handles are accepted.
const KINDS: [(Function, &str); 4] = [
    (Function::NotifyUnicastIpAddressChange, "CX-05"),
    (Function::NotifyRouteChange2, "CX-05"),
    (Function::NotifyStableUnicastIpAddressTable, "CX-06"),
    (NOTIFY, "CX-07"),
];

/// A registration of any of these kinds; a stable table waits for Teredo.
fn any(bench: &mut Bench, function: Function) -> Handle {
    if function == Function::NotifyStableUnicastIpAddressTable {
        change(bench, &Change::TeredoStart(PortWish::Another));
    }
    let request = Request::new("any", 6);
    let registered = bench.machine.notify(bench.main, function, 0, &request, &mut bench.chooser);
    assert!(registered.is_accepted() && !registered.handle.is_null(), "{function}");
    registered.handle
}

#[test]
fn every_kind_of_handle_is_cancelled_by_the_same_function() {
    // CX-05, CX-06, CX-07
    for flavour in Flavour::ALL {
        for (function, id) in KINDS {
            let mut bench = bench_on(home(), flavour, &[]);
            let handle = any(&mut bench, function);
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "{id}: {function}");
            assert_eq!(bench.machine.death(handle), Some(("any", Death::Cancelled)), "{id}");
            // Nothing that would be told to it is.
            change(&mut bench, &Change::InterfaceRemove(ETHERNET));
            change(&mut bench, &Change::TeredoStop);
            assert!(bench.machine.deliverable().is_empty(), "{id}: {function}");
            // The handle is stale from now on.
            let code = if flavour == Flavour::User { 87 } else { 0xC000_000D };
            assert_eq!(code_of(bench.cancel(bench.main, handle)), code, "{id}: {function}");
            assert_eq!(bench.rules(), ["N005"], "{id}: {function}");
        }
    }
}

#[test]
fn what_was_queued_for_it_is_dropped() {
    // CX-05, CX-06, CX-07: the same changes, with a cancel and without.
    for (function, id) in KINDS {
        for cancelled in [false, true] {
            let mut bench = bench_on(home(), Flavour::User, &[]);
            let handle = any(&mut bench, function);
            change(&mut bench, &Change::InterfaceRemove(ETHERNET));
            change(&mut bench, &Change::TeredoStop);
            assert!(bench.machine.has_deliverable(), "{id}: {function}");
            if cancelled {
                assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "{id}: {function}");
            }
            assert_eq!(bench.machine.has_deliverable(), !cancelled, "{id}: {function}");
        }
    }
}

#[test]
fn drivers_cancel_them_at_passive_level() {
    for (irql, rules) in [(Irql::Passive, 0), (Irql::Apc, 1)] {
        for (function, id) in KINDS {
            let mut bench = bench_on(home(), Flavour::Kernel, &[]);
            let handle = any(&mut bench, function);
            bench.machine.set_irql(bench.main, irql);
            assert_eq!(code_of(bench.cancel(bench.main, handle)), 0, "{id}: {function}");
            assert_eq!(bench.rules(), vec!["N011"; rules], "{id}: {function}");
        }
    }
}
