//! Properties of a live run, looked at whenever the trace has more to tell.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::event::{Event, What};
use netiosim_model::function::Shape;
use netiosim_model::ids::{ActorId, LaneId, LockId};
use netiosim_model::machine::{Due, Kind, Machine};
use netiosim_model::notification::Notification;
use netiosim_sim::Observer;
use parking_lot::Mutex as Plain;

use crate::outcome::Delivered;
use crate::program::Program;
use crate::watch::{Scene, Watch};

/// What the properties of a program have seen of a live run.
pub(super) struct Onlooker {
    program: Arc<Program>,
    locks: Vec<LockId>,
    /// The thread that drives the run: none of the program's, though it may have the name of one.
    driver: Option<ActorId>,
    watch: Watch,
    moments: Vec<Option<usize>>,
    /// How many events there were.
    events: usize,
    /// The calls and callbacks that each actor is in, innermost last: whether it is a call that registers.
    inside: BTreeMap<ActorId, Vec<bool>>,
}

impl Onlooker {
    /// Looks at a run in which the program's locks are the first ones of their stack.
    pub(super) fn new(program: &Arc<Program>) -> Self {
        Self {
            locks: (0u32..).map(LockId).take(program.locks.len()).collect(),
            driver: None,
            watch: Watch::new(program),
            moments: vec![None; program.properties.len()],
            events: 0,
            inside: BTreeMap::new(),
            program: program.clone(),
        }
    }

    /// This is the thread that drives the run, which begins now.
    pub(super) fn begin(&mut self, machine: &Machine, driver: ActorId) {
        self.driver = Some(driver);
        self.look(machine, &[]);
    }

    /// How many events there were when the moment of each property came.
    pub(super) fn moments(&self) -> Vec<Option<usize>> {
        self.moments.clone()
    }

    /// Looks whether this is the moment of a property, after these events.
    pub(super) fn look(&mut self, machine: &Machine, events: &[Event]) {
        if self.program.properties.is_empty() {
            return;
        }
        for event in events {
            self.events += 1;
            self.follow(machine, event);
        }
        let (threads, driver) = (&self.program.threads, self.driver);
        let actor = |thread: usize| {
            let label = &threads.get(thread)?.label;
            let mut actors = (0u32..).map(ActorId).zip(machine.actors());
            let found = actors.find(|(n, actor)| actor.name() == &**label && Some(*n) != driver);
            found.map(|(n, _)| n)
        };
        let scene = Scene { machine, locks: &self.locks, actor: &actor };
        let now = self.watch.look(&self.program, &scene);
        self.watch.note(&self.program, &now);
        for property in now {
            self.moments[property] = Some(self.events);
        }
    }

    fn follow(&mut self, machine: &Machine, event: &Event) {
        let Some(actor) = event.actor else { return };
        let inside = self.inside.entry(actor).or_default();
        match event.what {
            What::Call { function, .. } => inside.push(function.spec().shape == Shape::Notify),
            What::Begin { lane, number, notification } => {
                let during_register = inside.last() == Some(&true);
                inside.push(false);
                self.begun(machine, actor, (lane, number, notification), during_register);
            }
            What::Return { .. } | What::End { .. } => {
                inside.pop();
            }
            _ => {}
        }
    }

    fn begun(
        &mut self,
        machine: &Machine,
        actor: ActorId,
        (lane, number, notification): (LaneId, u32, Notification),
        during_register: bool,
    ) {
        let Some(registration) = machine.registration(lane.handle) else { return };
        if self.program.counted.is_empty() {
            return;
        }
        let family = match registration.kind() {
            Kind::IpInterface(family) | Kind::UnicastAddress(family) | Kind::Route(family) => {
                registration.lane_family(lane.lane).or(family)
            }
            _ => None,
        };
        let due = Due {
            lane,
            number,
            callback: registration.callback(),
            family,
            context: registration.context(),
            object: registration.object(),
            notification,
        };
        // A look at the table is no step of the program: a copy of the machine answers.
        let table = notification.table();
        let rows = table.and_then(|table| machine.clone().table_rows(actor, table));
        let rows = rows.map(|rows| rows.len());
        // No property asks for the number of the registration: it has its name.
        let delivered = Delivered::new(&due, 0, during_register, rows, machine);
        self.watch.begun(&self.program, registration.name(), &delivered);
    }
}

/// An onlooker that the stack tells what happens.
pub(super) struct Told(pub(super) Arc<Plain<Onlooker>>);

impl Observer for Told {
    fn events(&mut self, machine: &Machine, events: &[Event]) {
        self.0.lock().look(machine, events);
    }
}
