//! Metrics and MTUs change.

use crate::net::{ETHERNET, Net, add, ip, key, route, row};
use netiosim_model::change::Change;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::Family;
use netiosim_model::table::{Route, UnicastAddress};

#[test]
fn a_metric_is_one_notification_of_its_row() {
    let mut net = Net::new();
    // NI-30: a property that changes is MibParameterNotification.
    assert_eq!(net.apply(&row(Family::V4, &[(Member::Metric, 70)])), ["~ IPv4 @2"]);
    assert_eq!(net.member(ETHERNET, Family::V4, Member::Metric), Some(70));
    assert_eq!(net.member(ETHERNET, Family::V6, Member::Metric), Some(25), "each has its own");
}

#[test]
fn it_counts_for_every_route_of_the_family() {
    let mut net = Net::new();
    net.apply(&Change::RouteAdd(Route { metric: 5, ..route("172.16.0.0", 12, "192.168.1.1") }));
    let effective = |net: &Net, prefix: &str, length, hop: &str| {
        net.env().routes().effective_metric(key(prefix, length, hop))
    };
    // RT-27: the route's metric and the interface's.
    assert_eq!(effective(&net, "172.16.0.0", 12, "192.168.1.1"), 30);
    assert_eq!(effective(&net, "fe80::", 64, ""), 281);
    net.apply(&row(Family::V4, &[(Member::Metric, 100)]));
    assert_eq!(effective(&net, "172.16.0.0", 12, "192.168.1.1"), 105, "RT-27");
    assert_eq!(effective(&net, "192.168.1.0", 24, ""), 356, "RT-27");
    assert_eq!(effective(&net, "fe80::", 64, ""), 281, "the other family's is its own");
    // A route that comes later counts with it as well.
    net.apply(&Change::RouteAdd(route("172.32.0.0", 12, "192.168.1.1")));
    assert_eq!(effective(&net, "172.32.0.0", 12, "192.168.1.1"), 100);
}

#[test]
fn the_better_way_is_another_one() {
    let mut net = Net::new();
    let wifi = Interface::new("Wi-Fi", if_type::WIFI, 1, 8);
    let luid = wifi.luid;
    net.apply(&Change::InterfaceAdd(Box::new(wifi)));
    net.apply(&add(UnicastAddress::new(luid, ip("10.5.0.2"), 24)));
    net.apply(&Change::RouteAdd(Route::new(luid, ip("0.0.0.0"), 0, ip("10.5.0.1"))));
    let best = |net: &Net| {
        let mut ways = net.env().routes().matching(None, ip("203.0.113.9"));
        ways.next().map(|route| route.luid)
    };
    assert_eq!(best(&net), Some(ETHERNET), "equal metrics: the order of the keys");
    net.apply(&row(Family::V4, &[(Member::Metric, 26)]));
    assert_eq!(best(&net), Some(luid), "RT-27");
    net.apply(&row(Family::V4, &[(Member::Metric, 24)]));
    assert_eq!(best(&net), Some(ETHERNET), "RT-27");
}

#[test]
fn the_mtu_of_a_link_is_that_of_both_rows() {
    let mut net = Net::new();
    let mtu = |mtu| Change::LinkSet {
        luid: ETHERNET,
        connected: None,
        admin_up: None,
        mtu: Some(mtu),
        alias: None,
    };
    assert_eq!(net.apply(&mtu(9_000)), ["~ IPv4 @2", "~ IPv6 @2"], "NI-30");
    for family in Family::ALL {
        assert_eq!(net.member(ETHERNET, family, Member::NlMtu), Some(9_000));
    }
    assert_eq!(net.env().interface(ETHERNET).map(|interface| interface.mtu), Some(9_000));
    // That of one row is its own.
    assert_eq!(net.apply(&row(Family::V6, &[(Member::NlMtu, 1_280)])), ["~ IPv6 @2"], "NI-30");
    assert_eq!(net.member(ETHERNET, Family::V4, Member::NlMtu), Some(9_000));
}

#[test]
fn an_alias_is_told_to_both_rows() {
    let mut net = Net::new();
    let alias = |alias: &str| Change::LinkSet {
        luid: ETHERNET,
        connected: None,
        admin_up: None,
        mtu: None,
        alias: Some(alias.to_owned()),
    };
    assert_eq!(net.apply(&alias("uplink")), ["~ IPv4 @2", "~ IPv6 @2"]);
    let luid = net.env().interface_by_alias("uplink").map(|interface| interface.luid);
    assert_eq!(luid, Some(ETHERNET));
    assert_eq!(net.env().interface_by_alias("Ethernet"), None);
    net.refuses(&alias("Loopback Pseudo-Interface 1"));
}
