//! A program that has the machine behind `NetIo` is answered what the functions of the same names answer.

use std::net::IpAddr;

use netiosim_api::{
    Address, DadState, Error, Family, Guid, IpInterfaceKey, Luid, MediaState, NetIo, OperStatus,
    RouteKey, UnicastKey,
};
use netiosim_sim::Stack;
use netiosim_sim::model::change::Change;
use netiosim_sim::model::event::Function;
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net;
use netiosim_sim::model::status::{Flavour, Status};

fn ethernet(net: &dyn NetIo) -> Luid {
    net.luid_of_alias("Ethernet").expect("the home machine has it")
}

#[test]
fn names_of_interfaces_and_the_port() {
    let stack = Stack::builder().teredo_port(51_234).build();
    let net: &dyn NetIo = &stack.handle();
    let luid = ethernet(net);
    assert_eq!(luid.0, stack.luid("Ethernet").unwrap().0);
    assert_eq!(net.index_of(luid), Ok(2));
    assert_eq!(net.luid_of_index(2), Ok(luid));
    assert_eq!(net.alias_of(luid).as_deref(), Ok("Ethernet"));
    assert_eq!(net.teredo_port(), Ok(51_234));
}

#[test]
fn an_interface() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let luid = ethernet(net);
    let env = stack.env();
    let model = env.interface_by_alias("Ethernet").unwrap();
    let interface = net.interface(luid).unwrap();
    assert_eq!((interface.luid, interface.index, interface.if_type), (luid, 2, 6));
    assert_eq!((interface.guid, interface.mtu), (Guid(model.guid.0), 1500));
    assert_eq!(interface.description, "Simulated Ethernet Adapter");
    assert_eq!(interface.physical_address, [0x02, 0, 0x5E, 0, 0, 0x02]);
    assert_eq!((interface.oper_status, interface.media), (OperStatus::Up, MediaState::Connected));
    assert_eq!(interface.transmit_link_speed_bps, model.speed_bps);
    assert!(interface.admin_up);

    let all = net.interfaces().unwrap();
    assert_eq!(all.len(), env.interfaces().count());
    assert!(all.contains(&interface));
    assert!(all.iter().any(|one| one.tunnel_type == 14), "the Teredo interface");
}

#[test]
fn an_interface_that_the_administrator_took_down() {
    let stack = Stack::new();
    let luid = stack.luid("Ethernet").unwrap();
    let down =
        Change::LinkSet { luid, connected: None, admin_up: Some(false), mtu: None, alias: None };
    stack.change(&down).unwrap();
    let interface = NetIo::interface(&stack, Luid(luid.0)).unwrap();
    assert!(!interface.admin_up);
    assert_eq!(interface.oper_status, OperStatus::Down);
}

#[test]
fn an_ip_interface_by_its_luid_or_its_index() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let luid = ethernet(net);
    let v6 = IpInterfaceKey { family: Family::V6, luid, index: 2 };
    let row = net.ip_interface(v6).unwrap();
    assert_eq!(row.key, v6);
    assert!(row.connected && row.automatic_metric);
    assert!(!row.forwarding_enabled && !row.default_routes_disabled);
    assert_eq!((row.mtu, row.dad_transmits), (1500, 1));
    assert_eq!(net.ip_interface(IpInterfaceKey { index: 0, ..v6 }).as_ref(), Ok(&row));
    assert_eq!(net.ip_interface(IpInterfaceKey { luid: Luid(0), ..v6 }).as_ref(), Ok(&row));
    let v4 = net.ip_interface(IpInterfaceKey { family: Family::V4, ..v6 }).unwrap();
    assert_eq!(v4.key.family, Family::V4);

    let rows = |family| net.ip_interfaces(family).unwrap();
    assert!(rows(Some(Family::V6)).contains(&row) && !rows(Some(Family::V6)).contains(&v4));
    assert!(rows(Some(Family::V4)).contains(&v4) && !rows(Some(Family::V4)).contains(&row));
    let both = rows(None).len();
    assert_eq!(both, rows(Some(Family::V4)).len() + rows(Some(Family::V6)).len());
}

#[test]
fn each_switch_of_an_ip_interface() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let key = IpInterfaceKey { family: Family::V4, luid: ethernet(net), index: 0 };
    let switches = || {
        let row = net.ip_interface(key).expect("there is such a row");
        let automatic = row.automatic_metric;
        (row.connected, automatic, row.forwarding_enabled, row.default_routes_disabled)
    };
    assert_eq!(switches(), (true, true, false, false));
    let set = |member, value| {
        stack.set_member("Ethernet", net::Family::V4, member, value).expect("it may be set");
    };
    set(Member::ForwardingEnabled, 1);
    assert_eq!(switches(), (true, true, true, false));
    set(Member::DisableDefaultRoutes, 1);
    assert_eq!(switches(), (true, true, true, true));
    set(Member::UseAutomaticMetric, 0);
    assert_eq!(switches(), (true, false, true, true));
    stack.set_connected("Ethernet", false).unwrap();
    assert_eq!(switches(), (false, false, true, true));
}

