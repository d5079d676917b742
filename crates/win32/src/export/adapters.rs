//! GetAdaptersAddresses, GetAdaptersInfo and GetNumberOfInterfaces.

use std::collections::HashMap;
use std::ffi::c_void;
use std::net::Ipv4Addr;

use netiosim_sim::model::api::adapters::layout::{self, List, Part};
use netiosim_sim::model::api::adapters::{Adapter, AdapterInfo, Adapters, AdaptersInfo};
use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::row::SocketAddress;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GET_ADAPTERS_ADDRESSES_FLAGS, IP_ADAPTER_ADDRESSES_LH, IP_ADAPTER_DNS_SUFFIX,
    IP_ADAPTER_GATEWAY_ADDRESS_LH, IP_ADAPTER_INFO, IP_ADAPTER_PREFIX_XP,
    IP_ADAPTER_UNICAST_ADDRESS_LH, IP_ADDR_STRING,
};
use windows_sys::Win32::Networking::WinSock::{SOCKADDR, SOCKADDR_INET, SOCKET_ADDRESS};

use super::ask;
use super::macros::exports;
use crate::layout::{from_guid, put, write_address};

const _: () = {
    assert!(size_of::<IP_ADAPTER_ADDRESSES_LH>() == layout::ADAPTER_SIZE as usize);
    assert!(size_of::<IP_ADAPTER_UNICAST_ADDRESS_LH>() == layout::UNICAST_SIZE as usize);
    assert!(size_of::<IP_ADAPTER_GATEWAY_ADDRESS_LH>() == layout::NODE_SIZE as usize);
    assert!(size_of::<IP_ADAPTER_PREFIX_XP>() == layout::PREFIX_SIZE as usize);
    assert!(size_of::<IP_ADAPTER_DNS_SUFFIX>() == layout::SUFFIX_SIZE as usize);
    assert!(size_of::<IP_ADAPTER_INFO>() == netiosim_sim::model::api::adapters::INFO_SIZE as usize);
    assert!(
        size_of::<IP_ADDR_STRING>()
            == netiosim_sim::model::api::adapters::ADDR_STRING_SIZE as usize
    );
};

/// One adapter in the client's buffer: where it begins, and where its parts lie.
struct Writer<'a> {
    base: *mut u8,
    adapter: &'a Adapter,
    places: HashMap<Part, u32>,
}

