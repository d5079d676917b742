//! The real functions.
//!
//! The only place of the crate with unsafe code. Rows and tables of the system are read through raw
//! pointers, member by member: of a row that a callback is lent nothing but the keys is looked at, and a
//! BOOLEAN is read as the byte that it is.

#![allow(unsafe_code, reason = "the functions of iphlpapi.dll are called here")]

mod convert;
mod notify;
mod rows;
mod table;

use std::net::IpAddr;

use windows_sys::Win32::NetworkManagement::IpHelper as ip;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::SOCKADDR_INET;

use self::rows::Filled;
use crate::{
    Address, BestRoute, Callback, Error, Family, Initial, Interface, IpInterface, IpInterfaceKey,
    Luid, NetIo, Route, RouteKey, RowCallback, Subscription, TeredoPortChange, UnicastAddress,
    UnicastKey,
};

/// The machine itself: the functions of `iphlpapi.dll`.
///
/// # Cancelling
///
/// A [`cancel`](Subscription::cancel) in the registration's own callback answers
/// [`Error::POSSIBLE_DEADLOCK`] here too, since this one deadlock can be seen; the registration stays, and its
/// closure is never freed. Dropping it there is done as [`cancel_detached`](Subscription::cancel_detached). Every
/// other wait for oneself hangs, as the pages say.
///
/// # Panics in callbacks
///
/// A panic must not go through the system's frames: it is reported on stderr, and the process aborts.
///
/// # Absent functions
///
/// Every function here exists since Windows Vista.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct System;

/// What a function answered.
fn check(function: &'static str, code: u32) -> Result<(), Error> {
    match code {
        0 => Ok(()),
        code => Err(Error::new(function, code)),
    }
}

/// The number of a family, or AF_UNSPEC.
fn number(family: Option<Family>) -> u16 {
    family.map_or(0, Family::number)
}

/// Has a function fill in a row whose keys are set.
fn filled<R: Filled>(
    function: &'static str,
    mut row: R::Raw,
    get: unsafe extern "system" fn(*mut R::Raw) -> u32,
) -> Result<R, Error> {
    // SAFETY: the function wants a pointer to a row of this type, and keeps it no longer than the call.
    check(function, unsafe { get(&raw mut row) })?;
    // SAFETY: `row` is initialized: it was before, and the function filled it in.
    unsafe { R::read(&raw const row) }.ok_or(Error::new(function, rows::INVALID_DATA))
}

impl NetIo for System {
    fn teredo_port(&self) -> Result<u16, Error> {
        let mut port = 0;
        // SAFETY: the function writes one u16.
        check("GetTeredoPort", unsafe { ip::GetTeredoPort(&raw mut port) })?;
        Ok(port)
    }

    fn interfaces(&self) -> Result<Vec<Interface>, Error> {
        table::interfaces()
    }

    fn interface(&self, luid: Luid) -> Result<Interface, Error> {
        let mut row = rows::zeroed::<ip::MIB_IF_ROW2>();
        row.InterfaceLuid.Value = luid.0;
        filled("GetIfEntry2", row, ip::GetIfEntry2)
    }

    fn ip_interfaces(&self, family: Option<Family>) -> Result<Vec<IpInterface>, Error> {
        table::ip_interfaces(number(family))
    }

    fn ip_interface(&self, key: IpInterfaceKey) -> Result<IpInterface, Error> {
        let mut row = rows::zeroed::<ip::MIB_IPINTERFACE_ROW>();
        row.Family = key.family.number();
        row.InterfaceLuid.Value = key.luid.0;
        row.InterfaceIndex = key.index;
        filled("GetIpInterfaceEntry", row, ip::GetIpInterfaceEntry)
    }

    fn unicast_addresses(&self, family: Option<Family>) -> Result<Vec<UnicastAddress>, Error> {
        table::unicast_addresses(number(family))
    }

    fn unicast_address(&self, key: UnicastKey) -> Result<UnicastAddress, Error> {
        let mut row = rows::zeroed::<ip::MIB_UNICASTIPADDRESS_ROW>();
        row.Address = rows::sockaddr(key.address);
        row.InterfaceLuid.Value = key.luid.0;
        row.InterfaceIndex = key.index;
        filled("GetUnicastIpAddressEntry", row, ip::GetUnicastIpAddressEntry)
    }

    fn routes(&self, family: Option<Family>) -> Result<Vec<Route>, Error> {
        table::routes(number(family))
    }

    fn route(&self, key: RouteKey) -> Result<Route, Error> {
        let mut row = rows::zeroed::<ip::MIB_IPFORWARD_ROW2>();
        row.InterfaceLuid.Value = key.luid.0;
        row.InterfaceIndex = key.index;
        row.DestinationPrefix.Prefix = rows::sockaddr(key.destination);
        row.DestinationPrefix.PrefixLength = key.prefix_length;
        row.NextHop = rows::sockaddr(key.next_hop);
        filled("GetIpForwardEntry2", row, ip::GetIpForwardEntry2)
    }

    fn best_route(&self, destination: IpAddr) -> Result<BestRoute, Error> {
        const NAME: &str = "GetBestRoute2";
        let destination = rows::sockaddr(Address::from(destination));
        let mut route = rows::zeroed::<ip::MIB_IPFORWARD_ROW2>();
        let mut source = rows::zeroed::<SOCKADDR_INET>();
        let (no_luid, no_source) = (std::ptr::null::<NET_LUID_LH>(), std::ptr::null());
        // SAFETY: the pointers lead to values of these types that live as long as the call; luid and source
        // may be NULL, for any interface and any source.
        let code = unsafe {
            let destination = &raw const destination;
            ip::GetBestRoute2(
                no_luid,
                0,
                no_source,
                destination,
                0,
                &raw mut route,
                &raw mut source,
            )
        };
        check(NAME, code)?;
        // SAFETY: both are initialized.
        let found = unsafe { (Route::read(&raw const route), rows::address(&raw const source)) };
        match found {
            (Some(route), Some(source)) => Ok(BestRoute { route, source }),
            _ => Err(Error::new(NAME, rows::INVALID_DATA)),
        }
    }

    fn luid_of_alias(&self, alias: &str) -> Result<Luid, Error> {
        convert::luid_of_alias(alias)
    }

    fn luid_of_index(&self, index: u32) -> Result<Luid, Error> {
        convert::luid_of_index(index)
    }

    fn index_of(&self, luid: Luid) -> Result<u32, Error> {
        convert::index_of(luid)
    }

    fn alias_of(&self, luid: Luid) -> Result<String, Error> {
        convert::alias_of(luid)
    }

    fn on_teredo_port_change(
        &self,
        initial: Initial,
        callback: Callback<TeredoPortChange>,
    ) -> Result<Subscription, Error> {
        notify::teredo_port(initial, callback)
    }

    fn on_ip_interface_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<IpInterfaceKey>,
    ) -> Result<Subscription, Error> {
        notify::ip_interface(number(family), initial, callback)
    }

    fn on_unicast_address_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<UnicastKey>,
    ) -> Result<Subscription, Error> {
        notify::unicast_address(number(family), initial, callback)
    }

    fn on_route_change(
        &self,
        family: Option<Family>,
        initial: Initial,
        callback: RowCallback<RouteKey>,
    ) -> Result<Subscription, Error> {
        notify::route(number(family), initial, callback)
    }
}
