//! GetBestRoute2, GetBestInterface and GetBestInterfaceEx through [`Machine::call`]: their codes in
//! both flavours, which route and which source address they choose, and a naive reference of the rule.

use std::cmp::Reverse;
use std::net::IpAddr;

use netiosim_model::api::{Call, Output, Reply};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::choose::{Chooser, First, Seeded};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::ActorId;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::Machine;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::{Options, Profile};
use netiosim_model::row::{ForwardRow, SocketAddress};
use netiosim_model::status::{Flavour, Status};
use netiosim_model::table::{DadState, Route, RouteKey, UnicastAddress};

const ETHERNET: Luid = Luid::new(if_type::ETHERNET, 1);
const WIFI: Luid = Luid::new(if_type::WIFI, 4);
const WIFI_INDEX: u32 = 7;
/// An interface with a row and without an address.
const BARE: Luid = Luid::new(if_type::ETHERNET, 6);
const BARE_INDEX: u32 = 9;

const INVALID: [u32; 2] = [87, 0xC000_000D];
const NOT_FOUND: [u32; 2] = [1168, 0xC000_0225];
const FILE_NOT_FOUND: [u32; 2] = [2, 0xC000_0225];
const NOT_SUPPORTED: [u32; 2] = [50, 0xC000_00BB];
const UNREACHABLE: [u32; 2] = [1231, 0xC000_023C];
const SUCCESS: [u32; 2] = [0, 0];

/// A home machine with a second network: Wi-Fi with 10.0.0.5/8, its own link-local address and a
/// default route that costs more than that of the Ethernet.
fn env() -> Env {
    let mut env = home();
    let wifi = Interface::new("Wi-Fi", if_type::WIFI, 4, WIFI_INDEX);
    let bare = Interface::new("Bare", if_type::ETHERNET, 6, BARE_INDEX);
    for interface in [wifi, bare] {
        env.place_interface(interface).expect("free keys");
    }
    for (address, length) in [("10.0.0.5", 8), ("fe80::7", 64), ("2001:db8:7::5", 64)] {
        env.place_address(UnicastAddress::new(WIFI, ip_of(address), length));
    }
    let zero = IpAddr::from([0; 4]);
    env.place_route(Route { metric: 100, ..Route::new(WIFI, zero, 0, ip_of("10.0.0.1")) });
    env.place_route(Route::new(WIFI, ip_of("::"), 0, ip_of("fe80::1")));
    env
}

fn ip(text: &str) -> SocketAddress {
    text.parse().expect("an address")
}

fn ip_of(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// The parameters of GetBestRoute2.
#[derive(Clone)]
struct Query {
    luid: Option<Luid>,
    index: u32,
    source: Option<SocketAddress>,
    destination: Option<SocketAddress>,
    sort_options: u32,
    route_pointer: bool,
    source_pointer: bool,
}

impl Query {
    fn to(destination: &str) -> Self {
        Self {
            luid: None,
            index: 0,
            source: None,
            destination: Some(ip(destination)),
            sort_options: 0,
            route_pointer: true,
            source_pointer: true,
        }
    }

    fn on(self, index: u32) -> Self {
        Self { index, ..self }
    }

    fn from(self, source: &str) -> Self {
        Self { source: Some(ip(source)), ..self }
    }

    fn call(&self) -> Call {
        Call::BestRoute {
            luid: self.luid,
            index: self.index,
            source: self.source,
            destination: self.destination,
            sort_options: self.sort_options,
            route_pointer: self.route_pointer,
            source_pointer: self.source_pointer,
        }
    }
}

struct Bench {
    machine: Machine,
    /// A program and a driver.
    callers: [ActorId; 2],
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
        Self { machine, callers }
    }

    fn call(&mut self, actor: ActorId, call: &Call) -> Reply {
        self.machine.call(actor, call, &mut First::default())
    }

    fn reply(&mut self, query: &Query) -> Reply {
        self.call(self.callers[0], &query.call())
    }

    /// The route and the source address that a program is told.
    fn best(&mut self, query: &Query) -> (ForwardRow, SocketAddress) {
        let reply = self.reply(query);
        assert_eq!(reply.status, Status::Success);
        let Output::BestRoute(row, source) = reply.output else { panic!("a route") };
        (*row, source)
    }

    /// The codes of the program and of the driver; outputs are zero after a failure.
    fn codes(&mut self, query: &Query) -> [u32; 2] {
        self.callers.map(|caller| {
            let reply = self.machine.call(caller, &query.call(), &mut First::default());
            if reply.status != Status::Success {
                let zeros = Output::BestRoute(Box::default(), SocketAddress::Unspecified);
                let any = query.route_pointer || query.source_pointer;
                assert_eq!(reply.output, if any { zeros } else { Output::Nothing });
            }
            reply.code
        })
    }

    fn set(&mut self, luid: Luid, family: Family, member: Member, value: u64) {
        let change = Change::RowSet { luid, family, values: vec![(member, value)] };
        self.machine.change(None, &change, &mut First::default()).expect("a row");
    }

    /// The code and the index that a program is told.
    fn best_interface(&mut self, function: Function, to: Option<SocketAddress>) -> (u32, u32) {
        let call = Call::BestInterface { function, destination: to, pointer: true };
        let reply = self.call(self.callers[0], &call);
        match reply.output {
            Output::Index(index) => (reply.code, index),
            other => {
                assert_eq!(other, Output::Nothing);
                (reply.code, 0)
            }
        }
    }
}

