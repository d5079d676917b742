//! GetAdaptersInfo: IPv4 only, and without the loopback interface.

use std::net::Ipv4Addr;

use crate::adapters::{Bench, ETHERNET, ip};
use netiosim_model::api::adapters::{ADDR_STRING_SIZE, INFO_SIZE};
use netiosim_model::build::home;
use netiosim_model::change::{Change, DhcpLease};
use netiosim_model::interface::{Interface, Services, ServicesEdit, if_type};
use netiosim_model::table::{DadState, Route, UnicastAddress};

fn v4(text: &str) -> Ipv4Addr {
    text.parse().expect("an address")
}

#[test]
fn ad_27_ad_28_neither_ipv6_nor_the_loopback() {
    let all = Bench::new().info();
    assert_eq!(all.list.len(), 1, "neither loopback nor Teredo: {all:?}");
    let one = &all.list[0];
    assert_eq!(one.name, "{00060000-0100-0000-8000-000000000002}");
    assert_eq!(one.description, "Simulated Ethernet Adapter");
    assert_eq!((one.index, one.if_type), (2, 6));
    assert_eq!(one.physical_address, [2, 0, 0x5E, 0, 0, 2]);
    assert_eq!(one.addresses, [(v4("192.168.1.10"), v4("255.255.255.0"))]);
    assert_eq!(one.gateways, [v4("192.168.1.1")]);
    assert_eq!((one.dhcp_enabled, one.dhcp_server), (false, None));
    assert_eq!((one.lease_obtained, one.lease_expires), (0, 0));
    assert!(one.wins_servers.is_empty());
}

#[test]
fn an_adapter_without_an_address_has_zeros() {
    let mut env = home();
    env.place_interface(Interface::new("USB", if_type::ETHERNET, 2, 9)).expect("free keys");
    let mut bench = Bench::with(env);
    let usb = |bench: &mut Bench| bench.info().list[1].clone();
    assert_eq!(usb(&mut bench).addresses, [(v4("0.0.0.0"), v4("0.0.0.0"))]);
    assert_eq!(usb(&mut bench).gateways, [v4("0.0.0.0")]);
    // Chosen: an address that is tentative is none yet.
    let luid = bench.machine.env().interface_by_alias("USB").expect("it").luid;
    let address = UnicastAddress::new(luid, ip("10.0.0.1"), 8);
    bench.change(&Change::AddressAdd { address, optimistic: false });
    assert_eq!(usb(&mut bench).addresses, [(v4("0.0.0.0"), v4("0.0.0.0"))]);
    bench.pass(3_000);
    assert_eq!(usb(&mut bench).addresses, [(v4("10.0.0.1"), v4("255.0.0.0"))]);
}

#[test]
fn further_addresses_gateways_and_wins_servers_take_room_of_their_own() {
    let mut env = home();
    let mut usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    let wins_servers = vec![v4("10.0.0.3"), v4("10.0.0.4"), v4("10.0.0.5")];
    usb.services = Services { wins_servers, ..Services::default() };
    let luid = usb.luid;
    env.place_interface(usb).expect("free keys");
    for (text, length) in [("10.0.0.1", 8), ("10.0.0.2", 0), ("10.0.0.9", 32)] {
        env.place_address(UnicastAddress::new(luid, ip(text), length));
    }
    for hop in ["10.0.0.253", "10.0.0.254"] {
        env.place_route(Route::new(luid, ip("0.0.0.0"), 0, ip(hop)));
    }
    let info = Bench::with(env).info();
    let usb = &info.list[1];
    let masks: Vec<String> = usb.addresses.iter().map(|(_, mask)| mask.to_string()).collect();
    assert_eq!(masks, ["255.0.0.0", "0.0.0.0", "255.255.255.255"]);
    assert_eq!(usb.gateways, [v4("10.0.0.253"), v4("10.0.0.254")]);
    assert_eq!(usb.wins_servers.len(), 3);
    // Two more addresses, one more gateway, one more secondary WINS server.
    assert_eq!(usb.size(), u64::from(INFO_SIZE + 4 * ADDR_STRING_SIZE));
    assert_eq!(u64::from(info.size), u64::from(INFO_SIZE) + usb.size());
}

#[test]
fn ad_29_a_lease_with_its_server_and_times() {
    let mut bench = Bench::new();
    let dhcp_enabled = Some(true);
    let edit = ServicesEdit { dhcp_enabled, ..ServicesEdit::default() };
    bench.change(&Change::ServicesSet { luid: ETHERNET, edit });
    let one = bench.info().list[0].clone();
    assert_eq!((one.dhcp_enabled, one.dhcp_server), (true, Some(Ipv4Addr::BROADCAST)), "searched");
    bench.pass(60_000);
    bench.change(&Change::DhcpLease(DhcpLease {
        luid: ETHERNET,
        address: v4("10.0.0.50"),
        prefix_length: 24,
        gateway: Some(v4("10.0.0.1")),
        lease_s: 3_600,
    }));
    bench.pass(10_000);
    let one = bench.info().list[0].clone();
    assert_eq!(one.dhcp_server, Some(v4("10.0.0.1")));
    // 1 January 2020, when every machine begins, in seconds since 1970.
    let start = 1_577_836_800;
    assert_eq!((one.lease_obtained, one.lease_expires), (start + 60, start + 60 + 3_600));
}

#[test]
fn a_lease_without_end_expires_at_the_end_of_32_bits() {
    let mut env = home();
    let mut address = UnicastAddress::new(ETHERNET, ip("10.0.0.50"), 24);
    address.prefix_origin = netiosim_model::table::PrefixOrigin::Dhcp;
    assert_eq!(address.dad, DadState::Preferred);
    env.place_address(address);
    let one = Bench::with(env).info().list[0].clone();
    assert!(one.dhcp_enabled, "an interface with a lease has DHCP");
    assert_eq!(one.lease_expires, 0x7FFF_FFFF);
}

#[test]
fn a_long_description_is_cut_and_what_is_not_ascii_is_a_question_mark() {
    let mut env = home();
    let mut usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    usb.description = format!("Gerät {}", "x".repeat(300));
    env.place_interface(usb).expect("free keys");
    let one = Bench::with(env).info().list[1].clone();
    assert_eq!(one.description, format!("Ger?t {}", "x".repeat(125)));
}
