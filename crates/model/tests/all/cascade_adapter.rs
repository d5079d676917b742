//! An adapter is disabled and enabled: its index is free meanwhile, its LUID is kept (UC-20).

use crate::net::{ETHERNET, Net, add, address, conflict, ip, medium, route};
use netiosim_model::build::teredo_interface;
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::choose::First;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::net::Family;
use netiosim_model::table::{
    DadState, Neighbour, NeighbourState, Route, RouteOwner, UnicastAddress,
};

const DISABLE: Change = Change::InterfaceDisable(ETHERNET);
const ENABLE: Change = Change::InterfaceEnable(ETHERNET);

fn made_by_a_program(text: &str) -> UnicastAddress {
    UnicastAddress { persistent: false, ..address(text, 24) }
}

fn program_route() -> Route {
    Route {
        owner: RouteOwner::Configured { persistent: false },
        ..route("172.16.0.0", 12, "192.168.1.1")
    }
}

#[test]
fn everything_on_it_goes() {
    let mut net = Net::new();
    let told = net.apply(&DISABLE);
    let expected = [
        "- IPv4 @2",
        "- IPv6 @2",
        "- route 0.0.0.0/0 by 192.168.1.1 @2",
        "- route 192.168.1.0/24 @2",
        "- route 192.168.1.10/32 @2",
        "- route 192.168.1.255/32 @2",
        "- route fe80::/64 @2",
        "- route fe80::5eff:fe00:2/128 @2",
        "- 192.168.1.10 @2",
        "- fe80::5eff:fe00:2 @2",
        "connectivity None, cost Unknown",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.env().interface(ETHERNET), None);
    assert_eq!(net.env().interface_by_index(2), None);
    assert_eq!(net.env().interface_by_alias("Ethernet"), None);
    assert_eq!(net.env().hint_of(ETHERNET), None);
}

#[test]
fn what_is_configured_comes_back_and_is_detected_anew() {
    let mut net = Net::new();
    let before = net.routes(Family::V4);
    net.apply(&DISABLE);
    let told = net.apply(&ENABLE);
    let expected = [
        "+ IPv4 @2",
        "+ IPv6 @2",
        "+ 192.168.1.10 @2",
        "+ fe80::5eff:fe00:2 @2",
        "+ route 0.0.0.0/0 by 192.168.1.1 @2",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Tentative), "UC-16");
    net.pass(3_000);
    assert_eq!(net.routes(Family::V4), before);
}

#[test]
fn what_a_program_made_does_not() {
    // UC-20: after an adapter reset.
    let mut net = Net::new();
    net.apply(&add(made_by_a_program("10.0.0.5")));
    net.apply(&Change::RouteAdd(program_route()));
    net.pass(3_000);
    net.apply(&DISABLE);
    net.apply(&ENABLE);
    net.pass(3_000);
    assert_eq!(net.address("10.0.0.5"), None);
    assert!(!net.has_route("172.16.0.0/12 by 192.168.1.1"));
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Preferred));
}

#[test]
fn nor_if_there_was_no_medium() {
    let mut net = Net::new();
    net.apply(&Change::RouteAdd(program_route()));
    net.apply(&medium(false));
    net.apply(&DISABLE);
    net.apply(&ENABLE);
    let told = net.apply(&medium(true));
    assert!(!net.has_route("172.16.0.0/12 by 192.168.1.1"), "UC-20: {told:?}");
    assert!(net.has_route("0.0.0.0/0 by 192.168.1.1"));
}

#[test]
fn nor_after_a_restart_of_the_machine() {
    // UC-20: after a restart.
    for connected in [true, false] {
        let mut net = Net::new();
        net.apply(&add(made_by_a_program("10.0.0.5")));
        net.apply(&Change::RouteAdd(program_route()));
        net.pass(3_000);
        net.apply(&medium(connected));
        net.machine.reboot(&mut First::default());
        assert_eq!(net.address("10.0.0.5"), None);
        assert_eq!(net.dad("192.168.1.10"), Some(DadState::Tentative));
        net.machine.change(None, &medium(true), &mut First::default()).expect("a medium");
        assert!(!net.has_route("172.16.0.0/12 by 192.168.1.1"), "{connected}");
        assert!(net.has_route("0.0.0.0/0 by 192.168.1.1"), "{connected}");
        net.machine.elapse(3_000, &mut First::default());
        assert_eq!(net.dad("192.168.1.10"), Some(DadState::Preferred));
    }
}

#[test]
fn its_index_is_recycled_and_its_luid_is_not() {
    let mut net = Net::new();
    net.apply(&DISABLE);
    assert_eq!(net.env().free_index(), 2);
    let free = net.env().free_luid_index(if_type::ETHERNET);
    assert_ne!(free, ETHERNET.index());
    let other = Interface::new("Ethernet 2", if_type::ETHERNET, 7, 2);
    net.apply(&Change::InterfaceAdd(Box::new(other)));
    let told = net.apply(&ENABLE);
    assert_eq!(told[..2], ["+ IPv4 @4", "+ IPv6 @4"], "the lowest index that is free");
    let back = net.env().interface(ETHERNET).expect("the same LUID");
    assert_eq!((back.index, back.alias.as_str()), (4, "Ethernet"));
}

