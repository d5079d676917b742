//! The tables, read from end to end: what the crate finds with indexes is found here by looking at
//! everything.

use std::net::IpAddr;

use netiosim_model::env::Env;
use netiosim_model::interface::Interface;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{DadState, PrefixOrigin, Route, RouteOwner, UnicastAddress};
use netiosim_model::teredo::{TeredoRole, TeredoState};

use super::Hint;

/// Whether nobody has to wait for a table of stable addresses.
pub(crate) fn is_stable(env: &Env, wait_for_all: bool) -> bool {
    let client = env.teredo().state();
    let relay = env.teredo().role() == TeredoRole::HostSpecificRelay;
    if env.ipv6_present() && !relay && [TeredoState::Dormant, TeredoState::Probe].contains(&client)
    {
        return false;
    }
    !wait_for_all
        || env
            .addresses()
            .all(|address| address.dad != DadState::Tentative || address.dad_ms.is_none())
}

/// The stable addresses of a family; 0 is both.
pub(crate) fn stable_rows(env: &Env, family: u16) -> Vec<(u64, IpAddr)> {
    let mut rows = Vec::new();
    for address in env.addresses() {
        let own = if address.address.is_ipv4() { 2 } else { 23 };
        let stable = if address.luid == env.teredo_luid() {
            env.teredo().state() == TeredoState::Qualified
        } else {
            address.dad == DadState::Preferred
        };
        if stable && (family == 0 || family == own) {
            rows.push((address.luid.0, address.address));
        }
    }
    rows
}

/// The hint of one interface, and the metric of its best default route.
fn hint_of(env: &Env, interface: &Interface) -> (Hint, u64) {
    let usable = |address: &&UnicastAddress| {
        [DadState::Preferred, DadState::Deprecated].contains(&address.dad)
    };
    let own = |address: &&UnicastAddress| address.luid == interface.luid;
    let works = interface.oper_status().number() == 1
        && env.addresses().filter(own).filter(usable).count() > 0;
    let mut best = None;
    for route in env.routes().iter() {
        if route.luid == interface.luid && route.prefix_length == 0 {
            let family = Family::of(route.destination);
            let of_family = |address: &&UnicastAddress| Family::of(address.address) == family;
            if env.addresses().filter(own).filter(usable).filter(of_family).count() == 0 {
                continue;
            }
            let metric =
                u64::from(route.metric) + u64::from(env.interface_metric(route.luid, family));
            best = Some(best.map_or(metric, |other: u64| other.min(metric)));
        }
    }
    // NL_NETWORK_CONNECTIVITY_LEVEL_HINT: None 1, LocalAccess 2, InternetAccess 3, Constrained 4,
    // Hidden 5.
    let behind = format!("{:?}", interface.connectivity.internet);
    let level = match (interface.if_type, works, behind.as_str(), best) {
        (24, ..) | (_, false, ..) => 1,
        (_, _, "Hidden", _) => 5,
        (_, _, _, None) | (_, _, "Nowhere", _) => 2,
        (_, _, "Constrained", _) => 4,
        _ => 3,
    };
    let connectivity = interface.connectivity;
    let flags =
        [connectivity.approaching_data_limit, connectivity.over_data_limit, connectivity.roaming];
    let hint = if level == 1 {
        Hint { level, cost: 0, flags: [false; 3] }
    } else {
        Hint { level, cost: connectivity.cost, flags }
    };
    (hint, best.unwrap_or(u64::MAX))
}

/// The hint of the machine, when it is known: the best level, of the interface with the lowest metric.
/// What travels over Teredo travels over another interface, so that Teredo does not count.
pub(crate) fn hint(env: &Env) -> Hint {
    let order = [3, 4, 2, 5, 1];
    let mut best: Option<(usize, u64, Hint)> = None;
    for interface in env.interfaces() {
        if interface.is_teredo() {
            continue;
        }
        let (hint, metric) = hint_of(env, interface);
        let place = order.iter().position(|level| *level == hint.level).expect("a level");
        if best.is_none_or(|other| (place, metric) < (other.0, other.1)) {
            best = Some((place, metric, hint));
        }
    }
    best.map_or(Hint { level: 1, ..Hint::default() }, |best| best.2)
}

