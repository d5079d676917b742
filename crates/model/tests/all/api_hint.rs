//! GetNetworkConnectivityHint and GetNetworkConnectivityHintForInterface.

use std::net::IpAddr;

use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::First;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_model::machine::Machine;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::{Field, HintRow, RowType, hint_cost, hint_level};
use netiosim_model::status::Flavour;
use netiosim_model::table::{Route, UnicastAddress};

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
/// The index of the Ethernet, of the loopback.
const INDEX: u32 = 2;
const LOOPBACK: u32 = 1;

struct Bench {
    machine: Machine,
    process: ProcessId,
    main: ActorId,
}

impl Bench {
    fn with(env: Env, flavour: Flavour) -> Self {
        let mut machine = Machine::new(Profile::Documented, env);
        let process = machine.process("app", flavour);
        let main = machine.actor("main", process);
        Self { machine, process, main }
    }

    fn new() -> Self {
        Self::with(home(), Flavour::User)
    }

    /// Without a Teredo client, whose interface is a way to the Internet by itself.
    fn without_teredo() -> Self {
        let mut bench = Self::new();
        bench.change(&Change::TeredoStop);
        bench
    }

    fn ask(&mut self, function: Function, index: u32, pointer: bool) -> (u32, Output) {
        let call = Call::Hint { function, index, pointer };
        let reply = self.machine.call(self.main, &call, &mut First::default());
        (reply.code, reply.output)
    }

    fn hint(&mut self) -> HintRow {
        match self.ask(Function::GetNetworkConnectivityHint, 0, true) {
            (0, Output::Hint(hint)) => hint,
            other => panic!("no hint: {other:?}"),
        }
    }

    fn hint_of(&mut self, index: u32) -> HintRow {
        match self.ask(Function::GetNetworkConnectivityHintForInterface, index, true) {
            (0, Output::Hint(hint)) => hint,
            other => panic!("no hint of {index}: {other:?}"),
        }
    }

    fn change(&mut self, change: &Change) {
        self.machine.change(None, change, &mut First::default()).expect("a change");
    }

    fn behind(&mut self, connectivity: Connectivity) {
        self.change(&Change::ConnectivitySet { luid: ETHERNET, connectivity });
    }
}

fn level(level: u32) -> HintRow {
    HintRow { level, ..HintRow::default() }
}

#[test]
fn level_cost_and_flags_are_filled_in() {
    for flavour in Flavour::ALL {
        let mut bench = Bench::with(home(), flavour);
        // CH-01, CH-02
        let expected = HintRow { cost: hint_cost::UNRESTRICTED, ..level(3) };
        assert_eq!(bench.hint(), expected, "CH-01");
        assert_eq!(bench.hint_of(INDEX), expected, "CH-02");
        assert_eq!(bench.hint_of(LOOPBACK), level(hint_level::NONE), "CH-02");
        // Each flag comes through by itself.
        for flag in 0..3 {
            bench.behind(Connectivity {
                cost: hint_cost::VARIABLE,
                approaching_data_limit: flag == 0,
                over_data_limit: flag == 1,
                roaming: flag == 2,
                ..Connectivity::default()
            });
            let hint = bench.hint();
            let flags = [hint.approaching_data_limit, hint.over_data_limit, hint.roaming];
            assert_eq!(flags, [flag == 0, flag == 1, flag == 2], "CH-01");
            assert_eq!(bench.hint_of(INDEX), hint, "CH-02");
        }
    }
}

#[test]
fn the_five_members_have_their_names() {
    let names: Vec<&str> = Field::all(RowType::Hint).map(Field::name).collect();
    let expected = [
        "ConnectivityLevel",
        "ConnectivityCost",
        "ApproachingDataLimit",
        "OverDataLimit",
        "Roaming",
    ];
    assert_eq!(names, expected, "CH-01");
}

#[test]
fn null_and_unknown_interfaces_are_refused() {
    use Function::{
        GetNetworkConnectivityHint as ALL, GetNetworkConnectivityHintForInterface as OF,
    };
    // The pages name no code; these are chosen.
    for (flavour, invalid, missing) in
        [(Flavour::User, 87, 2), (Flavour::Kernel, 0xC000_000D, 0xC000_0225)]
    {
        let mut bench = Bench::with(home(), flavour);
        for (function, index, pointer, code) in [
            (ALL, 0, false, invalid),
            (OF, INDEX, false, invalid),
            (OF, 0, true, invalid),
            (OF, 99, true, missing),
            (OF, u32::MAX, true, missing),
        ] {
            let answer = bench.ask(function, index, pointer);
            assert_eq!(answer, (code, Output::Nothing), "{function} of {index}");
        }
    }
}

#[test]
fn every_level_has_its_number_and_its_cause() {
    // CH-04
    let mut bench = Bench::without_teredo();
    for (internet, number) in [
        (Internet::Nowhere, 2),
        (Internet::Reachable, 3),
        (Internet::Constrained, 4),
        (Internet::Hidden, 5),
    ] {
        bench.behind(Connectivity { internet, ..Connectivity::default() });
        assert_eq!(bench.hint().level, number, "CH-04: {internet:?}");
        assert_eq!(bench.hint_of(INDEX).level, number, "CH-04: {internet:?}");
    }
    // Without a default route all but a hidden network are the local one.
    let default = Route::new(ETHERNET, [0, 0, 0, 0].into(), 0, [192, 168, 1, 1].into()).key();
    bench.change(&Change::RouteRemove(default));
    for (internet, number) in [
        (Internet::Nowhere, 2),
        (Internet::Reachable, 2),
        (Internet::Constrained, 2),
        (Internet::Hidden, 5),
    ] {
        bench.behind(Connectivity { internet, ..Connectivity::default() });
        assert_eq!(bench.hint().level, number, "{internet:?}");
        assert_eq!(bench.hint_of(INDEX).level, number, "{internet:?}");
    }
    bench.change(&Change::LinkSet {
        luid: ETHERNET,
        connected: Some(false),
        admin_up: None,
        mtu: None,
        alias: None,
    });
    assert_eq!(bench.hint(), level(1), "CH-04: None");
    assert_eq!(bench.hint_of(INDEX), level(1), "CH-04: None");
    assert_eq!(hint_level::UNKNOWN, 0, "CH-04: Unknown is seen at boot");
}

