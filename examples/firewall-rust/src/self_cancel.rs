//! Bug: the callback cancels its own registration, and waits for itself.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE,
};

use crate::{Handle, Win32Error, check, register};

#[derive(Debug, Default)]
struct State {
    handle: Mutex<Option<Handle>>,
    cancelled: Mutex<Option<Result<(), Win32Error>>>,
}

/// Waits for the first change of the port and then stops by itself.
#[derive(Debug)]
pub struct FirstChange {
    state: &'static State,
}

unsafe extern "system" fn on_port(context: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    // SAFETY: the state is never freed.
    let state = unsafe { &*context.cast::<State>() };
    let handle = state.handle.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(Handle(handle)) = handle {
        // Wrong: this waits for the callback to return.
        // SAFETY: the handle is this registration's and is cancelled once.
        let result = check(unsafe { CancelMibChangeNotify2(handle) });
        *state.cancelled.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }
}

impl FirstChange {
    /// Waits for the first change.
    ///
    /// # Errors
    ///
    /// The code of NotifyTeredoPortChange.
    pub fn start() -> Result<Self, Win32Error> {
        let state: &'static State = Box::leak(Box::default());
        // SAFETY: the state is never freed.
        let handle = unsafe { register(Some(on_port), (&raw const *state).cast()) }?;
        *state.handle.lock().unwrap_or_else(PoisonError::into_inner) = Some(Handle(handle));
        Ok(Self { state })
    }

    /// What became of the cancel; `None` before the first change.
    #[must_use]
    pub fn cancelled(&self) -> Option<Result<(), Win32Error>> {
        *self.state.cancelled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
