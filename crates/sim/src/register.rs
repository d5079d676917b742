//! Any NotifyXxx call, with everything that can be said of it.

use std::panic::Location;
use std::sync::Arc;

use netiosim_model::api::Output;
use netiosim_model::event::Function;
use netiosim_model::ids::{Handle, ModuleId, ObjectId, ProcessId, TableId};
use netiosim_model::machine::Request;
use netiosim_model::status::{Status, success};

use crate::StackRef;
use crate::call::Args;
use crate::callback::RawCallback;
use crate::core::Core;
use crate::error::ApiError;
use crate::sync::atomic::{AtomicU64, Ordering};

/// The variable that `NotificationHandle` points to.
///
/// Clones are the same variable, so that a callback can hold one: whether it sees the handle during
/// its initial notification is the option `handle-written`.
#[derive(Clone, Debug, Default)]
pub struct HandleCell {
    value: Arc<AtomicU64>,
}

impl HandleCell {
    /// A variable that holds NULL.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A variable that holds this value.
    #[must_use]
    pub fn holding(handle: Handle) -> Self {
        Self { value: Arc::new(AtomicU64::new(handle.0)) }
    }

    /// The value.
    #[must_use]
    pub fn get(&self) -> Handle {
        Handle(self.value.load(Ordering::SeqCst))
    }

    /// Writes the value.
    pub fn set(&self, handle: Handle) {
        self.value.store(handle.0, Ordering::SeqCst);
    }
}

/// What a [`RawRequest`] listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RawKind {
    /// NotifyTeredoPortChange.
    TeredoPort,
    /// NotifyIpInterfaceChange with this Family, as the caller gave it.
    IpInterface(u16),
    /// NotifyUnicastIpAddressChange with this Family, as the caller gave it.
    UnicastAddress(u16),
    /// NotifyRouteChange2 with this AddressFamily, as the caller gave it.
    Route(u16),
    /// NotifyStableUnicastIpAddressTable with this Family, as the caller gave it.
    StableTable(u16),
    /// NotifyNetworkConnectivityHintChange.
    ConnectivityHint,
}

impl RawKind {
    /// The function.
    #[must_use]
    pub const fn function(self) -> Function {
        match self {
            Self::TeredoPort => Function::NotifyTeredoPortChange,
            Self::IpInterface(_) => Function::NotifyIpInterfaceChange,
            Self::UnicastAddress(_) => Function::NotifyUnicastIpAddressChange,
            Self::Route(_) => Function::NotifyRouteChange2,
            Self::StableTable(_) => Function::NotifyStableUnicastIpAddressTable,
            Self::ConnectivityHint => Function::NotifyNetworkConnectivityHintChange,
        }
    }

    /// Family, as the caller gave it.
    #[must_use]
    pub const fn family(self) -> Option<u16> {
        match self {
            Self::TeredoPort | Self::ConnectivityHint => None,
            Self::IpInterface(family)
            | Self::UnicastAddress(family)
            | Self::Route(family)
            | Self::StableTable(family) => Some(family),
        }
    }
}

/// A NotifyXxx call with everything that can be said of it.
#[derive(Clone, Debug)]
pub struct RawRequest {
    /// What it listens to.
    pub kind: RawKind,
    /// What reports and traces call the registration; empty: a name is made.
    pub name: Arc<str>,
    /// Callback; `None` is NULL.
    pub callback: Option<RawCallback>,
    /// CallerContext.
    pub context: u64,
    /// InitialNotification.
    pub initial: bool,
    /// Whether there is a place for the handle; false is NULL.
    pub handle_pointer: bool,
    /// Whether there is a place for the table of NotifyStableUnicastIpAddressTable; false is NULL.
    pub table_pointer: bool,
    /// The module that holds the callback, where it is not the program itself.
    pub module: Option<ModuleId>,
    /// The process that the callback belongs to, where it is not the caller's own.
    pub callback_process: Option<ProcessId>,
    /// The object that the context stands for.
    pub object: Option<ObjectId>,
}

impl RawRequest {
    /// A registration without an initial notification, context 0.
    #[must_use]
    pub fn new(kind: RawKind, name: impl Into<Arc<str>>, callback: RawCallback) -> Self {
        Self {
            kind,
            name: name.into(),
            callback: Some(callback),
            context: 0,
            initial: false,
            handle_pointer: true,
            table_pointer: true,
            module: None,
            callback_process: None,
            object: None,
        }
    }
}

