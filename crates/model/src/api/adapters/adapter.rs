//! One adapter as GetAdaptersAddresses tells it: IP_ADAPTER_ADDRESSES_LH in the words of this crate.

use crate::net::{Guid, Luid};
use crate::row::SocketAddress;

/// Flags: what a caller of GetAdaptersAddresses wants to have, or not to have (GAA_FLAG_*).
///
/// A bit that is none of these has no effect (chosen), and neither have those that stand here without
/// an effect.
pub mod gaa {
    /// No unicast addresses (AD-07).
    pub const SKIP_UNICAST: u32 = 0x1;
    /// No anycast addresses (AD-07).
    pub const SKIP_ANYCAST: u32 = 0x2;
    /// No multicast addresses (AD-07).
    pub const SKIP_MULTICAST: u32 = 0x4;
    /// No DNS servers (AD-08).
    pub const SKIP_DNS_SERVER: u32 = 0x8;
    /// The prefixes as well (AD-09).
    pub const INCLUDE_PREFIX: u32 = 0x10;
    /// No friendly name (AD-10).
    pub const SKIP_FRIENDLY_NAME: u32 = 0x20;
    /// The WINS servers as well (AD-11).
    pub const INCLUDE_WINS_INFO: u32 = 0x40;
    /// The default gateways as well (AD-12).
    pub const INCLUDE_GATEWAYS: u32 = 0x80;
    /// The interfaces as well to which no family asked for is bound (AD-13).
    pub const INCLUDE_ALL_INTERFACES: u32 = 0x100;
    /// Without effect: the page calls it not supported (AD-33).
    pub const INCLUDE_ALL_COMPARTMENTS: u32 = 0x200;
    /// Without effect: a simulated machine has no binding order of tunnels (chosen).
    pub const INCLUDE_TUNNEL_BINDINGORDER: u32 = 0x400;
    /// Neither DNS servers nor suffixes: in the headers, and on no page (chosen).
    pub const SKIP_DNS_INFO: u32 = 0x800;
}

/// Flags of an adapter (AD-32).
pub mod adapter_flag {
    /// IP_ADAPTER_DDNS_ENABLED: chosen for every adapter that is hardware.
    pub const DDNS_ENABLED: u32 = 0x1;
    /// IP_ADAPTER_REGISTER_ADAPTER_SUFFIX: never set (chosen).
    pub const REGISTER_ADAPTER_SUFFIX: u32 = 0x2;
    /// IP_ADAPTER_DHCP_ENABLED.
    pub const DHCP_ENABLED: u32 = 0x4;
    /// IP_ADAPTER_RECEIVE_ONLY: never set (chosen).
    pub const RECEIVE_ONLY: u32 = 0x8;
    /// IP_ADAPTER_NO_MULTICAST: never set (chosen).
    pub const NO_MULTICAST: u32 = 0x10;
    /// IP_ADAPTER_IPV6_OTHER_STATEFUL_CONFIG: the member of the IPv6 row.
    pub const IPV6_OTHER_STATEFUL_CONFIG: u32 = 0x20;
    /// IP_ADAPTER_NETBIOS_OVER_TCPIP_ENABLED: chosen for hardware with IPv4.
    pub const NETBIOS_OVER_TCPIP_ENABLED: u32 = 0x40;
    /// IP_ADAPTER_IPV4_ENABLED: IPv4 is bound.
    pub const IPV4_ENABLED: u32 = 0x80;
    /// IP_ADAPTER_IPV6_ENABLED: IPv6 is bound.
    pub const IPV6_ENABLED: u32 = 0x100;
    /// IP_ADAPTER_IPV6_MANAGE_ADDRESS_CONFIG: the member of the IPv6 row.
    pub const IPV6_MANAGE_ADDRESS_CONFIG: u32 = 0x200;
}

/// Flags of a unicast address.
pub mod address_flag {
    /// IP_ADAPTER_ADDRESS_DNS_ELIGIBLE: it may stand in DNS. Chosen for addresses that are neither
    /// loopback nor link-local, and that are not left out as a source.
    pub const DNS_ELIGIBLE: u32 = 0x1;
    /// IP_ADAPTER_ADDRESS_TRANSIENT, an address of a cluster: never set (chosen).
    pub const TRANSIENT: u32 = 0x2;
}

/// What GetAdaptersAddresses writes into the buffer: the adapters, and how big they are there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Adapters {
    /// How many bytes of the buffer they take: the [sizes](super::layout::size) of all.
    pub size: u32,
    /// The adapters, in order (AD-14).
    pub list: Vec<Adapter>,
}