#[test]
fn a_unicast_address_by_its_luid_or_its_index() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let ip: IpAddr = [192, 168, 1, 10].into();
    let key = UnicastKey { address: ip.into(), luid: ethernet(net), index: 2 };
    let row = net.unicast_address(key).unwrap();
    assert_eq!((row.key, row.prefix_length, row.dad_state), (key, 24, DadState::Preferred));
    assert_eq!(net.unicast_address(UnicastKey { index: 0, ..key }).as_ref(), Ok(&row));
    assert_eq!(net.unicast_address(UnicastKey { luid: Luid(0), ..key }).as_ref(), Ok(&row));
    let v4 = net.unicast_addresses(Some(Family::V4)).unwrap();
    assert!(v4.contains(&row) && v4.iter().all(|row| row.key.address.family() == Family::V4));
    for row in net.unicast_addresses(None).unwrap() {
        assert_eq!(net.unicast_address(row.key), Ok(row));
    }
}

#[test]
fn a_link_local_address_has_the_scope_of_its_interface() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    let rows = net.unicast_addresses(Some(Family::V6)).unwrap();
    let own = rows.iter().find(|row| row.key.luid == ethernet(net)).expect("it has one");
    let ip = "fe80::5eff:fe00:2".parse::<IpAddr>().unwrap();
    assert_eq!(own.key.address, Address { ip, scope_id: 2 });
    assert_eq!(net.unicast_address(own.key).as_ref(), Ok(own));
}

#[test]
fn a_route_by_its_luid_or_its_index_and_the_best_one() {
    let stack = Stack::new();
    let net: &dyn NetIo = &stack;
    stack.add_route("Ethernet", "10.0.0.0/8", Some("192.168.1.2")).unwrap();
    let key = RouteKey {
        luid: ethernet(net),
        index: 2,
        destination: IpAddr::from([10, 0, 0, 0]).into(),
        prefix_length: 8,
        next_hop: IpAddr::from([192, 168, 1, 2]).into(),
    };
    let route = net.route(key).unwrap();
    assert_eq!((route.key, route.metric, route.protocol), (key, 0, 3));
    assert_eq!(net.route(RouteKey { index: 0, ..key }).as_ref(), Ok(&route));
    assert_eq!(net.route(RouteKey { luid: Luid(0), ..key }).as_ref(), Ok(&route));
    assert!(net.routes(Some(Family::V4)).unwrap().contains(&route));
    assert!(!net.routes(Some(Family::V6)).unwrap().contains(&route));
    for route in net.routes(None).unwrap() {
        assert_eq!(net.route(route.key), Ok(route));
    }
    let best = net.best_route([10, 1, 2, 3].into()).unwrap();
    assert_eq!((best.route.key, best.source.ip), (key, [192, 168, 1, 10].into()));
}

#[test]
fn a_failure_has_the_function_and_its_win32_code_whatever_the_flavour() {
    let code = |error: Error| (error.function(), error.code());
    for flavour in [Flavour::User, Flavour::Kernel] {
        let stack = Stack::builder().flavour(flavour).build();
        let net: &dyn NetIo = &stack;
        let nobody = Luid(0x0006_0000_7700_0000);
        assert_eq!(code(net.interface(nobody).unwrap_err()), ("GetIfEntry2", 2));
        let alias = net.luid_of_alias("no such").unwrap_err();
        assert_eq!(code(alias), ("ConvertInterfaceAliasToLuid", 87));
        assert_eq!(code(net.index_of(nobody).unwrap_err()), ("ConvertInterfaceLuidToIndex", 87));
        assert_eq!(code(net.alias_of(nobody).unwrap_err()), ("ConvertInterfaceLuidToAlias", 87));
        stack.stop_teredo().unwrap();
        assert_eq!(code(net.teredo_port().unwrap_err()), ("GetTeredoPort", 21));
    }
}

#[test]
fn a_table_without_rows_is_empty_and_a_missing_stack_is_an_error() {
    let stack = Stack::builder().no_ipv6().build();
    let missing = NetIo::unicast_addresses(&stack, Some(Family::V6)).unwrap_err();
    assert_eq!(missing.code(), Error::NOT_SUPPORTED);
    for row in NetIo::unicast_addresses(&stack, None).unwrap() {
        let alias = NetIo::alias_of(&stack, row.key.luid).unwrap();
        stack.remove_address(&alias, &row.key.address.to_string()).unwrap();
    }
    assert_eq!(stack.handle().unicast_addresses(None).unwrap_err().code, 1168, "UT-03");
    assert_eq!(NetIo::unicast_addresses(&stack, None), Ok(Vec::new()));
}

#[test]
fn a_stubbed_success_that_wrote_nothing_is_an_error() {
    let stack = Stack::new();
    let _fault = stack.fail(Function::GetIfTable2, Status::Success);
    let error = NetIo::interfaces(&stack).unwrap_err();
    assert_eq!((error.code(), error.name()), (13, Some("ERROR_INVALID_DATA")));
}