#[test]
fn pointers_and_families() {
    let good = Query::to("8.8.8.8").on(2);
    let mut bench = Bench::new();
    assert_eq!(bench.codes(&good), SUCCESS);
    // BR-01
    let cases = [
        Query { destination: None, ..good.clone() },
        Query { route_pointer: false, ..good.clone() },
        Query { source_pointer: false, ..good.clone() },
        Query { route_pointer: false, source_pointer: false, ..good.clone() },
    ];
    for case in cases {
        assert_eq!(bench.codes(&case), INVALID, "BR-01");
    }
    // BR-02
    for destination in [SocketAddress::Unspecified, SocketAddress::Other(77)] {
        let case = Query { destination: Some(destination), ..good.clone() };
        assert_eq!(bench.codes(&case), INVALID, "BR-02");
    }
    // A source of another family than the destination's (chosen).
    for source in [SocketAddress::Unspecified, SocketAddress::Other(77), ip("fe80::7")] {
        let case = Query { source: Some(source), ..good.clone() };
        assert_eq!(bench.codes(&case), INVALID);
    }
}

#[test]
fn neither_luid_nor_index() {
    // BR-03: the driver page refuses it; for programs it is an option (C-16).
    for (option, user) in [("search-all", 0), ("invalid-parameter", 87)] {
        let mut bench = Bench::with(env(), &[("best-route-any-interface", option)]);
        let null = Query::to("8.8.8.8");
        for query in [Query { luid: Some(Luid::UNSPECIFIED), ..null.clone() }, null] {
            assert_eq!(bench.codes(&query), [user, INVALID[1]], "BR-03, {option}");
        }
    }
}

#[test]
fn an_interface_that_is_not_there() {
    let by_index = Query::to("8.8.8.8").on(77);
    let by_luid = Query { luid: Some(Luid(0x77)), ..Query::to("8.8.8.8").on(2) };
    // BR-04 for programs, BR-05 for drivers
    for (option, expected) in [("file-not-found", FILE_NOT_FOUND), ("not-found", NOT_FOUND)] {
        let mut bench = Bench::with(env(), &[("unknown-luid", option)]);
        assert_eq!(bench.codes(&by_luid), expected, "BR-04, BR-05, {option}");
        assert_eq!(bench.codes(&by_index), FILE_NOT_FOUND, "BR-04, BR-05");
    }
}

