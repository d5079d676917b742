//! One call of the API: the lock, who calls, and how a call waits.

use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use netiosim_model::ids::ProcessId;
use netiosim_model::machine::Begun;
use netiosim_model::status::{Flavour, Status};

use crate::bind::{self, Me};
use crate::builder::{Mode, OnDeadlock, SwitchAt};
use crate::core::{Core, Inner};
use crate::error::Deadlock;
use crate::gate::Handover;
use crate::schedule::State;
use crate::sync::{self, MutexGuard};
use crate::{StackRef, pool, site, watchdog};

/// The calling thread inside the API. Dropping it ends the call: whoever waits for what it did is
/// told, and callbacks that nobody can reach any more are dropped once the lock is given back.
pub(crate) struct Entry<'a> {
    pub(crate) inner: &'a Arc<Inner>,
    guard: Option<MutexGuard<'a, Core>>,
    pub(crate) me: Me,
    /// It is a call of the API, and no look at it.
    call: bool,
    handover: Handover,
}

impl StackRef {
    /// Begins a call of the API: in controlled mode a point where others may go first.
    pub(crate) fn enter(&self, at: &'static Location<'static>) -> Entry<'_> {
        let site = site::take();
        let mut entry = Entry::new(&self.inner);
        if let Some(site) = site.filter(|site| !entry.has_place(*site)) {
            // That takes long: nobody has to wait meanwhile.
            MutexGuard::unlocked(entry.guard(), || drop(site.name()));
        }
        entry.call = true;
        entry.yield_baton();
        if entry.closing {
            entry.tell_of_ghost(at);
        }
        entry.catch_up();
        entry.revive();
        let actor = entry.me.actor;
        match site {
            Some(site) => entry.place_at(actor, site),
            None => entry.place(actor, at),
        }
        entry
    }

    /// Looks at the stack without doing anything: no step of a schedule.
    pub(crate) fn look<R>(&self, f: impl FnOnce(&mut Core) -> R) -> R {
        f(&mut self.inner.core.lock())
    }
}

impl<'a> Entry<'a> {
    /// Takes the lock as the calling thread, which becomes an actor if it is none yet.
    pub(crate) fn new(inner: &'a Arc<Inner>) -> Self {
        let me = bind::current(inner);
        if let Some(Me { shared: Some(shared), .. }) = &me {
            shared.in_api.store(true, Ordering::Release);
        }
        let mut core = inner.core.lock();
        let me = me.unwrap_or_else(|| bind::bind(inner, &mut core));
        Self { inner, guard: Some(core), me, call: false, handover: Handover::Nobody }
    }