#[test]
fn its_names_stay_taken() {
    let mut net = Net::new();
    net.apply(&DISABLE);
    let same_luid = Interface::new("another", if_type::ETHERNET, 1, 2);
    let same_alias = Interface::new("Ethernet", if_type::ETHERNET, 7, 2);
    for taken in [same_luid, same_alias] {
        let error = net.refuses(&Change::InterfaceAdd(Box::new(taken)));
        assert!(matches!(error, ChangeError::Taken(_)), "{error}");
    }
}

#[test]
fn what_is_known_of_its_link_is_forgotten() {
    let mut net = Net::new();
    let neighbour = Neighbour {
        luid: ETHERNET,
        address: ip("192.168.1.1"),
        physical_address: vec![2, 0, 0, 0, 0, 1],
        state: NeighbourState::Permanent,
        is_router: true,
        is_unreachable: false,
    };
    net.apply(&Change::NeighbourPut(neighbour));
    net.apply(&Change::AnycastAdd((ETHERNET, ip("10.0.0.77"))));
    net.apply(&conflict("192.168.1.10", true));
    let mut luids = Vec::new();
    for (number, alias) in [(7, "upper"), (8, "lower")] {
        let other = Interface::new(alias, if_type::ETHERNET, number, number);
        luids.push(other.luid);
        net.apply(&Change::InterfaceAdd(Box::new(other)));
    }
    let (upper, lower) = (luids[0], luids[1]);
    for (higher, lower) in [(upper, ETHERNET), (ETHERNET, lower), (upper, lower)] {
        net.apply(&Change::Above { higher, lower, present: true });
    }
    net.apply(&DISABLE);
    assert_eq!(net.env().stacked(), &[(upper, lower)].into(), "the others are still there");
    net.apply(&ENABLE);
    net.pass(3_000);
    assert!(net.env().neighbours().is_empty() && net.env().anycast().is_empty());
    assert_eq!(net.dad("192.168.1.10"), Some(DadState::Preferred), "the conflict as well");
}

#[test]
fn a_family_that_was_away_meanwhile_is_back() {
    let mut net = Net::new();
    net.apply(&Change::Ipv6Present(false));
    net.apply(&DISABLE);
    net.apply(&Change::Ipv6Present(true));
    let told = net.apply(&ENABLE);
    assert!(told.contains(&"+ IPv6 @2".to_owned()), "{told:?}");
    assert!(told.contains(&"+ fe80::5eff:fe00:2 @2".to_owned()), "{told:?}");
    // The other way round: it goes while the adapter is disabled.
    let mut net = Net::new();
    net.apply(&DISABLE);
    net.apply(&Change::Ipv6Present(false));
    assert!(!net.apply(&ENABLE).contains(&"+ IPv6 @2".to_owned()));
    let told = net.apply(&Change::Ipv6Present(true));
    assert!(told.contains(&"+ IPv6 @2".to_owned()), "{told:?}");
    assert!(told.contains(&"+ fe80::5eff:fe00:2 @2".to_owned()), "{told:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut net = Net::new();
    assert!(matches!(net.refuses(&ENABLE), ChangeError::NotDisabled(_)));
    net.apply(&DISABLE);
    assert!(matches!(net.refuses(&DISABLE), ChangeError::NoInterface(_)));
    let loopback = Interface::loopback().luid;
    let teredo = net.env().teredo_luid();
    for luid in [loopback, teredo] {
        let error = net.refuses(&Change::InterfaceDisable(luid));
        assert!(matches!(error, ChangeError::Reserved(_)), "{error}");
    }
    // They come by themselves, and only once.
    let mut second = teredo_interface(7, 7);
    second.alias = "another Teredo".to_owned();
    for other in [Interface::new("another loopback", if_type::LOOPBACK, 7, 7), second] {
        let error = net.refuses(&Change::InterfaceAdd(Box::new(other)));
        assert!(matches!(error, ChangeError::Reserved(_)), "{error}");
    }
}

#[test]
fn a_new_interface_with_its_luid_inherits_nothing() {
    // What waited for the medium, or for the stack of its family, went with the old one.
    let (away, back): ([Change; 2], [Change; 2]) =
        ([medium(false), Change::Ipv4Present(false)], [medium(true), Change::Ipv4Present(true)]);
    for (away, back) in away.into_iter().zip(back) {
        let mut net = Net::new();
        net.apply(&Change::RouteAdd(route("172.16.0.0", 12, "192.168.1.1")));
        net.apply(&away);
        net.apply(&Change::InterfaceRemove(ETHERNET));
        let new = Interface::new("Ethernet", if_type::ETHERNET, 1, 2);
        assert_eq!(new.luid, ETHERNET);
        net.apply(&Change::InterfaceAdd(Box::new(new)));
        net.apply(&away);
        net.apply(&back);
        net.pass(3_000);
        assert_eq!(net.routes(Family::V4), [""; 0], "{}", away.name());
        assert_eq!(net.address("192.168.1.10"), None, "{}", away.name());
    }
}
