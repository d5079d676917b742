//! The smallest scenario that still goes wrong in the same way.
//!
//! What a scenario says is a tree of lists and objects. Parts of it are left out, whatever they are, as long as what is left is a good
//! scenario and the search still finds the same failure in it: threads, steps, callbacks, events, faults, options, members.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::check::check;
use netiosim_scenario::format::{Expect, Scenario, StackSpec};
use netiosim_scenario::load::fingerprint_of;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::template;
use netiosim_scenario::world::World;
use serde_json::Value;

use super::counterexample::Counterexample;
use super::exhaustive::{Limits, exhaust};
use super::verdicts::{Violation, Wanted};

/// What must still go wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// This rule is broken.
    Rule {
        /// The rule.
        rule: Rule,
        /// Whether the scenario is to say that it expects it.
        expected: bool,
    },
    /// An expectation about this is not met.
    Unmet(String),
}

/// A scenario that was made smaller.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Shrunk {
    /// The scenario, with the schedule to follow under the profile.
    pub scenario: Scenario,
    /// The shortest way on which it goes wrong.
    pub counterexample: Counterexample,
    /// How many steps its scripts, and how many events its timeline, have together.
    pub steps: usize,
    /// How many smaller scenarios were tried.
    pub tried: usize,
}

impl Shrunk {
    /// The scenario, as a file.
    #[must_use]
    pub fn text(&self) -> String {
        let text = serde_json::to_string_pretty(&self.scenario).unwrap_or_default();
        text + "\n"
    }
}

/// Makes a scenario smaller as long as the same goes wrong under a profile; if it is orderly, with time that goes by only when
/// nothing else can happen. `directory` is where stack files are looked for, `most` how many
/// states each attempt may look at; `stop` ends the shrinking, with what was reached.
#[must_use]
pub fn shrink(
    scenario: &Scenario,
    directory: &Path,
    profile: Profile,
    (target, orderly): (&Target, bool),
    most: usize,
    stop: &mut dyn FnMut() -> bool,
) -> Option<Shrunk> {
    let mut start = scenario.clone();
    start.expect = scenario.expect_for(profile.name()).clone();
    start.expect_under.clear();
    start.schedules.clear();
    start.requirements.clear();
    start.description.clear();
    if let Target::Rule { .. } = target {
        start.expect = Expect::default();
    }
    let mut shrinker = Shrinker { directory, profile, target, orderly, most, stop, tried: 0 };
    let mut tree = serde_json::to_value(&start).ok()?;
    shrinker.attempt(&tree)?;
    loop {
        let before = tree.clone();
        shrinker.pass(&mut tree);
        if tree == before || (shrinker.stop)() {
            break;
        }
    }
    let tried = shrinker.tried;
    let (mut scenario, program, violation) = shrinker.attempt(&tree)?;
    let stack = template::resolve(&scenario.stack, directory).ok()?;
    let fingerprint = fingerprint_of(&scenario, &stack, profile);
    let counterexample = Counterexample::of_violation(&program, fingerprint, &violation);
    let schedule = counterexample.schedule.to_string();
    scenario.schedules.insert(profile.name().to_owned(), schedule);
    if let Target::Rule { rule, expected: true } = target {
        scenario.expect.findings.must = vec![rule.id().to_owned()];
        // What else is found on that way has nothing to do with it.
        let world = World::follow(&program, &counterexample.schedule.steps).ok()?;
        let others = world.run_on(0).findings.into_iter().map(|finding| finding.rule);
        let others: BTreeSet<Rule> = others.filter(|other| other != rule).collect();
        scenario.expect.findings.may = others.iter().map(|rule| rule.id().to_owned()).collect();
    }
    for other in Profile::ALL.into_iter().filter(|other| *other != profile) {
        let reason = format!("it was found under `{}`", profile.name());
        scenario.profiles.except.insert(other.name().to_owned(), reason);
    }
    let steps = count_steps(&tree);
    Some(Shrunk { scenario, counterexample, steps, tried })
}

struct Shrinker<'a> {
    directory: &'a Path,
    profile: Profile,
    target: &'a Target,
    orderly: bool,
    most: usize,
    stop: &'a mut dyn FnMut() -> bool,
    tried: usize,
}

type Found = (Scenario, Arc<Program>, Violation);

