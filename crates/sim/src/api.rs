//! The seam for programs that run on Windows too: [`NetIo`] on a simulated stack.
//!
//! Nothing is decided here: every method asks the function of the same name, and copies what it answers.

mod rows;

use std::net::IpAddr;
use std::panic::Location;

use netiosim_api as api;
use netiosim_api::{
    Callback, Cancel, Change, Error, Initial, NetIo, RowCallback, Subscription, TeredoPortChange,
};
use netiosim_model::api::Call;
use netiosim_model::event::Function;
use netiosim_model::machine::Registration as Registered;
use netiosim_model::net::{AF_UNSPEC, Luid};
use netiosim_model::notification::Notification;
use netiosim_model::row::{ForwardRow, IfRow, IpInterfaceRow, UnicastRow};
use netiosim_model::status::{Flavour, KernelNames, Status};

use crate::builder::Mode;
use crate::callback::{Delivery, RawCallback};
use crate::error::{ApiError, CancelError};
use crate::register::{RawKind, RawRequest};
use crate::registration::Registration;
use crate::stack::{Stack, StackRef};

/// ERROR_INVALID_DATA, for a stubbed success that wrote nothing: there is no code to pass on.
const INVALID_DATA: u32 = 13;

/// The seam, with a simulated stack behind it.
///
/// # Examples
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
/// use std::sync::Arc;
///
/// use netiosim_api::{Error, Initial, NetIo, Subscription};
/// use netiosim_sim::Stack;
///
/// /// What a program has, on Windows with `System`.
/// fn watch(net: &impl NetIo, gone: &Arc<AtomicUsize>) -> Result<Subscription, Error> {
///     let gone = gone.clone();
///     let callback = move |change: &netiosim_api::RouteChange<'_>| {
///         if let Some(Err(error)) = change.entry() {
///             assert!(error.is_gone());
///             gone.fetch_add(1, Ordering::SeqCst);
///         }
///     };
///     net.on_route_change(None, Initial::Yes, Box::new(callback))
/// }
///
/// let (stack, gone) = (Stack::new(), Arc::default());
/// let changes = watch(&stack, &gone)?;
/// stack.add_route("Ethernet", "10.0.0.0/8", None)?;
/// stack.run_until_idle();
/// stack.remove_route("Ethernet", "10.0.0.0/8", None)?;
/// stack.run_until_idle();
/// assert_eq!(gone.load(Ordering::SeqCst), 1);
/// changes.cancel()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl NetIo for StackRef {
    #[track_caller]
    fn teredo_port(&self) -> Result<u16, Error> {
        Self::teredo_port(self).map_err(error)
    }

    #[track_caller]
    fn interfaces(&self) -> Result<Vec<api::Interface>, Error> {
        let table = self
            .ask_table::<IfRow>(&Call::table(Function::GetIfTable2, AF_UNSPEC), Location::caller());
        list(table, |row| Some(rows::interface(row)))
    }

    #[track_caller]
    fn interface(&self, luid: api::Luid) -> Result<api::Interface, Error> {
        let row = Self::interface(self, Luid(luid.0)).map_err(error)?;
        Ok(rows::interface(&row))
    }

    #[track_caller]
    fn ip_interfaces(&self, family: Option<api::Family>) -> Result<Vec<api::IpInterface>, Error> {
        list(Self::ip_interfaces(self, rows::family(family)), rows::ip_interface)
    }

    #[track_caller]
    fn ip_interface(&self, key: api::IpInterfaceKey) -> Result<api::IpInterface, Error> {
        const FUNCTION: Function = Function::GetIpInterfaceEntry;
        let (luid, index) = (Luid(key.luid.0), key.index);
        let row = IpInterfaceRow { family: key.family.number(), luid, index, ..Default::default() };
        let row = self.ask_row(&Call::row(FUNCTION, row), Location::caller()).map_err(error)?;
        rows::ip_interface(&row).ok_or(Error::new(FUNCTION.name(), INVALID_DATA))
    }

    #[track_caller]
    fn unicast_addresses(
        &self,
        family: Option<api::Family>,
    ) -> Result<Vec<api::UnicastAddress>, Error> {
        list(Self::unicast_addresses(self, rows::family(family)), rows::unicast_address)
    }

    #[track_caller]
    fn unicast_address(&self, key: api::UnicastKey) -> Result<api::UnicastAddress, Error> {
        const FUNCTION: Function = Function::GetUnicastIpAddressEntry;
        let (address, luid) = (rows::socket_address(key.address), Luid(key.luid.0));
        let row = UnicastRow { address, luid, index: key.index, ..Default::default() };
        let row = self.ask_row(&Call::row(FUNCTION, row), Location::caller()).map_err(error)?;
        rows::unicast_address(&row).ok_or(Error::new(FUNCTION.name(), INVALID_DATA))
    }

    #[track_caller]
    fn routes(&self, family: Option<api::Family>) -> Result<Vec<api::Route>, Error> {
        list(Self::routes(self, rows::family(family)), rows::route)
    }

    #[track_caller]
    fn route(&self, key: api::RouteKey) -> Result<api::Route, Error> {
        const FUNCTION: Function = Function::GetIpForwardEntry2;
        let row = ForwardRow {
            luid: Luid(key.luid.0),
            index: key.index,
            destination: rows::socket_address(key.destination),
            prefix_length: key.prefix_length,
            next_hop: rows::socket_address(key.next_hop),
            ..Default::default()
        };
        let row = self.ask_row(&Call::row(FUNCTION, row), Location::caller()).map_err(error)?;
        rows::route(&row).ok_or(Error::new(FUNCTION.name(), INVALID_DATA))
    }

    #[track_caller]
    fn best_route(&self, destination: IpAddr) -> Result<api::BestRoute, Error> {
        let best = Self::best_route(self, destination).map_err(error)?;
        match (rows::route(&best.route), rows::address(best.source)) {
            (Some(route), Some(source)) => Ok(api::BestRoute { route, source }),
            _ => Err(Error::new(Function::GetBestRoute2.name(), INVALID_DATA)),
        }
    }

    #[track_caller]
    fn luid_of_alias(&self, alias: &str) -> Result<api::Luid, Error> {
        Ok(api::Luid(Self::luid_of_alias(self, alias).map_err(error)?.0))
    }

    #[track_caller]
    fn luid_of_index(&self, index: u32) -> Result<api::Luid, Error> {
        Ok(api::Luid(Self::luid_of_index(self, index).map_err(error)?.0))
    }

    #[track_caller]
    fn index_of(&self, luid: api::Luid) -> Result<u32, Error> {
        Self::index_of(self, Luid(luid.0)).map_err(error)
    }

    #[track_caller]
    fn alias_of(&self, luid: api::Luid) -> Result<String, Error> {
        Self::alias_of(self, Luid(luid.0)).map_err(error)
    }

    #[track_caller]
    fn on_teredo_port_change(
        &self,
        initial: Initial,
        callback: Callback<TeredoPortChange>,
    ) -> Result<Subscription, Error> {
        let call = move |delivery: &Delivery| {
            if let Notification::TeredoPort { port, kind } = delivery.due.notification {
                callback(&TeredoPortChange { kind: rows::kind(kind), port });
            }
        };
        self.subscribe(RawKind::TeredoPort, initial, call, Location::caller())
    }

    #[track_caller]
    fn on_ip_interface_change(
        &self,
        family: Option<api::Family>,
        initial: Initial,
        callback: RowCallback<api::IpInterfaceKey>,
    ) -> Result<Subscription, Error> {
        let call = move |delivery: &Delivery| {
            if let Notification::IpInterface { row, kind } = delivery.due.notification {
                let key = row.map(rows::ip_interface_key);
                callback(&Change::new(&delivery.stack, rows::kind(kind), key));
            }
        };
        let kind = RawKind::IpInterface(rows::family_number(family));
        self.subscribe(kind, initial, call, Location::caller())
    }

    #[track_caller]
    fn on_unicast_address_change(
        &self,
        family: Option<api::Family>,
        initial: Initial,
        callback: RowCallback<api::UnicastKey>,
    ) -> Result<Subscription, Error> {
        let call = move |delivery: &Delivery| {
            if let Notification::UnicastAddress { row, kind } = delivery.due.notification {
                let key = row.map(rows::unicast_key);
                callback(&Change::new(&delivery.stack, rows::kind(kind), key));
            }
        };
        let kind = RawKind::UnicastAddress(rows::family_number(family));
        self.subscribe(kind, initial, call, Location::caller())
    }

    #[track_caller]
    fn on_route_change(
        &self,
        family: Option<api::Family>,
        initial: Initial,
        callback: RowCallback<api::RouteKey>,
    ) -> Result<Subscription, Error> {
        let call = move |delivery: &Delivery| {
            if let Notification::Route { row, kind } = delivery.due.notification {
                let key = row.map(rows::route_key);
                callback(&Change::new(&delivery.stack, rows::kind(kind), key));
            }
        };
        let kind = RawKind::Route(rows::family_number(family));
        self.subscribe(kind, initial, call, Location::caller())
    }
}

