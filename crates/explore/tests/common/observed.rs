//! What can be observed of a run, and whether the model-driven world has a path with exactly that.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::sync::Arc;

use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::rule::Rule;
use netiosim_scenario::outcome::{Ended, Outcome, Val};
use netiosim_scenario::program::Program;

use super::whole::Whole;

/// What can be observed of a run: the sequence of what each one sees, the findings, and how it ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Observed {
    /// The deliveries of each registration, and the results of each thread's and each callback's calls.
    pub(crate) sequences: BTreeMap<String, Vec<String>>,
    /// The rules that were broken, in order of their numbers.
    pub(crate) rules: Vec<Rule>,
    pub(crate) end: End,
}

/// How a run ends.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    threads: Vec<Ended>,
    variables: Vec<Option<Val>>,
    env: Arc<Env>,
    teredo_port: (u32, Option<u16>),
    tables_held: Vec<Function>,
    registrations: u32,
    virtual_ms: u64,
}

impl End {
    fn of(outcome: &Outcome) -> Self {
        Self {
            threads: outcome.threads.clone(),
            variables: outcome.variables.clone(),
            env: outcome.env.clone(),
            teredo_port: outcome.teredo_port,
            tables_held: outcome.tables_held.clone(),
            registrations: outcome.registrations,
            virtual_ms: outcome.virtual_ms,
        }
    }
}

impl Observed {
    pub(crate) fn of(outcome: &Outcome) -> Self {
        let mut seen = Seen::default();
        for line in &outcome.lines {
            seen.look(line, |sequences, who, what| {
                sequences.entry(who.to_owned()).or_insert_with(Vec::new).push(what);
                true
            });
        }
        Self { sequences: seen.sequences, rules: rules(outcome), end: End::of(outcome) }
    }

    /// Whether a callback was called.
    pub(crate) fn has_deliveries(&self) -> bool {
        self.sequences.values().flatten().any(|what| what.contains(" ms: begin "))
    }

    /// A run's whole sequences, as far as somebody has come in them.
    fn begins(&self, seen: &mut Seen<usize>, line: &str) -> bool {
        seen.look(line, |sequences, who, what| {
            let Some(own) = self.sequences.get(who) else { return false };
            let at = sequences.entry(who.to_owned()).or_default();
            *at += 1;
            own.get(*at - 1) == Some(&what)
        })
    }

    /// Whether everything that was observed has come.
    fn is_all_of(&self, seen: &Seen<usize>) -> bool {
        seen.sequences.len() == self.sequences.len()
            && self.sequences.iter().all(|(who, own)| seen.sequences.get(who) == Some(&own.len()))
    }

    fn allows(&self, rules: &[Rule]) -> bool {
        let mut own = self.rules.iter();
        rules.iter().all(|rule| own.any(|other| other == rule))
    }
}

impl fmt::Display for Observed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (who, all) in &self.sequences {
            writeln!(f, "{who}:")?;
            all.iter().try_for_each(|what| writeln!(f, "    {what}"))?;
        }
        let rules: Vec<&str> = self.rules.iter().map(|rule| rule.id()).collect();
        writeln!(f, "findings: {}", rules.join(", "))?;
        let End { threads, variables, teredo_port, registrations, virtual_ms, .. } = &self.end;
        writeln!(f, "threads: {threads:?}, variables: {variables:?}")?;
        write!(
            f,
            "port: {teredo_port:?}, registrations: {registrations}, at {virtual_ms} ms, tables: {:?}",
            self.end.tables_held
        )
    }
}

/// The rules that were broken, in order of their numbers.
fn rules(outcome: &Outcome) -> Vec<Rule> {
    let mut rules: Vec<Rule> = outcome.findings.iter().map(|finding| finding.rule).collect();
    rules.sort();
    rules
}

/// Reads a trace line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Seen<T: Ord> {
    sequences: BTreeMap<String, T>,
    /// The callbacks that each thread runs, innermost last.
    running: BTreeMap<String, Vec<String>>,
}

