//! The list of GetAdaptersAddresses.

use std::mem::offset_of;

use netiosim_model::api::adapters::{Adapter, AdapterAddress, AdapterPrefix, Adapters};
use netiosim_model::row::SocketAddress;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_DNS_SUFFIX,
};
use windows_sys::Win32::Networking::WinSock::{
    AF_INET6, SOCKADDR_IN, SOCKADDR_IN6, SOCKADDR_INET, SOCKET_ADDRESS,
};

use super::adapters::List;
use super::place::Member;

/// A member of a structure that was looked up in the list.
macro_rules! get {
    ($at:ident.$($member:ident).+) => {
        // SAFETY: the structure lies in the buffer, all of which is initialised; every value of the member is legal.
        unsafe { (&raw const (*$at).$($member).+).read_unaligned() }
    };
}

/// The same in the words of the model.
macro_rules! take {
    ($at:ident.$($member:ident).+) => {
        // SAFETY: the structure lies in the buffer, all of which is initialised.
        unsafe { Member::take(&raw const (*$at).$($member).+) }
    };
}

/// What each node of a chain holds.
macro_rules! chain {
    ($list:ident, $first:expr, $node:ident => $value:expr) => {{
        let mut all = Vec::new();
        let mut next = $first;
        while let Some($node) = $list.part(next.cast_const()) {
            assert!(all.len() < $list.longest(), "a chain has no end");
            all.push($value);
            next = get!($node.Next);
        }
        all
    }};
}

impl List {
    /// No chain has more nodes than the buffer has bytes.
    fn longest(&self) -> usize {
        self.taken() as usize
    }

    /// A socket address: as long as it is said to be, and that is long enough.
    fn socket(&mut self, address: SOCKET_ADDRESS) -> SocketAddress {
        let length = usize::try_from(address.iSockaddrLength).expect("a length");
        let at = self.bytes(address.lpSockaddr.cast(), length).expect("an address");
        let mut whole = SOCKADDR_INET::default();
        // SAFETY: so many bytes lie in the buffer; of the union every byte is legal.
        let whole = unsafe {
            let most = length.min(size_of::<SOCKADDR_INET>());
            (&raw mut whole).cast::<u8>().copy_from_nonoverlapping(at, most);
            SOCKADDR_INET::take(&raw const whole)
        };
        let needed = match whole.family_number() {
            AF_INET6 => size_of::<SOCKADDR_IN6>(),
            _ => size_of::<SOCKADDR_IN>(),
        };
        assert!(length >= needed, "{whole} has {length} bytes");
        whole
    }

    fn adapter(&mut self, at: *const IP_ADAPTER_ADDRESSES_LH) -> Adapter {
        let length: u32 = get!(at.Anonymous1.Anonymous.Length);
        assert!(length as usize >= size_of::<IP_ADAPTER_ADDRESSES_LH>(), "Length is {length}");
        let physical: [u8; 8] = get!(at.PhysicalAddress);
        let physical_length = get!(at.PhysicalAddressLength) as usize;
        let duid: [u8; 130] = get!(at.Dhcpv6ClientDuid);
        let duid_length = get!(at.Dhcpv6ClientDuidLength) as usize;
        let friendly_name = get!(at.FriendlyName);
        let server = |list: &mut Self, server: SOCKET_ADDRESS| {
            (!server.lpSockaddr.is_null()).then(|| list.socket(server))
        };
        Adapter {
            index: get!(at.Anonymous1.Anonymous.IfIndex),
            ipv6_index: get!(at.Ipv6IfIndex),
            name: self.narrow(get!(at.AdapterName)),
            unicast: chain!(self, get!(at.FirstUnicastAddress), node => AdapterAddress {
                flags: get!(node.Anonymous.Anonymous.Flags),
                address: self.socket(get!(node.Address)),
                prefix_origin: take!(node.PrefixOrigin),
                suffix_origin: take!(node.SuffixOrigin),
                dad_state: take!(node.DadState),
                valid_lifetime: get!(node.ValidLifetime),
                preferred_lifetime: get!(node.PreferredLifetime),
                lease_lifetime: get!(node.LeaseLifetime),
                on_link_prefix_length: get!(node.OnLinkPrefixLength),
            }),
            anycast: chain!(self, get!(at.FirstAnycastAddress), node => {
                self.socket(get!(node.Address))
            }),
            multicast: chain!(self, get!(at.FirstMulticastAddress), node => {
                self.socket(get!(node.Address))
            }),
            dns_servers: chain!(self, get!(at.FirstDnsServerAddress), node => {
                self.socket(get!(node.Address))
            }),
            dns_suffix: self.wide(get!(at.DnsSuffix)),
            description: self.wide(get!(at.Description)),
            friendly_name: (!friendly_name.is_null()).then(|| self.wide(friendly_name)),
            physical_address: physical[..physical_length].to_vec(),
            flags: get!(at.Anonymous2.Flags),
            mtu: get!(at.Mtu),
            if_type: get!(at.IfType),
            oper_status: take!(at.OperStatus),
            zone_indices: get!(at.ZoneIndices),
            prefixes: chain!(self, get!(at.FirstPrefix), node => AdapterPrefix {
                address: self.socket(get!(node.Address)),
                length: get!(node.PrefixLength),
            }),
            transmit_link_speed: get!(at.TransmitLinkSpeed),
            receive_link_speed: get!(at.ReceiveLinkSpeed),
            wins_servers: chain!(self, get!(at.FirstWinsServerAddress), node => {
                self.socket(get!(node.Address))
            }),
            gateways: chain!(self, get!(at.FirstGatewayAddress), node => {
                self.socket(get!(node.Address))
            }),
            ipv4_metric: get!(at.Ipv4Metric),
            ipv6_metric: get!(at.Ipv6Metric),
            luid: take!(at.Luid),
            dhcpv4_server: server(self, get!(at.Dhcpv4Server)),
            compartment_id: get!(at.CompartmentId),
            network_guid: take!(at.NetworkGuid),
            connection_type: take!(at.ConnectionType),
            tunnel_type: take!(at.TunnelType),
            dhcpv6_server: server(self, get!(at.Dhcpv6Server)),
            dhcpv6_client_duid: duid[..duid_length].to_vec(),
            dhcpv6_iaid: get!(at.Dhcpv6Iaid),
            dns_suffixes: chain!(self, get!(at.FirstDnsSuffix), node => {
                let text = node.wrapping_byte_add(offset_of!(IP_ADAPTER_DNS_SUFFIX, String));
                self.wide(text.cast())
            }),
        }
    }
}

/// The adapters of a list, in order; there is at least one.
pub(super) fn read(list: &mut List) -> Adapters {
    let first: *const IP_ADAPTER_ADDRESSES_LH = list.first();
    let all = chain!(list, first.cast_mut(), at => list.adapter(at));
    Adapters { size: list.taken(), list: all }
}
