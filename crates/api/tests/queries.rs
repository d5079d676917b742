//! Every query, over a simulated stack, in every mode.

use std::net::IpAddr;

use netiosim_api::{DadState, Error, Family, Luid, MediaState, NetIo, OperStatus};
use netiosim_sim::{Mode, Stack};

const MODES: [Mode; 3] = [Mode::Manual, Mode::Controlled, Mode::Threads];

/// Takes the machine as a program would.
fn look(net: &dyn NetIo) {
    let luid = net.luid_of_alias("Ethernet").unwrap();
    assert_eq!(luid.if_type(), 6);
    let index = net.index_of(luid).unwrap();
    assert_eq!(net.luid_of_index(index), Ok(luid));
    assert_eq!(net.alias_of(luid).as_deref(), Ok("Ethernet"));

    let interface = net.interface(luid).unwrap();
    assert_eq!((interface.alias.as_str(), interface.index), ("Ethernet", index));
    assert_eq!((interface.oper_status, interface.media), (OperStatus::Up, MediaState::Connected));
    assert!(interface.admin_up && interface.physical_address.len() == 6);
    assert_eq!((interface.if_type, interface.mtu), (6, 1500));
    let all = net.interfaces().unwrap();
    assert!(all.contains(&interface) && all.iter().any(|one| one.tunnel_type == 14));

    let rows = net.ip_interfaces(Some(Family::V6)).unwrap();
    let row = rows.iter().find(|row| row.key.luid == luid).unwrap();
    assert!(row.connected && row.automatic_metric && row.dad_transmits == 1 && row.mtu == 1500);
    assert_eq!(net.ip_interface(row.key).as_ref(), Ok(row));
    let v4 = net.ip_interfaces(Some(Family::V4)).unwrap();
    assert!(v4.iter().all(|row| row.key.family == Family::V4) && !v4.is_empty());
    assert_eq!(net.ip_interfaces(None).unwrap().len(), v4.len() + rows.len());

    let v4 = net.unicast_addresses(Some(Family::V4)).unwrap();
    let own: IpAddr = [192, 168, 1, 10].into();
    let address = v4.iter().find(|row| row.key.address.ip == own).unwrap();
    assert_eq!((address.key.luid, address.prefix_length), (luid, 24));
    assert_eq!(address.dad_state, DadState::Preferred);
    assert_eq!(address.valid_lifetime_s, u32::MAX);
    assert_eq!(net.unicast_address(address.key).as_ref(), Ok(address));
    for row in net.unicast_addresses(None).unwrap() {
        assert_eq!(net.unicast_address(row.key), Ok(row));
    }

    let routes = net.routes(None).unwrap();
    let default = routes.iter().find(|route| route.key.is_default()).unwrap();
    assert_eq!(default.key.next_hop.to_string(), "192.168.1.1");
    assert_eq!(default.key.family(), Family::V4);
    for route in &routes {
        assert_eq!(net.route(route.key).as_ref(), Ok(route));
    }
    let best = net.best_route([8, 8, 8, 8].into()).unwrap();
    assert_eq!((best.route.key, best.source.ip), (default.key, own));

    assert_eq!(net.teredo_port(), Ok(50_000));
}

#[test]
fn every_query_answers_in_every_mode() {
    for mode in MODES {
        let stack = Stack::builder().mode(mode).teredo_port(50_000).build();
        look(&stack);
        look(&stack.handle());
        look(&&stack);
        look(&std::sync::Arc::new(stack.handle()));
        look(&(Box::new(stack.handle()) as Box<dyn NetIo>));
    }
}

#[test]
fn what_is_not_there_has_the_code_of_its_function() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let nobody = Luid(0x0006_0000_7700_0000);
    let code = |error: Error| (error.function(), error.code());
    assert_eq!(code(net.interface(nobody).unwrap_err()), ("GetIfEntry2", 2));
    let mut row = net.ip_interfaces(None).unwrap().remove(0).key;
    row.luid = nobody;
    assert_eq!(code(net.ip_interface(row).unwrap_err()), ("GetIpInterfaceEntry", 2));
    let mut address = net.unicast_addresses(Some(Family::V4)).unwrap().remove(0).key;
    address.address.ip = [10, 9, 8, 7].into();
    let error = net.unicast_address(address).unwrap_err();
    assert!(error.is_gone());
    assert_eq!(code(error), ("GetUnicastIpAddressEntry", 1168));
    let mut route = net.routes(Some(Family::V4)).unwrap().remove(0).key;
    (route.destination.ip, route.prefix_length) = ([10, 9, 8, 0].into(), 24);
    assert!(net.route(route).unwrap_err().is_gone());
    let alias = net.luid_of_alias("no such").unwrap_err();
    assert_eq!(code(alias), ("ConvertInterfaceAliasToLuid", 87));
    assert_eq!(code(net.luid_of_index(77).unwrap_err()), ("ConvertInterfaceIndexToLuid", 2));
    assert_eq!(code(net.index_of(nobody).unwrap_err()), ("ConvertInterfaceLuidToIndex", 87));
    assert_eq!(code(net.alias_of(nobody).unwrap_err()), ("ConvertInterfaceLuidToAlias", 87));
    stack.stop_teredo().unwrap();
    let error = net.teredo_port().unwrap_err();
    assert_eq!(error.to_string(), "GetTeredoPort answered ERROR_NOT_READY (21)");
}

#[test]
fn a_table_without_rows_is_empty_and_a_missing_stack_is_an_error() {
    let stack = Stack::builder().no_ipv6().build();
    let error = NetIo::unicast_addresses(&stack, Some(Family::V6)).unwrap_err();
    assert_eq!(error.code(), Error::NOT_SUPPORTED);
    stack.set_ipv6(true).unwrap();
    for alias in ["Ethernet", "Loopback Pseudo-Interface 1"] {
        for row in NetIo::unicast_addresses(&stack, Some(Family::V4)).unwrap() {
            let _ = stack.remove_address(alias, &row.key.address.to_string());
        }
    }
    let sim = stack.unicast_addresses(Some(Family::V4));
    assert_eq!(sim, Ok(Vec::new()), "ERROR_NOT_FOUND is no rows");
}

#[test]
fn a_driver_s_stack_answers_win32_codes_through_the_seam() {
    use netiosim_sim::model::status::Flavour;

    let stack = Stack::builder().flavour(Flavour::Kernel).build();
    assert!(stack.handle().luid_of_alias("no such").unwrap_err().code > 0xC000_0000);
    assert_eq!(NetIo::luid_of_alias(&stack, "no such").unwrap_err().code(), 87);
}

#[test]
fn a_stubbed_success_that_wrote_nothing_is_an_error() {
    use netiosim_sim::model::event::Function;
    use netiosim_sim::model::status::Status;

    let stack = Stack::new();
    let guard = stack.fail(Function::GetIfTable2, Status::Success);
    match NetIo::interfaces(&stack) {
        Err(error) => assert_eq!((error.code(), error.name()), (13, Some("ERROR_INVALID_DATA"))),
        Ok(interfaces) => panic!("{interfaces:?}"),
    }
    drop(guard);
}
