//! What must be true of the machine at the end.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::family::IpFamily;
use super::is_default;
use super::teredo::TeredoState;
use super::value::Value;

/// What must be true of the machine at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StackExpect {
    /// The Teredo client.
    #[serde(default, skip_serializing_if = "is_default")]
    pub teredo: TeredoExpect,
    /// Interfaces; others are not looked at.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interfaces: Vec<InterfaceExpect>,
    /// How many registrations are alive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registrations: Option<u32>,
    /// UDP ports that must be among those with a listener.
    #[serde(default, skip_serializing_if = "is_default")]
    pub listeners: Vec<u16>,
}

/// What must be true of the Teredo client at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoExpect {
    /// The state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TeredoState>,
    /// The dynamic port; 0: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Value>,
    /// The code that GetTeredoPort would return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub get_teredo_port: Option<String>,
}

/// What must be true of an interface at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InterfaceExpect {
    /// The alias.
    pub alias: String,
    /// Whether it exists; left out: it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// The link MTU, in bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
    /// Whether the medium is connected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connected: Option<bool>,
    /// The families that are bound, no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub families: Option<Vec<IpFamily>>,
}
