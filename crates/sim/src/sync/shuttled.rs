//! shuttle's primitives under the names and with the signatures of those that this crate is written for.
//!
//! What differs, and how it is bridged (all of it chosen):
//! - **Poison.** Our locks have none; shuttle's is looked through.
//! - **Time.** shuttle has none. A wait with a time limit ends as soon as the scheduler lets the waiting thread go on,
//!   with "the time is over": early or late is one of the scheduler's decisions, so that both ends of such a wait are
//!   tried, no random number is drawn, and a thread that would be woken by time alone is no deadlock.
//!   What is only there to say that something takes long has [no deadline](super::deadline).
//! - **Channels.** shuttle's have one receiver; ours have several, and are made of a lock and a condition variable.
//! - **Read locks.** shuttle's are not for one thread twice; these are tried until they are free.

use std::collections::VecDeque;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::sync::PoisonError;
use std::time::{Duration, Instant};

pub(crate) use shuttle::sync::atomic;
pub(crate) use shuttle::thread_local;

/// Why stacks cannot be made here; `None`: they can.
pub(super) fn refusal(controlled: bool) -> Option<&'static str> {
    if shuttle::current::try_get_current_task().is_none() {
        return Some(
            "this build has the feature `shuttle`: a stack lives inside a test of shuttle's, such as `shuttle::check_random`, and this is outside of one",
        );
    }
    controlled.then_some(
        "this build has the feature `shuttle`, and controlled mode needs the threads of the system: use threads mode, where shuttle decides the order, or a build without the feature",
    )
}

pub(crate) mod thread {
    //! Threads of shuttle's.

    use std::io;

    pub(crate) use shuttle::thread::{JoinHandle, Result, current, panicking, yield_now};

    /// Stack of a thread, in bytes: shuttle's default is meant for tests of a lock.
    const STACK: usize = 0x10_0000;

    /// As the standard library's.
    #[derive(Debug)]
    pub(crate) struct Builder(shuttle::thread::Builder);

    impl Builder {
        pub(crate) fn new() -> Self {
            Self(shuttle::thread::Builder::new().stack_size(STACK))
        }

        pub(crate) fn name(self, name: String) -> Self {
            Self(self.0.name(name))
        }

        pub(crate) fn spawn<T: Send + 'static>(
            self,
            f: impl FnOnce() -> T + Send + 'static,
        ) -> io::Result<JoinHandle<T>> {
            self.0.spawn(f)
        }
    }
}

/// As `parking_lot`'s.
#[derive(Default)]
pub(crate) struct Mutex<T>(shuttle::sync::Mutex<T>);

/// As `parking_lot`'s.
pub(crate) struct MutexGuard<'a, T> {
    mutex: &'a Mutex<T>,
    /// `None` while somebody waits, or is [outside](Self::unlocked).
    own: Option<shuttle::sync::MutexGuard<'a, T>>,
}

impl<T> Mutex<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(shuttle::sync::Mutex::new(value))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, T> {
        MutexGuard { mutex: self, own: Some(self.take()) }
    }

    pub(crate) fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let own = match self.0.try_lock() {
            Ok(own) => own,
            Err(std::sync::TryLockError::Poisoned(error)) => error.into_inner(),
            Err(std::sync::TryLockError::WouldBlock) => return None,
        };
        Some(MutexGuard { mutex: self, own: Some(own) })
    }

    pub(crate) fn get_mut(&mut self) -> &mut T {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> shuttle::sync::MutexGuard<'_, T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex(..)")
    }
}

impl<T> MutexGuard<'_, T> {
    /// Gives the lock back while `f` runs, and takes it again however that ends.
    pub(crate) fn unlocked<R>(guard: &mut Self, f: impl FnOnce() -> R) -> R {
        struct Again<'g, 'a, T>(&'g mut MutexGuard<'a, T>);
        impl<T> Drop for Again<'_, '_, T> {
            fn drop(&mut self) {
                self.0.own = Some(self.0.mutex.take());
            }
        }
        let again = Again(guard);
        drop(again.0.own.take());
        f()
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.own.as_ref().expect("the lock is held")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.own.as_mut().expect("the lock is held")
    }
}