#[test]
fn a_family_without_its_stack() {
    // BR-06
    for (family, destination) in [(Family::V4, "8.8.8.8"), (Family::V6, "2001:db8::1")] {
        let mut env = env();
        env.place_family(family, false);
        let mut bench = Bench::with(env, &[]);
        assert_eq!(bench.codes(&Query::to(destination).on(2)), NOT_SUPPORTED, "BR-06");
    }
}

#[test]
fn no_route() {
    let query = Query::to("172.16.0.1").on(BARE_INDEX);
    for (option, expected) in [("network-unreachable", UNREACHABLE), ("not-found", NOT_FOUND)] {
        let mut bench = Bench::with(env(), &[("no-route", option)]);
        assert_eq!(bench.codes(&query), expected, "{option}");
    }
    // An interface without the family has no route of it either.
    let mut env = home();
    let mut v4_only = Interface::new("Old", if_type::ETHERNET, 7, 11);
    v4_only.v6 = None;
    env.place_interface(v4_only).expect("free keys");
    assert_eq!(Bench::with(env, &[]).codes(&Query::to("2001:db8::1").on(11)), UNREACHABLE);
}

#[test]
fn the_route_comes_with_every_member() {
    let mut bench = Bench::new();
    bench.machine.elapse(5_000, &mut First::default());
    let (row, source) = bench.best(&Query::to("8.8.8.8"));
    let expected = ForwardRow {
        luid: ETHERNET,
        index: 2,
        destination: ip("0.0.0.0"),
        next_hop: ip("192.168.1.1"),
        valid_lifetime: u32::MAX,
        preferred_lifetime: u32::MAX,
        protocol: 3,
        immortal: true,
        age: 5,
        ..ForwardRow::default()
    };
    assert_eq!(row, expected);
    assert_eq!(source, ip("192.168.1.10"));
}

#[test]
fn the_longest_prefix_wins_over_every_metric() {
    // BR-08
    let mut bench = Bench::new();
    bench.set(WIFI, Family::V4, Member::Metric, 4_000_000_000);
    let (row, _) = bench.best(&Query::to("10.7.7.7"));
    assert_eq!((row.luid, row.prefix_length), (WIFI, 8), "BR-08");
}

#[test]
fn the_interface_metric_counts_as_the_route_metric() {
    // RT-27: 0 + 25 on the Ethernet, 100 + 25 on the Wi-Fi; sums, also beyond 32 bits.
    let mut bench = Bench::new();
    let query = Query::to("8.8.8.8");
    for (luid, metric, expected) in [
        (ETHERNET, 124, ETHERNET),
        (ETHERNET, 126, WIFI),
        (WIFI, 27, ETHERNET),
        (ETHERNET, 0, ETHERNET),
        (WIFI, u64::from(u32::MAX), ETHERNET),
        (ETHERNET, u64::from(u32::MAX), ETHERNET),
    ] {
        bench.set(luid, Family::V4, Member::Metric, metric);
        assert_eq!(bench.best(&query).0.luid, expected, "RT-27: {metric}");
    }
    // RT-28: with two default routes the named interface has its own.
    assert_eq!(bench.best(&query.clone().on(WIFI_INDEX)).0.luid, WIFI, "RT-28");
    assert_eq!(bench.best(&query.on(2)).0.luid, ETHERNET, "RT-28");
}

#[test]
fn the_luid_comes_before_the_index() {
    // RT-29
    let mut bench = Bench::new();
    let query = Query { luid: Some(WIFI), ..Query::to("8.8.8.8").on(2) };
    assert_eq!(bench.best(&query).0.luid, WIFI, "RT-29");
    let query = Query { luid: Some(Luid::UNSPECIFIED), ..query };
    assert_eq!(bench.best(&query).0.luid, ETHERNET, "RT-29");
}

#[test]
fn the_sort_options_have_no_effect() {
    // BR-09
    for query in
        [Query::to("8.8.8.8"), Query::to("10.1.1.1"), Query::to("172.16.0.1").on(BARE_INDEX)]
    {
        let mut bench = Bench::new();
        let plain = bench.reply(&query);
        for sort_options in [1, 2, 3, 0x8000_0000, u32::MAX] {
            assert_eq!(bench.reply(&Query { sort_options, ..query.clone() }), plain, "BR-09");
        }
    }
}

