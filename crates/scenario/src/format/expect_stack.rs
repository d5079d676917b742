//! What must be true of the machine at the end.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::family::IpFamily;
use super::hint::{HintCost, HintLevel};
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
    /// Unicast addresses; others are not looked at.
    #[serde(default, skip_serializing_if = "is_default")]
    pub addresses: Vec<AddressExpect>,
    /// Routes; others are not looked at.
    #[serde(default, skip_serializing_if = "is_default")]
    pub routes: Vec<RouteExpect>,
    /// The connectivity hint of the machine.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hint: HintExpect,
    /// How many tables the programs hold that they have not freed. A table that is still held when a
    /// run ends is no finding by itself: its program lives on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tables_held: Option<u32>,
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
    /// Whether it is administratively up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub admin_up: Option<bool>,
    /// The operational status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oper_status: Option<OperStatus>,
    /// The interface index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    /// The families that are bound, no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub families: Option<Vec<IpFamily>>,
}

/// IF_OPER_STATUS.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OperStatus {
    /// IfOperStatusUp, 1.
    Up,
    /// IfOperStatusDown, 2.
    Down,
    /// IfOperStatusDormant, 5.
    Dormant,
    /// IfOperStatusNotPresent, 6.
    NotPresent,
    /// IfOperStatusLowerLayerDown, 7.
    LowerLayerDown,
}

/// What must be true of a unicast address at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AddressExpect {
    /// The address.
    pub address: IpAddr,
    /// The alias of the interface; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Whether it is there; left out: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// How far duplicate address detection is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DadState>,
    /// The length of the on-link prefix, in bits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefix_length: Option<u8>,
    /// Whether it is not to be used as a source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_as_source: Option<bool>,
}

/// NL_DAD_STATE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DadState {
    /// IpDadStateInvalid, 0.
    Invalid,
    /// IpDadStateTentative, 1: detection runs.
    Tentative,
    /// IpDadStateDuplicate, 2: another host has it.
    Duplicate,
    /// IpDadStateDeprecated, 3: its preferred lifetime is over.
    Deprecated,
    /// IpDadStatePreferred, 4: it is usable.
    Preferred,
}

/// What must be true of a route at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteExpect {
    /// The destination prefix: `0.0.0.0/0`.
    pub destination: Cidr,
    /// The next hop, all zeros for an on-link route; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<IpAddr>,
    /// The alias of the interface; left out: any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Whether it is there; left out: it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub present: Option<bool>,
    /// The route metric, without that of the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
}

/// What must be true of the machine's connectivity hint at the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HintExpect {
    /// The level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<HintLevel>,
    /// The cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<HintCost>,
}
