//! The search over all states, breadth first: the way to the first state that goes wrong is the shortest.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::rule::Rule;
use netiosim_scenario::program::Program;

use super::space::{Space, Step, Way};
use super::states::{NONE, States};
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
    /// Bytes of states, of their table and of the ways to them.
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
    let space = Space::new(program, wanted.orderly);
    Search::new(space, wanted).run(limits, stop)
}

/// How often `stop` is asked, in states.
const ASK: usize = 128;

struct Search {
    space: Space,
    states: States,
    first_only: bool,
    verdicts: Verdicts,
    seen: Seen,
}

impl Search {
    fn new(space: Space, wanted: Wanted) -> Self {
        let first = space.first();
        Self {
            states: States::new(&first),
            verdicts: Verdicts::new(space.program(), wanted),
            first_only: wanted.first_only,
            space,
            seen: Seen::default(),
        }
    }

    fn run(mut self, limits: &Limits, stop: &mut dyn FnMut(usize) -> Option<String>) -> Seen {
        let mut state = Vec::new();
        let (mut at, mut depth, mut level_end) = (0, 0, 1);
        while at < self.states.len() {
            if at == level_end {
                (depth, level_end) = (depth + 1, self.states.len());
            }
            if depth >= limits.depth {
                self.seen.stopped =
                    Some(format!("the limit of {} steps was reached", limits.depth));
                break;
            }
            if at % ASK == 0 {
                if let Some(reason) = stop(self.states.len()) {
                    self.seen.stopped = Some(reason);
                    break;
                }
                if self.states.bytes() > limits.bytes {
                    let reason = format!("the limit of {} bytes was reached", limits.bytes);
                    self.seen.stopped = Some(reason);
                    break;
                }
            }
            self.expand(u32::try_from(at).unwrap_or(NONE), &mut state, limits);
            if self.seen.stopped.is_some()
                || (self.first_only && !self.verdicts.violations.is_empty())
            {
                break;
            }
            at += 1;
        }
        self.seen.depth = depth;
        self.finish()
    }

    /// Everything that can happen in a state.
    fn expand(&mut self, from: u32, state: &mut Vec<u32>, limits: &Limits) {
        self.states.read(from, state);
        let history = self.space.history_of(state);
        let way = || self.states.way_to(&self.space, from);
        if self.verdicts.is_bad(&self.space, history, way) {
            let steps = self.states.way_to(&self.space, from);
            self.verdicts.tell_bad(&self.space, &steps);
            return;
        }
        let before = self.states.hash_of(from);
        let (states, seen) = (&mut self.states, &mut self.seen);
        let most = limits.states;
        let any = self.space.each_way(state, |_, state, way: &Way| {
            seen.transitions += 1;
            let hash = states.hash(before, state, &way.writes);
            match states.add(from, way.step, hash, &way.writes, most) {
                Some((_, true)) => {}
                Some((_, false)) => seen.deduplicated += 1,
                None => {
                    seen.stopped = Some(format!("the limit of {most} states was reached"));
                }
            }
        });
        if self.space.too_many {
            let reason = "a step has more ways than are looked at; fix some options of the profile";
            self.seen.stopped = Some(reason.to_owned());
        }
        if !any {
            self.seen.ends += 1;
            let steps = self.states.way_to(&self.space, from);
            self.verdicts.judge_end(&self.space, &steps);
        }
    }

    fn finish(mut self) -> Seen {
        self.seen.states = self.states.len();
        self.seen.parts = self.space.parts();
        self.seen.columns = self.states.columns();
        self.seen.taken = self.space.taken;
        self.states.shrink();
        self.seen.bytes = self.states.bytes();
        self.seen.take(self.verdicts);
        self.seen
    }
}
