//! Following interfaces as it should be: the keys of a row are copied, the rest is asked for.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetIpInterfaceEntry, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
    NotifyIpInterfaceChange,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

use crate::{Handle, Win32Error, check};

/// What is noted of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The interface.
    pub index: u32,
    /// What its MTU was when the change was told; `None` if it was gone by then.
    pub mtu: Option<u32>,
}

/// Notes which interfaces changed.
#[derive(Debug)]
pub struct Changes {
    changes: Box<Mutex<Vec<Change>>>,
    handle: Handle,
}

unsafe extern "system" fn on_row(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    // SAFETY: the state lives until the cancel has returned, which waits for this; the keys may be read.
    let changes = unsafe { &*context.cast::<Mutex<Vec<Change>>>() };
    if row.is_null() {
        return;
    }
    let mut own = MIB_IPINTERFACE_ROW::default();
    // SAFETY: the three keys are what a row promises until the callback returns.
    let code = unsafe {
        own.Family = (*row).Family;
        own.InterfaceLuid = (*row).InterfaceLuid;
        own.InterfaceIndex = (*row).InterfaceIndex;
        GetIpInterfaceEntry(&mut own)
    };
    let change = Change { index: own.InterfaceIndex, mtu: (code == 0).then_some(own.NlMtu) };
    changes.lock().unwrap_or_else(PoisonError::into_inner).push(change);
}

impl Changes {
    /// Follows the interfaces.
    ///
    /// # Errors
    ///
    /// The code of NotifyIpInterfaceChange.
    pub fn start() -> Result<Self, Win32Error> {
        let changes = Box::<Mutex<Vec<Change>>>::default();
        let mut handle = std::ptr::null_mut();
        // SAFETY: the state is in a box of its own, and `stop` cancels before it lets go of it.
        check(unsafe {
            let context = (&raw const *changes).cast();
            NotifyIpInterfaceChange(AF_UNSPEC, Some(on_row), context, false, &mut handle)
        })?;
        Ok(Self { changes, handle: Handle(handle) })
    }

    /// What was noted so far.
    #[must_use]
    pub fn noted(&self) -> Vec<Change> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
