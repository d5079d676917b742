//! GetAdaptersAddresses, GetAdaptersInfo and GetNumberOfInterfaces: the adapters of a machine.
//!
//! They are functions of iphlpapi.h, for programs only. The first two write a list into a buffer that
//! the caller brings, or say how big it has to be (AD-03, AD-04); [`layout`] says what lies where.

mod adapter;
mod info;
pub mod layout;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use self::adapter::{
    Adapter, AdapterAddress, AdapterPrefix, Adapters, adapter_flag, address_flag, gaa,
};
pub use self::info::{ADDR_STRING_SIZE, AdapterInfo, AdaptersInfo, INFO_SIZE};
use super::{Answer, Ask, Call, Checks, Class, Output, if_row, multicast};
use crate::env::Env;
use crate::interface::Interface;
use crate::member::Member;
use crate::net::{AF_UNSPEC, Family, Guid, Luid};
use crate::profile::OptionId;
use crate::row::SocketAddress;
use crate::status::Status;
use crate::table::{AddressKey, DadState, PrefixOrigin, UnicastAddress, lifetime_s};
use crate::windows::Windows;

/// MAX_ADAPTER_ADDRESS_LENGTH, in bytes.
const PHYSICAL_ADDRESS_LIMIT: usize = 8;
/// NET_IF_COMPARTMENT_ID_PRIMARY.
const PRIMARY_COMPARTMENT: u32 = 1;
/// MAX_DNS_SUFFIX_STRING_LENGTH without its zero, in UTF-16 units.
const SUFFIX_LIMIT: usize = 255;

/// GetAdaptersAddresses (AD-01 to AD-23).
pub(super) fn addresses(ask: &mut Ask<'_>, call: &Call) -> Answer {
    let Call::Adapters { family, flags, size, buffer, .. } = call else {
        return Answer::fail(Status::InvalidParameter);
    };
    list(ask, *family, *flags, *size, *buffer).unwrap_or_else(Answer::fail)
}

/// GetAdaptersInfo (AD-24 to AD-29).
pub(super) fn info(ask: &mut Ask<'_>, call: &Call) -> Answer {
    let Call::Adapters { size, buffer, .. } = call else {
        return Answer::fail(Status::InvalidParameter);
    };
    info::info(ask, *size, *buffer).unwrap_or_else(Answer::fail)
}

/// GetNumberOfInterfaces (AD-30, AD-31). That NULL is an invalid parameter is chosen.
pub(super) fn number(ask: &mut Ask<'_>, pointer: bool) -> Answer {
    if !pointer {
        return Answer::fail(Status::InvalidParameter);
    }
    let env = ask.env;
    let every = env.interfaces().count();
    let with_loopback = info::with_info(env).count() + 1;
    // Only where the two sentences of the page differ does the option matter.
    let differs = every != with_loopback;
    let count = match differs && ask.pick(OptionId::NumberOfInterfaces) == "info-and-loopback" {
        true => with_loopback,
        false => every,
    };
    Answer::output(Output::Number(u32::try_from(count).unwrap_or(u32::MAX)))
}

/// What is wanted of each adapter.
struct Wanted<'a> {
    families: &'a [Family],
    flags: u32,
}

impl Wanted<'_> {
    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn takes(&self, address: IpAddr) -> bool {
        self.families.contains(&Family::of(address))
    }

    fn is_told(&self, interface: &Interface) -> bool {
        self.has(gaa::INCLUDE_ALL_INTERFACES)
            || self.families.iter().any(|family| interface.row(*family).is_some())
    }
}

