//! Changes of a machine: most make sense on it, some do not.

use std::net::IpAddr;

use netiosim_model::change::{Change, DhcpLease, RouterAdvertisement};
use netiosim_model::env::Env;
use netiosim_model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::table::{AddressKey, Route, RouteKey, UnicastAddress};
use netiosim_model::teredo::PortWish;

use crate::bytes::Bytes;

pub(super) fn draw(bytes: &mut Bytes<'_>, env: &Env) -> Change {
    let kind = bytes.byte() % 32;
    let luid = luid(bytes, env);
    match kind {
        0 => Change::TeredoRestart(wish(bytes)),
        1 => Change::TeredoStart(wish(bytes)),
        2 => Change::TeredoStop,
        3 => Change::TeredoQualify,
        4 => Change::TeredoServer { reachable: bytes.bit() },
        5 => Change::TeredoTraffic,
        6 => {
            let address = [203, 0, 113, bytes.byte() % 4].into();
            Change::TeredoMapping { address, port: bytes.bit().then(|| bytes.u16()) }
        }
        7 => Change::PortOpen { port: 50_000 + u16::from(bytes.byte() % 4), edge_traversal: true },
        8 => Change::PortClose { port: 50_000 + u16::from(bytes.byte() % 4) },
        9 => {
            let number = 7 + u32::from(bytes.byte() % 4);
            let alias = format!("Ethernet {number}");
            let kind = bytes.of(&[if_type::ETHERNET, 71, 131]);
            Change::InterfaceAdd(Box::new(Interface::new(alias, kind, number, number + 2)))
        }
        10 => Change::InterfaceRemove(luid),
        11 => Change::InterfaceDisable(luid),
        12 => Change::InterfaceEnable(env.disabled().next().map_or(luid, |one| one.luid)),
        13 => {
            let value = if bytes.bit() { 1280 + bytes.number(1) } else { bytes.number(2) };
            let member = bytes.of(&[Member::NlMtu, Member::Metric]);
            Change::RowSet { luid, family: family(bytes), values: vec![(member, value)] }
        }
        14 => Change::RowTouch { luid, family: family(bytes) },
        15 => Change::FamilyBind { luid, family: family(bytes) },
        16 => Change::FamilyUnbind { luid, family: family(bytes) },
        17 | 18 => Change::LinkSet {
            luid,
            connected: bytes.bit().then(|| bytes.bit()),
            admin_up: bytes.bit().then(|| bytes.bit()),
            mtu: bytes.bit().then(|| 1200 + u32::from(bytes.byte())),
            alias: None,
        },
        19 => {
            let internet =
                bytes.of(&[Internet::Reachable, Internet::Nowhere, Internet::Constrained]);
            let roaming = bytes.bit();
            let connectivity = Connectivity { internet, roaming, ..Connectivity::default() };
            Change::ConnectivitySet { luid, connectivity }
        }
        20 | 21 => {
            let address = address(bytes);
            let longest = if address.is_ipv4() { 32 } else { 128 };
            let address = UnicastAddress::new(luid, address, bytes.byte() % (longest + 1));
            Change::AddressAdd { address, optimistic: bytes.bit() }
        }
        22 => Change::AddressRemove { luid, address: known_address(bytes, env, luid) },
        23 => {
            let address = known_address(bytes, env, luid);
            Change::AddressConflict { luid, address, present: bytes.bit() }
        }
        24 => Change::DhcpLease(DhcpLease {
            luid,
            address: [10, 70, bytes.byte() % 2, 9].into(),
            prefix_length: 24,
            gateway: None,
            lease_s: 30 + u32::from(bytes.u16() % 4096),
        }),
        25 => Change::DhcpRelease(luid),
        26 => Change::RouterAdvertisement(advertisement(bytes, luid)),
        27 => Change::RouteAdd(route(bytes, luid)),
        28 => Change::RouteSet(route(bytes, luid)),
        29 => Change::RouteRemove(known_route(bytes, env, luid)),
        30 => {
            let key: AddressKey = (luid, address(bytes));
            if bytes.bit() { Change::AnycastAdd(key) } else { Change::AnycastRemove(key) }
        }
        _ if bytes.bit() => Change::Ipv4Present(bytes.bit()),
        _ => Change::Ipv6Present(bytes.bit()),
    }
}

