//! The scenario language, version 1: one type per noun, as serde and schemars see it.
//!
//! The documentation of these types is what the JSON schema says; nothing here decides what a
//! scenario means. Every object refuses unknown members. Enumerations with parameters are objects
//! with exactly one member, named by the variant: `{"cancel": {"handle": "r"}}`.

mod address;
mod client;
mod event;
mod event_interface;
mod event_machine;
mod event_teredo;
mod expect;
mod expect_stack;
mod family;
mod fault;
mod interface;
mod matching;
mod scenario;
mod stack;
mod step;
mod step_call;
mod step_control;
mod step_object;
mod teredo;
mod timeline;
mod unique_map;
mod value;

pub use address::{Cidr, PhysicalAddress, WrittenAddressError};
pub use client::{ChannelSpec, Client, LockKind, LockSpec, Start, Thread};
pub use event::Event;
pub use event_interface::{AddressEvent, FamilyEvent, InterfaceRemove, InterfaceSet};
pub use event_machine::{
    ClientEvent, FaultClear, Ipv6Present, ModuleEvent, NsiDown, PortClose, PortOpen,
};
pub use event_teredo::{
    TeredoMapping, TeredoNetwork, TeredoPolicy, TeredoRestart, TeredoServer, TeredoStart,
};
pub use expect::{DeliveryExpect, Expect, FindingsExpect, ThreadState};
pub use expect_stack::{InterfaceExpect, StackExpect, TeredoExpect};
pub use family::{Family, IpFamily};
pub use fault::{FaultSpec, Function};
pub use interface::{FamilyBinding, FamilySpec, InterfaceSpec};
pub use matching::{During, Match, NotificationKind, OrderMatch, RowPresence};
pub use scenario::{Flavour, Limits, ProfileSelection, Scenario};
pub use stack::{ListenerSpec, RouteSpec, StackFile, StackSpec, Template};
pub use step::{Empty, Step};
pub use step_call::{
    Cancel, GetIpInterfaceEntry, GetTeredoPort, NotifyIpInterfaceChange, NotifyTeredoPortChange,
};
pub use step_control::{
    Assert, Change, Checkpoint, Irql, IrqlLevel, ModuleStep, Repeat, SetVariable, Sleep, When,
};
pub use step_object::{
    ChannelStep, ContextStep, KeepRow, LockMode, LockStep, ReadKeptRow, ReadRow, SignalStep,
    ThreadStep, UnlockStep, UseContext,
};
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
