//! What a search is given, and what it has seen.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::rule::Rule;
use netiosim_scenario::program::Program;

use super::search::Search;
use super::space::Step;
use super::verdicts::{Verdicts, Violation, Wanted};

/// When a search gives up; what it has not seen by then it knows nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// States.
    pub states: usize,
    /// Steps from the beginning; of walks: choices.
    pub depth: u32,
    /// Bytes of states.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 10_000_000, depth: u32::MAX, bytes: 4 << 30 }
    }
}

/// What a search has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Different states; of walks: those that are known at the end.
    pub states: usize,
    /// Schedules that were walked; 0 of a search that goes from state to state.
    pub schedules: u64,
    /// Schedules that were not walked to their end.
    pub cut: u64,
    /// Whether only some schedules were tried, because that is what the strategy does.
    pub sampled: bool,
    /// Steps from one state to another, each once.
    pub transitions: u64,
    /// Steps that led to a state that was known.
    pub deduplicated: u64,
    /// The most steps from the beginning, by the shortest way.
    pub depth: u32,
    /// States in which nothing can happen any more.
    pub ends: u64,
    /// Different parts that the states are made of.
    pub parts: usize,
    /// Parts that differ between states.
    pub columns: usize,
    /// Steps that the model took; all others were known.
    pub taken: u64,
    /// Bytes of states, of their table, of the ways to them and of what is known of steps; the different parts themselves, of which
    /// there are [few](Self::parts), are not among them.
    pub bytes: usize,
    /// Why the search was cut short; `None`: everything was seen.
    pub stopped: Option<String>,
    /// Rules that were found broken on some way, expected ones among them, each with the shortest way to where it was.
    pub rules: BTreeMap<Rule, Vec<Step>>,
    /// What goes wrong, in the order in which it was found; each rule and each expectation once.
    pub violations: Vec<Violation>,
    /// Rules that must be found broken, and were on no way.
    pub missing: Vec<Rule>,
    /// The names of the scenario's `sometimes` that were true at no moment of what was seen.
    pub never_seen: Vec<String>,
}

impl Seen {
    /// Whether everything was seen.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.stopped.is_none() && !self.sampled && self.cut == 0
    }

    /// Whether everything was seen, nothing goes wrong, and what must be seen on some way was.
    #[must_use]
    pub fn proved(&self) -> bool {
        let lacking = !self.missing.is_empty() || !self.never_seen.is_empty();
        self.complete() && self.violations.is_empty() && !lacking
    }

    /// Takes over what was found.
    pub(crate) fn take(&mut self, verdicts: Verdicts) {
        self.missing = verdicts.missing();
        self.never_seen = verdicts.never_seen();
        self.rules = verdicts.rules;
        self.violations = verdicts.violations;
    }
}

/// Searches the states of a program. `stop` is asked now and then, with the number of states, and ends the search with a reason.
#[must_use]
pub fn exhaust(
    program: &Arc<Program>,
    wanted: Wanted,
    limits: &Limits,
    stop: &mut dyn FnMut(usize) -> Option<String>,
) -> Seen {
    let mut search = Search::new(program, wanted);
    search.run(limits, stop);
    search.finish()
}
