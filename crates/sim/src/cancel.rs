//! CancelMibChangeNotify2, which waits for a running callback.

use std::panic::Location;

use netiosim_model::event::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::{CancelBegin, Registration};
use netiosim_model::status::{Status, success};

use crate::StackRef;
use crate::barrier::Spot;
use crate::call::Args;
use crate::core::Core;
use crate::entry::Entry;
use crate::error::{ApiError, CancelError};

impl StackRef {
    /// CancelMibChangeNotify2, codes as the page has them (CX-01 to CX-17).
    ///
    /// A deadlock is a finding; the code is ERROR_POSSIBLE_DEADLOCK (1131), or the call hangs, by
    /// [`Builder::on_deadlock`](crate::Builder::on_deadlock).
    #[track_caller]
    pub fn cancel_mib_change_notify2(&self, handle: Handle) -> u32 {
        self.cancel_at(handle, Location::caller()).0
    }

    /// Cancels a registration by its handle.
    ///
    /// # Errors
    ///
    /// [`CancelError`]: a deadlock, or a code.
    #[track_caller]
    pub fn cancel(&self, handle: Handle) -> Result<(), CancelError> {
        self.cancel_at(handle, Location::caller()).1
    }

    fn cancel_at(
        &self,
        handle: Handle,
        at: &'static Location<'static>,
    ) -> (u32, Result<(), CancelError>) {
        self.enter(at).cancel(handle)
    }

    /// Cancels as the process that registered, whomever the thread acts for at the moment.
    pub(crate) fn cancel_own(
        &self,
        handle: Handle,
        at: &'static Location<'static>,
    ) -> (u32, Result<(), CancelError>) {
        let mut entry = self.enter(at);
        let process = entry.machine.registration(handle).map(Registration::process);
        match process {
            Some(process) => entry.within(process, |entry| entry.cancel(handle)),
            None => entry.cancel(handle),
        }
    }
}

impl Entry<'_> {
    fn cancel(&mut self, handle: Handle) -> (u32, Result<(), CancelError>) {
        let function = Function::CancelMibChangeNotify2;
        let actor = self.me.actor;
        let flavour = self.machine.flavour(actor);
        let name = |core: &Core| core.name_of(handle);
        let log = self.log(actor, function, |core| Args::Cancel { handle, name: name(core) });
        let (status, code, deadlock) = if let Some(status) = self.refused() {
            (status, self.machine.code(actor, status), None)
        } else {
            let (machine, chooser) = self.parts();
            let waited = match machine.cancel_begin(actor, handle, chooser) {
                CancelBegin::Done { status, code } => Ok((status, code)),
                CancelBegin::Wait => {
                    self.hold_at(Spot::Cancelling, handle);
                    self.wait().map(|()| self.machine.cancel_end(actor))
                }
                CancelBegin::Cycle(at) => Err(self.deadlock(at)),
            };
            self.sweep(handle);
            match waited {
                Ok((status, code)) => (status, code, None),
                Err(deadlock) => {
                    let status = Status::PossibleDeadlock;
                    (status, self.machine.code(actor, status), Some(deadlock))
                }
            }
        };
        self.log_end(log, code, None, None);
        let outcome = match deadlock {
            Some(deadlock) => Err(CancelError::Deadlock(deadlock)),
            None if success(code, flavour) => Ok(()),
            None => Err(CancelError::Failed(ApiError { function, status, code, flavour })),
        };
        (code, outcome)
    }
}
