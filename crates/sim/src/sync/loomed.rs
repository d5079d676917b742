//! loom's primitives for the hand-over cell, and what loom does not have, made of them.

pub(crate) use loom::sync::atomic::{AtomicBool, Ordering};
pub(crate) use loom::thread::Thread;

pub(crate) mod thread {
    //! Threads of loom's. Its `unpark` wakes a thread out of any wait, a `join` and a lock included: a test parks, and
    //! waits in no other way after that.

    use std::time::Duration;

    pub(crate) use loom::thread::{current, park};

    /// loom has no time: it is over as soon as the thread goes on.
    pub(crate) fn park_timeout(_: Duration) {
        loom::thread::yield_now();
    }
}

/// As the standard library's, for a cell that one thread sets: whoever sees that it is set sees what it was set to, and
/// nobody sees more than that.
#[derive(Debug)]
pub(crate) struct OnceLock<T> {
    set: AtomicBool,
    value: std::sync::OnceLock<T>,
}

impl<T> OnceLock<T> {
    pub(crate) fn get(&self) -> Option<&T> {
        self.set.load(Ordering::Acquire).then(|| self.value.get()).flatten()
    }

    pub(crate) fn get_or_init(&self, make: impl FnOnce() -> T) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let value = self.value.get_or_init(make);
        self.set.store(true, Ordering::Release);
        value
    }
}

impl<T> Default for OnceLock<T> {
    fn default() -> Self {
        Self { set: AtomicBool::new(false), value: std::sync::OnceLock::new() }
    }
}
