//! What GetAdaptersAddresses tells of an adapter: which family, which lists by which flags.

use crate::adapters::{Bench, ETHERNET, INET, INET6, UNSPEC, ip, words};
use netiosim_model::api::adapters::{Adapter, address_flag, gaa};
use netiosim_model::build::home;
use netiosim_model::change::{AddressEdit, Change};
use netiosim_model::interface::{Interface, Services, if_type};
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{Route, UnicastAddress};

/// A flag, and what it takes away.
type Skip = (u32, fn(&mut Adapter));

const LOOPBACK: Luid = Luid::new(if_type::LOOPBACK, 0);

fn unicast(adapter: &Adapter) -> Vec<String> {
    adapter.unicast.iter().map(|one| one.address.to_string()).collect()
}

fn prefixes(adapter: &Adapter) -> Vec<String> {
    adapter.prefixes.iter().map(|one| format!("{}/{}", one.address, one.length)).collect()
}

/// Home with servers of every kind and a second gateway.
fn rich() -> Bench {
    let mut env = home();
    let mut usb = Interface::new("USB", if_type::ETHERNET, 2, 9);
    usb.services = Services {
        dns_servers: vec![ip("10.1.0.2"), ip("fe80::53"), ip("10.1.0.1")],
        dns_suffix: "usb.example".to_owned(),
        dns_search: vec!["example".to_owned(), "example.net".to_owned()],
        wins_servers: vec!["10.1.0.3".parse().expect("an address")],
        ..Services::default()
    };
    let luid = usb.luid;
    env.place_interface(usb).expect("free keys");
    env.place_address(UnicastAddress::new(luid, ip("10.1.0.9"), 16));
    env.place_address(UnicastAddress::new(luid, ip("2001:db8::9"), 64));
    env.place_anycast(luid, ip("2001:db8::"));
    let dear = Route { metric: 50, ..Route::new(luid, ip("0.0.0.0"), 0, ip("10.1.0.254")) };
    env.place_route(dear);
    env.place_route(Route::new(luid, ip("0.0.0.0"), 0, ip("10.1.0.253")));
    env.place_route(Route::new(luid, ip("::"), 0, ip("fe80::1")));
    // A route to elsewhere, and a default route without a next hop, are no gateways.
    env.place_route(Route::new(luid, ip("172.16.0.0"), 12, ip("10.1.0.77")));
    env.place_route(Route::new(luid, ip("0.0.0.0"), 0, ip("0.0.0.0")));
    Bench::with(env)
}

const USB: Luid = Luid::new(if_type::ETHERNET, 2);

#[test]
fn ad_06_a_family_has_its_own_adapters_and_addresses() {
    let mut bench = Bench::new();
    let teredo = "Teredo Tunneling Pseudo-Interface".to_owned();
    assert!(!bench.names(INET, 0).contains(&teredo), "it has no IPv4");
    assert!(bench.names(INET6, 0).contains(&teredo));
    assert!(bench.names(UNSPEC, 0).contains(&teredo));
    assert_eq!(unicast(&bench.one(ETHERNET, INET, 0)), ["192.168.1.10"]);
    assert_eq!(unicast(&bench.one(ETHERNET, INET6, 0)), ["fe80::5eff:fe00:2%2"]);
    let both = unicast(&bench.one(ETHERNET, UNSPEC, 0));
    assert_eq!(both, ["192.168.1.10", "fe80::5eff:fe00:2%2"]);
    let mut bench = rich();
    let v6 = bench.one(USB, INET6, gaa::INCLUDE_GATEWAYS | gaa::INCLUDE_WINS_INFO);
    assert_eq!(words(&v6.dns_servers), ["fe80::53%9"]);
    assert_eq!(words(&v6.gateways), ["fe80::1%9"]);
    assert!(
        v6.wins_servers.is_empty() && v6.multicast.iter().all(|g| g.family() == Some(Family::V6))
    );
}

