//! Registering and cancelling, in the terms of the pages: codes, handles, context values.

use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netiosim_model::event::Function;
use netiosim_model::ids::{Handle, ModuleId, ObjectId, ProcessId};
use netiosim_model::machine::{CancelBegin, Registration, Request};
use netiosim_model::net::NotificationType;
use netiosim_model::notification::Notification;
use netiosim_model::status::{Status, success};

use crate::StackRef;
use crate::barrier::Spot;
use crate::call::Args;
use crate::callback::{Delivery, RawCallback};
use crate::core::Core;
use crate::entry::Entry;
use crate::error::{ApiError, CancelError};
use crate::notification::Row;

/// A callback of NotifyTeredoPortChange: context, port, notification type (TP-33).
pub type TeredoPortCallback = Arc<dyn Fn(u64, u16, NotificationType) + Send + Sync>;

/// A callback of NotifyIpInterfaceChange: context, row (`None` is NULL), notification type (NI-35).
pub type IpInterfaceCallback = Arc<dyn Fn(u64, Option<&Row<'_>>, NotificationType) + Send + Sync>;

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
}

impl RawKind {
    /// The function.
    #[must_use]
    pub const fn function(self) -> Function {
        match self {
            Self::TeredoPort => Function::NotifyTeredoPortChange,
            Self::IpInterface(_) => Function::NotifyIpInterfaceChange,
        }
    }

    /// Family, as the caller gave it.
    #[must_use]
    pub const fn family(self) -> Option<u16> {
        match self {
            Self::TeredoPort => None,
            Self::IpInterface(family) => Some(family),
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
            module: None,
            callback_process: None,
            object: None,
        }
    }
}

/// What a NotifyXxx call answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawRegistered {
    /// What happened.
    pub status: Status,
    /// The number that the caller sees.
    pub code: u32,
    /// The handle: NULL on any failure (TP-03, NI-06).
    pub handle: Handle,
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
        });
        let mut shown = false;
        let (status, code, handle) = if let Some(status) = entry.refused() {
            (status, entry.machine.code(actor, status), Handle::NULL)
        } else {
            let number = callback.as_ref().map(|callback| entry.callback_number(callback));
            let model = Request {
                name,
                callback: number,
                context,
                initial,
                handle_pointer,
                module,
                table_pointer,
                callback_process,
                object,
            };
            let (machine, chooser) = entry.parts();
            let registered = match kind {
                RawKind::TeredoPort => machine.notify_teredo_port_change(actor, &model, chooser),
                RawKind::IpInterface(family) => {
                    machine.notify_ip_interface_change(actor, family, &model, chooser)
                }
            };
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
            (registered.status, registered.code, handle)
        };
        entry.log_end(log, code, Some(handle), None);
        drop(entry);
        if !shown {
            visible(handle);
        }
        let outcome = match success(code, flavour) {
            true => Ok(()),
            false => Err(ApiError { function, status, code, flavour }),
        };
        (RawRegistered { status, code, handle }, outcome)
    }

    /// NotifyTeredoPortChange, parameters and codes as the page has them (TP-01 to TP-40).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (TP-03).
    #[track_caller]
    pub fn notify_teredo_port_change(
        &self,
        callback: Option<TeredoPortCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(|callback| {
            let identity = Arc::as_ptr(&callback).cast::<()>() as usize;
            RawCallback::shared(identity, move |delivery: &Delivery| {
                if let Notification::TeredoPort { port, kind } = delivery.due.notification {
                    callback(delivery.due.context, port, kind);
                }
            })
        });
        self.plain(RawKind::TeredoPort, callback, context, initial, handle, Location::caller())
    }

    /// NotifyIpInterfaceChange, parameters and codes as the page has them (NI-01 to NI-40).
    ///
    /// `None` stands for NULL. On any failure the variable holds NULL afterwards (NI-06).
    #[track_caller]
    pub fn notify_ip_interface_change(
        &self,
        family: u16,
        callback: Option<IpInterfaceCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
    ) -> u32 {
        let callback = callback.map(|callback| {
            let identity = Arc::as_ptr(&callback).cast::<()>() as usize;
            RawCallback::shared(identity, move |delivery: &Delivery| {
                let kind = delivery.due.notification.kind();
                callback(delivery.due.context, Row::of(delivery).as_ref(), kind);
            })
        });
        self.plain(
            RawKind::IpInterface(family),
            callback,
            context,
            initial,
            handle,
            Location::caller(),
        )
    }

    fn plain(
        &self,
        kind: RawKind,
        callback: Option<RawCallback>,
        context: u64,
        initial: bool,
        handle: Option<&HandleCell>,
        at: &'static Location<'static>,
    ) -> u32 {
        let request = RawRequest {
            kind,
            name: "".into(),
            callback,
            context,
            initial,
            handle_pointer: handle.is_some(),
            module: None,
            callback_process: None,
            object: None,
        };
        let mut visible = |value| {
            if let Some(cell) = handle {
                cell.set(value);
            }
        };
        self.register_at(request, &mut visible, at).0.code
    }

    /// CancelMibChangeNotify2, codes as the page has them (CX-01 to CX-17).
    ///
    /// A deadlock is a finding; the code is ERROR_POSSIBLE_DEADLOCK (1131), or the call hangs, by
    /// [`Builder::on_deadlock`](crate::Builder::on_deadlock).
    #[track_caller]
    pub fn cancel_mib_change_notify2(&self, handle: Handle) -> u32 {
        self.cancel_at(handle, Location::caller()).0
    }

    /// Cancels a registration by its handle.
    ///
    /// # Errors
    ///
    /// [`CancelError`]: a deadlock, or a code.
    #[track_caller]
    pub fn cancel(&self, handle: Handle) -> Result<(), CancelError> {
        self.cancel_at(handle, Location::caller()).1
    }

    fn cancel_at(
        &self,
        handle: Handle,
        at: &'static Location<'static>,
    ) -> (u32, Result<(), CancelError>) {
        self.enter(at).cancel(handle)
    }

    /// Cancels as the process that registered, whomever the thread acts for at the moment.
    pub(crate) fn cancel_own(
        &self,
        handle: Handle,
        at: &'static Location<'static>,
    ) -> (u32, Result<(), CancelError>) {
        let mut entry = self.enter(at);
        let process = entry.machine.registration(handle).map(Registration::process);
        match process {
            Some(process) => entry.within(process, |entry| entry.cancel(handle)),
            None => entry.cancel(handle),
        }
    }
}

