//! Events of the Teredo client.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use super::teredo::{NatKind, TeredoType};

/// How the Teredo client starts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoStart {
    /// The dynamic port that it shall take; left out: the model chooses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
}

/// How the Teredo client restarts. Not both members.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoRestart {
    /// The dynamic port that it shall take; left out: the model chooses another than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
    /// Whether it takes the port again that it had.
    #[serde(default, skip_serializing_if = "is_default")]
    pub same_port: bool,
}

/// The reachability of the Teredo server.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoServer {
    /// Whether the server answers from now on.
    pub reachable: bool,
}

/// A new mapping of the NAT. At least one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoMapping {
    /// The external address from now on; left out: as before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Ipv4Addr>,
    /// The external port from now on; left out: equal to the client's service port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub port: Option<u16>,
}

/// New settings of the Teredo client; what is left out stays. At least one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoPolicy {
    /// The configured type.
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TeredoType>,
    /// The client port setting: 0 for a dynamic port, any other is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_port: Option<u16>,
    /// The name of the Teredo server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The refresh interval, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_s: Option<u32>,
    /// Whether the client stays qualified without an application that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_qualified: Option<bool>,
}

/// The network around the Teredo client; what is left out stays. At least one member.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoNetwork {
    /// Whether the machine is in a managed network from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<bool>,
    /// Whether the machine has a global IPv6 address from a router.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_ipv6: Option<bool>,
    /// The NAT from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<NatKind>,
}
