//! Changes that meet each other: what was put aside, what was learnt, and what somebody configured
//! stay of one piece.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::net::{ETHERNET, Net, ip, medium};
use netiosim_model::build::{home, many};
use netiosim_model::change::{Change, ChangeError, DhcpLease, RouterAdvertisement};
use netiosim_model::choose::First;
use netiosim_model::event::Function;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::machine::Request;
use netiosim_model::member::Member;
use netiosim_model::net::{AF_UNSPEC, Family};
use netiosim_model::row::hint_level;
use netiosim_model::status::Status;
use netiosim_model::table::{Route, RouteKey, RouteOwner};
use netiosim_model::teredo::{PortWish, TeredoNetwork, TeredoState};

fn advertisement(prefix: &str, mtu: Option<u32>) -> Change {
    let prefix: Ipv6Addr = prefix.parse().expect("an address");
    Change::RouterAdvertisement(RouterAdvertisement {
        luid: ETHERNET,
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s: 1800,
        prefix: Some((prefix, 64)),
        valid_s: 86_400,
        preferred_s: 3600,
        managed: false,
        other: false,
        mtu,
    })
}

fn lease(gateway: [u8; 4]) -> Change {
    Change::DhcpLease(DhcpLease {
        luid: ETHERNET,
        address: Ipv4Addr::new(10, 1, 1, 50),
        prefix_length: 24,
        gateway: Some(gateway.into()),
        lease_s: 3600,
    })
}

fn request_stable_table(net: &mut Net) -> (Status, bool) {
    let request = Request::new("stable", 1);
    let function = Function::NotifyStableUnicastIpAddressTable;
    let registered = net.machine.notify(net.main, function, AF_UNSPEC, &request, &mut net.chooser);
    (registered.status, registered.table.is_some())
}

/// A relay stays dormant for ever: nobody waits for it (NS-04, TS-14).
#[test]
fn a_host_specific_relay_is_stable() {
    let mut net = Net::new();
    let network = net.env().teredo().network().clone();
    net.apply(&Change::TeredoNetwork(TeredoNetwork { native_ipv6: true, ..network }));
    assert_eq!(net.env().teredo().state(), TeredoState::Dormant);
    assert_eq!(request_stable_table(&mut net), (Status::Success, true));
}

#[test]
fn an_adapter_without_a_cable_keeps_nobody_waiting() {
    let mut net = Net::with(&[("stable-wait-for", "all-addresses")]);
    net.apply(&medium(false));
    assert_eq!(request_stable_table(&mut net), (Status::Success, true));
    net.apply(&medium(true));
    assert_eq!(request_stable_table(&mut net).0, Status::IoPending, "detection runs");
}

#[test]
fn a_qualified_client_leaves_a_configured_route_alone() {
    let mut net = Net::new();
    net.apply(&Change::TeredoStop);
    let luid = net.env().teredo_luid();
    let zero = IpAddr::from([0; 16]);
    let own = Route { metric: 1, ..Route::new(luid, zero, 0, zero) };
    net.apply(&Change::RouteAdd(own.clone()));
    net.apply(&Change::TeredoStart(PortWish::Another));
    net.apply(&Change::TeredoQualify);
    net.pass(10_000);
    assert_eq!(net.env().teredo().state(), TeredoState::Qualified);
    let there = net.env().routes().get(own.key()).expect("the route");
    assert_eq!((there.metric, there.owner), (1, own.owner));
}

#[test]
fn a_row_that_was_put_aside_follows_its_link() {
    let mut net = Net::new();
    net.apply(&Change::Ipv6Present(false));
    net.apply(&Change::LinkSet {
        luid: ETHERNET,
        connected: Some(false),
        admin_up: None,
        mtu: Some(1300),
        alias: None,
    });
    net.apply(&Change::Ipv6Present(true));
    let row = net.env().row(ETHERNET, Family::V6).expect("the row is back");
    let members = [Member::Connected, Member::NlMtu].map(|member| row.get(member));
    assert_eq!(members, [Some(0), Some(1300)], "IE-10");
}

