//! The medium goes and comes back, with both values of the option `media-loss`.

use std::net::Ipv4Addr;

use crate::net::{ETHERNET, Net, add, address, ip, key, medium, remove, route, row};
use netiosim_model::change::{Change, DhcpLease, RouterAdvertisement};
use netiosim_model::interface::OperStatus;
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::row::hint_level;
use netiosim_model::table::{DadState, Neighbour, NeighbourState, Route, RouteOwner};

fn lease() -> Change {
    Change::DhcpLease(DhcpLease {
        luid: ETHERNET,
        address: Ipv4Addr::new(10, 0, 0, 50),
        prefix_length: 24,
        gateway: Some(Ipv4Addr::new(10, 0, 0, 1)),
        lease_s: 3_600,
    })
}

fn advertisement() -> Change {
    Change::RouterAdvertisement(RouterAdvertisement {
        luid: ETHERNET,
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s: 1_800,
        prefix: Some(("2001:db8:1::".parse().expect("a prefix"), 64)),
        valid_s: 86_400,
        preferred_s: 14_400,
        managed: false,
        other: false,
        mtu: None,
    })
}

#[test]
fn configured_addresses_wait_and_the_routes_go() {
    let mut net = Net::new();
    let told = net.apply(&medium(false));
    let expected = [
        "~ IPv4 @2",
        "~ IPv6 @2",
        "- route 0.0.0.0/0 by 192.168.1.1 @2",
        "- route 192.168.1.0/24 @2",
        "- route 192.168.1.10/32 @2",
        "- route 192.168.1.255/32 @2",
        "- route fe80::/64 @2",
        "- route fe80::5eff:fe00:2/128 @2",
        "~ 192.168.1.10 @2",
        "~ fe80::5eff:fe00:2 @2",
        "connectivity None, cost Unknown",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Tentative), "UC-19");
    for family in Family::ALL {
        assert_eq!(net.routes(family), [""; 0]);
        assert_eq!(net.member(ETHERNET, family, Member::Connected), Some(0));
    }
    let interface = net.env().interface(ETHERNET).expect("it stays");
    assert_eq!(interface.oper_status(), OperStatus::Down);
    let hint = net.env().hint_of(ETHERNET).expect("a hint");
    assert_eq!(hint.level, hint_level::NONE);
}

#[test]
fn with_the_medium_everything_comes_back_after_detection() {
    let mut net = Net::new();
    let before = (net.routes(Family::V4), net.routes(Family::V6));
    net.apply(&medium(false));
    let told = net.apply(&medium(true));
    let expected = ["~ IPv4 @2", "~ IPv6 @2", "+ route 0.0.0.0/0 by 192.168.1.1 @2"];
    assert_eq!(told, expected, "the configured route is back at once");
    let told = net.pass(1_000);
    let expected = [
        "1000: ~ fe80::5eff:fe00:2 @2",
        "1000: + route fe80::5eff:fe00:2/128 @2",
        "1000: + route fe80::/64 @2",
        "1000: connectivity LocalAccess, cost Unrestricted",
    ];
    assert_eq!(told, expected, "UC-19");
    let told = net.pass(2_000);
    assert_eq!(told[0], "2000: ~ 192.168.1.10 @2");
    assert_eq!((net.routes(Family::V4), net.routes(Family::V6)), before);
}

#[test]
fn leases_and_advertised_addresses_are_lost() {
    let mut net = Net::new();
    net.apply(&lease());
    net.apply(&advertisement());
    net.pass(3_000);
    assert!(net.has_route("0.0.0.0/0 by 10.0.0.1") && net.has_route("::/0 by fe80::1"));
    let told = net.apply(&medium(false));
    for gone in ["- 10.0.0.50 @2", "- 2001:db8:1::5eff:fe00:2 @2", "- route ::/0 by fe80::1 @2"] {
        assert!(told.contains(&gone.to_owned()), "{gone}: {told:?}");
    }
    net.apply(&medium(true));
    net.pass(4_000);
    assert_eq!(net.address("10.0.0.50"), None);
    assert!(!net.has_route("0.0.0.0/0 by 10.0.0.1"));
    net.apply(&lease());
    net.pass(3_000);
    assert_eq!(net.dad("10.0.0.50"), Some(DadState::Preferred), "another lease brings it back");
}

#[test]
fn or_they_are_kept_as_tentative_ones() {
    let mut net = Net::with(&[("media-loss", "keep")]);
    net.apply(&lease());
    net.apply(&advertisement());
    net.pass(3_000);
    let told = net.apply(&medium(false));
    assert!(!told.iter().any(|told| told.starts_with("- ") && !told.contains("route")));
    for text in ["10.0.0.50", "2001:db8:1::5eff:fe00:2"] {
        assert_eq!(net.dad(text), Some(DadState::Tentative), "{text}");
        assert!(told.contains(&format!("~ {text} @2")), "{told:?}");
    }
    assert!(net.env().teredo().network().native_ipv6, "nothing was lost for good");
    net.apply(&medium(true));
    net.pass(3_000);
    assert_eq!(net.dad("10.0.0.50"), Some(DadState::Preferred), "UC-19");
    assert!(net.has_route("0.0.0.0/0 by 10.0.0.1"), "the lease holds, and its gateway with it");
    assert!(net.has_route("::/0 by fe80::1"), "and the router's");
    net.apply(&medium(false));
    net.apply(&Change::DhcpRelease(ETHERNET));
    net.apply(&medium(true));
    assert!(!net.has_route("0.0.0.0/0 by 10.0.0.1"), "a lease that has ended brings nothing back");
}