impl<T: Ord> Seen<T> {
    /// Tells of what the line lets somebody observe, and returns what `tell` says, `true` where there is nothing to observe.
    fn look(
        &mut self,
        line: &str,
        tell: impl FnOnce(&mut BTreeMap<String, T>, &str, String) -> bool,
    ) -> bool {
        // The time, the thread, and what happened.
        let (at_ms, rest) = line.split_at(11);
        let (actor, what) = rest.split_once("  ").expect("a line has columns");
        // Where the client is, the two worlds say with their own words.
        let (what, _) = what.rsplit_once("  [").unwrap_or((what, ""));
        let (at_ms, what) = (at_ms.trim(), what.trim_start());
        let running = self.running.entry(actor.to_owned()).or_default();
        let observed = format!("{at_ms} ms: {what}");
        if let Some(delivery) = what.strip_prefix("begin   ") {
            let (delivery, _) = delivery.split_once(':').unwrap_or((delivery, ""));
            let (registration, _) = delivery.split_once(" #").expect("a delivery has a number");
            running.push(delivery.trim_end().to_owned());
            return tell(&mut self.sequences, registration, observed);
        }
        if what.starts_with("end     ") {
            running.pop();
        } else if what.starts_with("return  ") {
            let who = running.last().map_or(actor, String::as_str).to_owned();
            return tell(&mut self.sequences, &format!("calls of {who}"), observed);
        }
        true
    }
}

impl Seen<usize> {
    /// How much of what was observed has come.
    fn come(&self) -> usize {
        self.sequences.values().sum()
    }
}

/// Whether a run may be.
#[derive(Clone, Debug)]
pub(crate) enum Membership {
    /// A path of the world has exactly these observations; so many states were looked at.
    Member(usize),
    /// None has.
    Stranger {
        /// So many states were looked at: all whose observations are a beginning of the run's.
        states: usize,
        /// The trace of the path that agrees with the most of what was observed.
        furthest: String,
        /// What agrees with the run up to here can end like this, and the run does not.
        ends: Vec<Observed>,
    },
    /// There are more than so many states.
    Unknown(usize),
}

impl fmt::Display for Membership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(states) => write!(f, "a path of the world was found in {states} states"),
            Self::Unknown(states) => write!(f, "not found in the first {states} states"),
            Self::Stranger { states, furthest, ends } => {
                write!(
                    f,
                    "no path of the world is like it, in {states} states; the one that comes furthest:\n{furthest}"
                )?;
                ends.iter().try_for_each(|end| write!(f, "\n\nan end of the world:\n{end}"))
            }
        }
    }
}

/// A world on the way, and how far the run has been seen.
struct Way {
    whole: Whole,
    seen: Seen<usize>,
    /// Of the world's trace, how many lines were read.
    lines: usize,
}

/// Looks for a path of the model-driven world that has exactly these observations. What is no beginning of them is left.
/// Numbers that a system takes by chance are those of the seed, as they are in the run.
#[allow(
    clippy::mutable_key_type,
    reason = "the marks of a world are no part of its equality and hash"
)]
pub(crate) fn membership(
    program: &Arc<Program>,
    seed: u64,
    run: &Observed,
    most: usize,
) -> Membership {
    let first = Whole::first_recorded(program, seed);
    let mut known: HashSet<(Whole, Seen<usize>, Vec<Rule>)> = HashSet::new();
    let (mut furthest, mut ends) = ((0, first.world().clone()), Vec::new());
    let mut ways = vec![Way { whole: first, seen: Seen::default(), lines: 0 }];
    while let Some(way) = ways.pop() {
        if known.len() > most {
            return Membership::Unknown(most);
        }
        let following = way.whole.following();
        if following.is_empty() {
            let outcome = way.whole.world().clone().finish(None);
            let mut seen = way.seen.clone();
            let rest = outcome.lines[way.lines..].iter().all(|line| run.begins(&mut seen, line));
            if rest
                && run.is_all_of(&seen)
                && rules(&outcome) == run.rules
                && End::of(&outcome) == run.end
            {
                return Membership::Member(known.len());
            }
            if ends.len() < 3 {
                ends.push(Observed::of(&outcome));
            }
            continue;
        }
        let mut next: Vec<Way> = Vec::new();
        for (_, whole) in following {
            // Nothing is reported that is so only at the end.
            let outcome = whole.world().clone().finish_untold(Some(String::new()));
            let (mut seen, rules) = (way.seen.clone(), rules(&outcome));
            let machine = whole.world().machine();
            let mut lines = outcome.events[way.lines..].iter().map(|e| machine.trace_line(e));
            let fits = lines.all(|line| run.begins(&mut seen, &line));
            if fits && run.allows(&rules) && known.insert((whole.clone(), seen.clone(), rules)) {
                let come = seen.come();
                if come >= furthest.0 {
                    furthest = (come, whole.world().clone());
                }
                next.push(Way { whole, seen, lines: outcome.events.len() });
            }
        }
        // Who has come furthest goes on first, and of these a thread before time does.
        next.reverse();
        next.sort_by_key(|way| way.seen.come());
        ways.extend(next);
    }
    let furthest = furthest.1.finish(Some(String::new())).lines.join("\n");
    Membership::Stranger { states: known.len(), furthest, ends }
}
