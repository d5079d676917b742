//! Changes of the environment: what can happen to the simulated machine from outside.

mod effect;
mod error;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

pub use self::effect::Effect;
pub(crate) use self::effect::Thing;
pub use self::error::ChangeError;
use crate::interface::{Connectivity, Interface, ServicesEdit};
use crate::member::Member;
use crate::net::{Family, Luid};
use crate::table::{
    AddressKey, Neighbour, PrefixOrigin, Route, RouteKey, SuffixOrigin, UnicastAddress,
};
use crate::teredo::{PortWish, TeredoNetwork, TeredoSettings};

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
    /// An adapter is disabled: its interface goes away with everything on it.
    InterfaceDisable(Luid),
    /// A disabled adapter is enabled: the same LUID, and the lowest index that is free.
    InterfaceEnable(Luid),
    /// What lies behind an interface changes, or what its use costs.
    ConnectivitySet {
        /// The interface.
        luid: Luid,
        /// What lies behind it from now on.
        connectivity: Connectivity,
    },
    /// The servers that an interface uses change, or its DNS names. Nobody is notified (chosen).
    ServicesSet {
        /// The interface.
        luid: Luid,
        /// What changes.
        edit: ServicesEdit,
    },
    /// The filter stack on top of an interface shows another media state (FT-05).
    FilterSet {
        /// The interface.
        luid: Luid,
        /// The media state that the top shows; `None`: the interface's own.
        top_connected: Option<bool>,
    },
    /// One interface comes to lie directly above another, or no longer does (SK-04).
    Above {
        /// The higher interface.
        higher: Luid,
        /// The lower interface.
        lower: Luid,
        /// Whether it lies there from now on.
        present: bool,
    },
    /// A unicast address appears; duplicate address detection runs (UC-16 to UC-18).
    AddressAdd {
        /// The address; its state is the stack's to choose.
        address: UnicastAddress,
        /// Whether it starts out preferred while detection runs (UC-14).
        optimistic: bool,
    },
    /// Properties of a unicast address change.
    AddressSet {
        /// The address.
        key: AddressKey,
        /// What changes.
        edit: AddressEdit,
    },
    /// A unicast address goes away.
    AddressRemove {
        /// The interface.
        luid: Luid,
        /// The address.
        address: IpAddr,
    },
    /// Another host on the link takes an address, or gives it up (UC-18).
    AddressConflict {
        /// The interface.
        luid: Luid,
        /// The address.
        address: IpAddr,
        /// Whether the other host has it from now on.
        present: bool,
    },
    /// An anycast address appears.
    AnycastAdd(AddressKey),
    /// An anycast address goes away.
    AnycastRemove(AddressKey),
    /// A DHCP server gives an interface a lease, or renews it.
    DhcpLease(DhcpLease),
    /// The lease of an interface ends: its address and its routes go away.
    DhcpRelease(Luid),
    /// A router advertisement arrives on an interface.
    RouterAdvertisement(RouterAdvertisement),
    /// A route is put into the table of routes.
    RouteAdd(Route),
    /// A route is replaced by one with the same key (NR-10).
    RouteSet(Route),
    /// A route goes away.
    RouteRemove(RouteKey),
    /// A neighbour is put into its table, or replaced there.
    NeighbourPut(Neighbour),
    /// A neighbour is taken out of its table.
    NeighbourRemove(AddressKey),
    /// The machine gets or loses its IPv4 stack (UE-05).
    Ipv4Present(bool),
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
                | Self::InterfaceDisable(_)
                | Self::InterfaceEnable(_)
                | Self::ConnectivitySet { .. }
                | Self::ServicesSet { .. }
                | Self::FilterSet { .. }
                | Self::Above { .. }
                | Self::AddressAdd { .. }
                | Self::AddressSet { .. }
                | Self::AddressRemove { .. }
                | Self::AddressConflict { .. }
                | Self::AnycastAdd(_)
                | Self::AnycastRemove(_)
                | Self::DhcpLease(_)
                | Self::DhcpRelease(_)
                | Self::RouteAdd(_)
                | Self::RouteSet(_)
                | Self::RouteRemove(_)
                | Self::NeighbourPut(_)
                | Self::NeighbourRemove(_)
        )
    }

    /// The interface that it is about, where no step of it may say so.
    pub(crate) const fn interface(&self) -> Option<Luid> {
        match self {
            Self::InterfaceRemove(luid)
            | Self::InterfaceDisable(luid)
            | Self::InterfaceEnable(luid)
            | Self::ConnectivitySet { luid, .. }
            | Self::FilterSet { luid, .. }
            | Self::LinkSet { luid, .. } => Some(*luid),
            _ => None,
        }
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
            Self::InterfaceDisable(_) => "interface_disable",
            Self::InterfaceEnable(_) => "interface_enable",
            Self::ConnectivitySet { .. } => "connectivity",
            Self::ServicesSet { .. } => "services_set",
            Self::FilterSet { .. } => "filter",
            Self::Above { .. } => "above",
            Self::AddressAdd { .. } => "address_add",
            Self::AddressSet { .. } => "address_set",
            Self::AddressRemove { .. } => "address_remove",
            Self::AddressConflict { .. } => "address_conflict",
            Self::AnycastAdd(_) => "anycast_add",
            Self::AnycastRemove(_) => "anycast_remove",
            Self::DhcpLease(_) => "dhcp_lease",
            Self::DhcpRelease(_) => "dhcp_release",
            Self::RouterAdvertisement(_) => "router_advertisement",
            Self::RouteAdd(_) => "route_add",
            Self::RouteSet(_) => "route_set",
            Self::RouteRemove(_) => "route_remove",
            Self::NeighbourPut(_) => "neighbour_put",
            Self::NeighbourRemove(_) => "neighbour_remove",
            Self::Ipv4Present(_) => "ipv4_present",
            Self::Ipv6Present(_) => "ipv6_present",
        }
    }
}

