//! A way on which something goes wrong, told to people.

use std::sync::Arc;

use netiosim_model::rule::Rule;
use netiosim_scenario::judge::Unmet;
use netiosim_scenario::program::Program;
use netiosim_scenario::world::{Strayed, World};

use super::inevitable::{Failing, Inevitable, inevitable};
use super::space::Step;
use super::verdicts::Violation;
use crate::schedule::{Schedule, Subject};
use crate::story;

/// A way on which something goes wrong.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Counterexample {
    /// The rule that is broken; `None`: an expectation is not met.
    pub rule: Option<Rule>,
    /// Whether the scenario expects it.
    pub expected: bool,
    /// What goes wrong, in one line.
    pub message: String,
    /// What was not met, of a way that nobody expects.
    pub unmet: Option<Unmet>,
    /// The steps of the way.
    pub steps: Vec<Step>,
    /// The choices, to be replayed.
    pub schedule: Schedule,
    /// After how many schedules it was found; 0 where none are counted.
    pub schedules: u64,
}

/// What happened on a way.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Told {
    /// A column for each thread, a line for each event.
    pub story: String,
    /// The findings, each with its circle and its rule.
    pub findings: Vec<String>,
}

impl Counterexample {
    /// The way to something that goes wrong.
    #[must_use]
    pub fn of_violation(program: &Arc<Program>, fingerprint: u64, violation: &Violation) -> Self {
        let unmet = &violation.unmet;
        let message = match violation.rule {
            Some(_) => unmet.got.clone(),
            None => format!("{}: expected {}, got {}", unmet.what, unmet.expected, unmet.got),
        };
        Self {
            rule: violation.rule,
            expected: false,
            message,
            unmet: Some(unmet.clone()),
            schedule: schedule(program, fingerprint, &violation.steps),
            steps: violation.steps.clone(),
            schedules: violation.schedules,
        }
    }

    /// The way to a finding that the scenario expects.
    #[must_use]
    pub fn of_rule(
        program: &Arc<Program>,
        fingerprint: u64,
        rule: Rule,
        steps: &[Step],
        schedules: u64,
    ) -> Self {
        let outcome = replay(program, steps).finish_untold(None);
        let found = outcome.findings.iter().find(|finding| finding.rule == rule);
        Self {
            rule: Some(rule),
            expected: true,
            message: found.map_or_else(|| rule.summary().to_owned(), |found| found.message.clone()),
            unmet: None,
            schedule: schedule(program, fingerprint, steps),
            steps: steps.to_vec(),
            schedules,
        }
    }

    /// What happened, told.
    #[must_use]
    pub fn told(&self, program: &Arc<Program>) -> Told {
        tell(replay(program, &self.steps), self.rule)
    }

    /// The first point from which every continuation fails, as [`inevitable`] has it.
    #[must_use]
    pub fn inevitable(&self, program: &Arc<Program>, orderly: bool, most: usize) -> Inevitable {
        let failing = self.rule.map_or(Failing::Expectation, Failing::Rule);
        inevitable(program, failing, &self.steps, orderly, most)
    }

    /// Who moves in each step.
    #[must_use]
    pub fn moves(&self, program: &Arc<Program>) -> Vec<String> {
        let mut world = World::new(program, program.seed).replayed();
        let mut moves = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            moves.push(world.choice_name(step.choice));
            world.guide(&step.picks);
            world.step(step.choice);
        }
        moves
    }
}

/// Follows a schedule and tells what happened.
///
/// # Errors
///
/// [`Strayed`] when a choice of it cannot happen.
pub fn follow(program: &Arc<Program>, schedule: &Schedule) -> Result<Told, Strayed> {
    Ok(tell(World::follow(program, &schedule.steps)?, None))
}

fn schedule(program: &Arc<Program>, fingerprint: u64, steps: &[Step]) -> Schedule {
    let steps = steps.iter().map(|step| (step.choice, step.picks.as_slice()));
    Schedule { subject: Subject::Scenario, fingerprint, steps: World::codes(program, steps) }
}

fn replay(program: &Arc<Program>, steps: &[Step]) -> World {
    let mut world = World::new(program, program.seed).replayed();
    for step in steps {
        world.guide(&step.picks);
        world.step(step.choice);
    }
    world
}

/// The story of a world that was replayed; with a rule, its findings alone are explained.
fn tell(world: World, rule: Option<Rule>) -> Told {
    let limit = (!world.choices().is_empty()).then(|| "on the way".to_owned());
    let outcome = world.finish(limit);
    let lines = outcome.lines.iter().map(String::as_str);
    let wanted = outcome.findings.iter().filter(|found| rule.is_none_or(|rule| found.rule == rule));
    Told {
        story: story::tell(lines, &outcome.events),
        findings: wanted.map(ToString::to_string).collect(),
    }
}