#[test]
fn ad_07_ad_08_without_flags_everything_but_prefixes_wins_and_gateways() {
    let plain = rich().one(USB, UNSPEC, 0);
    assert_eq!(unicast(&plain), ["10.1.0.9", "2001:db8::9"]);
    assert_eq!(words(&plain.anycast), ["2001:db8::"]);
    let groups = [
        "224.0.0.1",
        "224.0.0.253",
        "ff01::1",
        "ff02::1%9",
        "ff02::1:ff00:0%9",
        "ff02::1:ff00:9%9",
    ];
    assert_eq!(words(&plain.multicast), groups);
    assert_eq!(words(&plain.dns_servers), ["10.1.0.2", "fe80::53%9", "10.1.0.1"], "in their order");
    assert_eq!(plain.dns_suffix, "usb.example");
    assert_eq!(plain.dns_suffixes, ["example", "example.net"]);
    assert_eq!(plain.friendly_name.as_deref(), Some("USB"));
    assert!(
        plain.prefixes.is_empty() && plain.wins_servers.is_empty() && plain.gateways.is_empty()
    );
}

#[test]
fn ad_07_ad_08_ad_10_a_skipped_list_is_empty_and_nothing_else_changes() {
    let mut bench = rich();
    let plain = bench.one(USB, UNSPEC, 0);
    let skipped: [Skip; 6] = [
        (gaa::SKIP_UNICAST, |adapter| adapter.unicast.clear()),
        (gaa::SKIP_ANYCAST, |adapter| adapter.anycast.clear()),
        (gaa::SKIP_MULTICAST, |adapter| adapter.multicast.clear()),
        (gaa::SKIP_DNS_SERVER, |adapter| adapter.dns_servers.clear()),
        (gaa::SKIP_FRIENDLY_NAME, |adapter| adapter.friendly_name = None),
        (gaa::SKIP_DNS_INFO, |adapter| {
            adapter.dns_servers.clear();
            adapter.dns_suffixes.clear();
            adapter.dns_suffix.clear();
        }),
    ];
    for (flag, skip) in skipped {
        let mut expected = plain.clone();
        skip(&mut expected);
        assert_ne!(expected, plain, "{flag:#x}");
        assert_eq!(bench.one(USB, UNSPEC, flag), expected, "{flag:#x}");
    }
}

#[test]
fn ad_33_flags_without_an_effect() {
    let mut bench = rich();
    let plain = bench.all(UNSPEC, 0);
    for flag in [gaa::INCLUDE_ALL_COMPARTMENTS, gaa::INCLUDE_TUNNEL_BINDINGORDER, 0x8000_0000] {
        assert_eq!(bench.all(UNSPEC, flag), plain, "{flag:#x}");
    }
}

#[test]
fn ad_09_three_prefixes_of_an_address_and_two_of_the_adapter() {
    let mut bench = Bench::new();
    let both = bench.ethernet(gaa::INCLUDE_PREFIX);
    assert_eq!(
        prefixes(&both),
        [
            "192.168.1.10/32",
            "192.168.1.0/24",
            "192.168.1.255/32",
            "224.0.0.0/4",
            "255.255.255.255/32",
            "fe80::5eff:fe00:2%2/128",
            "fe80::%2/64",
            "ff00::/8",
        ]
    );
    let own = prefixes(&bench.one(ETHERNET, INET6, gaa::INCLUDE_PREFIX));
    assert_eq!(own, prefixes(&both)[5..]);
    let loopback = prefixes(&bench.one(LOOPBACK, INET, gaa::INCLUDE_PREFIX));
    assert_eq!(loopback[..3], ["127.0.0.1/32", "127.0.0.0/8", "127.255.255.255/32"]);
}

#[test]
fn a_prefix_without_hosts_besides_is_told_once() {
    // Derived: of /32 all three are the same, and /31 has no broadcast (RFC 3021).
    let mut env = home();
    env.place_address(UnicastAddress::new(ETHERNET, ip("10.0.0.1"), 32));
    env.place_address(UnicastAddress::new(ETHERNET, ip("10.0.1.0"), 31));
    let own = prefixes(&Bench::with(env).one(ETHERNET, INET, gaa::INCLUDE_PREFIX));
    let expected = ["10.0.0.1/32", "10.0.1.0/32", "10.0.1.0/31", "192.168.1.10/32"];
    assert_eq!(own[..4], expected);
}

#[test]
fn ad_11_wins_servers_on_request() {
    let adapter = rich().one(USB, INET, gaa::INCLUDE_WINS_INFO);
    assert_eq!(words(&adapter.wins_servers), ["10.1.0.3"]);
}