#[test]
fn a_source_address_binds_to_its_interface() {
    let mut bench = Bench::new();
    // BR-07: the Ethernet's default route is cheaper, the Wi-Fi's prefix is longer.
    let cases = [
        (Query::to("8.8.8.8").from("10.0.0.5"), WIFI),
        (Query::to("10.1.1.1").from("192.168.1.10"), ETHERNET),
        (Query::to("8.8.8.8").from("10.0.0.5").on(WIFI_INDEX), WIFI),
    ];
    for (query, expected) in cases {
        let (row, source) = bench.best(&query);
        assert_eq!((row.luid, Some(source)), (expected, query.source), "BR-07");
    }
    // The named interface and that of the address have to agree.
    assert_eq!(bench.codes(&Query::to("8.8.8.8").from("10.0.0.5").on(2)), UNREACHABLE, "BR-07");
    let outward = Query::to("8.8.8.8").on(1).from("127.0.0.1");
    assert_eq!(bench.codes(&outward), UNREACHABLE, "BR-07: no route leads out of the loopback");
    // Nobody has this address (observed, 27).
    for unknown in ["10.0.0.6", "0.0.0.0"] {
        assert_eq!(bench.codes(&Query::to("8.8.8.8").from(unknown).on(2)), NOT_FOUND);
    }
}

#[test]
fn a_weak_host_sends_from_any_interface() {
    // IS-12: WeakHostSend of the interface that has the source address.
    let mut bench = Bench::new();
    let query = Query::to("8.8.8.8").from("10.0.0.5");
    for (luid, value, expected) in
        [(ETHERNET, 1, WIFI), (WIFI, 1, ETHERNET), (ETHERNET, 0, ETHERNET), (WIFI, 0, WIFI)]
    {
        bench.set(luid, Family::V4, Member::WeakHostSend, value);
        let (row, source) = bench.best(&query);
        assert_eq!((row.luid, source), (expected, ip("10.0.0.5")), "IS-12");
    }
    bench.set(WIFI, Family::V4, Member::WeakHostSend, 1);
    assert_eq!(bench.best(&query.clone().on(2)).0.luid, ETHERNET);
    assert_eq!(bench.best(&query.on(WIFI_INDEX)).0.luid, WIFI);
}

#[test]
fn a_link_local_source_that_leaves_by_another_interface_keeps_its_zone() {
    let mut env = env();
    env.place_route(Route::new(ETHERNET, ip_of("2001:db8:9::"), 48, ip_of("fe80::2")));
    let mut bench = Bench::with(env, &[]);
    bench.set(WIFI, Family::V6, Member::WeakHostSend, 1);
    let (row, source) = bench.best(&Query::to("2001:db8:9::1").from("fe80::7"));
    assert_eq!((row.luid, source), (ETHERNET, ip("fe80::7%7")), "IS-12");
}

#[test]
fn a_source_address_on_several_interfaces() {
    let mut env = env();
    for luid in [ETHERNET, BARE] {
        env.place_address(UnicastAddress::new(luid, ip_of("fe80::7"), 64));
    }
    let mut bench = Bench::with(env, &[]);
    // Only the Wi-Fi of the three leads there, and its zone is the source's.
    let query = Query::to("2001:db8:9::1");
    let (row, source) = bench.best(&query.clone().from("fe80::7"));
    assert_eq!((row.luid, source), (WIFI, ip("fe80::7%7")));
    // A zone names one of them.
    assert_eq!(bench.best(&query.clone().from("fe80::7%7")).0.luid, WIFI);
    assert_eq!(bench.codes(&query.clone().from("fe80::7%2").on(2)), UNREACHABLE);
    assert_eq!(bench.codes(&query.from("fe80::7%1").on(2)), NOT_FOUND);
    // Of several that lead there the best.
    bench.set(BARE, Family::V6, Member::Metric, 1);
    assert_eq!(bench.best(&Query::to("fe80::99").from("fe80::7")).0.luid, BARE);
    bench.set(WIFI, Family::V6, Member::Metric, 0);
    assert_eq!(bench.best(&Query::to("fe80::99").from("fe80::7")).0.luid, WIFI);
    // BR-08: the longer prefix comes before the lower metric among them, too.
    let longer =
        Route { metric: 9_999, ..Route::new(BARE, ip_of("2001:db8:9::"), 48, ip_of("::")) };
    let change = Change::RouteAdd(longer);
    bench.machine.change(None, &change, &mut First::default()).expect("a route");
    let query = Query::to("2001:db8:9::1").from("fe80::7");
    assert_eq!(bench.best(&query).0.luid, BARE, "BR-08");
}

