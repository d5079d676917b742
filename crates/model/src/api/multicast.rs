//! Multicast addresses: MIB_MULTICASTIPADDRESS_ROW.
//!
//! No group is stored: what an interface has joined follows from its rows and addresses. Which groups
//! these are is chosen, after what the stack itself joins; groups of programs are not modelled.
//!
//! * 224.0.0.1 on every interface with an IPv4 row (RFC 1112).
//! * 224.0.0.253 while the Teredo client listens on port 3544 (TA-11), on every interface with a
//!   preferred IPv4 address other than a loopback address.
//! * ff01::1 and ff02::1 on every interface with an IPv6 row, and the solicited-node group of each of
//!   its unicast and anycast addresses (RFC 4291, 2.8).

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv6Addr};

use super::address::{self, Keys, Written};
use super::{Answer, Ask, Checks, Class, Output};
use crate::env::Env;
use crate::function::Function;
use crate::net::{Family, Luid};
use crate::row::{MulticastRow, Row};
use crate::status::Status;
use crate::table::{AddressKey, DadState};

/// All hosts of the link.
const ALL_HOSTS: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(224, 0, 0, 1));
/// The Teredo IPv4 discovery address.
const TEREDO_DISCOVERY: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(224, 0, 0, 253));
/// All nodes of the interface, and of the link.
const ALL_NODES: [IpAddr; 2] = [
    IpAddr::V6(Ipv6Addr::new(0xFF01, 0, 0, 0, 0, 0, 0, 1)),
    IpAddr::V6(Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 0, 0, 1)),
];

/// GetMulticastIpAddressEntry.
pub(super) fn row(ask: &mut Ask<'_>, row: Option<&Row>) -> Answer {
    let keys = match row {
        Some(Row::Multicast(row)) => {
            Some(Keys { address: row.address, luid: row.luid, index: row.index })
        }
        _ => None,
    };
    get(ask, keys).unwrap_or_else(Answer::fail)
}

/// GetMulticastIpAddressTable: by interface and address.
pub(super) fn table(ask: &mut Ask<'_>, family: u16, pointer: bool) -> Answer {
    address::table(ask, family, pointer, |env, families| {
        let luids = env.interfaces().map(|interface| interface.luid);
        let keys = luids.flat_map(|luid| {
            let of_family = |family: &Family| groups(env, luid, *family);
            let groups: BTreeSet<IpAddr> = families.iter().flat_map(of_family).collect();
            groups.into_iter().map(move |group| (luid, group))
        });
        keys.map(|key| multicast_row(env, key).into()).collect()
    })
}

fn get(ask: &mut Ask<'_>, keys: Option<Keys>) -> Result<Answer, Status> {
    let (mut checks, env) = (Checks::default(), ask.env);
    let function = Function::GetMulticastIpAddressEntry;
    let key = address::look(ask, &mut checks, function, keys, |ip| ip.is_multicast());
    let there = key.is_some_and(|(luid, ip)| groups(env, luid, Family::of(ip)).contains(&ip));
    checks.require(Class::Row, there, Status::NotFound);
    ask.verdict(checks)?;
    let key = key.ok_or(Status::InvalidParameter)?;
    Ok(Answer::output(Output::Row(multicast_row(env, key).into())))
}

/// The groups that an interface has joined, without a family none.
pub(super) fn groups(env: &Env, luid: Luid, family: Family) -> BTreeSet<IpAddr> {
    let mut groups = BTreeSet::new();
    if env.row(luid, family).is_none() {
        return groups;
    }
    let own = env.address_table().of(luid).filter(|address| address.family() == family);
    match family {
        Family::V4 => {
            groups.insert(ALL_HOSTS);
            let usable = own.filter(|address| address.dad == DadState::Preferred);
            if env.teredo().listens_3544()
                && usable.into_iter().any(|address| !address.address.is_loopback())
            {
                groups.insert(TEREDO_DISCOVERY);
            }
        }
        Family::V6 => {
            groups.extend(ALL_NODES);
            groups.extend(own.filter_map(|address| solicited_node(address.address)));
            let first = (luid, IpAddr::V6(Ipv6Addr::UNSPECIFIED));
            let anycast = env.anycast().range(first..).take_while(|key| key.0 == luid);
            groups.extend(anycast.filter_map(|key| solicited_node(key.1)));
        }
    }
    groups
}

/// The solicited-node group of an IPv6 address: ff02::1:ff00:0/104 and its last 24 bits (RFC 4291).
fn solicited_node(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    let [.., a, b, c] = address.octets();
    let (high, low) = (u16::from_be_bytes([0xFF, a]), u16::from_be_bytes([b, c]));
    Some(IpAddr::V6(Ipv6Addr::new(0xFF02, 0, 0, 0, 0, 1, high, low)))
}

fn multicast_row(env: &Env, key: AddressKey) -> MulticastRow {
    let Written { address, luid, index, scope_id } = Written::of(env, key);
    MulticastRow { address, index, luid, scope_id }
}