#[test]
fn a_new_interface_without_a_medium_says_so_in_its_rows() {
    let mut net = Net::new();
    let adapter = Interface { connected: false, ..Interface::new("USB", if_type::ETHERNET, 7, 9) };
    let luid = adapter.luid;
    net.apply(&Change::InterfaceAdd(Box::new(adapter)));
    let row = net.env().row(luid, Family::V4).expect("a row");
    assert_eq!(row.get(Member::Connected), Some(0));
}

#[test]
fn forbidden_default_routes_lead_nowhere_for_the_hint_either() {
    let mut net = Net::new();
    assert_eq!(net.env().hint().level, hint_level::INTERNET_ACCESS);
    net.apply(&Change::RowSet {
        luid: ETHERNET,
        family: Family::V4,
        values: vec![(Member::DisableDefaultRoutes, 1)],
    });
    assert_eq!(net.env().hint().level, hint_level::LOCAL_ACCESS, "IS-10");
}

/// A configured route and the one that an address brings have one key: the configured one stands, and
/// gives its place back when it goes.
#[test]
fn a_configured_route_and_that_of_an_address_give_each_other_their_place() {
    let mut env = home();
    let (subnet, on_link) = (ip("192.168.1.0"), IpAddr::from([0; 4]));
    let configured = Route { metric: 7, ..Route::new(ETHERNET, subnet, 24, on_link) };
    let key: RouteKey = configured.key();
    env.place_route(configured);
    let mut net = Net::of(env, &[]);
    let metric = |net: &Net| net.env().routes().get(key).map(|route| route.metric);
    assert_eq!(metric(&net), Some(7));

    net.apply(&medium(false));
    assert_eq!(metric(&net), None);
    net.apply(&medium(true));
    net.pass(4_000);
    assert_eq!(metric(&net), Some(7), "with the medium it is back");

    net.machine.reboot(&mut First::default());
    net.pass(4_000);
    assert_eq!(metric(&net), Some(7), "a restart leaves what is configured");

    net.apply(&Change::RouteRemove(key));
    let there = net.env().routes().get(key).expect("the address's own route");
    assert!(matches!(there.owner, RouteOwner::Address(_)), "{there:?}");
}

#[test]
fn without_ipv4_no_server_is_reachable_whatever_is_said() {
    let mut net = Net::new();
    net.apply(&Change::TeredoServer { reachable: false });
    net.apply(&Change::Ipv4Present(false));
    net.apply(&Change::Ipv4Present(true));
    assert!(!net.env().teredo().network().server_reachable, "nobody said that it answers again");
    net.apply(&Change::Ipv4Present(false));
    net.apply(&Change::TeredoServer { reachable: true });
    net.apply(&Change::TeredoRestart(PortWish::Another));
    net.apply(&Change::TeredoQualify);
    net.pass(60_000);
    assert_ne!(net.env().teredo().state(), TeredoState::Qualified);
    net.apply(&Change::Ipv4Present(true));
    assert!(net.env().teredo().network().server_reachable, "now it is heard");
}

/// RT-13, for whoever makes the route.
#[test]
fn an_interface_without_routes_learns_none() {
    let mut env = home();
    let adapter =
        Interface { takes_routes: false, ..Interface::new("Filter", if_type::ETHERNET, 7, 9) };
    let luid = adapter.luid;
    env.place_interface(adapter).expect("free keys");
    let mut net = Net::of(env, &[]);
    let Change::DhcpLease(given) = lease([10, 1, 1, 1]) else { panic!("a lease") };
    net.apply(&Change::DhcpLease(DhcpLease { luid, ..given }));
    net.pass(4_000);
    assert_eq!(net.env().routes().of(luid).count(), 0);
    let route = Route::new(luid, IpAddr::from([0; 4]), 0, ip("10.1.1.1"));
    assert_eq!(net.refuses(&Change::RouteAdd(route)), ChangeError::NoRoutes(luid));
}