impl StackRef {
    fn subscribe(
        &self,
        kind: RawKind,
        initial: Initial,
        call: impl Fn(&Delivery) + Send + Sync + 'static,
        at: &'static Location<'static>,
    ) -> Result<Subscription, Error> {
        let initial = initial == Initial::Yes;
        let request = RawRequest { initial, ..RawRequest::new(kind, "", RawCallback::new(call)) };
        let (registered, outcome) = self.register_at(request, &mut |_| {}, at);
        outcome.map_err(error)?;
        let registration = Registration::new(self, registered.handle, at);
        Ok(Subscription::new(StackSubscription { stack: self.clone(), registration }))
    }
}

/// A registration that was made through the seam.
struct StackSubscription {
    stack: StackRef,
    registration: Registration,
}

impl Cancel for StackSubscription {
    #[track_caller]
    fn cancel(self: Box<Self>) -> Result<(), Error> {
        self.registration.cancel().map_err(cancel_error)
    }

    /// At once where no other thread could begin a delivery meanwhile, and elsewhere on a tracked thread.
    #[track_caller]
    fn cancel_detached(self: Box<Self>) {
        let Self { stack, registration } = *self;
        let handle = registration.handle();
        let running = |registered: &Registered| registered.running().next().is_some();
        let (closing, runs) = stack
            .look(|core| (core.closing, core.machine.registration(handle).is_some_and(running)));
        if closing || handle.is_null() || (stack.mode() == Mode::Manual && !runs) {
            drop(registration);
        } else {
            drop(stack.spawn("cancel", move || drop(registration)));
        }
    }
}

