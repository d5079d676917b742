//! Duplicate address detection: a new address is tentative, then preferred, unless another host has
//! it.

use crate::net::{ETHERNET, Net, add, address, conflict, ip, medium, remove, row};
use netiosim_model::api::{Call, Output};
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::event::Function;
use netiosim_model::interface::Interface;
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::row::{Row, UnicastRow};
use netiosim_model::table::{DadState, UnicastAddress};

const DONE: [&str; 4] = [
    "~ 10.0.0.5 @2",
    "+ route 10.0.0.0/24 @2",
    "+ route 10.0.0.5/32 @2",
    "+ route 10.0.0.255/32 @2",
];

fn at(ms: u64, told: &[&str]) -> Vec<String> {
    told.iter().map(|told| format!("{ms}: {told}")).collect()
}

/// Delivers in the order in which an address brings its routes: host, on-link, broadcast.
fn brought(ms: u64) -> Vec<String> {
    at(ms, &[DONE[0], DONE[2], DONE[1], DONE[3]])
}

#[test]
fn an_ipv4_address_is_usable_after_three_seconds() {
    let mut net = Net::new();
    // UC-21: success raises a notification, the later change of state another.
    assert_eq!(net.apply(&add(address("10.0.0.5", 24))), ["+ 10.0.0.5 @2"]);
    // UC-16: tentative, and no route leads to it.
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    assert!(!net.has_route("10.0.0.5/32"));
    // UC-17: three messages, one second each (ST-09).
    assert_eq!(net.pass(2_999), [""; 0]);
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    assert_eq!(net.pass(1), brought(1));
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Preferred));
    assert_eq!(net.pass(20_000), [""; 0], "and that is all");
}

#[test]
fn an_ipv6_address_is_usable_after_one_second() {
    let mut net = Net::new();
    assert_eq!(net.apply(&add(address("2001:db8::5", 64))), ["+ 2001:db8::5 @2"]);
    let told = net.pass(1_000); // UC-17
    let expected = ["~ 2001:db8::5 @2", "+ route 2001:db8::5/128 @2", "+ route 2001:db8::/64 @2"];
    assert_eq!(told, at(1_000, &expected));
}

#[test]
fn it_lasts_as_long_as_its_messages_take() {
    for (transmits, retransmit_ms) in [(1, 1_000), (5, 200), (2, 40), (1, 0)] {
        let mut net = Net::new();
        let values = [(Member::DadTransmits, transmits), (Member::RetransmitTime, retransmit_ms)];
        net.apply(&row(Family::V4, &values));
        net.apply(&add(address("10.0.0.5", 24)));
        assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative), "UC-16");
        let lasts_ms = transmits * retransmit_ms;
        assert_eq!(net.pass(lasts_ms), brought(lasts_ms), "{transmits} times {retransmit_ms} ms");
    }
}

#[test]
fn without_messages_there_is_none() {
    let mut net = Net::new();
    net.apply(&row(Family::V4, &[(Member::DadTransmits, 0)]));
    let told = net.apply(&add(address("10.0.0.5", 24)));
    let expected = [
        "+ 10.0.0.5 @2",
        "+ route 10.0.0.5/32 @2",
        "+ route 10.0.0.0/24 @2",
        "+ route 10.0.0.255/32 @2",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Preferred));
    assert_eq!(net.pass(10_000), [""; 0]);
}

#[test]
fn on_the_loopback_interface_there_is_none() {
    let mut net = Net::new();
    let loopback = Interface::loopback().luid;
    // Whatever its row says.
    let values = vec![(Member::DadTransmits, 3)];
    net.apply(&Change::RowSet { luid: loopback, family: Family::V4, values });
    let own = UnicastAddress::new(loopback, ip("127.0.0.2"), 8);
    let key = own.key();
    net.apply(&add(own));
    let dad = net.env().address_table().get(key).map(|address| address.dad);
    assert_eq!(dad, Some(DadState::Preferred));
    net.apply(&Change::AddressConflict { luid: key.0, address: key.1, present: true });
    let dad = net.env().address_table().get(key).map(|address| address.dad);
    assert_eq!(dad, Some(DadState::Preferred), "nobody else is on that link");
}

#[test]
fn an_optimistic_address_can_be_used_meanwhile() {
    let mut net = Net::new();
    let optimistic = Change::AddressAdd { address: address("2001:db8::5", 64), optimistic: true };
    let told = net.apply(&optimistic);
    assert_eq!(
        told,
        ["+ 2001:db8::5 @2", "+ route 2001:db8::5/128 @2", "+ route 2001:db8::/64 @2"],
        "UC-14"
    );
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Preferred));
    assert_eq!(net.pass(5_000), [""; 0], "its end changes nothing");
    assert_eq!(net.address("2001:db8::5").and_then(|address| address.dad_ms), None);
}

