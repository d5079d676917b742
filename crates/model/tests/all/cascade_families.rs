//! A family is unbound and bound, and its whole stack goes and comes back.

use crate::net::{ETHERNET, Net, add, address, ip, medium, route};
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::interface::{Interface, IpRow, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::table::{AddressKey, DadState, Neighbour, NeighbourState, UnicastAddress};
use netiosim_model::teredo::{TeredoNetwork, TeredoSettings, TeredoState, TeredoType};

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
    assert_eq!(net.env().row(ETHERNET, Family::V4), Some(&IpRow::new(Family::V4, false, 1_500)));
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

#[test]
fn the_loopback_interface_gets_a_row_of_its_kind_again() {
    let (mut net, luid) = (Net::new(), Interface::loopback().luid);
    let before = net.env().row(luid, Family::V6).cloned();
    net.apply(&Change::FamilyUnbind { luid, family: Family::V6 });
    assert_eq!(net.env().row(luid, Family::V6), None);
    net.apply(&Change::FamilyBind { luid, family: Family::V6 });
    assert!(before.is_some());
    assert_eq!(net.env().row(luid, Family::V6), before.as_ref());
}

#[test]
fn unbound_it_takes_what_is_known_of_it_on_the_link() {
    for family in Family::ALL {
        let mut net = Net::new();
        let other = Interface::new("other", if_type::ETHERNET, 7, 7);
        let mut keys: Vec<AddressKey> = Vec::new();
        for luid in [ETHERNET, other.luid] {
            keys.extend(["10.0.0.77", "2001:db8::77"].map(|text| (luid, ip(text))));
        }
        net.apply(&Change::InterfaceAdd(Box::new(other)));
        for (luid, address) in keys.iter().copied() {
            net.apply(&Change::AnycastAdd((luid, address)));
            net.apply(&Change::NeighbourPut(Neighbour {
                luid,
                address,
                physical_address: vec![2, 0, 0, 0, 0, 1],
                state: NeighbourState::Permanent,
                is_router: false,
                is_unreachable: false,
            }));
        }
        net.apply(&unbind(family));
        keys.retain(|key| key.0 != ETHERNET || Family::of(key.1) != family);
        let neighbours: Vec<AddressKey> = net.env().neighbours().keys().copied().collect();
        let anycast: Vec<AddressKey> = net.env().anycast().iter().copied().collect();
        assert_eq!((neighbours, anycast), (keys.clone(), keys), "{family}");
    }
}

#[test]
fn ipv6_that_comes_back_brings_no_teredo_interface_where_there_is_to_be_none() {
    // TS-07: disabled by its type.
    let mut net = Net::new();
    let policy = |kind| Change::TeredoPolicy(TeredoSettings { kind, ..TeredoSettings::default() });
    net.apply(&policy(TeredoType::Disabled));
    net.apply(&Change::Ipv6Present(false));
    net.apply(&Change::Ipv6Present(true));
    assert_eq!(net.env().interface(net.env().teredo_luid()), None, "TS-07");
    // And the other way round: what the policy permits waits for the stack.
    net.apply(&Change::Ipv6Present(false));
    net.apply(&policy(TeredoType::Default));
    assert_eq!(net.env().interface(net.env().teredo_luid()), None);
    net.apply(&Change::Ipv6Present(true));
    assert!(net.env().interface(net.env().teredo_luid()).is_some());
}

#[test]
fn what_is_said_of_the_teredo_server_meanwhile_counts_when_ipv4_is_back() {
    for reachable in [true, false] {
        let network = TeredoNetwork { server_reachable: reachable, ..TeredoNetwork::default() };
        for said in [Change::TeredoServer { reachable }, Change::TeredoNetwork(network)] {
            let mut net = Net::new();
            net.apply(&Change::TeredoServer { reachable: !reachable });
            net.apply(&Change::Ipv4Present(false));
            net.apply(&said);
            let heard = |net: &Net| net.env().teredo().network().server_reachable;
            assert!(!heard(&net), "{}", said.name());
            net.apply(&Change::Ipv4Present(true));
            assert_eq!(heard(&net), reachable, "{}", said.name());
        }
    }
}