/// One adapter: every member of IP_ADAPTER_ADDRESSES_LH but the pointers that chain it.
///
/// Numbers are those of the headers. The lists hold addresses of the families asked for; what concerns
/// the adapter as a whole, such as the two indices and the metrics, is there whichever was asked
/// (derived of the pages' "bound to an adapter").
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Adapter {
    /// IfIndex: the interface index, 0 where IPv4 is not bound (AD-15).
    pub index: u32,
    /// Ipv6IfIndex: the interface index, 0 where IPv6 is not bound (AD-15).
    pub ipv6_index: u32,
    /// AdapterName: the GUID of the interface in braces and capitals, in ANSI characters (AD-17).
    pub name: String,
    /// FirstUnicastAddress: by address, IPv4 first (chosen; the page promises no order).
    pub unicast: Vec<AdapterAddress>,
    /// FirstAnycastAddress.
    pub anycast: Vec<SocketAddress>,
    /// FirstMulticastAddress.
    pub multicast: Vec<SocketAddress>,
    /// FirstDnsServerAddress: in the order in which they are asked.
    pub dns_servers: Vec<SocketAddress>,
    /// DnsSuffix: empty where there is none.
    pub dns_suffix: String,
    /// Description.
    pub description: String,
    /// FriendlyName: the alias; `None`, which is NULL, where it was not wanted (AD-10, AD-17).
    pub friendly_name: Option<String>,
    /// PhysicalAddress with its length: at most 8 bytes, none without a data link (AD-16).
    pub physical_address: Vec<u8>,
    /// Flags: see [`adapter_flag`].
    pub flags: u32,
    /// Mtu of the link, in bytes.
    pub mtu: u32,
    /// IfType.
    pub if_type: u32,
    /// OperStatus.
    pub oper_status: u32,
    /// ZoneIndices by scope level. Chosen: with IPv6 the interface index for the levels interface,
    /// link and subnet, else 0.
    pub zone_indices: [u32; 16],
    /// FirstPrefix (AD-09).
    pub prefixes: Vec<AdapterPrefix>,
    /// TransmitLinkSpeed, in bits per second.
    pub transmit_link_speed: u64,
    /// ReceiveLinkSpeed, in bits per second.
    pub receive_link_speed: u64,
    /// FirstWinsServerAddress (AD-11).
    pub wins_servers: Vec<SocketAddress>,
    /// FirstGatewayAddress: the next hops of the default routes, the lowest effective metric first of
    /// each family (AD-12; the order is chosen).
    pub gateways: Vec<SocketAddress>,
    /// Ipv4Metric: the interface metric, 0 where IPv4 is not bound (AD-18).
    pub ipv4_metric: u32,
    /// Ipv6Metric: the interface metric, 0 where IPv6 is not bound (AD-18).
    pub ipv6_metric: u32,
    /// Luid.
    pub luid: Luid,
    /// Dhcpv4Server: the one that gave the lease (AD-22).
    pub dhcpv4_server: Option<SocketAddress>,
    /// CompartmentId: 1, the primary one, as every interface of a simulated machine (chosen).
    pub compartment_id: u32,
    /// NetworkGuid: zero, the default network.
    pub network_guid: Guid,
    /// ConnectionType.
    pub connection_type: u32,
    /// TunnelType.
    pub tunnel_type: u32,
    /// Dhcpv6Server: never there, the page calls it not supported (AD-34).
    pub dhcpv6_server: Option<SocketAddress>,
    /// Dhcpv6ClientDuid with its length: at most 130 bytes; empty, because a simulated machine has no
    /// DHCPv6 client (chosen).
    pub dhcpv6_client_duid: Vec<u8>,
    /// Dhcpv6Iaid: 0.
    pub dhcpv6_iaid: u32,
    /// FirstDnsSuffix: the suffixes that are searched besides, at most 255 UTF-16 units each.
    pub dns_suffixes: Vec<String>,
}

/// One unicast address: the members of IP_ADAPTER_UNICAST_ADDRESS_LH.
///
/// Addresses in every state are told, duplicates among them (AD-19).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdapterAddress {
    /// Flags: see [`address_flag`].
    pub flags: u32,
    /// Address.
    pub address: SocketAddress,
    /// PrefixOrigin.
    pub prefix_origin: u32,
    /// SuffixOrigin.
    pub suffix_origin: u32,
    /// DadState.
    pub dad_state: u32,
    /// ValidLifetime, in seconds; 0xFFFFFFFF without end (AD-20).
    pub valid_lifetime: u32,
    /// PreferredLifetime, in seconds; 0xFFFFFFFF without end (AD-20).
    pub preferred_lifetime: u32,
    /// LeaseLifetime, in seconds: equal to ValidLifetime (chosen).
    pub lease_lifetime: u32,
    /// OnLinkPrefixLength, in bits.
    pub on_link_prefix_length: u8,
}

/// One prefix: the members of IP_ADAPTER_PREFIX_XP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdapterPrefix {
    /// Address.
    pub address: SocketAddress,
    /// PrefixLength, in bits.
    pub length: u32,
}
