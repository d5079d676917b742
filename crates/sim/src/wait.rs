//! Waiting for one or several signals, for ever or for some time.

use std::panic::Location;
use std::time::{Duration, Instant};

use netiosim_model::ids::{ActorId, SignalId};
use netiosim_model::machine::Begun;

use crate::StackRef;
use crate::builder::Mode;
use crate::channel::Signal;
use crate::entry::Entry;
use crate::error::Deadlock;
use crate::schedule::State;

/// So many waits may come to the end of their time in a row while nothing is set and nothing delivered; then the
/// thread counts as one that waits for ever.
const MOST_FRUITLESS: u32 = 100_000;

impl StackRef {
    /// Waits until one of the signals lets the calling thread pass, or all of them at once do; no longer than
    /// `limit_ms`. Returns which one it was, the first if several were set; `None` when the time was over.
    ///
    /// `None` as limit is for ever, 0 does not wait. Without signals only time ends the wait. Signals of another
    /// stack must not be among them: they would be taken for others of this one.
    ///
    /// In threads mode the time is real. Otherwise it is **virtual** (chosen): it goes by when nothing else can go
    /// on, so that a wait costs no time and ends the same in every run; timers that are due before fire and what they cause
    /// is delivered. In manual mode nothing else goes on by itself, and deliveries are left to whoever drives. A
    /// stack that [follows real time](Self::follow_real_time) has a clock, and that decides.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end. That a thread asks again and again, with a limit, for what nobody
    /// will ever set is noticed after 100,000 times in controlled mode.
    #[track_caller]
    pub fn wait_signals(
        &self,
        signals: &[Signal],
        all: bool,
        limit_ms: Option<u64>,
    ) -> Result<Option<usize>, Deadlock> {
        let mut entry = self.enter(Location::caller());
        if entry.closing {
            return Err(Deadlock::closed());
        }
        let actor = entry.me.actor;
        let wanted = match signals {
            [one] => one.id(),
            several => {
                let ids: Vec<SignalId> = several.iter().map(Signal::id).collect();
                entry.machine.group_signal(&ids, all && !ids.is_empty())
            }
        };
        if let Some(at) = entry.machine.try_signal(actor, wanted) {
            entry.sched.fruitless = 0;
            return Ok(Some(at));
        }
        match limit_ms {
            Some(0) => Ok(None),
            Some(limit_ms) => entry.wait_for(wanted, limit_ms),
            None => match entry.machine.wait_signal(actor, wanted) {
                Begun::Cycle(at) => Err(entry.deadlock(at)),
                Begun::Done => Ok(Some(0)),
                Begun::Wait => {
                    entry.wait()?;
                    Ok(Some(entry.pass(actor)))
                }
            },
        }
    }
}

impl Entry<'_> {
    /// Ends a wait that can end.
    fn pass(&mut self, actor: ActorId) -> usize {
        let at = self.machine.signal_position(actor);
        self.machine.wait_end(actor);
        self.sched.fruitless = 0;
        at
    }

    fn wait_for(&mut self, wanted: SignalId, limit_ms: u64) -> Result<Option<usize>, Deadlock> {
        let actor = self.me.actor;
        let until_ms = self.machine.now_ms().saturating_add(limit_ms);
        if let Begun::Cycle(at) = self.machine.wait_signal(actor, wanted) {
            return Err(self.deadlock(at));
        }
        if self.inner.mode == Mode::Threads {
            self.park_until(actor, limit_ms);
        }
        loop {
            let endless = self.me.task.is_some() && self.sched.fruitless >= MOST_FRUITLESS;
            if self.inner.mode == Mode::Controlled {
                let state = match endless {
                    true => State::Waiting(actor),
                    false => State::Timed(actor, until_ms),
                };
                if let Some(at) = self.switch(state) {
                    self.sched.fruitless = 0;
                    return Err(self.deadlock(at));
                }
            }
            if self.machine.can_end(actor) {
                return Ok(Some(self.pass(actor)));
            }
            if !self.machine.actor_info(actor).is_alive() {
                return Err(Deadlock::process_ended());
            }
            if self.closing {
                self.machine.stop_waiting(actor);
                return Err(Deadlock::closed());
            }
            let now_ms = self.machine.now_ms();
            if now_ms >= until_ms || self.inner.mode == Mode::Threads {
                self.machine.stop_waiting(actor);
                self.sched.fruitless += 1;
                return Ok(None);
            }
            // Nothing else can go on: the next thing that happens is a timer, or the end of this wait.
            let left_ms = until_ms - now_ms;
            let timer_ms = self.machine.next_timer_ms().map_or(left_ms, |due| due.min(left_ms));
            let (machine, chooser) = self.parts();
            machine.elapse(timer_ms, chooser);
            self.flush();
        }
    }

    /// Parks a thread that runs freely until its wait can end or the real time is over.
    fn park_until(&mut self, actor: ActorId, limit_ms: u64) {
        let inner = self.inner;
        let deadline = Instant::now().checked_add(Duration::from_millis(limit_ms));
        self.flush();
        self.waiters += 1;
        loop {
            let core = &**self;
            let alive = core.machine.actor_info(actor).is_alive();
            if core.machine.can_end(actor) || core.closing || !alive {
                break;
            }
            match deadline {
                Some(deadline) => {
                    if inner.changed.wait_until(self.guard(), deadline).timed_out() {
                        break;
                    }
                }
                None => inner.changed.wait(self.guard()),
            }
        }
        self.waiters -= 1;
    }
}
