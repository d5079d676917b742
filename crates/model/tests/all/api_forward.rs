//! The functions of one route and of the table of routes, through [`Machine::call`]: every code of
//! their pages in both flavours, what they make of a row, and what of it can be read back.

use std::collections::BTreeMap;
use std::net::IpAddr;

use netiosim_model::api::{Call, Memory, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::{Chooser, First, Seeded};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::{Machine, Request};
use netiosim_model::net::{AF_INET, AF_INET6, AF_UNSPEC, Family, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{ForwardRow, Row, SocketAddress};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{Route, RouteOrigin, RouteOwner, protocol};

use Function::{
    CreateIpForwardEntry2, DeleteIpForwardEntry2, GetIpForwardEntry2, InitializeIpForwardEntry,
    SetIpForwardEntry2,
};

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const ROUTELESS: u32 = 8;
const V4_ONLY: u32 = 9;

const INVALID: [u32; 2] = [87, 0xC000_000D];
const NOT_FOUND: [u32; 2] = [1168, 0xC000_0225];
const NOT_SUPPORTED: [u32; 2] = [50, 0xC000_00BB];
// The driver page gives the Win32 name.
const EXISTS: [u32; 2] = [5010, 5010];
const SUCCESS: [u32; 2] = [0, 0];

const WITH_KEYS: [Function; 4] =
    [GetIpForwardEntry2, CreateIpForwardEntry2, SetIpForwardEntry2, DeleteIpForwardEntry2];

/// A home machine with two more adapters: one that takes no routes, and one without IPv6.
fn env() -> Env {
    let mut env = home();
    let mut routeless = Interface::new("Filter", if_type::ETHERNET, 5, ROUTELESS);
    routeless.takes_routes = false;
    let mut v4_only = Interface::new("Old", if_type::ETHERNET, 6, V4_ONLY);
    v4_only.v6 = None;
    for interface in [routeless, v4_only] {
        env.place_interface(interface).expect("free keys");
    }
    env
}

struct Bench {
    machine: Machine,
    /// A program that runs elevated, and a driver.
    callers: [ActorId; 2],
    plain: ActorId,
}

impl Bench {
    fn new() -> Self {
        Self::with(env(), &[])
    }

    fn with(env: Env, fixed: &[(&str, &str)]) -> Self {
        let mut options = Options::of(Profile::Documented);
        for (name, value) in fixed {
            options.fix(name, value).expect("an option and a value");
        }
        let mut machine = Machine::with_options(Profile::Documented, options, env);
        let callers = Flavour::ALL.map(|flavour| {
            let process = machine.process(flavour.name(), flavour);
            machine.actor("main", process)
        });
        let guest = machine.process("guest", Flavour::User);
        machine.set_elevated(guest, false);
        let plain = machine.actor("plain", guest);
        Self { machine, callers, plain }
    }

    fn call(&mut self, actor: ActorId, call: &Call) -> Reply {
        self.machine.call(actor, call, &mut First::default())
    }

    /// The program calls.
    fn user(&mut self, function: Function, row: &ForwardRow) -> Reply {
        self.call(self.callers[0], &Call::row(function, row.clone()))
    }

    fn read(&mut self, row: &ForwardRow) -> ForwardRow {
        let reply = self.user(GetIpForwardEntry2, row);
        assert_eq!(reply.status, Status::Success);
        let Output::Row(Row::Forward(row)) = reply.output else { panic!("a route") };
        *row
    }

    fn table(&mut self, family: u16) -> Vec<ForwardRow> {
        let actor = self.callers[0];
        let reply = self.call(actor, &Call::table(Function::GetIpForwardTable2, family));
        let Output::Table(table) = reply.output else { panic!("a table: {:?}", reply.status) };
        let rows = self.machine.table_rows(actor, table).expect("rows");
        self.machine.free_mib_table(actor, Memory::Table(table));
        rows.iter().map(|row| row.clone().try_into().expect("a route")).collect()
    }

    /// What a subscriber to the routes of both families is told by these calls.
    fn told(&mut self, calls: impl FnOnce(&mut Self)) -> Vec<String> {
        let (main, request) = (self.callers[0], Request::new("routes", 1));
        let function = Function::NotifyRouteChange2;
        let chooser = &mut First::default();
        let registered = self.machine.notify(main, function, AF_UNSPEC, &request, chooser);
        assert_eq!(registered.code, 0);
        calls(self);
        let mut told = Vec::new();
        while let Some(lane) = self.machine.next_deliverable() {
            told.push(self.machine.delivery_begin(lane, main).notification.to_string());
            self.machine.delivery_end(main);
        }
        told
    }
}

/// On a fresh machine for each caller: the codes of the program and of the driver.
fn codes(env: &Env, fixed: &[(&str, &str)], call: &Call) -> [u32; 2] {
    [0, 1].map(|n| {
        let mut bench = Bench::with(env.clone(), fixed);
        let before = bench.machine.env_snapshot();
        let reply = bench.call(bench.callers[n], call);
        if reply.status != Status::Success {
            assert_eq!(reply.output, Output::Nothing, "a failure writes nothing");
            assert_eq!(*before, *bench.machine.env(), "a failure changes nothing");
        }
        reply.code
    })
}

fn ip(text: &str) -> SocketAddress {
    text.parse().expect("an address")
}

/// An on-link route of the Ethernet that is not there: what a careful caller hands in.
fn fresh() -> ForwardRow {
    ForwardRow {
        luid: ETHERNET,
        destination: ip("10.0.0.0"),
        prefix_length: 8,
        next_hop: ip("192.168.1.1"),
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        metric: 5,
        protocol: protocol::NETMGMT,
        ..ForwardRow::default()
    }
}

/// The default route of the home machine.
fn gateway() -> ForwardRow {
    ForwardRow { destination: ip("0.0.0.0"), prefix_length: 0, ..fresh() }
}

/// A row with which a function succeeds.
fn good(function: Function) -> ForwardRow {
    if function == CreateIpForwardEntry2 { fresh() } else { gateway() }
}

fn initialized() -> ForwardRow {
    let mut bench = Bench::new();
    let reply = bench.user(InitializeIpForwardEntry, &gateway());
    let Output::Row(Row::Forward(row)) = reply.output else { panic!("a row") };
    *row
}

#[test]
fn the_rows_of_these_tests_are_good() {
    for function in WITH_KEYS {
        assert_eq!(codes(&env(), &[], &Call::row(function, good(function))), SUCCESS);
    }
}

#[test]
fn rows_without_their_keys_are_refused() {
    type Spoil = fn(&mut ForwardRow);
    let cases: [(&str, Spoil); 9] = [
        ("no destination prefix", |row| row.destination = SocketAddress::Unspecified),
        ("a destination of family 77", |row| row.destination = SocketAddress::Other(77)),
        ("no next hop", |row| row.next_hop = SocketAddress::Unspecified),
        ("a next hop of family 77", |row| row.next_hop = SocketAddress::Other(77)),
        ("a next hop of the other family", |row| row.next_hop = ip("fe80::1")),
        ("neither of them", |row| {
            row.destination = SocketAddress::Unspecified;
            row.next_hop = SocketAddress::Unspecified;
        }),
        ("neither LUID nor index", |row| row.luid = Luid::UNSPECIFIED),
        ("33 bits of IPv4", |row| row.prefix_length = 33), // ST-10
        ("129 bits of IPv6", |row| {
            row.destination = ip("2001:db8::");
            row.next_hop = ip("::");
            row.prefix_length = 129;
        }),
    ];
    // RT-01 (Get), RT-09 (Create), RT-19 (Set), RT-23 (Delete)
    for function in WITH_KEYS {
        let null = Call::Row { function, level: 0, row: None };
        assert_eq!(codes(&env(), &[], &null), INVALID, "{function}: NULL");
        for (what, spoil) in &cases {
            let mut row = good(function);
            spoil(&mut row);
            assert_eq!(
                codes(&env(), &[], &Call::row(function, row)),
                INVALID,
                "{function}: {what}"
            );
        }
        let other = Call::row(function, netiosim_model::row::UnicastRow::default());
        assert_eq!(codes(&env(), &[], &other), INVALID, "{function}: another structure");
    }
}

#[test]
fn an_interface_that_is_not_there() {
    // RT-02 and RT-03 (Get), RT-12 (Create), RT-19 (Set), RT-23 (Delete)
    for function in WITH_KEYS {
        let unknown = [
            ForwardRow { luid: Luid(0x1234), index: 2, ..good(function) },
            ForwardRow { luid: Luid::UNSPECIFIED, index: 77, ..good(function) },
        ];
        for row in unknown {
            assert_eq!(codes(&env(), &[], &Call::row(function, row)), NOT_FOUND, "{function}");
        }
    }
}

#[test]
fn an_interface_that_does_not_match() {
    let v6 = |index| ForwardRow {
        luid: Luid::UNSPECIFIED,
        index,
        destination: ip("2001:db8::"),
        prefix_length: 32,
        next_hop: ip("::"),
        ..fresh()
    };
    // RT-02 for Get; a family that is not bound takes no routes: RT-13
    for function in WITH_KEYS {
        let expected = if function == CreateIpForwardEntry2 { NOT_SUPPORTED } else { NOT_FOUND };
        assert_eq!(codes(&env(), &[], &Call::row(function, v6(V4_ONLY))), expected, "{function}");
    }
    // What matches no interface is no missing row.
    let fixed = [("missing-row", "file-not-found")];
    for function in [SetIpForwardEntry2, DeleteIpForwardEntry2] {
        let call = Call::row(function, v6(V4_ONLY));
        assert_eq!(codes(&env(), &fixed, &call), NOT_FOUND, "{function}");
    }
    // RT-13: the adapter takes no routes at all
    let row = ForwardRow { luid: Luid::UNSPECIFIED, index: ROUTELESS, ..fresh() };
    let call = Call::row(CreateIpForwardEntry2, row);
    assert_eq!(codes(&env(), &[], &call), NOT_SUPPORTED, "RT-13");
}

#[test]
fn a_family_without_its_stack() {
    let mut env = env();
    env.place_family(Family::V6, false);
    let row = ForwardRow { destination: ip("fe80::"), next_hop: ip("::"), ..fresh() };
    let cases = [
        (GetIpForwardEntry2, NOT_SUPPORTED),    // RT-05
        (CreateIpForwardEntry2, NOT_SUPPORTED), // RT-13
        (SetIpForwardEntry2, NOT_FOUND),        // RT-19: its page has no code for it
        (DeleteIpForwardEntry2, NOT_SUPPORTED), // RT-23
    ];
    for (function, expected) in cases {
        assert_eq!(codes(&env, &[], &Call::row(function, row.clone())), expected, "{function}");
    }
    let call = |family| Call::table(Function::GetIpForwardTable2, family);
    assert_eq!(codes(&env, &[], &call(AF_INET6)), NOT_SUPPORTED, "RT-07");
    assert_eq!(codes(&env, &[], &call(AF_INET)), SUCCESS);
    assert_eq!(codes(&env, &[], &call(AF_UNSPEC)), SUCCESS);
}

#[test]
fn lifetimes_and_site_prefix() {
    let cases = [
        // RT-10
        (|row: &mut ForwardRow| (row.valid_lifetime, row.preferred_lifetime) = (10, 11))
            as fn(&mut _),
        |row| (row.valid_lifetime, row.preferred_lifetime) = (10, u32::MAX),
        // RT-11
        |row| row.site_prefix_length = row.prefix_length + 1,
    ];
    let [user, kernel] = [0, INVALID[1]];
    for (n, spoil) in cases.into_iter().enumerate() {
        for function in WITH_KEYS {
            let mut row = good(function);
            spoil(&mut row);
            let expected = match function {
                CreateIpForwardEntry2 => INVALID,
                GetIpForwardEntry2 => [user, kernel], // RT-04: the driver page alone
                _ => SUCCESS,
            };
            assert_eq!(codes(&env(), &[], &Call::row(function, row)), expected, "{function} {n}");
        }
    }
    let fits: [fn(&mut ForwardRow); 3] = [
        |row| (row.valid_lifetime, row.preferred_lifetime) = (10, 10),
        |row| (row.valid_lifetime, row.preferred_lifetime) = (u32::MAX, 10),
        |row| row.site_prefix_length = row.prefix_length,
    ];
    for fit in fits {
        let mut row = fresh();
        fit(&mut row);
        assert_eq!(codes(&env(), &[], &Call::row(CreateIpForwardEntry2, row)), SUCCESS);
    }
}

#[test]
fn only_an_elevated_program_may_change_routes() {
    let cases = [
        (GetIpForwardEntry2, 0),
        (CreateIpForwardEntry2, 5), // RT-08
        (SetIpForwardEntry2, 5),    // RT-18
        (DeleteIpForwardEntry2, 5), // RT-22
        (InitializeIpForwardEntry, 0),
    ];
    for (function, code) in cases {
        let mut bench = Bench::new();
        let before = bench.machine.env_snapshot();
        let reply = bench.call(bench.plain, &Call::row(function, good(function)));
        assert_eq!(reply.code, code, "{function}");
        assert_eq!(*before, *bench.machine.env());
    }
    // O-13: access comes after keys and stack and before the interface, or first of all.
    let no_keys = ForwardRow { luid: Luid::UNSPECIFIED, ..fresh() };
    let no_interface = ForwardRow { luid: Luid(7), ..fresh() };
    for (order, keys) in [("pointer-family-keys-stack-interface", 87), ("access-first", 5)] {
        let mut bench = Bench::with(env(), &[("error-priority", order)]);
        for (row, code) in [(&no_keys, keys), (&no_interface, 5)] {
            let reply = bench.call(bench.plain, &Call::row(CreateIpForwardEntry2, row.clone()));
            assert_eq!(reply.code, code, "{order}");
        }
    }
}

#[test]
fn the_table_and_its_families() {
    let table = |family, pointer| Call::Table {
        function: Function::GetIpForwardTable2,
        family,
        level: 0,
        pointer,
    };
    // RT-06
    assert_eq!(codes(&env(), &[], &table(AF_INET, false)), INVALID, "RT-06: NULL");
    for family in [1, 10, 24, u16::MAX] {
        assert_eq!(codes(&env(), &[], &table(family, true)), INVALID, "RT-06: family {family}");
    }

    let mut bench = Bench::new();
    let both = [AF_INET, AF_INET6].map(|family| bench.table(family));
    for (rows, family) in both.iter().zip([AF_INET, AF_INET6]) {
        assert!(rows.iter().all(|row| row.destination.family_number() == family));
    }
    assert_eq!(bench.table(AF_UNSPEC), both.concat());
    assert_eq!(both.concat().len(), bench.machine.env().routes().len());
    for row in both.concat() {
        assert_eq!(bench.read(&row), row, "a row of the table is the row of its keys");
    }
    // CV-20: FreeMibTable releases them, RT-07; nothing is held and nothing was wrong.
    let process = bench.machine.actor_info(bench.callers[0]).process();
    assert_eq!(bench.machine.tables_held(process), []);
    assert_eq!(bench.machine.findings(), []);
}

#[test]
fn a_table_without_rows() {
    // RT-07: the stack is there and has no route.
    let mut env = env();
    env.place_family(Family::V4, false);
    let mut bench = Bench::with(env, &[]);
    for row in bench.table(AF_INET6) {
        assert_eq!(bench.user(DeleteIpForwardEntry2, &row).code, 0);
    }
    for family in [AF_INET6, AF_UNSPEC] {
        for (actor, code) in bench.callers.into_iter().zip(NOT_FOUND) {
            let reply = bench.call(actor, &Call::table(Function::GetIpForwardTable2, family));
            assert_eq!((reply.code, reply.output), (code, Output::Nothing), "RT-07");
        }
    }
}

#[test]
fn a_created_route_reads_back() {
    let mut bench = Bench::new();
    let row = ForwardRow {
        index: 77,
        destination: ip("10.1.2.3"),
        site_prefix_length: 8,
        valid_lifetime: 600,
        preferred_lifetime: 300,
        protocol: 13,
        loopback: true,
        autoconfigure_address: true,
        publish: true,
        immortal: true,
        age: 1000,
        origin: 3,
        ..fresh()
    };
    let told = bench.told(|bench| {
        assert_eq!(bench.user(CreateIpForwardEntry2, &row).code, 0);
    });
    // RT-17, NR-10
    assert_eq!(told, ["MibAddInstance, route 10.0.0.0/8 by 192.168.1.1 of interface 2"], "RT-17");
    // The host bits are cut off (chosen); RT-16: Age and Origin are not those of the row.
    let expected =
        ForwardRow { index: 2, destination: ip("10.0.0.0"), age: 0, origin: 0, ..row.clone() };
    assert_eq!(bench.read(&row), expected, "RT-16");

    // The lifetimes run down, Age runs up, in seconds.
    bench.machine.elapse(2_500, &mut First::default());
    let later = bench.read(&row);
    assert_eq!((later.valid_lifetime, later.preferred_lifetime, later.age), (598, 298, 2));
    let mut left_ms = 600_000 - 2_500;
    while left_ms > 0 {
        left_ms -= bench.machine.elapse(left_ms, &mut First::default());
    }
    assert_eq!(bench.user(GetIpForwardEntry2, &row).code, 1168, "its valid lifetime is over");
}

#[test]
fn lifetimes_without_end() {
    // ST-11
    let mut bench = Bench::new();
    assert_eq!(bench.user(CreateIpForwardEntry2, &fresh()).code, 0);
    bench.machine.elapse(10_000_000, &mut First::default());
    let row = bench.read(&fresh());
    assert_eq!((row.valid_lifetime, row.preferred_lifetime), (u32::MAX, u32::MAX), "ST-11");
}

#[test]
fn a_protocol_that_there_is_not_becomes_net_mgmt() {
    // ST-08
    for (given, kept) in
        [(0, 3), (1, 1), (3, 3), (19, 19), (20, 3), (10_006, 10_006), (u32::MAX, 3)]
    {
        let mut bench = Bench::new();
        let row = ForwardRow { protocol: given, ..fresh() };
        assert_eq!(bench.user(CreateIpForwardEntry2, &row).code, 0);
        let read = bench.read(&row);
        assert_eq!((read.protocol, read.origin), (kept, 0), "Protocol {given}; ST-08");
    }
}

#[test]
fn duplicates() {
    let other_hop = ForwardRow { next_hop: ip("192.168.1.2"), ..gateway() };
    let host_bits = ForwardRow { destination: ip("10.9.9.9"), ..fresh() };
    let longer = ForwardRow { prefix_length: 9, ..fresh() };
    let elsewhere = ForwardRow { luid: Luid::UNSPECIFIED, index: V4_ONLY, ..gateway() };
    for (option, by_prefix) in [("prefix-and-next-hop", SUCCESS), ("prefix", EXISTS)] {
        let fixed = [("route-duplicate", option)];
        let cases = [
            (gateway(), EXISTS),            // RT-14
            (other_hop.clone(), by_prefix), // RT-15
            (host_bits.clone(), SUCCESS),
            (longer.clone(), SUCCESS),
            (elsewhere.clone(), SUCCESS),
        ];
        for (row, expected) in cases {
            let call = Call::row(CreateIpForwardEntry2, row.clone());
            assert_eq!(codes(&env(), &fixed, &call), expected, "RT-14, RT-15 {option}: {row:?}");
        }
        let mut bench = Bench::with(env(), &fixed);
        for (row, code) in
            [(fresh(), 0), (fresh(), 5010), (host_bits.clone(), 5010), (longer.clone(), 0)]
        {
            assert_eq!(bench.user(CreateIpForwardEntry2, &row).code, code, "RT-14");
        }
    }
}

#[test]
fn an_initialized_row() {
    let row = initialized();
    // RT-25
    assert_eq!((row.valid_lifetime, row.preferred_lifetime), (u32::MAX, u32::MAX), "RT-25");
    let flags = [row.loopback, row.autoconfigure_address, row.publish, row.immortal];
    assert_eq!(flags, [true; 4], "RT-25");
    // RT-26
    assert_eq!((row.site_prefix_length, row.metric, row.protocol), (255, u32::MAX, u32::MAX));
    let rest = ForwardRow {
        valid_lifetime: 0,
        preferred_lifetime: 0,
        loopback: false,
        autoconfigure_address: false,
        publish: false,
        immortal: false,
        site_prefix_length: 0,
        metric: 0,
        protocol: 0,
        ..row.clone()
    };
    assert_eq!(rest, ForwardRow::default(), "RT-26");

    let null = Call::Row { function: InitializeIpForwardEntry, level: 0, row: None };
    assert_eq!(codes(&env(), &[], &null), SUCCESS, "NULL does nothing");

    // What clients do: initialize, then LUID, prefix, next hop and metric only (C-10).
    let filled = ForwardRow {
        luid: ETHERNET,
        destination: ip("10.0.0.0"),
        prefix_length: 8,
        next_hop: ip("192.168.1.1"),
        metric: 0,
        ..row
    };
    let call = Call::row(CreateIpForwardEntry2, filled.clone());
    for (option, expected) in [("refused", INVALID), ("accepted", SUCCESS)] {
        let fixed = [("site-prefix-marker", option)];
        assert_eq!(codes(&env(), &fixed, &call), expected, "RT-11, {option}");
    }
    let too_long = ForwardRow { site_prefix_length: 254, ..filled.clone() };
    let fixed = [("site-prefix-marker", "accepted")];
    let call = Call::row(CreateIpForwardEntry2, too_long);
    assert_eq!(codes(&env(), &fixed, &call), INVALID, "RT-11: only 255 stands for none");

    let mut bench = Bench::with(env(), &fixed);
    assert_eq!(bench.user(CreateIpForwardEntry2, &filled).code, 0);
    let read = bench.read(&filled);
    assert_eq!((read.site_prefix_length, read.protocol), (0, protocol::NETMGMT));
}

#[test]
fn a_set_route_reads_back() {
    let mut env = env();
    let learnt = Route {
        site_prefix_length: 4,
        protocol: protocol::DHCP,
        origin: RouteOrigin::Dhcp,
        owner: RouteOwner::Dhcp,
        ..Route::new(ETHERNET, IpAddr::from([10, 0, 0, 0]), 8, IpAddr::from([192, 168, 1, 1]))
    };
    env.place_route(learnt.clone());
    let mut bench = Bench::with(env, &[]);
    bench.machine.elapse(9_000, &mut First::default());
    assert_eq!(bench.read(&fresh()).age, 9);
    let row = ForwardRow {
        destination: ip("10.20.30.40"),
        site_prefix_length: 6,
        valid_lifetime: 50,
        preferred_lifetime: 40,
        metric: 77,
        protocol: 8,
        publish: true,
        age: 1,
        origin: 1,
        ..fresh()
    };
    let told = bench.told(|bench| {
        assert_eq!(bench.user(SetIpForwardEntry2, &row).code, 0);
    });
    let name = "route 10.0.0.0/8 by 192.168.1.1 of interface 2";
    assert_eq!(told, [format!("MibParameterNotification, {name}")], "NR-10");
    // RT-21: Age begins anew and Origin stays, whatever the row says.
    let expected =
        ForwardRow { index: 2, destination: ip("10.0.0.0"), age: 0, origin: 2, ..row.clone() };
    assert_eq!(bench.read(&row), expected, "RT-21");
    let owner = bench.machine.env().routes().get(learnt.key()).map(|route| route.owner);
    assert_eq!(owner, Some(RouteOwner::Dhcp), "it stays the lease's");

    // Illegal values leave the route's own.
    let row = ForwardRow { site_prefix_length: 255, protocol: u32::MAX, ..row };
    assert_eq!(bench.user(SetIpForwardEntry2, &row).code, 0);
    assert_eq!(bench.read(&row), expected);
}

#[test]
fn a_route_that_is_not_there() {
    let other_hop = ForwardRow { next_hop: ip("192.168.1.2"), ..gateway() };
    let elsewhere = ForwardRow { luid: Luid::UNSPECIFIED, index: V4_ONLY, ..gateway() };
    for (option, code) in [("not-found", 1168), ("file-not-found", 2)] {
        let fixed = [("missing-row", option)];
        for row in [fresh(), other_hop.clone(), elsewhere.clone()] {
            // RT-20 (Set), RT-24 (Delete)
            for function in [SetIpForwardEntry2, DeleteIpForwardEntry2] {
                let found = codes(&env(), &fixed, &Call::row(function, row.clone()));
                assert_eq!(found, [code, NOT_FOUND[1]], "RT-20, RT-24: {function}");
            }
            let found = codes(&env(), &fixed, &Call::row(GetIpForwardEntry2, row));
            assert_eq!(found, NOT_FOUND, "the option is not about Get");
        }
    }
}

#[test]
fn a_deleted_route_is_gone() {
    let mut bench = Bench::new();
    let told = bench.told(|bench| {
        assert_eq!(bench.user(DeleteIpForwardEntry2, &gateway()).code, 0);
    });
    let name = "route 0.0.0.0/0 by 192.168.1.1 of interface 2";
    assert_eq!(told, [format!("MibDeleteInstance, {name}")], "NR-10");
    assert_eq!(bench.user(GetIpForwardEntry2, &gateway()).code, 1168);
    assert_eq!(bench.user(DeleteIpForwardEntry2, &gateway()).code, 1168, "RT-24");
}

#[test]
fn several_default_routes_coexist() {
    // RT-28
    let mut bench = Bench::new();
    let hops = ["192.168.1.2", "192.168.1.3", "0.0.0.0"];
    for hop in hops {
        let row = ForwardRow { next_hop: ip(hop), ..gateway() };
        assert_eq!(bench.user(CreateIpForwardEntry2, &row).code, 0, "RT-28");
    }
    let rows = bench.table(AF_INET);
    let default = |row: &&ForwardRow| row.destination == ip("0.0.0.0") && row.prefix_length == 0;
    assert_eq!(rows.iter().filter(default).count(), 4, "RT-28");
}

#[test]
fn the_luid_comes_before_the_index() {
    for function in WITH_KEYS {
        // RT-29: the index is looked at only where the LUID is zero.
        let contradicting = ForwardRow { index: V4_ONLY, ..good(function) };
        let by_index = ForwardRow { luid: Luid::UNSPECIFIED, index: 2, ..good(function) };
        for row in [contradicting, by_index] {
            let mut bench = Bench::new();
            let reply = bench.user(function, &row);
            assert_eq!(reply.code, 0, "RT-29: {function}");
            if function == DeleteIpForwardEntry2 {
                assert_eq!(bench.user(GetIpForwardEntry2, &row).code, 1168, "RT-29");
            } else {
                let read = bench.read(&good(function));
                assert_eq!((read.luid, read.index), (ETHERNET, 2), "RT-29: both are filled in");
            }
        }
        let garbage = ForwardRow { luid: Luid(9), index: 2, ..good(function) };
        assert_eq!(Bench::new().user(function, &garbage).code, 1168, "RT-29: {function}");
    }
}

#[test]
fn a_route_without_its_medium_waits() {
    let mut bench = Bench::new();
    let link = |connected| Change::LinkSet {
        luid: ETHERNET,
        connected: Some(connected),
        admin_up: None,
        mtu: None,
        alias: None,
    };
    let set = |bench: &mut Bench, connected| {
        bench.machine.change(None, &link(connected), &mut First::default()).expect("a link");
    };
    set(&mut bench, false);
    let told = bench.told(|bench| {
        assert_eq!(bench.user(CreateIpForwardEntry2, &fresh()).code, 0);
        assert_eq!(bench.user(CreateIpForwardEntry2, &fresh()).code, 5010, "it waits already");
        assert_eq!(bench.user(GetIpForwardEntry2, &fresh()).code, 1168);
        assert_eq!(bench.user(SetIpForwardEntry2, &fresh()).code, 1168);
    });
    assert_eq!(told, [""; 0]);
    set(&mut bench, true);
    assert_eq!(bench.read(&fresh()).metric, 5);

    set(&mut bench, false);
    assert_eq!(bench.user(DeleteIpForwardEntry2, &fresh()).code, 0);
    assert_eq!(bench.user(DeleteIpForwardEntry2, &fresh()).code, 1168);
    set(&mut bench, true);
    assert_eq!(bench.user(GetIpForwardEntry2, &fresh()).code, 1168);
}

#[test]
fn a_created_route_does_not_outlive_its_adapter() {
    let mut bench = Bench::new();
    assert_eq!(bench.user(CreateIpForwardEntry2, &fresh()).code, 0);
    for change in [Change::InterfaceDisable(ETHERNET), Change::InterfaceEnable(ETHERNET)] {
        bench.machine.change(None, &change, &mut First::default()).expect("an adapter");
    }
    assert_eq!(bench.user(GetIpForwardEntry2, &gateway()).code, 0, "set by hand, it comes back");
    assert_eq!(bench.user(GetIpForwardEntry2, &fresh()).code, 1168);
}

/// The four functions against a map of keys: whatever is created, set and deleted, in any order.
#[test]
fn the_functions_keep_a_map_of_routes() {
    type Key = (Luid, IpAddr, u8, SocketAddress);
    let places = [ETHERNET, Luid::new(if_type::ETHERNET, 6)];
    for seed in 1..=40 {
        let mut seeded = Seeded::new(seed);
        let mut draw = |most: u64| seeded.draw("a case") % most;
        let mut bench = Bench::new();
        let start = bench.table(AF_INET);
        let key = |row: &ForwardRow| -> Key {
            let IpAddr::V4(address) = row.destination.ip().expect("an address") else {
                panic!("IPv4")
            };
            let kept = u64::from(address.to_bits()) >> (32 - row.prefix_length);
            let cut = u32::try_from(kept << (32 - row.prefix_length)).expect("32 bits");
            (row.luid, IpAddr::V4(cut.into()), row.prefix_length, row.next_hop)
        };
        let mut map: BTreeMap<Key, u32> = start.iter().map(|row| (key(row), row.metric)).collect();
        for _ in 0..60 {
            let row = ForwardRow {
                luid: places[usize::try_from(draw(2)).expect("a place")],
                destination: SocketAddress::V4(
                    [10, 0, 0, u8::try_from(draw(4)).expect("a byte")].into(),
                ),
                prefix_length: [0, 31, 32][usize::try_from(draw(3)).expect("a length")],
                next_hop: ip(["0.0.0.0", "192.168.1.1"][usize::try_from(draw(2)).expect("a hop")]),
                metric: u32::try_from(draw(1000)).expect("a metric"),
                ..fresh()
            };
            let function = WITH_KEYS[usize::try_from(draw(4)).expect("a function")];
            let known = map.contains_key(&key(&row));
            let code = match (function, known) {
                (CreateIpForwardEntry2, true) => 5010,
                (CreateIpForwardEntry2, false) | (_, true) => 0,
                (_, false) => 1168,
            };
            assert_eq!(bench.user(function, &row).code, code, "seed {seed}: {function} {row:?}");
            match function {
                GetIpForwardEntry2 => {}
                DeleteIpForwardEntry2 => drop(map.remove(&key(&row))),
                _ if code == 0 => drop(map.insert(key(&row), row.metric)),
                _ => {}
            }
        }
        let rows = bench.table(AF_INET);
        let read: BTreeMap<Key, u32> = rows.iter().map(|row| (key(row), row.metric)).collect();
        assert_eq!(rows.len(), read.len(), "seed {seed}: a route is there once");
        assert_eq!(read, map, "seed {seed}");
    }
}
