//! The members of an adapter that GetAdaptersAddresses tells of.

use crate::adapters::{Bench, ETHERNET, INET, INET6, UNSPEC};
use netiosim_model::api::adapters::{Adapter, adapter_flag};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);

fn teredo(bench: &mut Bench) -> Adapter {
    let luid = bench.machine.env().teredo_luid();
    bench.one(luid, UNSPEC, 0)
}

#[test]
fn ad_15_an_index_is_zero_where_its_family_is_not_bound() {
    let mut bench = Bench::new();
    let ethernet = bench.ethernet(0);
    assert_eq!((ethernet.index, ethernet.ipv6_index), (2, 2));
    let only_v6 = teredo(&mut bench);
    assert_eq!((only_v6.index, only_v6.ipv6_index), (0, 3));
    bench.change(&Change::FamilyUnbind { luid: ETHERNET, family: Family::V6 });
    let only_v4 = bench.ethernet(0);
    assert_eq!((only_v4.index, only_v4.ipv6_index), (2, 0));
    assert_eq!(only_v4.zone_indices, [0; 16]);
    // They belong to the adapter and not to what was asked for.
    let mut bench = Bench::new();
    for family in [INET, INET6] {
        let adapter = bench.one(ETHERNET, family, 0);
        assert_eq!((adapter.index, adapter.ipv6_index), (2, 2), "{family}");
    }
}

#[test]
fn ad_16_the_hardware_address_has_at_most_eight_bytes() {
    let mut env = home();
    let mut wide = Interface::new("InfiniBand", 199, 1, 8);
    wide.physical_address = (1..=20).collect();
    let luid = wide.luid;
    env.place_interface(wide).expect("free keys");
    let mut bench = Bench::with(env);
    assert_eq!(bench.ethernet(0).physical_address, [2, 0, 0x5E, 0, 0, 2]);
    assert_eq!(bench.one(LOOPBACK, UNSPEC, 0).physical_address, [0; 0], "no data link");
    assert_eq!(bench.one(luid, UNSPEC, 0).physical_address, [1, 2, 3, 4, 5, 6, 7, 8]);
}

#[test]
fn a_dns_suffix_has_at_most_255_characters() {
    // In UTF-16, and none of them is cut in two.
    let long = "s".repeat(300);
    let odd = format!("{}\u{1F310}", "s".repeat(254));
    let mut env = home();
    let mut usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    usb.services.dns_suffix.clone_from(&long);
    usb.services.dns_search = vec![long.clone(), odd, "example".to_owned()];
    let luid = usb.luid;
    env.place_interface(usb).expect("free keys");
    let adapter = Bench::with(env).one(luid, UNSPEC, 0);
    assert_eq!(adapter.dns_suffix, long[..255]);
    assert_eq!(adapter.dns_suffixes, [&long[..255], &long[..254], "example"]);
}

#[test]
fn ad_17_the_name_stays_and_the_friendly_name_is_the_alias() {
    let mut bench = Bench::new();
    let before = bench.ethernet(0);
    assert_eq!(before.friendly_name.as_deref(), Some("Ethernet"));
    assert_eq!(before.description, "Simulated Ethernet Adapter");
    assert_eq!(before.name, "{00060000-0100-0000-8000-000000000002}");
    let alias = Some("Office".to_owned());
    bench.change(&Change::LinkSet {
        luid: ETHERNET,
        connected: None,
        admin_up: None,
        mtu: None,
        alias,
    });
    let after = bench.ethernet(0);
    assert_eq!((after.friendly_name.as_deref(), &after.name), (Some("Office"), &before.name));
}

#[test]
fn ad_18_the_metrics_are_those_of_the_ip_interfaces() {
    let mut bench = Bench::new();
    let values = vec![(Member::Metric, 77)];
    bench.change(&Change::RowSet { luid: ETHERNET, family: Family::V6, values });
    let adapter = bench.ethernet(0);
    assert_eq!((adapter.ipv4_metric, adapter.ipv6_metric), (25, 77));
    assert_eq!(teredo(&mut bench).ipv4_metric, 0);
}

#[test]
fn ad_32_the_flags_of_an_adapter() {
    let mut bench = Bench::new();
    let v4_and_v6 = adapter_flag::IPV4_ENABLED | adapter_flag::IPV6_ENABLED;
    assert_eq!(bench.one(LOOPBACK, UNSPEC, 0).flags, v4_and_v6);
    assert_eq!(teredo(&mut bench).flags, adapter_flag::IPV6_ENABLED);
    let hardware = adapter_flag::DDNS_ENABLED | adapter_flag::NETBIOS_OVER_TCPIP_ENABLED;
    assert_eq!(bench.ethernet(0).flags, v4_and_v6 | hardware);
    let flags = [
        (Member::OtherStatefulConfigurationSupported, adapter_flag::IPV6_OTHER_STATEFUL_CONFIG),
        (Member::ManagedAddressConfigurationSupported, adapter_flag::IPV6_MANAGE_ADDRESS_CONFIG),
    ];
    for (member, flag) in flags {
        assert_eq!(bench.ethernet(0).flags & flag, 0);
        let values = vec![(member, 1)];
        bench.change(&Change::RowSet { luid: ETHERNET, family: Family::V6, values });
        assert_eq!(bench.ethernet(0).flags & flag, flag);
    }
}

#[test]
fn ad_34_there_is_no_dhcpv6_server() {
    for adapter in &Bench::new().all(UNSPEC, 0).list {
        assert_eq!(adapter.dhcpv6_server, None);
        assert!(adapter.dhcpv6_client_duid.is_empty() && adapter.dhcpv6_iaid == 0);
    }
}

#[test]
fn the_rest_is_as_get_if_entry2_has_it() {
    let mut bench = Bench::new();
    let ethernet = bench.ethernet(0);
    assert_eq!((ethernet.mtu, ethernet.if_type, ethernet.oper_status), (1500, 6, 1));
    assert_eq!(
        (ethernet.transmit_link_speed, ethernet.receive_link_speed),
        (1_000_000_000, 1_000_000_000)
    );
    assert_eq!(
        (ethernet.connection_type, ethernet.tunnel_type, ethernet.compartment_id),
        (1, 0, 1)
    );
    assert_eq!(ethernet.zone_indices[..5], [0, 2, 2, 2, 0]);
    let tunnel = teredo(&mut bench);
    assert_eq!((tunnel.if_type, tunnel.tunnel_type, tunnel.mtu), (131, 14, 1280));
    bench.change(&Change::LinkSet {
        luid: ETHERNET,
        connected: Some(false),
        admin_up: None,
        mtu: None,
        alias: None,
    });
    assert_eq!(bench.ethernet(0).oper_status, 2);
}
