//! The calls that the tests have in common, as a client in Rust makes them.

use std::ffi::c_void;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetTeredoPort, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
    NotifyIpInterfaceChange, NotifyTeredoPortChange,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;

/// A callback of NotifyTeredoPortChange.
pub(crate) type OnPort = unsafe extern "system" fn(*const c_void, u16, MIB_NOTIFICATION_TYPE);

/// A callback of NotifyIpInterfaceChange.
pub(crate) type OnRow =
    unsafe extern "system" fn(*const c_void, *const MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE);

/// The port that the machine says.
pub(crate) fn port() -> u16 {
    let mut port = 0;
    assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
    port
}

/// Follows the port, with this as the context.
pub(crate) fn follow_port<T>(callback: OnPort, context: &T) -> HANDLE {
    let mut handle: HANDLE = std::ptr::null_mut();
    let context = std::ptr::from_ref(context).cast();
    assert_eq!(unsafe { NotifyTeredoPortChange(Some(callback), context, false, &mut handle) }, 0);
    handle
}

/// Follows the IPv4 interfaces, with this as the context.
pub(crate) fn follow_rows<T>(callback: OnRow, context: &T) -> HANDLE {
    let mut handle: HANDLE = std::ptr::null_mut();
    let context = std::ptr::from_ref(context).cast();
    let code =
        unsafe { NotifyIpInterfaceChange(AF_INET, Some(callback), context, false, &mut handle) };
    assert_eq!(code, 0);
    handle
}

/// Ends a registration.
pub(crate) fn cancel(handle: HANDLE) {
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
}