fn list(
    ask: &mut Ask<'_>,
    family: u32,
    flags: u32,
    size: Option<u32>,
    buffer: bool,
) -> Result<Answer, Status> {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, size.is_some(), Status::InvalidParameter);
    let families = families(family);
    checks.require(Class::Family, families.is_some(), Status::InvalidParameter);
    ask.verdict(checks)?;
    let (Some(size), Some(families)) = (size, families) else {
        return Err(Status::InvalidParameter);
    };
    let (env, wanted) = (ask.env, Wanted { families, flags });
    let mut told: Vec<&Interface> = env.interfaces().filter(|i| wanted.is_told(i)).collect();
    let waits = families.contains(&Family::V4)
        && told.iter().any(|interface| waits_for_lease(env, interface.luid));
    if waits && ask.pick(OptionId::LeaseNotAssociated) == "refused" {
        return Err(Status::AddressNotAssociated);
    }
    by_metric(env, &mut told, families);
    let list: Vec<_> = told.into_iter().map(|i| adapter(env, i, &wanted)).collect();
    let needed = list.iter().map(layout::size).sum();
    sized(needed, size, buffer, |size| Output::Adapters(Adapters { size, list }.into()))
}

/// The families that Family asks for (AD-01, AD-06).
fn families(family: u32) -> Option<&'static [Family]> {
    match u16::try_from(family).ok()? {
        AF_UNSPEC => Some(&Family::ALL),
        number => match Family::from_number(number)? {
            Family::V4 => Some(&[Family::V4]),
            Family::V6 => Some(&[Family::V6]),
        },
    }
}

/// Whether all that an interface has of IPv4 is a lease whose address is not usable yet.
fn waits_for_lease(env: &Env, luid: Luid) -> bool {
    let mut own = env.address_table().of(luid).filter(|a| a.family() == Family::V4).peekable();
    own.peek().is_some()
        && own.all(|a| a.prefix_origin == PrefixOrigin::Dhcp && a.dad == DadState::Tentative)
}

/// The answer of a function that writes `needed` bytes into a buffer of this size: nothing to write is
/// ERROR_NO_DATA, more than 32 bits can say an invalid parameter, and a buffer that is too small or not
/// there ERROR_BUFFER_OVERFLOW with the size (AD-02 to AD-05, AD-24 to AD-26).
fn sized(
    needed: u64,
    size: u32,
    buffer: bool,
    output: impl FnOnce(u32) -> Output,
) -> Result<Answer, Status> {
    if needed == 0 {
        return Err(Status::NoData);
    }
    let needed = u32::try_from(needed).map_err(|_| Status::InvalidParameter)?;
    if !buffer || size < needed {
        return Ok(Answer { output: Output::Size(needed), ..Answer::fail(Status::BufferOverflow) });
    }
    Ok(Answer::output(output(needed)))
}

/// Puts interfaces into the order of the page (AD-14): from Windows 10 on by metric, the lower of those
/// of the families asked for; before, by the order of the network connections, which is that of the
/// LUIDs here. Both readings, and that the LUID decides between equal metrics, are chosen.
fn by_metric(env: &Env, interfaces: &mut [&Interface], families: &[Family]) {
    if env.windows() < Windows::V10_1507 {
        return;
    }
    interfaces.sort_by_key(|interface| {
        let bound = families.iter().filter(|family| interface.row(**family).is_some());
        let metric = bound.map(|family| env.interface_metric(interface.luid, *family)).min();
        (metric.unwrap_or(u32::MAX), interface.luid)
    });
}

