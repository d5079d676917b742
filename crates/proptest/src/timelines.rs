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
pub(crate) struct Shrinking {
    machine: Machine,
    steps: Vec<Step>,
    /// What was given up for the last attempt.
    undo: Option<(Machine, Vec<Step>)>,
    next: Attempt,
}

/// What is tried next.
#[derive(Clone, Copy, Debug)]
enum Attempt {
    /// The plain machine at home.
    PlainMachine,
    /// As many steps are left out at once, up to this one, from the last to the first.
    Without { chunk: usize, end: usize },
    /// Nothing is left to try.
    Over,
}

impl<M: Strategy<Value = Machine>> Strategy for Timelines<M> {
    type Tree = Shrinking;
    type Value = Timeline;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let machine = self.machines.new_tree(runner)?.current();
        let count = (self.steps.start()..self.steps.end_excl()).new_tree(runner)?.current();
        let (draws, mut reference) = (Draw::any(), Reference::new(&machine));
        let mut steps = Vec::with_capacity(count);
        for _ in 0..count {
            let step = draws.new_tree(runner)?.current().step(&reference, &self.topics);
            reference.apply(&step);
            steps.push(step);
        }
        Ok(Shrinking { machine, steps, undo: None, next: Attempt::PlainMachine })
    }
}

impl Shrinking {
    /// The smaller timeline of the next attempt that is one.
    fn smaller(&mut self) -> Option<(Machine, Vec<Step>)> {
        loop {
            match self.next {
                Attempt::PlainMachine => {
                    self.next = Attempt::Without {
                        chunk: self.steps.len().div_ceil(2),
                        end: self.steps.len(),
                    };
                    if self.machine != Machine::default() {
                        let machine = Machine::default();
                        let steps = sensible(&machine, self.steps.clone());
                        return Some((machine, steps));
                    }
                }
                Attempt::Without { chunk: 0, .. } | Attempt::Over => {
                    self.next = Attempt::Over;
                    return None;
                }
                Attempt::Without { chunk, end: 0 } => {
                    let chunk = if chunk == 1 { 0 } else { chunk.div_ceil(2) };
                    self.next = Attempt::Without { chunk, end: self.steps.len() };
                }
                Attempt::Without { chunk, end } => {
                    let end = end.min(self.steps.len());
                    let start = end.saturating_sub(chunk);
                    self.next = Attempt::Without { chunk, end: start };
                    if start < end {
                        let mut steps = self.steps.clone();
                        steps.drain(start..end);
                        return Some((self.machine.clone(), sensible(&self.machine, steps)));
                    }
                }
            }
        }
    }
}

/// The steps that make sense on the machine, each after those before it.
fn sensible(machine: &Machine, steps: Vec<Step>) -> Vec<Step> {
    let mut reference = Reference::new(machine);
    steps.into_iter().filter(|step| reference.apply(step)).collect()
}

impl ValueTree for Shrinking {
    type Value = Timeline;

    fn current(&self) -> Timeline {
        Timeline { machine: self.machine.clone(), steps: self.steps.clone() }
    }

    fn simplify(&mut self) -> bool {
        let Some((machine, steps)) = self.smaller() else { return false };
        let machine = std::mem::replace(&mut self.machine, machine);
        self.undo = Some((machine, std::mem::replace(&mut self.steps, steps)));
        true
    }

    fn complicate(&mut self) -> bool {
        let Some((machine, steps)) = self.undo.take() else { return false };
        (self.machine, self.steps) = (machine, steps);
        true
    }
}
