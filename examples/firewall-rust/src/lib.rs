//! A firewall for Windows that keeps one UDP exception open: the dynamic port of the Teredo client.
//!
//! [`firewall`] and [`keys`] are right. The other modules have one classic bug each.
//!
//! Nothing here knows of a simulator.

pub mod firewall;
pub mod kept_row;
pub mod keys;
pub mod lock_over_cancel;
pub mod missed_port;
pub mod self_cancel;

use std::ffi::c_void;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetTeredoPort, NotifyTeredoPortChange, PTEREDO_PORT_CHANGE_CALLBACK,
};

/// A Win32 error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Win32Error(pub u32);

fn check(code: u32) -> Result<(), Win32Error> {
    if code == 0 { Ok(()) } else { Err(Win32Error(code)) }
}

/// The port that the Teredo client uses; `None` while it has none.
fn teredo_port() -> Option<u16> {
    let mut port = 0;
    // SAFETY: there is a place for the port.
    (unsafe { GetTeredoPort(&mut port) } == 0).then_some(port)
}

/// A registration whose context stays with the caller.
unsafe fn register(
    callback: PTEREDO_PORT_CHANGE_CALLBACK,
    context: *const c_void,
) -> Result<HANDLE, Win32Error> {
    let mut handle: HANDLE = std::ptr::null_mut();
    // SAFETY: the caller's: the context lives until the cancel has returned.
    check(unsafe { NotifyTeredoPortChange(callback, context, false, &mut handle) })?;
    Ok(handle)
}

/// A handle that may move to another thread.
#[derive(Clone, Copy, Debug)]
struct Handle(HANDLE);

// SAFETY: a notification handle is a number; any thread may cancel it.
unsafe impl Send for Handle {}
