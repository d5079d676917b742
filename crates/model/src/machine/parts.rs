//! The state taken apart, for whoever stores many of them: each part once, and states as lists of parts.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use super::fault::Faults;
use super::life::ObjectLife;
use super::overlapped::Overlapped;
use super::resource::{Channel, Lock};
use super::signal::Signal;
use super::table::Table;
use super::{Actor, Machine, Process, Slot};
use crate::aside::{Aside, exactly};
use crate::env::Env;
use crate::ids::{Handle, LaneId, TableId};
use crate::part::{COUNT, Part, Parts, Touched};
use crate::profile::Options;

/// The kinds of parts of a machine's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum PartKind {
    /// What is decided of the options: some are asked once and hold from then on.
    Options,
    /// The time.
    Clock,
    /// The tables of the stack and the Teredo client.
    Env,
    /// Which registrations there are, in which order, and which slots are free.
    Order,
    /// What may be delivered next.
    Ready,
    /// The tables that were handed out.
    Tables,
    /// Faults, and whether the service is down.
    Faults,
    /// A process.
    Process,
    /// An actor.
    Actor,
    /// A registration, or the place of one.
    Slot,
    /// A lock.
    Lock,
    /// A channel.
    Channel,
    /// A signal.
    Signal,
    /// A context object.
    Object,
    /// An OVERLAPPED structure.
    Overlapped,
}

impl PartKind {
    /// The kinds of which there is one part each.
    pub const SINGLE: [Self; 7] = [
        Self::Options,
        Self::Clock,
        Self::Env,
        Self::Order,
        Self::Ready,
        Self::Tables,
        Self::Faults,
    ];
    /// How many kinds there are.
    pub const COUNT: usize = 15;
}

/// Names a part of a machine's state: its kind, and which of that kind; 0 where there is one, [`COUNT`] for how many there are.
pub type PartName = (PartKind, usize);

/// The value of a part. Equal values are equal in every machine of the same driver, also in what
/// decides nothing and can be read: a route's age, the number of the next table.
#[derive(Clone, Debug, Eq)]
pub struct PartValue(Value);

impl PartialEq for PartValue {
    fn eq(&self, other: &Self) -> bool {
        exactly(|| self.0 == other.0)
    }
}

