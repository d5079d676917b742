//! Whether what came out is what the scenario expects, and if not, how near it came.

mod delivery;
mod matching;
mod property;
mod stack;

pub(crate) use self::matching::fits;
pub(crate) use self::property::words;
pub(crate) use self::stack::{address_is, hint_is, interface_is, route_is};

use std::collections::BTreeSet;

use netiosim_model::event::What;
use netiosim_model::rule::Rule;

use crate::format::{Expect, ThreadState, Value};
use crate::outcome::{Ended, Outcome, Val};
use crate::program::Program;
use crate::values::{Variables, same};

/// An expectation that was not met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmet {
    /// Where in the file: `expect.deliveries[0].exactly[1]`.
    pub path: String,
    /// What it is about, in words.
    pub what: String,
    /// What should have come out.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// What came nearest, where something did.
    pub nearest: Option<String>,
    /// The line of the trace that it is about.
    pub line: Option<usize>,
}

/// Holds an outcome against the program's expectations; an empty list is a pass.
#[must_use]
pub fn judge(program: &Program, outcome: &Outcome) -> Vec<Unmet> {
    let judge = Judge {
        program,
        outcome,
        expect: &program.expect,
        values: Variables::with(&outcome.variables),
    };
    let mut unmet = judge.failures();
    unmet.extend(judge.findings());
    for (n, expect) in judge.expect.deliveries.iter().enumerate() {
        unmet.extend(judge.deliveries(expect, &format!("expect.deliveries[{n}]")));
    }
    unmet.extend(judge.order());
    unmet.extend(judge.threads());
    unmet.extend(judge.variables());
    unmet.extend(judge.stack(&judge.expect.stack));
    unmet.extend(judge.properties());
    unmet
}

struct Judge<'a> {
    program: &'a Program,
    outcome: &'a Outcome,
    expect: &'a Expect,
    values: Variables,
}

impl Unmet {
    /// Whether it is an `always` or a `never` that was violated: that holds however the run goes on.
    #[must_use]
    pub fn is_violated_property(&self) -> bool {
        self.path.starts_with("expect.always[") || self.path.starts_with("expect.never[")
    }

    fn new(
        path: impl Into<String>,
        what: impl Into<String>,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Self {
            path: path.into(),
            what: what.into(),
            expected: expected.into(),
            got: got.into(),
            nearest: None,
            line: None,
        }
    }
}

impl Judge<'_> {
    fn failures(&self) -> Vec<Unmet> {
        let unmet = self.outcome.failures.iter().map(|failure| Unmet {
            line: failure.events.checked_sub(1),
            ..Unmet::new(&*failure.place, &failure.what, &failure.expected, &failure.got)
        });
        unmet.collect()
    }

    fn findings(&self) -> Vec<Unmet> {
        let rules = |texts: &[String]| -> BTreeSet<Rule> {
            texts.iter().filter_map(|text| Rule::parse(text).ok()).collect()
        };
        let expect = &self.expect.findings;
        let (must, must_not, may) =
            (rules(&expect.must), rules(&expect.must_not), rules(&expect.may));
        let found: BTreeSet<Rule> =
            self.outcome.findings.iter().map(|finding| finding.rule).collect();
        let mut unmet = Vec::new();
        for rule in must.difference(&found) {
            let all: Vec<&str> = found.iter().map(|rule| rule.id()).collect();
            let got = if all.is_empty() { "no finding".to_owned() } else { all.join(", ") };
            let what = format!("a finding of {} {}", rule.id(), rule.slug());
            unmet.push(Unmet::new("expect.findings.must", what, "at least one", got));
        }
        for finding in &self.outcome.findings {
            let rule = finding.rule;
            let allowed =
                (must.contains(&rule) || may.contains(&rule)) && !must_not.contains(&rule);
            if allowed {
                continue;
            }
            let path = if must_not.contains(&rule) {
                "expect.findings.must_not"
            } else {
                "expect.findings"
            };
            let expected = "no such finding";
            unmet.push(Unmet {
                line: self.finding_line(rule),
                ..Unmet::new(
                    path,
                    format!("finding {} {}", rule.id(), rule.slug()),
                    expected,
                    &finding.message,
                )
            });
        }
        unmet
    }

    fn finding_line(&self, rule: Rule) -> Option<usize> {
        self.outcome.events.iter().position(|event| match event.what {
            What::Finding(at) => {
                self.outcome.findings.get(at).is_some_and(|found| found.rule == rule)
            }
            _ => false,
        })
    }

    fn threads(&self) -> Vec<Unmet> {
        // Who is blocked by a deadlock is said by its finding, expected or not.
        let deadlock = self.outcome.findings.iter().any(|finding| blocks(finding.rule));
        let mut unmet = Vec::new();
        for (decl, ended) in self.program.threads.iter().zip(&self.outcome.threads) {
            let said = self
                .expect
                .threads
                .iter()
                .find(|(name, _)| ***name == *decl.name || (***name == *decl.label));
            let expected = match said {
                Some((_, state)) => *state,
                None if deadlock || self.outcome.limit.is_some() || *ended == Ended::NotStarted => {
                    continue;
                }
                None => ThreadState::Finished,
            };
            if *ended == Ended::NotStarted {
                let path = format!("expect.threads.{}", decl.name);
                let what = format!("thread \"{}\" at the end", decl.name);
                let expected =
                    if expected == ThreadState::Finished { "finished" } else { "blocked" };
                unmet.push(Unmet::new(path, what, expected, "never started"));
                continue;
            }
            let is = match ended {
                Ended::Finished => ThreadState::Finished,
                Ended::Blocked | Ended::NotStarted => ThreadState::Blocked,
            };
            if is != expected {
                let word =
                    |state| if state == ThreadState::Finished { "finished" } else { "blocked" };
                let path = format!("expect.threads.{}", decl.name);
                let what = format!("thread \"{}\" at the end", decl.name);
                unmet.push(Unmet::new(path, what, word(expected), word(is)));
            }
        }
        unmet
    }

    fn variables(&self) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        for (name, value) in &self.expect.variables {
            let number = self.program.variables.iter().position(|full| **full == **name);
            let got = number.and_then(|number| self.outcome.variables[number].clone());
            let expected = self.eval(value);
            let equal = match (&got, &expected) {
                (Some(got), Some(expected)) => same(got, expected),
                (got, expected) => got == expected,
            };
            if !equal {
                let text = |value: Option<Val>| {
                    value.map_or_else(|| "no value".to_owned(), |v| v.to_string())
                };
                let path = format!("expect.variables.{name}");
                unmet.push(Unmet::new(
                    path,
                    format!("variable \"{name}\" at the end"),
                    text(expected),
                    text(got),
                ));
            }
        }
        unmet
    }

    fn eval(&self, value: &Value) -> Option<Val> {
        self.values.eval(value, self.program, usize::MAX, None, &self.outcome.env).ok()
    }
}

/// Whether a finding of this rule leaves threads blocked.
fn blocks(rule: Rule) -> bool {
    matches!(
        rule,
        Rule::SelfCancel
            | Rule::CancelUnderLock
            | Rule::CrossedCancels
            | Rule::CallbackBlocked
            | Rule::JoinDeadlock
            | Rule::LockCycle
            | Rule::ThreadStuck
    )
}