/// The owner of a stack is as good as a reference to it.
macro_rules! delegate {
    ($($method:ident($($name:ident: $ty:ty),*) -> $answer:ty;)*) => {
        /// As of [`StackRef`].
        ///
        /// Where this trait is in scope, a call on a `Stack` of a method that both have is the trait's; the simulator's own
        /// stands at [`handle`](StackRef::handle).
        impl NetIo for Stack {$(
            #[track_caller]
            fn $method(&self, $($name: $ty),*) -> Result<$answer, Error> {
                NetIo::$method(&**self, $($name),*)
            }
        )*}
    };
}

delegate! {
    teredo_port() -> u16;
    interfaces() -> Vec<api::Interface>;
    interface(luid: api::Luid) -> api::Interface;
    ip_interfaces(family: Option<api::Family>) -> Vec<api::IpInterface>;
    ip_interface(key: api::IpInterfaceKey) -> api::IpInterface;
    unicast_addresses(family: Option<api::Family>) -> Vec<api::UnicastAddress>;
    unicast_address(key: api::UnicastKey) -> api::UnicastAddress;
    routes(family: Option<api::Family>) -> Vec<api::Route>;
    route(key: api::RouteKey) -> api::Route;
    best_route(destination: IpAddr) -> api::BestRoute;
    luid_of_alias(alias: &str) -> api::Luid;
    luid_of_index(index: u32) -> api::Luid;
    index_of(luid: api::Luid) -> u32;
    alias_of(luid: api::Luid) -> String;
    on_teredo_port_change(initial: Initial, callback: Callback<TeredoPortChange>) -> Subscription;
    on_ip_interface_change(family: Option<api::Family>, initial: Initial, callback: RowCallback<api::IpInterfaceKey>)
        -> Subscription;
    on_unicast_address_change(family: Option<api::Family>, initial: Initial, callback: RowCallback<api::UnicastKey>)
        -> Subscription;
    on_route_change(family: Option<api::Family>, initial: Initial, callback: RowCallback<api::RouteKey>)
        -> Subscription;
}

/// The rows of a table, each as the seam has it; an empty table where there are none.
fn list<R, T>(
    table: Result<crate::MibTable<R>, ApiError>,
    row: impl FnMut(&R) -> Option<T>,
) -> Result<Vec<T>, Error> {
    match table {
        Ok(table) => Ok(table.iter().filter_map(row).collect()),
        Err(failure) if failure.status == Status::NotFound => Ok(Vec::new()),
        Err(failure) => Err(error(failure)),
    }
}

/// The Win32 code of a failure, whatever the flavour of the caller.
fn error(failure: ApiError) -> Error {
    let function = failure.function.name();
    match failure.status.code(Flavour::User, KernelNames::default()) {
        0 => Error::new(function, INVALID_DATA).explained("the call succeeded and wrote nothing"),
        code => Error::new(function, code),
    }
}

fn cancel_error(failure: CancelError) -> Error {
    match failure {
        CancelError::Failed(failure) => error(failure),
        CancelError::Deadlock(deadlock) => {
            let function = Function::CancelMibChangeNotify2.name();
            Error::new(function, Error::POSSIBLE_DEADLOCK).explained(deadlock.to_string())
        }
    }
}
