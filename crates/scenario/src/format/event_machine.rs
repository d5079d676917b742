//! Events of the machine: ports, IPv6, the NSI service, processes and modules.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::fault::Function;
use super::is_default;

/// A UDP port that another program opens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortOpen {
    /// The UDP port.
    #[schemars(range(min = 1))]
    pub port: u16,
    /// Whether the listener permits edge traversal.
    #[serde(default, skip_serializing_if = "is_default")]
    pub edge_traversal: bool,
}

/// A UDP port that another program closes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PortClose {
    /// The UDP port.
    #[schemars(range(min = 1))]
    pub port: u16,
}

/// The presence of the stack of a family.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FamilyPresent {
    /// Whether the machine has it from now on.
    pub present: bool,
}

/// The reachability of the NSI service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NsiDown {
    /// Whether the service is unreachable from now on: registering fails with 1753.
    pub down: bool,
}

/// A client to which something happens.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ClientEvent {
    /// The name of the client; what happens, happens to its process.
    pub client: String,
}

/// A module of a client's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleEvent {
    /// The name of the client.
    pub client: String,
    /// The name of the module.
    pub module: String,
}

/// Which faults are taken away.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultClear {
    /// Those of this function; left out: all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Function>,
}
