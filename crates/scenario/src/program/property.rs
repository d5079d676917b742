//! Properties, compiled: what they look at has the names and numbers of the machine.

use std::sync::Arc;

use super::Program;
use crate::format::{self, AddressExpect, HintExpect, InterfaceExpect, Match, RouteExpect};
use crate::judge::words;

/// In which moments of which runs a property is to be true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PropertyKind {
    /// In every moment of every run.
    Always,
    /// In no moment of any run.
    Never,
    /// In some moment of every run that comes to its end.
    Eventually,
    /// In some moment of some run.
    Sometimes,
}

/// A statement over the moments of a run.
#[derive(Clone, Debug)]
pub struct Property {
    /// When it is to be true.
    pub kind: PropertyKind,
    /// Its name.
    pub name: Arc<str>,
    /// Where in the file: `expect.never[0]`.
    pub path: Arc<str>,
    /// What it says, in words.
    pub words: String,
    pub(crate) condition: Condition,
}

impl Property {
    /// Whether this moment is the one that decides, if the condition has this value in it: an `always`
    /// waits for the first moment in which it is false, all others for one in which they are true.
    pub(crate) fn is_its_moment(&self, value: bool) -> bool {
        value != (self.kind == PropertyKind::Always)
    }

    /// Whether it is violated when its moment has come.
    #[must_use]
    pub fn is_violated_by_its_moment(&self) -> bool {
        matches!(self.kind, PropertyKind::Always | PropertyKind::Never)
    }
}

/// Deliveries that some property counts.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    /// The registration, by the name that the machine has for it.
    pub(crate) registration: Arc<str>,
    /// So many are enough: no property tells more of them apart.
    pub(crate) at_least: u32,
    pub(crate) pattern: Match,
}

#[derive(Clone, Debug)]
pub(crate) enum Condition {
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Not(Box<Condition>),
    Delivering(Arc<str>),
    Cancelling(Arc<str>),
    Registered(Arc<str>),
    /// The position in the list of what is counted, and how many there must be.
    Delivered(usize, u32),
    /// The lock, and the thread, by their positions.
    Holds(usize, Option<usize>),
    Port(Option<u16>),
    Teredo(&'static str),
    Interface(Box<InterfaceExpect>),
    Address(Box<AddressExpect>),
    Route(Box<RouteExpect>),
    Hint(HintExpect),
    Listener(u16),
}

/// Compiles the properties of a program's expectations. `locks` are the names of its locks as `client.lock`.
///
/// A lock or thread that is not there has no number; the checks of a file have refused it.
pub(super) fn compile(program: &mut Program, locks: &[Arc<str>]) {
    let expect = program.expect.clone();
    let lists = [
        (PropertyKind::Always, "always", &expect.always),
        (PropertyKind::Never, "never", &expect.never),
        (PropertyKind::Eventually, "eventually", &expect.eventually),
        (PropertyKind::Sometimes, "sometimes", &expect.sometimes),
    ];
    let mut compiler = Compiler { program, locks, counted: Vec::new() };
    let mut properties = Vec::new();
    for (kind, list, all) in lists {
        for (n, property) in all.iter().enumerate() {
            let mut parts = compiler.list(&property.all);
            if !property.any.is_empty() {
                parts.push(Condition::Any(compiler.list(&property.any)));
            }
            properties.push(Property {
                kind,
                name: property.name.as_str().into(),
                path: format!("expect.{list}[{n}]").into(),
                words: words(property),
                condition: Condition::All(parts),
            });
        }
    }
    let counted = compiler.counted;
    program.properties = properties;
    program.counted = counted;
}

struct Compiler<'a> {
    program: &'a Program,
    locks: &'a [Arc<str>],
    counted: Vec<Counted>,
}

impl Compiler<'_> {
    fn list(&mut self, conditions: &[format::Condition]) -> Vec<Condition> {
        conditions.iter().map(|condition| self.condition(condition)).collect()
    }

    fn condition(&mut self, condition: &format::Condition) -> Condition {
        match condition {
            format::Condition::All(all) => Condition::All(self.list(all)),
            format::Condition::Any(any) => Condition::Any(self.list(any)),
            format::Condition::Not(not) => Condition::Not(Box::new(self.condition(not))),
            format::Condition::Delivering(name) => Condition::Delivering(self.registration(name)),
            format::Condition::Cancelling(name) => Condition::Cancelling(self.registration(name)),
            format::Condition::Registered(name) => Condition::Registered(self.registration(name)),
            format::Condition::Delivered(delivered) => {
                self.counted.push(Counted {
                    registration: self.registration(&delivered.registration),
                    at_least: delivered.at_least,
                    pattern: delivered.matching.clone(),
                });
                Condition::Delivered(self.counted.len() - 1, delivered.at_least)
            }
            format::Condition::Holds(holds) => self.holds(holds),
            format::Condition::Port(port) => Condition::Port(*port),
            format::Condition::Teredo(teredo) => Condition::Teredo(teredo.state.word()),
            format::Condition::Interface(one) => Condition::Interface(Box::new(one.clone())),
            format::Condition::Address(one) => Condition::Address(Box::new(one.clone())),
            format::Condition::Route(one) => Condition::Route(Box::new(one.clone())),
            format::Condition::Hint(hint) => Condition::Hint(hint.clone()),
            format::Condition::Listener(port) => Condition::Listener(*port),
        }
    }

    /// The name that the machine has for a registration; those of a program that lives through the scenario have
    /// that of the file.
    fn registration(&self, name: &str) -> Arc<str> {
        let number = self.program.registration(name);
        number.map_or_else(|| name.into(), |number| self.program.registrations[number].clone())
    }

    fn holds(&self, holds: &format::HoldsCondition) -> Condition {
        let program = self.program;
        let label = program.locks.iter().position(|lock| *lock.0 == *holds.lock);
        let lock = label.or_else(|| self.locks.iter().position(|full| **full == *holds.lock));
        let named = |name: &str| {
            let mut threads = program.threads.iter();
            threads.position(|thread| *thread.label == *name || *thread.name == *name)
        };
        let thread = holds.thread.as_deref().map(named);
        match (lock, thread) {
            (Some(lock), None) => Condition::Holds(lock, None),
            (Some(lock), Some(Some(thread))) => Condition::Holds(lock, Some(thread)),
            // Nobody holds what is not there.
            _ => Condition::Any(Vec::new()),
        }
    }
}
