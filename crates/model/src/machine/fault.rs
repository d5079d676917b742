//! Faults: calls that fail because the test says so.

use std::sync::Arc;

use super::{Irql, Machine};
use crate::event::{Function, What};
use crate::function::MostIrql;
use crate::ids::{ActorId, FaultId, Handle};
use crate::rule::Rule;
use crate::status::{Flavour, Status};

/// Whose calls a fault hits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum FaultTarget {
    /// Every call of the function.
    #[default]
    Any,
    /// Calls that make or cancel the registration of this name.
    Registration(Arc<str>),
    /// Cancels of this handle.
    Handle(Handle),
}

/// A fault: calls of one function answer a status without doing anything.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Fault {
    /// The function.
    pub function: Function,
    /// What the call answers; [`Status::Raw`] gives any number.
    pub status: Status,
    /// Whose calls it hits.
    pub target: FaultTarget,
    /// Only this call, counted from 1 among those that the fault could hit; `None`: every one.
    pub nth: Option<u32>,
    /// The virtual time, in milliseconds, from which on it hits nothing; `None`: until it is
    /// taken out.
    pub until_ms: Option<u64>,
}

impl Fault {
    /// Every call of `function` answers `status` until the fault is taken out.
    #[must_use]
    pub fn new(function: Function, status: Status) -> Self {
        Self { function, status, target: FaultTarget::Any, nth: None, until_ms: None }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Entry {
    id: FaultId,
    fault: Fault,
    seen: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Faults {
    entries: Vec<Entry>,
    next: u32,
}

impl Machine {
    /// Puts a fault in.
    pub fn fault_add(&mut self, fault: Fault) -> FaultId {
        let id = FaultId(self.state.faults.next);
        self.state.faults.next += 1;
        self.state.faults.entries.push(Entry { id, fault, seen: 0 });
        id
    }

    /// Takes a fault out.
    pub fn fault_remove(&mut self, id: FaultId) {
        self.state.faults.entries.retain(|entry| entry.id != id);
    }

    /// Takes out every fault of a function, or every fault.
    pub fn fault_clear(&mut self, function: Option<Function>) {
        let keep =
            |entry: &Entry| function.is_some_and(|function| entry.fault.function != function);
        self.state.faults.entries.retain(keep);
    }

    /// The status of the fault that hits this call, the one put in last first.
    pub(crate) fn fault(
        &mut self,
        actor: ActorId,
        function: Function,
        handle: Option<Handle>,
        name: Option<&Arc<str>>,
    ) -> Option<Status> {
        if self.state.faults.entries.is_empty() {
            return None;
        }
        let now_ms = *self.state.now_ms;
        let mut hit = None;
        for entry in &mut self.state.faults.entries {
            let fault = &entry.fault;
            let aimed = match &fault.target {
                FaultTarget::Any => true,
                FaultTarget::Registration(target) => name.is_some_and(|name| name == target),
                FaultTarget::Handle(target) => handle == Some(*target),
            };
            let expired = fault.until_ms.is_some_and(|until_ms| now_ms >= until_ms);
            if fault.function != function || !aimed || expired {
                continue;
            }
            entry.seen += 1;
            if fault.nth.is_none_or(|nth| nth == entry.seen) {
                hit = Some((entry.id, fault.status));
            }
        }
        let (id, status) = hit?;
        self.event(Some(actor), What::Fault(id));
        Some(status)
    }

    /// Flags a call at too high an IRQL in kernel flavour (TP-29, GT-11, NI-29, NU-14, NR-11, NS-19,
    /// CX-13, IE-12, UE-08, CV-19); the call goes on.
    pub(crate) fn check_irql(&mut self, actor: ActorId, function: Function) {
        if self.flavour(actor) != Flavour::Kernel {
            return;
        }
        let irql = self.state.actors[actor.slot()].irql;
        let highest = match function.spec().irql {
            MostIrql::Passive => Irql::Passive,
            MostIrql::BelowDispatch | MostIrql::UserOnly => Irql::Apc,
        };
        if irql > highest {
            let limit = match highest {
                Irql::Passive => "at PASSIVE_LEVEL only",
                _ => "below DISPATCH_LEVEL",
            };
            let message =
                format!("{} was called at {}; it is allowed {limit}", function.name(), irql.name());
            self.finding(Rule::IrqlTooHigh, actor, None, message, Vec::new());
        }
    }
}