fn adapter(env: &Env, interface: &Interface, wanted: &Wanted<'_>) -> Adapter {
    let luid = interface.luid;
    let row = if_row::normal_row(interface);
    let services = &interface.services;
    let has_v6 = interface.v6.is_some();
    let list_if = |told: bool, list: Vec<SocketAddress>| if told { list } else { Vec::new() };
    let with_dns = !wanted.has(gaa::SKIP_DNS_INFO);
    let suffix = |text: &String| limited(text);
    Adapter {
        index: if interface.v4.is_some() { interface.index } else { 0 },
        ipv6_index: if has_v6 { interface.index } else { 0 },
        name: interface.adapter_name(),
        unicast: match wanted.has(gaa::SKIP_UNICAST) {
            true => Vec::new(),
            false => unicast_of(env, luid, wanted).map(|a| unicast(env, a)).collect(),
        },
        anycast: list_if(!wanted.has(gaa::SKIP_ANYCAST), anycast(env, luid, wanted)),
        multicast: list_if(!wanted.has(gaa::SKIP_MULTICAST), multicast(env, luid, wanted)),
        dns_servers: list_if(
            with_dns && !wanted.has(gaa::SKIP_DNS_SERVER),
            services
                .dns_servers
                .iter()
                .filter(|ip| wanted.takes(**ip))
                .map(|ip| socket(env, (luid, *ip)))
                .collect(),
        ),
        dns_suffix: if with_dns { suffix(&services.dns_suffix) } else { String::new() },
        description: row.description,
        friendly_name: (!wanted.has(gaa::SKIP_FRIENDLY_NAME)).then_some(row.alias),
        physical_address: short_address(interface),
        flags: flags(interface),
        mtu: row.mtu,
        if_type: row.if_type,
        oper_status: row.oper_status,
        zone_indices: zone_indices(interface.index, has_v6),
        prefixes: match wanted.has(gaa::INCLUDE_PREFIX) {
            true => prefixes(env, interface, wanted),
            false => Vec::new(),
        },
        transmit_link_speed: row.transmit_link_speed,
        receive_link_speed: row.receive_link_speed,
        wins_servers: list_if(
            wanted.has(gaa::INCLUDE_WINS_INFO) && wanted.families.contains(&Family::V4),
            services.wins_servers.iter().copied().map(SocketAddress::V4).collect(),
        ),
        gateways: list_if(wanted.has(gaa::INCLUDE_GATEWAYS), gateways(env, luid, wanted)),
        ipv4_metric: env.interface_metric(luid, Family::V4),
        ipv6_metric: env.interface_metric(luid, Family::V6),
        luid,
        dhcpv4_server: services.dhcp_server.map(SocketAddress::V4),
        compartment_id: PRIMARY_COMPARTMENT,
        network_guid: Guid::default(),
        connection_type: row.connection_type,
        tunnel_type: row.tunnel_type,
        dhcpv6_server: None,
        dhcpv6_client_duid: Vec::new(),
        dhcpv6_iaid: 0,
        dns_suffixes: match with_dns {
            true => services.dns_search.iter().map(suffix).collect(),
            false => Vec::new(),
        },
    }
}

/// The hardware address, as much of it as there is room for.
fn short_address(interface: &Interface) -> Vec<u8> {
    let hardware = &interface.physical_address;
    hardware[..hardware.len().min(PHYSICAL_ADDRESS_LIMIT)].to_vec()
}

fn zone_indices(index: u32, has_v6: bool) -> [u32; 16] {
    let mut zones = [0; 16];
    if has_v6 {
        zones[1..=3].fill(index);
    }
    zones
}

fn flags(interface: &Interface) -> u32 {
    let says = |member| interface.v6.as_ref().and_then(|row| row.get(member)) == Some(1);
    let (v4, v6) = (interface.v4.is_some(), interface.v6.is_some());
    let set = [
        (adapter_flag::DDNS_ENABLED, interface.hardware),
        (adapter_flag::DHCP_ENABLED, interface.services.dhcp_enabled),
        (
            adapter_flag::IPV6_OTHER_STATEFUL_CONFIG,
            says(Member::OtherStatefulConfigurationSupported),
        ),
        (adapter_flag::NETBIOS_OVER_TCPIP_ENABLED, interface.hardware && v4),
        (adapter_flag::IPV4_ENABLED, v4),
        (adapter_flag::IPV6_ENABLED, v6),
        (
            adapter_flag::IPV6_MANAGE_ADDRESS_CONFIG,
            says(Member::ManagedAddressConfigurationSupported),
        ),
    ];
    set.iter().filter(|(_, set)| *set).map(|(flag, _)| flag).sum()
}

fn unicast_of<'a>(
    env: &'a Env,
    luid: Luid,
    wanted: &'a Wanted<'_>,
) -> impl Iterator<Item = &'a UnicastAddress> {
    env.address_table().of(luid).filter(|address| wanted.takes(address.address))
}

