//! Reports call a registration without a name by its kind and a number.

use netiosim_sim::Stack;

#[test]
fn each_kind_is_counted_for_itself() {
    let stack = Stack::new();
    let _ports = [(); 2].map(|()| stack.on_teredo_port_change(|_| {}).unwrap());
    let _rows = stack.on_ip_interface_change(None, |_| {}).unwrap();
    let _addresses = stack.on_unicast_address_change(None, |_| {}).unwrap();
    let _routes = stack.on_route_change(None, |_| {}).unwrap();
    let _hints = stack.on_connectivity_hint_change(|_| {}).unwrap();
    let names: Vec<String> = stack
        .calls()
        .iter()
        .map(|call| call.args.name().expect("all of them register").to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "teredo-port-1",
            "teredo-port-2",
            "ip-interface-1",
            "unicast-address-1",
            "route-1",
            "connectivity-hint-1",
        ]
    );
}
