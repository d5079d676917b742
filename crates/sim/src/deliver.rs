//! Deliveries: begin, call, end; and the driving of them by hand.

use std::panic::Location;

use netiosim_model::ids::LaneId;
use netiosim_model::machine::{Due, RowRef};
use netiosim_model::rule::Rule;

use crate::StackRef;
use crate::barrier::Spot;
use crate::builder::{Mode, SwitchAt};
use crate::callback::Delivery;
use crate::entry::Entry;
use crate::error::NotIdle;
use crate::schedule::State;

impl Entry<'_> {
    /// Begins a delivery on the calling thread, and runs it to its end.
    pub(crate) fn deliver(&mut self, lane: LaneId) {
        let actor = self.me.actor;
        let due = self.machine.delivery_begin(lane, actor);
        self.run(&due);
    }

    /// Runs a delivery that has begun on the calling thread's actor.
    pub(crate) fn run(&mut self, due: &Due) {
        let actor = self.me.actor;
        let handle = due.lane.handle;
        let depth = self.machine.actor_info(actor).frames().len();
        let callback = self.stored.get(&handle).map(|stored| stored.callback.clone());
        self.hold_at(Spot::Entered, handle);
        if self.inner.switch_at == SwitchAt::Returns {
            self.yield_to_deliveries();
        }
        if let Some(callback) = callback {
            let lent = RowRef { handle, number: due.number };
            let row = due.notification.has_row().then_some(lent);
            let stack = StackRef { inner: self.inner.clone() };
            let delivery = Delivery { due: due.clone(), row, stack };
            let answer = self.outside(move || callback.call(&delivery));
            if let Err(text) = answer {
                let name = self.name_of(handle).unwrap_or_else(|| "?".into());
                let message = format!("the callback of \"{name}\" panicked: {text}");
                self.machine.report(Rule::CallbackPanicked, actor, Some(handle), message);
            }
        }
        self.hold_at(Spot::Returning, handle);
        // The process may have ended under the callback, and its delivery with it.
        let frames = self.machine.actor_info(actor).frames();
        if frames.len() == depth && frames.last() == Some(&due.lane) {
            self.machine.delivery_end(actor);
        }
        self.delivered += 1;
        self.sweep(handle);
    }

    /// One delivery on the calling thread, if there is one to make.
    fn step(&mut self) -> bool {
        let core = &mut **self;
        let Some(lane) = core.picker.pick_lane(&core.machine) else { return false };
        let Some(process) = core.process_of(lane) else { return false };
        self.within(process, |entry| entry.deliver(lane));
        true
    }

    fn idle(&mut self, limit: usize) -> Result<usize, NotIdle> {
        // Where deliveries go on by themselves, those since the last time count as well.
        let start = self.delivered;
        let before = if self.inner.mode == Mode::Manual { start } else { self.counted };
        match self.inner.mode {
            Mode::Manual => {
                let mut steps = 0;
                while steps < limit && self.step() {
                    steps += 1;
                }
            }
            Mode::Threads => {
                let own = self.me.actor;
                self.park(|core| {
                    core.is_idle(own) || core.closing || core.delivered - start >= limit
                });
            }
            Mode::Controlled => {
                self.sched.idle_limit = Some(start.saturating_add(limit));
                self.switch(State::Idle);
                self.sched.idle_limit = None;
            }
        }
        let deliveries = self.delivered - before;
        self.counted = self.delivered;
        match self.delivered - start >= limit && !self.is_idle(self.me.actor) {
            true => Err(NotIdle { deliveries }),
            false => Ok(deliveries),
        }
    }
}

impl StackRef {
    /// Makes one delivery on the calling thread: begin, call, end. Returns whether there was one.
    ///
    /// In threads and controlled mode deliveries are made by threads of the stack; there this makes
    /// none and returns `false`.
    #[track_caller]
    pub fn step(&self) -> bool {
        let mut entry = self.enter(Location::caller());
        self.inner.mode == Mode::Manual && entry.step()
    }

    /// Makes every delivery that can be made now, and those that they cause, and returns their
    /// number. Time does not go by.
    ///
    /// In threads and controlled mode it waits until nothing can go on without the calling thread: a
    /// delivery that is held by a [barrier](crate::Barrier), or waits for what nobody is about to do,
    /// counts as idle. The number is that of the deliveries since the last time it was asked for.
    ///
    /// # Panics
    ///
    /// After as many deliveries as [`Builder::delivery_limit`](crate::Builder::delivery_limit) says
    /// (100,000 unless changed): a callback that causes its own notification never comes to rest.
    /// [`run_until_idle_within`](Self::run_until_idle_within) answers instead.
    #[track_caller]
    pub fn run_until_idle(&self) -> usize {
        match self.run_until_idle_within(self.inner.delivery_limit) {
            Ok(deliveries) => deliveries,
            Err(error) => panic!("{error}"),
        }
    }

    /// Like [`run_until_idle`](Self::run_until_idle), with a limit of its own.
    ///
    /// # Errors
    ///
    /// [`NotIdle`] when the limit was reached and there is still something to deliver.
    #[track_caller]
    pub fn run_until_idle_within(&self, limit: usize) -> Result<usize, NotIdle> {
        self.enter(Location::caller()).idle(limit)
    }

    /// Lets virtual time go by, fires every timer on the way in the order of their deadlines, and
    /// makes the deliveries that become due, each at its time. Returns the number of deliveries.
    ///
    /// What was due before is delivered first.
    ///
    /// # Panics
    ///
    /// As [`run_until_idle`](Self::run_until_idle).
    #[track_caller]
    pub fn advance_ms(&self, ms: u64) -> usize {
        let mut deliveries = self.run_until_idle();
        let mut left_ms = ms;
        loop {
            let gone_ms = {
                let mut entry = self.enter(Location::caller());
                // Who waits until a time in between goes on at that time.
                let now_ms = entry.machine.now_ms();
                let wait_ms = entry.sched.deadline_ms(now_ms).map_or(left_ms, |at| at - now_ms);
                let (machine, chooser) = entry.parts();
                machine.elapse(left_ms.min(wait_ms), chooser)
            };
            left_ms -= gone_ms;
            deliveries += self.run_until_idle();
            if left_ms == 0 {
                return deliveries;
            }
        }
    }

    /// The virtual time, in milliseconds since the stack began.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.look(|core| core.machine.now_ms())
    }

    /// Milliseconds until the next timer of the environment; `None` when none runs.
    #[must_use]
    pub fn next_timer_ms(&self) -> Option<u64> {
        self.look(|core| core.machine.next_timer_ms())
    }
}
