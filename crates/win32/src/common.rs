//! What all stacks of the process share, behind locks that are held for moments.

use parking_lot::MutexGuard;

/// How often a lock is tried before a thread goes to sleep for it.
const TRIES: usize = 10_000;

/// A lock of this crate's own: nothing that the program under test waits for, whichever other test holds it. Who waits
/// for it stays awake, because a thread that sleeps outside of a call counts as blocked, and the schedule passes it over.
pub(crate) struct Mutex<T>(parking_lot::Mutex<T>);

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(parking_lot::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        for _ in 0..TRIES {
            if let Some(guard) = self.0.try_lock() {
                return guard;
            }
            std::thread::yield_now();
        }
        netiosim_sim::aside(|| self.0.lock())
    }
}
