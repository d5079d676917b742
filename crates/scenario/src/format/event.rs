//! Events: what happens to the machine from outside.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event_interface::{AddressEvent, FamilyEvent, InterfaceRemove, InterfaceSet};
use super::event_machine::{
    ClientEvent, FaultClear, Ipv6Present, ModuleEvent, NsiDown, PortClose, PortOpen,
};
use super::event_teredo::{
    TeredoMapping, TeredoNetwork, TeredoPolicy, TeredoRestart, TeredoServer, TeredoStart,
};
use super::fault::FaultSpec;
use super::interface::InterfaceSpec;
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
    InterfaceRemove(InterfaceRemove),
    /// Parameters of an interface change.
    InterfaceSet(Box<InterfaceSet>),
    /// A parameter notification without a change, as real Windows was seen to send.
    InterfaceTouch(FamilyEvent),
    /// A family is bound to an interface.
    FamilyBind(FamilyEvent),
    /// A family is unbound from an interface, with its addresses.
    FamilyUnbind(FamilyEvent),
    /// A unicast address appears.
    AddressAdd(AddressEvent),
    /// A unicast address goes away.
    AddressRemove(AddressEvent),
    /// The machine gets or loses its IPv6 stack.
    Ipv6Present(Ipv6Present),
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
}