fn unicast(env: &Env, address: &UnicastAddress) -> AdapterAddress {
    let row = env.unicast_row(address);
    let local = match address.address {
        IpAddr::V4(v4) => v4.is_loopback() || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_loopback() || v6.is_unicast_link_local(),
    };
    let eligible = !local && !address.skip_as_source;
    AdapterAddress {
        flags: if eligible { address_flag::DNS_ELIGIBLE } else { 0 },
        address: row.address,
        prefix_origin: row.prefix_origin,
        suffix_origin: row.suffix_origin,
        dad_state: row.dad_state,
        valid_lifetime: row.valid_lifetime,
        preferred_lifetime: row.preferred_lifetime,
        lease_lifetime: lifetime_s(address.valid_ms),
        on_link_prefix_length: row.on_link_prefix_length,
    }
}

fn anycast(env: &Env, luid: Luid, wanted: &Wanted<'_>) -> Vec<SocketAddress> {
    let first = (luid, IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let own = env.anycast().range(first..).take_while(|key| key.0 == luid);
    own.filter(|key| wanted.takes(key.1)).map(|key| socket(env, *key)).collect()
}

fn multicast(env: &Env, luid: Luid, wanted: &Wanted<'_>) -> Vec<SocketAddress> {
    let groups = wanted.families.iter().flat_map(|family| multicast::groups(env, luid, *family));
    groups.map(|group| socket(env, (luid, group))).collect()
}

fn gateways(env: &Env, luid: Luid, wanted: &Wanted<'_>) -> Vec<SocketAddress> {
    let hops = wanted.families.iter().flat_map(|family| default_gateways(env, luid, *family));
    hops.map(|hop| socket(env, (luid, hop))).collect()
}

/// The next hops of the default routes of an interface, the lowest effective metric first.
fn default_gateways(env: &Env, luid: Luid, family: Family) -> Vec<IpAddr> {
    let routes = env.routes().of(luid).filter(|route| {
        let key = route.key();
        key.is_default() && key.family() == family && !key.next_hop.is_unspecified()
    });
    let mut hops: Vec<_> =
        routes.map(|route| (env.routes().effective_metric(route.key()), route.next_hop)).collect();
    hops.sort_unstable();
    hops.into_iter().map(|(_, hop)| hop).collect()
}

/// The prefixes of an adapter (AD-09): of each address host, subnet and, of IPv4, subnet broadcast, as
/// far as they are three; then for the adapter the multicast and the broadcast prefix. IPv6 has no
/// broadcast (derived). The order is chosen.
fn prefixes(env: &Env, interface: &Interface, wanted: &Wanted<'_>) -> Vec<AdapterPrefix> {
    let mut all = Vec::new();
    for family in wanted.families {
        if interface.row(*family).is_none() {
            continue;
        }
        let mut add = |address: IpAddr, length: u8| {
            let address = socket(env, (interface.luid, address));
            all.push(AdapterPrefix { address, length: u32::from(length) });
        };
        let bits = family.bits();
        let own = env.address_table().of(interface.luid);
        for address in own.filter(|address| address.family() == *family) {
            let (ip, length) = (address.address, address.prefix_length);
            add(ip, bits);
            if length < bits {
                add(crate::table::masked(ip, length), length);
            }
            if let IpAddr::V4(v4) = ip
                && length < 31
            {
                let host_bits = u32::MAX.checked_shr(length.into()).unwrap_or(0);
                add(IpAddr::V4((v4.to_bits() | host_bits).into()), bits);
            }
        }
        match family {
            Family::V4 => {
                add(IpAddr::V4(Ipv4Addr::new(224, 0, 0, 0)), 4);
                add(IpAddr::V4(Ipv4Addr::BROADCAST), bits);
            }
            Family::V6 => add(IpAddr::V6(Ipv6Addr::new(0xFF00, 0, 0, 0, 0, 0, 0, 0)), 8),
        }
    }
    all
}

/// An address with the zone that it has on its interface.
fn socket(env: &Env, (luid, address): AddressKey) -> SocketAddress {
    match address {
        IpAddr::V4(address) => SocketAddress::V4(address),
        IpAddr::V6(v6) => SocketAddress::V6 { address: v6, scope_id: env.scope_id(luid, address) },
    }
}

/// As much of a DNS suffix as its node holds.
fn limited(text: &str) -> String {
    let mut units = 0;
    let fits = |c: &char| {
        units += c.len_utf16();
        units <= SUFFIX_LIMIT
    };
    text.chars().take_while(fits).collect()
}
