//! Events of the servers that an interface uses.

use std::net::{IpAddr, Ipv4Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The servers that an interface uses, and its DNS names; what is left out stays. At least one member
/// besides the interface. Nobody is notified.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ServicesEvent {
    /// The alias of the interface.
    pub interface: String,
    /// The DNS servers of both families, in the order in which they are asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_servers: Option<Vec<IpAddr>>,
    /// The DNS suffix of the connection; empty: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_suffix: Option<String>,
    /// The DNS suffixes that are searched besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_search: Option<Vec<String>>,
    /// The WINS servers, the primary one first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wins_servers: Option<Vec<Ipv4Addr>>,
    /// Whether IPv4 is configured by DHCP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dhcp: Option<bool>,
    /// The DHCP server, which turns DHCP on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dhcp_server: Option<Ipv4Addr>,
}
