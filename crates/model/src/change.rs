//! Changes of the environment: what can happen to the simulated machine from outside.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use crate::env::{Route, UnicastAddress};
use crate::interface::Interface;
use crate::member::Member;
use crate::net::{Family, Luid, NotificationType};
use crate::teredo::{PortWish, TeredoNetwork, TeredoSettings, TeredoState};

/// One change of the environment, as a scenario's timeline or a test asks for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Change {
    /// The Teredo client starts; it stays as it is when it is running.
    TeredoStart(PortWish),
    /// The Teredo client stops.
    TeredoStop,
    /// The Teredo client stops and starts again (TP-11, TS-17).
    TeredoRestart(PortWish),
    /// An application makes the client qualify (TS-02, TS-05, TS-20).
    TeredoQualify,
    /// The Teredo server becomes reachable or unreachable.
    TeredoServer {
        /// Whether it answers from now on.
        reachable: bool,
    },
    /// The NAT gives the client another external address or port (TA-22).
    TeredoMapping {
        /// The external address from now on.
        address: Ipv4Addr,
        /// The external port from now on; `None`: equal to the service port.
        port: Option<u16>,
    },
    /// The client's settings change: by policy, or by an administrator (TS-07 to TS-12).
    TeredoPolicy(TeredoSettings),
    /// The network around the client changes.
    TeredoNetwork(TeredoNetwork),
    /// Traffic flows over Teredo.
    TeredoTraffic,
    /// Another program opens a UDP port.
    PortOpen {
        /// The port, in host byte order.
        port: u16,
        /// Whether its listener permits edge traversal (TS-19).
        edge_traversal: bool,
    },
    /// Another program closes its UDP port.
    PortClose {
        /// The port, in host byte order.
        port: u16,
    },
    /// An interface appears.
    InterfaceAdd(Box<Interface>),
    /// An interface goes away, its addresses with it.
    InterfaceRemove(Luid),
    /// Members of one IP interface row take new values.
    RowSet {
        /// The interface.
        luid: Luid,
        /// The row.
        family: Family,
        /// Members and their new values; keys are ignored.
        values: Vec<(Member, u64)>,
    },
    /// Link-level properties of an interface change; every bound family is told.
    LinkSet {
        /// The interface.
        luid: Luid,
        /// The media state from now on.
        connected: Option<bool>,
        /// The administrative state from now on.
        admin_up: Option<bool>,
        /// The link MTU from now on, in bytes; the rows' NlMtu follows.
        mtu: Option<u32>,
        /// The alias from now on.
        alias: Option<String>,
    },
    /// A notification without a change, as real Windows was seen to send (observed, 13).
    RowTouch {
        /// The interface.
        luid: Luid,
        /// The row.
        family: Family,
    },
    /// A family is bound to an interface.
    FamilyBind {
        /// The interface.
        luid: Luid,
        /// The family.
        family: Family,
    },
    /// A family is unbound from an interface, its addresses with it.
    FamilyUnbind {
        /// The interface.
        luid: Luid,
        /// The family.
        family: Family,
    },
    /// A unicast address appears.
    AddressAdd(UnicastAddress),
    /// A unicast address goes away.
    AddressRemove {
        /// The interface.
        luid: Luid,
        /// The address.
        address: IpAddr,
    },
    /// A route is put into the table of routes.
    RouteAdd(Route),
    /// The machine gets or loses its IPv6 stack (GT-07, GT-08).
    Ipv6Present(bool),
}

impl Change {
    /// Whether the Teredo client hears of it.
    pub(crate) const fn concerns_teredo(&self) -> bool {
        !matches!(
            self,
            Self::InterfaceAdd(_)
                | Self::InterfaceRemove(_)
                | Self::RowSet { .. }
                | Self::LinkSet { .. }
                | Self::RowTouch { .. }
                | Self::FamilyBind { .. }
                | Self::FamilyUnbind { .. }
                | Self::AddressAdd(_)
                | Self::AddressRemove { .. }
                | Self::RouteAdd(_)
        )
    }

