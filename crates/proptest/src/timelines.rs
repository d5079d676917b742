//! Timelines are drawn on a machine and shrunk as what they are: steps are left out, and with them those that make no sense
//! any more.

use proptest::collection::SizeRange;
use proptest::prelude::*;
use proptest::strategy::{NewTree, ValueTree};
use proptest::test_runner::TestRunner;

use crate::draw::{Draw, Topic};
use crate::machine::Machine;
use crate::reference::Reference;
use crate::step::{Step, Timeline};

/// A strategy of timelines.
#[derive(Clone, Debug)]
pub(crate) struct Timelines<M> {
    pub(crate) machines: M,
    pub(crate) topics: Vec<Topic>,
    pub(crate) steps: SizeRange,
}

/// A timeline that gets smaller.
#[derive(Debug)]
pub(crate) struct Shrinking<M> {
    /// The machine, which shrinks as its own strategy has it.
    machines: M,
    steps: Vec<Step>,
    /// As few steps as there may be.
    least: usize,
    /// The steps that were given up for the last attempt.
    undo: Option<Vec<Step>>,
    /// Whether anything was left out in this round before the last attempt.
    kept: bool,
    next: Attempt,
}

/// What is tried next.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    /// As many steps are left out at once, up to this one, from the last to the first; and whether any of this round could be.
    Without { chunk: usize, end: usize, any: bool },
    /// A simpler machine.
    Machine,
    /// Nothing is left to try.
    Over,
}

impl<M: Strategy<Value = Machine>> Strategy for Timelines<M> {
    type Tree = Shrinking<M::Tree>;
    type Value = Timeline;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let machines = self.machines.new_tree(runner)?;
        let machine = machines.current();
        let count = (self.steps.start()..self.steps.end_excl()).new_tree(runner)?.current();
        let (draws, mut reference) = (Draw::any(), Reference::new(&machine));
        let mut steps = Vec::with_capacity(count);
        for _ in 0..count {
            let step = draws.new_tree(runner)?.current().step(&reference, &self.topics);
            reference.apply(&step);
            steps.push(step);
        }
        let next = Attempt::Without { chunk: count.div_ceil(2), end: count, any: false };
        Ok(Shrinking { machines, steps, least: self.steps.start(), undo: None, kept: false, next })
    }
}

impl<M: ValueTree<Value = Machine>> Shrinking<M> {
    /// Fewer steps: the next attempt of that kind, if one is left.
    fn fewer(&mut self) -> Option<Vec<Step>> {
        loop {
            let Attempt::Without { chunk, end, any } = self.next else { return None };
            let len = self.steps.len();
            self.next = match (chunk, end.min(len)) {
                // Once more, as long as single steps can be left out; then the machine.
                (0 | 1, 0) if any => Attempt::Without { chunk: 1, end: len, any: false },
                (0 | 1, 0) => Attempt::Machine,
                (_, 0) => Attempt::Without { chunk: chunk.div_ceil(2), end: len, any: false },
                (_, end) => {
                    let start = end.saturating_sub(chunk);
                    let mut steps = self.steps.clone();
                    steps.drain(start..end);
                    let steps = sensible(&self.machines.current(), steps);
                    // Whether it is kept shows when the next attempt is asked for.
                    self.next = Attempt::Without { chunk, end: start, any: true };
                    self.kept = any;
                    if steps.len() >= self.least && steps.len() < len {
                        return Some(steps);
                    }
                    Attempt::Without { chunk, end: start, any }
                }
            };
        }
    }
}

/// The steps that make sense on the machine, each after those before it.
fn sensible(machine: &Machine, steps: Vec<Step>) -> Vec<Step> {
    let mut reference = Reference::new(machine);
    steps.into_iter().filter(|step| reference.apply(step)).collect()
}

impl<M: ValueTree<Value = Machine>> ValueTree for Shrinking<M> {
    type Value = Timeline;

    fn current(&self) -> Timeline {
        // On a simpler machine some steps may make no sense.
        let machine = self.machines.current();
        let steps = sensible(&machine, self.steps.clone());
        Timeline { machine, steps }
    }

    fn simplify(&mut self) -> bool {
        if let Some(steps) = self.fewer() {
            self.undo = Some(std::mem::replace(&mut self.steps, steps));
            return true;
        }
        self.undo = None;
        if matches!(self.next, Attempt::Machine) && self.machines.simplify() {
            // A machine on which too few of the steps make sense is none of the strategy's timelines.
            if self.current().steps.len() >= self.least {
                return true;
            }
            self.machines.complicate();
        }
        self.next = Attempt::Over;
        false
    }

    fn complicate(&mut self) -> bool {
        if let Some(steps) = self.undo.take() {
            self.steps = steps;
            // Nothing was left out after all.
            if let Attempt::Without { any, .. } = &mut self.next {
                *any = self.kept;
            }
            return true;
        }
        matches!(self.next, Attempt::Machine) && self.machines.complicate()
    }
}