#[test]
fn every_cost_has_its_number() {
    // CH-05
    let costs =
        [hint_cost::UNKNOWN, hint_cost::UNRESTRICTED, hint_cost::FIXED, hint_cost::VARIABLE];
    assert_eq!(costs, [0, 1, 2, 3], "CH-05");
    let mut bench = Bench::new();
    for cost in costs {
        bench.behind(Connectivity { cost, ..Connectivity::default() });
        assert_eq!((bench.hint().cost, bench.hint_of(INDEX).cost), (cost, cost), "CH-05");
    }
}

#[test]
fn a_captive_portal_is_a_constrained_level_until_somebody_logs_in() {
    // CH-07
    let mut bench = Bench::without_teredo();
    let portal = Connectivity { internet: Internet::Constrained, ..Connectivity::default() };
    bench.behind(portal);
    assert_eq!(bench.hint().level, hint_level::CONSTRAINED_INTERNET_ACCESS, "CH-07");
    bench.behind(Connectivity::default());
    assert_eq!(bench.hint().level, hint_level::INTERNET_ACCESS, "CH-07");
}

#[test]
fn nothing_is_known_for_a_moment_after_a_start() {
    // CH-06
    let mut bench = Bench::new();
    let chooser = &mut First::default();
    bench.machine.reboot(chooser);
    bench.machine.process_start(bench.process);
    bench.machine.actor_reuse(bench.main, bench.process);
    assert_eq!(bench.hint(), level(hint_level::UNKNOWN), "CH-06");
    assert_eq!(bench.hint_of(INDEX), level(hint_level::UNKNOWN), "CH-06");
    let mut left_ms = 999;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, chooser);
    }
    assert_eq!(bench.hint().level, hint_level::UNKNOWN, "CH-06: 999 ms");
    bench.machine.elapse(1, chooser);
    assert_ne!(bench.hint().level, hint_level::UNKNOWN, "CH-06: one second is chosen");
    // Once the address is usable again, there is the Internet.
    let mut left_ms = 10_000;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, chooser);
    }
    assert_eq!(bench.hint().level, hint_level::INTERNET_ACCESS, "CH-06");
}

/// A home machine whose second interface has this behind it, with a default route of this metric.
fn two(internet: Internet, metric: u32) -> Env {
    let mut env = home();
    let connectivity = Connectivity { internet, cost: hint_cost::VARIABLE, ..Default::default() };
    let mobile = Interface { connectivity, ..Interface::new("Mobile", if_type::WIFI, 1, 7) };
    let luid = mobile.luid;
    env.place_interface(mobile).expect("an interface");
    env.place_address(UnicastAddress::new(luid, IpAddr::from([10, 0, 0, 2]), 24));
    let gateway = IpAddr::from([10, 0, 0, 1]);
    let zero = IpAddr::from([0; 4]);
    env.place_route(Route { metric, ..Route::new(luid, zero, 0, gateway) });
    env
}

#[test]
fn the_hint_of_the_machine_is_that_of_its_best_interface() {
    // Which one that is, is chosen: the best level, then the lowest metric of a default route.
    let costs = [hint_cost::UNRESTRICTED, hint_cost::VARIABLE];
    for (internet, metric, best) in [
        (Internet::Reachable, 0, 1),
        (Internet::Reachable, 1000, 0),
        (Internet::Constrained, 0, 0),
        (Internet::Nowhere, 0, 0),
    ] {
        let mut env = two(internet, metric);
        // Its own default route is neither the best nor the worst.
        let own = Route::new(ETHERNET, IpAddr::from([0; 4]), 0, IpAddr::from([192, 168, 1, 1]));
        env.place_route(Route { metric: 500, ..own });
        let mut bench = Bench::with(env, Flavour::User);
        assert_eq!(bench.hint().cost, costs[best], "CH-01: {internet:?}, {metric}");
        assert_eq!(bench.hint_of(7).cost, hint_cost::VARIABLE, "CH-02");
        assert_eq!(bench.hint_of(INDEX).cost, hint_cost::UNRESTRICTED, "CH-02");
    }
}

#[test]
fn an_interface_without_address_or_route_has_less() {
    let mut bench = Bench::new();
    let default = IpAddr::from([0; 4]);
    let key = Route::new(ETHERNET, default, 0, IpAddr::from([192, 168, 1, 1])).key();
    bench.change(&Change::RouteRemove(key));
    assert_eq!(bench.hint_of(INDEX).level, hint_level::LOCAL_ACCESS);
    for family in Family::ALL {
        bench.change(&Change::FamilyUnbind { luid: ETHERNET, family });
    }
    assert_eq!(bench.hint_of(INDEX), level(hint_level::NONE));
    bench.change(&Change::InterfaceRemove(ETHERNET));
    let answer = bench.ask(Function::GetNetworkConnectivityHintForInterface, INDEX, true);
    assert_eq!(answer, (2, Output::Nothing));
}
