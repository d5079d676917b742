//! A safe registration: ended by dropping.

use std::fmt;
use std::panic::Location;

use netiosim_model::ids::Handle;
use netiosim_model::machine::Death;

use crate::StackRef;
use crate::core::Core;
use crate::error::CancelError;

/// A live registration; dropping it cancels it.
///
/// Cancelling waits for a running callback, as CancelMibChangeNotify2 does: dropped inside its own
/// callback, or under a lock that the callback wants, it is the documented deadlock, which is
/// recorded as a finding; the registration then lives on (option `failed-cancel`).
#[must_use = "dropping a registration cancels it"]
pub struct Registration {
    stack: StackRef,
    handle: Handle,
    /// It is this object's business to cancel.
    armed: bool,
    /// Where it was made: what a drop shows, which has no place of its own.
    made_at: &'static Location<'static>,
}

impl Registration {
    pub(crate) fn new(
        stack: &StackRef,
        handle: Handle,
        made_at: &'static Location<'static>,
    ) -> Self {
        Self { stack: stack.clone(), handle, armed: true, made_at }
    }

    /// The handle; NULL in the profile `wine`.
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle
    }

    /// Cancels it, and waits for a running callback.
    ///
    /// # Errors
    ///
    /// [`CancelError::Deadlock`] when the wait would never end, [`CancelError::Failed`] when the call
    /// answers a code. The registration is not cancelled again by dropping.
    #[track_caller]
    pub fn cancel(mut self) -> Result<(), CancelError> {
        self.armed = false;
        if self.handle.is_null() {
            return Ok(());
        }
        self.stack.cancel_own(self.handle, Location::caller()).1
    }

    /// Gives the handle out of hand: whoever has it cancels it, or nobody does.
    #[must_use]
    pub fn into_handle(mut self) -> Handle {
        self.armed = false;
        self.handle
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Registration").field("handle", &self.handle).finish_non_exhaustive()
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        // With its process this object went away too.
        let gone = |core: &mut Core| {
            let death = core.machine.death(self.handle).map(|(_, death)| death);
            core.closing || matches!(death, Some(Death::ProcessExit | Death::Reboot))
        };
        if self.armed && !self.handle.is_null() && !self.stack.look(gone) {
            // Whatever goes wrong is a finding, or was asked for as a fault.
            let _ = self.stack.cancel_own(self.handle, self.made_at);
        }
    }
}