impl Hash for PartValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Value {
    /// How many parts a list has.
    Count(usize),
    Options(Box<Options>),
    Clock(u64),
    Env(Arc<Env>),
    Order(Box<Order>),
    Ready(BTreeMap<(u64, u64, u8), LaneId>, u64),
    Tables(Box<Tables>),
    Faults(Box<Faults>, bool),
    Process(Box<Process>),
    Actor(Box<Actor>),
    Slot(Box<Slot>),
    Lock(Box<Lock>),
    Channel(Box<Channel>),
    Signal(Box<Signal>),
    Object(Arc<str>, ObjectLife),
    Overlapped(Box<Overlapped>),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Order {
    live: BTreeMap<u64, Handle>,
    hung: BTreeMap<u64, Handle>,
    free_slots: Vec<u32>,
    next_birth: u64,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Tables {
    held: BTreeMap<TableId, Table>,
    ever: Aside<u32>,
    /// What is remembered of freed ones decides which mistake is told.
    freed: BTreeMap<TableId, Table>,
}

/// The kinds of which there are as many as are made.
const LISTS: [PartKind; 8] = [
    PartKind::Process,
    PartKind::Actor,
    PartKind::Slot,
    PartKind::Lock,
    PartKind::Channel,
    PartKind::Signal,
    PartKind::Object,
    PartKind::Overlapped,
];

/// What was done to any of several members that are one part.
fn any<const N: usize>(all: [Touched; N]) -> Touched {
    Touched { read: all.iter().any(|one| one.read), written: all.iter().any(|one| one.written) }
}

fn tell_all<T>(parts: &mut Parts<T>, kind: PartKind, tell: &mut dyn FnMut(PartName, Touched)) {
    parts.take_touched(|at, touched| {
        if touched.read {
            tell((kind, at), touched);
        }
    });
}

impl Machine {
    /// Every part that there is now.
    pub fn part_names(&self) -> impl Iterator<Item = PartName> {
        let lists = LISTS.into_iter().filter_map(|kind| Some((kind, self.count(kind)?)));
        let lists =
            lists.flat_map(|(kind, count)| (0..count).chain([COUNT]).map(move |n| (kind, n)));
        PartKind::SINGLE.into_iter().map(|kind| (kind, 0)).chain(lists)
    }

    /// How many parts a list has; `None` of what is no list.
    fn count(&self, kind: PartKind) -> Option<usize> {
        let state = &self.state;
        Some(match kind {
            PartKind::Process => state.processes.count(),
            PartKind::Actor => state.actors.count(),
            PartKind::Slot => state.slots.count(),
            PartKind::Lock => state.locks.count(),
            PartKind::Channel => state.channels.count(),
            PartKind::Signal => state.signals.count(),
            PartKind::Object => state.objects.count(),
            PartKind::Overlapped => state.overlapped.count(),
            _ => return None,
        })
    }

    /// The value of a part; `None` if there is no such part.
    #[must_use]
    pub fn part(&self, (kind, at): PartName) -> Option<PartValue> {
        let state = &self.state;
        if at == COUNT {
            return Some(PartValue(Value::Count(self.count(kind)?)));
        }
        let value = match kind {
            PartKind::Options => Value::Options(Box::new(state.options.peek().clone())),
            PartKind::Clock => Value::Clock(*state.now_ms.peek()),
            PartKind::Env => Value::Env(Arc::clone(state.env.peek())),
            PartKind::Order => Value::Order(Box::new(Order {
                live: state.live.peek().clone(),
                hung: state.hung.peek().clone(),
                free_slots: state.free_slots.peek().clone(),
                next_birth: *state.next_birth.peek(),
            })),
            PartKind::Ready => Value::Ready(state.ready.peek().clone(), *state.next_order.peek()),
            PartKind::Tables => Value::Tables(Box::new(Tables {
                held: state.tables.peek().clone(),
                ever: *state.tables_ever.peek(),
                freed: self.freed.peek().clone(),
            })),
            PartKind::Faults => {
                Value::Faults(Box::new(state.faults.peek().clone()), *state.nsi_down.peek())
            }
            PartKind::Process => Value::Process(Box::new(state.processes.peek(at)?.clone())),
            PartKind::Actor => Value::Actor(Box::new(state.actors.peek(at)?.clone())),
            PartKind::Slot => Value::Slot(Box::new(state.slots.peek(at)?.clone())),
            PartKind::Lock => Value::Lock(Box::new(state.locks.peek(at)?.clone())),
            PartKind::Channel => Value::Channel(Box::new(state.channels.peek(at)?.clone())),
            PartKind::Signal => Value::Signal(Box::new(state.signals.peek(at)?.clone())),
            PartKind::Object => {
                let (name, life) = state.objects.peek(at)?;
                Value::Object(name.clone(), *life)
            }
            PartKind::Overlapped => Value::Overlapped(Box::new(state.overlapped.peek(at)?.clone())),
        };
        Some(PartValue(value))
    }

    /// Puts a part back as it was; with `None`, the list of its kind ends before it.
    ///
    /// # Panics
    ///
    /// If the value is another kind's, a single part is to be taken away, or a list would get a gap.
    pub fn put_part(&mut self, (kind, at): PartName, value: Option<&PartValue>) {
        // Who puts the parts in has put in how many there are.
        if at == COUNT {
            return;
        }
        let state = &mut self.state;
        let Some(PartValue(value)) = value else {
            match kind {
                PartKind::Process => state.processes.put(at, None),
                PartKind::Actor => state.actors.put(at, None),
                PartKind::Slot => state.slots.put(at, None),
                PartKind::Lock => state.locks.put(at, None),
                PartKind::Channel => state.channels.put(at, None),
                PartKind::Signal => state.signals.put(at, None),
                PartKind::Object => state.objects.put(at, None),
                PartKind::Overlapped => state.overlapped.put(at, None),
                _ => panic!("{kind:?} is always there"),
            }
            return;
        };
        match (kind, value.clone()) {
            (PartKind::Options, Value::Options(options)) => state.options.put(*options),
            (PartKind::Clock, Value::Clock(now_ms)) => state.now_ms.put(now_ms),
            (PartKind::Env, Value::Env(env)) => state.env.put(env),
            (PartKind::Order, Value::Order(order)) => {
                state.live.put(order.live);
                state.hung.put(order.hung);
                state.free_slots.put(order.free_slots);
                state.next_birth.put(order.next_birth);
            }
            (PartKind::Ready, Value::Ready(ready, next_order)) => {
                state.ready.put(ready);
                state.next_order.put(next_order);
            }
            (PartKind::Tables, Value::Tables(tables)) => {
                state.tables.put(tables.held);
                state.tables_ever.put(tables.ever);
                self.freed.put(tables.freed);
            }
            (PartKind::Faults, Value::Faults(faults, nsi_down)) => {
                state.faults.put(*faults);
                state.nsi_down.put(nsi_down);
            }
            (PartKind::Process, Value::Process(value)) => state.processes.put(at, Some(*value)),
            (PartKind::Actor, Value::Actor(value)) => state.actors.put(at, Some(*value)),
            (PartKind::Slot, Value::Slot(value)) => state.slots.put(at, Some(*value)),
            (PartKind::Lock, Value::Lock(value)) => state.locks.put(at, Some(*value)),
            (PartKind::Channel, Value::Channel(value)) => state.channels.put(at, Some(*value)),
            (PartKind::Signal, Value::Signal(value)) => state.signals.put(at, Some(*value)),
            (PartKind::Object, Value::Object(name, life)) => {
                state.objects.put(at, Some((name, life)));
            }
            (PartKind::Overlapped, Value::Overlapped(value)) => {
                state.overlapped.put(at, Some(*value));
            }
            (kind, value) => panic!("{value:?} is no part of the kind {kind:?}"),
        }
    }

    /// Tells which parts were looked at or changed since this was last asked.
    pub fn take_touched(&mut self, tell: &mut dyn FnMut(PartName, Touched)) {
        fn one<T>(part: &mut Part<T>) -> Touched {
            part.take_touched()
        }
        let state = &mut self.state;
        let order = [
            one(&mut state.live),
            one(&mut state.hung),
            one(&mut state.free_slots),
            one(&mut state.next_birth),
        ];
        let tables = [one(&mut state.tables), one(&mut state.tables_ever), one(&mut self.freed)];
        let single = [
            (PartKind::Options, one(&mut state.options)),
            (PartKind::Clock, one(&mut state.now_ms)),
            (PartKind::Env, one(&mut state.env)),
            (PartKind::Order, any(order)),
            (PartKind::Ready, any([one(&mut state.ready), one(&mut state.next_order)])),
            (PartKind::Tables, any(tables)),
            (PartKind::Faults, any([one(&mut state.faults), one(&mut state.nsi_down)])),
        ];
        for (kind, touched) in single {
            if touched.read {
                tell((kind, 0), touched);
            }
        }
        tell_all(&mut state.processes, PartKind::Process, tell);
        tell_all(&mut state.actors, PartKind::Actor, tell);
        tell_all(&mut state.slots, PartKind::Slot, tell);
        tell_all(&mut state.locks, PartKind::Lock, tell);
        tell_all(&mut state.channels, PartKind::Channel, tell);
        tell_all(&mut state.signals, PartKind::Signal, tell);
        tell_all(&mut state.objects, PartKind::Object, tell);
        tell_all(&mut state.overlapped, PartKind::Overlapped, tell);
    }
}

#[cfg(test)]
mod tests {
    use crate::build::home;
    use crate::choose::First;
    use crate::machine::{LockMode, Machine, PartKind, Request};
    use crate::profile::Profile;

    fn touched(machine: &mut Machine) -> Vec<(PartKind, usize, bool)> {
        let mut all = Vec::new();
        machine.take_touched(&mut |(kind, at), touched| all.push((kind, at, touched.written)));
        all
    }

    #[test]
    fn a_step_touches_few_parts() {
        let mut machine = Machine::new(Profile::Documented, home());
        let process = machine.process("p", crate::status::Flavour::User);
        let (one, two) = (machine.actor("one", process), machine.actor("two", process));
        let (lock, _) = (machine.lock("a", false), machine.lock("b", false));
        let _ = touched(&mut machine);
        assert!(matches!(machine.acquire(two, lock, LockMode::Write), crate::machine::Begun::Done));
        let all = touched(&mut machine);
        assert!(all.contains(&(PartKind::Lock, 0, true)), "{all:?}");
        assert!(all.iter().all(|(kind, at, _)| (*kind, *at) != (PartKind::Lock, 1)), "{all:?}");
        assert!(all.iter().all(|(kind, at, _)| (*kind, *at) != (PartKind::Actor, one.slot())));
        assert!(all.iter().all(|(kind, _, _)| *kind != PartKind::Env));
    }

    #[test]
    fn a_machine_put_together_of_parts_is_the_same_machine() {
        let mut machine = Machine::new(Profile::Documented, home());
        let process = machine.process("p", crate::status::Flavour::User);
        let actor = machine.actor("main", process);
        let empty = machine.clone();
        let request = Request::new("ports", 1);
        let _ = machine.notify_teredo_port_change(actor, &request, &mut First::default());
        let mut other = empty.clone();
        for name in machine.part_names().collect::<Vec<_>>() {
            other.put_part(name, machine.part(name).as_ref());
        }
        assert_eq!(other, machine);
        assert_ne!(other, empty);
        // And back: what came last goes.
        other.put_part((PartKind::Slot, 0), None);
        for name in empty.part_names().collect::<Vec<_>>() {
            other.put_part(name, empty.part(name).as_ref());
        }
        assert_eq!(other, empty);
    }
}
