//! The tables of a machine: how many entries they have, and what is found in them.

use netiosim_model::build::{home, many};
use netiosim_model::change::Change;
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_model::net::{Family, Guid, Luid};
use netiosim_model::row::{HintRow, hint_level};
use netiosim_model::table::{Addresses, Interfaces, Routes, lifetime_s};
use netiosim_model::teredo::{PortWish, TeredoState};

use crate::net::{ETHERNET, Net, add, address, ip, medium, remove, route};

#[test]
fn a_table_knows_how_many_entries_it_has() {
    let env = many(3);
    // Loopback and three adapters; two addresses and five routes of each adapter, and what the loopback brings.
    let own = |luid: &Luid| luid.if_type() == if_type::ETHERNET;
    let luids: Vec<Luid> = env.interfaces().map(|interface| interface.luid).collect();
    assert_eq!(env.interface_table().len(), luids.len());
    assert_eq!(luids.iter().filter(|luid| own(luid)).count(), 3);
    assert_eq!(env.address_table().len(), env.address_table().iter().count());
    assert_eq!(env.address_table().iter().filter(|a| own(&a.luid)).count(), 6);
    assert_eq!(env.routes().len(), env.routes().iter().count());
    assert_eq!(env.routes().iter().filter(|route| own(&route.luid)).count(), 15);
    assert!(env.address_table().len() > 1 && env.interface_table().len() > 1);
    assert!(!env.interface_table().is_empty());
    assert!(!env.address_table().is_empty());
    assert!(!env.routes().is_empty());
}

#[test]
fn an_empty_table_is_empty() {
    let (interfaces, addresses) = (Interfaces::default(), Addresses::default());
    let routes = Routes::default();
    assert_eq!([interfaces.len(), addresses.len(), routes.len()], [0; 3]);
    assert_eq!([interfaces.is_empty(), addresses.is_empty(), routes.is_empty()], [true; 3]);
}

#[test]
fn two_interfaces_can_have_one_guid_and_the_lower_luid_is_found() {
    let mut env = home();
    let guid = Guid(77);
    for (number, index) in [(7, 20), (5, 21)] {
        let adapter = Interface::new(format!("twin {number}"), if_type::ETHERNET, number, index);
        env.place_interface(Interface { guid, ..adapter }).expect("free keys");
    }
    let mut net = Net::of(env, &[]);
    let found = |net: &Net| net.env().interface_table().by_guid(guid).map(|i| i.luid);
    assert_eq!(found(&net), Some(Luid::new(if_type::ETHERNET, 5)));
    net.apply(&Change::InterfaceRemove(Luid::new(if_type::ETHERNET, 5)));
    assert_eq!(found(&net), Some(Luid::new(if_type::ETHERNET, 7)));
    net.apply(&Change::InterfaceRemove(Luid::new(if_type::ETHERNET, 7)));
    assert_eq!(found(&net), None);
}

#[test]
fn an_interface_keeps_its_guid_when_something_else_of_it_changes() {
    let mut net = Net::new();
    let guid = net.env().interface(ETHERNET).expect("the adapter").guid;
    let (connected, admin_up, mtu) = (None, None, None);
    let alias = Some("LAN".to_owned());
    net.apply(&Change::LinkSet { luid: ETHERNET, connected, admin_up, mtu, alias });
    let table = net.env().interface_table();
    assert_eq!(table.by_guid(guid).map(|interface| interface.luid), Some(ETHERNET));
    assert_eq!(table.by_alias("LAN").map(|interface| interface.luid), Some(ETHERNET));
    assert!(table.by_alias("Ethernet").is_none());
}

/// Two routes to one prefix, of which one goes: the other is still found (BR-08).
#[test]
fn a_prefix_is_matched_as_long_as_a_route_leads_to_it() {
    let mut net = Net::new();
    let found = |net: &Net| -> Vec<String> {
        let address = ip("10.9.9.9");
        net.env().routes().matching(None, address).map(|route| route.key().to_string()).collect()
    };
    let (near, far) = (route("10.9.0.0", 16, "192.168.1.2"), route("10.9.0.0", 16, "192.168.1.3"));
    for route in [&near, &far] {
        net.apply(&Change::RouteAdd(route.clone()));
    }
    assert_eq!(found(&net).len(), 3, "{:?}", found(&net));
    net.apply(&Change::RouteRemove(near.key()));
    assert_eq!(found(&net), [far.key().to_string(), "0.0.0.0/0 by 192.168.1.1".to_owned()]);
    net.apply(&Change::RouteRemove(far.key()));
    assert_eq!(found(&net), ["0.0.0.0/0 by 192.168.1.1"]);
    // As often as one likes: nothing is left behind, and nothing is taken too much.
    for _ in 0..3 {
        net.apply(&Change::RouteAdd(near.clone()));
        assert_eq!(found(&net).len(), 2);
        net.apply(&Change::RouteRemove(near.key()));
        assert_eq!(found(&net).len(), 1);
    }
}