#[test]
fn an_interface_that_is_administratively_down_is_as_good_as_cut_off() {
    let mut net = Net::new();
    let set = |admin_up| Change::LinkSet {
        luid: ETHERNET,
        connected: None,
        admin_up: Some(admin_up),
        mtu: None,
        alias: None,
    };
    let told = net.apply(&set(false));
    assert!(told.contains(&"~ 192.168.1.10 @2".to_owned()), "{told:?}");
    assert_eq!(net.routes(Family::V4), [""; 0]);
    net.apply(&medium(false));
    let told = net.apply(&set(true));
    assert_eq!(told, ["~ IPv4 @2", "~ IPv6 @2"], "there is no medium now");
    net.apply(&medium(true));
    net.pass(3_000);
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Preferred));
}

#[test]
fn a_route_that_is_added_meanwhile_waits() {
    let mut net = Net::new();
    net.apply(&medium(false));
    let added = Change::RouteAdd(route("172.16.0.0", 12, "192.168.1.7"));
    assert_eq!(net.apply(&added), [""; 0]);
    net.refuses(&added);
    let told = net.apply(&medium(true));
    assert!(told.contains(&"+ route 172.16.0.0/12 by 192.168.1.7 @2".to_owned()), "{told:?}");
}

#[test]
fn neighbours_are_forgotten_but_for_permanent_ones() {
    let mut net = Net::new();
    for (text, state) in
        [("192.168.1.1", NeighbourState::Reachable), ("192.168.1.2", NeighbourState::Permanent)]
    {
        let neighbour = Neighbour {
            luid: ETHERNET,
            address: ip(text),
            physical_address: vec![2, 0, 0, 0, 0, 1],
            state,
            is_router: false,
            is_unreachable: false,
        };
        assert_eq!(net.apply(&Change::NeighbourPut(neighbour)), [""; 0], "nobody is told");
    }
    net.apply(&medium(false));
    let left: Vec<_> = net.env().neighbours().keys().map(|key| key.1).collect();
    assert_eq!(left, [ip("192.168.1.2")]);
}

#[test]
fn the_last_way_out_takes_the_hint_along() {
    // The Teredo interface is Up for all it knows, and does not count.
    let mut net = Net::new();
    let told = net.apply(&medium(false));
    assert_eq!(told.last().map(String::as_str), Some("connectivity None, cost Unknown"));
    net.apply(&medium(true));
    // A default route is there, and nothing that could use it, until an address of its family is.
    let told = net.pass(3_000);
    let hints: Vec<&String> = told.iter().filter(|told| told.contains("connectivity")).collect();
    let expected = [
        "1000: connectivity LocalAccess, cost Unrestricted",
        "3000: connectivity InternetAccess, cost Unrestricted",
    ];
    assert_eq!(hints, expected, "{told:?}");
}

#[test]
fn a_gateway_does_not_outlive_the_address_of_its_lease() {
    let mut net = Net::with(&[("media-loss", "keep")]);
    net.apply(&lease());
    net.apply(&advertisement());
    net.pass(3_000);
    net.apply(&medium(false));
    net.apply(&remove("10.0.0.50"));
    net.apply(&medium(true));
    assert!(!net.has_route("0.0.0.0/0 by 10.0.0.1"), "there is no lease");
    assert!(net.has_route("::/0 by fe80::1"), "that one is the router's");
}

#[test]
fn a_route_whose_lifetime_ends_meanwhile_does_not_come_back() {
    let mut net = Net::new();
    let mortal = Route { valid_ms: Some(2_000), ..route("172.16.0.0", 12, "192.168.1.1") };
    for (waits_ms, back) in [(1_000, true), (1_000, false)] {
        let key = mortal.key();
        if net.env().routes().get(key).is_none() {
            net.apply(&Change::RouteAdd(mortal.clone()));
        }
        net.apply(&medium(false));
        net.pass(waits_ms);
        net.apply(&medium(true));
        assert_eq!(net.env().routes().get(key).is_some(), back);
    }
    assert!(net.has_route("0.0.0.0/0 by 192.168.1.1"), "the others do");
}

#[test]
fn a_configured_route_takes_its_place_back_from_an_address() {
    // Without detection the address is usable at once, and brings its routes before.
    let mut net = Net::new();
    net.apply(&row(Family::V4, &[(Member::DadTransmits, 0)]));
    net.apply(&Change::RouteAdd(route("10.0.0.0", 24, "")));
    net.apply(&add(address("10.0.0.5", 24)));
    net.apply(&medium(false));
    let told = net.apply(&medium(true));
    let mine = key("10.0.0.0", 24, "");
    for text in ["+ route 10.0.0.0/24 @2", "~ route 10.0.0.0/24 @2"] {
        assert!(told.contains(&text.to_owned()), "{text}: {told:?}");
    }
    let owner = net.env().routes().get(mine).map(|route| route.owner);
    assert_eq!(owner, Some(RouteOwner::Configured { persistent: true }));
}
