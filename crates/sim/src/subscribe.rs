//! Registrations in the making: one builder for every kind of notification.

use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::net::{AF_UNSPEC, Family};
use netiosim_model::row::UnicastRow;

use self::sealed::Sealed;
use crate::StackRef;
use crate::callback::{Delivery, RawCallback};
use crate::error::ApiError;
use crate::notification::{
    ConnectivityHintChange, IpInterfaceChange, RouteChange, StableTable, TeredoPortChange,
    UnicastAddressChange,
};
use crate::register::{RawKind, RawRegistered, RawRequest};
use crate::registration::Registration;
use crate::table::MibTable;

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

/// What functions with a parameter InitialNotification are: all but that of the stable table (NS-13).
pub trait HasInitial: Sealed {}

mod sealed {
    /// The markers of this file are all there are.
    pub trait Sealed {}
}

/// Marks a [`Subscribe`] for NotifyStableUnicastIpAddressTable.
#[derive(Clone, Copy, Debug)]
pub struct ForStableTable;

/// What NotifyStableUnicastIpAddressTable came to.
#[derive(Debug)]
#[must_use = "dropping it frees the table, or cancels the registration"]
pub enum StableAddresses {
    /// The addresses are stable: the table, at once (NS-04, NS-05).
    Now(MibTable<UnicastRow>),
    /// They are not yet: the callback gets the table (NS-06 to NS-08), unless the registration is
    /// cancelled before (NS-12). Its handle is NULL where registrations do nothing (option
    /// `registration`).
    Later(Registration),
}

impl StableAddresses {
    /// The table, if it was there at once.
    #[must_use]
    pub fn now(self) -> Option<MibTable<UnicastRow>> {
        match self {
            Self::Now(table) => Some(table),
            Self::Later(_) => None,
        }
    }

    /// The registration, if the table comes later.
    pub fn later(self) -> Option<Registration> {
        match self {
            Self::Now(_) => None,
            Self::Later(registration) => Some(registration),
        }
    }
}

impl<'a, K> Subscribe<'a, K> {
    fn new(stack: &'a StackRef, family: Option<Family>) -> Self {
        let family = family.map_or(AF_UNSPEC, Family::number);
        let (name, kind) = ("".into(), PhantomData);
        Self { stack, family, name, context: 0, initial: false, kind }
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
    ) -> Result<RawRegistered, ApiError> {
        let Self { stack, name, context, initial, .. } = self;
        let request = RawRequest { context, initial, ..RawRequest::new(kind, name, callback) };
        let (registered, outcome) = stack.register_at(request, &mut |_| {}, at);
        outcome.map(|()| registered)
    }
}

impl<K: HasInitial> Subscribe<'_, K> {
    /// InitialNotification: whether the callback is called once right away to confirm the
    /// registration. Not unless asked for.
    pub fn initial(mut self, initial: bool) -> Self {
        self.initial = initial;
        self
    }
}

impl Subscribe<'_, ForStableTable> {
    /// Asks for the table. It is either there at once, and the callback is never called; or the callback
    /// gets it once every address is stable, and may keep it.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn register(
        self,
        callback: impl Fn(StableTable) + Send + Sync + 'static,
    ) -> Result<StableAddresses, ApiError> {
        let at = Location::caller();
        let callback = RawCallback::new(move |delivery: &Delivery| {
            if let Some(table) = StableTable::of(delivery, at) {
                callback(table);
            }
        });
        let (stack, kind) = (self.stack, RawKind::StableTable(self.family));
        let registered = self.make(kind, callback, at)?;
        Ok(match registered.table {
            Some(table) => StableAddresses::Now(stack.adopt_at(table, at)),
            None => StableAddresses::Later(Registration::new(stack, registered.handle, at)),
        })
    }
}

/// The kinds that differ in their names and events alone.
macro_rules! kinds {
    ($(
        $function:literal $marker:ident, $event:ident $(<$life:lifetime>)?,
        |$family:ident| $kind:expr;
    )*) => {$(
        #[doc = concat!("Marks a [`Subscribe`] for ", $function, ".")]
        #[derive(Clone, Copy, Debug)]
        pub struct $marker;

        impl Sealed for $marker {}
        impl HasInitial for $marker {}

        impl Subscribe<'_, $marker> {
            /// Registers; an initial notification is made before this returns (option
            /// `initial-thread`).
            ///
            /// # Errors
            ///
            /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
            #[track_caller]
            pub fn register(
                self,
                callback: impl Fn(&$event $(<$life>)?) + Send + Sync + 'static,
            ) -> Result<Registration, ApiError> {
                let callback = RawCallback::new(move |delivery: &Delivery| {
                    if let Some(change) = $event::of(delivery) {
                        callback(&change);
                    }
                });
                let ($family, stack, at) = (self.family, self.stack, Location::caller());
                let registered = self.make($kind, callback, at)?;
                Ok(Registration::new(stack, registered.handle, at))
            }
        }
    )*};
}

