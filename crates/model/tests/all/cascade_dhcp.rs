//! A DHCP server gives a lease, renews it, gives another one; the client gives it back.

use crate::net;
use std::net::Ipv4Addr;

use crate::net::{ETHERNET, Net, add, address, medium};
use netiosim_model::change::{Change, ChangeError, DhcpLease};
use netiosim_model::table::{
    DadState, PrefixOrigin, RouteOrigin, RouteOwner, SuffixOrigin, UnicastAddress,
};

fn lease(last: u8, gateway: Option<u8>, lease_s: u32) -> Change {
    lease_of(24, last, gateway, lease_s)
}

fn lease_of(prefix_length: u8, last: u8, gateway: Option<u8>, lease_s: u32) -> Change {
    Change::DhcpLease(DhcpLease {
        luid: ETHERNET,
        address: Ipv4Addr::new(10, 0, 0, last),
        prefix_length,
        gateway: gateway.map(|last| Ipv4Addr::new(10, 0, 0, last)),
        lease_s,
    })
}

#[test]
fn a_first_lease() {
    let mut net = Net::new();
    let told = net.apply(&lease(50, Some(1), 3_600));
    assert_eq!(told, ["+ 10.0.0.50 @2", "+ route 0.0.0.0/0 by 10.0.0.1 @2"]);
    let own = net.address("10.0.0.50").expect("the address");
    assert_eq!(own.prefix_origin, PrefixOrigin::Dhcp);
    assert_eq!(own.suffix_origin, SuffixOrigin::Dhcp);
    assert_eq!((own.dad, own.persistent, own.learnt), (DadState::Tentative, false, true));
    assert_eq!((own.valid_ms, own.preferred_ms), (Some(3_600_000), Some(3_600_000)));
    let route = net.env().routes().get(net::key("0.0.0.0", 0, "10.0.0.1")).expect("a route");
    assert_eq!((route.origin, route.owner), (RouteOrigin::Dhcp, RouteOwner::Dhcp));
    assert_eq!((route.valid_ms, route.preferred_ms), (Some(3_600_000), Some(3_600_000)));
    let told = net.pass(3_000);
    assert_eq!(told[0], "3000: ~ 10.0.0.50 @2");
    assert_eq!(net.dad("10.0.0.50"), Some(DadState::Preferred));
}

#[test]
fn a_renewal_is_one_notification() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 3_600));
    net.pass(1_000_000);
    assert_eq!(net.address("10.0.0.50").and_then(|a| a.valid_ms), Some(2_600_000));
    assert_eq!(net.apply(&lease(50, Some(1), 3_600)), ["~ 10.0.0.50 @2"]);
    let own = net.address("10.0.0.50").expect("the address");
    assert_eq!((own.valid_ms, own.dad), (Some(3_600_000), DadState::Preferred));
    let route = net.env().routes().get(net::key("0.0.0.0", 0, "10.0.0.1")).expect("a route");
    assert_eq!(route.valid_ms, Some(3_600_000), "the route's lifetime begins anew in silence");
}

#[test]
fn another_address_takes_the_place_of_the_old_one() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 3_600));
    net.pass(3_000);
    let told = net.apply(&lease(60, Some(1), 3_600));
    let expected = [
        "- route 10.0.0.0/24 @2",
        "- route 10.0.0.50/32 @2",
        "- route 10.0.0.255/32 @2",
        "- 10.0.0.50 @2",
        "+ 10.0.0.60 @2",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.dad("10.0.0.60"), Some(DadState::Tentative));
}

#[test]
fn another_gateway_takes_the_place_of_the_old_one() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 3_600));
    net.pass(3_000);
    let told = net.apply(&lease(50, Some(2), 3_600));
    let expected =
        ["- route 0.0.0.0/0 by 10.0.0.1 @2", "~ 10.0.0.50 @2", "+ route 0.0.0.0/0 by 10.0.0.2 @2"];
    assert_eq!(told, expected);
    let told = net.apply(&lease(50, None, 3_600));
    assert_eq!(told, ["- route 0.0.0.0/0 by 10.0.0.2 @2", "~ 10.0.0.50 @2"]);
}