/// What changes of a unicast address; `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct AddressEdit {
    /// The length of the on-link prefix, in bits.
    pub prefix_length: Option<u8>,
    /// Where the prefix comes from.
    pub prefix_origin: Option<PrefixOrigin>,
    /// Where the rest comes from.
    pub suffix_origin: Option<SuffixOrigin>,
    /// For how long it is valid, in seconds from now; 0xFFFFFFFF without end (ST-11).
    pub valid_s: Option<u32>,
    /// For how long it is preferred, in seconds from now; 0xFFFFFFFF without end.
    pub preferred_s: Option<u32>,
    /// Whether it is not to be used as a source.
    pub skip_as_source: Option<bool>,
}

/// What a DHCP server gives.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct DhcpLease {
    /// The interface.
    pub luid: Luid,
    /// The address.
    pub address: Ipv4Addr,
    /// The length of the on-link prefix, in bits.
    pub prefix_length: u8,
    /// The default gateway.
    pub gateway: Option<Ipv4Addr>,
    /// For how long it is given, in seconds; 0xFFFFFFFF without end.
    pub lease_s: u32,
}

/// A router advertisement, as far as the tables follow it (RFC 4861, RFC 4862).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RouterAdvertisement {
    /// The interface on which it arrives.
    pub luid: Luid,
    /// The link-local address of the router.
    pub router: Ipv6Addr,
    /// For how long it is a default router, in seconds; 0: it is none.
    pub router_lifetime_s: u32,
    /// The prefix for addresses, with its length in bits.
    pub prefix: Option<(Ipv6Addr, u8)>,
    /// For how long the prefix is valid, in seconds; 0xFFFFFFFF without end.
    pub valid_s: u32,
    /// For how long addresses of it are preferred, in seconds.
    pub preferred_s: u32,
    /// Whether addresses are to be had from a DHCP server (the M flag).
    pub managed: bool,
    /// Whether other settings are to be had from a DHCP server (the O flag).
    pub other: bool,
    /// The MTU of the link, in bytes.
    pub mtu: Option<u32>,
}
