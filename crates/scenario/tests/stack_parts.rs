//! What a stack file says of a machine is what the tables then hold.

use std::net::IpAddr;

use netiosim_model::build;
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::interface::{Interface, Internet, OperStatus};
use netiosim_model::net::Family;
use netiosim_model::row::hint_cost;
use netiosim_model::table::{
    DadState, NeighbourState, PrefixOrigin, Route, RouteOrigin, RouteOwner, SuffixOrigin,
};
use netiosim_model::teredo::{TeredoRole, TeredoState};
use netiosim_model::windows::Windows;
use netiosim_scenario::program::build_env;
use netiosim_scenario::{read, template};

fn env_of(stack: &str) -> Env {
    let file = format!(r#"{{"version": 1, "stack": {stack}}}"#);
    let file = read::read_stack_file(&file, "s.json").unwrap_or_else(|p| panic!("{p:?}"));
    let text = template::stack_file_text("", &file.stack);
    let again = read::read_stack_file(&text, "again.json").expect("what is written can be read");
    assert_eq!(again.stack, file.stack);
    build_env(&file.stack).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(stack: &str) -> String {
    let file = format!(r#"{{"version": 1, "stack": {stack}}}"#);
    let file = read::read_stack_file(&file, "s.json").expect("good shape");
    build_env(&file.stack).expect_err("a stack that cannot be built").to_string()
}

fn ip(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

fn named<'e>(env: &'e Env, alias: &str) -> &'e Interface {
    env.interface_by_alias(alias).expect(alias)
}

fn address<'e>(env: &'e Env, alias: &str, address: &str) -> &'e UnicastAddress {
    env.address_table().get((named(env, alias).luid, ip(address))).expect(address)
}

fn routes(env: &Env, alias: &str) -> Vec<String> {
    env.routes().of(named(env, alias).luid).map(|route| route.key().to_string()).collect()
}

#[test]
fn an_interface_is_as_it_is_written() {
    let env = env_of(
        r#"{"interfaces": [
            {"alias": "Ethernet", "speed_bps": 100, "takes_routes": false, "counters": {"InOctets": 5, "OutQLen": 7}},
            {"alias": "Filter", "hardware": false, "filter": true, "top_connected": false, "above": ["Ethernet"],
             "connectivity": {"internet": "constrained", "cost": "fixed", "roaming": true}, "oper_status": "dormant"}
        ]}"#,
    );
    let (ethernet, filter) = (named(&env, "Ethernet"), named(&env, "Filter"));
    assert_eq!((ethernet.speed_bps, ethernet.takes_routes, ethernet.hardware), (100, false, true));
    assert_eq!((ethernet.counters[0], ethernet.counters[17]), (5, 7));
    assert_eq!(ethernet.counters[1..17], [0; 16]);
    assert_eq!((filter.hardware, filter.filter), (false, true));
    assert_eq!((filter.top_connected, filter.oper_status()), (Some(false), OperStatus::Dormant));
    let connectivity = filter.connectivity;
    assert_eq!(
        (connectivity.internet, connectivity.cost, connectivity.roaming),
        (Internet::Constrained, hint_cost::FIXED, true)
    );
    assert!(!connectivity.over_data_limit);
    assert!(env.stacked().contains(&(filter.luid, ethernet.luid)));
}