/// Every interface has the hint that one finds by reading everything.
pub(crate) fn hints_agree(env: &Env) {
    for interface in env.interfaces() {
        let told = env.hint_of(interface.luid).map(|hint| super::world::hint_told(&hint));
        assert_eq!(told, Some(hint_of(env, interface).0), "of {}", interface.alias);
    }
}

/// Every look-up finds what reading the whole table finds.
pub(crate) fn look_ups_agree(env: &Env) {
    let table = env.interface_table();
    for interface in env.interfaces() {
        let luid = Some(interface.luid);
        let of = |found: Option<&Interface>| found.map(|interface| interface.luid);
        assert_eq!(of(env.interface(interface.luid)), luid);
        assert_eq!(of(env.interface_by_index(interface.index)), luid, "by index");
        assert_eq!(of(env.interface_by_alias(&interface.alias)), luid, "by alias");
        let first = env.interfaces().find(|other| other.guid == interface.guid);
        assert_eq!(of(table.by_guid(interface.guid)), of(first), "by GUID");
    }
    for index in 0..40 {
        let scanned = env.interfaces().find(|interface| interface.index == index);
        assert_eq!(env.interface_by_index(index), scanned, "index {index}");
    }
    let taken: Vec<u32> = env.interfaces().map(|interface| interface.index).collect();
    let free = (1..).find(|index| !taken.contains(index));
    assert_eq!(Some(env.free_index()), free, "the lowest free index");
    assert_eq!(table.len(), env.interfaces().count());

    for address in env.addresses() {
        assert_eq!(env.address_table().get(address.key()), Some(address));
        let holders: Vec<Luid> = env.address_table().holders(address.address).collect();
        let same = env.addresses().filter(|other| other.address == address.address);
        assert_eq!(holders, same.map(|other| other.luid).collect::<Vec<_>>(), "holders");
        let own = env.addresses().filter(|other| other.luid == address.luid);
        assert!(env.address_table().of(address.luid).eq(own), "of an interface");
    }
    let due = env.addresses().filter_map(next_of_address).min();
    assert_eq!(env.address_table().next_ms(), due, "the next timer of an address");

    for route in env.routes().iter() {
        assert_eq!(env.routes().get(route.key()), Some(route));
        let own = env.routes().iter().filter(|other| other.luid == route.luid);
        assert!(env.routes().of(route.luid).eq(own), "of an interface");
        let metric = env.interface_metric(route.luid, Family::of(route.destination));
        let effective = u64::from(route.metric) + u64::from(metric);
        assert_eq!(env.routes().effective_metric(route.key()), effective, "RT-27 of {route:?}");
        for luid in [None, Some(route.luid)] {
            let found: Vec<_> = env
                .routes()
                .to_prefix(luid, route.destination, route.prefix_length)
                .map(Route::key)
                .collect();
            let mut scanned: Vec<_> = env
                .routes()
                .iter()
                .filter(|other| luid.is_none_or(|luid| luid == other.luid))
                .filter(|other| other.destination == route.destination)
                .filter(|other| other.prefix_length == route.prefix_length)
                .map(Route::key)
                .collect();
            scanned.sort_by_key(|key| (env.routes().effective_metric(*key), *key));
            assert_eq!(found, scanned, "routes to a prefix");
        }
        matches_agree(env, route.destination);
    }
    let due = env.routes().iter().filter_map(|route| route.valid_ms).min();
    assert_eq!(env.routes().next_ms(), due, "the next timer of a route");
}

/// The routes to an address: the longest prefix first, then the lowest effective metric.
fn matches_agree(env: &Env, address: IpAddr) {
    let found: Vec<_> = env.routes().matching(None, address).map(Route::key).collect();
    let mut scanned: Vec<_> = env
        .routes()
        .iter()
        .filter(|route| route.metric != u32::MAX && covers(route, address))
        .map(Route::key)
        .collect();
    scanned.sort_by_key(|key| {
        (u8::MAX - key.prefix_length, env.routes().effective_metric(*key), *key)
    });
    assert_eq!(found, scanned, "routes to {address}");
}

