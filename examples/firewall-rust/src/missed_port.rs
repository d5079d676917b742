//! Bug: the port is read before the registration stands. A change in between is told to nobody.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE,
};

use crate::{Handle, Win32Error, check, register, teredo_port};

/// A firewall with this bug.
#[derive(Debug)]
pub struct Firewall {
    exception: Box<Mutex<Option<u16>>>,
    handle: Handle,
}

unsafe extern "system" fn on_port(context: *const c_void, port: u16, _: MIB_NOTIFICATION_TYPE) {
    // SAFETY: the state lives until the cancel has returned, which waits for this.
    let exception = unsafe { &*context.cast::<Mutex<Option<u16>>>() };
    *exception.lock().unwrap_or_else(PoisonError::into_inner) = Some(port);
}

impl Firewall {
    /// Opens the exception and follows the port.
    ///
    /// # Errors
    ///
    /// The code of NotifyTeredoPortChange.
    pub fn start() -> Result<Self, Win32Error> {
        // Wrong: whatever changes between this line and the next stays unheard.
        let exception = Box::new(Mutex::new(teredo_port()));
        // SAFETY: the state is in a box of its own, and `stop` cancels before it lets go of it.
        let handle = unsafe { register(Some(on_port), (&raw const *exception).cast()) }?;
        Ok(Self { exception, handle: Handle(handle) })
    }

    /// The port that is open.
    #[must_use]
    pub fn exception(&self) -> Option<u16> {
        *self.exception.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops following.
    ///
    /// # Errors
    ///
    /// The code of CancelMibChangeNotify2.
    pub fn stop(self) -> Result<(), Win32Error> {
        // SAFETY: the handle is this registration's and is cancelled once.
        check(unsafe { CancelMibChangeNotify2(self.handle.0) })
    }
}