#[test]
fn an_address_is_as_it_is_written() {
    let env = env_of(
        r#"{"interfaces": [{"alias": "E", "ipv4": {"addresses": [
                "10.0.0.1/24",
                {"address": "10.0.0.2/24", "state": "tentative"},
                {"address": "10.0.0.3/24", "state": "deprecated"},
                {"address": "10.0.0.4/24", "origin": "dhcp", "valid_s": 60, "preferred_s": 30},
                {"address": "10.0.0.5/24", "skip_as_source": true, "persistent": false, "suffix_origin": "random"},
                {"address": "10.0.0.6/24", "state": "duplicate"},
                "10.0.0.7/24"],
            "anycast": ["10.0.0.9"]}}],
          "conflicts": [{"interface": "E", "address": "10.0.0.7"}]}"#,
    );
    let state = |text: &str| (address(&env, "E", text).dad, address(&env, "E", text).dad_ms);
    assert_eq!(state("10.0.0.1"), (DadState::Preferred, None));
    // Three messages of IPv4, a second each.
    assert_eq!(state("10.0.0.2"), (DadState::Tentative, Some(3000)));
    assert_eq!(state("10.0.0.3"), (DadState::Deprecated, None));
    let leased = address(&env, "E", "10.0.0.4");
    assert_eq!(
        (leased.prefix_origin, leased.suffix_origin, leased.learnt, leased.persistent),
        (PrefixOrigin::Dhcp, SuffixOrigin::Dhcp, true, false)
    );
    assert_eq!((leased.valid_ms, leased.preferred_ms), (Some(60_000), Some(30_000)));
    let shy = address(&env, "E", "10.0.0.5");
    assert_eq!(
        (shy.skip_as_source, shy.persistent, shy.suffix_origin),
        (true, false, SuffixOrigin::Random)
    );
    assert_eq!(state("10.0.0.6").0, DadState::Duplicate);
    assert_eq!(state("10.0.0.7").0, DadState::Duplicate);
    assert!(env.anycast().contains(&(named(&env, "E").luid, ip("10.0.0.9"))));
}

#[test]
fn addresses_bring_their_routes_and_a_written_one_takes_over_the_metric() {
    let stack = |routes: &str| {
        format!(
            r#"{{"interfaces": [{{"alias": "E", "ipv4": {{"addresses": ["10.0.0.1/24"]}}}}], "routes": [{routes}]}}"#
        )
    };
    let expected = ["10.0.0.0/24", "10.0.0.1/32", "10.0.0.255/32"];
    assert_eq!(routes(&env_of(&stack("")), "E"), expected);
    let env = env_of(&stack(r#"{"destination": "10.0.0.0/24", "interface": "E", "metric": 7}"#));
    assert_eq!(routes(&env, "E"), expected);
    let route = env.routes().to_prefix(None, ip("10.0.0.0"), 24).next().expect("the route");
    assert_eq!((route.metric, route.owner), (7, RouteOwner::Address(ip("10.0.0.1"))));
}

#[test]
fn a_route_is_as_it_is_written() {
    let env = env_of(
        r#"{"interfaces": [{"alias": "E"}], "routes": [
            {"destination": "10.0.0.0/8", "next_hop": "10.0.0.1", "interface": "E", "metric": 3, "valid_s": 60,
             "preferred_s": 30, "protocol": 19, "origin": "dhcp", "publish": true},
            {"destination": "11.0.0.7/8", "interface": "E", "persistent": false}]}"#,
    );
    let all: Vec<&Route> = env.routes().of(named(&env, "E").luid).collect();
    let [leased, own] = all[..] else { panic!("{all:?}") };
    assert_eq!((leased.metric, leased.protocol, leased.publish), (3, 19, true));
    assert_eq!((leased.valid_ms, leased.preferred_ms), (Some(60_000), Some(30_000)));
    assert_eq!((leased.origin, leased.owner), (RouteOrigin::Dhcp, RouteOwner::Dhcp));
    assert!(!leased.immortal && own.immortal);
    assert_eq!((own.destination, own.next_hop), (ip("11.0.0.0"), ip("0.0.0.0")));
    assert_eq!(own.owner, RouteOwner::Configured { persistent: false });
}

#[test]
fn what_has_no_medium_waits_for_it() {
    let env = env_of(
        r#"{"interfaces": [{"alias": "E", "connected": false, "ipv4": {"addresses": ["10.0.0.1/24"]}}],
            "routes": [{"destination": "0.0.0.0/0", "next_hop": "10.0.0.254", "interface": "E"}]}"#,
    );
    assert_eq!(address(&env, "E", "10.0.0.1").dad, DadState::Tentative);
    assert_eq!(routes(&env, "E"), [""; 0]);
}

#[test]
fn neighbours_are_stored() {
    let env = env_of(
        r#"{"interfaces": [{"alias": "E"}], "neighbours": [
            {"interface": "E", "address": "10.0.0.1", "physical_address": "02:00:5e:00:00:01", "state": "stale", "router": true},
            {"interface": "E", "address": "10.0.0.2", "state": "unreachable"},
            {"interface": "E", "address": "fe80::1"}]}"#,
    );
    let all: Vec<_> = env.neighbours().values().collect();
    let states: Vec<_> =
        all.iter().map(|one| (one.state, one.is_router, one.is_unreachable)).collect();
    assert_eq!(
        states,
        [
            (NeighbourState::Stale, true, false),
            (NeighbourState::Unreachable, false, true),
            (NeighbourState::Permanent, false, false)
        ]
    );
    assert_eq!(all[0].physical_address, [2, 0, 0x5E, 0, 0, 1]);
}

