//! What is held against the states and the ends of a search: findings, and the expectations of the scenario.

use std::collections::{BTreeMap, BTreeSet};

use netiosim_model::rule::Rule;
use netiosim_scenario::judge::{Unmet, judge};
use netiosim_scenario::outcome::Outcome;
use netiosim_scenario::program::{Program, PropertyKind};

use super::space::{Space, Step};

/// What a search says that found a state wrong, and nothing wrong on the way to it.
pub(crate) const CONTRADICTION: &str = "the search contradicts itself: a state is wrong, and the way to it is not; this is a bug of netiosim";

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

/// Something that goes wrong, with the shortest way to it that was seen.
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
    /// After how many schedules it was found; 0 where no schedules are counted.
    pub schedules: u64,
}

impl Violation {
    /// What tells it from other violations of the same scenario: the rule, or the expectation.
    #[must_use]
    pub fn key(&self) -> String {
        match self.rule {
            Some(rule) => rule.id().to_owned(),
            None => self.unmet.path.clone(),
        }
    }
}

/// What the scenario says of findings.
#[derive(Clone, Debug)]
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

/// What was found so far.
#[derive(Debug)]
pub(crate) struct Verdicts {
    wanted: Wanted,
    expected: Expected,
    /// By number of the history: whether something went wrong in it; asked once.
    histories: BTreeMap<u32, bool>,
    last_history: (u32, bool),
    told: BTreeSet<String>,
    /// The way to the first state in which each rule was found broken, expected or not.
    pub(crate) rules: BTreeMap<Rule, Vec<Step>>,
    /// What goes wrong, in the order in which it was found; each rule and each expectation once.
    pub(crate) violations: Vec<Violation>,
    stamped: usize,
    /// The properties that must be true at some moment of some way and were not yet: position and name.
    unseen: BTreeMap<usize, String>,
}

impl Verdicts {
    pub(crate) fn new(program: &Program, wanted: Wanted) -> Self {
        Self {
            wanted,
            expected: Expected::of(program),
            histories: BTreeMap::new(),
            last_history: (0, false),
            told: BTreeSet::new(),
            rules: BTreeMap::new(),
            violations: Vec::new(),
            stamped: 0,
            unseen: sometimes(program),
        }
    }

    /// How many things there are to tell.
    pub(crate) fn count(&self) -> usize {
        self.rules.len() + self.violations.len()
    }

    /// The names of properties that must be true at some moment of some way, and were on none.
    pub(crate) fn never_seen(&self) -> Vec<String> {
        self.unseen.values().filter(|_| !self.wanted.findings_only).cloned().collect()
    }

    /// Rules that must be found broken on some way, and were on none.
    pub(crate) fn missing(&self) -> Vec<Rule> {
        let found = |rule: &&Rule| !self.rules.contains_key(rule);
        self.expected.must.iter().filter(found).copied().collect()
    }

    /// Whether something that nobody expects is in the history of a state.
    pub(crate) fn is_bad(
        &mut self,
        space: &Space,
        number: u32,
        way: impl Fn() -> Vec<Step>,
    ) -> bool {
        if self.last_history.0 == number {
            return self.last_history.1;
        }
        let (allowed, rules) = (&self.expected.allowed, &mut self.rules);
        let (findings_only, unseen) = (self.wanted.findings_only, &mut self.unseen);
        let bad = *self.histories.entry(number).or_insert_with(|| {
            let Some(part) = space.part(number) else { return false };
            unseen.retain(|property, _| part.moments().is_none_or(|come| !come.contains(property)));
            let Some((found, failed)) = part.history() else { return false };
            for rule in found {
                rules.entry(*rule).or_insert_with(&way);
            }
            (failed && !findings_only) || !found.is_subset(allowed)
        });
        self.last_history = (number, bad);
        bad
    }

    /// Says of new violations after how many schedules they were found.
    pub(crate) fn stamp(&mut self, schedules: u64) {
        for violation in &mut self.violations[self.stamped..] {
            violation.schedules = schedules;
        }
        self.stamped = self.violations.len();
    }

    /// Something went wrong on the way to a state. Returns whether it does not when the way is gone again: then the search
    /// contradicts itself.
    pub(crate) fn tell_bad(&mut self, space: &Space, steps: &[Step]) -> bool {
        // It is no end: what is wrong is in the trace, and nothing is held against what did not happen yet.
        let outcome = space.replay(steps).finish_untold(Some("on the way".to_owned()));
        self.tell(space.program(), &outcome, steps, false)
    }

    /// Holds the end of a way against the expectations. Returns whether they are met.
    pub(crate) fn judge_end(&mut self, space: &mut Space, steps: &[Step]) -> bool {
        let outcome = space.replay_again(steps).finish_untold(None);
        for finding in &outcome.findings {
            self.rules.entry(finding.rule).or_insert_with(|| steps.to_vec());
        }
        self.tell(space.program(), &outcome, steps, true)
    }

    /// Keeps what is not met. Returns whether nothing is.
    fn tell(&mut self, program: &Program, outcome: &Outcome, steps: &[Step], at_end: bool) -> bool {
        let mut met = true;
        for unmet in judge(program, outcome) {
            let finding =
                unmet.path == "expect.findings" || unmet.path == "expect.findings.must_not";
            let failure = outcome.failures.iter().any(|failure| *failure.place == *unmet.path);
            // What was delivered behind a cancel stays so.
            let late = unmet.path.ends_with(".none_after_cancel");
            let violated = unmet.is_violated_property() || late;
            // That a rule is broken on some way is enough.
            if unmet.path == "expect.findings.must"
                || (!finding && (self.wanted.findings_only || !(at_end || failure || violated)))
            {
                continue;
            }
            met = false;
            let rule = finding.then(|| {
                let named = |rule: &Rule| unmet.what.contains(rule.id());
                outcome.findings.iter().map(|finding| finding.rule).find(named)
            });
            let violation = Violation {
                rule: rule.flatten(),
                unmet,
                steps: steps.to_vec(),
                at_end,
                schedules: 0,
            };
            if self.told.insert(violation.key()) {
                self.violations.push(violation);
            }
        }
        met
    }
}

/// The properties that must be true at some moment of some way: position and name.
fn sometimes(program: &Program) -> BTreeMap<usize, String> {
    let all = program.properties.iter().enumerate();
    let sometimes = all.filter(|(_, property)| property.kind == PropertyKind::Sometimes);
    sometimes.map(|(n, property)| (n, property.name.to_string())).collect()
}