/// What a NotifyXxx call answered.
///
/// The caller got what it asked for with [`Status::Success`], and with [`Status::IoPending`], which is
/// no zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRegistered {
    /// What happened.
    pub status: Status,
    /// The number that the caller sees.
    pub code: u32,
    /// The handle: NULL on any failure (TP-03, NI-06), and where a stable table is there at once.
    pub handle: Handle,
    /// The table that NotifyStableUnicastIpAddressTable hands out at once (NS-04, NS-05).
    pub table: Option<TableId>,
}

impl StackRef {
    /// Any NotifyXxx call. `visible` is called at the moment when the caller's variable receives the
    /// handle: by the option `handle-written` before the initial deliveries that run on the calling
    /// thread, or at the call's return; with NULL after a failure. No lock is held meanwhile.
    #[track_caller]
    pub fn register(&self, request: RawRequest, visible: &mut dyn FnMut(Handle)) -> RawRegistered {
        let registered = self.register_at(request, visible, Location::caller());
        registered.0
    }

    /// Returns the answer and the caller's flavour's verdict on it.
    pub(crate) fn register_at(
        &self,
        request: RawRequest,
        visible: &mut dyn FnMut(Handle),
        at: &'static Location<'static>,
    ) -> (RawRegistered, Result<(), ApiError>) {
        // A callback that is refused is dropped when this returns: where no lock is held.
        let RawRequest {
            kind,
            name,
            callback,
            context,
            initial,
            handle_pointer,
            table_pointer,
            module,
            callback_process,
            object,
        } = request;
        let function = kind.function();
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let flavour = entry.machine.flavour(actor);
        let name = if name.is_empty() { entry.name(kind) } else { name };
        let log = entry.log(actor, function, |_| Args::Register {
            name: name.clone(),
            family: kind.family(),
            callback: callback.is_some(),
            context,
            initial,
            handle_pointer,
            table_pointer,
        });
        let mut shown = false;
        let pending = entry.machine.code(actor, Status::IoPending);
        let (status, code, handle, table) = if let Some(status) = entry.refused() {
            (status, entry.machine.code(actor, status), Handle::NULL, None)
        } else {
            let number = callback.as_ref().map(|callback| entry.callback_number(callback));
            let model = Request {
                name,
                callback: number,
                context,
                initial,
                handle_pointer,
                table_pointer,
                module,
                callback_process,
                object,
            };
            let (machine, chooser) = entry.parts();
            let family = kind.family().unwrap_or_default();
            let registered = machine.notify(actor, function, family, &model, chooser);
            let handle = registered.handle;
            if let Some(callback) = callback.as_ref().filter(|_| !handle.is_null()) {
                entry.store(handle, callback.clone());
            }
            if !registered.initial.is_empty() {
                if registered.written_first {
                    shown = true;
                    entry.outside(|| visible(handle));
                }
                for lane in &registered.initial {
                    // It may have been cancelled or died while the one before ran.
                    let due = entry.machine.is_initial_due(*lane);
                    if due {
                        entry.deliver(*lane);
                    }
                }
                entry.machine.register_return(actor, function, registered.code, handle);
            }
            (registered.status, registered.code, handle, registered.table)
        };
        entry.log_end(log, code, Some(handle), None);
        if let Some(table) = table {
            entry.log_output(log, &Output::Table(table));
        }
        drop(entry);
        if !shown {
            visible(handle);
        }
        let waits = function == Function::NotifyStableUnicastIpAddressTable && code == pending;
        let outcome = match success(code, flavour) || waits {
            true => Ok(()),
            false => Err(ApiError { function, status, code, flavour }),
        };
        (RawRegistered { status, code, handle, table }, outcome)
    }
}

impl Core {
    /// A name for a registration that came without one.
    fn name(&mut self, kind: RawKind) -> Arc<str> {
        let (at, word) = match kind {
            RawKind::TeredoPort => (0, "teredo-port"),
            RawKind::IpInterface(_) => (1, "ip-interface"),
            RawKind::UnicastAddress(_) => (2, "unicast-address"),
            RawKind::Route(_) => (3, "route"),
            RawKind::StableTable(_) => (4, "stable-table"),
            RawKind::ConnectivityHint => (5, "connectivity-hint"),
        };
        self.unnamed[at] += 1;
        format!("{word}-{}", self.unnamed[at]).into()
    }
}
