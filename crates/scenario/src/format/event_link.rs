//! Events of links: what lies behind them, above them and beside them.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::hint::HintCost;
use super::interface::Internet;

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneInterface {
    /// The alias of the interface.
    pub interface: String,
}

/// What lies behind an interface, and what its use costs; what is left out stays. At least one member
/// besides the interface.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConnectivityEvent {
    /// The alias of the interface.
    pub interface: String,
    /// What lies behind its default route.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub internet: Option<Internet>,
    /// What its use costs.
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

/// Another media state that the filter stack on top of an interface shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FilterEvent {
    /// The alias of the interface.
    pub interface: String,
    /// The media state that the top shows; left out: the interface's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_connected: Option<bool>,
}

/// One interface that comes to lie directly above another, or no longer does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AboveEvent {
    /// The alias of the higher interface.
    pub higher: String,
    /// The alias of the lower interface.
    pub lower: String,
    /// Whether it lies there from now on.
    pub present: bool,
}

/// A route that goes away.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteRemove {
    /// The destination with its prefix length: `0.0.0.0/0`.
    pub destination: Cidr,
    /// The next hop; left out, or all zeros: the destination is on the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<IpAddr>,
    /// The alias of the interface.
    pub interface: String,
}
