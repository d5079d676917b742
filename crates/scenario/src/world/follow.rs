//! A schedule of a scenario: the codes of what was chosen, and the way back from them to a world.

use std::fmt;
use std::sync::Arc;

use netiosim_model::schedule::{Kind, code, lane_number, value_code};

use super::{Choice, World};
use crate::program::Program;

/// A schedule asks for something that cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strayed {
    /// The position of the code in the schedule.
    pub at: usize,
    /// What can happen there.
    pub offered: Vec<String>,
}

impl fmt::Display for Strayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered = self.offered.join(", ");
        write!(
            f,
            "choice {} of the schedule cannot happen there; what can is: {offered}",
            self.at + 1
        )
    }
}

impl std::error::Error for Strayed {}

impl World {
    /// Everything that can happen, where threads may be slow: time may go by although others can go on.
    #[must_use]
    pub fn choices(&self) -> Vec<Choice> {
        let runners = (0..self.runners.count()).filter(|n| self.runnable(*n)).map(Choice::Run);
        let mut all: Vec<Choice> = runners.collect();
        all.extend(self.machine.deliverable().into_iter().map(Choice::Deliver));
        if self.is_due() {
            all.push(Choice::Timeline);
        }
        if self.time_may_pass() {
            all.push(Choice::Time);
        }
        all
    }

    /// The codes of steps from the beginning: one for each choice where several things can happen, and one for each option
    /// that was open. Each step is a choice, and the positions of the values that were taken.
    #[must_use]
    pub fn codes<'a>(
        program: &Arc<Program>,
        steps: impl IntoIterator<Item = (Choice, &'a [usize])>,
    ) -> Vec<u32> {
        let mut world = Self::new(program, program.seed).replayed();
        let mut codes = Vec::new();
        for (choice, picks) in steps {
            if world.choices().len() > 1 {
                codes.push(choice_code(choice));
            }
            world.guide(picks);
            world.step(choice);
            let open = world.decisions().iter().filter(|decision| decision.among.len() > 1);
            codes.extend(
                open.map(|decision| value_code(decision.what, decision.among[decision.picked])),
            );
        }
        codes
    }

    /// The world behind a schedule, from the beginning.
    ///
    /// # Errors
    ///
    /// [`Strayed`] when a code asks for something that cannot happen there, or only behind the scenario's limit of steps.
    pub fn follow(program: &Arc<Program>, codes: &[u32]) -> Result<Self, Strayed> {
        let mut world = Self::new(program, program.seed).replayed();
        let mut at = 0;
        while at < codes.len() {
            if world.steps >= program.limits.steps {
                let limit = format!("nothing: the limit of {} steps was reached", world.steps);
                return Err(Strayed { at, offered: vec![limit] });
            }
            let choices = world.choices();
            let choice = match choices.as_slice() {
                [] => return Err(Strayed { at, offered: vec!["nothing".to_owned()] }),
                [only] => *only,
                many => {
                    let wanted = codes[at];
                    let Some(found) = many.iter().find(|choice| choice_code(**choice) == wanted)
                    else {
                        let offered = many.iter().map(|choice| world.choice_name(*choice));
                        return Err(Strayed { at, offered: offered.collect() });
                    };
                    at += 1;
                    *found
                }
            };
            at = world.step_by(choice, codes, at)?;
        }
        Ok(world)
    }

    /// Takes a step whose open options are taken as the codes say; behind their end, the first values.
    fn step_by(&mut self, choice: Choice, codes: &[u32], mut at: usize) -> Result<usize, Strayed> {
        let mut path: Vec<usize> = Vec::new();
        loop {
            let mut next = self.clone();
            next.guide(&path);
            next.step(choice);
            let decisions = next.decisions();
            let open = decisions.iter().skip(path.len()).position(|one| one.among.len() > 1);
            let Some(code) = codes.get(at).filter(|_| open.is_some()) else {
                *self = next;
                return Ok(at);
            };
            let open = path.len() + open.unwrap_or(0);
            let decision = &decisions[open];
            let values = decision.among.iter();
            let Some(picked) =
                values.clone().position(|value| value_code(decision.what, value) == *code)
            else {
                let offered = values.map(|value| format!("{} = {value}", decision.what));
                return Err(Strayed { at, offered: offered.collect() });
            };
            path = decisions[..open].iter().map(|decision| decision.picked).collect();
            path.push(picked);
            at += 1;
        }
    }
}

/// The code of a choice: of what it is, whatever else can happen.
fn choice_code(choice: Choice) -> u32 {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX >> 2);
    match choice {
        Choice::Run(runner) => code(Kind::Run, number(runner)),
        Choice::Deliver(lane) => code(Kind::Deliver, lane_number(lane)),
        Choice::Timeline => code(Kind::Environment, 0),
        Choice::Time => code(Kind::Environment, 1),
    }
}
