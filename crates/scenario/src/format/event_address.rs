//! Events of addresses, and of those who give them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::address_spec::{PrefixOrigin, SuffixOrigin};
use super::is_default;

/// A unicast address that appears; duplicate address detection runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressAdd {
    /// The alias of the interface.
    pub interface: String,
    /// The address with its prefix length: `10.0.0.1/24`.
    pub address: Cidr,
    /// Where the prefix comes from; left out: `manual`, or `well_known` for link-local addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<PrefixOrigin>,
    /// Where the rest comes from; left out: what goes with `origin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix_origin: Option<SuffixOrigin>,
    /// For how long it is valid, in seconds; left out: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_s: Option<u32>,
    /// For how long it is preferred, in seconds; left out: as long as it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_s: Option<u32>,
    /// SkipAsSource.
    #[serde(default, skip_serializing_if = "is_default")]
    pub skip_as_source: bool,
    /// Whether it is usable while detection still runs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub optimistic: bool,
    /// Whether it comes back after a restart of the machine or of its adapter; left out: unless it
    /// comes from a DHCP server or router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent: Option<bool>,
}

/// New properties of a unicast address; what is left out stays. At least one besides the address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressSet {
    /// The alias of the interface.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
    /// The length of the on-link prefix, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 128))]
    pub prefix_length: Option<u8>,
    /// Where the prefix comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<PrefixOrigin>,
    /// Where the rest comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suffix_origin: Option<SuffixOrigin>,
    /// For how long it is valid, in seconds from now; 4294967295: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_s: Option<u32>,
    /// For how long it is preferred, in seconds from now; 4294967295: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_s: Option<u32>,
    /// SkipAsSource.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_as_source: Option<bool>,
}

/// Another host that takes an address or gives it up.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressConflict {
    /// The alias of the interface on whose link the host is.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
    /// Whether the other host has it from now on.
    pub present: bool,
}

/// An address on an interface, without a prefix length.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BareAddress {
    /// The alias of the interface.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
}

/// What a DHCP server gives an interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DhcpLease {
    /// The alias of the interface.
    pub interface: String,
    /// The IPv4 address with its prefix length.
    pub address: Cidr,
    /// The default gateway; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gateway: Option<Ipv4Addr>,
    /// For how long it is given, in seconds; left out: a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_s: Option<u32>,
}

/// A router advertisement. Lifetimes that are left out are those of RFC 4861.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouterAdvertisement {
    /// The alias of the interface on which it arrives.
    pub interface: String,
    /// The link-local address of the router.
    pub router: Ipv6Addr,
    /// For how long it is a default router, in seconds; 0: it is none; left out: 1800.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub router_lifetime_s: Option<u32>,
    /// The prefix of which the machine makes an address: `2001:db8:1::/64`; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix: Option<Cidr>,
    /// For how long the prefix is valid, in seconds; left out: 30 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_s: Option<u32>,
    /// For how long its addresses are preferred, in seconds; left out: 7 days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_s: Option<u32>,
    /// Whether addresses are to be had from a DHCP server (the M flag).
    #[serde(default, skip_serializing_if = "is_default")]
    pub managed: bool,
    /// Whether other settings are to be had from a DHCP server (the O flag).
    #[serde(default, skip_serializing_if = "is_default")]
    pub other: bool,
    /// The MTU of the link, in bytes; left out: not said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
}
