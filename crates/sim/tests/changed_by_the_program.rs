//! A program fills a row, sets it, and finds what it set.

use std::net::IpAddr;

use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::table::RouteKey;
use netiosim_sim::{HintRow, IpInterfaceRow, Stack};

#[test]
fn an_address() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    let row = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    assert_eq!(row.on_link_prefix_length, 24);
    stack.create_unicast_address(&row).unwrap();
    assert_eq!(stack.unicast_address(luid, [10, 0, 0, 5]).unwrap().on_link_prefix_length, 24);
    let mut row = stack.unicast_address(luid, [10, 0, 0, 5]).unwrap();
    row.skip_as_source = true;
    stack.set_unicast_address(&row).unwrap();
    assert!(stack.unicast_address(luid, [10, 0, 0, 5]).unwrap().skip_as_source);
}

#[test]
fn an_ip_interface() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    let mut row = IpInterfaceRow { family: 2, luid, ..IpInterfaceRow::default() };
    assert_eq!(stack.get_ip_interface_entry(Some(&mut row)), 0);
    row.members.set(Member::NlMtu, 1400);
    row.members.set(Member::SitePrefixLength, 0);
    stack.set_ip_interface(&row).unwrap();
    let rows = stack.ip_interfaces(Family::V4).unwrap();
    let row = rows.iter().find(|row| row.luid == luid).expect("it is there");
    assert_eq!(row.members.get(Member::NlMtu), Some(1400));
}

#[test]
fn a_route_and_the_best_way() {
    let stack = Stack::new();
    let key = RouteKey {
        luid: stack.luid("Ethernet").unwrap(),
        destination: [10, 0, 0, 0].into(),
        prefix_length: 8,
        next_hop: [192, 168, 1, 2].into(),
    };
    assert_eq!(stack.route(key).unwrap_err().code, 1168);
    let row = stack.new_route(key).unwrap();
    assert_eq!((row.metric, row.protocol, row.site_prefix_length), (0, 3, 0));
    stack.create_route(&row).unwrap();
    let found = stack.route(key).unwrap();
    assert_eq!((found.luid, found.prefix_length, found.index), (key.luid, 8, 2));
    assert_eq!(found.next_hop.to_string(), "192.168.1.2");
    assert_eq!(stack.best_route([10, 1, 2, 3]).unwrap().route, found);
    assert_eq!(stack.best_interface([10, 1, 2, 3]), Ok(2));
    let own: IpAddr = [127, 0, 0, 1].into();
    assert_eq!(stack.best_interface(own), Ok(1), "the loopback interface");
}

#[test]
fn interfaces_of_a_level() {
    let stack = Stack::new();
    let mut table = None;
    assert_eq!(stack.get_if_table2_ex(7, Some(&mut table)), 87);
    assert_eq!(table, None);
    assert_eq!(stack.get_if_table2_ex(1, None), 87);
    assert_eq!(stack.get_if_table2_ex(1, Some(&mut table)), 0);
    let table = stack.adopt::<netiosim_sim::IfRow>(table.expect("it was written"));
    assert_eq!(table.len(), stack.interfaces().unwrap().len());
}

#[test]
fn the_hint_with_the_codes_of_the_pages() {
    let stack = Stack::new();
    let (mut machine, mut ethernet) = (HintRow::default(), HintRow::default());
    assert_eq!(stack.get_network_connectivity_hint(Some(&mut machine)), 0);
    assert_eq!(Ok(machine), stack.connectivity_hint());
    assert_eq!(stack.get_network_connectivity_hint_for_interface(2, Some(&mut ethernet)), 0);
    assert_eq!(Ok(ethernet), stack.connectivity_hint_of(2));
    assert_ne!(machine, HintRow::default());
    assert_ne!(ethernet, HintRow::default());
    assert_eq!(stack.get_network_connectivity_hint(None), 87);
    let before = ethernet;
    let absent = stack.get_network_connectivity_hint_for_interface(77, Some(&mut ethernet));
    assert_eq!(Some(absent), stack.connectivity_hint_of(77).err().map(|error| error.code));
    assert_eq!(ethernet, before, "what a call that fails does not write keeps its value");
}
