//! A program asks for the adapters, in the plain and in the friendly form, and the test changes them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use netiosim_sim::model::api::adapters::gaa;
use netiosim_sim::model::event::Function;
use netiosim_sim::model::interface::ServicesEdit;
use netiosim_sim::model::net::Family;
use netiosim_sim::model::status::Status;
use netiosim_sim::{Args, Stack};

#[test]
fn the_size_then_the_list() {
    let stack = Stack::new();
    let (mut size, mut list) = (0, None);
    assert_eq!(stack.get_adapters_addresses(0, 0, None, Some(&mut list)), 87);
    assert_eq!(stack.get_adapters_addresses(0, 0, Some(&mut size), Some(&mut list)), 111);
    assert!(size > 3 * 448 && list.is_none(), "{size}");
    let needed = size;
    assert_eq!(stack.get_adapters_addresses(0, 0, Some(&mut size), Some(&mut list)), 0);
    assert_eq!(size, needed, "a success leaves it alone");
    assert_eq!(list.map(|list| (list.size, list.list.len())), Some((needed, 3)));
    assert_eq!(stack.get_adapters_addresses(7, 0, Some(&mut size), None), 87);
}

#[test]
fn the_older_functions() {
    let stack = Stack::new();
    let (mut size, mut list) = (0, None);
    assert_eq!(stack.get_adapters_info(Some(&mut list), Some(&mut size)), 111);
    assert_eq!(stack.get_adapters_info(Some(&mut list), Some(&mut size)), 0);
    let list = Arc::unwrap_or_clone(list.expect("a list")).list;
    assert_eq!(stack.adapters_info(), Ok(list));
    let mut number = 0;
    assert_eq!(stack.get_number_of_interfaces(Some(&mut number)), 0);
    assert_eq!(stack.get_number_of_interfaces(None), 87);
    assert_eq!(stack.number_of_interfaces(), Ok(number));
}

#[test]
fn services_that_change_are_seen_and_notified_to_nobody() {
    let stack = Stack::new();
    let seen = stack.on_ip_interface_change(None, |_| panic!("no interface changes")).expect("one");
    let dns = |family: Option<Family>| {
        let adapters = stack.adapters(family, 0).expect("adapters");
        adapters[0].dns_servers.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let servers: [IpAddr; 2] = [[9, 9, 9, 9].into(), "2620:fe::fe".parse().expect("an address")];
    stack.set_dns_servers("Ethernet", &servers).expect("an interface");
    assert_eq!(dns(None), ["9.9.9.9", "2620:fe::fe"]);
    assert_eq!(dns(Some(Family::V6)), ["2620:fe::fe"]);
    stack.set_dns_suffix("Ethernet", "example.org").expect("an interface");
    stack.set_dhcp_server("Ethernet", Ipv4Addr::new(10, 0, 0, 1)).expect("an interface");
    let wins_servers = Some(vec![Ipv4Addr::new(10, 0, 0, 2)]);
    let edit = ServicesEdit { wins_servers, ..ServicesEdit::default() };
    stack.set_services("Ethernet", edit).expect("an interface");
    let adapter = stack.adapters(None, gaa::INCLUDE_WINS_INFO).expect("adapters").swap_remove(0);
    assert_eq!(adapter.dns_suffix, "example.org");
    assert_eq!(adapter.dhcpv4_server.expect("a server").to_string(), "10.0.0.1");
    assert_eq!(adapter.wins_servers[0].to_string(), "10.0.0.2");
    stack.set_dhcp_server("Ethernet", None).expect("an interface");
    assert_eq!(stack.adapters(None, 0).expect("adapters")[0].dhcpv4_server, None);
    assert!(stack.set_dns_suffix("Ethrnet", "x").is_err());
    stack.run_until_idle();
    seen.cancel().expect("a cancel");
}

#[test]
fn a_fault_and_the_call_log() {
    let stack = Stack::new();
    let fault = stack.fail(Function::GetAdaptersAddresses, Status::NotEnoughMemory);
    let error = stack.adapters(None, 0).expect_err("a fault");
    assert_eq!((error.code, error.name()), (8, Some("ERROR_NOT_ENOUGH_MEMORY")));
    drop(fault);
    stack.set_ipv6(false).expect("a change");
    let error = stack.adapters(Family::V6, 0).expect_err("nothing to list");
    assert_eq!(
        error.to_string().split(':').next(),
        Some("GetAdaptersAddresses answered ERROR_NO_DATA (232)")
    );
    let calls = stack.calls();
    assert_eq!(calls.len(), 2);
    assert!(matches!(&calls[1].args, args @ Args::Call(_) if args.family() == Some(23)));
    assert_eq!(calls[1].code, Some(232));
}
