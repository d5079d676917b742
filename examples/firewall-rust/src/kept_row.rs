//! Bug: a row pointer is kept beyond its callback, to be looked at when there is time.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE, NotifyIpInterfaceChange,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

use crate::{Handle, Win32Error, check};

struct Kept(*const MIB_IPINTERFACE_ROW);

// SAFETY: wrong, as the whole module: the memory is lent for one callback.
unsafe impl Send for Kept {}

/// Notes which interfaces changed.
#[derive(Debug)]
pub struct Changes {
    rows: Box<Mutex<Vec<Kept>>>,
    handle: Handle,
}

impl std::fmt::Debug for Kept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

unsafe extern "system" fn on_row(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the state lives until the cancel has returned, which waits for this.
    let rows = unsafe { &*context.cast::<Mutex<Vec<Kept>>>() };
    // Wrong: the row is the system's again when this returns.
    rows.lock().unwrap_or_else(PoisonError::into_inner).push(Kept(row));
}

impl Changes {
    /// Follows the interfaces.
    ///
    /// # Errors
    ///
    /// The code of NotifyIpInterfaceChange.
    pub fn start() -> Result<Self, Win32Error> {
        let rows = Box::<Mutex<Vec<Kept>>>::default();
        let mut handle = std::ptr::null_mut();
        // SAFETY: the state is in a box of its own, and `stop` cancels before it lets go of it.
        check(unsafe {
            let context = (&raw const *rows).cast();
            NotifyIpInterfaceChange(AF_UNSPEC, Some(on_row), context, false, &mut handle)
        })?;
        Ok(Self { rows, handle: Handle(handle) })
    }

    /// The indices of the interfaces that changed.
    #[must_use]
    pub fn indices(&self) -> Vec<u32> {
        let rows = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        // SAFETY: wrong: the rows are gone.
        rows.iter().map(|row| unsafe { (*row.0).InterfaceIndex }).collect()
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