#[test]
fn only_prefixes_and_mtus_that_make_sense_are_heard() {
    let mut net = Net::new();
    for prefix in ["ff02::", "::", "fe80::"] {
        net.apply(&advertisement(prefix, Some(0)));
    }
    net.apply(&advertisement("fd00::", Some(9000)));
    net.pass(4_000);
    let row = net.env().row(ETHERNET, Family::V6).expect("a row");
    assert_eq!(row.get(Member::NlMtu), Some(1500), "RFC 4861, 6.3.4");
    assert!(!net.env().teredo().network().native_ipv6, "a unique local address is none (TS-14)");
    let heard: Vec<String> =
        net.env().address_table().of(ETHERNET).map(|a| a.address.to_string()).collect();
    assert_eq!(heard, ["192.168.1.10", "fd00::5eff:fe00:2", "fe80::5eff:fe00:2"]);
    net.apply(&advertisement("2001:db8::", Some(1280)));
    let row = net.env().row(ETHERNET, Family::V6).expect("a row");
    assert_eq!(row.get(Member::NlMtu), Some(1280));
    assert!(net.env().teredo().network().native_ipv6);
}

#[test]
fn a_learnt_route_is_mortal() {
    let mut net = Net::new();
    net.apply(&lease([10, 1, 1, 1]));
    net.apply(&advertisement("2001:db8::", None));
    for route in net.env().routes().iter() {
        assert_eq!(route.immortal, route.valid_ms.is_none(), "{route:?}");
    }
}

/// A state is as it was when a table was handed out and freed: whoever polls comes back to it.
#[test]
fn a_table_that_was_freed_leaves_nothing_in_the_state() {
    use netiosim_model::api::{Call, Memory, Output};

    let mut net = Net::new();
    let before = net.machine.state().clone();
    for _ in 0..10 {
        let call = Call::table(Function::GetUnicastIpAddressTable, AF_UNSPEC);
        let reply = net.machine.call(net.main, &call, &mut net.chooser);
        let Output::Table(table) = reply.output else { panic!("a table") };
        assert_ne!(net.machine.state(), &before);
        net.machine.free_mib_table(net.main, Memory::Table(table));
    }
    assert_eq!(net.machine.state(), &before);
}

/// Ten thousand detections that end at one moment: each is told, none is waited for twice.
#[test]
fn many_timers_of_one_moment_all_fire() {
    let mut net = Net::of(many(500), &[]);
    net.apply(&Change::Ipv6Present(false));
    net.apply(&Change::Ipv6Present(true));
    let waiting = |net: &Net| net.env().addresses().filter(|a| a.dad_ms.is_some()).count();
    assert_eq!(waiting(&net), 500);
    net.pass(1_000);
    assert_eq!(waiting(&net), 0);
    assert_eq!(net.env().next_timer_ms(), None);
}

/// Building and living agree: a route of an interface without a medium waits for it either way.
#[test]
fn a_placed_route_waits_for_the_medium_as_well() {
    let mut env = home();
    let adapter = Interface { connected: false, ..Interface::new("USB", if_type::ETHERNET, 7, 9) };
    let luid = adapter.luid;
    env.place_interface(adapter).expect("free keys");
    let route = Route::new(luid, ip("10.0.0.0"), 8, IpAddr::from([0; 4]));
    let key = route.key();
    env.place_route(route);
    let mut net = Net::of(env, &[]);
    assert!(net.env().routes().get(key).is_none());
    let back =
        Change::LinkSet { luid, connected: Some(true), admin_up: None, mtu: None, alias: None };
    let told = net.apply(&back);
    assert!(told.iter().any(|told| told.starts_with("+ route 10.0.0.0/8")), "{told:?}");
}