impl Writer<'_> {
    fn find(&self, part: Part) -> *mut u8 {
        match self.places.get(&part) {
            // The buffer holds the whole list, so the part lies within it.
            Some(offset) => self.base.wrapping_add(*offset as usize),
            None => std::ptr::null_mut(),
        }
    }

    /// What points to a socket address.
    fn socket(&self, part: Part, address: SocketAddress) -> SOCKET_ADDRESS {
        SOCKET_ADDRESS {
            lpSockaddr: self.find(part).cast::<SOCKADDR>(),
            iSockaddrLength: layout::sockaddr_size(address) as i32,
        }
    }

    fn first<T>(&self, list: List) -> *mut T {
        self.find(Part::Node(list, 0)).cast()
    }

    fn addresses(&self, list: List) -> Vec<SocketAddress> {
        let adapter = self.adapter;
        match list {
            List::Unicast => adapter.unicast.iter().map(|unicast| unicast.address).collect(),
            List::Prefix => adapter.prefixes.iter().map(|prefix| prefix.address).collect(),
            List::Anycast => adapter.anycast.clone(),
            List::Multicast => adapter.multicast.clone(),
            List::DnsServer => adapter.dns_servers.clone(),
            List::WinsServer => adapter.wins_servers.clone(),
            List::Gateway => adapter.gateways.clone(),
        }
    }

    /// Writes all parts.
    ///
    /// # Safety
    ///
    /// The buffer has place for all of them.
    unsafe fn write(&self, next: *mut IP_ADAPTER_ADDRESSES_LH) {
        // SAFETY: the caller's.
        unsafe {
            self.write_adapter(next);
            put_bytes(self.find(Part::Name), self.adapter.name.as_bytes());
            put_wide(self.find(Part::DnsSuffix), &self.adapter.dns_suffix);
            put_wide(self.find(Part::Description), &self.adapter.description);
            if let Some(name) = &self.adapter.friendly_name {
                put_wide(self.find(Part::FriendlyName), name);
            }
            for list in [
                List::Unicast,
                List::Anycast,
                List::Multicast,
                List::DnsServer,
                List::Prefix,
                List::WinsServer,
                List::Gateway,
            ] {
                for (n, address) in self.addresses(list).into_iter().enumerate() {
                    put_sockaddr(self.find(Part::Address(list, n)), address);
                    let socket = self.socket(Part::Address(list, n), address);
                    self.write_node(list, n, socket);
                }
            }
            if let Some(server) = self.adapter.dhcpv4_server {
                put_sockaddr(self.find(Part::Dhcpv4Server), server);
            }
            for (n, suffix) in self.adapter.dns_suffixes.iter().enumerate() {
                let node: *mut IP_ADAPTER_DNS_SUFFIX = self.find(Part::Suffix(n)).cast();
                put!(node.Next = self.find(Part::Suffix(n + 1)).cast());
                put_wide((&raw mut (*node).String).cast(), suffix);
            }
        }
    }

    unsafe fn write_adapter(&self, next: *mut IP_ADAPTER_ADDRESSES_LH) {
        let adapter = self.adapter;
        let at: *mut IP_ADAPTER_ADDRESSES_LH = self.base.cast();
        // SAFETY: the caller's.
        unsafe {
            self.base.write_bytes(0, size_of::<IP_ADAPTER_ADDRESSES_LH>());
            put!(at.Anonymous1.Anonymous.Length = layout::ADAPTER_SIZE);
            put!(at.Anonymous1.Anonymous.IfIndex = adapter.index);
            put!(at.Next = next);
            put!(at.AdapterName = self.find(Part::Name));
            put!(at.FirstUnicastAddress = self.first(List::Unicast));
            put!(at.FirstAnycastAddress = self.first(List::Anycast));
            put!(at.FirstMulticastAddress = self.first(List::Multicast));
            put!(at.FirstDnsServerAddress = self.first(List::DnsServer));
            put!(at.DnsSuffix = self.find(Part::DnsSuffix).cast());
            put!(at.Description = self.find(Part::Description).cast());
            put!(at.FriendlyName = self.find(Part::FriendlyName).cast());
            let hardware = &adapter.physical_address;
            for (n, byte) in hardware.iter().take(8).enumerate() {
                (&raw mut (*at).PhysicalAddress).cast::<u8>().add(n).write(*byte);
            }
            put!(at.PhysicalAddressLength = hardware.len().min(8) as u32);
            put!(at.Anonymous2.Flags = adapter.flags);
            put!(at.Mtu = adapter.mtu);
            put!(at.IfType = adapter.if_type);
            put!(at.OperStatus = adapter.oper_status as i32);
            put!(at.Ipv6IfIndex = adapter.ipv6_index);
            put!(at.ZoneIndices = adapter.zone_indices);
            put!(at.FirstPrefix = self.first(List::Prefix));
            put!(at.TransmitLinkSpeed = adapter.transmit_link_speed);
            put!(at.ReceiveLinkSpeed = adapter.receive_link_speed);
            put!(at.FirstWinsServerAddress = self.first(List::WinsServer));
            put!(at.FirstGatewayAddress = self.first(List::Gateway));
            put!(at.Ipv4Metric = adapter.ipv4_metric);
            put!(at.Ipv6Metric = adapter.ipv6_metric);
            put!(at.Luid.Value = adapter.luid.0);
            if let Some(server) = adapter.dhcpv4_server {
                put!(at.Dhcpv4Server = self.socket(Part::Dhcpv4Server, server));
            }
            put!(at.CompartmentId = adapter.compartment_id);
            put!(at.NetworkGuid = from_guid(adapter.network_guid));
            put!(at.ConnectionType = adapter.connection_type as i32);
            put!(at.TunnelType = adapter.tunnel_type as i32);
            put!(at.Dhcpv6Iaid = adapter.dhcpv6_iaid);
            let duid = &adapter.dhcpv6_client_duid;
            for (n, byte) in duid.iter().take(130).enumerate() {
                (&raw mut (*at).Dhcpv6ClientDuid).cast::<u8>().add(n).write(*byte);
            }
            put!(at.Dhcpv6ClientDuidLength = duid.len().min(130) as u32);
            put!(at.FirstDnsSuffix = self.find(Part::Suffix(0)).cast());
        }
    }

    unsafe fn write_node(&self, list: List, n: usize, socket: SOCKET_ADDRESS) {
        let node = self.find(Part::Node(list, n));
        let next = self.find(Part::Node(list, n + 1));
        // SAFETY: the caller's. The structures of the other lists are all alike.
        unsafe {
            match list {
                List::Unicast => {
                    let from = &self.adapter.unicast[n];
                    let at: *mut IP_ADAPTER_UNICAST_ADDRESS_LH = node.cast();
                    node.write_bytes(0, size_of::<IP_ADAPTER_UNICAST_ADDRESS_LH>());
                    put!(at.Anonymous.Anonymous.Length = layout::UNICAST_SIZE);
                    put!(at.Anonymous.Anonymous.Flags = from.flags);
                    put!(at.Next = next.cast());
                    put!(at.Address = socket);
                    put!(at.PrefixOrigin = from.prefix_origin as i32);
                    put!(at.SuffixOrigin = from.suffix_origin as i32);
                    put!(at.DadState = from.dad_state as i32);
                    put!(at.ValidLifetime = from.valid_lifetime);
                    put!(at.PreferredLifetime = from.preferred_lifetime);
                    put!(at.LeaseLifetime = from.lease_lifetime);
                    put!(at.OnLinkPrefixLength = from.on_link_prefix_length);
                }
                List::Prefix => {
                    let at: *mut IP_ADAPTER_PREFIX_XP = node.cast();
                    node.write_bytes(0, size_of::<IP_ADAPTER_PREFIX_XP>());
                    put!(at.Anonymous.Anonymous.Length = layout::PREFIX_SIZE);
                    put!(at.Next = next.cast());
                    put!(at.Address = socket);
                    put!(at.PrefixLength = self.adapter.prefixes[n].length);
                }
                _ => {
                    let at: *mut IP_ADAPTER_GATEWAY_ADDRESS_LH = node.cast();
                    node.write_bytes(0, size_of::<IP_ADAPTER_GATEWAY_ADDRESS_LH>());
                    put!(at.Anonymous.Anonymous.Length = layout::NODE_SIZE);
                    put!(at.Next = next.cast());
                    put!(at.Address = socket);
                }
            }
        }
    }
}

