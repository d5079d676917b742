//! The trait.

use std::net::IpAddr;
use std::sync::Arc;

use crate::{
    BestRoute, Callback, Error, Family, Initial, Interface, IpInterface, IpInterfaceKey, Luid,
    Route, RouteKey, RowCallback, Subscription, TeredoPortChange, UnicastAddress, UnicastKey,
};

/// The functions of `netioapi.h` that programs follow a machine's network with.
///
/// It is implemented by `System`, on Windows, with the real functions, and by `Stack` and `StackRef` of
/// `netiosim`; references, `Arc` and `Box` of one that implements it do too, so `&dyn NetIo` is as good as
/// `&impl NetIo`. The names of Microsoft's functions stand at the methods; where they answer with a table that has
/// no rows (ERROR_NOT_FOUND) the list is empty.
///
/// A `None` for a family means both: AF_UNSPEC.
///
/// # Examples
///
/// A firewall that keeps an exception on the Teredo port, for production and in its test:
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU16, Ordering};
///
/// use netiosim_api::{Error, Initial, NetIo, Subscription, TeredoPortChange};
///
/// fn watch(net: &impl NetIo) -> Result<(Arc<AtomicU16>, Subscription), Error> {
///     let exception = Arc::new(AtomicU16::new(0));
///     let open = exception.clone();
///     let on_change = move |change: &TeredoPortChange| open.store(change.port, Ordering::SeqCst);
///     let changes = net.on_teredo_port_change(Initial::No, Box::new(on_change))?;
///     match net.teredo_port() {
///         Ok(port) => exception.store(port, Ordering::SeqCst),
///         // Teredo is off, as on most machines today: the callback will tell.
///         Err(error) if error.code() == Error::NOT_READY => {}
///         Err(error) => return Err(error),
///     }
///     Ok((exception, changes))
/// }
///
/// #[cfg(windows)]
/// fn production() -> Result<(), Error> {
///     let (exception, changes) = watch(&netiosim_api::System)?;
///     println!("the Teredo port is {}", exception.load(Ordering::SeqCst));
///     changes.cancel()
/// }
///
/// // #[test]
/// fn follows_the_port() -> Result<(), Box<dyn std::error::Error>> {
///     let stack = netiosim_sim::Stack::new();
///     let (exception, changes) = watch(&stack)?;
///     stack.restart_teredo_on(50_123)?;
///     stack.run_until_idle();
///     assert_eq!(exception.load(Ordering::SeqCst), 50_123);
///     Ok(changes.cancel()?)
/// }
/// # follows_the_port()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait NetIo: Send + Sync {
    /// The Teredo client's dynamic port: GetTeredoPort.
    ///
    /// # Errors
    ///
    /// [`Error::NOT_READY`] when the client is not started, [`Error::NOT_SUPPORTED`] when the machine has no
    /// IPv6 stack.
    #[track_caller]
    fn teredo_port(&self) -> Result<u16, Error>;

    /// Every interface: GetIfTable2.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code.
    #[track_caller]
    fn interfaces(&self) -> Result<Vec<Interface>, Error>;

    /// One interface: GetIfEntry2.
    ///
    /// # Errors
    ///
    /// [`Error::FILE_NOT_FOUND`] when there is no such interface.
    #[track_caller]
    fn interface(&self, luid: Luid) -> Result<Interface, Error>;

    /// The IP interfaces: GetIpInterfaceTable.
    ///
    /// # Errors
    ///
    /// [`Error::NOT_SUPPORTED`] when the machine has no stack of that family.
    #[track_caller]
    fn ip_interfaces(&self, family: Option<Family>) -> Result<Vec<IpInterface>, Error>;

    /// One IP interface: GetIpInterfaceEntry.
    ///
    /// # Errors
    ///
    /// [`Error::FILE_NOT_FOUND`] when there is no such interface, [`Error::NOT_FOUND`] when the family is not bound
    /// to it.
    #[track_caller]
    fn ip_interface(&self, key: IpInterfaceKey) -> Result<IpInterface, Error>;

    /// The unicast addresses: GetUnicastIpAddressTable.
    ///
    /// # Errors
    ///
    /// [`Error::NOT_SUPPORTED`] when the machine has no stack of that family.
    #[track_caller]
    fn unicast_addresses(&self, family: Option<Family>) -> Result<Vec<UnicastAddress>, Error>;

    /// One unicast address: GetUnicastIpAddressEntry.
    ///
    /// # Errors
    ///
    /// [`Error::FILE_NOT_FOUND`] when there is no such interface, [`Error::NOT_FOUND`] when the address is not on it.
    #[track_caller]
    fn unicast_address(&self, key: UnicastKey) -> Result<UnicastAddress, Error>;

    /// The routes: GetIpForwardTable2.
    ///
    /// # Errors
    ///
    /// [`Error::NOT_SUPPORTED`] when the machine has no stack of that family.
    #[track_caller]
    fn routes(&self, family: Option<Family>) -> Result<Vec<Route>, Error>;

    /// One route: GetIpForwardEntry2.
    ///
    /// # Errors
    ///
    /// [`Error::FILE_NOT_FOUND`] or [`Error::NOT_FOUND`] when it is not there.
    #[track_caller]
    fn route(&self, key: RouteKey) -> Result<Route, Error>;

    /// The best route to a destination, over any interface, and the source address that goes with it:
    /// GetBestRoute2.
    ///
    /// # Errors
    ///
    /// An [`Error`] when nothing leads there; no page says which code.
    #[track_caller]
    fn best_route(&self, destination: IpAddr) -> Result<BestRoute, Error>;

    /// The LUID of an alias such as `Ethernet`: ConvertInterfaceAliasToLuid.
    ///
    /// # Errors
    ///
    /// [`Error::INVALID_PARAMETER`] when there is no such interface (CV-01).
    #[track_caller]
    fn luid_of_alias(&self, alias: &str) -> Result<Luid, Error>;

    /// The LUID of an index: ConvertInterfaceIndexToLuid.
    ///
    /// # Errors
    ///
    /// [`Error::FILE_NOT_FOUND`] when there is no such interface (CV-03).
    #[track_caller]
    fn luid_of_index(&self, index: u32) -> Result<Luid, Error>;

    /// The index of a LUID: ConvertInterfaceLuidToIndex.
    ///
    /// # Errors
    ///
    /// [`Error::INVALID_PARAMETER`] when there is no such interface (CV-06).
    #[track_caller]
    fn index_of(&self, luid: Luid) -> Result<u32, Error>;

    /// The alias of a LUID: ConvertInterfaceLuidToAlias.
    ///
    /// # Errors
    ///
    /// [`Error::INVALID_PARAMETER`] when there is no such interface (CV-09).
    #[track_caller]
    fn alias_of(&self, luid: Luid) -> Result<String, Error>;

    /// Calls back on every change of the Teredo client's port: NotifyTeredoPortChange.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code.
    #[track_caller]
    fn on_teredo_port_change(
        &self,
        initial: Initial,
        callback: Callback<TeredoPortChange>,
    ) -> Result<Subscription, Error>;

    /// Calls back on every change of an IP interface: NotifyIpInterfaceChange.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code.
    #[track_caller]
    fn on_ip_interface_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<IpInterfaceKey>,
    ) -> Result<Subscription, Error>;

    /// Calls back on every change of a unicast address: NotifyUnicastIpAddressChange.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code.
    #[track_caller]
    fn on_unicast_address_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<UnicastKey>,
    ) -> Result<Subscription, Error>;

    /// Calls back on every change of a route: NotifyRouteChange2.
    ///
    /// # Errors
    ///
    /// An [`Error`] with the code.
    #[track_caller]
    fn on_route_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<RouteKey>,
    ) -> Result<Subscription, Error>;
}

