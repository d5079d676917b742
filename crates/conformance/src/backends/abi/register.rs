//! Registrations, and the functions that have no parameters but where to write to.

use std::ffi::c_void;
use std::ptr;

use netiosim_model::function::Function;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetTeredoPort, MIB_UNICASTIPADDRESS_TABLE, NotifyIpInterfaceChange,
    NotifyNetworkConnectivityHintChange, NotifyRouteChange2, NotifyStableUnicastIpAddressTable,
    NotifyTeredoPortChange, NotifyUnicastIpAddressChange,
};

use super::callbacks::{Callbacks, ON_ADDRESS, ON_HINT, ON_INTERFACE, ON_PORT, ON_ROUTE, ON_TABLE};
use super::place::Place;
use super::tables::Tables;
use super::{handle, number};
use crate::backend::{Callback, Register, Registered};

/// A NotifyXxx call.
pub(super) fn register(callbacks: &Callbacks, tables: &mut Tables, call: &Register) -> Registered {
    let known = callbacks.add(call.function, call.context, &call.acts);
    let mut variable = call.variable.map(handle);
    let place = variable.as_mut().map_or(ptr::null_mut(), |place| &raw mut *place);
    let mut places = Place::<*mut MIB_UNICASTIPADDRESS_TABLE>::new();
    let table = places.there(call.table);
    let context = ptr::with_exposed_provenance::<c_void>(call.context as usize);
    let (family, initial, slot) = (call.family, call.initial, known.slot);
    let listens = call.callback == Callback::Listens;
    // SAFETY: the places are variables or NULL, the callbacks live for ever, and contexts are numbers to them.
    let register = || unsafe {
        match call.function {
            Function::NotifyTeredoPortChange => {
                let callback = listens.then_some(ON_PORT[slot]);
                sys!(NotifyTeredoPortChange(callback, context, initial, place))
            }
            Function::NotifyIpInterfaceChange => {
                let callback = listens.then_some(ON_INTERFACE[slot]);
                sys!(NotifyIpInterfaceChange(family, callback, context, initial, place))
            }
            Function::NotifyUnicastIpAddressChange => {
                let callback = listens.then_some(ON_ADDRESS[slot]);
                sys!(NotifyUnicastIpAddressChange(family, callback, context, initial, place))
            }
            Function::NotifyRouteChange2 => {
                let callback = listens.then_some(ON_ROUTE[slot]);
                sys!(NotifyRouteChange2(family, callback, context, initial, place))
            }
            Function::NotifyStableUnicastIpAddressTable => {
                let callback = listens.then_some(ON_TABLE[slot]);
                sys!(NotifyStableUnicastIpAddressTable(family, table, callback, context, place))
            }
            Function::NotifyNetworkConnectivityHintChange => {
                let callback = listens.then_some(ON_HINT[slot]);
                sys!(NotifyNetworkConnectivityHintChange(callback, context, initial, place))
            }
            other => panic!("{other} registers no callback"),
        }
    };
    // SAFETY: the place is a variable or NULL.
    let code = unsafe { known.made_by(place, register) };
    let handle = variable.map(number);
    known.has(handle);
    let table = tables.left(&mut places).map(|(number, _)| number);
    Registered { code, handle, table }
}

/// GetTeredoPort.
pub(super) fn teredo_port(mut variable: Option<u16>) -> (u32, Option<u16>) {
    let place = variable.as_mut().map_or(ptr::null_mut(), |place| &raw mut *place);
    // SAFETY: the place is a variable or NULL.
    let code = unsafe { sys!(GetTeredoPort(place)) };
    (code, variable)
}
