//! LUID, index, GUID, alias and name of an interface lead to each other (CV-17).

use std::net::Ipv4Addr;

use netiosim_sim::Stack;
use netiosim_sim::model::net::Luid;

#[test]
fn round_trips() {
    let stack = Stack::new();
    let interfaces = stack.interfaces().unwrap();
    assert!(interfaces.len() >= 3);
    for row in &interfaces {
        // CV-17
        assert_eq!(stack.luid_of_index(stack.index_of(row.luid).unwrap()), Ok(row.luid));
        assert_eq!(stack.luid_of_guid(stack.guid_of(row.luid).unwrap()), Ok(row.luid));
        assert_eq!(stack.luid_of_alias(&stack.alias_of(row.luid).unwrap()), Ok(row.luid));
        let name = stack.name_of(row.luid).unwrap();
        let mut luid = Luid(0);
        assert_eq!(stack.convert_interface_name_to_luid_w(Some(&name), Some(&mut luid)), 0);
        assert_eq!(luid, row.luid);
        assert_eq!(stack.if_nametoindex(Some(&name)), row.index);
        assert_eq!(stack.if_indextoname(row.index, true), Some(name));
        assert_eq!(stack.interface(row.luid).unwrap().alias, row.alias);
    }
}

#[test]
fn failures_reset_what_was_there() {
    let stack = Stack::new();
    let mut luid = Luid(5);
    assert_eq!(
        stack.convert_interface_alias_to_luid(Some("nothing"), Some(&mut luid)),
        87,
        "CV-01"
    );
    assert_eq!(luid, Luid(0), "CV-01");
    assert_eq!(stack.convert_interface_alias_to_luid(None, Some(&mut luid)), 87, "CV-01");
    assert_eq!(stack.convert_interface_index_to_luid(99, Some(&mut luid)), 2, "CV-03");
    assert_eq!(stack.convert_interface_index_to_luid(2, None), 87, "CV-05");
    let mut index = 5;
    assert_eq!(stack.convert_interface_luid_to_index(Some(Luid(7)), Some(&mut index)), 87, "CV-06");
    assert_eq!(index, 0, "CV-06");
    // CV-14
    assert_eq!(stack.if_nametoindex(Some("nothing")), 0);
    assert_eq!(stack.if_nametoindex(None), 0);
    assert_eq!(stack.if_indextoname(99, true), None);
    assert_eq!(stack.if_indextoname(2, false), None);
}

#[test]
fn a_buffer_has_to_hold_the_terminator() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    let mut alias = String::from("before");
    // CV-08: characters, the terminator included.
    assert_eq!(stack.convert_interface_luid_to_alias(Some(luid), Some(&mut alias), 8), 8);
    assert_eq!(alias, "before");
    assert_eq!(stack.convert_interface_luid_to_alias(Some(luid), Some(&mut alias), 9), 0);
    assert_eq!(alias, "Ethernet");
    assert_eq!(stack.convert_interface_luid_to_alias(None, Some(&mut alias), 9), 87, "CV-09");
    let mut name = String::new();
    assert_eq!(stack.convert_interface_luid_to_name_a(Some(luid), Some(&mut name), 4), 8, "CV-10");
    assert_eq!(stack.convert_interface_luid_to_name_w(Some(luid), Some(&mut name), 257), 0);
    assert_eq!(name, "ethernet_1");
}

#[test]
fn masks() {
    let stack = Stack::new();
    let mut length = 77;
    let mask = Ipv4Addr::new(255, 255, 240, 0);
    assert_eq!(stack.convert_ipv4_mask_to_length(mask, Some(&mut length)), 0);
    assert_eq!(length, 20);
    // CV-15
    assert_eq!(
        stack.convert_ipv4_mask_to_length(Ipv4Addr::new(255, 0, 255, 0), Some(&mut length)),
        87
    );
    let mut back = Ipv4Addr::UNSPECIFIED;
    assert_eq!(stack.convert_length_to_ipv4_mask(20, Some(&mut back)), 0);
    assert_eq!(back, mask);
    assert_eq!(stack.convert_length_to_ipv4_mask(300, Some(&mut back)), 87);
    assert_eq!(back, Ipv4Addr::BROADCAST);
}
