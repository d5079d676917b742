//! The simulated machine.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::Cidr;
use super::interface::InterfaceSpec;
use super::is_default;
use super::teredo::TeredoSpec;

/// The simulated machine: a template or a stack file, and what is written here laid over it.
///
/// Interfaces are laid over by alias, the Teredo client member by member; listeners and routes are
/// added. Without `template` and `file` the parts stand for themselves, over the template `empty`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StackSpec {
    /// The template to start from. Not together with `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// A stack file to start from, relative to this file. Not together with `template`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Whether the machine has an IPv6 stack; left out: it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<bool>,
    /// The interfaces. Loopback is always there, the Teredo pseudo-interface comes with the client.
    #[serde(default, skip_serializing_if = "is_default")]
    pub interfaces: Vec<InterfaceSpec>,
    /// The Teredo client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub teredo: Option<TeredoSpec>,
    /// UDP ports in use by other programs.
    #[serde(default, skip_serializing_if = "is_default")]
    pub listeners: Vec<ListenerSpec>,
    /// Routes, kept as data.
    #[serde(default, skip_serializing_if = "is_default")]
    pub routes: Vec<RouteSpec>,
}

impl StackSpec {
    /// The stack of this template, with nothing laid over it.
    #[must_use]
    pub fn of(template: Template) -> Self {
        Self { template: Some(template), ..Self::default() }
    }
}

/// The stacks that the program brings along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Template {
    /// A machine at home: loopback, Ethernet behind a NAT without native IPv6, a qualified Teredo
    /// client on port 50000.
    Home,
    /// A server with two adapters and native IPv6; its Teredo client is disabled.
    Server,
    /// Loopback only; the Teredo client is disabled.
    Empty,
    /// The machine at home without an IPv6 stack.
    NoIpv6,
    /// The machine at home with Teredo disabled.
    TeredoDisabled,
    /// An office machine in a managed network: a Teredo client of type `client` stays offline.
    Managed,
    /// The machine at home behind a symmetric NAT: Teredo does not qualify.
    SymmetricNat,
}

/// A UDP port in use by another program.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ListenerSpec {
    /// The UDP port.
    #[schemars(range(min = 1))]
    pub port: u16,
    /// Whether the listener permits edge traversal.
    #[serde(default, skip_serializing_if = "is_default")]
    pub edge_traversal: bool,
}

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RouteSpec {
    /// The destination with its prefix length: `0.0.0.0/0`.
    pub destination: Cidr,
    /// The next hop; all zeros for a destination on the link.
    pub next_hop: IpAddr,
    /// The alias of the interface.
    pub interface: String,
    /// The route metric; left out: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
}

/// A file that holds a stack and nothing else, for scenarios to start from.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StackFile {
    /// The address of the JSON schema, for editors. Ignored.
    #[serde(rename = "$schema", default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The version of the language: 1.
    #[serde(deserialize_with = "super::version")]
    #[schemars(range(min = 1, max = 1))]
    pub version: u32,
    /// Where the stack comes from, for people.
    #[serde(default, skip_serializing_if = "is_default")]
    pub description: String,
    /// The stack. It may start from a template, not from another file.
    pub stack: StackSpec,
}