/// A text of bytes with its zero.
unsafe fn put_bytes(at: *mut u8, bytes: &[u8]) {
    // SAFETY: the caller's.
    unsafe {
        at.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len());
        at.add(bytes.len()).write(0);
    }
}

/// A text in UTF-16 with its zero.
unsafe fn put_wide(at: *mut u8, text: &str) {
    for (n, unit) in text.encode_utf16().chain([0]).enumerate() {
        // SAFETY: the caller's.
        unsafe { at.cast::<u16>().add(n).write_unaligned(unit) };
    }
}

/// A SOCKADDR_IN or SOCKADDR_IN6, as long as it is.
unsafe fn put_sockaddr(at: *mut u8, address: SocketAddress) {
    let mut whole = SOCKADDR_INET::default();
    // SAFETY: the caller's; the family's structure is the beginning of the union.
    unsafe {
        write_address(address, &raw mut whole);
        let size = layout::sockaddr_size(address) as usize;
        at.copy_from_nonoverlapping((&raw const whole).cast(), size);
    }
}

unsafe fn put_adapters(adapters: &Adapters, buffer: *mut u8) {
    let mut base = buffer;
    for (n, adapter) in adapters.list.iter().enumerate() {
        let size = layout::size(adapter) as usize;
        let after = base.wrapping_add(size);
        let next = if n + 1 < adapters.list.len() { after.cast() } else { std::ptr::null_mut() };
        let places = layout::place(adapter).into_iter().map(|at| (at.part, at.offset)).collect();
        let writer = Writer { base, adapter, places };
        // SAFETY: the caller's: the buffer has place for the whole list.
        unsafe { writer.write(next) };
        base = after;
    }
}

/// Writes a chain of addresses with masks: the first into the structure, the others behind it.
unsafe fn put_chain(
    first: *mut IP_ADDR_STRING,
    mut behind: *mut IP_ADDR_STRING,
    chain: &[(String, String)],
) -> *mut IP_ADDR_STRING {
    let mut at = first;
    for (n, (address, mask)) in chain.iter().enumerate() {
        // SAFETY: the caller's.
        unsafe {
            at.cast::<u8>().write_bytes(0, size_of::<IP_ADDR_STRING>());
            put_bytes((&raw mut (*at).IpAddress).cast(), address.as_bytes());
            put_bytes((&raw mut (*at).IpMask).cast(), mask.as_bytes());
            if n + 1 < chain.len() {
                put!(at.Next = behind);
                at = behind;
                behind = behind.wrapping_add(1);
            }
        }
    }
    behind
}

fn plain(addresses: &[Ipv4Addr]) -> Vec<(String, String)> {
    addresses.iter().map(|address| (address.to_string(), String::new())).collect()
}