impl Entry<'_> {
    fn cancel(&mut self, handle: Handle) -> (u32, Result<(), CancelError>) {
        let function = Function::CancelMibChangeNotify2;
        let actor = self.me.actor;
        let flavour = self.machine.flavour(actor);
        let name = |core: &Core| core.name_of(handle);
        let log = self.log(actor, function, |core| Args::Cancel { handle, name: name(core) });
        let (status, code, deadlock) = if let Some(status) = self.refused() {
            (status, self.machine.code(actor, status), None)
        } else {
            let (machine, chooser) = self.parts();
            let waited = match machine.cancel_begin(actor, handle, chooser) {
                CancelBegin::Done { status, code } => Ok((status, code)),
                CancelBegin::Wait => {
                    self.hold_at(Spot::Cancelling, handle);
                    self.wait().map(|()| self.machine.cancel_end(actor))
                }
                CancelBegin::Cycle(at) => Err(self.deadlock(at)),
            };
            self.sweep(handle);
            match waited {
                Ok((status, code)) => (status, code, None),
                Err(deadlock) => {
                    let status = Status::PossibleDeadlock;
                    (status, self.machine.code(actor, status), Some(deadlock))
                }
            }
        };
        self.log_end(log, code, None, None);
        let outcome = match deadlock {
            Some(deadlock) => Err(CancelError::Deadlock(deadlock)),
            None if success(code, flavour) => Ok(()),
            None => Err(CancelError::Failed(ApiError { function, status, code, flavour })),
        };
        (code, outcome)
    }
}

impl Core {
    /// A name for a registration that came without one.
    fn name(&mut self, kind: RawKind) -> Arc<str> {
        let (at, word) = match kind {
            RawKind::TeredoPort => (0, "teredo-port"),
            RawKind::IpInterface(_) => (1, "ip-interface"),
        };
        self.unnamed[at] += 1;
        format!("{word}-{}", self.unnamed[at]).into()
    }
}
