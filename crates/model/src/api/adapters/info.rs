//! One adapter as GetAdaptersInfo tells it: IP_ADAPTER_INFO in the words of this crate.

use std::net::{IpAddr, Ipv4Addr};

use super::super::{Answer, Ask, Output};
use super::{by_metric, default_gateways, short_address, sized};
use crate::env::Env;
use crate::interface::{Interface, if_type};
use crate::net::Family;
use crate::status::Status;
use crate::table::{DadState, PrefixOrigin, UnicastAddress};

/// IP_ADAPTER_INFO on 64-bit Windows, in bytes: the size of an adapter with at most one address, one
/// gateway and two WINS servers.
pub const INFO_SIZE: u32 = 704;
/// IP_ADDR_STRING on 64-bit Windows, in bytes: what each further address, gateway and WINS server takes.
pub const ADDR_STRING_SIZE: u32 = 48;

/// MAX_ADAPTER_DESCRIPTION_LENGTH + 4 with a zero: how many characters Description holds.
const DESCRIPTION_LIMIT: usize = 131;

/// What GetAdaptersInfo writes into the buffer: the adapters, and how big they are there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdaptersInfo {
    /// How many bytes of the buffer they take: the [sizes](AdapterInfo::size) of all.
    pub size: u32,
    /// The adapters, in the order of GetAdaptersAddresses (chosen: from Windows 10 on the page promises
    /// none).
    pub list: Vec<AdapterInfo>,
}

/// One adapter: the members of IP_ADAPTER_INFO but the pointers that chain it and the reserved ones
/// (ComboIndex and CurrentIpAddress, which are zero).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AdapterInfo {
    /// AdapterName: the GUID of the interface in braces and capitals.
    pub name: String,
    /// Description, in ANSI characters: one that is not ASCII is a question mark (chosen), and what does
    /// not fit is cut off.
    pub description: String,
    /// Address with its length: the hardware address, at most 8 bytes.
    pub physical_address: Vec<u8>,
    /// Index: the interface index.
    pub index: u32,
    /// Type: the interface type.
    pub if_type: u32,
    /// DhcpEnabled.
    pub dhcp_enabled: bool,
    /// IpAddressList: the IPv4 addresses that are usable, with their masks; one of zeros where there is
    /// none (chosen).
    pub addresses: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// GatewayList: the next hops of the default routes; 0.0.0.0 where there is none (chosen).
    pub gateways: Vec<Ipv4Addr>,
    /// DhcpServer; 255.255.255.255 while none was reached (AD-29), `None`, an empty text, without DHCP.
    pub dhcp_server: Option<Ipv4Addr>,
    /// HaveWins, PrimaryWinsServer and SecondaryWinsServer: the WINS servers, the primary one first.
    pub wins_servers: Vec<Ipv4Addr>,
    /// LeaseObtained, in seconds since 1970: when the leased address was made; 0 without one. Chosen: a
    /// renewal does not change it.
    pub lease_obtained: i64,
    /// LeaseExpires, in seconds since 1970; 0 without a leased address. One without end is at the end of
    /// 32 bits (chosen).
    pub lease_expires: i64,
}

impl AdapterInfo {
    /// How many bytes of the buffer it takes: the structure, then an IP_ADDR_STRING for each address
    /// after the first, each gateway after the first, and each WINS server after the second, in this
    /// order.
    #[must_use]
    pub fn size(&self) -> u64 {
        let further = [
            self.addresses.len().saturating_sub(1),
            self.gateways.len().saturating_sub(1),
            self.wins_servers.len().saturating_sub(2),
        ];
        let further = further.into_iter().sum::<usize>() as u64;
        u64::from(INFO_SIZE) + further * u64::from(ADDR_STRING_SIZE)
    }

    fn of(env: &Env, interface: &Interface) -> Self {
        let luid = interface.luid;
        let services = &interface.services;
        let own = || env.address_table().of(luid).filter(|address| address.family() == Family::V4);
        let lease = own().find(|address| address.prefix_origin == PrefixOrigin::Dhcp);
        let mut addresses: Vec<_> = own().filter_map(usable).collect();
        if addresses.is_empty() {
            addresses.push((Ipv4Addr::UNSPECIFIED, Ipv4Addr::UNSPECIFIED));
        }
        let mut gateways: Vec<_> = default_gateways(env, luid, Family::V4)
            .into_iter()
            .filter_map(|gateway| match gateway {
                IpAddr::V4(gateway) => Some(gateway),
                IpAddr::V6(_) => None,
            })
            .collect();
        if gateways.is_empty() {
            gateways.push(Ipv4Addr::UNSPECIFIED);
        }
        let server = services.dhcp_server.unwrap_or(Ipv4Addr::BROADCAST);
        Self {
            name: interface.adapter_name(),
            description: ansi(&interface.description),
            physical_address: short_address(interface),
            index: interface.index,
            if_type: u32::from(interface.if_type),
            dhcp_enabled: services.dhcp_enabled,
            addresses,
            gateways,
            dhcp_server: services.dhcp_enabled.then_some(server),
            wins_servers: services.wins_servers.clone(),
            lease_obtained: lease.map_or(0, |lease| env.unix_time_s(lease.created_ms.0)),
            lease_expires: lease.map_or(0, |lease| {
                lease.valid_ms.map_or(i64::from(i32::MAX), |left_ms| {
                    env.unix_time_s(env.now_ms().saturating_add(left_ms))
                })
            }),
        }
    }
}

/// GetAdaptersInfo (AD-24 to AD-29): the adapters with IPv4 but the loopback one.
pub(in crate::api) fn info(
    ask: &mut Ask<'_>,
    size: Option<u32>,
    buffer: bool,
) -> Result<Answer, Status> {
    let size = size.ok_or(Status::InvalidParameter)?;
    let env = ask.env;
    let mut interfaces: Vec<&Interface> = with_info(env).collect();
    by_metric(env, &mut interfaces, &[Family::V4]);
    let list: Vec<_> = interfaces.iter().map(|interface| AdapterInfo::of(env, interface)).collect();
    let needed = list.iter().map(AdapterInfo::size).sum();
    sized(needed, size, buffer, |size| Output::AdaptersInfo(AdaptersInfo { size, list }.into()))
}

/// The interfaces that GetAdaptersInfo tells of (AD-27, AD-28).
pub(super) fn with_info(env: &Env) -> impl Iterator<Item = &Interface> {
    env.interfaces()
        .filter(|interface| interface.v4.is_some() && interface.if_type != if_type::LOOPBACK)
}

/// Address and mask of an address that is usable.
fn usable(address: &UnicastAddress) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let IpAddr::V4(v4) = address.address else { return None };
    let usable = matches!(address.dad, DadState::Preferred | DadState::Deprecated);
    let host_bits = u32::MAX.checked_shr(address.prefix_length.into()).unwrap_or(0);
    usable.then_some((v4, Ipv4Addr::from_bits(!host_bits)))
}

/// As much of a text as Description holds, in ANSI characters.
fn ansi(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii() { c } else { '?' }).take(DESCRIPTION_LIMIT).collect()
}
