//! Walks: ways to try schedules of something that can only be run again from its start.
//!
//! Nothing is known of a state but what can be chosen in it, so nothing is recognised as seen before: that is what real
//! code allows. A [`Strategy`] is asked at every choice point of an execution, and everything that it answers follows from
//! the questions, from what it saw in executions before, and from its seed. A [`Walk`] drives one within [`Limits`],
//! records the schedule, and counts.
//!
//! **The contract: whoever is explored offers the same options after the same answers.** Strategies that count on it notice when
//! it is broken, and say where ([`Strayed`]).
//!
//! | Strategy | Tries | Knows when it is done |
//! |---|---|---|
//! | [`FewestDelays`] | schedules with few deviations first | yes, unless told to stop at a number |
//! | [`DepthFirst`] | neighbours, in a memory that does not grow | yes |
//! | [`RandomWalk`] | each choice by chance | no |
//! | [`Pct`] | chance with a guarantee for shallow bugs | no |
//! | [`RoundRobin`] | everybody in turn | it has only a few |
//! | [`Replay`] | one schedule | one |
//! | [`Portfolio`] | what its members try | when one of them does |

mod delays;
mod depth_first;
mod driver;
mod kind;
mod pct;
mod portfolio;
mod random_walk;
mod replay;
mod round_robin;

pub use self::delays::FewestDelays;
pub use self::depth_first::DepthFirst;
pub use self::driver::{Coverage, Limit, Limits, Statistics, Walk};
pub use self::kind::{StrategyKind, UnknownStrategy};
pub use self::pct::Pct;
pub use self::portfolio::Portfolio;
pub use self::random_walk::RandomWalk;
pub use self::replay::Replay;
pub use self::round_robin::RoundRobin;

use std::fmt;

/// One thing that may happen next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Choice {
    /// What it is, by a number that does not depend on what else may happen.
    pub code: u32,
    /// The actor that it moves; `None` where a value is chosen and nobody moves.
    pub actor: Option<u32>,
    /// Whether it lets the actor go on that moved last.
    pub continues: bool,
}

impl Choice {
    /// An actor's move.
    #[must_use]
    pub const fn step(code: u32, actor: u32, continues: bool) -> Self {
        Self { code, actor: Some(actor), continues }
    }

    /// A value.
    #[must_use]
    pub const fn value(code: u32) -> Self {
        Self { code, actor: None, continues: false }
    }
}

/// Decides what is tried.
///
/// The calls come in this order: [`begin`](Self::begin), [`pick`](Self::pick) for each choice point,
/// [`end`](Self::end), and again until `begin` says that there is nothing left.
pub trait Strategy: Send {
    /// What it is called.
    fn name(&self) -> &'static str;

    /// Begins an execution; `false` when there is nothing left to try.
    fn begin(&mut self) -> bool;

    /// Picks one of at least two options and returns its position.
    fn pick(&mut self, options: &[Choice]) -> usize;

    /// The execution has come to its end.
    fn end(&mut self);

    /// Whether every schedule that there is was tried.
    fn is_complete(&self) -> bool {
        false
    }

    /// How much it keeps in mind, roughly.
    fn memory_bytes(&self) -> usize {
        0
    }

    /// Where the last execution did not offer what the strategy knew would be offered.
    fn strayed(&self) -> Option<&Strayed> {
        None
    }
}

/// A run that was to go as one before, and did not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strayed {
    /// At which choice point, from 0.
    pub at: usize,
    /// The code that was to be chosen.
    pub wanted: u32,
    /// The codes that there were.
    pub offered: Vec<u32>,
}

impl Strayed {
    pub(crate) fn new(at: usize, wanted: u32, options: &[Choice]) -> Self {
        Self { at, wanted, offered: options.iter().map(|choice| choice.code).collect() }
    }
}

impl fmt::Display for Strayed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let offered: Vec<String> = self.offered.iter().map(u32::to_string).collect();
        let (at, wanted, offered) = (self.at + 1, self.wanted, offered.join(", "));
        match self.offered.is_empty() {
            false => write!(f, "choice {at} was to be {wanted}; there were {offered}"),
            true => write!(f, "choice {at} was to be {wanted}; the run was over before"),
        }
    }
}

impl std::error::Error for Strayed {}

/// A made-up program to try strategies on.
#[cfg(test)]
pub(crate) mod toy {
    use super::{Choice, Strategy};

    /// Actors with so many steps each, in any order; the schedule that an execution took, as actors.
    pub(crate) fn run(strategy: &mut dyn Strategy, steps: &[u32]) -> Option<Vec<u32>> {
        if !strategy.begin() {
            return None;
        }
        let mut left = steps.to_vec();
        let mut taken: Vec<u32> = Vec::new();
        loop {
            let mut options = Vec::new();
            let last = taken.last().copied();
            for actor in last.into_iter().chain((0..).take(left.len()).filter(|a| Some(*a) != last))
            {
                if left[actor as usize] > 0 {
                    options.push(Choice::step(actor, actor, Some(actor) == last));
                }
            }
            let at = match options.len() {
                0 => break,
                1 => 0,
                _ => strategy.pick(&options),
            };
            let actor = options[at].code;
            left[actor as usize] -= 1;
            taken.push(actor);
        }
        strategy.end();
        Some(taken)
    }

    /// All executions, until there is nothing left or there were `most`.
    pub(crate) fn all(strategy: &mut dyn Strategy, steps: &[u32], most: usize) -> Vec<Vec<u32>> {
        std::iter::from_fn(|| run(strategy, steps)).take(most).collect()
    }
}
