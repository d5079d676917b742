//! Which entry of a table is due first.

use std::collections::BTreeSet;

/// The deadlines of a table's entries, found again from the entries: the first is known at once,
/// however many there are. Entries themselves hold times from now.
#[derive(Clone, Debug)]
pub(super) struct Deadlines<K> {
    /// The time that has gone by.
    clock_ms: u64,
    queue: BTreeSet<(u64, K)>,
}

impl<K: Copy + Ord> Deadlines<K> {
    /// Replaces the deadline of an entry: milliseconds from now, before and after.
    pub(super) fn replace(&mut self, key: K, old_ms: Option<u64>, new_ms: Option<u64>) {
        if let Some(ms) = old_ms {
            self.queue.remove(&(self.clock_ms.saturating_add(ms), key));
        }
        if let Some(ms) = new_ms {
            self.queue.insert((self.clock_ms.saturating_add(ms), key));
        }
    }

    /// Milliseconds until the first deadline.
    pub(super) fn next_ms(&self) -> Option<u64> {
        self.queue.first().map(|(deadline_ms, _)| deadline_ms.saturating_sub(self.clock_ms))
    }

    /// The entry that is due now; of several the one with the lowest key.
    pub(super) fn due(&self) -> Option<K> {
        let (deadline_ms, key) = self.queue.first()?;
        (*deadline_ms <= self.clock_ms).then_some(*key)
    }

    pub(super) fn elapse(&mut self, ms: u64) {
        self.clock_ms = self.clock_ms.saturating_add(ms);
    }
}

impl<K> Default for Deadlines<K> {
    fn default() -> Self {
        Self { clock_ms: 0, queue: BTreeSet::new() }
    }
}
