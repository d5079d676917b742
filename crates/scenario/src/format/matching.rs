//! Patterns for deliveries.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::family::IpFamily;
use super::hint::{HintCost, HintLevel};
use super::value::Value;

/// A pattern for a delivery. What is left out matches anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The notification type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<NotificationKind>,
    /// The port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Value>,
    /// The family of the row, or of the lane for an initial notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<IpFamily>,
    /// The alias of the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Whether the row is NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowPresence>,
    /// The address of the row, of NotifyUnicastIpAddressChange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The destination prefix of the row, of NotifyRouteChange2: `10.0.0.0/8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Cidr>,
    /// The next hop of the row, of NotifyRouteChange2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<IpAddr>,
    /// The connectivity level of the hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<HintLevel>,
    /// The connectivity cost of the hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<HintCost>,
    /// How many rows the stable table has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// The CallerContext that arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub during: Option<During>,
}

/// A pattern for a delivery of one registration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderMatch {
    /// The registration: `name` or `client.name`.
    pub registration: String,
    /// The notification type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<NotificationKind>,
    /// The port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<Value>,
    /// The family of the row, or of the lane for an initial notification.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<IpFamily>,
    /// The alias of the interface.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interface: Option<String>,
    /// Whether the row is NULL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub row: Option<RowPresence>,
    /// The address of the row, of NotifyUnicastIpAddressChange.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// The destination prefix of the row, of NotifyRouteChange2: `10.0.0.0/8`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination: Option<Cidr>,
    /// The next hop of the row, of NotifyRouteChange2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<IpAddr>,
    /// The connectivity level of the hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<HintLevel>,
    /// The connectivity cost of the hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<HintCost>,
    /// How many rows the stable table has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rows: Option<u32>,
    /// The CallerContext that arrives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Value>,
    /// When it begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub during: Option<During>,
}

impl OrderMatch {
    /// The pattern without the registration.
    #[must_use]
    pub fn pattern(&self) -> Match {
        Match {
            kind: self.kind,
            port: self.port.clone(),
            family: self.family,
            interface: self.interface.clone(),
            row: self.row,
            address: self.address,
            destination: self.destination,
            next_hop: self.next_hop,
            level: self.level,
            cost: self.cost,
            rows: self.rows,
            context: self.context.clone(),
            during: self.during,
        }
    }
}

/// MIB_NOTIFICATION_TYPE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotificationKind {
    /// MibParameterNotification: a property changed.
    Parameter,
    /// MibAddInstance: an object appeared.
    Add,
    /// MibDeleteInstance: an object went away.
    Delete,
    /// MibInitialNotification: the registration is confirmed; nothing changed.
    Initial,
}

/// Whether a delivery has a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowPresence {
    /// The pointer is NULL.
    Null,
    /// There is a row.
    Present,
}

/// When a delivery begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum During {
    /// Before the call that registered it has returned.
    Register,
}