    pub(crate) fn guard(&mut self) -> &mut MutexGuard<'a, Core> {
        self.guard.as_mut().expect("the lock is held until the entry is dropped")
    }

    /// Wakes whoever goes on when this call gives back the lock.
    pub(crate) fn hand_over_later(&mut self, handover: Handover) {
        debug_assert!(matches!(self.handover, Handover::Nobody), "one at a time");
        self.handover = handover;
    }

    pub(crate) fn take_handover(&mut self) -> Handover {
        std::mem::replace(&mut self.handover, Handover::Nobody)
    }

    /// Why a call of this thread is refused before the model sees it.
    pub(crate) fn refused(&self) -> Option<Status> {
        let process = self.machine.actor_info(self.me.actor).process();
        let kernel = self.machine.flavour(self.me.actor) == Flavour::Kernel;
        if self.closing {
            // ERROR_SHUTDOWN_IN_PROGRESS, STATUS_SYSTEM_SHUTDOWN.
            return Some(Status::Raw(if kernel { 0xC000_02DE } else { 1115 }));
        }
        if !self.machine.processes()[process.slot()].is_alive() {
            // ERROR_PROCESS_ABORTED, STATUS_PROCESS_IS_TERMINATING.
            return Some(Status::Raw(if kernel { 0xC000_010A } else { 1067 }));
        }
        None
    }

    /// A thread that goes on after its process was started again is that process's thread anew.
    fn revive(&mut self) {
        let actor = self.me.actor;
        if !self.machine.actor_info(actor).is_alive() {
            let process = self.machine.actor_info(actor).process();
            if self.machine.processes()[process.slot()].is_alive() {
                self.machine.actor_reuse(actor, process);
            }
        }
    }

    /// Runs user code with no lock held.
    pub(crate) fn outside<R>(&mut self, f: impl FnOnce() -> R) -> R {
        self.flush();
        let garbage = std::mem::take(&mut self.garbage);
        let shared = self.me.shared.clone();
        let guard = self.guard();
        let answer = MutexGuard::unlocked(guard, || {
            if let Some(shared) = &shared {
                shared.in_api.store(false, Ordering::Release);
            }
            drop(garbage);
            let answer = f();
            if let Some(shared) = &shared {
                shared.in_api.store(true, Ordering::Release);
            }
            answer
        });
        self.regain_baton();
        answer
    }

    /// Acts for another process while `f` runs.
    pub(crate) fn within<R>(&mut self, process: ProcessId, f: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.me.actor;
        if self.machine.actor_info(outer).process() == process {
            return f(self);
        }
        let inner = self.inner;
        let actor = bind::actor_in(inner, self, process);
        self.me.actor = actor;
        self.revive();
        if let Some(place) = self.machine.actor_info(outer).place() {
            self.machine.at_place(actor, place);
        }
        bind::push(inner, actor);
        let answer = f(self);
        bind::pop(inner, actor);
        self.me.actor = outer;
        answer
    }

    /// Tells everybody who may have waited for the step that was just done.
    pub(crate) fn flush(&mut self) {
        let inner = self.inner;
        self.observe();
        self.complete();
        if self.clock_is_late() {
            inner.tick.notify_all();
        }
        if self.waiters > 0 {
            inner.changed.notify_all();
        }
        match inner.mode {
            Mode::Manual => {}
            Mode::Threads => pool::kick(inner, self),
            Mode::Controlled => crate::monitor::poke(inner, self),
        }
    }

    /// Finishes the first step of a wait that is not a cancel's.
    pub(crate) fn finish(&mut self, begun: Begun) -> Result<(), Deadlock> {
        match begun {
            Begun::Done => Ok(()),
            Begun::Wait => {
                self.wait()?;
                let actor = self.me.actor;
                self.machine.wait_end(actor);
                Ok(())
            }
            Begun::Cycle(at) => Err(self.deadlock(at)),
        }
    }

    /// Parks until the model says that the actor's wait can end.
    pub(crate) fn wait(&mut self) -> Result<(), Deadlock> {
        let actor = self.me.actor;
        if self.inner.mode == Mode::Controlled {
            if let Some(task) = self.me.task {
                if let Some(at) = self.switch(State::Waiting(actor)) {
                    return Err(self.deadlock(at));
                }
                debug_assert!(
                    self.sched.task(task).is_running() || self.closing,
                    "it was its turn"
                );
            }
        } else {
            self.park(|core| {
                core.machine.can_end(actor)
                    || core.closing
                    || !core.machine.actor_info(actor).is_alive()
            });
        }
        if self.machine.can_end(actor) {
            return Ok(());
        }
        if !self.machine.actor_info(actor).is_alive() {
            return Err(Deadlock::process_ended());
        }
        Err(self.give_up())
    }

    /// What a wait that would never end comes to.
    pub(crate) fn deadlock(&mut self, at: usize) -> Deadlock {
        let finding = self.machine.findings()[at].clone();
        match self.inner.on_deadlock {
            OnDeadlock::Error => {
                let actor = self.me.actor;
                let (machine, chooser) = self.parts();
                machine.abandon(actor, chooser);
                Deadlock::found(finding)
            }
            OnDeadlock::Hang => {
                if self.inner.announce {
                    watchdog::say(&format!(
                        "netiosim: this thread hangs now, as it would on Windows:\n{finding}\n"
                    ));
                }
                self.tell_stuck();
                if self.inner.mode == Mode::Controlled && self.me.task.is_some() {
                    self.switch(State::Hanging);
                }
                self.park(|core| core.closing);
                self.give_up()
            }
            OnDeadlock::Abort => {
                watchdog::say(&format!("netiosim: deadlock\n{finding}\n"));
                self.abort();
            }
        }
    }

    /// The stack goes away while the thread waits.
    fn give_up(&mut self) -> Deadlock {
        let actor = self.me.actor;
        if self.machine.actor_info(actor).wait().is_some() {
            let (machine, chooser) = self.parts();
            machine.abandon(actor, chooser);
        }
        Deadlock::closed()
    }

    /// Parks a thread that runs freely until `over` holds; the watchdog speaks up once.
    pub(crate) fn park(&mut self, over: impl Fn(&mut Core) -> bool) {
        let inner = self.inner;
        let mut told = false;
        let deadline = sync::deadline(inner.watchdog);
        self.flush();
        self.waiters += 1;
        while !over(self) {
            match deadline.filter(|_| !told) {
                Some(deadline) => {
                    told = inner.changed.wait_until(self.guard(), deadline).timed_out();
                    if told && !over(self) {
                        watchdog::report(self);
                    }
                }
                None => inner.changed.wait(self.guard()),
            }
        }
        self.waiters -= 1;
    }
}

impl Deref for Entry<'_> {
    type Target = Core;

    fn deref(&self) -> &Core {
        self.guard.as_ref().expect("the lock is held until the entry is dropped")
    }
}

impl DerefMut for Entry<'_> {
    fn deref_mut(&mut self) -> &mut Core {
        self.guard()
    }
}

impl Drop for Entry<'_> {
    fn drop(&mut self) {
        self.flush();
        if self.call && self.inner.switch_at == SwitchAt::Returns {
            self.yield_again();
        }
        let garbage = std::mem::take(&mut self.garbage);
        self.guard = None;
        self.take_handover().make();
        if let Some(shared) = &self.me.shared {
            shared.in_api.store(false, Ordering::Release);
        }
        drop(garbage);
    }
}
