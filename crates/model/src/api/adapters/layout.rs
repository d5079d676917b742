//! How big an adapter is in the buffer of GetAdaptersAddresses, and what lies where.
//!
//! The sizes are those of the structures on 64-bit Windows, whatever the host. The order of the parts
//! is chosen: the pages promise none, and a caller follows the pointers.

use std::iter;

use super::adapter::Adapter;
use crate::row::SocketAddress;

/// IP_ADAPTER_ADDRESSES_LH, in bytes.
pub const ADAPTER_SIZE: u32 = 448;
/// IP_ADAPTER_UNICAST_ADDRESS_LH, in bytes.
pub const UNICAST_SIZE: u32 = 64;
/// The structures of anycast and multicast addresses, DNS and WINS servers and gateways, in bytes.
pub const NODE_SIZE: u32 = 32;
/// IP_ADAPTER_PREFIX_XP, in bytes.
pub const PREFIX_SIZE: u32 = 40;
/// IP_ADAPTER_DNS_SUFFIX, in bytes.
pub const SUFFIX_SIZE: u32 = 520;
/// SOCKADDR_IN, in bytes.
pub const SOCKADDR_IN_SIZE: u32 = 16;
/// SOCKADDR_IN6, in bytes.
pub const SOCKADDR_IN6_SIZE: u32 = 28;
/// Every part begins at a multiple of this, in bytes.
pub const ALIGNMENT: u32 = 8;

/// One of the lists of an adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum List {
    /// FirstUnicastAddress.
    Unicast,
    /// FirstAnycastAddress.
    Anycast,
    /// FirstMulticastAddress.
    Multicast,
    /// FirstDnsServerAddress.
    DnsServer,
    /// FirstPrefix.
    Prefix,
    /// FirstWinsServerAddress.
    WinsServer,
    /// FirstGatewayAddress.
    Gateway,
}

/// A part of an adapter in the buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The structure of the adapter itself; always the first.
    Adapter,
    /// AdapterName: ANSI characters and a zero.
    Name,
    /// DnsSuffix: UTF-16 and a zero; there even if it is empty.
    DnsSuffix,
    /// Description: UTF-16 and a zero.
    Description,
    /// FriendlyName: UTF-16 and a zero.
    FriendlyName,
    /// A node of a list, by its position; the [`Address`](Self::Address) of the same position follows.
    Node(List, usize),
    /// The socket address to which a node points.
    Address(List, usize),
    /// The socket address to which Dhcpv4Server points.
    Dhcpv4Server,
    /// A node of FirstDnsSuffix, by its position, with the text in it.
    Suffix(usize),
}

/// A part and where it lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Placed {
    /// What lies there.
    pub part: Part,
    /// Where, in bytes from the beginning of the adapter; a multiple of [`ALIGNMENT`].
    pub offset: u32,
    /// How big it is, in bytes, without what fills it up to the next part.
    pub size: u32,
}

/// The parts of an adapter, without gaps but those of alignment.
///
/// The order: the structure, its texts, the nodes of the lists in the order of [`List`], each with its
/// address right after it, the DHCP server, the nodes of the DNS suffixes. The next adapter begins at
/// [`size`].
///
/// # Examples
///
/// ```
/// use netiosim_model::api::adapters::layout::{self, Part};
/// use netiosim_model::api::{Call, Output};
/// use netiosim_model::build::home;
/// use netiosim_model::choose::First;
/// use netiosim_model::machine::Machine;
/// use netiosim_model::profile::Profile;
///
/// let mut machine = Machine::new(Profile::Documented, home());
/// let process = machine.process("tool", Default::default());
/// let main = machine.actor("main", process);
/// let call = Call::adapters_addresses(0, 0);
/// let Output::Adapters(adapters) = machine.call(main, &call, &mut First::default()).output else {
///     panic!("a list")
/// };
/// let parts = layout::place(&adapters.list[0]);
/// assert_eq!((parts[0].part, parts[0].size), (Part::Adapter, 448));
/// assert!(parts.windows(2).all(|two| two[0].offset + two[0].size <= two[1].offset));
/// assert_eq!(adapters.size, adapters.list.iter().map(|a| layout::size(a) as u32).sum::<u32>());
/// ```
#[must_use]
pub fn place(adapter: &Adapter) -> Vec<Placed> {
    let mut offset: u64 = 0;
    let mut placed = Vec::new();
    for (part, size) in parts(adapter) {
        // The size of the whole is looked at before anything is laid out: it has 32 bits.
        let at = u32::try_from(offset).unwrap_or(u32::MAX);
        placed.push(Placed { part, offset: at, size });
        offset += filled(size);
    }
    placed
}

/// How many bytes of the buffer an adapter takes, a multiple of [`ALIGNMENT`].
#[must_use]
pub fn size(adapter: &Adapter) -> u64 {
    parts(adapter).map(|(_, size)| filled(size)).sum()
}

/// How big a socket address is, in bytes.
#[must_use]
pub const fn sockaddr_size(address: SocketAddress) -> u32 {
    match address {
        SocketAddress::V6 { .. } => SOCKADDR_IN6_SIZE,
        _ => SOCKADDR_IN_SIZE,
    }
}

fn filled(size: u32) -> u64 {
    u64::from(size).next_multiple_of(u64::from(ALIGNMENT))
}

/// The parts with their sizes, in order.
fn parts<'a>(adapter: &'a Adapter) -> impl Iterator<Item = (Part, u32)> + 'a {
    let texts = [
        Some((Part::Name, length(adapter.name.chars().count(), 1))),
        Some((Part::DnsSuffix, utf16_size(&adapter.dns_suffix))),
        Some((Part::Description, utf16_size(&adapter.description))),
        adapter.friendly_name.as_ref().map(|name| (Part::FriendlyName, utf16_size(name))),
    ];
    let unicast = adapter.unicast.iter().map(|unicast| unicast.address);
    let prefixes = adapter.prefixes.iter().map(|prefix| prefix.address);
    let plain =
        |list, addresses: &'a [SocketAddress]| nodes(list, NODE_SIZE, addresses.iter().copied());
    iter::once((Part::Adapter, ADAPTER_SIZE))
        .chain(texts.into_iter().flatten())
        .chain(nodes(List::Unicast, UNICAST_SIZE, unicast))
        .chain(plain(List::Anycast, &adapter.anycast))
        .chain(plain(List::Multicast, &adapter.multicast))
        .chain(plain(List::DnsServer, &adapter.dns_servers))
        .chain(nodes(List::Prefix, PREFIX_SIZE, prefixes))
        .chain(plain(List::WinsServer, &adapter.wins_servers))
        .chain(plain(List::Gateway, &adapter.gateways))
        .chain(adapter.dhcpv4_server.map(|server| (Part::Dhcpv4Server, sockaddr_size(server))))
        .chain((0..adapter.dns_suffixes.len()).map(|n| (Part::Suffix(n), SUFFIX_SIZE)))
}

/// The nodes of a list, each with its address.
fn nodes(
    list: List,
    size: u32,
    addresses: impl Iterator<Item = SocketAddress>,
) -> impl Iterator<Item = (Part, u32)> {
    addresses.enumerate().flat_map(move |(n, address)| {
        [(Part::Node(list, n), size), (Part::Address(list, n), sockaddr_size(address))]
    })
}

/// A text in UTF-16 with its zero, in bytes.
fn utf16_size(text: &str) -> u32 {
    length(text.encode_utf16().count(), 2)
}

fn length(units: usize, unit_size: u32) -> u32 {
    u32::try_from(units).unwrap_or(u32::MAX).saturating_add(1).saturating_mul(unit_size)
}
