//! A family is unbound and bound, and its whole stack goes and comes back.

use crate::net::{ETHERNET, Net, add, address, medium, route};
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::table::{DadState, UnicastAddress};
use netiosim_model::teredo::TeredoState;

fn unbind(family: Family) -> Change {
    Change::FamilyUnbind { luid: ETHERNET, family }
}

fn bind(family: Family) -> Change {
    Change::FamilyBind { luid: ETHERNET, family }
}

#[test]
fn unbound_it_takes_its_addresses_and_routes() {
    let mut net = Net::new();
    let told = net.apply(&unbind(Family::V4));
    let expected = [
        "- IPv4 @2",
        "- route 0.0.0.0/0 by 192.168.1.1 @2",
        "- route 192.168.1.0/24 @2",
        "- route 192.168.1.10/32 @2",
        "- route 192.168.1.255/32 @2",
        "- 192.168.1.10 @2",
        "connectivity LocalAccess, cost Unrestricted",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.dad("fe80::5eff:fe00:2"), Some(DadState::Preferred), "the other one stays");
    assert!(matches!(net.refuses(&add(address("10.0.0.5", 24))), ChangeError::NotBound(_)));
}

#[test]
fn bound_again_it_is_empty() {
    let mut net = Net::new();
    net.apply(&unbind(Family::V4));
    assert_eq!(net.apply(&bind(Family::V4)), ["+ IPv4 @2"]);
    assert_eq!((net.address("192.168.1.10"), net.routes(Family::V4)), (None, vec![]));
    assert_eq!(net.member(ETHERNET, Family::V4, Member::Connected), Some(1));
    assert!(matches!(net.refuses(&bind(Family::V4)), ChangeError::Bound(_)));
}

#[test]
fn so_it_is_if_there_was_no_medium() {
    let mut net = Net::new();
    net.apply(&medium(false));
    net.apply(&unbind(Family::V4));
    net.apply(&bind(Family::V4));
    net.apply(&medium(true));
    assert_eq!(net.routes(Family::V4), [""; 0]);
}

#[test]
fn a_stack_goes_with_every_row() {
    for family in Family::ALL {
        let mut net = Net::new();
        let change = |present| match family {
            Family::V4 => Change::Ipv4Present(present),
            Family::V6 => Change::Ipv6Present(present),
        };
        let (mut rows, mut gone) = (0, 0);
        for told in net.apply(&change(false)) {
            rows += usize::from(told.starts_with(&format!("- {family} @")));
            gone += usize::from(told.starts_with("- ") && !told.contains("IPv"));
        }
        assert!(rows >= 2 && gone > 4, "{family}: {rows} rows, {gone} others");
        assert!(!net.env().family_present(family));
        assert!(net.env().addresses().all(|address| address.family() != family));
        assert!(net.env().routes().iter().all(|route| route.key().family() != family));
        assert_eq!(net.apply(&change(false)), [""; 0], "it is away already");
        let error = net.refuses(&bind(family));
        assert!(matches!(error, ChangeError::NoIpv4 | ChangeError::NoIpv6), "{error}");
    }
}

#[test]
fn a_stack_that_is_back_brings_what_was_configured() {
    let mut net = Net::new();
    net.apply(&Change::RouteAdd(route("172.16.0.0", 12, "192.168.1.1")));
    net.apply(&add(UnicastAddress { persistent: false, ..address("10.0.0.5", 24) }));
    net.pass(3_000);
    net.apply(&Change::Ipv4Present(false));
    let told = net.apply(&Change::Ipv4Present(true));
    for text in ["+ IPv4 @2", "+ 192.168.1.10 @2", "+ route 172.16.0.0/12 by 192.168.1.1 @2"] {
        assert!(told.contains(&text.to_owned()), "{text}: {told:?}");
    }
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Tentative));
    net.pass(3_000);
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Preferred));
    assert_eq!(net.address("10.0.0.5"), None, "what a program made is gone");
}

#[test]
fn the_teredo_client_goes_with_ipv6_and_comes_back_with_it() {
    let mut net = Net::new();
    let told = net.apply(&Change::Ipv6Present(false));
    assert!(told.contains(&"- IPv6 @3".to_owned()), "{told:?}");
    assert_eq!(net.env().interface(net.env().teredo_luid()), None);
    assert_eq!(net.env().teredo().state(), TeredoState::Offline);
    assert_eq!(net.env().teredo().port(), None);
    let told = net.apply(&Change::Ipv6Present(true));
    assert!(told.contains(&"+ IPv6 @3".to_owned()), "{told:?}");
    assert!(net.env().teredo().port().is_some(), "it is wanted");
}

#[test]
fn without_ipv4_the_teredo_server_is_out_of_reach() {
    let mut net = Net::new();
    net.apply(&Change::Ipv4Present(false));
    assert!(!net.env().teredo().network().server_reachable);
    net.apply(&Change::Ipv4Present(true));
    assert!(net.env().teredo().network().server_reachable);
}
