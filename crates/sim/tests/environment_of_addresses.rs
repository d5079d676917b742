//! What happens to addresses, routes and media from outside, in short words.

use netiosim_sim::model::net::Family;
use netiosim_sim::{EnvironmentError, Stack};

fn addresses(stack: &Stack, family: Family) -> Vec<String> {
    let luid = stack.luid("Ethernet").unwrap();
    let env = stack.env();
    let own = env.address_table().of(luid).filter(|address| address.family() == family);
    own.map(|address| format!("{}/{}", address.address, address.prefix_length)).collect()
}

#[test]
fn leases_and_advertisements_bring_addresses_and_routes() {
    let stack = Stack::new();
    let before = stack.env().routes().len();
    stack.dhcp_lease("Ethernet", "192.168.7.50/24", Some("192.168.7.1"), 3600).unwrap();
    assert!(addresses(&stack, Family::V4).contains(&"192.168.7.50/24".to_owned()));
    let luid = stack.luid("Ethernet").unwrap();
    let gateway = |row: &&netiosim_sim::ForwardRow| row.next_hop.to_string() == "192.168.7.1";
    assert_eq!(stack.routes(Family::V4).unwrap().iter().filter(gateway).count(), 1);
    stack.dhcp_release("Ethernet").unwrap();
    assert_eq!(addresses(&stack, Family::V4), ["192.168.1.10/24"]);
    assert_eq!(stack.env().routes().len(), before);
    let count = addresses(&stack, Family::V6).len();
    stack.router_advertisement("Ethernet", "fe80::1", Some("2001:db8::/64")).unwrap();
    assert!(addresses(&stack, Family::V6).len() > count);
    let best = stack.best_route("2001:db9::1".parse::<std::net::IpAddr>().unwrap()).unwrap();
    assert_eq!((best.route.luid, best.route.next_hop.to_string().as_str()), (luid, "fe80::1"));
}

#[test]
fn a_disabled_adapter_keeps_its_luid() {
    let stack = Stack::new();
    let luid = stack.disable("Ethernet").unwrap();
    assert!(stack.interface(luid).is_err());
    assert!(stack.disable("Ethernet").is_err(), "there is none of this alias now");
    stack.enable(luid).unwrap();
    assert_eq!(stack.alias_of(luid).as_deref(), Ok("Ethernet"));
    assert!(stack.enable(luid).is_err());
    stack.set_ipv4(false).unwrap();
    assert_eq!(stack.unicast_addresses(Family::V4).unwrap_err().code, 50, "UT-04");
}

#[test]
fn what_cannot_be_understood_is_said_and_changes_nothing() {
    let stack = Stack::new();
    let before = stack.env();
    let errors = [
        stack.add_address("Ethernet", "10.0.0.5"),
        stack.add_address("Ethernet", "10.0.0.5/33"),
        stack.remove_address("Ethernet", "10.0.0"),
        stack.conflict("Ethernet", "", true),
        stack.dhcp_lease("Ethernet", "fe80::5/64", None, 60),
        stack.dhcp_lease("Ethernet", "10.0.0.5/24", Some("fe80::1"), 60),
        stack.router_advertisement("Ethernet", "10.0.0.1", None),
        stack.router_advertisement("Ethernet", "fe80::1", Some("10.0.0.0/8")),
        stack.add_route("Ethernet", "10.0.0.0/8", Some("fe80::1")),
        stack.remove_route("Ethernet", "10.0.0.0", None),
    ];
    for error in errors {
        let error = error.unwrap_err();
        assert!(matches!(error, EnvironmentError::Text { .. }), "{error}");
        assert!(error.to_string().contains("\" is not an "), "{error}");
    }
    let missing = stack.add_address("Nothing", "10.0.0.5/24").unwrap_err();
    assert_eq!(missing.to_string(), "no interface has the alias \"Nothing\"");
    let twice = stack.add_address("Ethernet", "192.168.1.10/24").unwrap_err();
    assert_eq!(twice.to_string(), "192.168.1.10 is on the interface already");
    assert_eq!(*stack.env(), *before);
}
