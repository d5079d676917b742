//! The scenario language, version 1: one type per noun, as serde and schemars see it.
//!
//! The documentation of these types is what the JSON schema says; nothing here decides what a
//! scenario means. Every object refuses unknown members. Enumerations with parameters are objects
//! with exactly one member, named by the variant: `{"cancel": {"handle": "r"}}`.

mod address;
mod address_spec;
mod client;
mod event;
mod event_address;
mod event_interface;
mod event_link;
mod event_machine;
mod event_services;
mod event_storm;
mod event_teredo;
mod expect;
mod expect_stack;
mod family;
mod fault;
mod function;
mod hint;
mod interface;
mod matching;
mod property;
mod scenario;
mod stack;
mod step;
mod step_adapters;
mod step_call;
mod step_control;
mod step_notify;
mod step_object;
mod step_shape;
mod step_table;
mod teredo;
mod timeline;
mod unique_map;
mod value;

pub use address::{Cidr, PhysicalAddress, WrittenAddressError};
pub use address_spec::{AddressDetails, AddressSpec, PrefixOrigin, SuffixOrigin};
pub use client::{ChannelSpec, Client, LockKind, LockSpec, Start, Thread};
pub use event::Event;
pub use event_address::{
    AddressAdd, AddressConflict, AddressSet, BareAddress, DhcpLease, RouterAdvertisement,
};
pub use event_interface::{AddressRemove, FamilyEvent, InterfaceSet};
pub use event_link::{AboveEvent, ConnectivityEvent, FilterEvent, OneInterface, RouteRemove};
pub use event_machine::{
    ClientEvent, FamilyPresent, FaultClear, ModuleEvent, NsiDown, PortClose, PortOpen,
};
pub use event_services::ServicesEvent;
pub use event_storm::{
    DockUnplug, LateAdapter, NetshSetAddress, SleepResume, StormEvent, TunnelFlap, VpnDown, VpnUp,
};
pub use event_teredo::{
    TeredoMapping, TeredoNetwork, TeredoPolicy, TeredoRestart, TeredoServer, TeredoStart,
};
pub use expect::{DeliveryExpect, Expect, FindingsExpect, ThreadState};
pub use expect_stack::{
    AddressExpect, DadState, HintExpect, InterfaceExpect, OperStatus, RouteExpect, StackExpect,
    TeredoExpect,
};
pub use family::{Family, IpFamily};
pub use fault::FaultSpec;
pub use function::Function;
pub use hint::{HintCost, HintLevel};
pub use interface::{ConnectivitySpec, FamilyBinding, FamilySpec, InterfaceSpec, Internet};
pub use matching::{During, Match, NotificationKind, OrderMatch, RowPresence};
pub use property::{Condition, DeliveredCondition, HoldsCondition, Property, TeredoCondition};
pub use scenario::{Flavour, Limits, ProfileSelection, Scenario};
pub use stack::{
    ConflictSpec, ListenerSpec, NeighbourSpec, NeighbourState, RouteOrigin, RouteSpec, StackFile,
    StackSpec, Template,
};
pub use step::{Empty, Step};
pub use step_adapters::{AdaptersCall, GaaFlag, GetNumberOfInterfaces};
pub use step_call::{
    BestInterfaceCall, ConvertCall, GetBestRoute2, GetTeredoPort, HasFunction, HintCall, RowCall,
};
pub use step_control::{
    Assert, Change, Checkpoint, Irql, IrqlLevel, ModuleStep, Repeat, SetVariable, Sleep, When,
};
pub use step_notify::{
    Cancel, CancelOverlapped, NotifyCall, NotifyFamilyCall, NotifyOverlapped, NotifyStableTable,
    OverlappedResult, WaitOverlapped,
};
pub use step_object::{
    ChannelStep, ContextStep, KeepRow, LockMode, LockStep, ReadKeptRow, ReadRow, SignalStep,
    ThreadStep, UnlockStep, UseContext,
};
pub use step_shape::Registering;
pub use step_table::{FreeMibTable, KeepTable, ReadTable, TableCall};
pub use teredo::{NatKind, TeredoSpec, TeredoState, TeredoType};
pub use timeline::TimelineEntry;
pub use value::Value;

/// The version of the language that these types speak.
pub const VERSION: u32 = 1;

/// Whether a field has its default and need not be written.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Reads `version` and refuses every other than [`VERSION`].
fn version<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    let version = <u32 as serde::Deserialize>::deserialize(deserializer)?;
    if version == VERSION {
        return Ok(version);
    }
    Err(serde::de::Error::custom(format!(
        "version {version} is unknown: this program reads version {VERSION}"
    )))
}
