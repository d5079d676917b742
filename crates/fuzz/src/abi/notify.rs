//! Registrations, and their end.

use std::ffi::c_void;

use netiosim_win32::export as abi;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_UNICASTIPADDRESS_ROW;

use super::callbacks::{HELD, on_address, on_hint, on_interface, on_port, on_route, on_table};
use super::calls::kept;
use super::place::Place;
use super::{TABLE, known_code};
use crate::bytes::Bytes;

pub(super) fn register(bytes: &mut Bytes<'_>) {
    let mut out = Place::of::<HANDLE>(bytes.byte());
    let mut table = Place::of::<*mut c_void>(bytes.byte());
    let flags = bytes.byte();
    let (callback, initial) = (flags & 0x0F != 0x0F, if flags & 0x10 == 0 { 0 } else { flags });
    let handle: *mut HANDLE = out.at_or_null(flags & 0xE0 != 0xE0);
    let table_at = table.at_or_null(flags & 0xE0 != 0xA0);
    let context: *const c_void = std::ptr::without_provenance(bytes.below(64));
    let family = bytes.of(&[0, 2, 23, 7]);
    macro_rules! given {
        ($function:ident) => {
            if callback { Some($function) } else { None }
        };
    }
    let kind = bytes.below(6);
    // SAFETY: callbacks of the right kind or NULL, and places for a handle and a table or NULL.
    let code = unsafe {
        match kind {
            0 => abi::NotifyTeredoPortChange(given!(on_port), context, initial, handle),
            1 => {
                abi::NotifyIpInterfaceChange(family, given!(on_interface), context, initial, handle)
            }
            2 => abi::NotifyUnicastIpAddressChange(
                family,
                given!(on_address),
                context,
                initial,
                handle,
            ),
            3 => abi::NotifyRouteChange2(family, given!(on_route), context, initial, handle),
            4 => {
                let at = table_at;
                abi::NotifyStableUnicastIpAddressTable(
                    family,
                    at,
                    given!(on_table),
                    context,
                    handle,
                )
            }
            _ => {
                abi::NotifyNetworkConnectivityHintChange(given!(on_hint), context, initial, handle)
            }
        }
    };
    known_code("a function that registers", code);
    out.check("a function that registers");
    table.check("a function that registers");
    let stable = kind == 4;
    kept::<MIB_UNICASTIPADDRESS_ROW>(TABLE, stable && code == 0, &mut table);
    let made = std::ptr::without_provenance_mut::<c_void>(out.number() as usize);
    if code != 0 && code != 997 {
        assert!(made.is_null(), "a handle with the code {code}");
    }
    if !made.is_null() {
        HELD.with_borrow_mut(|held| held.handles.push(made));
    }
}

pub(super) fn cancel(bytes: &mut Bytes<'_>) {
    let handle = match bytes.byte() {
        0xF0.. => std::ptr::without_provenance_mut(bytes.u64() as usize),
        n => HELD.with_borrow(|held| {
            let at = usize::from(n).checked_rem(held.handles.len());
            at.map_or(std::ptr::null_mut(), |at| held.handles[at])
        }),
    };
    // SAFETY: a handle is looked up, and leads to no memory.
    known_code("CancelMibChangeNotify2", unsafe { abi::CancelMibChangeNotify2(handle) });
}