    /// A short name for traces, in the words of the scenario language.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::TeredoStart(_) => "teredo_start",
            Self::TeredoStop => "teredo_stop",
            Self::TeredoRestart(_) => "teredo_restart",
            Self::TeredoQualify => "teredo_qualify",
            Self::TeredoServer { .. } => "teredo_server",
            Self::TeredoMapping { .. } => "teredo_mapping",
            Self::TeredoPolicy(_) => "teredo_policy",
            Self::TeredoNetwork(_) => "teredo_network",
            Self::TeredoTraffic => "teredo_traffic",
            Self::PortOpen { .. } => "port_open",
            Self::PortClose { .. } => "port_close",
            Self::InterfaceAdd(_) => "interface_add",
            Self::InterfaceRemove(_) => "interface_remove",
            Self::RowSet { .. } | Self::LinkSet { .. } => "interface_set",
            Self::RowTouch { .. } => "interface_touch",
            Self::FamilyBind { .. } => "family_bind",
            Self::FamilyUnbind { .. } => "family_unbind",
            Self::AddressAdd(_) => "address_add",
            Self::AddressRemove { .. } => "address_remove",
            Self::RouteAdd(_) => "route_add",
            Self::Ipv6Present(_) => "ipv6_present",
        }
    }
}

/// What a change did, step by step, in the order in which it happened.
///
/// The order within one change is chosen: port, interface, address removal, address addition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The Teredo client went from one state to another.
    TeredoState {
        /// The state before.
        from: TeredoState,
        /// The state after.
        to: TeredoState,
    },
    /// The dynamic service port: of a restart even if it stayed the same.
    TeredoPort {
        /// The port before, if the client had one.
        from: Option<u16>,
        /// The port after, if the client has one.
        to: Option<u16>,
    },
    /// An IP interface row was added, changed or deleted (NI-30).
    IpInterface {
        /// The interface.
        luid: Luid,
        /// Its index.
        index: u32,
        /// The row's family.
        family: Family,
        /// What happened to it.
        kind: NotificationType,
    },
    /// A unicast address appeared or went away.
    Address {
        /// The interface.
        luid: Luid,
        /// Its index.
        index: u32,
        /// The address.
        address: IpAddr,
        /// Whether it appeared.
        added: bool,
    },
}

impl Effect {
    /// Where the step stands in the chosen order of a cascade.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::TeredoState { .. } => 0,
            Self::TeredoPort { .. } => 1,
            Self::IpInterface { .. } => 2,
            Self::Address { added: false, .. } => 3,
            Self::Address { added: true, .. } => 4,
        }
    }
}

/// Why a change cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChangeError {
    /// No interface has this LUID.
    NoInterface(Luid),
    /// No interface has this alias.
    NoAlias(String),
    /// The alias, index or LUID is taken by another interface.
    Taken(String),
    /// The family is not bound to the interface.
    NotBound(Family),
    /// The family is bound already.
    Bound(Family),
    /// The address is on the interface already.
    AddressExists(IpAddr),
    /// The address is not on the interface.
    NoAddress(IpAddr),
    /// The UDP port is in use.
    PortInUse(u16),
    /// Nobody of the other programs has the UDP port open.
    PortNotOpen(u16),
    /// The machine has no IPv6 stack.
    NoIpv6,
    /// The Teredo pseudo-interface and the loopback come and go only by themselves.
    Reserved(String),
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoInterface(luid) => write!(f, "no interface has the LUID {luid}"),
            Self::NoAlias(alias) => write!(f, "no interface has the alias \"{alias}\""),
            Self::Taken(what) => write!(f, "{what} is taken by another interface"),
            Self::NotBound(family) => write!(f, "{family} is not bound to the interface"),
            Self::Bound(family) => write!(f, "{family} is bound to the interface already"),
            Self::AddressExists(address) => write!(f, "{address} is on the interface already"),
            Self::NoAddress(address) => write!(f, "{address} is not on the interface"),
            Self::PortInUse(port) => write!(f, "UDP port {port} is in use"),
            Self::PortNotOpen(port) => write!(f, "UDP port {port} is not open"),
            Self::NoIpv6 => f.write_str("the machine has no IPv6 stack"),
            Self::Reserved(what) => write!(f, "{what} comes and goes only by itself"),
        }
    }
}

impl std::error::Error for ChangeError {}
