//! The safe registrations: made by a builder, ended by dropping.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::ids::Handle;
use netiosim_model::machine::Death;
use netiosim_model::net::{AF_UNSPEC, Family};

use crate::StackRef;
use crate::callback::{Delivery, RawCallback};
use crate::core::Core;
use crate::error::{ApiError, CancelError};
use crate::notification::{IpInterfaceChange, TeredoPortChange};
use crate::register::{RawKind, RawRequest};

/// A live registration; dropping it cancels it.
///
/// Cancelling waits for a running callback, as CancelMibChangeNotify2 does: dropped inside its own
/// callback, or under a lock that the callback wants, it is the documented deadlock, which is
/// recorded as a finding; the registration then lives on (option `failed-cancel`).
#[must_use = "dropping a registration cancels it"]
pub struct Registration {
    stack: StackRef,
    handle: Handle,
    /// It is this object's business to cancel.
    armed: bool,
    /// Where it was made: what a drop shows, which has no place of its own.
    made_at: &'static Location<'static>,
}

impl Registration {
    /// The handle; NULL in the profile `wine`.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// Cancels it, and waits for a running callback.
    ///
    /// # Errors
    ///
    /// [`CancelError::Deadlock`] when the wait would never end, [`CancelError::Failed`] when the call
    /// answers a code. The registration is not cancelled again by dropping.
    #[track_caller]
    pub fn cancel(mut self) -> Result<(), CancelError> {
        self.armed = false;
        if self.handle.is_null() {
            return Ok(());
        }
        self.stack.cancel_own(self.handle, Location::caller()).1
    }

    /// Gives the handle out of hand: whoever has it cancels it, or nobody does.
    #[must_use]
    pub fn into_handle(mut self) -> Handle {
        self.armed = false;
        self.handle
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // With its process this object went away too.
        let gone = |core: &mut Core| {
            let death = core.machine.death(self.handle).map(|(_, death)| death);
            core.closing || matches!(death, Some(Death::ProcessExit | Death::Reboot))
        };
        if self.armed && !self.handle.is_null() && !self.stack.look(gone) {
            // Whatever goes wrong is a finding, or was asked for as a fault.
            let _ = self.stack.cancel_own(self.handle, self.made_at);
        }
    }
}

/// Marks a [`Subscribe`] for NotifyTeredoPortChange.
#[derive(Clone, Copy, Debug)]
pub struct ForTeredoPort;

/// Marks a [`Subscribe`] for NotifyIpInterfaceChange.
#[derive(Clone, Copy, Debug)]
pub struct ForIpInterface;

/// A registration in the making.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let subscribe = stack.teredo_port_change().initial(true).name("ports").context(7);
/// let registration = subscribe.register(|change| assert_eq!((change.port, change.context), (0, 7)))?;
/// drop(registration);
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
#[derive(Debug)]
#[must_use = "nothing is registered before `register`"]
pub struct Subscribe<'a, K> {
    stack: &'a StackRef,
    family: u16,
    name: Arc<str>,
    context: u64,
    initial: bool,
    kind: PhantomData<K>,
}

impl<K> Subscribe<'_, K> {
    /// InitialNotification: whether the callback is called once right away to confirm the
    /// registration. Not unless asked for.
    pub fn initial(mut self, initial: bool) -> Self {
        self.initial = initial;
        self
    }

    /// What reports, traces and barriers call it; left out, `teredo-port-1`, `ip-interface-1` and so
    /// on.
    pub fn name(mut self, name: impl Into<Arc<str>>) -> Self {
        self.name = name.into();
        self
    }

    /// CallerContext; 0 unless given.
    pub fn context(mut self, context: u64) -> Self {
        self.context = context;
        self
    }

    fn make(
        self,
        kind: RawKind,
        callback: RawCallback,
        at: &'static Location<'static>,
    ) -> Result<Registration, ApiError> {
        let Self { stack, name, context, initial, .. } = self;
        let request = RawRequest { context, initial, ..RawRequest::new(kind, name, callback) };
        let (registered, outcome) = stack.register_at(request, &mut |_| {}, at);
        outcome?;
        Ok(Registration {
            stack: stack.clone(),
            handle: registered.handle,
            armed: true,
            made_at: at,
        })
    }
}

impl Subscribe<'_, ForTeredoPort> {
    /// Registers; an initial notification is made before this returns (option `initial-thread`).
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn register(
        self,
        callback: impl Fn(&TeredoPortChange) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        let callback = RawCallback::new(move |delivery: &Delivery| {
            if let Some(change) = TeredoPortChange::of(delivery) {
                callback(&change);
            }
        });
        self.make(RawKind::TeredoPort, callback, Location::caller())
    }
}

impl Subscribe<'_, ForIpInterface> {
    /// Registers; an initial notification is made before this returns (option `initial-thread`).
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn register(
        self,
        callback: impl Fn(&IpInterfaceChange<'_>) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        let callback =
            RawCallback::new(move |delivery: &Delivery| callback(&IpInterfaceChange::of(delivery)));
        let kind = RawKind::IpInterface(self.family);
        self.make(kind, callback, Location::caller())
    }
}

impl StackRef {
    /// NotifyTeredoPortChange, to be refined.
    pub fn teredo_port_change(&self) -> Subscribe<'_, ForTeredoPort> {
        Subscribe {
            stack: self,
            family: AF_UNSPEC,
            name: "".into(),
            context: 0,
            initial: false,
            kind: PhantomData,
        }
    }

    /// NotifyIpInterfaceChange for one family, or for both (`None`), to be refined.
    pub fn ip_interface_change(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Subscribe<'_, ForIpInterface> {
        Subscribe {
            stack: self,
            family: family.into().map_or(AF_UNSPEC, Family::number),
            name: "".into(),
            context: 0,
            initial: false,
            kind: PhantomData,
        }
    }

    /// Calls back on every change of the Teredo client's dynamic port.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn on_teredo_port_change(
        &self,
        callback: impl Fn(&TeredoPortChange) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        self.teredo_port_change().register(callback)
    }

    /// Calls back on every change of an IP interface of one family, or of both (`None`).
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn on_ip_interface_change(
        &self,
        family: impl Into<Option<Family>>,
        callback: impl Fn(&IpInterfaceChange<'_>) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        self.ip_interface_change(family).register(callback)
    }
}
