//! Whether what came out is what the scenario expects, and if not, how near it came.

use std::collections::BTreeSet;

use netiosim_model::event::{Function, What};
use netiosim_model::ids::Handle;
use netiosim_model::net::Family;
use netiosim_model::notification::Notification;
use netiosim_model::rule::Rule;
use netiosim_model::status::parse_code;

use crate::format::{
    DeliveryExpect, During, Expect, IpFamily, Match, NotificationKind, RowPresence, StackExpect,
    ThreadState, Value,
};
use crate::outcome::{Delivered, Ended, Outcome, Val};
use crate::program::Program;
use crate::values::{Variables, code_words, kind_word};

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
    unmet
}

struct Judge<'a> {
    program: &'a Program,
    outcome: &'a Outcome,
    expect: &'a Expect,
    values: Variables,
}

impl Unmet {
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

    fn deliveries(&self, expect: &DeliveryExpect, path: &str) -> Vec<Unmet> {
        let name = &expect.registration;
        let Some(registration) = self.program.registration(name) else {
            return vec![Unmet::new(
                path,
                "the registration",
                format!("\"{name}\""),
                "no step makes it",
            )];
        };
        let all: Vec<&Delivered> =
            self.outcome.deliveries.iter().filter(|d| d.registration == registration).collect();
        let len = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let listed = list(&all);
        let mut unmet = Vec::new();
        let mut count = |member: &str, wrong: bool, expected: String| {
            if wrong {
                let what = format!("the number of deliveries to \"{name}\"");
                let got = format!("{len}{listed}");
                unmet.push(Unmet::new(format!("{path}.{member}"), what, expected, got));
            }
        };
        if let Some(exact) = expect.count {
            count("count", exact != len, exact.to_string());
        }
        if let Some(least) = expect.at_least {
            count("at_least", len < least, format!("at least {least}"));
        }
        if let Some(most) = expect.at_most {
            count("at_most", len > most, format!("at most {most}"));
        }
        if let Some(patterns) = &expect.exactly {
            unmet.extend(self.exactly(patterns, &all, name, path));
        }
        if let Some(patterns) = &expect.contains {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (None, pattern.clone())).collect();
            unmet.extend(self.contains(
                &patterns,
                &all,
                &format!("{path}.contains"),
                &format!("to \"{name}\""),
            ));
        }
        if expect.none_after_cancel {
            unmet.extend(self.after_cancel(&all, name, path));
        }
        unmet
    }

    fn exactly(
        &self,
        patterns: &[Match],
        all: &[&Delivered],
        name: &str,
        path: &str,
    ) -> Vec<Unmet> {
        for n in 0..patterns.len().max(all.len()) {
            let path = format!("{path}.exactly[{n}]");
            let what = format!("delivery {} to \"{name}\"", n + 1);
            let unmet = match (patterns.get(n), all.get(n)) {
                (Some(pattern), Some(delivered)) => match self.differs(pattern, delivered) {
                    None => continue,
                    Some(why) => Unmet {
                        nearest: Some(why),
                        line: self.line_of(delivered),
                        ..Unmet::new(path, what, words(pattern), delivered.to_string())
                    },
                },
                (Some(pattern), None) => Unmet::new(
                    path,
                    what,
                    words(pattern),
                    format!("nothing; there were {}{}", all.len(), list(all)),
                ),
                (None, Some(delivered)) => Unmet {
                    line: self.line_of(delivered),
                    ..Unmet::new(path, what, "nothing", delivered.to_string())
                },
                (None, None) => continue,
            };
            // What follows a first difference is seldom news.
            return vec![unmet];
        }
        Vec::new()
    }

    /// The patterns in this order, others between allowed.
    fn contains(
        &self,
        patterns: &[(Option<usize>, Match)],
        all: &[&Delivered],
        path: &str,
        to: &str,
    ) -> Vec<Unmet> {
        let mut at = 0;
        for (n, (registration, pattern)) in patterns.iter().enumerate() {
            let fits = |delivered: &&Delivered| {
                registration.is_none_or(|r| r == delivered.registration)
                    && self.differs(pattern, delivered).is_none()
            };
            let found = all.iter().skip(at).position(fits);
            let Some(found) = found else {
                let near = all
                    .iter()
                    .skip(at)
                    .filter(|d| registration.is_none_or(|r| r == d.registration));
                let near = near.min_by_key(|d| self.distance(pattern, d)).copied();
                let after = if n == 0 {
                    String::new()
                } else {
                    format!(", after the {n} before it in the list")
                };
                let nearest =
                    near.and_then(|d| Some(format!("{d}: {}", self.differs(pattern, d)?)));
                return vec![Unmet {
                    nearest,
                    line: near.and_then(|d| self.line_of(d)),
                    ..Unmet::new(
                        format!("{path}[{n}]"),
                        format!("a delivery {to}{after}"),
                        words(pattern),
                        format!("none of {}{}", all.len(), list(all)),
                    )
                }];
            };
            at += found + 1;
        }
        Vec::new()
    }

    fn order(&self) -> Vec<Unmet> {
        let mut patterns = Vec::new();
        for (n, entry) in self.expect.order.iter().enumerate() {
            let Some(registration) = self.program.registration(&entry.registration) else {
                let expected = format!("\"{}\"", entry.registration);
                return vec![Unmet::new(
                    format!("expect.order[{n}]"),
                    "the registration",
                    expected,
                    "no step makes it",
                )];
            };
            patterns.push((Some(registration), entry.pattern()));
        }
        let all: Vec<&Delivered> = self.outcome.deliveries.iter().collect();
        self.contains(&patterns, &all, "expect.order", "in the run")
    }

    fn after_cancel(&self, all: &[&Delivered], name: &str, path: &str) -> Option<Unmet> {
        let handles: BTreeSet<Handle> = all.iter().map(|delivered| delivered.handle).collect();
        let mut over: BTreeSet<Handle> = BTreeSet::new();
        for (line, event) in self.outcome.events.iter().enumerate() {
            match event.what {
                What::Return {
                    function: Function::CancelMibChangeNotify2,
                    code: 0,
                    handle: Some(handle),
                    ..
                } if handles.contains(&handle) => {
                    over.insert(handle);
                }
                What::Begin { lane, notification, .. } if over.contains(&lane.handle) => {
                    let what = format!("deliveries to \"{name}\" after its cancel returned");
                    let path = format!("{path}.none_after_cancel");
                    return Some(Unmet {
                        line: Some(line),
                        ..Unmet::new(path, what, "none", notification.to_string())
                    });
                }
                _ => {}
            }
        }
        None
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
            if got != expected {
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

    fn stack(&self, expect: &StackExpect) -> Vec<Unmet> {
        let env = &self.outcome.env;
        let mut unmet = Vec::new();
        let mut check = |path: &str, what: &str, expected: String, got: String| {
            if expected != got {
                unmet.push(Unmet::new(format!("expect.stack.{path}"), what, expected, got));
            }
        };
        if let Some(state) = expect.teredo.state {
            let is = env.teredo().state().word().to_owned();
            check("teredo.state", "the Teredo client's state", state.word().to_owned(), is);
        }
        if let Some(port) = &expect.teredo.port {
            let expected =
                self.eval(port).map_or_else(|| port.to_string(), |value| value.to_string());
            let is = env.teredo().port().unwrap_or(0).to_string();
            check("teredo.port", "the Teredo client's port", expected, is);
        }
        if let Some(code) = &expect.teredo.get_teredo_port {
            let words = |code: u32| code_words(code, self.program.flavour);
            let expected = parse_code(code).map_or_else(|_| code.clone(), words);
            let is = words(self.outcome.teredo_port.0);
            check("teredo.get_teredo_port", "what GetTeredoPort answers at the end", expected, is);
        }
        for (n, interface) in expect.interfaces.iter().enumerate() {
            let found = env.interface_by_alias(&interface.alias);
            let path = |member: &str| format!("interfaces[{n}].{member}");
            let what = format!("interface \"{}\"", interface.alias);
            let present = interface.present.unwrap_or(true);
            let word = |present: bool| if present { "present" } else { "absent" }.to_owned();
            check(&path("present"), &what, word(present), word(found.is_some()));
            let Some(found) = found else { continue };
            if let Some(mtu) = interface.mtu {
                check(
                    &path("mtu"),
                    &format!("the MTU of {what}"),
                    mtu.to_string(),
                    found.mtu.to_string(),
                );
            }
            if let Some(connected) = interface.connected {
                let what = format!("whether {what} is connected");
                check(
                    &path("connected"),
                    &what,
                    connected.to_string(),
                    found.connected.to_string(),
                );
            }
            if let Some(families) = &interface.families {
                let mut expected: Vec<&str> = families.iter().map(|family| family.word()).collect();
                expected.sort_unstable();
                let bound = Family::ALL.into_iter().filter(|family| found.row(*family).is_some());
                let bound: Vec<&str> = bound.map(|family| ip_family(family).word()).collect();
                check(
                    &path("families"),
                    &format!("the families of {what}"),
                    expected.join(", "),
                    bound.join(", "),
                );
            }
        }
        if let Some(registrations) = expect.registrations {
            let is = self.outcome.registrations.to_string();
            check(
                "registrations",
                "registrations that live at the end",
                registrations.to_string(),
                is,
            );
        }
        let listeners = env.listeners();
        for port in &expect.listeners {
            if !listeners.contains_key(port) {
                let all: Vec<String> = listeners.keys().map(ToString::to_string).collect();
                check(
                    "listeners",
                    "UDP ports with a listener",
                    format!("{port} among them"),
                    all.join(", "),
                );
            }
        }
        unmet
    }

    /// Why a delivery does not fit a pattern; `None` if it does.
    fn differs(&self, pattern: &Match, delivered: &Delivered) -> Option<String> {
        self.differences(pattern, delivered).into_iter().next()
    }

    fn distance(&self, pattern: &Match, delivered: &Delivered) -> usize {
        self.differences(pattern, delivered).len()
    }

    fn differences(&self, pattern: &Match, delivered: &Delivered) -> Vec<String> {
        let mut all = Vec::new();
        let mut check = |member: &str, expected: String, got: String| {
            if expected != got {
                all.push(format!("{member} is {got}, not {expected}"));
            }
        };
        let (port, row) = match delivered.notification {
            Notification::TeredoPort { port, .. } => (Some(port), None),
            Notification::IpInterface { row, .. } => (None, row),
        };
        let none = || "none".to_owned();
        if let Some(kind) = pattern.kind {
            check(
                "type",
                pattern_word(kind).to_owned(),
                kind_word(delivered.notification.kind()).to_owned(),
            );
        }
        if let Some(value) = &pattern.port {
            let expected =
                self.eval(value).map_or_else(|| value.to_string(), |value| value.to_string());
            check("port", expected, port.map_or_else(none, |port| port.to_string()));
        }
        if let Some(family) = pattern.family {
            let got =
                delivered.family.map_or_else(none, |family| ip_family(family).word().to_owned());
            check("family", family.word().to_owned(), got);
        }
        if let Some(interface) = &pattern.interface {
            let got = delivered.alias.as_ref().map_or_else(none, |alias| format!("\"{alias}\""));
            check("interface", format!("\"{interface}\""), got);
        }
        if let Some(presence) = pattern.row {
            let word = |null: bool| if null { "null" } else { "present" }.to_owned();
            check("row", word(presence == RowPresence::Null), word(row.is_none()));
        }
        if let Some(value) = &pattern.context {
            let expected =
                self.eval(value).map_or_else(|| value.to_string(), |value| value.to_string());
            check("context", expected, delivered.context.to_string());
        }
        if pattern.during == Some(During::Register) && !delivered.during_register {
            check("during", "the registering call".to_owned(), "after it".to_owned());
        }
        all
    }

    fn eval(&self, value: &Value) -> Option<Val> {
        self.values.eval(value, self.program, usize::MAX, None, &self.outcome.env).ok()
    }

    fn line_of(&self, delivered: &Delivered) -> Option<usize> {
        self.outcome.events.iter().position(|event| match event.what {
            What::Begin { lane, number, .. } => {
                lane.handle == delivered.handle && number == delivered.number
            }
            _ => false,
        })
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

fn list(all: &[&Delivered]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let shown: Vec<String> =
        all.iter().take(12).map(|delivered| format!("\n  {delivered}")).collect();
    let more = all.len().saturating_sub(12);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!(":{}{more}", shown.concat())
}

fn words(pattern: &Match) -> String {
    let mut parts = Vec::new();
    if let Some(kind) = pattern.kind {
        parts.push(format!("type {}", pattern_word(kind)));
    }
    if let Some(port) = &pattern.port {
        parts.push(format!("port {port}"));
    }
    if let Some(family) = pattern.family {
        parts.push(format!("family {}", family.word()));
    }
    if let Some(interface) = &pattern.interface {
        parts.push(format!("interface \"{interface}\""));
    }
    match pattern.row {
        Some(RowPresence::Null) => parts.push("row NULL".to_owned()),
        Some(RowPresence::Present) => parts.push("a row".to_owned()),
        None => {}
    }
    if let Some(context) = &pattern.context {
        parts.push(format!("context {context}"));
    }
    if pattern.during.is_some() {
        parts.push("inside the registering call".to_owned());
    }
    if parts.is_empty() { "any delivery".to_owned() } else { parts.join(", ") }
}

fn pattern_word(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Parameter => "parameter",
        NotificationKind::Add => "add",
        NotificationKind::Delete => "delete",
        NotificationKind::Initial => "initial",
    }
}

fn ip_family(family: Family) -> IpFamily {
    match family {
        Family::V4 => IpFamily::Inet,
        Family::V6 => IpFamily::Inet6,
    }
}