#[test]
fn a_zone_names_the_interface() {
    let mut bench = Bench::new();
    for (zone, luid, source) in [(2, ETHERNET, "fe80::5eff:fe00:2%2"), (7, WIFI, "fe80::7%7")] {
        let query = Query::to(&format!("fe80::99%{zone}"));
        let (row, own) = bench.best(&query);
        assert_eq!((row.luid, own), (luid, ip(source)));
        assert_eq!(bench.best(&query.on(zone)).0.luid, luid);
    }
    assert_eq!(bench.codes(&Query::to("fe80::99%7").on(2)), UNREACHABLE);
    assert_eq!(bench.codes(&Query::to("fe80::99%77").on(2)), UNREACHABLE);
    // So does that of a multicast group of the link.
    let mut env = env();
    for luid in [ETHERNET, WIFI] {
        env.place_route(Route::new(luid, ip_of("ff00::"), 8, ip_of("::")));
    }
    let mut groups = Bench::with(env, &[]);
    for group in ["ff02::5", "ff12::5"] {
        for (zone, luid, source) in [(2, ETHERNET, "fe80::5eff:fe00:2%2"), (7, WIFI, "fe80::7%7")] {
            let (row, own) = groups.best(&Query::to(&format!("{group}%{zone}")));
            assert_eq!((row.luid, own), (luid, ip(source)), "{group}%{zone}");
        }
    }
    // A global address has no zone.
    assert_eq!(bench.best(&Query::to("2001:db8:9::1%2")).0.luid, WIFI);
}

#[test]
fn a_disabled_default_route_leads_nowhere() {
    // IS-10
    let mut bench = Bench::new();
    bench.set(ETHERNET, Family::V4, Member::DisableDefaultRoutes, 1);
    assert_eq!(bench.best(&Query::to("8.8.8.8")).0.luid, WIFI, "IS-10");
    assert_eq!(bench.codes(&Query::to("8.8.8.8").on(2)), UNREACHABLE, "IS-10");
    assert_eq!(bench.best(&Query::to("192.168.1.77").on(2)).0.prefix_length, 24);
    bench.set(ETHERNET, Family::V4, Member::DisableDefaultRoutes, 0);
    assert_eq!(bench.best(&Query::to("8.8.8.8")).0.luid, ETHERNET);
}

/// An address of the bare interface, in this state.
fn own(text: &str, length: u8, dad: DadState, skip_as_source: bool) -> UnicastAddress {
    UnicastAddress { dad, skip_as_source, ..UnicastAddress::new(BARE, ip_of(text), length) }
}

