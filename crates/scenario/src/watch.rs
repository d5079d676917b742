//! What the properties of a scenario have seen of a run.

use std::collections::BTreeSet;

use netiosim_model::env::Env;
use netiosim_model::ids::{ActorId, Handle, LockId};
use netiosim_model::machine::{Machine, Wait};

use crate::judge::{address_is, fits, hint_is, interface_is, route_is};
use crate::outcome::Delivered;
use crate::program::{Condition, Program};

/// What the properties of a program have seen of a run so far; all that they need to know of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Watch {
    /// How many deliveries there were of each kind that is counted, up to the number that is asked for.
    counts: Vec<u32>,
    /// The properties whose moment has come.
    come: BTreeSet<usize>,
}

/// A moment of a run.
pub(crate) struct Scene<'a> {
    pub(crate) machine: &'a Machine,
    /// The locks of the program.
    pub(crate) locks: &'a [LockId],
    /// The actor of a thread of the program, if it was started.
    pub(crate) actor: &'a dyn Fn(usize) -> Option<ActorId>,
}

impl Watch {
    /// Nothing was seen yet.
    pub(crate) fn new(program: &Program) -> Self {
        Self { counts: vec![0; program.counted.len()], come: BTreeSet::new() }
    }

    /// The properties whose moment has come.
    pub(crate) fn come(&self) -> &BTreeSet<usize> {
        &self.come
    }

    /// A delivery of the registration of this name has begun.
    pub(crate) fn begun(&mut self, program: &Program, name: &str, delivered: &Delivered) {
        for (counted, count) in program.counted.iter().zip(&mut self.counts) {
            if *count < counted.at_least
                && *counted.registration == *name
                && fits(&counted.pattern, delivered)
            {
                *count += 1;
            }
        }
    }

    /// The properties whose moment this is, and that had none before.
    pub(crate) fn look(&self, program: &Program, scene: &Scene<'_>) -> Vec<usize> {
        let open = program.properties.iter().enumerate().filter(|(n, _)| !self.come.contains(n));
        let now = open
            .filter(|(_, property)| property.is_its_moment(self.is_so(&property.condition, scene)));
        now.map(|(n, _)| n).collect()
    }

    /// The moment of these properties has come. Returns whether that violates one of them.
    pub(crate) fn note(&mut self, program: &Program, now: &[usize]) -> bool {
        self.come.extend(now);
        now.iter().any(|n| program.properties[*n].is_violated_by_its_moment())
    }

    fn is_so(&self, condition: &Condition, scene: &Scene<'_>) -> bool {
        let machine = scene.machine;
        let env = || -> &Env { machine.env() };
        let named = |handle: Handle, name: &str| {
            machine.registration(handle).is_some_and(|registration| registration.name() == name)
        };
        // Who looks for an actor has looked at how many there are, whether it is found or not: answers that a
        // search keeps have to have looked at something in common.
        let count = machine.actors().len();
        let mut actors = machine.actors().iter().take(count);
        match condition {
            Condition::All(all) => all.iter().all(|one| self.is_so(one, scene)),
            Condition::Any(any) => any.iter().any(|one| self.is_so(one, scene)),
            Condition::Not(not) => !self.is_so(not, scene),
            Condition::Delivering(name) => actors.any(|actor| {
                actor.is_alive() && actor.frames().iter().any(|lane| named(lane.handle, name))
            }),
            Condition::Cancelling(name) => actors.any(|actor| {
                let Some(Wait::Cancel(handle)) = actor.wait() else { return false };
                actor.is_alive() && named(handle, name)
            }),
            Condition::Registered(name) => {
                machine.registrations().any(|(_, registration)| registration.name() == &**name)
            }
            Condition::Delivered(n, at_least) => self.counts[*n] >= *at_least,
            Condition::Holds(lock, thread) => {
                let owners = machine.lock_info(scene.locks[*lock]).owners;
                match thread {
                    None => !owners.is_empty(),
                    Some(thread) => {
                        (scene.actor)(*thread).is_some_and(|actor| owners.contains(&actor))
                    }
                }
            }
            Condition::Port(port) => env().teredo().port() == *port,
            Condition::Teredo(state) => env().teredo().state().word() == *state,
            Condition::Interface(interface) => interface_is(env(), interface),
            Condition::Address(address) => address_is(env(), address),
            Condition::Route(route) => route_is(env(), route),
            Condition::Hint(hint) => hint_is(env(), hint),
            Condition::Listener(port) => env().listeners().contains_key(port),
        }
    }
}
