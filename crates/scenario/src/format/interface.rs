//! Interfaces of a stack.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::address::PhysicalAddress;
use super::address_spec::AddressSpec;
use super::expect_stack::OperStatus;
use super::hint::HintCost;
use super::is_default;
use super::unique_map::unique_map;

/// A network interface. Of an interface that a template has too, only what is written changes.
///
/// The interface of type 24 is the loopback interface, which every machine has; one of tunnel type 14
/// says what the Teredo pseudo-interface is like whenever it is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterfaceSpec {
    /// The alias, unique on the machine; the scenario speaks of the interface by it.
    pub alias: String,
    /// The IF_TYPE: 6 Ethernet (the default), 24 loopback, 71 IEEE 802.11, 131 tunnel.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub if_type: Option<u16>,
    /// The NetLuidIndex, 24 bits; left out: the next free one of the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 0xFF_FFFF))]
    pub luid_index: Option<u32>,
    /// The interface index, not 0; left out: the next free one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub index: Option<u32>,
    /// The GUID, `{01234567-89ab-cdef-0123-456789abcdef}`; left out: made from the LUID.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// The description, such as the adapter's model; left out: the alias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The link MTU, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// Whether the medium is connected; left out: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// Whether the interface is administratively up; left out: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_up: Option<bool>,
    /// The TUNNEL_TYPE: 14 Teredo; left out: 0, no tunnel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tunnel_type: Option<u16>,
    /// The hardware address; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_address: Option<PhysicalAddress>,
    /// The link speed in both directions, in bits per second; left out: 1 Gbit/s.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub speed_bps: Option<u64>,
    /// Whether it is hardware; left out: unless it is loopback or a tunnel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hardware: Option<bool>,
    /// Whether it is a filter or intermediate driver; left out: it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<bool>,
    /// The media state that the filter stack on top shows; left out: the interface's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_connected: Option<bool>,
    /// Whether it takes routes at all; left out: it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_routes: Option<bool>,
    /// The operational status where it is not just what `connected` and `admin_up` say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oper_status: Option<OperStatus>,
    /// The aliases of the interfaces that lie directly below this one in the interface stack.
    #[serde(default, skip_serializing_if = "is_default")]
    pub above: Vec<String>,
    /// What lies behind it, and what its use costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connectivity: Option<ConnectivitySpec>,
    /// The DNS servers of both families, in the order in which they are asked; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_servers: Option<Vec<IpAddr>>,
    /// The DNS suffix of the connection; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_suffix: Option<String>,
    /// The DNS suffixes that are searched besides; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_search: Option<Vec<String>>,
    /// The WINS servers, the primary one first; left out: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wins_servers: Option<Vec<Ipv4Addr>>,
    /// Whether IPv4 is configured by DHCP; left out: if there is a `dhcp_server`, or an address of the
    /// origin `dhcp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dhcp: Option<bool>,
    /// The DHCP server; left out: none was reached.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dhcp_server: Option<Ipv4Addr>,
    /// Counters of MIB_IF_ROW2 by their names, such as `"InOctets": 1000`; left out: 0.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub counters: BTreeMap<String, u64>,
    /// The IPv4 row; left out: bound with the documented defaults; `null`: not bound.
    #[serde(default, skip_serializing_if = "FamilyBinding::is_unsaid")]
    pub ipv4: FamilyBinding,
    /// The IPv6 row; left out: bound with the documented defaults; `null`: not bound.
    #[serde(default, skip_serializing_if = "FamilyBinding::is_unsaid")]
    pub ipv6: FamilyBinding,
}

impl InterfaceSpec {
    /// An interface of which nothing but the alias is said.
    #[must_use]
    pub fn new(alias: impl Into<String>) -> Self {
        Self {
            alias: alias.into(),
            if_type: None,
            luid_index: None,
            index: None,
            guid: None,
            description: None,
            mtu: None,
            connected: None,
            admin_up: None,
            tunnel_type: None,
            physical_address: None,
            speed_bps: None,
            hardware: None,
            filter: None,
            top_connected: None,
            takes_routes: None,
            oper_status: None,
            above: Vec::new(),
            connectivity: None,
            dns_servers: None,
            dns_suffix: None,
            dns_search: None,
            wins_servers: None,
            dhcp: None,
            dhcp_server: None,
            counters: BTreeMap::new(),
            ipv4: FamilyBinding::Unsaid,
            ipv6: FamilyBinding::Unsaid,
        }
    }
}

/// What lies behind an interface, and what its use costs; what is left out keeps its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectivitySpec {
    /// What lies behind its default route; `reachable` at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internet: Option<Internet>,
    /// What its use costs; `unrestricted` at first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<HintCost>,
    /// ApproachingDataLimit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approaching_data_limit: Option<bool>,
    /// OverDataLimit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_data_limit: Option<bool>,
    /// Roaming.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roaming: Option<bool>,
}

/// What lies behind a default route.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Internet {
    /// The Internet.
    Reachable,
    /// A captive portal.
    Constrained,
    /// The local network only.
    Nowhere,
    /// A network that is meant to stay hidden.
    Hidden,
}

/// What an interface says of one address family.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum FamilyBinding {
    /// Left out: bound with the documented defaults (or as the template has it).
    #[default]
    Unsaid,
    /// `null`: the family is not bound to the interface.
    Unbound,
    /// Bound, with these members.
    Bound(FamilySpec),
}

impl FamilyBinding {
    /// Whether the file left it out.
    #[must_use]
    pub fn is_unsaid(&self) -> bool {
        *self == Self::Unsaid
    }

    /// What the file said of the row, if it said anything.
    #[must_use]
    pub fn spec(&self) -> Option<&FamilySpec> {
        match self {
            Self::Bound(spec) => Some(spec),
            Self::Unsaid | Self::Unbound => None,
        }
    }
}

impl Serialize for FamilyBinding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.spec().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for FamilyBinding {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spec = Option::<FamilySpec>::deserialize(deserializer)?;
        Ok(spec.map_or(Self::Unbound, Self::Bound))
    }
}

impl JsonSchema for FamilyBinding {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "FamilyBinding".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        generator.subschema_for::<Option<FamilySpec>>()
    }
}

/// One IP interface row: what a family says of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilySpec {
    /// The interface metric; left out: chosen by the stack, UseAutomaticMetric is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
    /// NlMtu, in bytes; left out: the link MTU.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// The unicast addresses with their prefix lengths.
    #[serde(default, skip_serializing_if = "is_default")]
    pub addresses: Vec<AddressSpec>,
    /// The anycast addresses.
    #[serde(default, skip_serializing_if = "is_default")]
    pub anycast: Vec<IpAddr>,
    /// ForwardingEnabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarding: Option<bool>,
    /// DadTransmits: the number of duplicate address detection messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dad_transmits: Option<u32>,
    /// Any other member of MIB_IPINTERFACE_ROW by its name, such as `"WeakHostSend": 1`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub members: BTreeMap<String, u64>,
}
