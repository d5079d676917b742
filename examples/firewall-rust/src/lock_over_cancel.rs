//! Bug: the lock that the callback takes is held over the cancel. When a port changes at that moment, the cancel waits for
//! the callback and the callback for the lock. On Windows it hangs once a month.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE,
};

use crate::{Handle, Win32Error, check, register};

/// A firewall with this bug.
#[derive(Debug)]
pub struct Firewall {
    exception: &'static Mutex<Option<u16>>,
    handle: Handle,
}

unsafe extern "system" fn on_port(context: *const c_void, port: u16, _: MIB_NOTIFICATION_TYPE) {
    // SAFETY: the state is never freed.
    let exception = unsafe { &*context.cast::<Mutex<Option<u16>>>() };
    *exception.lock().unwrap_or_else(PoisonError::into_inner) = Some(port);
}

impl Firewall {
    /// Follows the port.
    ///
    /// # Errors
    ///
    /// The code of NotifyTeredoPortChange.
    pub fn start() -> Result<Self, Win32Error> {
        let exception: &'static Mutex<Option<u16>> = Box::leak(Box::default());
        // SAFETY: the state is never freed.
        let handle = unsafe { register(Some(on_port), (&raw const *exception).cast()) }?;
        Ok(Self { exception, handle: Handle(handle) })
    }

    /// Closes the exception and stops following.
    ///
    /// # Errors
    ///
    /// The code of CancelMibChangeNotify2.
    pub fn stop(self) -> Result<(), Win32Error> {
        let mut exception = self.exception.lock().unwrap_or_else(PoisonError::into_inner);
        *exception = None;
        // Wrong: `exception` is still held.
        // SAFETY: the handle is this registration's and is cancelled once.
        check(unsafe { CancelMibChangeNotify2(self.handle.0) })
    }
}
