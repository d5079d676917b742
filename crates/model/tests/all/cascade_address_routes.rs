//! An address brings its routes and takes them along (observed: route tables of Windows 7 to 11).

use crate::net::{ETHERNET, Net, add, address, ip, key, remove, route};
use netiosim_model::change::{AddressEdit, Change};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::Family;
use netiosim_model::table::{RouteOrigin, RouteOwner, UnicastAddress, protocol};

fn owner(net: &Net, prefix: &str, length: u8) -> Option<RouteOwner> {
    net.env().routes().get(key(prefix, length, "")).map(|route| route.owner)
}

#[test]
fn which_routes() {
    for (text, length, routes) in [
        ("10.0.0.5", 24, &["10.0.0.0/24", "10.0.0.5/32", "10.0.0.255/32"][..]),
        ("10.1.2.3", 8, &["10.0.0.0/8", "10.1.2.3/32", "10.255.255.255/32"]),
        ("10.0.0.5", 31, &["10.0.0.4/31", "10.0.0.5/32"]),
        ("10.0.0.4", 31, &["10.0.0.4/31", "10.0.0.4/32"]),
        ("10.0.0.5", 32, &["10.0.0.5/32"]),
        ("2001:db8::5", 64, &["2001:db8::/64", "2001:db8::5/128"]),
        ("2001:db8::5", 128, &["2001:db8::5/128"]),
    ] {
        let mut net = Net::new();
        let family = Family::of(ip(text));
        let before = net.routes(family);
        net.apply(&add(address(text, length)));
        net.pass(3_000);
        let mut new = net.routes(family);
        new.retain(|route| !before.contains(route));
        new.sort();
        let mut expected: Vec<String> = routes.iter().map(|&route| route.to_owned()).collect();
        expected.sort();
        assert_eq!(new, expected, "{text}/{length}");
        let told = net.apply(&remove(text));
        assert_eq!(told.len(), routes.len() + 1, "{told:?}");
        assert_eq!(told.last(), Some(&format!("- {text} @2")), "the routes go first");
        assert_eq!(net.routes(family), before);
    }
}

#[test]
fn two_addresses_share_the_route_to_their_link() {
    let mut net = Net::new();
    net.apply(&add(address("192.168.1.20", 24)));
    let told = net.pass(3_000);
    assert_eq!(
        told,
        ["3000: ~ 192.168.1.20 @2", "3000: + route 192.168.1.20/32 @2"],
        "the others are there already"
    );
    assert_eq!(owner(&net, "192.168.1.0", 24), Some(RouteOwner::Address(ip("192.168.1.10"))));
    // The one that brought it goes: the other one keeps it.
    let told = net.apply(&remove("192.168.1.10"));
    assert_eq!(told, ["- route 192.168.1.10/32 @2", "- 192.168.1.10 @2"]);
    assert_eq!(owner(&net, "192.168.1.0", 24), Some(RouteOwner::Address(ip("192.168.1.20"))));
    // The last one takes it along.
    let told = net.apply(&remove("192.168.1.20"));
    let expected = [
        "- route 192.168.1.0/24 @2",
        "- route 192.168.1.20/32 @2",
        "- route 192.168.1.255/32 @2",
        "- 192.168.1.20 @2",
    ];
    assert_eq!(told[..4], expected);
    assert_eq!(owner(&net, "192.168.1.0", 24), None);
}

#[test]
fn an_address_that_is_not_usable_keeps_no_route() {
    let mut net = Net::new();
    net.apply(&add(address("192.168.1.20", 24)));
    let told = net.apply(&remove("192.168.1.10"));
    assert!(told.contains(&"- route 192.168.1.0/24 @2".to_owned()), "{told:?}");
    let told = net.pass(3_000);
    assert!(told.contains(&"3000: + route 192.168.1.0/24 @2".to_owned()), "{told:?}");
}

#[test]
fn another_prefix_length_brings_other_routes() {
    let mut net = Net::new();
    let edit = AddressEdit { prefix_length: Some(16), ..AddressEdit::default() };
    let told = net.apply(&Change::AddressSet { key: (ETHERNET, ip("192.168.1.10")), edit });
    for text in [
        "- route 192.168.1.0/24 @2",
        "- route 192.168.1.255/32 @2",
        "~ 192.168.1.10 @2",
        "+ route 192.168.0.0/16 @2",
        "+ route 192.168.255.255/32 @2",
    ] {
        assert!(told.contains(&text.to_owned()), "{text}: {told:?}");
    }
    assert!(net.has_route("192.168.1.10/32"));
}

#[test]
fn a_configured_route_stands_where_an_address_would_bring_one() {
    let mut net = Net::new();
    net.apply(&Change::RouteAdd(route("10.0.0.0", 24, "")));
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(3_000);
    assert_eq!(owner(&net, "10.0.0.0", 24), Some(RouteOwner::Configured { persistent: true }));
    let told = net.apply(&remove("10.0.0.5"));
    assert!(!told.contains(&"- route 10.0.0.0/24 @2".to_owned()), "{told:?}");
    assert!(net.has_route("10.0.0.0/24"), "it belongs to somebody else");
}

#[test]
fn an_interface_that_takes_no_routes_gets_none() {
    let mut net = Net::new();
    let mut tunnel = Interface::new("tunnel", if_type::ETHERNET, 9, 9);
    tunnel.takes_routes = false;
    let luid = tunnel.luid;
    net.apply(&Change::InterfaceAdd(Box::new(tunnel)));
    net.apply(&add(UnicastAddress::new(luid, ip("10.8.0.2"), 24)));
    let told = net.pass(3_000);
    assert!(told.contains(&"3000: ~ 10.8.0.2 @9".to_owned()), "{told:?}");
    assert_eq!(net.env().routes().of(luid).count(), 0);
}

#[test]
fn what_the_stack_writes_into_them() {
    let mut net = Net::new();
    net.pass(1_000);
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(3_000);
    let made_ms = net.address("10.0.0.5").expect("the address").created_ms.0;
    // Only the way to the host itself ends on this machine.
    for (prefix, length, loopback) in
        [("10.0.0.5", 32, true), ("10.0.0.0", 24, false), ("10.0.0.255", 32, false)]
    {
        let route = net.env().routes().get(key(prefix, length, "")).expect(prefix);
        assert_eq!((route.metric, route.loopback), (256, loopback), "{prefix}");
        assert_eq!(route.protocol, protocol::LOCAL, "{prefix}");
        assert_eq!(route.origin, RouteOrigin::WellKnown, "{prefix}");
        assert_eq!(route.modified_ms.0, made_ms + 3_000, "{prefix}: since detection ended");
    }
}
