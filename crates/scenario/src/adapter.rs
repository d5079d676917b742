//! Members of adapters as scenarios write them: by Microsoft's names, lists as one text.

use netiosim_model::api::adapters::{Adapter, AdapterInfo};
use netiosim_model::function::Function;
use netiosim_model::row::SocketAddress;
use netiosim_model::table::DadState;

use crate::outcome::Val;

/// What stands for a NULL pointer, an empty list among them.
const NULL: &str = "null";

/// A member of IP_ADAPTER_ADDRESSES_LH, with what it holds.
type OfAddresses = (&'static str, fn(&Adapter) -> Val);
/// A member of IP_ADAPTER_INFO, with what it holds.
type OfInfo = (&'static str, fn(&AdapterInfo) -> Val);

const ADDRESSES: [OfAddresses; 33] = [
    ("IfIndex", |a| number(a.index)),
    ("Ipv6IfIndex", |a| number(a.ipv6_index)),
    ("AdapterName", |a| text(&a.name)),
    ("FirstUnicastAddress", |a| {
        list(a.unicast.iter().map(|one| format!("{}/{}", one.address, one.on_link_prefix_length)))
    }),
    ("DadState", |a| list(a.unicast.iter().map(|one| dad_word(one.dad_state)))),
    ("ValidLifetime", |a| list(a.unicast.iter().map(|one| one.valid_lifetime))),
    ("PreferredLifetime", |a| list(a.unicast.iter().map(|one| one.preferred_lifetime))),
    ("FirstAnycastAddress", |a| list(&a.anycast)),
    ("FirstMulticastAddress", |a| list(&a.multicast)),
    ("FirstDnsServerAddress", |a| list(&a.dns_servers)),
    ("DnsSuffix", |a| text(&a.dns_suffix)),
    ("Description", |a| text(&a.description)),
    ("FriendlyName", |a| text(a.friendly_name.as_deref().unwrap_or(NULL))),
    ("PhysicalAddress", |a| bytes(&a.physical_address)),
    ("Flags", |a| number(a.flags)),
    ("Mtu", |a| number(a.mtu)),
    ("IfType", |a| number(a.if_type)),
    ("OperStatus", |a| number(a.oper_status)),
    ("FirstPrefix", |a| {
        list(a.prefixes.iter().map(|one| format!("{}/{}", one.address, one.length)))
    }),
    ("TransmitLinkSpeed", |a| Val::Number(a.transmit_link_speed)),
    ("ReceiveLinkSpeed", |a| Val::Number(a.receive_link_speed)),
    ("FirstWinsServerAddress", |a| list(&a.wins_servers)),
    ("FirstGatewayAddress", |a| list(&a.gateways)),
    ("Ipv4Metric", |a| number(a.ipv4_metric)),
    ("Ipv6Metric", |a| number(a.ipv6_metric)),
    ("Luid", |a| Val::Number(a.luid.0)),
    ("Dhcpv4Server", |a| pointed(a.dhcpv4_server)),
    ("CompartmentId", |a| number(a.compartment_id)),
    ("NetworkGuid", |a| text(&a.network_guid.to_string())),
    ("ConnectionType", |a| number(a.connection_type)),
    ("TunnelType", |a| number(a.tunnel_type)),
    ("Dhcpv6Server", |a| pointed(a.dhcpv6_server)),
    ("FirstDnsSuffix", |a| list(&a.dns_suffixes)),
];

const INFO: [OfInfo; 14] = [
    ("AdapterName", |a| text(&a.name)),
    ("Description", |a| text(&a.description)),
    ("Address", |a| bytes(&a.physical_address)),
    ("Index", |a| number(a.index)),
    ("Type", |a| number(a.if_type)),
    ("DhcpEnabled", |a| number(u32::from(a.dhcp_enabled))),
    ("IpAddressList", |a| list(a.addresses.iter().map(|(ip, mask)| format!("{ip}/{mask}")))),
    ("GatewayList", |a| list(&a.gateways)),
    ("DhcpServer", |a| a.dhcp_server.map_or_else(|| text(""), |server| text(&server.to_string()))),
    ("HaveWins", |a| number(u32::from(!a.wins_servers.is_empty()))),
    ("PrimaryWinsServer", |a| list(a.wins_servers.iter().take(1))),
    ("SecondaryWinsServer", |a| list(a.wins_servers.iter().skip(1))),
    ("LeaseObtained", |a| seconds(a.lease_obtained)),
    ("LeaseExpires", |a| seconds(a.lease_expires)),
];

/// A member of the adapters that a function tells of, by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AdapterMember(usize);

impl AdapterMember {
    /// The member of this name, upper and lower case apart, of the adapters of GetAdaptersInfo or else
    /// of GetAdaptersAddresses.
    #[must_use]
    pub fn parse(function: Function, name: &str) -> Option<Self> {
        names(function).position(|known| known.eq_ignore_ascii_case(name)).map(Self)
    }

    /// Microsoft's name of it.
    #[must_use]
    pub fn name(self, function: Function) -> &'static str {
        names(function).nth(self.0).unwrap_or_default()
    }

    /// What it holds in an adapter of GetAdaptersAddresses.
    pub(crate) fn of_addresses(self, adapter: &Adapter) -> Val {
        ADDRESSES.get(self.0).map_or_else(|| text(NULL), |(_, value)| value(adapter))
    }

    /// What it holds in an adapter of GetAdaptersInfo.
    pub(crate) fn of_info(self, adapter: &AdapterInfo) -> Val {
        INFO.get(self.0).map_or_else(|| text(NULL), |(_, value)| value(adapter))
    }
}

/// The names of the members of the adapters that a function tells of.
pub(crate) fn names(function: Function) -> impl Iterator<Item = &'static str> {
    let of_info = function == Function::GetAdaptersInfo;
    let info = INFO.iter().map(|(name, _)| *name).filter(move |_| of_info);
    info.chain(ADDRESSES.iter().map(|(name, _)| *name).filter(move |_| !of_info))
}

fn number(value: u32) -> Val {
    Val::Number(u64::from(value))
}

fn seconds(value: i64) -> Val {
    Val::Number(u64::try_from(value).unwrap_or(0))
}

fn text(value: &str) -> Val {
    Val::Text(value.into())
}

fn pointed(address: Option<SocketAddress>) -> Val {
    address.map_or_else(|| text(NULL), |address| text(&address.to_string()))
}

fn bytes(value: &[u8]) -> Val {
    let parts: Vec<String> = value.iter().map(|byte| format!("{byte:02x}")).collect();
    text(&parts.join("-"))
}

/// The entries of a list as one text; an empty one is NULL.
fn list(entries: impl IntoIterator<Item = impl ToString>) -> Val {
    let parts: Vec<String> = entries.into_iter().map(|entry| entry.to_string()).collect();
    if parts.is_empty() { text(NULL) } else { text(&parts.join(", ")) }
}

fn dad_word(number: u32) -> String {
    match DadState::from_number(number) {
        Some(state) => format!("{state:?}").to_ascii_lowercase(),
        None => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use netiosim_model::function::Function;

    use super::{AdapterMember, names};

    #[test]
    fn every_member_is_found_by_its_name_in_any_case() {
        for function in [Function::GetAdaptersAddresses, Function::GetAdaptersInfo] {
            for name in names(function) {
                let member = AdapterMember::parse(function, &name.to_lowercase());
                assert_eq!(member.map(|member| member.name(function)), Some(name));
            }
            assert_eq!(AdapterMember::parse(function, "Nothing"), None);
        }
        assert_eq!(AdapterMember::parse(Function::GetAdaptersInfo, "Mtu"), None);
    }
}
