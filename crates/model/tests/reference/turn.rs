//! Changes of the environment, made of small numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use netiosim_model::change::{AddressEdit, Change, DhcpLease, Effect, RouterAdvertisement};
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::interface::{Connectivity, Interface, Internet, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::table::{AddressKey, Route, RouteKey, RouteOwner};
use netiosim_model::teredo::PortWish;

use super::action::Turn;

pub(super) fn change(turn: Turn, env: &Env) -> Change {
    let family = |v6: bool| if v6 { Family::V6 } else { Family::V4 };
    match turn {
        Turn::Restart(n) => Change::TeredoRestart(match n % 4 {
            0 => PortWish::Another,
            1 => PortWish::Same,
            _ => PortWish::Exactly(50_000 + u16::from(n / 4 % 8)),
        }),
        Turn::Start => Change::TeredoStart(PortWish::Another),
        Turn::Stop => Change::TeredoStop,
        Turn::Qualify => Change::TeredoQualify,
        Turn::Traffic => Change::TeredoTraffic,
        Turn::Server(reachable) => Change::TeredoServer { reachable },
        Turn::Mapping(n) => {
            let port = n.is_multiple_of(2).then(|| 40_000 + u16::from(n));
            Change::TeredoMapping { address: Ipv4Addr::new(203, 0, 113, n), port }
        }
        Turn::NativeIpv6(native_ipv6) => {
            Change::TeredoNetwork(netiosim_model::teredo::TeredoNetwork {
                native_ipv6,
                ..env.teredo().network().clone()
            })
        }
        Turn::PortOpen(n, edge_traversal) => {
            Change::PortOpen { port: 50_000 + u16::from(n % 10), edge_traversal }
        }
        Turn::PortClose(n) => Change::PortClose { port: 50_000 + u16::from(n % 10) },
        Turn::InterfaceAdd(n) => {
            let n = u32::from(n % 4);
            let alias = format!("Ethernet {}", n + 2);
            let new = Interface::new(alias, if_type::ETHERNET, 10 + n, 10 + n);
            Change::InterfaceAdd(Box::new(new))
        }
        Turn::InterfaceRemove(n) => Change::InterfaceRemove(luid(n, env)),
        Turn::RowSet(n, v6, value) => Change::RowSet {
            luid: luid(n, env),
            family: family(v6),
            values: vec![match value % 4 {
                0 => (Member::DadTransmits, u64::from(value / 4 % 3)),
                1 => (Member::RetransmitTime, u64::from(value) * 10),
                _ => (Member::Metric, u64::from(value)),
            }],
        },
        Turn::Touch(n, v6) => Change::RowTouch { luid: luid(n, env), family: family(v6) },
        Turn::Link(n, up) => Change::LinkSet {
            luid: luid(n, env),
            connected: Some(up),
            admin_up: None,
            mtu: Some(1_400),
            alias: None,
        },
        Turn::Admin(n, up) => Change::LinkSet {
            luid: luid(n, env),
            connected: None,
            admin_up: Some(up),
            mtu: None,
            alias: Some(format!("net {}", n % 5)),
        },
        Turn::Bind(n, v6) => Change::FamilyBind { luid: luid(n, env), family: family(v6) },
        Turn::Unbind(n, v6) => Change::FamilyUnbind { luid: luid(n, env), family: family(v6) },
        Turn::Ipv6(present) => Change::Ipv6Present(present),
        Turn::Ipv4(present) => Change::Ipv4Present(present),
        Turn::Connectivity(n, m) => Change::ConnectivitySet {
            luid: luid(n, env),
            connectivity: Connectivity {
                internet: [
                    Internet::Reachable,
                    Internet::Constrained,
                    Internet::Nowhere,
                    Internet::Hidden,
                ][usize::from(m % 4)],
                cost: u32::from(m / 4 % 4),
                approaching_data_limit: m & 16 > 0,
                over_data_limit: m & 32 > 0,
                roaming: m & 64 > 0,
            },
        },
        Turn::Filter(n, m) => Change::FilterSet {
            luid: luid(n, env),
            top_connected: [None, Some(true), Some(false)][usize::from(m % 3)],
        },
        Turn::Disable(n) => Change::InterfaceDisable(luid(n, env)),
        Turn::Enable(n) => Change::InterfaceEnable(disabled(n, env)),
        Turn::Lease(n, m) => Change::DhcpLease(DhcpLease {
            luid: luid(n, env),
            address: Ipv4Addr::new(192, 168, 1, 100 + m % 2),
            prefix_length: 24,
            gateway: [None, Some(1), Some(2)][usize::from(m / 2 % 3)]
                .map(|n| Ipv4Addr::new(192, 168, 1, n)),
            lease_s: [3, 8, u32::MAX][usize::from(m / 8 % 3)],
        }),
        Turn::Release(n) => Change::DhcpRelease(luid(n, env)),
        Turn::Advertise(n, m) => advertise(luid(n, env), m),
        other => addresses_and_routes(other, env),
    }
}

fn addresses_and_routes(turn: Turn, env: &Env) -> Change {
    match turn {
        Turn::AddressAdd(n, m) => {
            let (valid_ms, preferred_ms) = match m / 16 % 4 {
                0 => (Some(4_000), Some(1_500)),
                1 => (Some(9_000), Some(4_000)),
                2 => (None, Some(0)),
                _ => (None, None),
            };
            Change::AddressAdd {
                address: UnicastAddress {
                    valid_ms,
                    preferred_ms,
                    persistent: m & 64 > 0,
                    ..UnicastAddress::new(luid(n, env), address(m), 24)
                },
                optimistic: m & 128 > 0,
            }
        }
        Turn::AddressSet(n, m) => Change::AddressSet {
            key: own_address(n, env),
            edit: AddressEdit {
                prefix_length: [None, Some(24), Some(16), Some(32)][usize::from(m % 4)],
                valid_s: [None, Some(2 * u32::from(n % 3)), Some(6), Some(u32::MAX)]
                    [usize::from(m / 4 % 4)],
                preferred_s: [None, Some(0), Some(2), Some(u32::MAX)][usize::from(m / 16 % 4)],
                skip_as_source: (m & 64 > 0).then_some(m & 128 > 0),
                ..AddressEdit::default()
            },
        },
        Turn::AddressRemove(n) => {
            let (luid, address) = own_address(n, env);
            Change::AddressRemove { luid, address }
        }
        Turn::Conflict(n, m, present) => {
            let (luid, address) =
                if m < 200 { own_address(n, env) } else { (luid(n, env), address(m)) };
            Change::AddressConflict { luid, address, present }
        }
        Turn::RouteAdd(n, m) => {
            let zero = IpAddr::from([0; 4]);
            let (destination, length, hop) = match m % 5 {
                0 => (zero, 0, IpAddr::from([192, 168, 1, 3])),
                1 => (IpAddr::from([10, 0, 0, 0]), 8, IpAddr::from([192, 168, 1, 1])),
                2 => (IpAddr::from([10, 0, 0, 0]), 24, zero),
                3 => (IpAddr::V6(Ipv6Addr::UNSPECIFIED), 0, v6("fe80::1")),
                _ => (v6("2001:db8::"), 24, IpAddr::V6(Ipv6Addr::UNSPECIFIED)),
            };
            Change::RouteAdd(Route {
                metric: u32::from(m / 8),
                valid_ms: (m % 3 == 0).then_some(if m > 250 { 0 } else { 5_000 }),
                owner: RouteOwner::Configured { persistent: m & 1 > 0 },
                ..Route::new(luid(n, env), destination, length, hop)
            })
        }
        Turn::RouteSet(n, m) => {
            let key = own_route(n, env);
            let old = env.routes().get(key).cloned();
            let old = old.unwrap_or(Route::new(
                key.luid,
                key.destination,
                key.prefix_length,
                key.next_hop,
            ));
            let valid_ms = if m > 240 { Some(0) } else { old.valid_ms };
            Change::RouteSet(Route { metric: u32::from(m % 4) * 10, valid_ms, ..old })
        }
        Turn::RouteRemove(n) => Change::RouteRemove(own_route(n, env)),
        _ => unreachable!("a change of addresses or routes"),
    }
}

fn advertise(luid: Luid, m: u8) -> Change {
    let prefix = v6(["2001:db8:1::", "2001:db8:2::", "fe80::"][usize::from(m % 3)]);
    let IpAddr::V6(prefix) = prefix else { unreachable!("an IPv6 prefix") };
    let [valid_s, preferred_s] =
        [[0, 0], [5, 2], [3, 9], [7_200, 5], [9_000, 9_000], [u32::MAX, u32::MAX]]
            [usize::from(m / 3 % 6)];
    Change::RouterAdvertisement(RouterAdvertisement {
        luid,
        router: "fe80::1".parse().expect("an address"),
        router_lifetime_s: [0, 4, 1_800][usize::from(m / 18 % 3)],
        prefix: (m & 3 > 0).then_some((prefix, 64)),
        valid_s,
        preferred_s,
        managed: m & 64 > 0,
        other: m & 128 > 0,
        mtu: (m & 5 > 0).then_some(1_280 + u32::from(m & 1)),
    })
}

/// An interface of the machine, or one that it does not have.
fn luid(n: u8, env: &Env) -> Luid {
    let all: Vec<Luid> = env.interfaces().map(|interface| interface.luid).collect();
    all.get(usize::from(n) % (all.len() + 1)).copied().unwrap_or(Luid::new(if_type::WIFI, 99))
}

/// An adapter that may be disabled: one of those that a run can have and that are not there.
fn disabled(n: u8, env: &Env) -> Luid {
    let can = [1, 10, 11, 12, 13].map(|n| Luid::new(if_type::ETHERNET, n));
    let gone: Vec<Luid> = can.into_iter().filter(|luid| env.interface(*luid).is_none()).collect();
    if gone.is_empty() { can[0] } else { gone[usize::from(n) % gone.len()] }
}

/// An address of the machine, or one that it does not have.
fn own_address(n: u8, env: &Env) -> AddressKey {
    let all: Vec<AddressKey> = env.addresses().map(UnicastAddress::key).collect();
    let absent = (Luid::new(if_type::ETHERNET, 1), IpAddr::from([10, 9, 9, 9]));
    all.get(usize::from(n) % (all.len() + 1)).copied().unwrap_or(absent)
}

/// A route of the machine, or one that it does not have.
fn own_route(n: u8, env: &Env) -> RouteKey {
    let all: Vec<RouteKey> = env.routes().iter().map(Route::key).collect();
    let zero = IpAddr::from([0; 4]);
    let absent = Route::new(Luid::new(if_type::ETHERNET, 1), IpAddr::from([10, 9, 0, 0]), 16, zero);
    all.get(usize::from(n) % (all.len() + 1)).copied().unwrap_or(absent.key())
}

fn v6(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

/// Addresses of a few subnets, that of the home machine among them.
fn address(n: u8) -> IpAddr {
    match n % 8 {
        0..3 => IpAddr::from([10, 0, 0, n % 8]),
        3 => IpAddr::from([192, 168, 1, 20]),
        4 => IpAddr::from([192, 168, 1, 10]),
        n => v6(&format!("2001:db8::{n:x}")),
    }
}

/// The route that a change adds, replaces or takes out by name.
pub(super) fn meddles(change: &Change) -> Option<RouteKey> {
    match change {
        Change::RouteAdd(route) | Change::RouteSet(route) => Some(route.key()),
        Change::RouteRemove(key) => Some(*key),
        _ => None,
    }
}

/// The chosen order of a cascade: port, interface, routes that go, addresses that go, addresses that
/// come or change, routes that come or change, connectivity. A step about something that another step
/// was about before it is never told before that one.
pub(super) fn in_order(effects: &[Effect]) {
    let about = |effect: &Effect| match effect {
        Effect::TeredoState { .. } => "state".to_owned(),
        Effect::TeredoPort { .. } => "port".to_owned(),
        Effect::IpInterface { luid, family, .. } => format!("{luid} {family}"),
        Effect::Address { luid, address, .. } => format!("{luid} {address}"),
        Effect::Route { key, .. } => format!("{key:?}"),
        Effect::Hint(_) => "hint".to_owned(),
    };
    let rank = |effect: &Effect| match effect {
        Effect::TeredoState { .. } => 0,
        Effect::TeredoPort { .. } => 1,
        Effect::IpInterface { .. } => 2,
        Effect::Route { kind: NotificationType::Delete, .. } => 3,
        Effect::Address { kind: NotificationType::Delete, .. } => 4,
        Effect::Address { .. } => 5,
        Effect::Route { .. } => 6,
        Effect::Hint(_) => 7,
    };
    let mut places: Vec<(String, i32)> = Vec::new();
    for effect in effects {
        let about = about(effect);
        let before = places.iter().filter(|place| place.0 == about).map(|place| place.1).max();
        places.push((about, before.unwrap_or(0).max(rank(effect))));
    }
    let sorted = places.is_sorted_by_key(|place| place.1);
    assert!(sorted, "the chosen order of a cascade: {effects:?}");
}