#[test]
fn the_source_address_that_is_chosen() {
    use DadState::{Deprecated, Duplicate, Preferred, Tentative};
    type Own = (&'static str, u8, DadState, bool);
    let cases: &[(&str, &[Own], &str, &str, &str)] = &[
        ("none", &[], "0.0.0.0", "8.8.8.8", "0.0.0.0"),
        ("none of IPv6", &[("10.0.0.9", 8, Preferred, false)], "::", "2001:db8::1", "::"),
        (
            "the next hop's network",
            &[("10.0.0.9", 24, Preferred, false), ("10.0.1.9", 24, Preferred, false)],
            "10.0.1.1",
            "10.0.0.77",
            "10.0.1.9",
        ),
        (
            "the destination's network where the route is on-link",
            &[("10.0.0.9", 24, Preferred, false), ("10.0.1.9", 24, Preferred, false)],
            "0.0.0.0",
            "10.0.1.77",
            "10.0.1.9",
        ),
        (
            "the lowest",
            &[("10.0.0.10", 24, Preferred, false), ("10.0.0.9", 24, Preferred, false)],
            "172.16.0.1",
            "8.8.8.8",
            "10.0.0.9",
        ),
        (
            "the usable one",
            &[
                ("10.0.0.7", 24, Tentative, false),
                ("10.0.0.8", 24, Duplicate, false),
                ("10.0.0.9", 24, Preferred, true),
                ("10.9.9.9", 24, Preferred, false),
            ],
            "10.0.0.1",
            "8.8.8.8",
            "10.9.9.9",
        ),
        ("none is usable", &[("10.0.0.9", 24, Preferred, true)], "10.0.0.1", "8.8.8.8", "0.0.0.0"),
        (
            "one that reaches beyond the link",
            &[("169.254.1.1", 16, Preferred, false), ("10.0.0.9", 24, Preferred, false)],
            "0.0.0.0",
            "169.200.0.1",
            "10.0.0.9",
        ),
        (
            "a deprecated one only if nothing else",
            &[("10.0.0.2", 24, Deprecated, false), ("192.168.9.9", 24, Preferred, false)],
            "10.0.0.1",
            "8.8.8.8",
            "192.168.9.9",
        ),
        ("deprecated", &[("10.0.0.2", 24, Deprecated, false)], "10.0.0.1", "8.8.8.8", "10.0.0.2"),
        (
            "a global one for a global destination, by the destination's network",
            &[
                ("fe80::9", 64, Preferred, false),
                ("fd00::9", 64, Preferred, false),
                ("2001:db8:1::9", 64, Preferred, false),
            ],
            "fe80::1",
            "2001:db8:5::5",
            "2001:db8:1::9",
        ),
        (
            "a link-local one, with its zone, for a link-local destination",
            &[("2001:db8:1::9", 64, Preferred, false), ("fe80::9", 64, Preferred, false)],
            "::",
            "fe80::77",
            "fe80::9%9",
        ),
        (
            "a link-local one where there is no other",
            &[("fe80::9", 64, Preferred, false)],
            "fe80::1",
            "2001:db8::1",
            "fe80::9%9",
        ),
    ];
    for (what, addresses, next_hop, destination, expected) in cases {
        let mut env = home();
        let bare = Interface::new("Bare", if_type::ETHERNET, 6, BARE_INDEX);
        env.place_interface(bare).expect("free keys");
        for (text, length, dad, skip) in *addresses {
            env.place_address(own(text, *length, *dad, *skip));
        }
        let to = ip_of(destination);
        let bits = if to.is_ipv4() { 32 } else { 128 };
        env.place_route(Route::new(BARE, to, bits, ip_of(next_hop)));
        let mut bench = Bench::with(env, &[]);
        let (row, source) = bench.best(&Query::to(destination).on(BARE_INDEX));
        assert_eq!((row.prefix_length, source), (bits, ip(expected)), "{what}");
    }
}

#[test]
fn the_interface_functions() {
    let (of_v4, of_both) = (Function::GetBestInterface, Function::GetBestInterfaceEx);
    let mut bench = Bench::new();
    for (to, index) in
        [("8.8.8.8", 2), ("10.1.1.1", WIFI_INDEX), ("127.0.0.1", 1), ("127.3.2.1", 1)]
    {
        assert_eq!(bench.best_interface(of_v4, Some(ip(to))), (0, index), "BR-11: {to}");
        assert_eq!(bench.best_interface(of_both, Some(ip(to))), (0, index), "BR-11: {to}");
    }
    for (to, index) in [("2001:db8:9::1", WIFI_INDEX), ("::1", 1), ("fe80::99%2", 2)] {
        assert_eq!(bench.best_interface(of_v4, Some(ip(to))), (87, 0), "BR-11: IPv4 only");
        assert_eq!(bench.best_interface(of_both, Some(ip(to))), (0, index), "BR-11: {to}");
    }
    for function in [of_v4, of_both] {
        for to in [None, Some(SocketAddress::Unspecified), Some(SocketAddress::Other(77))] {
            assert_eq!(bench.best_interface(function, to), (87, 0), "BR-10: {to:?}");
        }
        let destination = Some(ip("8.8.8.8"));
        let call = Call::BestInterface { function, destination, pointer: false };
        let reply = bench.call(bench.callers[0], &call);
        assert_eq!((reply.code, reply.output), (87, Output::Nothing), "BR-10: NULL");
        // They are for programs only.
        let call = Call::BestInterface { function, destination, pointer: true };
        assert_eq!(bench.call(bench.callers[1], &call).status, Status::Absent);

        let mut env = env();
        env.place_family(Family::V4, false);
        let mut without = Bench::with(env, &[]);
        assert_eq!(without.best_interface(function, destination), (50, 0), "BR-10");
    }
    for luid in [ETHERNET, WIFI] {
        bench.set(luid, Family::V4, Member::DisableDefaultRoutes, 1);
    }
    for function in [of_v4, of_both] {
        assert_eq!(bench.best_interface(function, Some(ip("8.8.8.8"))), (1003, 0), "BR-10");
    }
}

/// A route of the naive reference: prefix and address as bits, IPv4 in the lower 32.
struct Naive {
    key: RouteKey,
    metric: u32,
}

fn bits_of(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => u128::from(address.to_bits()),
        IpAddr::V6(address) => address.to_bits(),
    }
}

