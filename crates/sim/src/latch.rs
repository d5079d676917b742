//! The hand-over cell: one thread waits at it, others open it, and one opening lets the thread through once.
//!
//! **The contract: an opening is never lost, whether it comes before the wait, during it or after a wait that ran out
//! of time; and it is taken once.** Openings that nobody has taken yet are one. Every interleaving and every order
//! of memory that the language permits is tried by the tests below, under loom: `ci/loom` runs them.

use std::time::Instant;

use crate::sync::cell::{AtomicBool, OnceLock, Ordering, Thread, thread};

/// One thread at a time may wait at it; opening it before is as good as after.
#[derive(Debug, Default)]
pub(crate) struct Latch {
    open: AtomicBool,
    waits: OnceLock<Thread>,
}

impl Latch {
    /// Lets whoever waits, or will wait, go through.
    pub(crate) fn open(&self) {
        // Either this sees the thread, or the thread sees this.
        self.open.swap(true, Ordering::AcqRel);
        if let Some(thread) = self.waits.get() {
            thread.unpark();
        }
    }

    /// Goes through if it is open, and closes it behind. Returns whether it was.
    #[cfg(feature = "coroutines")]
    pub(crate) fn take(&self) -> bool {
        self.open.swap(false, Ordering::AcqRel)
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

#[cfg(all(test, loom))]
mod tests {
    // Not loom's: that one could not be dropped while a test fails.
    use std::sync::Arc;
    use std::time::{Duration, Instant};

    use loom::sync::atomic::{AtomicUsize, Ordering};
    use loom::thread;

    use super::Latch;

    /// A look without a wait.
    fn is_open(latch: &Latch) -> bool {
        latch.pass(Some(Instant::now()))
    }

    /// One thread opens, in every place of what another one does. Nobody joins it: the model ends when all have ended.
    fn opened(wait: impl Fn(&Latch) + Send + Sync + 'static) {
        loom::model(move || {
            let latch = Arc::new(Latch::default());
            let other = latch.clone();
            thread::spawn(move || other.open());
            wait(&latch);
            assert!(!is_open(&latch), "one opening is taken once");
        });
    }

    #[test]
    fn no_wake_up_is_lost_wherever_the_opening_comes() {
        opened(|latch| assert!(latch.pass(None), "loom reports a thread that nobody wakes"));
    }

    #[test]
    fn an_opening_before_the_wait_is_kept() {
        loom::model(|| {
            let latch = Arc::new(Latch::default());
            let other = latch.clone();
            thread::spawn(move || other.open()).join().unwrap();
            assert!(latch.pass(None));
            assert!(!is_open(&latch), "one opening is taken once");
        });
    }

    #[test]
    fn a_wait_that_ran_out_of_time_loses_nothing() {
        opened(|latch| assert!(is_open(latch) || latch.pass(None), "it is kept for the next wait"));
    }

    #[test]
    fn a_wait_with_time_left_is_woken() {
        let hour = Duration::from_secs(3600);
        opened(move |latch| assert!(latch.pass(Some(Instant::now() + hour))));
    }

    #[test]
    fn what_was_done_before_the_opening_is_seen_behind_it() {
        loom::model(|| {
            let shared = Arc::new((Latch::default(), AtomicUsize::new(0)));
            let other = shared.clone();
            thread::spawn(move || {
                other.1.store(7, Ordering::Relaxed);
                other.0.open();
            });
            assert!(shared.0.pass(None));
            assert_eq!(shared.1.load(Ordering::Relaxed), 7);
        });
    }

    #[test]
    fn what_two_openers_did_is_seen_behind_one_opening_or_two() {
        #[derive(Default)]
        struct Shared {
            latch: Latch,
            done: [AtomicUsize; 2],
        }
        loom::model(|| {
            let shared = Arc::new(Shared::default());
            for n in [0, 1] {
                let other = shared.clone();
                thread::spawn(move || {
                    other.done[n].store(1, Ordering::Relaxed);
                    other.latch.open();
                });
            }
            let mut taken = 0;
            loop {
                assert!(shared.latch.pass(None), "loom reports a thread that nobody wakes");
                taken += 1;
                if shared.done.iter().all(|done| done.load(Ordering::Relaxed) == 1) {
                    break;
                }
            }
            taken += usize::from(is_open(&shared.latch));
            assert!(taken <= 2, "each opening is taken once");
        });
    }

    /// A worker as controlled mode has it: a delivery is put down, its gate is opened, and it waits for the next one
    /// while whoever gave it waits at a gate of its own.
    #[test]
    fn a_worker_takes_each_delivery_once_and_the_baton_comes_back() {
        #[derive(Default)]
        struct Pair {
            /// 0: none.
            job: AtomicUsize,
            worker: Latch,
            giver: Latch,
        }
        loom::model(|| {
            let pair = Arc::new(Pair::default());
            let own = pair.clone();
            thread::spawn(move || {
                for job in 1..=2 {
                    own.worker.pass(None);
                    assert_eq!(own.job.swap(0, Ordering::Relaxed), job, "there, and once");
                    own.giver.open();
                }
            });
            for job in 1..=2 {
                assert_eq!(pair.job.swap(job, Ordering::Relaxed), 0, "the one before was taken");
                pair.worker.open();
                pair.giver.pass(None);
            }
        });
    }
}
