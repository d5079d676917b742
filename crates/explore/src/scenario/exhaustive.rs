//! The search over all states, breadth first: the way to the first state that goes wrong is the shortest.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use netiosim_model::rule::Rule;
use netiosim_scenario::judge::{Unmet, judge};
use netiosim_scenario::outcome::Outcome;
use netiosim_scenario::program::Program;

use super::space::{Space, Step, Way};
use super::states::{NONE, States};

/// When a search gives up; what it has not seen by then it knows nothing of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// States.
    pub states: usize,
    /// Steps from the beginning.
    pub depth: u32,
    /// Bytes of states.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { states: 10_000_000, depth: u32::MAX, bytes: 4 << 30 }
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Findings alone: no other expectation is held against the ends.
    pub findings_only: bool,
    /// The search ends at the first thing that goes wrong.
    pub first_only: bool,
    /// Time goes by only when nothing else can happen.
    pub orderly: bool,
}

/// Something that goes wrong, with the shortest way to it.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The rule of an unexpected finding.
    pub rule: Option<Rule>,
    /// What was not met, as a run would tell it.
    pub unmet: Unmet,
    /// The way from the beginning.
    pub steps: Vec<Step>,
    /// Whether the scenario has come to its end there.
    pub at_end: bool,
}

/// What a search has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Different states.
    pub states: usize,
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
    /// Rules that were found broken on some way, expected ones among them.
    pub rules: BTreeSet<Rule>,
    /// What goes wrong, in the order in which it was found; each rule and each expectation once.
    pub violations: Vec<Violation>,
    /// Rules that must be found broken, and were on no way.
    pub missing: Vec<Rule>,
}

impl Seen {
    /// Whether everything was seen and nothing goes wrong.
    #[must_use]
    pub fn proved(&self) -> bool {
        self.stopped.is_none() && self.violations.is_empty() && self.missing.is_empty()
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
const ASK: usize = 4096;

struct Search {
    space: Space,
    states: States,
    wanted: Wanted,
    expected: Expected,
    /// By number of the history: whether something went wrong in it; asked once.
    histories: BTreeMap<u32, bool>,
    last_history: (u32, bool),
    seen: Seen,
    told: BTreeSet<String>,
}

/// What the scenario says of findings.
struct Expected {
    must: BTreeSet<Rule>,
    allowed: BTreeSet<Rule>,
}

impl Expected {
    fn of(program: &Program) -> Self {
        let rules = |texts: &[String]| -> BTreeSet<Rule> {
            texts.iter().filter_map(|text| Rule::parse(text).ok()).collect()
        };
        let expect = &program.expect.findings;
        let must = rules(&expect.must);
        let mut allowed: BTreeSet<Rule> = must.union(&rules(&expect.may)).copied().collect();
        allowed.retain(|rule| !rules(&expect.must_not).contains(rule));
        Self { must, allowed }
    }
}

impl Search {
    fn new(space: Space, wanted: Wanted) -> Self {
        let first = space.first();
        Self {
            states: States::new(&first),
            expected: Expected::of(space.program()),
            space,
            wanted,
            histories: BTreeMap::new(),
            last_history: (0, false),
            seen: Seen::default(),
            told: BTreeSet::new(),
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
                || (self.wanted.first_only && !self.seen.violations.is_empty())
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
        if self.is_bad(history) {
            self.tell_bad(from);
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
            self.judge_end(from);
        }
    }

    /// Whether something that nobody expects is in a history.
    fn is_bad(&mut self, number: u32) -> bool {
        if self.last_history.0 == number {
            return self.last_history.1;
        }
        let space = &self.space;
        let (allowed, rules) = (&self.expected.allowed, &mut self.seen.rules);
        let findings_only = self.wanted.findings_only;
        let bad = *self.histories.entry(number).or_insert_with(|| {
            let history = space.part(number).and_then(|part| part.history());
            let Some((found, failed)) = history else { return false };
            rules.extend(found);
            (failed && !findings_only) || !found.is_subset(allowed)
        });
        self.last_history = (number, bad);
        bad
    }

    /// The steps from the beginning to a state.
    fn way_to(&self, mut state: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((from, step)) = self.states.came(state) {
            steps.push(self.space.step(step).clone());
            state = from;
        }
        steps.reverse();
        steps
    }

    /// Something went wrong on the way to a state.
    fn tell_bad(&mut self, state: u32) {
        let steps = self.way_to(state);
        // It is no end: what is wrong is in the trace, and nothing is held against what did not happen yet.
        let outcome = self.space.replay(&steps).finish_untold(Some("on the way".to_owned()));
        self.tell(&outcome, &steps, false);
    }

    /// Holds the end of a way against the expectations.
    fn judge_end(&mut self, state: u32) {
        let steps = self.way_to(state);
        let outcome = self.space.replay(&steps).finish_untold(None);
        self.seen.rules.extend(outcome.findings.iter().map(|finding| finding.rule));
        self.tell(&outcome, &steps, true);
    }

    fn tell(&mut self, outcome: &Outcome, steps: &[Step], at_end: bool) {
        for unmet in judge(self.space.program(), outcome) {
            let finding =
                unmet.path == "expect.findings" || unmet.path == "expect.findings.must_not";
            let failure = outcome.failures.iter().any(|failure| *failure.place == *unmet.path);
            // That a rule is broken on some way is enough.
            if unmet.path == "expect.findings.must"
                || (!finding && (self.wanted.findings_only || !(at_end || failure)))
            {
                continue;
            }
            let rule = finding.then(|| {
                let named = |rule: &Rule| unmet.what.contains(rule.id());
                outcome.findings.iter().map(|finding| finding.rule).find(named)
            });
            let key = if finding { unmet.what.clone() } else { unmet.path.clone() };
            if self.told.insert(key) {
                let (rule, steps) = (rule.flatten(), steps.to_vec());
                self.seen.violations.push(Violation { rule, unmet, steps, at_end });
            }
        }
    }

    fn finish(mut self) -> Seen {
        self.seen.states = self.states.len();
        self.seen.parts = self.space.parts();
        self.seen.columns = self.states.columns();
        self.seen.taken = self.space.taken;
        self.states.shrink();
        self.seen.bytes = self.states.bytes();
        let must = self.expected.must.difference(&self.seen.rules).copied();
        self.seen.missing = must.collect();
        self.seen
    }
}