#[test]
fn a_release_takes_the_address_and_the_gateway() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 3_600));
    net.pass(3_000);
    let told = net.apply(&Change::DhcpRelease(ETHERNET));
    let expected = [
        "- route 0.0.0.0/0 by 10.0.0.1 @2",
        "- route 10.0.0.0/24 @2",
        "- route 10.0.0.50/32 @2",
        "- route 10.0.0.255/32 @2",
        "- 10.0.0.50 @2",
    ];
    assert_eq!(told, expected);
    assert!(net.address("192.168.1.10").is_some(), "what is configured stays");
    let refused = net.refuses(&Change::DhcpRelease(ETHERNET));
    assert_eq!(refused, ChangeError::NoLease(ETHERNET), "there is nothing to give back");
}

#[test]
fn a_lease_runs_out() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 10));
    let told = net.pass(10_000);
    assert!(told.contains(&"10000: - 10.0.0.50 @2".to_owned()), "{told:?}");
    assert!(told.contains(&"10000: - route 0.0.0.0/0 by 10.0.0.1 @2".to_owned()), "{told:?}");
}

#[test]
fn a_lease_without_end_stays() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), u32::MAX)); // ST-11
    assert_eq!(net.address("10.0.0.50").and_then(|a| a.valid_ms), None);
}

#[test]
fn an_address_that_somebody_configured_is_not_leased() {
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.50", 24)));
    net.refuses(&lease(50, Some(1), 3_600));
    assert_eq!(net.address("10.0.0.50").map(|a| a.prefix_origin), Some(PrefixOrigin::Manual));
}

#[test]
fn a_renewal_may_change_the_prefix_and_the_lifetime() {
    let mut net = Net::new();
    net.apply(&lease(50, Some(1), 3_600));
    net.pass(3_000);
    net.apply(&lease_of(16, 50, Some(1), 7_200));
    let own = net.address("10.0.0.50").expect("the address");
    assert_eq!(own.prefix_length, 16);
    assert_eq!((own.valid_ms, own.preferred_ms), (Some(7_200_000), Some(7_200_000)));
    assert!(net.has_route("10.0.0.0/16") && !net.has_route("10.0.0.0/24"));
}

#[test]
fn a_prefix_is_at_most_as_long_as_an_address() {
    let mut net = Net::new();
    let error = net.refuses(&lease_of(33, 50, Some(1), 3_600));
    assert_eq!(error, ChangeError::PrefixLength(33));
    net.apply(&lease_of(32, 50, Some(1), 3_600));
    assert_eq!(net.address("10.0.0.50").map(|own| own.prefix_length), Some(32));
}

#[test]
fn an_address_is_no_lease_because_a_program_calls_it_one() {
    let called = UnicastAddress { prefix_origin: PrefixOrigin::Dhcp, ..address("10.0.0.50", 24) };
    let mut net = Net::new();
    net.apply(&add(called));
    let error = net.refuses(&lease(50, Some(1), 3_600));
    assert!(matches!(error, ChangeError::AddressExists(_)), "{error}");
    assert_eq!(net.refuses(&Change::DhcpRelease(ETHERNET)), ChangeError::NoLease(ETHERNET));
    // A lease comes and goes beside it.
    net.apply(&lease(60, Some(1), 3_600));
    assert!(net.address("10.0.0.50").is_some());
    net.apply(&Change::DhcpRelease(ETHERNET));
    assert_eq!(net.address("10.0.0.60"), None);
    assert!(net.address("10.0.0.50").is_some());
}

#[test]
fn what_is_configured_waits_for_the_medium_whatever_becomes_of_the_lease() {
    for (what, change) in [
        ("another lease", lease(60, Some(2), 3_600)),
        ("no lease any more", Change::DhcpRelease(ETHERNET)),
    ] {
        let mut net = Net::with(&[("media-loss", "keep")]);
        net.apply(&lease(50, Some(1), 3_600));
        net.pass(3_000);
        net.apply(&medium(false));
        net.apply(&change);
        net.apply(&medium(true));
        net.pass(3_000);
        assert!(net.has_route("0.0.0.0/0 by 192.168.1.1"), "{what}");
        assert!(!net.has_route("0.0.0.0/0 by 10.0.0.1"), "{what}");
    }
}
