//! What callbacks wrote down that come on threads of which nothing is known.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::callbacks::Listener;
use crate::backend::{Did, Heard};

/// When nothing is heard for as long as this, everything is taken to have been delivered.
const QUIET: Duration = Duration::from_millis(200);
/// However much is heard, nobody waits longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

/// The notes of one session.
#[derive(Default)]
pub(super) struct Notes {
    written: Mutex<Written>,
    more: Condvar,
}

#[derive(Default)]
struct Written {
    /// How often anything was written.
    count: u64,
    heard: Vec<Heard>,
    did: Vec<Did>,
}

impl Notes {
    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, write: impl FnOnce(&mut Written)) {
        let mut written = self.written();
        written.count += 1;
        write(&mut written);
        self.more.notify_all();
    }

    /// What was heard since this was last asked.
    pub(super) fn take_heard(&self) -> Vec<Heard> {
        std::mem::take(&mut self.written().heard)
    }

    /// What was done since this was last asked.
    pub(super) fn take_did(&self) -> Vec<Did> {
        std::mem::take(&mut self.written().did)
    }

    /// Waits until nothing more comes: no function of the API tells when that is.
    pub(super) fn settle(&self) {
        let begun = Instant::now();
        let mut written = self.written();
        loop {
            let seen = written.count;
            let waited = self.more.wait_timeout_while(written, QUIET, |now| now.count == seen);
            written = waited.unwrap_or_else(PoisonError::into_inner).0;
            if written.count == seen || begun.elapsed() > PATIENCE {
                return;
            }
        }
    }
}

impl Listener for Notes {
    fn hear(&self, heard: Heard) {
        self.write(|written| written.heard.push(heard));
    }

    fn did(&self, did: Did) {
        self.write(|written| written.did.push(did));
    }

    // No callback that does one of these is ever registered.
    fn pass_lock(&self) {}

    fn cancel_aside(&self, _: u64) {}
}
