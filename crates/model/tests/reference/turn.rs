//! Changes of the environment, made of small numbers.

use std::net::{IpAddr, Ipv4Addr};

use netiosim_model::change::{Change, Effect};
use netiosim_model::env::{Env, UnicastAddress};
use netiosim_model::interface::{Interface, if_type};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
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
            values: vec![(Member::Metric, u64::from(value))],
        },
        Turn::Touch(n, v6) => Change::RowTouch { luid: luid(n, env), family: family(v6) },
        Turn::Link(n, up) => Change::LinkSet {
            luid: luid(n, env),
            connected: Some(up),
            admin_up: None,
            mtu: Some(1_400),
            alias: None,
        },
        Turn::Bind(n, v6) => Change::FamilyBind { luid: luid(n, env), family: family(v6) },
        Turn::Unbind(n, v6) => Change::FamilyUnbind { luid: luid(n, env), family: family(v6) },
        Turn::AddressAdd(n, m) => Change::AddressAdd(UnicastAddress {
            luid: luid(n, env),
            address: address(m),
            prefix_length: 24,
        }),
        Turn::AddressRemove(n, m) => {
            Change::AddressRemove { luid: luid(n, env), address: address(m) }
        }
        Turn::Ipv6(present) => Change::Ipv6Present(present),
    }
}

/// An interface of the machine, or one that it does not have.
fn luid(n: u8, env: &Env) -> Luid {
    let all: Vec<Luid> = env.interfaces().map(|interface| interface.luid).collect();
    all.get(usize::from(n) % (all.len() + 1)).copied().unwrap_or(Luid::new(if_type::WIFI, 99))
}

fn address(n: u8) -> IpAddr {
    if n.is_multiple_of(2) {
        IpAddr::V4(Ipv4Addr::new(10, 0, 0, n % 6))
    } else {
        format!("2001:db8::{:x}", n % 6).parse().expect("an address")
    }
}

/// The chosen order of a cascade: port, interface, address removal, address addition.
pub(super) fn in_order(effects: &[Effect]) {
    let rank = |effect: &Effect| match effect {
        Effect::TeredoState { .. } => 0,
        Effect::TeredoPort { .. } => 1,
        Effect::IpInterface { .. } => 2,
        Effect::Address { added: false, .. } => 3,
        Effect::Address { added: true, .. } => 4,
    };
    assert!(effects.is_sorted_by_key(rank), "the chosen order of a cascade: {effects:?}");
}