kinds! {
    "NotifyTeredoPortChange" ForTeredoPort, TeredoPortChange, |_family| RawKind::TeredoPort;
    "NotifyIpInterfaceChange" ForIpInterface, IpInterfaceChange<'_>,
        |family| RawKind::IpInterface(family);
    "NotifyUnicastIpAddressChange" ForUnicastAddress, UnicastAddressChange<'_>,
        |family| RawKind::UnicastAddress(family);
    "NotifyRouteChange2" ForRoute, RouteChange<'_>, |family| RawKind::Route(family);
    "NotifyNetworkConnectivityHintChange" ForConnectivityHint, ConnectivityHintChange,
        |_family| RawKind::ConnectivityHint;
}

impl StackRef {
    /// NotifyTeredoPortChange, to be refined.
    pub fn teredo_port_change(&self) -> Subscribe<'_, ForTeredoPort> {
        Subscribe::new(self, None)
    }

    /// NotifyIpInterfaceChange for one family, or for both (`None`), to be refined.
    pub fn ip_interface_change(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Subscribe<'_, ForIpInterface> {
        Subscribe::new(self, family.into())
    }

    /// NotifyUnicastIpAddressChange for one family, or for both (`None`), to be refined.
    pub fn unicast_address_change(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Subscribe<'_, ForUnicastAddress> {
        Subscribe::new(self, family.into())
    }

    /// NotifyRouteChange2 for one family, or for both (`None`), to be refined.
    pub fn route_change(&self, family: impl Into<Option<Family>>) -> Subscribe<'_, ForRoute> {
        Subscribe::new(self, family.into())
    }

    /// NotifyNetworkConnectivityHintChange, to be refined.
    pub fn connectivity_hint_change(&self) -> Subscribe<'_, ForConnectivityHint> {
        Subscribe::new(self, None)
    }

    /// NotifyStableUnicastIpAddressTable for one family, or for both (`None`), to be refined.
    pub fn stable_addresses(
        &self,
        family: impl Into<Option<Family>>,
    ) -> Subscribe<'_, ForStableTable> {
        Subscribe::new(self, family.into())
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

    /// Calls back on every change of a unicast address of one family, or of both (`None`).
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_sim::Stack;
    /// use netiosim_sim::model::net::Family;
    ///
    /// let stack = Stack::new();
    /// let changes = stack.on_unicast_address_change(Family::V4, |change| {
    ///     let row = change.row.expect("only a confirmation has none");
    ///     assert_eq!(row.address().to_string(), "10.0.0.5");
    ///     // Only the keys are promised: the rest is to be asked for.
    ///     assert_eq!(row.entry().map(|entry| entry.on_link_prefix_length), Ok(24));
    /// })?;
    /// stack.add_address("Ethernet", "10.0.0.5/24")?;
    /// stack.run_until_idle();
    /// changes.cancel()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn on_unicast_address_change(
        &self,
        family: impl Into<Option<Family>>,
        callback: impl Fn(&UnicastAddressChange<'_>) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        self.unicast_address_change(family).register(callback)
    }

    /// Calls back on every change of a route of one family, or of both (`None`).
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn on_route_change(
        &self,
        family: impl Into<Option<Family>>,
        callback: impl Fn(&RouteChange<'_>) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        self.route_change(family).register(callback)
    }

    /// Calls back on every change of the machine's connectivity hint.
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, because the NSI service is down, or, with a
    /// finding, where this Windows has no such function (NH-06).
    #[track_caller]
    pub fn on_connectivity_hint_change(
        &self,
        callback: impl Fn(&ConnectivityHintChange) + Send + Sync + 'static,
    ) -> Result<Registration, ApiError> {
        self.connectivity_hint_change().register(callback)
    }

    /// The table of unicast addresses once they are stable, of one family or of both (`None`): at once,
    /// or through the callback.
    ///
    /// # Examples
    ///
    /// ```
    /// use netiosim_sim::{Stack, StableAddresses};
    ///
    /// let stack = Stack::new();
    /// match stack.stable_unicast_addresses(None, |stable| println!("{} rows", stable.table.len()))? {
    ///     StableAddresses::Now(table) => assert!(table.len() > 2),
    ///     StableAddresses::Later(_) => unreachable!("the Teredo client of this machine is qualified"),
    /// }
    /// # Ok::<(), netiosim_sim::ApiError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// An [`ApiError`] when the call fails: by a fault, or because the NSI service is down.
    #[track_caller]
    pub fn stable_unicast_addresses(
        &self,
        family: impl Into<Option<Family>>,
        callback: impl Fn(StableTable) + Send + Sync + 'static,
    ) -> Result<StableAddresses, ApiError> {
        self.stable_addresses(family).register(callback)
    }
}
