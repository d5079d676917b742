//! Events: what happens to the machine from outside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event_address::{
    AddressAdd, AddressConflict, AddressSet, BareAddress, DhcpLease, RouterAdvertisement,
};
use super::event_interface::{AddressRemove, FamilyEvent, InterfaceSet};
use super::event_link::{AboveEvent, ConnectivityEvent, FilterEvent, OneInterface, RouteRemove};
use super::event_machine::{
    ClientEvent, FamilyPresent, FaultClear, ModuleEvent, NsiDown, PortClose, PortOpen,
};
use super::event_services::ServicesEvent;
use super::event_storm::StormEvent;
use super::event_teredo::{
    TeredoMapping, TeredoNetwork, TeredoPolicy, TeredoRestart, TeredoServer, TeredoStart,
};
use super::fault::FaultSpec;
use super::interface::InterfaceSpec;
use super::stack::{NeighbourSpec, RouteSpec};
use super::step::Empty;

/// Something that happens to the machine: an object with exactly one member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The Teredo client starts; nothing happens if it runs.
    TeredoStart(TeredoStart),
    /// The Teredo client stops.
    TeredoStop(Empty),
    /// The Teredo client stops and starts again, by default with another dynamic port.
    TeredoRestart(TeredoRestart),
    /// An application makes the client qualify.
    TeredoQualify(Empty),
    /// The Teredo server becomes reachable or unreachable.
    TeredoServer(TeredoServer),
    /// The NAT gives the client another external address or port.
    TeredoMapping(TeredoMapping),
    /// Settings of the client change, by policy or by an administrator.
    TeredoPolicy(TeredoPolicy),
    /// The network around the client changes.
    TeredoNetwork(TeredoNetwork),
    /// Traffic flows over Teredo.
    TeredoTraffic(Empty),
    /// Another program opens a UDP port.
    PortOpen(PortOpen),
    /// Another program closes its UDP port.
    PortClose(PortClose),
    /// An interface appears.
    InterfaceAdd(Box<InterfaceSpec>),
    /// An interface goes away, with its addresses.
    InterfaceRemove(OneInterface),
    /// Parameters of an interface change.
    InterfaceSet(Box<InterfaceSet>),
    /// A parameter notification without a change, as real Windows was seen to send.
    InterfaceTouch(FamilyEvent),
    /// A family is bound to an interface.
    FamilyBind(FamilyEvent),
    /// A family is unbound from an interface, with its addresses.
    FamilyUnbind(FamilyEvent),
    /// An adapter is disabled: its interface goes away with everything on it, its LUID is kept.
    InterfaceDisable(OneInterface),
    /// A disabled adapter is enabled: the same LUID, the lowest index that is free, and what is
    /// configured.
    InterfaceEnable(OneInterface),
    /// What lies behind an interface changes, or what its use costs.
    Connectivity(ConnectivityEvent),
    /// The servers that an interface uses change, or its DNS names; nobody is notified.
    ServicesSet(Box<ServicesEvent>),
    /// The filter stack on top of an interface shows another media state.
    Filter(FilterEvent),
    /// One interface comes to lie directly above another, or no longer does.
    Above(AboveEvent),
    /// A unicast address appears; duplicate address detection runs.
    AddressAdd(AddressAdd),
    /// Properties of a unicast address change.
    AddressSet(AddressSet),
    /// A unicast address goes away.
    AddressRemove(AddressRemove),
    /// Another host takes an address, or gives it up.
    AddressConflict(AddressConflict),
    /// An anycast address appears.
    AnycastAdd(BareAddress),
    /// An anycast address goes away.
    AnycastRemove(BareAddress),
    /// A DHCP server gives an interface a lease, or renews it.
    DhcpLease(DhcpLease),
    /// The lease of an interface ends: its address and its routes go away.
    DhcpRelease(OneInterface),
    /// A router advertisement arrives.
    RouterAdvertisement(RouterAdvertisement),
    /// A route is put into the table.
    RouteAdd(RouteSpec),
    /// Properties of a route change; what is left out stays.
    RouteSet(RouteSpec),
    /// A route goes away.
    RouteRemove(RouteRemove),
    /// A neighbour is put into its table, or replaced there.
    NeighbourPut(NeighbourSpec),
    /// A neighbour is taken out of its table.
    NeighbourRemove(BareAddress),
    /// The machine gets or loses its IPv4 stack.
    Ipv4Present(FamilyPresent),
    /// The machine gets or loses its IPv6 stack.
    Ipv6Present(FamilyPresent),
    /// Changes that come together in real life.
    Storm(StormEvent),
    /// The NSI service restarts: every registration dies in silence.
    NsiRestart(Empty),
    /// The NSI service is unreachable, or reachable again.
    NsiDown(NsiDown),
    /// A client's process ends: its registrations go away without a callback.
    ProcessExit(ClientEvent),
    /// The machine restarts: every process and registration is gone.
    Reboot(Empty),
    /// A module is loaded into a client's process.
    ModuleLoad(ModuleEvent),
    /// A module is unloaded from a client's process.
    ModuleUnload(ModuleEvent),
    /// A fault is put in.
    Fault(FaultSpec),
    /// Faults are taken away.
    FaultClear(FaultClear),
    /// A change of a storm, once it is planned. No file says it.
    #[serde(skip)]
    Planned(Box<netiosim_model::change::Change>),
}