#[test]
fn a_machine_may_lack_the_stack_of_a_family_and_be_old() {
    let env = env_of(
        r#"{"template": "home", "ipv4": false, "windows": "10 1703", "teredo": {"state": "offline"}}"#,
    );
    assert_eq!(env.windows(), Windows::V10_1703);
    assert!(!env.ipv4_present() && env.ipv6_present());
    assert!(env.interfaces().all(|interface| interface.row(Family::V4).is_none()));
    assert!(env.addresses().all(|address| address.address.is_ipv6()));
    assert!(env.routes().iter().all(|route| route.destination.is_ipv6()));
}

#[test]
fn what_cannot_be_built_says_where() {
    let cases = [
        (r#"{"windows": "95"}"#, "stack.windows: `95`"),
        (
            r#"{"interfaces": [{"alias": "E", "above": ["F"]}]}"#,
            "stack.interfaces[0].above[0]: no interface is called \"F\"",
        ),
        (
            r#"{"interfaces": [{"alias": "E", "ipv6": null}], "routes": [{"destination": "::/0", "interface": "E"}]}"#,
            "stack.routes[0]: IPv6 is not bound to \"E\"",
        ),
        (
            r#"{"interfaces": [{"alias": "E"}, {"alias": "E"}]}"#,
            "stack.interfaces[1]: the alias \"E\" is taken by another interface",
        ),
        (
            r#"{"interfaces": [{"alias": "E", "counters": {"InOctet": 1}}]}"#,
            "stack.interfaces[0]: no counter is called \"InOctet\"",
        ),
    ];
    for (stack, expected) in cases {
        let told = refusal(stack);
        assert!(told.starts_with(expected), "{told}");
    }
}

/// The template `home` and the machine of the model are the same machine.
#[test]
fn the_two_machines_at_home_are_one() {
    let (own, other) =
        (build_env(&template::stack("home").expect("home")).expect("home"), build::home());
    assert!(own.addresses().eq(other.addresses()));
    assert_eq!(own.routes(), other.routes());
    let bare = |env: &Env| -> Vec<Interface> {
        // The descriptions of loopback are names only.
        let all = env.interfaces().cloned();
        all.map(|one| Interface { description: String::new(), ..one }).collect()
    };
    assert_eq!(bare(&own), bare(&other));
    assert_eq!(own.teredo().state(), other.teredo().state());
    assert_eq!(own.teredo().port(), other.teredo().port());
}

#[test]
fn many_adapters_are_those_of_the_model() {
    let (own, other) = (build_env(&template::many(300)).expect("many"), build::many(300));
    assert!(own.addresses().eq(other.addresses()));
    assert_eq!(own.routes(), other.routes());
    assert_eq!((other.address_table().len(), other.routes().len()), (602, 1504));
    let named = |env: &Env| {
        env.interfaces().map(|one| (one.luid, one.index, one.alias.clone())).collect::<Vec<_>>()
    };
    assert_eq!(named(&own), named(&other));
    let inline = env_of(r#"{"template": "many", "interfaces_count": 3}"#);
    assert_eq!(inline.interfaces().count(), 4);
}

/// TS-14, TA-25: nothing is left over for the first change.
#[test]
fn a_machine_with_an_advertised_address_has_a_relay_from_the_start() {
    let stack = |origin: &str| {
        env_of(&format!(
            r#"{{"template": "home", "interfaces": [{{"alias": "Ethernet", "ipv6": {{"addresses": [
                {{"address": "2001:db8:1::5/64", "origin": "{origin}"}}]}}}}]}}"#,
        ))
    };
    let role = |env: &Env| (env.teredo().role(), env.teredo().state());
    assert_eq!(role(&stack("manual")), (TeredoRole::Client, TeredoState::Qualified));
    let relay = stack("router_advertisement");
    assert_eq!(role(&relay), (TeredoRole::HostSpecificRelay, TeredoState::Dormant));
    assert_eq!(relay.teredo().global_address(), None);
}