fn luid(bytes: &mut Bytes<'_>, env: &Env) -> Luid {
    let known: Vec<Luid> = env.interfaces().map(|one| one.luid).collect();
    match bytes.byte() {
        0xF0.. => Luid(bytes.u64()),
        n => {
            let at = usize::from(n).checked_rem(known.len());
            at.map_or(Luid::new(if_type::ETHERNET, 1), |at| known[at])
        }
    }
}

fn family(bytes: &mut Bytes<'_>) -> Family {
    bytes.of(&[Family::V4, Family::V6])
}

fn wish(bytes: &mut Bytes<'_>) -> PortWish {
    match bytes.below(4) {
        0 => PortWish::Another,
        1 => PortWish::Same,
        2 => PortWish::Exactly(50_000 + u16::from(bytes.byte() % 4)),
        _ => PortWish::Exactly(bytes.u16()),
    }
}

fn address(bytes: &mut Bytes<'_>) -> IpAddr {
    let low = bytes.byte();
    match low % 8 {
        0..4 => IpAddr::from([10, 60, low % 2, low / 8]),
        4 | 5 => IpAddr::from([0xFD60, 0, 0, 0, 0, 0, 0, u16::from(low / 8)]),
        6 => IpAddr::from([0xFE80, 0, 0, 0, 0, 0, 0, u16::from(low / 8)]),
        _ => IpAddr::from(bytes.u32().to_be_bytes()),
    }
}

fn known_address(bytes: &mut Bytes<'_>, env: &Env, luid: Luid) -> IpAddr {
    let known: Vec<IpAddr> = env.address_table().of(luid).map(|one| one.address).collect();
    if known.is_empty() || bytes.below(4) == 3 { address(bytes) } else { bytes.of(&known) }
}

fn route(bytes: &mut Bytes<'_>, luid: Luid) -> Route {
    let low = bytes.byte() % 4;
    let v4 = bytes.below(4) > 0;
    let (destination, hop) = if v4 {
        (IpAddr::from([10, 50 + low, 0, 0]), IpAddr::from([192, 168, 1, bytes.byte() % 3]))
    } else {
        let hop = u16::from(bytes.byte() % 3);
        let destination = IpAddr::from([0xFD50, 0, u16::from(low), 0, 0, 0, 0, 0]);
        (destination, IpAddr::from([0xFE80, 0, 0, 0, 0, 0, 0, hop]))
    };
    let longest = if v4 { 33 } else { 129 };
    let length = if bytes.bit() { 16 } else { bytes.byte() % longest };
    let metric = u32::from(bytes.u16());
    Route { metric, ..Route::new(luid, destination, length, hop) }
}

fn known_route(bytes: &mut Bytes<'_>, env: &Env, luid: Luid) -> RouteKey {
    let known: Vec<RouteKey> = env.routes().iter().map(Route::key).collect();
    if known.is_empty() || bytes.below(4) == 3 {
        route(bytes, luid).key()
    } else {
        bytes.of(&known)
    }
}

fn advertisement(bytes: &mut Bytes<'_>, luid: Luid) -> RouterAdvertisement {
    let low = u16::from(bytes.byte() % 2);
    let router = [0xFE80, 0, 0, 0, 0, 0, 0, 0x100 + low].into();
    let prefix = [0x2001, 0xDB8, low, 0, 0, 0, 0, 0].into();
    RouterAdvertisement {
        luid,
        router,
        router_lifetime_s: u32::from(bytes.u16()),
        prefix: bytes.bit().then(|| (prefix, if bytes.bit() { 64 } else { bytes.byte() % 129 })),
        valid_s: u32::from(bytes.u16()),
        preferred_s: u32::from(bytes.byte()),
        managed: bytes.bit(),
        other: bytes.bit(),
        mtu: bytes.bit().then(|| 1200 + u32::from(bytes.u16())),
    }
}
