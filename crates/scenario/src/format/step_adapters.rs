//! Steps that ask for the adapters of the machine.

use std::collections::BTreeMap;

use netiosim_model::api::adapters::gaa;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::Family;
use super::is_default;
use super::unique_map::{unique_map, unique_maps};
use super::value::Value;

/// A flag of GetAdaptersAddresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GaaFlag {
    /// GAA_FLAG_SKIP_UNICAST.
    SkipUnicast,
    /// GAA_FLAG_SKIP_ANYCAST.
    SkipAnycast,
    /// GAA_FLAG_SKIP_MULTICAST.
    SkipMulticast,
    /// GAA_FLAG_SKIP_DNS_SERVER.
    SkipDnsServer,
    /// GAA_FLAG_INCLUDE_PREFIX.
    IncludePrefix,
    /// GAA_FLAG_SKIP_FRIENDLY_NAME.
    SkipFriendlyName,
    /// GAA_FLAG_INCLUDE_WINS_INFO.
    IncludeWinsInfo,
    /// GAA_FLAG_INCLUDE_GATEWAYS.
    IncludeGateways,
    /// GAA_FLAG_INCLUDE_ALL_INTERFACES.
    IncludeAllInterfaces,
    /// GAA_FLAG_INCLUDE_ALL_COMPARTMENTS.
    IncludeAllCompartments,
    /// GAA_FLAG_INCLUDE_TUNNEL_BINDINGORDER.
    IncludeTunnelBindingorder,
    /// GAA_FLAG_SKIP_DNS_INFO.
    SkipDnsInfo,
}

impl GaaFlag {
    /// The bit of the header.
    #[must_use]
    pub const fn bit(self) -> u32 {
        match self {
            Self::SkipUnicast => gaa::SKIP_UNICAST,
            Self::SkipAnycast => gaa::SKIP_ANYCAST,
            Self::SkipMulticast => gaa::SKIP_MULTICAST,
            Self::SkipDnsServer => gaa::SKIP_DNS_SERVER,
            Self::IncludePrefix => gaa::INCLUDE_PREFIX,
            Self::SkipFriendlyName => gaa::SKIP_FRIENDLY_NAME,
            Self::IncludeWinsInfo => gaa::INCLUDE_WINS_INFO,
            Self::IncludeGateways => gaa::INCLUDE_GATEWAYS,
            Self::IncludeAllInterfaces => gaa::INCLUDE_ALL_INTERFACES,
            Self::IncludeAllCompartments => gaa::INCLUDE_ALL_COMPARTMENTS,
            Self::IncludeTunnelBindingorder => gaa::INCLUDE_TUNNEL_BINDINGORDER,
            Self::SkipDnsInfo => gaa::SKIP_DNS_INFO,
        }
    }
}

/// A call of GetAdaptersAddresses or GetAdaptersInfo; the latter has no family, flags and Reserved.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AdaptersCall {
    /// The family; left out: both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub family: Family,
    /// The number of a family, for illegal values. Not together with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_number: Option<u32>,
    /// The flags; left out: none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub flags: Vec<GaaFlag>,
    /// Further bits of Flags, for those without a name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag_bits: Option<u32>,
    /// Pass something else than NULL as Reserved.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reserved: bool,
    /// The size of the buffer, in bytes; left out: enough.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<Value>,
    /// Pass NULL as the address of the size.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_size: bool,
    /// Pass NULL as the address of the buffer.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_buffer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// Exactly so many adapters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// At least so many adapters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// What members of the first adapter must be: `{"FriendlyName": "Ethernet"}`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub first: BTreeMap<String, Value>,
    /// Adapters that must be in the list, each by some of its members. A list of addresses is one text,
    /// its entries with `, ` between them, or `null` where it is empty.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_maps")]
    pub contains: Vec<BTreeMap<String, Value>>,
    /// Adapters that must not be in the list, each by some of its members.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_maps")]
    pub lacks: Vec<BTreeMap<String, Value>>,
    /// The variable that receives the size as it is after the call, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save_size: Option<String>,
}

/// A call of GetNumberOfInterfaces.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetNumberOfInterfaces {
    /// Pass NULL as the address of the number.
    #[serde(default, skip_serializing_if = "is_default")]
    pub null_pointer: bool,
    /// The code that the call must return; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<String>,
    /// The number that must come out; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
    /// The variable that receives the number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub save: Option<String>,
}
