//! Coroutines that hang all at once: the one thread that they share is blocked where no stack can see it.

use netiosim_sim::{Crew, StackRef};
use parking_lot::Mutex;

use super::control::Control;
use super::driver::{Outcome, Wrong};
use super::failure::Trouble;
use crate::story;
use crate::walk::Coverage;

/// How many looks in a row must find them hanging.
const LOOKS: u32 = 10;

/// What was seen of them so far.
#[derive(Default)]
pub(crate) struct Hanging {
    crew: Option<Crew>,
    execution: u64,
    looks: u32,
}

impl Hanging {
    /// Nothing yet.
    pub(crate) fn of(crew: Crew) -> Self {
        Self { crew: Some(crew), ..Self::default() }
    }

    /// Looks once more; the stack of the execution, if that was seen to hang often enough in a row.
    pub(crate) fn look(&mut self, execution: u64) -> Option<StackRef> {
        let stack = self.crew.as_ref()?.hanging();
        let same = stack.is_some() && self.execution == execution;
        self.execution = execution;
        self.looks = if same { self.looks + 1 } else { 0 };
        stack.filter(|_| self.looks >= LOOKS)
    }
}

/// What comes out of an exploration whose execution hangs: it is left behind.
pub(crate) fn blocked(stack: &StackRef, control: &Mutex<Control>) -> Outcome {
    let (mut statistics, steps) = {
        let control = control.lock();
        (control.walk.statistics(), control.walk.steps().to_vec())
    };
    statistics.executions += 1;
    statistics.steps += steps.len() as u64;
    statistics.max_depth = statistics.max_depth.max(steps.len() as u64);
    let (story, trace) = (story::of_stack(stack), stack.trace());
    let execution = statistics.executions;
    let wrong = Wrong { trouble: Trouble::Blocked, execution, steps, story, trace };
    Outcome { coverage: Coverage::Sampled, statistics, wrong: Some(wrong) }
}
