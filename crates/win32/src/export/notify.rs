//! The registrations, and their cancel.

use std::ffi::c_void;
use std::mem::transmute;

use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::net::NotificationType;
use netiosim_sim::model::notification::Notification;
use netiosim_sim::{Delivery, RawCallback, RawKind, RawRequest};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE, PIPFORWARD_CHANGE_CALLBACK, PIPINTERFACE_CHANGE_CALLBACK,
    PNETWORK_CONNECTIVITY_HINT_CHANGE_CALLBACK, PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK,
    PTEREDO_PORT_CHANGE_CALLBACK, PUNICAST_IPADDRESS_CHANGE_CALLBACK,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::hint::from_hint;
use super::macros::exports;
use super::on_stack;
use crate::layout::Layout;
use crate::{current, landing, lent, origin, sentinel, table};

/// BOOLEAN as a caller hands it over: any byte but 0 is TRUE.
pub type Boolean = u8;

/// What the six functions have in common.
struct Registering {
    kind: RawKind,
    callback: Option<RawCallback>,
    context: *const c_void,
    initial: Boolean,
    handle: *mut HANDLE,
    table: *mut *mut MIB_UNICASTIPADDRESS_TABLE,
}

impl Registering {
    unsafe fn register(self, caller: usize) -> u32 {
        let stable = matches!(self.kind, RawKind::StableTable(_));
        let handle = self.handle;
        let mut answered = false;
        let code = on_stack(self.kind.function().name(), caller, |stack| {
            answered = true;
            let request = RawRequest {
                kind: self.kind,
                name: "".into(),
                callback: self.callback,
                context: self.context.expose_provenance() as u64,
                initial: self.initial != 0,
                handle_pointer: !self.handle.is_null(),
                table_pointer: !stable || !self.table.is_null(),
                module: None,
                callback_process: None,
                object: None,
            };
            let mut visible = |handle: Handle| {
                if !handle.is_null() {
                    current::own_handle(stack, handle);
                }
                if !self.handle.is_null() {
                    // SAFETY: the caller's: it points to a place for the handle.
                    unsafe { self.handle.write_unaligned(as_pointer(handle)) };
                }
            };
            let registered = stack.register(request, &mut visible);
            if let Some(id) = registered.table
                && !self.table.is_null()
            {
                let memory = table::lay_out::<MIB_UNICASTIPADDRESS_ROW>(stack, id);
                // SAFETY: the caller's: it points to a place for the table.
                unsafe { self.table.write_unaligned(memory.cast()) };
            }
            registered.code
        });
        if !answered && !handle.is_null() {
            // No stack has written it, and a failure leaves NULL there (TP-03, NI-06).
            // SAFETY: the caller's: it points to a place for the handle.
            unsafe { handle.write_unaligned(std::ptr::null_mut()) };
        }
        code
    }
}

/// A handle as the client holds it.
fn as_pointer(handle: Handle) -> HANDLE {
    std::ptr::without_provenance_mut(handle.0 as usize)
}

/// CallerContext, as it was handed in; it is never looked into.
fn context(delivery: &Delivery) -> *const c_void {
    std::ptr::with_exposed_provenance(delivery.due.context as usize)
}

fn kind_number(kind: NotificationType) -> MIB_NOTIFICATION_TYPE {
    kind as i32
}

/// A callback that is lent a row.
fn row_callback<L: Layout>(
    function: unsafe extern "system" fn(*const c_void, *const L, MIB_NOTIFICATION_TYPE),
) -> RawCallback {
    // SAFETY: the two differ only in that an unwinding that comes out of this one is defined.
    let call: unsafe extern "system-unwind" fn(*const c_void, *const L, MIB_NOTIFICATION_TYPE) =
        unsafe { transmute(function) };
    RawCallback::shared(function as usize, move |delivery| {
        let (Notification::IpInterface { kind, .. }
        | Notification::UnicastAddress { kind, .. }
        | Notification::Route { kind, .. }) = delivery.due.notification
        else {
            return;
        };
        let (context, kind) = (context(delivery), kind_number(kind));
        let value =
            delivery.due.notification.row().flatten().and_then(|row| L::Row::try_from(row).ok());
        current::within(&delivery.stack, || match (value, delivery.row) {
            (Some(value), Some(lent)) => lent::lend::<L, _>(&delivery.stack, lent, &value, |row| {
                // SAFETY: what registering promised of the function; the row lives until it returns.
                landing::call(delivery, || unsafe { call(context, row, kind) });
            }),
            // SAFETY: what registering promised of the function.
            _ => landing::call(delivery, || unsafe { call(context, std::ptr::null(), kind) }),
        });
    })
}

