//! A notification row promises its keys and lasts as long as its callback (NI-12 to NI-14).

use std::sync::{Arc, Mutex};

use netiosim_sim::model::machine::RowRead;
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::{Family, NotificationType};
use netiosim_sim::model::row::FieldValue;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{IpInterfaceRow, Stack};

#[test]
fn the_keys_lead_to_the_full_row() {
    let stack = Stack::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = seen.clone();
    let _registration = stack
        .on_ip_interface_change(Family::V4, move |change| {
            let row = change.row.expect("a change has a row");
            assert_eq!(change.kind, NotificationType::Parameter);
            log.lock().unwrap().push((row.family(), row.entry().unwrap().get(Member::NlMtu)));
        })
        .unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.set_mtu("Ethernet", Family::V6, 1300).unwrap();
    stack.run_until_idle();
    assert_eq!(*seen.lock().unwrap(), [(Family::V4, Some(1400))]);
}

#[test]
fn another_member_is_not_promised() {
    let stack = Stack::new();
    let _registration = stack
        .on_ip_interface_change(Family::V4, |change| {
            let row = change.row.unwrap();
            assert_eq!(row.read(Member::InterfaceIndex), FieldValue::Number(row.index().into()));
            assert_ne!(row.read(Member::NlMtu), FieldValue::Number(1400));
        })
        .unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::RowNonKeyMember);
}

#[test]
fn it_must_not_be_kept_or_freed() {
    let stack = Stack::new();
    let kept = Arc::new(Mutex::new(None));
    let keep = kept.clone();
    let _registration = stack
        .on_ip_interface_change(Family::V4, move |change| {
            let row = change.row.unwrap();
            row.free();
            *keep.lock().unwrap() = Some(row.leak());
        })
        .unwrap();
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    let row = kept.lock().unwrap().take().unwrap();
    assert_eq!(stack.row_read(row, Member::InterfaceIndex), RowRead::Gone);
    let rules: Vec<Rule> = stack.take_findings().iter().map(|finding| finding.rule).collect();
    assert_eq!(rules, [Rule::RowFreed, Rule::RowAfterCallback]);
}

#[test]
fn the_plain_query_fills_the_row_and_leaves_it_alone_on_failure() {
    let stack = Stack::new();
    let mut row =
        IpInterfaceRow { family: 2, luid: stack.luid("Ethernet").unwrap(), ..Default::default() };
    assert_eq!(stack.get_ip_interface_entry(Some(&mut row)), 0);
    assert_eq!(row.members.get(Member::NlMtu), Some(1500));
    assert_ne!(row.index, 0);
    let mut unknown = IpInterfaceRow { family: 2, index: 999, ..Default::default() };
    let before = unknown.clone();
    assert_eq!(stack.get_ip_interface_entry(Some(&mut unknown)), 2);
    assert_eq!(unknown, before);
    assert_eq!(stack.get_ip_interface_entry(None), 87);
    assert_eq!(stack.get_teredo_port(None), 87);
}

#[test]
fn a_lent_row_names_its_interface() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let [rows, addresses, routes] = [(); 3].map(|()| seen.clone());
    let _rows = stack.on_ip_interface_change(Family::V4, move |change| {
        let row = change.row.expect("a change has a row");
        rows.lock().unwrap().push(("row", row.luid(), row.index()));
    });
    let _addresses = stack.on_unicast_address_change(Family::V4, move |change| {
        let row = change.row.expect("a change has a row");
        addresses.lock().unwrap().push(("address", row.luid(), row.index()));
    });
    let _routes = stack.on_route_change(Family::V4, move |change| {
        let row = change.row.expect("a change has a row");
        routes.lock().unwrap().push(("route", row.luid(), row.index()));
    });
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    stack.add_route("Ethernet", "172.16.0.0/12", None).unwrap();
    stack.run_until_idle();
    stack.add_address("Ethernet", "10.0.0.5/24").unwrap();
    stack.run_until_idle();
    let seen = seen.lock().unwrap();
    for what in ["row", "address", "route"] {
        assert!(seen.contains(&(what, luid, 2)), "{what}: {seen:?}");
    }
}