fn bits(address: IpAddr) -> Vec<bool> {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes.iter().flat_map(|byte| (0..8).rev().map(move |bit| byte >> bit & 1 == 1)).collect()
}

fn covers(route: &Route, address: IpAddr) -> bool {
    let (prefix, address) = (bits(route.destination), bits(address));
    let length = usize::from(route.prefix_length);
    prefix.len() == address.len() && prefix[..length] == address[..length]
}

fn next_of_address(address: &UnicastAddress) -> Option<u64> {
    let mut all = vec![address.dad_ms, address.valid_ms];
    if address.dad == DadState::Preferred {
        all.push(address.preferred_ms);
    }
    all.into_iter().flatten().min()
}

/// What holds of the tables at every moment, whatever led there.
pub(crate) fn tables_are_sound(env: &Env) {
    for address in env.addresses() {
        let interface = env.interface(address.luid).expect("an address on an interface");
        let up = interface.is_teredo() || (interface.connected && interface.admin_up);
        let family = Family::of(address.address);
        assert!(interface.row(family).is_some(), "{address:?}: its family is bound");
        if !up {
            assert_eq!(address.dad, DadState::Tentative, "without a medium: {address:?}");
            assert_eq!(address.dad_ms, None, "detection waits for the medium: {address:?}");
        } else if address.dad == DadState::Tentative {
            assert!(address.dad_ms.is_some(), "detection runs: {address:?}");
        }
        if address.dad == DadState::Duplicate {
            assert_eq!(address.dad_ms, None, "{address:?}");
        }
    }
    for route in env.routes().iter() {
        let interface = env.interface(route.luid).expect("a route on an interface");
        let family = Family::of(route.destination);
        assert!(interface.row(family).is_some(), "{route:?}: its family is bound");
        let up = interface.is_teredo() || (interface.connected && interface.admin_up);
        assert!(up, "a route without a medium: {route:?}");
        if let RouteOwner::Address(own) = route.owner {
            let holder = env.address_table().get((route.luid, own));
            let usable = holder.is_some_and(|address| {
                [DadState::Preferred, DadState::Deprecated].contains(&address.dad)
            });
            assert!(usable, "the route of an address that is not usable: {route:?}");
        }
    }
}

/// The keys of the routes that the addresses of an interface bring: to each usable one, to what is on
/// its link, and to the broadcast address of its subnet.
pub(crate) fn routes_of_addresses(env: &Env) -> Vec<(Luid, IpAddr, u8)> {
    let mut all = Vec::new();
    for address in env.addresses() {
        let Some(interface) = env.interface(address.luid) else { continue };
        let usable = [DadState::Preferred, DadState::Deprecated].contains(&address.dad);
        if !usable || !interface.takes_routes {
            continue;
        }
        let most = if address.address.is_ipv4() { 32 } else { 128 };
        let length = address.prefix_length;
        all.push((address.luid, address.address, most));
        if length == most {
            continue;
        }
        match address.address {
            IpAddr::V4(v4) => {
                let host = u32::try_from((1_u64 << (32 - length)) - 1).expect("32 bits");
                let number = u32::from(v4);
                all.push((address.luid, IpAddr::V4((number & !host).into()), length));
                if length < 31 {
                    all.push((address.luid, IpAddr::V4((number | host).into()), 32));
                }
            }
            IpAddr::V6(v6) => {
                let keep = if length == 0 { 0 } else { u128::MAX << (128 - length) };
                all.push((address.luid, IpAddr::V6((u128::from(v6) & keep).into()), length));
            }
        }
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether an advertised address gives the node native IPv6.
pub(crate) fn has_native_ipv6(env: &Env) -> bool {
    env.addresses().any(|address| {
        address.learnt
            && address.prefix_origin == PrefixOrigin::RouterAdvertisement
            && address.dad != DadState::Duplicate
    })
}