unsafe fn put_info(info: &AdapterInfo, at: *mut IP_ADAPTER_INFO, next: *mut IP_ADAPTER_INFO) {
    // SAFETY: the caller's.
    unsafe {
        at.cast::<u8>().write_bytes(0, size_of::<IP_ADAPTER_INFO>());
        put!(at.Next = next);
        put_bytes((&raw mut (*at).AdapterName).cast(), info.name.as_bytes());
        put_bytes((&raw mut (*at).Description).cast(), info.description.as_bytes());
        put!(at.AddressLength = info.physical_address.len().min(8) as u32);
        for (n, byte) in info.physical_address.iter().take(8).enumerate() {
            (&raw mut (*at).Address).cast::<u8>().add(n).write(*byte);
        }
        put!(at.Index = info.index);
        put!(at.Type = info.if_type);
        put!(at.DhcpEnabled = u32::from(info.dhcp_enabled));
        let masked: Vec<_> = info
            .addresses
            .iter()
            .map(|(address, mask)| (address.to_string(), mask.to_string()))
            .collect();
        let behind: *mut IP_ADDR_STRING = at.wrapping_add(1).cast();
        let behind = put_chain(&raw mut (*at).IpAddressList, behind, &masked);
        let behind = put_chain(&raw mut (*at).GatewayList, behind, &plain(&info.gateways));
        let server: Vec<Ipv4Addr> = info.dhcp_server.into_iter().collect();
        put_chain(&raw mut (*at).DhcpServer, behind, &plain(&server));
        put!(at.HaveWins = i32::from(!info.wins_servers.is_empty()));
        let (primary, others) = info.wins_servers.split_at(info.wins_servers.len().min(1));
        put_chain(&raw mut (*at).PrimaryWinsServer, behind, &plain(primary));
        put_chain(&raw mut (*at).SecondaryWinsServer, behind, &plain(others));
        put!(at.LeaseObtained = info.lease_obtained);
        put!(at.LeaseExpires = info.lease_expires);
    }
}

unsafe fn put_infos(infos: &AdaptersInfo, buffer: *mut u8) {
    let mut base = buffer;
    for (n, info) in infos.list.iter().enumerate() {
        let after = base.wrapping_add(info.size() as usize);
        let next = if n + 1 < infos.list.len() { after.cast() } else { std::ptr::null_mut() };
        // SAFETY: the caller's: the buffer has place for the whole list.
        unsafe { put_info(info, base.cast(), next) };
        base = after;
    }
}

/// A call that fills a buffer, or says how big it has to be.
unsafe fn sized(call: &Call, buffer: *mut u8, size: *mut u32, caller: usize) -> u32 {
    ask(call, caller, |_, output| {
        // SAFETY: the caller's; the model gives a list only where the buffer is said to hold it.
        unsafe {
            match output {
                Output::Size(needed) => size.write_unaligned(needed),
                Output::Adapters(adapters) => put_adapters(&adapters, buffer),
                Output::AdaptersInfo(infos) => put_infos(&infos, buffer),
                _ => {}
            }
        }
    })
}

exports! {
    /// GetAdaptersAddresses: all adapters with their addresses, in a buffer that the caller brings. A buffer that is too
    /// small is answered with ERROR_BUFFER_OVERFLOW (111) and the size that it takes.
    [5] fn GetAdaptersAddresses(
        caller;
        family: u32,
        flags: GET_ADAPTERS_ADDRESSES_FLAGS,
        reserved: *const c_void,
        buffer: *mut IP_ADAPTER_ADDRESSES_LH,
        size: *mut u32,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe {
            let call = Call::Adapters {
                function: Function::GetAdaptersAddresses,
                family,
                flags,
                reserved: !reserved.is_null(),
                size: (!size.is_null()).then(|| size.read_unaligned()),
                buffer: !buffer.is_null(),
            };
            sized(&call, buffer.cast(), size, caller)
        }
    }

    /// GetAdaptersInfo: the same for IPv4, as it was before.
    [2] fn GetAdaptersInfo(caller; buffer: *mut IP_ADAPTER_INFO, size: *mut u32) -> u32 {
        // SAFETY: the caller's.
        unsafe {
            let call = Call::Adapters {
                function: Function::GetAdaptersInfo,
                family: 0,
                flags: 0,
                reserved: false,
                size: (!size.is_null()).then(|| size.read_unaligned()),
                buffer: !buffer.is_null(),
            };
            sized(&call, buffer.cast(), size, caller)
        }
    }

    /// GetNumberOfInterfaces.
    [1] fn GetNumberOfInterfaces(caller; number: *mut u32) -> u32 {
        let call = Call::Number {
            function: Function::GetNumberOfInterfaces,
            pointer: !number.is_null(),
        };
        ask(&call, caller, |_, output| {
            if let Output::Number(value) = output {
                // SAFETY: the caller's; the model gives no number where there is no place for it.
                unsafe { number.write_unaligned(value) };
            }
        })
    }
}
