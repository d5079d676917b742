//! The firewall as it should be.

use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_NOTIFICATION_TYPE,
};

use crate::{Handle, Win32Error, check, register, teredo_port};

/// Keeps an exception on the Teredo port until it is [stopped](Self::stop).
#[derive(Debug)]
pub struct Firewall {
    state: Box<State>,
    handle: Handle,
}

#[derive(Debug, Default)]
struct State {
    exception: Mutex<Option<u16>>,
}

impl State {
    fn set(&self, port: Option<u16>) {
        *self.exception.lock().unwrap_or_else(PoisonError::into_inner) = port;
    }
}

unsafe extern "system" fn on_port(context: *const c_void, port: u16, kind: MIB_NOTIFICATION_TYPE) {
    let _ = kind;
    // SAFETY: the state lives until the cancel has returned, which waits for this.
    let state = unsafe { &*context.cast::<State>() };
    state.set((port != 0).then_some(port));
}

impl Firewall {
    /// Opens the exception and follows the port.
    ///
    /// # Errors
    ///
    /// The code of NotifyTeredoPortChange.
    pub fn start() -> Result<Self, Win32Error> {
        let state = Box::<State>::default();
        // SAFETY: the state is in a box of its own, and `stop` cancels before it lets go of it.
        let handle = unsafe { register(Some(on_port), (&raw const *state).cast()) }?;
        // Registered first, so that no change is missed; read under the lock, so that a newer port which the
        // callback brings meanwhile is written after this one.
        let mut exception = state.exception.lock().unwrap_or_else(PoisonError::into_inner);
        *exception = teredo_port();
        drop(exception);
        Ok(Self { state, handle: Handle(handle) })
    }

    /// The port that is open.
    #[must_use]
    pub fn exception(&self) -> Option<u16> {
        *self.state.exception.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stops following, and closes the exception. Not for a callback: use [`stop_later`](Self::stop_later) there.
    ///
    /// # Errors
    ///
    /// The code of CancelMibChangeNotify2.
    pub fn stop(self) -> Result<(), Win32Error> {
        // No lock is held: the callback that this waits for may want it.
        // SAFETY: the handle is this registration's and is cancelled once.
        let result = check(unsafe { CancelMibChangeNotify2(self.handle.0) });
        self.state.set(None);
        if result.is_err() {
            // The callback may still come: its state must stay.
            Box::leak(self.state);
        }
        result
    }

    /// The same on another thread, which may wait for a callback that calls this. `spawn` starts the thread.
    pub fn stop_later(self, spawn: impl FnOnce(Box<dyn FnOnce() + Send>)) {
        spawn(Box::new(move || {
            let _ = self.stop();
        }));
    }
}
