//! A program that does not run elevated may look, but not change anything (UC-01, RT-08, IS-01).

use netiosim_sim::model::api::Call;
use netiosim_sim::model::event::Function;
use netiosim_sim::model::net::Luid;
use netiosim_sim::model::row::Row;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::model::table::RouteKey;
use netiosim_sim::{IpInterfaceRow, NeighbourRow, Stack, UnicastRow};

/// What each changing function answers to parameters that are good.
fn codes(stack: &Stack) -> Vec<(Function, u32)> {
    let luid = stack.luid("Ethernet").unwrap();
    let code = |function, row: Row| (function, stack.call(&Call::row(function, row)).code);
    let own = stack.unicast_address(luid, [192, 168, 1, 10]).unwrap();
    let address = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    let key = |destination: [u8; 4]| RouteKey {
        luid,
        destination: destination.into(),
        prefix_length: 8,
        next_hop: [192, 168, 1, 1].into(),
    };
    let route = stack.new_route(key([10, 0, 0, 0])).unwrap();
    let mut interface = IpInterfaceRow { family: 2, luid, ..Default::default() };
    assert_eq!(stack.get_ip_interface_entry(Some(&mut interface)), 0);
    interface.members.set(netiosim_sim::model::member::Member::SitePrefixLength, 0);
    let neighbour = NeighbourRow {
        address: "192.168.1.77".parse().unwrap(),
        luid,
        physical_address: vec![2, 0, 0, 0, 0, 1],
        physical_address_length: 6,
        ..Default::default()
    };
    vec![
        code(Function::SetUnicastIpAddressEntry, own.into()),
        code(Function::CreateUnicastIpAddressEntry, address.clone().into()),
        code(Function::DeleteUnicastIpAddressEntry, address.into()),
        code(Function::CreateIpForwardEntry2, route.clone().into()),
        code(Function::SetIpForwardEntry2, route.clone().into()),
        code(Function::DeleteIpForwardEntry2, route.into()),
        code(Function::SetIpInterfaceEntry, interface.into()),
        code(Function::CreateIpNetEntry2, neighbour.clone().into()),
        code(Function::SetIpNetEntry2, neighbour.clone().into()),
        code(Function::DeleteIpNetEntry2, neighbour.into()),
    ]
}

#[test]
fn access_denied() {
    let stack = Stack::builder().elevated(false).build();
    assert!(!stack.own_process().is_elevated());
    for (function, code) in codes(&stack) {
        // UC-01, RT-08, RT-18, RT-22, IS-01
        assert_eq!(code, 5, "{function}");
    }
    assert!(stack.unicast_addresses(None).is_ok() && stack.routes(None).is_ok());
}

#[test]
fn with_the_right_it_works() {
    for (function, code) in codes(&Stack::new()) {
        assert_eq!(code, 0, "{function}");
    }
}

#[test]
fn a_driver_is_never_asked() {
    let stack = Stack::builder().elevated(false).flavour(Flavour::Kernel).build();
    let luid = stack.luid("Ethernet").unwrap();
    let row = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    assert_eq!(stack.create_unicast_ip_address_entry(Some(&row)), 0, "UC-02");
}

#[test]
fn it_is_a_matter_of_the_process() {
    let stack = Stack::new();
    let tool = stack.process("tool", Flavour::User);
    tool.set_elevated(false);
    let luid = stack.luid("Ethernet").unwrap();
    let row = stack.new_unicast_address(luid, [10, 0, 0, 5], 24).unwrap();
    {
        let _inside = tool.enter();
        let error = stack.create_unicast_address(&row).unwrap_err();
        assert_eq!((error.code, error.name()), (5, Some("ERROR_ACCESS_DENIED")));
        let nowhere = UnicastRow { luid: Luid(77), ..row.clone() };
        assert_eq!(stack.create_unicast_ip_address_entry(Some(&nowhere)), 5);
    }
    assert_eq!(stack.create_unicast_address(&row), Ok(()));
}
