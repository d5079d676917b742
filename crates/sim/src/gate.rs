//! A gate before a thread or a coroutine: it waits there until somebody opens it, and goes through once.

use std::sync::Arc;
#[cfg(feature = "coroutines")]
use std::sync::OnceLock;
use std::time::Instant;

#[cfg(feature = "coroutines")]
use crate::coroutine::{self, Place};
use crate::crew::{Crew, Job};
use crate::latch::Latch;

/// One at a time may wait at it; opening it before is as good as after.
#[derive(Default)]
pub(crate) struct Gate {
    latch: Latch,
    /// The coroutine that waits, or waited once.
    #[cfg(feature = "coroutines")]
    place: OnceLock<Place>,
}

impl Gate {
    /// A gate where nobody has waited yet.
    pub(crate) fn renew(gate: &mut Arc<Self>) {
        match Arc::get_mut(gate) {
            Some(own) => *own = Self::default(),
            None => *gate = Arc::default(),
        }
    }

    /// Lets whoever waits, or will wait, go through.
    pub(crate) fn open(&self) {
        self.latch.open();
        // Either this sees the coroutine, or the coroutine sees the latch.
        #[cfg(feature = "coroutines")]
        if let Some(place) = self.place.get() {
            place.ready();
        }
    }

    /// Waits until it is open, and closes it behind; a thread no longer than to the deadline. Returns whether it was open.
    pub(crate) fn pass(&self, deadline: Option<Instant>) -> bool {
        #[cfg(feature = "coroutines")]
        if let Some(place) = Place::here() {
            self.place.get_or_init(|| place);
            while !self.latch.take() {
                coroutine::suspend();
            }
            return true;
        }
        self.latch.pass(deadline)
    }
}

impl std::fmt::Debug for Gate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.latch.fmt(f)
    }
}

/// What hands over the baton, to be done once the lock is given back: who is woken would only wait for it.
#[must_use]
pub(crate) enum Handover {
    /// Nobody else goes on.
    Nobody,
    /// A thread that waits.
    Open(Arc<Gate>),
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