/// What delegates to another implementation, by dereferencing.
macro_rules! delegate {
    ($($pointer:ty),*) => {$(
        impl<T: NetIo + ?Sized> NetIo for $pointer {
            #[track_caller]
            fn teredo_port(&self) -> Result<u16, Error> {
                (**self).teredo_port()
            }

            #[track_caller]
            fn interfaces(&self) -> Result<Vec<Interface>, Error> {
                (**self).interfaces()
            }

            #[track_caller]
            fn interface(&self, luid: Luid) -> Result<Interface, Error> {
                (**self).interface(luid)
            }

            #[track_caller]
            fn ip_interfaces(&self, family: Option<Family>) -> Result<Vec<IpInterface>, Error> {
                (**self).ip_interfaces(family)
            }

            #[track_caller]
            fn ip_interface(&self, key: IpInterfaceKey) -> Result<IpInterface, Error> {
                (**self).ip_interface(key)
            }

            #[track_caller]
            fn unicast_addresses(
                &self,
                family: Option<Family>,
            ) -> Result<Vec<UnicastAddress>, Error> {
                (**self).unicast_addresses(family)
            }

            #[track_caller]
            fn unicast_address(&self, key: UnicastKey) -> Result<UnicastAddress, Error> {
                (**self).unicast_address(key)
            }

            #[track_caller]
            fn routes(&self, family: Option<Family>) -> Result<Vec<Route>, Error> {
                (**self).routes(family)
            }

            #[track_caller]
            fn route(&self, key: RouteKey) -> Result<Route, Error> {
                (**self).route(key)
            }

            #[track_caller]
            fn best_route(&self, destination: IpAddr) -> Result<BestRoute, Error> {
                (**self).best_route(destination)
            }

            #[track_caller]
            fn luid_of_alias(&self, alias: &str) -> Result<Luid, Error> {
                (**self).luid_of_alias(alias)
            }

            #[track_caller]
            fn luid_of_index(&self, index: u32) -> Result<Luid, Error> {
                (**self).luid_of_index(index)
            }

            #[track_caller]
            fn index_of(&self, luid: Luid) -> Result<u32, Error> {
                (**self).index_of(luid)
            }

            #[track_caller]
            fn alias_of(&self, luid: Luid) -> Result<String, Error> {
                (**self).alias_of(luid)
            }

            #[track_caller]
            fn on_teredo_port_change(
                &self,
                initial: Initial,
                callback: Callback<TeredoPortChange>,
            ) -> Result<Subscription, Error> {
                (**self).on_teredo_port_change(initial, callback)
            }

            #[track_caller]
            fn on_ip_interface_change(
                &self,
                family: Option<Family>,
                initial: Initial,
                callback: RowCallback<IpInterfaceKey>,
            ) -> Result<Subscription, Error> {
                (**self).on_ip_interface_change(family, initial, callback)
            }

            #[track_caller]
            fn on_unicast_address_change(
                &self,
                family: Option<Family>,
                initial: Initial,
                callback: RowCallback<UnicastKey>,
            ) -> Result<Subscription, Error> {
                (**self).on_unicast_address_change(family, initial, callback)
            }

            #[track_caller]
            fn on_route_change(
                &self,
                family: Option<Family>,
                initial: Initial,
                callback: RowCallback<RouteKey>,
            ) -> Result<Subscription, Error> {
                (**self).on_route_change(family, initial, callback)
            }
        }
    )*};
}

delegate!(&T, Box<T>, Arc<T>);