impl Shrinker<'_> {
    /// The scenario of a tree, and the way on which it goes wrong, if it still does.
    fn attempt(&mut self, tree: &Value) -> Option<Found> {
        self.tried += 1;
        let scenario: Scenario = serde_json::from_value(tree.clone()).ok()?;
        let stack: StackSpec = template::resolve(&scenario.stack, self.directory).ok()?;
        if !check(&scenario, &stack, "", "").is_empty() {
            return None;
        }
        let mut program = compile(&scenario, &stack, self.profile).ok()?;
        let wanted = match self.target {
            Target::Rule { rule, .. } => {
                // Only this rule goes wrong; all others may.
                let others = Rule::ALL.iter().filter(|other| *other != rule);
                program.expect.findings.may = others.map(|rule| rule.id().to_owned()).collect();
                Wanted { findings_only: true, first_only: true, orderly: self.orderly }
            }
            Target::Unmet(_) => Wanted { orderly: self.orderly, ..Wanted::default() },
        };
        let program = Arc::new(program);
        let limits = Limits { states: self.most, ..Limits::default() };
        let seen = exhaust(&program, wanted, &limits, &mut |_| None);
        let fits = |violation: &Violation| match self.target {
            Target::Rule { rule, .. } => violation.rule == Some(*rule),
            Target::Unmet(what) => violation.rule.is_none() && violation.unmet.what == *what,
        };
        let violation = seen.violations.into_iter().find(fits)?;
        Some((scenario, program, violation))
    }

    fn keeps(&mut self, tree: &Value) -> bool {
        !(self.stop)() && self.attempt(tree).is_some()
    }

    /// Tries to leave out every part once, from the root to the leaves.
    fn pass(&mut self, tree: &mut Value) {
        let mut open: Vec<Vec<Key>> = vec![Vec::new()];
        let mut at = 0;
        while at < open.len() {
            let path = open[at].clone();
            at += 1;
            self.list(tree, &path);
            // What an expectation says is not changed: it is there, or not.
            if matches!(path.as_slice(), [Key::Name(name), _, ..] if name == "expect") {
                continue;
            }
            self.object(tree, &path);
            self.hoist(tree, &path);
            match value_at(tree, &path) {
                Some(Value::Array(list)) => {
                    open.extend((0..list.len()).map(|n| child(&path, Key::Index(n))));
                }
                Some(Value::Object(object)) => {
                    open.extend(object.keys().map(|key| child(&path, Key::Name(key.clone()))));
                }
                _ => {}
            }
        }
    }

    /// Leaves elements of a list out: halves first, then smaller runs, then one by one.
    fn list(&mut self, tree: &mut Value, path: &[Key]) {
        let Some(Value::Array(list)) = value_at(tree, path) else { return };
        let mut run = list.len();
        while run > 0 {
            let mut start = 0;
            loop {
                let Some(Value::Array(list)) = value_at(tree, path) else { return };
                if start >= list.len() {
                    break;
                }
                let end = (start + run).min(list.len());
                let mut smaller = tree.clone();
                if let Some(Value::Array(list)) = value_at_mut(&mut smaller, path) {
                    list.drain(start..end);
                }
                if self.keeps(&smaller) {
                    *tree = smaller;
                } else {
                    start = end;
                }
            }
            run /= 2;
        }
    }

    /// Leaves members of an object out.
    fn object(&mut self, tree: &mut Value, path: &[Key]) {
        let Some(Value::Object(object)) = value_at(tree, path) else { return };
        let keys: Vec<String> = object.keys().cloned().collect();
        for key in keys {
            let mut smaller = tree.clone();
            if let Some(Value::Object(object)) = value_at_mut(&mut smaller, path) {
                object.remove(&key);
            }
            if self.keeps(&smaller) {
                *tree = smaller;
            }
        }
    }

    /// Puts the steps of a block in its place: of a repetition, once.
    fn hoist(&mut self, tree: &mut Value, path: &[Key]) {
        let mut n = 0;
        loop {
            let Some(Value::Array(list)) = value_at(tree, path) else { return };
            let Some(step) = list.get(n) else { return };
            let blocks = step.as_object().into_iter().flat_map(|step| step.values());
            let members = blocks.filter_map(Value::as_object).flat_map(|block| block.values());
            let inner = members
                .filter_map(Value::as_array)
                .find(|list| !list.is_empty() && list.iter().all(Value::is_object));
            let Some(inner) = inner.cloned() else {
                n += 1;
                continue;
            };
            let mut flatter = tree.clone();
            if let Some(Value::Array(list)) = value_at_mut(&mut flatter, path) {
                list.splice(n..=n, inner);
            }
            if self.keeps(&flatter) {
                *tree = flatter;
            } else {
                n += 1;
            }
        }
    }
}

/// One step of the way to a value.
#[derive(Clone, Debug)]
enum Key {
    Index(usize),
    Name(String),
}

fn child(path: &[Key], key: Key) -> Vec<Key> {
    path.iter().cloned().chain([key]).collect()
}

fn value_at<'a>(tree: &'a Value, path: &[Key]) -> Option<&'a Value> {
    path.iter().try_fold(tree, |value, key| match key {
        Key::Index(n) => value.get(n),
        Key::Name(name) => value.get(name),
    })
}

fn value_at_mut<'a>(tree: &'a mut Value, path: &[Key]) -> Option<&'a mut Value> {
    path.iter().try_fold(tree, |value, key| match key {
        Key::Index(n) => value.get_mut(n),
        Key::Name(name) => value.get_mut(name),
    })
}

/// Steps of threads and callbacks, those within blocks included, and events of the timeline.
fn count_steps(tree: &Value) -> usize {
    let timeline = tree.get("timeline").and_then(Value::as_array).map_or(0, Vec::len);
    let clients = tree.get("clients").and_then(Value::as_array).into_iter().flatten();
    let scripts = clients.map(|client| {
        let threads = client.get("threads").and_then(Value::as_array).into_iter().flatten();
        let threads = threads.filter_map(|thread| thread.get("steps"));
        let callbacks = client.get("callbacks").and_then(Value::as_object);
        let callbacks = callbacks.into_iter().flat_map(|callbacks| callbacks.values());
        threads.chain(callbacks).map(steps_of).sum::<usize>()
    });
    timeline + scripts.sum::<usize>()
}

fn steps_of(script: &Value) -> usize {
    let steps = script.as_array().into_iter().flatten();
    steps
        .map(|step| {
            let blocks = step.as_object().into_iter().flat_map(|step| step.values());
            let members = blocks.filter_map(Value::as_object).flat_map(|block| block.values());
            let inner = members.filter(|member| {
                member.as_array().is_some_and(|list| list.iter().all(Value::is_object))
            });
            1 + inner.map(steps_of).sum::<usize>()
        })
        .sum()
}
