//! The Teredo client of a stack.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The Teredo client of the machine. What is left out keeps the template's or the default value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoSpec {
    /// The configured type (`netsh interface teredo set state type=`).
    #[serde(rename = "type", default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<TeredoType>,
    /// The name of the Teredo server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The IPv4 address of the Teredo server; it is part of the client's Teredo address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_address: Option<Ipv4Addr>,
    /// The client port setting: 0 lets the client take a dynamic port, any other is fixed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_port: Option<u16>,
    /// The dynamic UDP service port with which the client first starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// The refresh interval, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_s: Option<u32>,
    /// Whether the client stays qualified without an application that asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_qualified: Option<bool>,
    /// The NAT between the client and the Internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nat: Option<NatKind>,
    /// The external IPv4 address that the NAT gives the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_address: Option<Ipv4Addr>,
    /// Whether the machine is in a managed network (it sees a domain controller).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed_network: Option<bool>,
    /// Whether the machine has a global IPv6 address from a router: then it is a host-specific relay
    /// and no client (TS-14, TA-25). Left out: no.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native_ipv6: Option<bool>,
    /// Whether the Teredo server answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_reachable: Option<bool>,
    /// The state that the client is in at time 0; left out: qualified if it can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<TeredoState>,
}

/// The configured type of the Teredo client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeredoType {
    /// The system decides; on clients it means `client`.
    Default,
    /// A Teredo relay.
    Relay,
    /// A Teredo client that stays off in a managed network.
    Client,
    /// A Teredo server.
    Server,
    /// No Teredo at all.
    Disabled,
    /// The system chooses by what it finds.
    Automatic,
    /// A client also in a managed network.
    EnterpriseClient,
    /// A client that also learns of the NAT in front of it.
    NatAwareClient,
}

/// The NAT in front of the Teredo client (RFC 4380, section 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum NatKind {
    /// No NAT.
    None,
    /// A cone NAT: every host may answer through the mapping.
    Cone,
    /// A restricted NAT: only hosts that were sent to may answer.
    Restricted,
    /// A restricted NAT that also looks at the sender's port.
    PortRestricted,
    /// A symmetric NAT: another mapping per destination.
    Symmetric,
}

/// The state of the Teredo client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TeredoState {
    /// Configured off. As a state at time 0 write `"type": "disabled"` instead.
    Disabled,
    /// Not running, though it could be.
    Offline,
    /// Waiting for an application that wants Teredo.
    Dormant,
    /// Asking the Teredo server.
    Probe,
    /// Working: it has a port and a Teredo address.
    Qualified,
}

impl TeredoState {
    /// The word for it in a scenario.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Offline => "offline",
            Self::Dormant => "dormant",
            Self::Probe => "probe",
            Self::Qualified => "qualified",
        }
    }
}