exports! {
    /// NotifyTeredoPortChange (TP-01 to TP-40).
    [4] fn NotifyTeredoPortChange(
        caller;
        callback: PTEREDO_PORT_CHANGE_CALLBACK,
        context: *const c_void,
        initial: Boolean,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(|function| {
            type Call = unsafe extern "system-unwind" fn(*const c_void, u16, MIB_NOTIFICATION_TYPE);
            // SAFETY: the two differ only in that an unwinding that comes out of this one is defined.
            let call: Call = unsafe { transmute(function) };
            RawCallback::shared(function as usize, move |delivery| {
                if let Notification::TeredoPort { port, kind } = delivery.due.notification {
                    let (context, kind) = (self::context(delivery), kind_number(kind));
                    current::within(&delivery.stack, || {
                        // SAFETY: what registering promised of the function.
                        landing::call(delivery, || unsafe { call(context, port, kind) });
                    });
                }
            })
        });
        let (kind, table) = (RawKind::TeredoPort, std::ptr::null_mut());
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// NotifyIpInterfaceChange (NI-01 to NI-40).
    [5] fn NotifyIpInterfaceChange(
        caller;
        family: u16,
        callback: PIPINTERFACE_CHANGE_CALLBACK,
        context: *const c_void,
        initial: Boolean,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(row_callback::<MIB_IPINTERFACE_ROW>);
        let (kind, table) = (RawKind::IpInterface(family), std::ptr::null_mut());
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// NotifyUnicastIpAddressChange (NU-01 to NU-15).
    [5] fn NotifyUnicastIpAddressChange(
        caller;
        family: u16,
        callback: PUNICAST_IPADDRESS_CHANGE_CALLBACK,
        context: *const c_void,
        initial: Boolean,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(row_callback::<MIB_UNICASTIPADDRESS_ROW>);
        let (kind, table) = (RawKind::UnicastAddress(family), std::ptr::null_mut());
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// NotifyRouteChange2 (NR-01 to NR-12).
    [5] fn NotifyRouteChange2(
        caller;
        family: u16,
        callback: PIPFORWARD_CHANGE_CALLBACK,
        context: *const c_void,
        initial: Boolean,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(row_callback::<MIB_IPFORWARD_ROW2>);
        let (kind, table) = (RawKind::Route(family), std::ptr::null_mut());
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// NotifyStableUnicastIpAddressTable (NS-01 to NS-20). The table, here or in the callback, is the client's to
    /// free.
    [5] fn NotifyStableUnicastIpAddressTable(
        caller;
        family: u16,
        table: *mut *mut MIB_UNICASTIPADDRESS_TABLE,
        callback: PSTABLE_UNICAST_IPADDRESS_TABLE_CALLBACK,
        context: *const c_void,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(|function| {
            type Call =
                unsafe extern "system-unwind" fn(*const c_void, *const MIB_UNICASTIPADDRESS_TABLE);
            // SAFETY: the two differ only in that an unwinding that comes out of this one is defined.
            let call: Call = unsafe { transmute(function) };
            RawCallback::shared(function as usize, move |delivery| {
                if let Notification::StableTable { table: Some(id) } = delivery.due.notification {
                    let memory = table::lay_out::<MIB_UNICASTIPADDRESS_ROW>(&delivery.stack, id);
                    let context = self::context(delivery);
                    current::within(&delivery.stack, || {
                        // SAFETY: what registering promised of the function.
                        landing::call(delivery, || unsafe { call(context, memory.cast()) });
                    });
                }
            })
        });
        let (kind, initial) = (RawKind::StableTable(family), 0);
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// NotifyNetworkConnectivityHintChange (NH-01 to NH-08).
    [4] fn NotifyNetworkConnectivityHintChange(
        caller;
        callback: PNETWORK_CONNECTIVITY_HINT_CHANGE_CALLBACK,
        context: *const c_void,
        initial: Boolean,
        handle: *mut HANDLE,
    ) -> u32 {
        let callback = callback.map(|function| {
            type Call =
                unsafe extern "system-unwind" fn(*const c_void, NL_NETWORK_CONNECTIVITY_HINT);
            // SAFETY: the two differ only in that an unwinding that comes out of this one is defined.
            let call: Call = unsafe { transmute(function) };
            RawCallback::shared(function as usize, move |delivery| {
                if let Notification::Hint { hint, .. } = delivery.due.notification {
                    let context = self::context(delivery);
                    current::within(&delivery.stack, || {
                        // SAFETY: what registering promised of the function.
                        landing::call(delivery, || unsafe { call(context, from_hint(hint)) });
                    });
                }
            })
        });
        let (kind, table) = (RawKind::ConnectivityHint, std::ptr::null_mut());
        // SAFETY: the caller's.
        unsafe { Registering { kind, callback, context, initial, handle, table }.register(caller) }
    }

    /// CancelMibChangeNotify2: waits for a running callback (CX-01 to CX-17). The handle knows its stack, so any
    /// thread may cancel.
    [1] fn CancelMibChangeNotify2(caller; handle: HANDLE) -> u32 {
        let handle = Handle(handle.addr() as u64);
        let code = match current::owner_of(handle) {
            Some(stack) => {
                origin::announce(caller);
                stack.cancel_mib_change_notify2(handle)
            }
            None => on_stack("CancelMibChangeNotify2", caller, |stack| {
                stack.cancel_mib_change_notify2(handle)
            }),
        };
        sentinel::set();
        code
    }
}
