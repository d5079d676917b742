//! A gate before a thread: it waits there until somebody opens it, and goes through once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Instant;

use crate::crew::{Crew, Job};

/// One thread at a time may wait at it; opening it before is as good as after.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    open: AtomicBool,
    waits: OnceLock<Thread>,
}

impl Gate {
    /// Lets whoever waits, or will wait, go through.
    pub(crate) fn open(&self) {
        // Either this sees the thread, or the thread sees this.
        self.open.swap(true, Ordering::AcqRel);
        if let Some(thread) = self.waits.get() {
            thread.unpark();
        }
    }

    /// Waits until it is open, and closes it behind; no longer than to the deadline. Returns whether it was open.
    pub(crate) fn pass(&self, deadline: Option<Instant>) -> bool {
        self.waits.get_or_init(thread::current);
        loop {
            if self.open.swap(false, Ordering::AcqRel) {
                return true;
            }
            match deadline {
                None => thread::park(),
                Some(deadline) => match deadline.checked_duration_since(Instant::now()) {
                    Some(left) if !left.is_zero() => thread::park_timeout(left),
                    _ => return false,
                },
            }
        }
    }
}

/// What hands over the baton, to be done once the lock is given back: who is woken would only wait for it.
#[must_use]
pub(crate) enum Handover {
    /// Nobody else goes on.
    Nobody,
    /// A thread that waits.
    Open(std::sync::Arc<Gate>),
    /// A thread of a crew begins something.
    Start(Crew, Job),
}

impl Handover {
    pub(crate) fn make(self) {
        match self {
            Self::Nobody => {}
            Self::Open(gate) => gate.open(),
            Self::Start(crew, job) => crew.run(job),
        }
    }
}
