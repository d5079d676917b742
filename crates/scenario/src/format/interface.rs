//! Interfaces of a stack.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::address::{Cidr, PhysicalAddress};
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
            ipv4: FamilyBinding::Unsaid,
            ipv6: FamilyBinding::Unsaid,
        }
    }
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
    pub addresses: Vec<Cidr>,
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
