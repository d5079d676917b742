//! Events of interfaces, their rows and addresses.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::family::IpFamily;
use super::is_default;
use super::unique_map::unique_map;

/// New parameters of an interface; what is left out stays. At least one besides the interface.
///
/// With `family`, `mtu` is the NlMtu of that row and only that row is notified. Without it, `mtu` is
/// the link MTU and the members of rows (`metric`, `forwarding`, `dad_transmits`, `members`) change
/// in every bound family.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterfaceSet {
    /// The alias of the interface.
    pub interface: String,
    /// The row that changes; left out: the link, or every bound row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<IpFamily>,
    /// The MTU, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// The interface metric.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
    /// ForwardingEnabled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forwarding: Option<bool>,
    /// DadTransmits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dad_transmits: Option<u32>,
    /// Any other member of MIB_IPINTERFACE_ROW by its name, such as `"WeakHostSend": 1`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub members: BTreeMap<String, u64>,
    /// Whether the medium is connected. Not with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// Whether the interface is administratively up. Not with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_up: Option<bool>,
    /// A new alias; the scenario calls the interface by it from now on. Not with `family`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
}

/// One row of an interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyEvent {
    /// The alias of the interface.
    pub interface: String,
    /// The family of the row.
    pub family: IpFamily,
}

/// A unicast address that goes away.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressRemove {
    /// The alias of the interface.
    pub interface: String,
    /// The address; a prefix length may stand behind it and makes no difference.
    pub address: Cidr,
}
