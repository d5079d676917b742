//! The simulated machine.

use std::net::IpAddr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::address::{Cidr, PhysicalAddress};
use super::interface::InterfaceSpec;
use super::is_default;
use super::teredo::TeredoSpec;

/// The simulated machine: a template or a stack file, and what is written here laid over it.
///
/// Interfaces are laid over by alias, the Teredo client member by member; listeners, routes,
/// neighbours and conflicts are added. Without `template` and `file` the parts stand for themselves, over the template `empty`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StackSpec {
    /// The template to start from. Not together with `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Template>,
    /// A stack file to start from, relative to this file. Not together with `template`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// How many Ethernet adapters the template `many` has; left out: 100. Only with that template.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 65535))]
    pub interfaces_count: Option<u16>,
    /// Which Windows the machine runs, by name or build: `10 2004`, `19041`; left out: the newest that
    /// is known. It decides which functions exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub windows: Option<String>,
    /// Whether the machine has an IPv4 stack; left out: it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv4: Option<bool>,
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
    /// Routes besides those that the addresses bring: to themselves and to their prefixes. Written all
    /// the same, such a route has the metric that is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub routes: Vec<RouteSpec>,
    /// Neighbours: stored entries of the tables behind ARP and neighbour discovery.
    #[serde(default, skip_serializing_if = "is_default")]
    pub neighbours: Vec<NeighbourSpec>,
    /// Addresses that other hosts have: duplicate address detection finds them.
    #[serde(default, skip_serializing_if = "is_default")]
    pub conflicts: Vec<ConflictSpec>,
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
    /// A laptop with Wi-Fi and Ethernet, both with leases and default routes; its Teredo client is
    /// dormant.
    Laptop,
    /// The machine at home with a WireGuard-like tunnel through which everything goes.
    VpnClient,
    /// The laptop in a managed network whose policy disables Teredo.
    TeredoDisabledByPolicy,
    /// A machine without an IPv4 stack.
    Ipv6Only,
    /// As many Ethernet adapters as `interfaces_count` says.
    Many,
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
    /// The next hop; left out, or all zeros: the destination is on the link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_hop: Option<IpAddr>,
    /// The alias of the interface.
    pub interface: String,
    /// The route metric, to which that of the interface is added; left out: 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metric: Option<u32>,
    /// For how long it is valid, in seconds; left out: without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_s: Option<u32>,
    /// For how long it is preferred, in seconds; left out: as long as it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preferred_s: Option<u32>,
    /// The NL_ROUTE_PROTOCOL: 2 local, 3 netmgmt (the default), 19 DHCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub protocol: Option<u32>,
    /// Where it comes from; left out: `manual`. A route from a DHCP server or router goes with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<RouteOrigin>,
    /// Publish.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub publish: Option<bool>,
    /// Whether it comes back after a restart of the machine or of its adapter; left out: it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub persistent: Option<bool>,
}

impl RouteSpec {
    /// A route of which nothing but its key is said; without a next hop on the link.
    #[must_use]
    pub fn new(destination: Cidr, next_hop: Option<IpAddr>, interface: impl Into<String>) -> Self {
        Self {
            destination,
            next_hop,
            interface: interface.into(),
            metric: None,
            valid_s: None,
            preferred_s: None,
            protocol: None,
            origin: None,
            publish: None,
            persistent: None,
        }
    }
}

/// Where a route comes from (NL_ROUTE_ORIGIN).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RouteOrigin {
    /// By hand.
    Manual,
    /// Well known.
    WellKnown,
    /// From a DHCP server.
    Dhcp,
    /// From a router advertisement.
    RouterAdvertisement,
    /// From a 6to4 tunnel.
    SixToFour,
}

/// A neighbour, as far as its entry is stored.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NeighbourSpec {
    /// The alias of the interface.
    pub interface: String,
    /// The neighbour's address.
    pub address: IpAddr,
    /// Its hardware address; left out: not known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub physical_address: Option<PhysicalAddress>,
    /// Its state; left out: `permanent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<NeighbourState>,
    /// Whether it is a router.
    #[serde(default, skip_serializing_if = "is_default")]
    pub router: bool,
}

/// The state of a neighbour (NL_NEIGHBOR_STATE).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NeighbourState {
    /// It does not answer.
    Unreachable,
    /// Its hardware address is being asked for.
    Incomplete,
    /// It is asked whether it is still there.
    Probe,
    /// It will be asked soon.
    Delay,
    /// It was there, long ago.
    Stale,
    /// It was there just now.
    Reachable,
    /// Set by hand.
    Permanent,
}

/// An address that another host has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConflictSpec {
    /// The alias of the interface on whose link the host is.
    pub interface: String,
    /// The address.
    pub address: IpAddr,
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
