//! What the stacks of an exploration ask: who goes next, which value, which number.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netiosim_sim::model::choose::Chooser;
use netiosim_sim::model::machine::Machine;
use netiosim_sim::model::schedule::{Kind, code, lane_number, value_code};
use netiosim_sim::{NextStep, Scheduler, StepKey};
use parking_lot::Mutex;

use super::driver::{Message, Outbox};
use super::witness::freeze;
use crate::random::Random;
use crate::walk::{Choice, Walk};

/// How many more choices than the limit of depth an execution may take before it is given up: everybody was let go in turn
/// all the while.
const OVERTIME: u64 = 20_000;
/// How many steps in a row without a choice it may take: one thread alone calls again and again.
const MOST_FORCED: u64 = 1_000_000;

/// The state of one exploration that its stacks share.
pub(crate) struct Control {
    pub(crate) walk: Walk,
    /// Numbers that real systems take at random: the same in every execution.
    numbers: Random,
    seed: u64,
    depth: Option<u64>,
    options: Vec<Choice>,
    codes: BTreeMap<(&'static str, &'static str), u32>,
    /// The execution that runs, from 1.
    pub(crate) execution: u64,
    /// Whether the closure of that execution runs.
    pub(crate) under_way: bool,
    /// Where a stack of an execution that is over was called.
    pub(crate) ghost: Option<(u64, String)>,
}

impl Control {
    pub(crate) fn new(walk: Walk, seed: u64, depth: Option<u64>) -> Self {
        Self {
            walk,
            numbers: Random::new(seed),
            seed,
            depth,
            options: Vec::new(),
            codes: BTreeMap::new(),
            execution: 0,
            under_way: false,
            ghost: None,
        }
    }

    /// For one more run of a schedule.
    pub(crate) fn once_more(&self, walk: Walk) -> Self {
        Self::new(walk, self.seed, self.depth)
    }

    /// Begins an execution, if there is one more.
    fn begin(&mut self) -> bool {
        let more = self.walk.begin();
        if more {
            self.execution += 1;
            self.under_way = true;
            self.numbers = Random::new(self.seed);
        }
        more
    }

    fn pick(&mut self) -> usize {
        let options = std::mem::take(&mut self.options);
        let at = self.walk.pick(&options);
        self.options = options;
        at
    }

    fn is_endless(&self) -> bool {
        let steps = self.walk.steps().len() as u64;
        self.depth.is_some_and(|depth| steps > depth.saturating_add(OVERTIME))
    }
}

/// What an exploration, its stacks and whoever waits for it have in common.
pub(crate) struct Link {
    pub(crate) control: Mutex<Control>,
    pub(crate) outbox: Outbox,
    /// Steps without a choice since the last one with one.
    forced: AtomicU64,
}

impl Link {
    pub(crate) fn new(control: Control, outbox: Outbox) -> Self {
        Self { control: Mutex::new(control), outbox, forced: AtomicU64::new(0) }
    }

    /// Begins an execution, if there is one more, and returns its number.
    pub(crate) fn begin(&self) -> Option<u64> {
        self.forced.store(0, Ordering::Relaxed);
        let mut control = self.control.lock();
        control.begin().then_some(control.execution)
    }

    /// The execution is given up: its threads are never let go again.
    fn give_up(&self) -> ! {
        let statistics = self.control.lock().walk.statistics();
        self.outbox.send(Message::Endless(statistics));
        freeze();
    }
}

/// One stack's access to it, as scheduler and as chooser.
pub(crate) struct Decider(pub(crate) Arc<Link>);

impl Scheduler for Decider {
    fn pick(&mut self, _: &[NextStep]) -> usize {
        0
    }

    fn pick_key(&mut self, _: &Machine, steps: &[StepKey]) -> Option<usize> {
        self.0.forced.store(0, Ordering::Relaxed);
        let mut control = self.0.control.lock();
        control.options.clear();
        // Deliveries come last here, and first where the first option is what everybody expects: that a notification is
        // delivered at once.
        let begins = |step: &&StepKey| matches!(step, StepKey::Begin(_));
        let threads = steps.len() - steps.iter().rev().take_while(begins).count();
        for step in steps[threads..].iter().chain(&steps[..threads]) {
            // Actors and lanes are told apart, and stay small numbers.
            let choice = match *step {
                StepKey::Continue(actor) => {
                    Choice::step(code(Kind::Run, actor.0), actor.0 << 1, true)
                }
                StepKey::Resume(actor) => {
                    Choice::step(code(Kind::Run, actor.0), actor.0 << 1, false)
                }
                StepKey::Begin(lane) => {
                    let lane = lane_number(lane);
                    Choice::step(code(Kind::Deliver, lane), lane << 1 | 1, false)
                }
            };
            control.options.push(choice);
        }
        let at = control.pick();
        let endless = control.is_endless();
        drop(control);
        if endless {
            self.0.give_up();
        }
        let deliveries = steps.len() - threads;
        Some(if at < deliveries { threads + at } else { at - deliveries })
    }

    fn forced(&mut self) {
        // One thread at a time is here.
        let forced = self.0.forced.load(Ordering::Relaxed) + 1;
        self.0.forced.store(forced, Ordering::Relaxed);
        if forced > MOST_FORCED {
            self.0.give_up();
        }
    }
}

impl Chooser for Decider {
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
        let mut control = self.0.control.lock();
        control.options.clear();
        for value in among {
            let code =
                *control.codes.entry((what, value)).or_insert_with(|| value_code(what, value));
            control.options.push(Choice::value(code));
        }
        control.pick()
    }

    fn draw(&mut self, _: &'static str) -> u64 {
        self.0.control.lock().numbers.next_u64()
    }
}
