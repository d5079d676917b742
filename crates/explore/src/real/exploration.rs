//! What came out of an exploration.

use std::fmt;
use std::time::Duration;

use super::failure::Failure;
use crate::walk::{Coverage, Limit, Statistics, StrategyKind};

/// What an exploration says about a test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// An execution went wrong.
    Failed,
    /// No execution went wrong, and there is no other schedule of these choice points.
    Exhausted,
    /// No execution went wrong, and not everything was meant to be tried.
    Sampled,
    /// No execution went wrong before this limit was reached; everything was meant to be tried.
    Inconclusive(Limit),
}

/// What came out of an exploration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exploration {
    /// The strategy; `None` for the replay of a schedule.
    pub strategy: Option<StrategyKind>,
    /// The seed.
    pub seed: u64,
    /// How much was tried.
    pub coverage: Coverage,
    /// What was done.
    pub statistics: Statistics,
    /// How long it took.
    pub elapsed: Duration,
    /// What went wrong.
    pub failure: Option<Box<Failure>>,
}

impl Exploration {
    /// What it says about the test.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let samples = self.strategy.is_none_or(|strategy| !strategy.is_exhaustive());
        match self.coverage {
            _ if self.failure.is_some() => Verdict::Failed,
            Coverage::Exhausted => Verdict::Exhausted,
            Coverage::Limited(Limit::Executions) if samples => Verdict::Sampled,
            Coverage::Limited(limit) => Verdict::Inconclusive(limit),
            Coverage::Sampled => Verdict::Sampled,
        }
    }

    /// What went wrong.
    ///
    /// # Panics
    ///
    /// When nothing did.
    #[must_use]
    #[track_caller]
    pub fn unwrap_failure(self) -> Failure {
        match self.failure {
            Some(failure) => *failure,
            None => panic!("nothing went wrong: {self}"),
        }
    }
}

impl fmt::Display for Exploration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = &self.statistics;
        let s = if done.executions == 1 { "" } else { "s" };
        let executions = done.executions;
        match self.verdict() {
            Verdict::Failed => write!(f, "failed after {executions} execution{s}")?,
            Verdict::Exhausted => {
                write!(f, "exhausted: no violation in any of the {executions} schedule{s}")?;
            }
            Verdict::Sampled => {
                write!(
                    f,
                    "no violation in {executions} execution{s}; there may be other schedules"
                )?;
            }
            Verdict::Inconclusive(limit) => {
                write!(f, "inconclusive: no violation in {executions} execution{s}, then {limit}")?;
            }
        }
        write!(f, " ({} steps, at most {} in one", done.steps, done.max_depth)?;
        if done.cut > 0 {
            write!(f, ", {} cut", done.cut)?;
        }
        f.write_str(")")
    }
}
