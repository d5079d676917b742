//! Events of interfaces, addresses, routes and neighbours become the changes of the same name.

use std::path::Path;

use netiosim_model::change::{Change, RouterAdvertisement};
use netiosim_model::choose::First;
use netiosim_model::machine::Machine;
use netiosim_model::profile::Profile;
use netiosim_scenario::format::Event;
use netiosim_scenario::load;
use netiosim_scenario::program::{EnvEvent, Program, compile, resolve_event};

/// A scenario of these events on the template `home`, and its machine.
fn prepared(events: &[&str]) -> (Program, Machine) {
    let entries: Vec<String> =
        events.iter().map(|event| format!("{{\"event\": {event}}}")).collect();
    let text = format!(r#"{{"version": 1, "name": "x", "timeline": [{}]}}"#, entries.join(",\n"));
    let loaded = load::scenario_text(&text, "x.json", Path::new(""));
    let loaded = loaded.unwrap_or_else(|problems| panic!("{problems:#?}"));
    let program = compile(&loaded.scenario, &loaded.stack, Profile::Documented).expect("a program");
    let machine = Machine::new(Profile::Documented, program.env.clone());
    (program, machine)
}

/// Lets the events happen one after the other; the names of their changes, and the machine afterwards.
fn play(events: &[&str]) -> (Vec<&'static str>, Machine) {
    let (program, mut machine) = prepared(events);
    let mut names = Vec::new();
    for (_, event) in &program.timeline {
        for change in changes(event, &machine, &program) {
            names.push(change.name());
            let done = machine.change(None, &change, &mut First::default());
            done.unwrap_or_else(|error| panic!("{}: {error}", change.name()));
        }
    }
    (names, machine)
}

fn changes(event: &Event, machine: &Machine, program: &Program) -> Vec<Change> {
    match resolve_event(event, machine.env(), program) {
        Ok(EnvEvent::Changes(changes)) => changes,
        other => panic!("{event:?}: {other:?}"),
    }
}

/// The one change of an event on the template `home`.
fn change(event: &str) -> Change {
    let (program, machine) = prepared(&[event]);
    let all = changes(&program.timeline[0].1, &machine, &program);
    let [one] = all.as_slice() else { panic!("{all:?}") };
    one.clone()
}

#[test]
fn every_event_of_the_tables_happens_under_its_own_name() {
    let events = [
        (r#"{"address_add": {"interface": "Ethernet", "address": "10.0.0.1/24"}}"#, "address_add"),
        (
            r#"{"address_set": {"interface": "Ethernet", "address": "10.0.0.1", "preferred_s": 0}}"#,
            "address_set",
        ),
        (
            r#"{"address_conflict": {"interface": "Ethernet", "address": "10.0.0.1", "present": true}}"#,
            "address_conflict",
        ),
        (
            r#"{"address_remove": {"interface": "Ethernet", "address": "10.0.0.1"}}"#,
            "address_remove",
        ),
        (r#"{"anycast_add": {"interface": "Ethernet", "address": "10.0.0.9"}}"#, "anycast_add"),
        (
            r#"{"anycast_remove": {"interface": "Ethernet", "address": "10.0.0.9"}}"#,
            "anycast_remove",
        ),
        (
            r#"{"dhcp_lease": {"interface": "Ethernet", "address": "10.1.0.7/16", "gateway": "10.1.0.1"}}"#,
            "dhcp_lease",
        ),
        (r#"{"dhcp_release": {"interface": "Ethernet"}}"#, "dhcp_release"),
        (
            r#"{"router_advertisement": {"interface": "Ethernet", "router": "fe80::1", "prefix": "2001:db8::/64"}}"#,
            "router_advertisement",
        ),
        (
            r#"{"route_add": {"interface": "Ethernet", "destination": "10.9.0.0/16", "next_hop": "192.168.1.7"}}"#,
            "route_add",
        ),
        (
            r#"{"route_set": {"interface": "Ethernet", "destination": "10.9.0.0/16", "next_hop": "192.168.1.7", "metric": 9}}"#,
            "route_set",
        ),
        (
            r#"{"route_remove": {"interface": "Ethernet", "destination": "10.9.0.0/16", "next_hop": "192.168.1.7"}}"#,
            "route_remove",
        ),
        (
            r#"{"neighbour_put": {"interface": "Ethernet", "address": "192.168.1.1"}}"#,
            "neighbour_put",
        ),
        (
            r#"{"neighbour_remove": {"interface": "Ethernet", "address": "192.168.1.1"}}"#,
            "neighbour_remove",
        ),
        (r#"{"connectivity": {"interface": "Ethernet", "internet": "nowhere"}}"#, "connectivity"),
        (r#"{"filter": {"interface": "Ethernet", "top_connected": false}}"#, "filter"),
        (
            r#"{"above": {"higher": "Ethernet", "lower": "Loopback Pseudo-Interface 1", "present": true}}"#,
            "above",
        ),
        (r#"{"interface_disable": {"interface": "Ethernet"}}"#, "interface_disable"),
        (r#"{"interface_enable": {"interface": "Ethernet"}}"#, "interface_enable"),
        (r#"{"ipv4_present": {"present": false}}"#, "ipv4_present"),
        (r#"{"ipv6_present": {"present": false}}"#, "ipv6_present"),
    ];
    let (names, machine) = play(&events.map(|event| event.0));
    assert_eq!(names, events.map(|event| event.1));
    let ethernet = machine.env().interface_by_alias("Ethernet").expect("it is back");
    assert!(ethernet.v4.is_none() && ethernet.v6.is_none());
}

#[test]
fn an_interface_brings_what_lies_on_it() {
    let add = r#"{"interface_add": {"alias": "vSwitch", "above": ["Ethernet"],
        "ipv4": {"addresses": [{"address": "10.0.0.1/24", "skip_as_source": true}], "anycast": ["10.0.0.9"]}}}"#;
    let (names, machine) = play(&[add]);
    assert_eq!(names, ["interface_add", "above", "address_add", "anycast_add"]);
    let env = machine.env();
    let luid = env.interface_by_alias("vSwitch").expect("vSwitch").luid;
    let address = env.address_table().of(luid).next().expect("an address");
    assert!(address.skip_as_source && address.dad_ms == Some(3000), "{address:?}");
}

#[test]
fn what_a_connectivity_event_leaves_out_stays() {
    let (_, machine) = play(&[
        r#"{"connectivity": {"interface": "Ethernet", "cost": "variable", "roaming": true}}"#,
        r#"{"connectivity": {"interface": "Ethernet", "internet": "constrained"}}"#,
    ]);
    let now = machine.env().interface_by_alias("Ethernet").expect("Ethernet").connectivity;
    assert_eq!((now.cost, now.roaming), (3, true));
    assert_eq!(now.internet, netiosim_model::interface::Internet::Constrained);
}

#[test]
fn what_a_route_set_leaves_out_stays() {
    let route =
        r#""interface": "Ethernet", "destination": "10.0.0.0/8", "next_hop": "192.168.1.9""#;
    let (_, machine) = play(&[
        &format!("{{\"route_add\": {{{route}, \"metric\": 7, \"protocol\": 8}}}}"),
        &format!("{{\"route_set\": {{{route}, \"valid_s\": 60}}}}"),
    ]);
    let ten = "10.0.0.0".parse().expect("an address");
    let route = machine.env().routes().to_prefix(None, ten, 8).next().expect("the route");
    assert_eq!((route.metric, route.protocol, route.valid_ms), (7, 8, Some(60_000)));
}

#[test]
fn lifetimes_that_are_left_out_are_those_of_the_standard() {
    let event = r#"{"router_advertisement": {"interface": "Ethernet", "router": "fe80::1", "prefix": "2001:db8::/64"}}"#;
    let Change::RouterAdvertisement(heard) = change(event) else { panic!("an advertisement") };
    let RouterAdvertisement { router_lifetime_s, valid_s, preferred_s, .. } = heard;
    assert_eq!((router_lifetime_s, valid_s, preferred_s), (1800, 30 * 86_400, 7 * 86_400));
    let event = r#"{"dhcp_lease": {"interface": "Ethernet", "address": "10.0.0.7/8"}}"#;
    let Change::DhcpLease(lease) = change(event) else { panic!("a lease") };
    assert_eq!((lease.lease_s, lease.gateway), (86_400, None));
}

#[test]
fn an_adapter_that_is_not_disabled_cannot_be_enabled() {
    let (program, mut machine) = prepared(&[
        r#"{"interface_enable": {"interface": "Ethernet"}}"#,
        r#"{"interface_disable": {"interface": "Ethernet"}}"#,
    ]);
    let all = changes(&program.timeline[0].1, &machine, &program);
    let error = machine.change(None, &all[0], &mut First::default()).expect_err("it is enabled");
    assert!(error.to_string().contains("no disabled adapter"), "{error}");
}