#[test]
fn ad_12_gateways_on_request_the_cheapest_first() {
    let mut bench = rich();
    let adapter = bench.one(USB, UNSPEC, gaa::INCLUDE_GATEWAYS);
    assert_eq!(words(&adapter.gateways), ["10.1.0.253", "10.1.0.254", "fe80::1%9"]);
    // The route waits for its medium, and is no gateway meanwhile.
    let change = Change::LinkSet {
        luid: USB,
        connected: Some(false),
        admin_up: None,
        mtu: None,
        alias: None,
    };
    bench.change(&change);
    assert!(bench.one(USB, UNSPEC, gaa::INCLUDE_GATEWAYS).gateways.is_empty());
}

#[test]
fn ad_13_interfaces_without_the_family_on_request() {
    let mut env = home();
    let mut filter = Interface::new("Filter", if_type::ETHERNET, 7, 17);
    (filter.filter, filter.v4, filter.v6) = (true, None, None);
    env.place_interface(filter).expect("free keys");
    let mut bench = Bench::with(env);
    let teredo = "Teredo Tunneling Pseudo-Interface";
    assert!(!bench.names(UNSPEC, 0).iter().any(|name| name == "Filter"));
    let all = bench.names(INET, gaa::INCLUDE_ALL_INTERFACES);
    assert!(all.iter().any(|name| name == "Filter") && all.iter().any(|name| name == teredo));
    assert_eq!(all.len(), 4);
}

#[test]
fn ad_19_ad_20_addresses_in_every_state_with_their_lifetimes() {
    let mut bench = Bench::new();
    bench.change(&Change::AddressConflict {
        luid: ETHERNET,
        address: ip("10.0.0.66"),
        present: true,
    });
    for (last, valid_ms) in [(66, None), (67, Some(600_000))] {
        let address = UnicastAddress {
            valid_ms,
            preferred_ms: valid_ms,
            ..UnicastAddress::new(ETHERNET, [10, 0, 0, last].into(), 24)
        };
        bench.change(&Change::AddressAdd { address, optimistic: false });
    }
    let told = |bench: &mut Bench| {
        let adapter = bench.one(ETHERNET, INET, 0);
        let row = |one: &netiosim_model::api::adapters::AdapterAddress| {
            (one.address.to_string(), one.dad_state, one.valid_lifetime, one.preferred_lifetime)
        };
        adapter.unicast.iter().map(row).collect::<Vec<_>>()
    };
    let (tentative, duplicate, preferred) = (1, 2, 4);
    let forever = u32::MAX;
    assert_eq!(
        told(&mut bench),
        [
            ("10.0.0.66".into(), tentative, forever, forever),
            ("10.0.0.67".into(), tentative, 600, 600),
            ("192.168.1.10".into(), preferred, forever, forever),
        ]
    );
    bench.pass(3_000);
    let after = told(&mut bench);
    assert_eq!((after[0].1, after[1].1, after[1].2), (duplicate, preferred, 597));
}

#[test]
fn addresses_that_may_stand_in_dns() {
    // Chosen: neither local ones nor such as are left out as a source.
    let mut bench = Bench::new();
    let eligible = |bench: &mut Bench| {
        let adapter = bench.one(ETHERNET, UNSPEC, 0);
        adapter.unicast.iter().map(|one| one.flags).collect::<Vec<_>>()
    };
    assert_eq!(eligible(&mut bench), [address_flag::DNS_ELIGIBLE, 0]);
    let edit = AddressEdit { skip_as_source: Some(true), ..AddressEdit::default() };
    bench.change(&Change::AddressSet { key: (ETHERNET, ip("192.168.1.10")), edit });
    assert_eq!(eligible(&mut bench), [0, 0]);
    for text in ["169.254.7.7", "10.0.0.5", "2001:db8::5"] {
        let address = UnicastAddress::new(ETHERNET, ip(text), 16);
        bench.change(&Change::AddressAdd { address, optimistic: false });
    }
    let (none, yes) = (0, address_flag::DNS_ELIGIBLE);
    assert_eq!(eligible(&mut bench), [yes, none, none, yes, none]);
    let loopback = bench.one(LOOPBACK, UNSPEC, 0);
    assert!(loopback.unicast.iter().all(|one| one.flags == none));
}