#[test]
fn an_address_that_another_host_has_is_found_out_at_the_end() {
    let mut net = Net::new();
    assert_eq!(net.apply(&conflict("10.0.0.5", true)), [""; 0], "nobody of us has it");
    net.apply(&add(address("10.0.0.5", 24)));
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    assert_eq!(net.pass(3_000), at(3_000, &["~ 10.0.0.5 @2"]));
    // UC-18: neither Tentative nor Preferred.
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Duplicate));
    assert!(!net.has_route("10.0.0.5/32"));
    assert_eq!(net.pass(20_000), [""; 0]);
}

#[test]
fn an_address_that_another_host_takes_is_lost_at_once() {
    // UC-18, while detection runs.
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(1_000);
    assert_eq!(net.apply(&conflict("10.0.0.5", true)), ["~ 10.0.0.5 @2"]);
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Duplicate));
    assert_eq!(net.pass(10_000), [""; 0]);
    // And after it: the routes go first.
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(3_000);
    let told = net.apply(&conflict("10.0.0.5", true));
    let expected = [
        "- route 10.0.0.0/24 @2",
        "- route 10.0.0.5/32 @2",
        "- route 10.0.0.255/32 @2",
        "~ 10.0.0.5 @2",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.apply(&conflict("10.0.0.5", true)), [""; 0], "it is lost already");
}

#[test]
fn an_address_that_is_free_again_is_detected_anew() {
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.apply(&conflict("10.0.0.5", true));
    assert_eq!(net.apply(&conflict("10.0.0.5", false)), ["~ 10.0.0.5 @2"]);
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    assert_eq!(net.pass(3_000), brought(3_000));
}

#[test]
fn the_loss_of_the_medium_restarts_it() {
    // UC-19
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(2_900);
    net.apply(&medium(false));
    assert_eq!(net.pass(60_000), [""; 0], "it waits for the medium");
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    net.apply(&medium(true));
    let told = net.pass(2_999);
    assert!(!told.iter().any(|told| told.contains("10.0.0.5")), "{told:?}");
    let told = net.pass(1);
    assert!(told.contains(&"1: ~ 10.0.0.5 @2".to_owned()), "{told:?}");
}

#[test]
fn a_duplicate_is_tentative_without_a_medium_and_a_duplicate_again_with_it() {
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.apply(&conflict("10.0.0.5", true));
    let told = net.apply(&medium(false));
    assert!(told.contains(&"~ 10.0.0.5 @2".to_owned()), "{told:?}");
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Tentative));
    net.apply(&medium(true));
    net.pass(3_000);
    assert_eq!(net.dad("10.0.0.5"), Some(DadState::Duplicate), "UC-18 UC-19");
}

#[test]
fn an_address_that_goes_takes_its_detection_with_it() {
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    net.pass(1_000);
    assert_eq!(net.apply(&remove("10.0.0.5")), ["- 10.0.0.5 @2"]);
    assert_eq!(net.pass(10_000), [""; 0]);
    assert_eq!(
        net.machine.next_timer_ms(),
        Net::new().machine.next_timer_ms().map(|ms| ms - 11_000)
    );
}

#[test]
fn polling_shows_the_transition() {
    // UC-22: GetUnicastIpAddressEntry every 0.5 s.
    let mut net = Net::new();
    net.apply(&add(address("10.0.0.5", 24)));
    let mut seen = Vec::new();
    for _ in 0..8 {
        let wanted =
            UnicastRow { address: ip("10.0.0.5").into(), luid: ETHERNET, ..UnicastRow::default() };
        let call = Call::row(Function::GetUnicastIpAddressEntry, wanted);
        let reply = net.machine.call(net.main, &call, &mut net.chooser);
        let Output::Row(Row::Unicast(found)) = reply.output else { panic!("{reply:?}") };
        seen.push(found.dad_state);
        net.pass(500);
    }
    assert_eq!(seen, [1, 1, 1, 1, 1, 1, 4, 4]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut net = Net::new();
    net.refuses(&add(address("192.168.1.10", 24)));
    net.refuses(&add(address("10.0.0.5", 33)));
    net.refuses(&remove("10.0.0.5"));
    // UC-15: no unicast addresses, and loopback addresses of another interface.
    for text in ["224.0.0.1", "255.255.255.255", "0.0.0.5", "ff02::1", "::", "127.0.0.2", "::1"] {
        let error = net.refuses(&add(address(text, 8)));
        assert_eq!(error, ChangeError::NotUnicast(ip(text)), "UC-15");
    }
    net.refuses(&add(UnicastAddress {
        luid: net.env().teredo_luid(),
        ..address("2001:db8::1", 64)
    }));
}