/// Without an interface that leads anywhere there is no connectivity, which is not the same as not knowing (CH-01, CH-06).
#[test]
fn a_machine_without_a_way_out_has_no_connectivity() {
    let mut net = Net::new();
    net.apply(&Change::TeredoStop);
    net.apply(&medium(false));
    assert_eq!(net.env().hint().level, hint_level::NONE);
    assert_eq!(net.env().hint_of(ETHERNET).map(|hint| hint.level), Some(hint_level::NONE));
    assert_eq!(HintRow::default().level, hint_level::UNKNOWN);
}

#[test]
fn a_machine_says_which_stacks_it_has() {
    let stacks = |env: &Env| (env.ipv4_present(), env.ipv6_present());
    let mut env = home();
    assert_eq!(stacks(&env), (true, true));
    env.place_family(Family::V4, false);
    assert_eq!(stacks(&env), (false, true));
    env.place_family(Family::V6, false);
    assert_eq!(stacks(&env), (false, false));
    env.place_family(Family::V4, true);
    assert_eq!(stacks(&env), (true, false));
}

/// Detection of an address ends by itself, and a client that probes gets somewhere; the refreshes of a client that is qualified go on
/// for ever and do not count.
#[test]
fn a_machine_settles_when_what_is_under_way_has_ended() {
    let mut net = Net::new();
    assert!(net.env().next_timer_ms().is_some(), "the client refreshes its mapping");
    assert_eq!(net.env().settling_ms(), None);
    net.apply(&add(address("192.168.1.77", 24)));
    let detection = net.env().address_table().next_detection_ms();
    assert!(detection > Some(1));
    assert_eq!(net.env().settling_ms(), detection);
    net.apply(&remove("192.168.1.77"));
    net.apply(&Change::TeredoRestart(PortWish::Another));
    net.apply(&Change::TeredoQualify);
    assert_eq!(net.env().teredo().state(), TeredoState::Probe);
    assert!(net.env().settling_ms() > Some(1));
    assert_eq!(net.env().settling_ms(), net.env().teredo().next_timer_ms());
}

#[test]
fn seconds_that_are_left_are_rounded_up_and_the_end_of_time_is_kept_apart() {
    for (ms, seconds) in [
        (Some(0), 0),
        (Some(1), 1),
        (Some(1000), 1),
        (Some(1001), 2),
        (Some(4_294_967_294_000), u32::MAX - 1),
        (Some(4_294_967_295_000), u32::MAX - 1),
        (Some(u64::MAX), u32::MAX - 1),
        (None, u32::MAX),
    ] {
        assert_eq!(lifetime_s(ms), seconds, "{ms:?}");
    }
}

/// A network that stays hidden is more than none, whatever the LUIDs, and less than a link (chosen).
#[test]
fn a_hidden_network_counts_before_none_and_after_a_link() {
    let connectivity = Connectivity { internet: Internet::Hidden, ..Connectivity::default() };
    let mut env = home();
    let wifi = Interface::new("Wi-Fi", 71, 0, 20);
    let luid = wifi.luid;
    env.place_interface(Interface { connectivity, ..wifi }).expect("free keys");
    env.place_address(UnicastAddress::new(luid, ip("10.0.0.2"), 24));
    let mut net = Net::of(env, &[]);
    net.apply(&Change::TeredoStop);
    net.apply(&Change::RouteRemove(route("0.0.0.0", 0, "192.168.1.1").key()));
    assert_eq!(net.env().hint().level, hint_level::LOCAL_ACCESS);
    net.apply(&medium(false));
    assert_eq!(net.env().hint().level, hint_level::HIDDEN);
    net.apply(&Change::InterfaceRemove(luid));
    assert_eq!(net.env().hint().level, hint_level::NONE);
}