/// BR-08 and RT-27 by the book: look at every route.
fn reference(
    routes: &[Naive],
    metrics: &[(Luid, u32)],
    on: Option<Luid>,
    to: IpAddr,
) -> Option<RouteKey> {
    let matches = |route: &&Naive| {
        let key = &route.key;
        let width = u32::from(key.family().bits());
        let same_family = key.family() == Family::of(to);
        let mut equal = true;
        for bit in 0..u32::from(key.prefix_length) {
            let at = |address| bits_of(address) >> (width - 1 - bit) & 1;
            equal &= same_family && at(key.destination) == at(to);
        }
        same_family && equal && on.is_none_or(|luid| luid == key.luid)
    };
    let of_interface = |luid| metrics.iter().find(|known| known.0 == luid).expect("a metric").1;
    let rank = |route: &&Naive| {
        let metric = u64::from(route.metric) + u64::from(of_interface(route.key.luid));
        // Of equal ones the lowest LUID, then the lowest next hop (chosen).
        (Reverse(route.key.prefix_length), metric, route.key)
    };
    routes.iter().filter(matches).min_by_key(rank).map(|route| route.key)
}

/// An address of a few bits at both ends of the space, so that many prefixes match.
fn some_address(family: Family, draw: u64) -> IpAddr {
    let (head, tail) = (draw >> 2 & 3, draw & 3);
    match family {
        Family::V4 => IpAddr::from([10, u8::try_from(head).expect("two bits"), 0, tail as u8]),
        Family::V6 => {
            IpAddr::V6(((0x2001_u128 << 112) | u128::from(head) << 64 | u128::from(tail)).into())
        }
    }
}

