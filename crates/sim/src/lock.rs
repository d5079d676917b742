//! Tracked locks: who holds them and who waits is part of the wait-for graph.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use netiosim_model::ids::LockId;
use netiosim_model::machine::LockMode;

use crate::error::Deadlock;
use crate::{StackRef, sync};

/// A mutual exclusion lock that the stack knows.
///
/// Taking it never hangs: where it would, [`lock`](Self::lock) answers with the explanation (unless
/// [`OnDeadlock`](crate::OnDeadlock) says otherwise). It is not poisoned by panics.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let count = stack.mutex("count", 1);
/// let mut guard = count.lock()?;
/// *guard += 1;
/// assert!(count.lock().is_err(), "the same thread again: a deadlock, not a second guard");
/// drop(guard);
/// assert_eq!(*count.lock()?, 2);
/// assert_eq!(stack.take_findings()[0].rule.id(), "N016");
/// # Ok::<(), netiosim_sim::Deadlock>(())
/// ```
pub struct Mutex<T> {
    held: Tracked,
    value: sync::Mutex<T>,
}

/// The right to the value of a [`Mutex`].
#[must_use = "the lock is given back when this is dropped"]
pub struct MutexGuard<'a, T> {
    // Dropped first: the value is free before the model says so.
    value: sync::MutexGuard<'a, T>,
    _release: Release<'a>,
}

/// A reader-writer lock that the stack knows; see [`Mutex`].
pub struct RwLock<T> {
    held: Tracked,
    value: sync::RwLock<T>,
}

/// The right to read the value of a [`RwLock`].
#[must_use = "the lock is given back when this is dropped"]
pub struct ReadGuard<'a, T> {
    value: sync::RwLockReadGuard<'a, T>,
    _release: Release<'a>,
}

/// The right to change the value of a [`RwLock`].
#[must_use = "the lock is given back when this is dropped"]
pub struct WriteGuard<'a, T> {
    value: sync::RwLockWriteGuard<'a, T>,
    _release: Release<'a>,
}

struct Tracked {
    stack: StackRef,
    id: LockId,
}

struct Release<'a>(Option<&'a Tracked>);

impl Tracked {
    fn acquire(
        &self,
        mode: LockMode,
        at: &'static Location<'static>,
    ) -> Result<Release<'_>, Deadlock> {
        let mut entry = self.stack.enter(at);
        if entry.closing {
            return Ok(Release(None));
        }
        if entry.refused().is_some() {
            return Err(Deadlock::process_ended());
        }
        let actor = entry.me.actor;
        let begun = entry.machine.acquire(actor, self.id, mode);
        entry.finish(begun)?;
        Ok(Release(Some(self)))
    }

    fn try_acquire(&self, mode: LockMode, at: &'static Location<'static>) -> Option<Release<'_>> {
        let mut entry = self.stack.enter(at);
        if entry.closing {
            return Some(Release(None));
        }
        let actor = entry.me.actor;
        let free = entry.refused().is_none() && entry.machine.try_acquire(actor, self.id, mode);
        // Made only if it is held: dropping one releases, and enters the stack to do so.
        free.then(|| Release(Some(self)))
    }
}

impl Drop for Release<'_> {
    #[track_caller]
    fn drop(&mut self) {
        if let Some(tracked) = self.0 {
            let mut entry = tracked.stack.enter(Location::caller());
            let actor = entry.me.actor;
            entry.machine.release(actor, tracked.id);
        }
    }
}

impl StackRef {
    /// A tracked mutual exclusion lock.
    pub fn mutex<T>(&self, name: &str, value: T) -> Mutex<T> {
        let id = self.look(|core| core.machine.lock(name, false));
        let held = Tracked { stack: self.clone(), id };
        Mutex { held, value: sync::Mutex::new(value) }
    }

    /// A tracked reader-writer lock.
    pub fn rwlock<T>(&self, name: &str, value: T) -> RwLock<T> {
        let id = self.look(|core| core.machine.lock(name, true));
        let held = Tracked { stack: self.clone(), id };
        RwLock { held, value: sync::RwLock::new(value) }
    }
}

impl<T> Mutex<T> {
    /// Takes the lock, and waits for it if somebody has it.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end: there never is a second guard.
    #[track_caller]
    pub fn lock(&self) -> Result<MutexGuard<'_, T>, Deadlock> {
        let release = self.held.acquire(LockMode::Write, Location::caller())?;
        let value = match release.0 {
            Some(_) => self.value.lock(),
            None => self.value.try_lock().ok_or_else(Deadlock::closed)?,
        };
        Ok(MutexGuard { value, _release: release })
    }

    /// Takes the lock if it is free.
    #[track_caller]
    pub fn try_lock(&self) -> Option<MutexGuard<'_, T>> {
        let release = self.held.try_acquire(LockMode::Write, Location::caller())?;
        Some(MutexGuard { value: self.value.try_lock()?, _release: release })
    }

    /// The value; the exclusive borrow says that nobody has the lock.
    pub fn get_mut(&mut self) -> &mut T {
        self.value.get_mut()
    }
}

impl<T> RwLock<T> {
    /// Takes the lock to read, together with other readers.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end.
    #[track_caller]
    pub fn read(&self) -> Result<ReadGuard<'_, T>, Deadlock> {
        let release = self.held.acquire(LockMode::Read, Location::caller())?;
        let value = match release.0 {
            Some(_) => self.value.read_recursive(),
            None => self.value.try_read().ok_or_else(Deadlock::closed)?,
        };
        Ok(ReadGuard { value, _release: release })
    }

    /// Takes the lock to write, alone.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end.
    #[track_caller]
    pub fn write(&self) -> Result<WriteGuard<'_, T>, Deadlock> {
        let release = self.held.acquire(LockMode::Write, Location::caller())?;
        let value = match release.0 {
            Some(_) => self.value.write(),
            None => self.value.try_write().ok_or_else(Deadlock::closed)?,
        };
        Ok(WriteGuard { value, _release: release })
    }

    /// Takes the lock to read if that is possible at once.
    #[track_caller]
    pub fn try_read(&self) -> Option<ReadGuard<'_, T>> {
        let release = self.held.try_acquire(LockMode::Read, Location::caller())?;
        Some(ReadGuard { value: self.value.try_read()?, _release: release })
    }

    /// Takes the lock to write if that is possible at once.
    #[track_caller]
    pub fn try_write(&self) -> Option<WriteGuard<'_, T>> {
        let release = self.held.try_acquire(LockMode::Write, Location::caller())?;
        Some(WriteGuard { value: self.value.try_write()?, _release: release })
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

impl<T> Deref for ReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> Deref for WriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for WriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

macro_rules! debug {
    ($($name:ident),*) => {
        $(impl<T> fmt::Debug for $name<T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("id", &self.held.id).finish_non_exhaustive()
            }
        })*
    };
}

debug!(Mutex, RwLock);

macro_rules! debug_guard {
    ($($name:ident),*) => {
        $(impl<T: fmt::Debug> fmt::Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        })*
    };
}

debug_guard!(MutexGuard, ReadGuard, WriteGuard);