/// As `parking_lot`'s.
#[derive(Debug)]
pub(crate) struct Condvar(shuttle::sync::Condvar);

/// Whether a wait came to the end of its time.
pub(crate) struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub(crate) fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    pub(crate) const fn new() -> Self {
        Self(shuttle::sync::Condvar::new())
    }

    pub(crate) fn wait<T>(&self, guard: &mut MutexGuard<'_, T>) {
        let own = guard.own.take().expect("the lock is held");
        guard.own = Some(self.0.wait(own).unwrap_or_else(PoisonError::into_inner));
    }

    /// The time is over as soon as the scheduler says so.
    pub(crate) fn wait_until<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        _: Instant,
    ) -> WaitTimeoutResult {
        MutexGuard::unlocked(guard, thread::yield_now);
        WaitTimeoutResult(true)
    }

    /// As [`wait_until`](Self::wait_until).
    pub(crate) fn wait_for<T>(
        &self,
        guard: &mut MutexGuard<'_, T>,
        limit: Duration,
    ) -> WaitTimeoutResult {
        let _ = limit;
        MutexGuard::unlocked(guard, thread::yield_now);
        WaitTimeoutResult(true)
    }

    pub(crate) fn notify_one(&self) {
        self.0.notify_one();
    }

    pub(crate) fn notify_all(&self) {
        self.0.notify_all();
    }
}

pub(crate) use parking_lot::{RwLockReadGuard, RwLockWriteGuard};

/// As `parking_lot`'s. Who wants it asks again and again; the stack, which lets nobody come to it before it is free,
/// is who waits.
#[derive(Default)]
pub(crate) struct RwLock<T>(parking_lot::RwLock<T>);

impl<T> RwLock<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(parking_lot::RwLock::new(value))
    }

    pub(crate) fn read_recursive(&self) -> RwLockReadGuard<'_, T> {
        asked(|| self.0.try_read_recursive())
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, T> {
        asked(|| self.0.try_write())
    }

    pub(crate) fn try_read(&self) -> Option<RwLockReadGuard<'_, T>> {
        self.0.try_read()
    }

    pub(crate) fn try_write(&self) -> Option<RwLockWriteGuard<'_, T>> {
        self.0.try_write()
    }
}

fn asked<G>(ask: impl Fn() -> Option<G>) -> G {
    loop {
        if let Some(guard) = ask() {
            return guard;
        }
        thread::yield_now();
    }
}

pub(crate) mod channel {
    //! Unbounded channels, with as many receivers as one wants.

    use std::sync::Arc;

    use super::{Condvar, Mutex, VecDeque};

    #[derive(Debug)]
    struct Queue<T> {
        messages: Mutex<VecDeque<T>>,
        come: Condvar,
    }

    /// As `crossbeam_channel`'s.
    #[derive(Debug)]
    pub(crate) struct Sender<T>(Arc<Queue<T>>);

    /// As `crossbeam_channel`'s.
    #[derive(Debug)]
    pub(crate) struct Receiver<T>(Arc<Queue<T>>);

    /// Nobody will ever receive, or send. Whoever uses one end here keeps the other, too: it does not happen.
    #[derive(Debug)]
    pub(crate) enum Disconnected {}

    impl<T> Clone for Receiver<T> {
        fn clone(&self) -> Self {
            Self(self.0.clone())
        }
    }

    pub(crate) fn unbounded<T>() -> (Sender<T>, Receiver<T>) {
        let queue = Arc::new(Queue { messages: Mutex::default(), come: Condvar::new() });
        (Sender(queue.clone()), Receiver(queue))
    }

    impl<T> Sender<T> {
        pub(crate) fn send(&self, message: T) -> Result<(), Disconnected> {
            self.0.messages.lock().push_back(message);
            self.0.come.notify_one();
            Ok(())
        }
    }

    impl<T> Receiver<T> {
        pub(crate) fn recv(&self) -> Result<T, Disconnected> {
            let mut messages = self.0.messages.lock();
            loop {
                if let Some(message) = messages.pop_front() {
                    return Ok(message);
                }
                self.0.come.wait(&mut messages);
            }
        }
    }
}
