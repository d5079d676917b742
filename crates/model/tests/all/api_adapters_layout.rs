//! The adapters fit into the buffer: every part in its place, and the size is the sum.

use crate::adapters;
use std::collections::BTreeMap;

use crate::adapters::{Bench, UNSPEC};
use netiosim_model::api::adapters::layout::{self, List, Part};
use netiosim_model::api::adapters::{Adapter, gaa};
use netiosim_model::build::home;
use netiosim_model::interface::Services;

/// Every optional list.
const EVERYTHING: u32 = gaa::INCLUDE_PREFIX
    | gaa::INCLUDE_WINS_INFO
    | gaa::INCLUDE_GATEWAYS
    | gaa::INCLUDE_ALL_INTERFACES;

fn full() -> Adapter {
    let mut env = home();
    let mut usb = netiosim_model::interface::Interface::new("USB ☃", 6, 2, 9);
    usb.services = Services {
        dns_servers: vec![adapters::ip("10.1.0.2"), adapters::ip("fe80::53")],
        dns_suffix: "x".to_owned(),
        dns_search: vec!["example".to_owned()],
        wins_servers: vec![[10, 1, 0, 3].into()],
        dhcp_enabled: true,
        dhcp_server: Some([10, 1, 0, 1].into()),
    };
    let luid = usb.luid;
    env.place_interface(usb).expect("free keys");
    for text in ["10.1.0.9", "2001:db8::9"] {
        let address = netiosim_model::table::UnicastAddress::new(luid, adapters::ip(text), 16);
        env.place_address(address);
    }
    env.place_anycast(luid, adapters::ip("2001:db8::"));
    let route =
        netiosim_model::table::Route::new(luid, adapters::ip("::"), 0, adapters::ip("fe80::1"));
    env.place_route(route);
    Bench::with(env).one(luid, UNSPEC, EVERYTHING)
}

#[test]
fn parts_do_not_overlap_and_are_aligned() {
    let adapter = full();
    let parts = layout::place(&adapter);
    assert_eq!((parts[0].part, parts[0].offset, parts[0].size), (Part::Adapter, 0, 448));
    for two in parts.windows(2) {
        let end = two[0].offset + two[0].size;
        assert_eq!(two[1].offset, end.next_multiple_of(layout::ALIGNMENT), "{two:?}");
    }
    let last = parts.last().expect("parts");
    let end = (last.offset + last.size).next_multiple_of(layout::ALIGNMENT);
    assert_eq!(layout::size(&adapter), u64::from(end));
}

#[test]
fn each_part_is_there_once_with_its_size() {
    let adapter = full();
    let parts = layout::place(&adapter);
    let mut sizes = BTreeMap::new();
    for placed in &parts {
        let twice = sizes.insert(format!("{:?}", placed.part), placed.size);
        assert_eq!(twice, None, "{:?}", placed.part);
    }
    let size = |part: Part| sizes.get(&format!("{part:?}")).copied();
    assert_eq!(size(Part::Name), Some(39), "a GUID in braces and a zero");
    assert_eq!(size(Part::DnsSuffix), Some(4), "one character and a zero in UTF-16");
    assert_eq!(size(Part::FriendlyName), Some(12), "five units and a zero");
    assert_eq!(size(Part::Suffix(0)), Some(520));
    assert_eq!(size(Part::Dhcpv4Server), Some(16));
    let lists = [
        (List::Unicast, 64, adapter.unicast.len()),
        (List::Anycast, 32, adapter.anycast.len()),
        (List::Multicast, 32, adapter.multicast.len()),
        (List::DnsServer, 32, adapter.dns_servers.len()),
        (List::Prefix, 40, adapter.prefixes.len()),
        (List::WinsServer, 32, adapter.wins_servers.len()),
        (List::Gateway, 32, adapter.gateways.len()),
    ];
    let mut expected = 1 + 4 + 1 + 1;
    for (list, node, count) in lists {
        assert!(count > 0, "{list:?}");
        expected += 2 * count;
        for n in 0..count {
            assert_eq!(size(Part::Node(list, n)), Some(node), "{list:?} {n}");
        }
        assert_eq!(size(Part::Node(list, count)), None);
    }
    assert_eq!(parts.len(), expected);
    assert_eq!(size(Part::Address(List::DnsServer, 0)), Some(16));
    assert_eq!(size(Part::Address(List::DnsServer, 1)), Some(28));
}

#[test]
fn the_size_of_the_answer_is_the_sum() {
    let mut bench = Bench::new();
    for flags in [0, EVERYTHING, 0x2F] {
        let all = bench.all(UNSPEC, flags);
        let sum: u64 = all.list.iter().map(layout::size).sum();
        assert_eq!(u64::from(all.size), sum, "{flags:#x}");
    }
}

#[test]
fn an_adapter_of_nothing_is_its_structure_and_its_texts() {
    let mut adapter = full();
    adapter.name.clear();
    adapter.dns_suffix.clear();
    adapter.description.clear();
    adapter.friendly_name = None;
    adapter.dhcpv4_server = None;
    adapter.dns_suffixes.clear();
    adapter.unicast.clear();
    adapter.prefixes.clear();
    for list in [
        &mut adapter.anycast,
        &mut adapter.multicast,
        &mut adapter.dns_servers,
        &mut adapter.wins_servers,
        &mut adapter.gateways,
    ] {
        list.clear();
    }
    assert_eq!(layout::size(&adapter), 448 + 3 * 8);
}