#[test]
fn the_best_route_is_that_of_the_naive_reference() {
    // BR-08, RT-27
    const METRICS: [u32; 6] = [0, 1, 2, 300, u32::MAX - 2, u32::MAX - 1];
    let luids = [ETHERNET, WIFI, BARE];
    let indexes = [2, WIFI_INDEX, BARE_INDEX];
    let (mut found, mut lost) = (0, 0);
    for seed in 1..=60 {
        let mut seeded = Seeded::new(seed);
        let mut draw = |most: usize| {
            usize::try_from(seeded.draw("a case") % most as u64).expect("a small number")
        };
        let mut env = home();
        for (alias, if_type, luid_index, index) in
            [("Wi-Fi", if_type::WIFI, 4, WIFI_INDEX), ("Bare", if_type::ETHERNET, 6, BARE_INDEX)]
        {
            let interface = Interface::new(alias, if_type, luid_index, index);
            env.place_interface(interface).expect("free keys");
        }
        let family = Family::ALL[draw(2)];
        let lengths = match family {
            Family::V4 => [0, 8, 15, 16, 30, 31, 32],
            Family::V6 => [0, 16, 63, 64, 126, 127, 128],
        };
        for _ in 0..draw(30) {
            let hop = match family {
                Family::V4 => IpAddr::from([10, 0, 0, draw(3) as u8]),
                Family::V6 => IpAddr::V6((draw(3) as u128).into()),
            };
            let destination = some_address(family, draw(16) as u64);
            let route = Route::new(luids[draw(3)], destination, lengths[draw(7)], hop);
            env.place_route(Route { metric: METRICS[draw(6)], ..route });
        }
        let mut bench = Bench::with(env, &[]);
        let loopback = Interface::loopback().luid;
        let teredo = bench.machine.env().teredo_luid();
        let mut metrics: Vec<(Luid, u32)> = vec![(loopback, 75), (teredo, 25)];
        for luid in luids {
            // Set while the routes are there: their order has to follow.
            let metric = METRICS[draw(6)];
            bench.set(luid, family, Member::Metric, metric.into());
            metrics.push((luid, metric));
        }
        for step in 0..40 {
            if step % 10 == 9 {
                let n = draw(3);
                let metric = METRICS[draw(6)];
                bench.set(luids[n], family, Member::Metric, metric.into());
                metrics[2 + n].1 = metric;
                let keys: Vec<RouteKey> =
                    bench.machine.env().routes().of(luids[n]).map(Route::key).collect();
                if !keys.is_empty() {
                    let change = Change::RouteRemove(keys[draw(keys.len())]);
                    bench.machine.change(None, &change, &mut First::default()).expect("a route");
                }
            }
            let all = bench.machine.env().routes().iter();
            let routes: Vec<Naive> =
                all.map(|route| Naive { key: route.key(), metric: route.metric }).collect();
            let to = some_address(family, draw(16) as u64);
            let (on, index) = match draw(4) {
                3 => (None, 0),
                n => (Some(luids[n]), indexes[n]),
            };
            let query = Query::to(&to.to_string()).on(index);
            let expected = reference(&routes, &metrics, on, to);
            let reply = bench.reply(&query);
            let Output::BestRoute(row, _) = reply.output else { panic!("an output") };
            match expected {
                None => {
                    lost += 1;
                    assert_eq!(reply.code, 1231, "seed {seed}: no route to {to}");
                }
                Some(key) => {
                    found += 1;
                    let told = RouteKey {
                        luid: row.luid,
                        destination: row.destination.ip().expect("an address"),
                        prefix_length: row.prefix_length,
                        next_hop: row.next_hop.ip().expect("an address"),
                    };
                    assert_eq!((reply.code, told), (0, key), "seed {seed}: to {to} on {on:?}");
                }
            }
        }
    }
    assert!(found > 1000 && lost > 100, "both happen: {found}, {lost}");
}

#[test]
fn of_two_ipv6_addresses_the_nearer_one_is_the_source() {
    let mut env = env();
    for address in ["2001:db8:7:ffff::9", "2001:db8:7:8000::9"] {
        env.place_address(UnicastAddress::new(WIFI, ip_of(address), 64));
    }
    let mut bench = Bench::with(env, &[]);
    for (destination, source) in [
        ("2001:db8:7:ffff::1", "2001:db8:7:ffff::9"),
        ("2001:db8:7:8000::1", "2001:db8:7:8000::9"),
        ("2001:db8:7::1", "2001:db8:7::5"),
    ] {
        let (_, chosen) = bench.best(&Query::to(destination).on(WIFI_INDEX));
        assert_eq!(chosen, ip(source), "to {destination}");
    }
}
