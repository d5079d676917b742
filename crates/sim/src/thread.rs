//! Tracked threads: their joins are part of the wait-for graph.

use std::fmt;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Arc;

use netiosim_model::ids::ActorId;

use crate::StackRef;
use crate::bind::{self, Me};
use crate::builder::Mode;
use crate::entry::Entry;
use crate::error::{Deadlock, JoinError};
use crate::schedule::{Role, State};
use crate::sync::{Mutex, thread};

type Outcome<T> = Arc<Mutex<Option<thread::Result<T>>>>;

/// A tracked thread that somebody may join. Dropping it lets the thread go on by itself.
#[must_use = "a thread that nobody joins may outlive the test"]
pub struct JoinHandle<T> {
    stack: StackRef,
    actor: ActorId,
    outcome: Outcome<T>,
}

impl<T> fmt::Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl StackRef {
    /// Starts a thread that the stack knows: in controlled mode its steps are part of the schedule,
    /// and a join that closes a circle of waits is a deadlock that is found (N013).
    ///
    /// It belongs to the calling thread's process.
    ///
    /// # Panics
    ///
    /// When the system gives no thread.
    #[track_caller]
    pub fn spawn<T: Send + 'static>(
        &self,
        name: &str,
        f: impl FnOnce() -> T + Send + 'static,
    ) -> JoinHandle<T> {
        let outcome: Outcome<T> = Arc::default();
        let mut entry = self.enter(Location::caller());
        let process = entry.machine.actor_info(entry.me.actor).process();
        let actor = entry.machine.actor(name, process);
        let controlled = self.inner.mode == Mode::Controlled;
        let (task, shared) = controlled.then(|| entry.sched.add(actor, Role::User)).unzip();
        let me = Me { actor, task, shared, guest: None };
        let (inner, result) = (self.inner.clone(), outcome.clone());
        let body = move || {
            bind::attach(&inner, &me, process, false);
            drop({
                let mut entry = Entry::new(&inner);
                entry.regain_baton();
                entry
            });
            let answer = catch_unwind(AssertUnwindSafe(f));
            *result.lock() = Some(answer);
            drop(result);
            let mut entry = Entry::new(&inner);
            entry.regain_baton();
            entry.machine.actor_exit(actor);
            entry.retire(State::Done);
            if inner.crew.is_some() {
                entry.leave_crew();
            }
            drop(entry);
            bind::detach(&inner);
        };
        match &self.inner.crew {
            Some(crew) => {
                entry.pool.alive += 1;
                crew.run(Box::new(body));
            }
            None => {
                let started = thread::Builder::new().name(name.to_owned()).spawn(body);
                drop(started.expect("the system gives a thread"));
            }
        }
        drop(entry);
        JoinHandle { stack: self.clone(), actor, outcome }
    }
}

impl StackRef {
    /// Waits for the end of a tracked thread without its handle, as many as want to.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when it would never end because it waits for the calling thread.
    #[track_caller]
    pub fn join_actor(&self, actor: ActorId) -> Result<(), Deadlock> {
        let mut entry = self.enter(Location::caller());
        let own = entry.me.actor;
        let begun = entry.machine.join(own, actor);
        entry.finish(begun)
    }
}

impl<T> JoinHandle<T> {
    /// Waits for the end of the thread.
    ///
    /// # Errors
    ///
    /// [`JoinError::Panicked`] when the thread panicked, [`JoinError::Deadlock`] when it would never
    /// end because, through any number of steps, it waits for the calling thread.
    #[track_caller]
    pub fn join(self) -> Result<T, JoinError> {
        let mut entry = self.stack.enter(Location::caller());
        let own = entry.me.actor;
        let begun = entry.machine.join(own, self.actor);
        entry.finish(begun).map_err(JoinError::Deadlock)?;
        if !self.has_outcome() {
            // Its process ended, and the thread is still on its way out.
            let outcome = &self.outcome;
            if entry.me.task.is_some() {
                entry.switch(State::Idle);
            } else {
                entry.park(|core| core.closing || outcome.lock().is_some());
            }
        }
        drop(entry);
        match self.outcome.lock().take() {
            Some(Ok(value)) => Ok(value),
            Some(Err(payload)) => Err(JoinError::Panicked(payload)),
            None => Err(JoinError::Deadlock(Deadlock::process_ended())),
        }
    }

    /// Who the thread is in the model.
    #[must_use]
    pub fn actor(&self) -> ActorId {
        self.actor
    }

    /// Whether the thread has come to its end.
    #[must_use]
    #[track_caller]
    pub fn is_finished(&self) -> bool {
        drop(self.stack.enter(Location::caller()));
        self.has_outcome()
    }

    fn has_outcome(&self) -> bool {
        self.outcome.lock().is_some()
    }
}
