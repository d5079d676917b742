//! Lifetimes: an address is deprecated when its preferred lifetime is over, and gone when its valid one
//! is; a route is gone when its valid one is.

use crate::net::{ETHERNET, Net, add, address, ip, key, route};
use netiosim_model::change::{AddressEdit, Change};
use netiosim_model::table::{DadState, Route, UnicastAddress};

fn mortal(valid_ms: u64, preferred_ms: u64) -> UnicastAddress {
    UnicastAddress {
        valid_ms: Some(valid_ms),
        preferred_ms: Some(preferred_ms),
        ..address("2001:db8::5", 64)
    }
}

fn edit(valid_s: Option<u32>, preferred_s: Option<u32>) -> Change {
    Change::AddressSet {
        key: (ETHERNET, ip("2001:db8::5")),
        edit: AddressEdit { valid_s, preferred_s, ..AddressEdit::default() },
    }
}

#[test]
fn deprecated_then_gone() {
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 4_000)));
    net.pass(1_000);
    assert_eq!(net.pass(3_000), ["3000: ~ 2001:db8::5 @2"]);
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Deprecated));
    assert!(net.has_route("2001:db8::5/128"), "it can still be reached");
    let told = net.pass(6_000);
    let expected = [
        "6000: - route 2001:db8::/64 @2",
        "6000: - route 2001:db8::5/128 @2",
        "6000: - 2001:db8::5 @2",
    ];
    assert_eq!(told, expected);
    assert_eq!(net.address("2001:db8::5"), None);
}

#[test]
fn a_preferred_lifetime_that_is_over_when_detection_ends() {
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 500)));
    let told = net.pass(1_000);
    assert_eq!(told[0], "1000: ~ 2001:db8::5 @2");
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Deprecated));
    assert_eq!(told.iter().filter(|told| told.contains("~ 2001:db8::5 ")).count(), 1, "{told:?}");
}

#[test]
fn a_valid_lifetime_that_is_over_while_detection_runs() {
    let mut net = Net::new();
    net.apply(&add(mortal(700, 700)));
    assert_eq!(net.pass(5_000), ["700: - 2001:db8::5 @2"]);
}

#[test]
fn a_preferred_lifetime_that_begins_anew_makes_it_preferred_again() {
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 2_000)));
    net.pass(2_000);
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Deprecated));
    assert_eq!(net.apply(&edit(None, Some(5))), ["~ 2001:db8::5 @2"]);
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Preferred));
    assert_eq!(net.pass(5_000), ["5000: ~ 2001:db8::5 @2"]);
    assert_eq!(net.apply(&edit(None, Some(0))), ["~ 2001:db8::5 @2"]);
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Deprecated));
}

#[test]
fn lifetimes_without_end_never_end() {
    // ST-11: 0xFFFFFFFF seconds.
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 2_000)));
    net.apply(&edit(Some(u32::MAX), Some(u32::MAX)));
    let told = net.pass(29_000);
    assert!(!told.iter().any(|told| told.contains("- 2001:db8::5 @2")), "{told:?}");
    assert_eq!(net.dad("2001:db8::5"), Some(DadState::Preferred));
    let row = net.env().unicast_row(net.address("2001:db8::5").expect("the address"));
    assert_eq!((row.valid_lifetime, row.preferred_lifetime), (u32::MAX, u32::MAX));
}

#[test]
fn a_lifetime_is_shown_as_what_is_left_of_it() {
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 4_000)));
    net.pass(1_500);
    let row = net.env().unicast_row(net.address("2001:db8::5").expect("the address"));
    assert_eq!((row.valid_lifetime, row.preferred_lifetime), (9, 3), "seconds, rounded up");
}

#[test]
fn a_valid_lifetime_of_zero_ends_it_at_once() {
    let mut net = Net::new();
    net.apply(&add(mortal(10_000, 10_000)));
    net.pass(1_000);
    let told = net.apply(&edit(Some(0), Some(0)));
    assert_eq!(net.address("2001:db8::5"), None);
    assert_eq!(told.last().map(String::as_str), Some("- 2001:db8::5 @2"), "{told:?}");
}

#[test]
fn a_route_ends_with_its_lifetime() {
    let mut net = Net::new();
    let mortal = Route { valid_ms: Some(2_000), ..route("172.16.0.0", 12, "192.168.1.1") };
    assert_eq!(net.apply(&Change::RouteAdd(mortal)), ["+ route 172.16.0.0/12 by 192.168.1.1 @2"]);
    assert_eq!(net.pass(1_999), [""; 0]);
    assert_eq!(net.pass(1), ["1: - route 172.16.0.0/12 by 192.168.1.1 @2"]);
    assert!(net.env().routes().get(key("172.16.0.0", 12, "192.168.1.1")).is_none());
    // Of zero: at once, without a timer.
    let gone = Route { valid_ms: Some(0), ..route("172.16.0.0", 12, "192.168.1.1") };
    let told = net.apply(&Change::RouteAdd(gone));
    let text = "route 172.16.0.0/12 by 192.168.1.1 @2";
    assert_eq!(told, [format!("+ {text}"), format!("- {text}")]);
}

#[test]
fn a_route_is_as_old_as_its_making() {
    let mut net = Net::new();
    let mut made_ms = Vec::new();
    for wait_ms in [1_000, 5_000] {
        net.pass(wait_ms);
        let new = route("172.16.0.0", 12, "192.168.1.1");
        let key = new.key();
        net.apply(&Change::RouteAdd(new));
        made_ms.push(net.env().routes().get(key).expect("a route").modified_ms.0);
        net.apply(&Change::RouteRemove(key));
    }
    assert_eq!(made_ms[1] - made_ms[0], 5_000);
}
