//! A scenario as a pure machine: the model, and scripts that step it.
//!
//! Every thread and every callback of the scenario is a state of its own; one [`Choice`] moves one
//! of them, or the environment, by one step. No thread of the operating system is involved, so a
//! callback may be held at any of its steps while others go on.

mod finish;
mod follow;
mod hand;
mod happen;
mod ops;
mod search;
mod watching;

pub(crate) use self::finish::{final_port, tables_held};
pub use self::follow::Strayed;
pub(crate) use self::ops::GARBAGE;
pub use self::search::{Decider, Decision, WorldPart, WorldPartName};

use std::sync::Arc;

use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::event::Event;
use netiosim_model::function::Function;
use netiosim_model::ids::{
    ActorId, ChannelId, Handle, LaneId, LockId, ModuleId, ObjectId, OverlappedId, ProcessId,
    SignalId, TableId,
};
use netiosim_model::machine::{Due, Machine, Registered, Registration};
use netiosim_model::part::{Part, Parts};

use self::search::History;

use crate::outcome::{Delivered, Failure, Outcome};
use crate::perform::Store;
use crate::program::{Program, next_moment_ms};

/// One step that may be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    /// A runner, thread or callback, goes on by one step.
    Run(usize),
    /// The next delivery of a lane begins on a thread of the pool.
    Deliver(LaneId),
    /// The next event of the timeline happens.
    Timeline,
    /// Time goes by until the next timer, sleeper or event.
    Time,
}

/// A thread of the scenario or of the pool.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Runner {
    actor: ActorId,
    /// The scenario's thread; `None`: one of the pool.
    thread: Option<usize>,
    frames: Vec<Frame>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Frame {
    script: usize,
    pc: usize,
    /// Rounds left of the loops around the operation.
    loops: Vec<u32>,
    delivery: Option<Delivered>,
    object: Option<ObjectId>,
    /// The registering call that is under way: initial deliveries that are left.
    registering: Option<(PendingCall, Vec<LaneId>)>,
    /// The OVERLAPPED of the synchronous call that is under way.
    waiting: Option<OverlappedId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PendingCall {
    registration: usize,
    handle: Handle,
    code: u32,
    returns: Option<u32>,
    function: Function,
    /// The table that came at once.
    table: Option<TableId>,
}

/// The machine of a scenario.
#[derive(Clone, Debug)]
pub struct World {
    program: Arc<Program>,
    machine: Machine,
    chooser: Decider,
    runners: Parts<Runner>,
    processes: Vec<ProcessId>,
    modules: Vec<ModuleId>,
    locks: Vec<LockId>,
    channels: Vec<ChannelId>,
    signals: Vec<SignalId>,
    objects: Vec<ObjectId>,
    overlapped: Vec<OverlappedId>,
    /// The actors of the scenario's threads.
    actors: Vec<ActorId>,
    store: Part<Store>,
    /// The virtual time, in milliseconds, until which runners sleep.
    wakes: Parts<Option<u64>>,
    /// Where each thread of the scenario runs.
    threads: Part<Vec<Option<usize>>>,
    timeline: Part<usize>,
    /// What expectations look at, of a world that is searched.
    history: Part<History>,
    /// Whether it is searched: what is told of a single run is left out.
    searched: bool,
    events: Vec<Event>,
    deliveries: Vec<Delivered>,
    failures: Vec<Failure>,
    /// How many events there were when the moment of each property came.
    moments: Vec<Option<usize>>,
    steps: u64,
}

impl World {
    /// The world of a program at time 0, with the seed of its choices.
    #[must_use]
    pub fn new(program: &Arc<Program>, seed: u64) -> Self {
        let mut machine =
            Machine::with_options(program.profile, program.options.clone(), program.env.clone());
        let processes = program.processes.iter().map(|(name, elevated)| {
            let process = machine.process(name, program.flavour);
            machine.set_elevated(process, *elevated);
            process
        });
        let processes: Vec<ProcessId> = processes.collect();
        let modules = program.modules.iter();
        let modules =
            modules.map(|(process, name)| machine.module_add(processes[*process], name, true));
        let modules = modules.collect();
        let locks =
            program.locks.iter().map(|(name, shared)| machine.lock(name, *shared)).collect();
        let channels = program.channels.iter();
        let channels =
            channels.map(|channel| machine.channel(&channel.name, channel.capacity, None));
        let channels: Vec<ChannelId> = channels.collect();
        let signals = program.signals.iter().map(|name| machine.signal(name)).collect();
        let objects = program.objects.iter().map(|name| machine.object(name)).collect();
        let overlapped = program.overlapped.iter().map(|name| machine.overlapped(name)).collect();
        for fault in &program.faults {
            machine.fault_add(fault.clone());
        }
        let mut world = Self {
            chooser: Decider::new(seed),
            runners: Parts::new(),
            processes,
            modules,
            locks,
            channels,
            signals,
            objects,
            overlapped,
            actors: Vec::new(),
            store: Part::new(Store::new(program)),
            wakes: Parts::new(),
            threads: Part::new(vec![None; program.threads.len()]),
            timeline: Part::new(0),
            history: Part::new(History::new(program)),
            searched: false,
            events: Vec::new(),
            deliveries: Vec::new(),
            failures: Vec::new(),
            moments: vec![None; program.properties.len()],
            steps: 0,
            machine,
            program: program.clone(),
        };
        // Places are numbers; they do not depend on who comes where first.
        for (_, place) in program.scripts.iter().flat_map(|script| &script.ops) {
            world.machine.place_id(place);
        }
        for thread in 0..program.threads.len() {
            world.start(thread);
        }
        for (n, channel) in program.channels.iter().enumerate() {
            if let Some(receiver) = channel.receiver.and_then(|thread| world.threads[thread]) {
                let actor = world.runners[receiver].actor;
                world.machine.set_receiver(world.channels[n], actor);
            }
        }
        world.look();
        world
    }

    /// The machine.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.machine
    }

    /// The steps that may be taken now, in the default order: threads and callbacks that run, then
    /// deliveries, then the timeline. [`Choice::Time`] is offered when nothing else is left.
    #[must_use]
    pub fn enabled(&self) -> Vec<Choice> {
        let runners = (0..self.runners.len()).filter(|n| self.runnable(*n)).map(Choice::Run);
        let mut all: Vec<Choice> = runners.collect();
        all.extend(self.machine.deliverable().into_iter().map(Choice::Deliver));
        let now_ms = self.machine.now_ms();
        if self.program.timeline.get(*self.timeline).is_some_and(|entry| entry.0 <= now_ms) {
            all.push(Choice::Timeline);
        }
        if all.is_empty() && self.next_moment_ms().is_some() {
            all.push(Choice::Time);
        }
        all
    }

    /// Takes one step.
    pub fn step(&mut self, choice: Choice) {
        self.steps += 1;
        match choice {
            Choice::Run(runner) => self.run_step(runner),
            Choice::Deliver(lane) => self.begin_on_pool(lane),
            Choice::Timeline => {
                let event = self.program.timeline[*self.timeline].1.clone();
                let position = self.program.timeline_places[*self.timeline];
                let place: Arc<str> = format!("timeline[{position}]").into();
                *self.timeline += 1;
                self.happen(&event, None, &place);
            }
            Choice::Time => {
                if let Some(wait_ms) = self.next_moment_ms() {
                    self.machine.elapse(wait_ms, &mut self.chooser);
                }
            }
        }
        if self.searched {
            self.observe_findings();
        } else {
            self.events.extend(self.machine.take_events());
        }
        self.look();
    }

    /// Runs to the end by the seed: with seed 0 always the first step of [`World::enabled`], with
    /// another one any of them.
    #[must_use]
    pub fn run(self) -> Outcome {
        let seed = self.chooser.seed();
        self.run_on(seed)
    }

    /// Goes on to the end from where it is, in the order of this seed.
    #[must_use]
    pub fn run_on(mut self, seed: u64) -> Outcome {
        // A generator of its own, so that the machine's choices do not depend on the schedule's.
        let mut schedule = Seeded::new(seed ^ 0x5CED_u64.rotate_left(32));
        let limits = self.program.limits.clone();
        let limit = loop {
            if self.steps >= limits.steps {
                break Some(format!("the limit of {} steps was reached", limits.steps));
            }
            if self.machine.now_ms() > limits.virtual_ms {
                break Some(format!(
                    "the limit of {} virtual milliseconds was reached",
                    limits.virtual_ms
                ));
            }
            let enabled = self.enabled();
            let Some(first) = enabled.first() else { break None };
            let choice = if seed == 0 || enabled.len() == 1 {
                *first
            } else {
                let at = schedule.draw("schedule") % enabled.len() as u64;
                enabled[usize::try_from(at).unwrap_or(0)]
            };
            self.step(choice);
        };
        self.finish(limit)
    }

    /// Milliseconds until something happens by itself; `None` when nothing ever does.
    fn next_moment_ms(&self) -> Option<u64> {
        let awake = |n: usize| self.alive(&self.runners[n]);
        let sleepers = self.wakes.iter().enumerate();
        let sleepers = sleepers.filter_map(|(n, wake_ms)| wake_ms.filter(|_| awake(n)));
        let timeline = self.program.timeline.get(*self.timeline).map(|entry| entry.0);
        let planned_ms = sleepers.chain(timeline).min();
        next_moment_ms(&self.machine, planned_ms)
    }

    fn alive(&self, runner: &Runner) -> bool {
        self.machine.actor_info(runner.actor).is_alive()
    }

    fn runnable(&self, n: usize) -> bool {
        let runner = &self.runners[n];
        if !self.alive(runner) || runner.frames.is_empty() {
            return false;
        }
        if self.machine.actor_info(runner.actor).wait().is_some() {
            return self.machine.can_end(runner.actor);
        }
        self.wakes[n].is_none_or(|wake_ms| wake_ms <= self.machine.now_ms())
    }

    /// Makes the runner of a thread; one that waits for its `spawn` has no frame yet.
    fn start(&mut self, thread: usize) {
        let decl = &self.program.threads[thread];
        let process = self.processes[self.program.clients[decl.client].1];
        let actor = self.machine.actor(&decl.label, process);
        self.actors.push(actor);
        let frames =
            if decl.spawned { Vec::new() } else { vec![Frame::new(decl.script, None, None)] };
        if !decl.spawned {
            self.threads[thread] = Some(self.runners.len());
        }
        self.runners.push(Runner { actor, thread: Some(thread), frames });
        self.wakes.push(None);
    }

    /// The runner made for a thread, started or not.
    fn runner_of(&self, thread: usize) -> usize {
        let found = self.runners.iter().position(|runner| runner.thread == Some(thread));
        found.expect("every thread has a runner from the start")
    }

    fn begin_on_pool(&mut self, lane: LaneId) {
        let process = self.machine.registration(lane.handle).map(Registration::process);
        let process = process.expect("a lane that can be delivered has a registration");
        let idle = self.runners.iter().position(|runner| {
            runner.thread.is_none() && !self.alive(runner) && runner.frames.is_empty()
        });
        let runner = match idle {
            Some(runner) => {
                self.machine.actor_reuse(self.runners[runner].actor, process);
                runner
            }
            None => {
                let pool = self.runners.iter().filter(|runner| runner.thread.is_none()).count();
                let actor = self.machine.actor(&format!("pool-{}", pool + 1), process);
                self.runners.push(Runner { actor, thread: None, frames: Vec::new() });
                self.wakes.push(None);
                self.runners.len() - 1
            }
        };
        self.begin(runner, lane, false);
    }

    fn begin(&mut self, runner: usize, lane: LaneId, during_register: bool) {
        let actor = self.runners[runner].actor;
        let due: Due = self.machine.delivery_begin(lane, actor);
        let name = self
            .machine
            .registration(lane.handle)
            .map(|registration| registration.name().to_owned());
        let name = name.unwrap_or_default();
        let registration =
            self.program.registrations.iter().position(|other| **other == *name).unwrap_or(0);
        let table = due.notification.table();
        let rows = table.and_then(|table| self.machine.table_rows(actor, table));
        let rows = rows.map(|rows| rows.len());
        let delivered = Delivered::new(&due, registration, during_register, rows, &self.machine);
        self.watch_delivery(&name, &delivered);
        if self.searched {
            self.observe(&delivered);
        } else {
            self.deliveries.push(delivered.clone());
        }
        let script = usize::try_from(due.callback).unwrap_or(0);
        self.runners[runner].frames.push(Frame::new(script, Some(delivered), due.object));
    }

    fn fail(
        &mut self,
        place: &Arc<str>,
        what: &str,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) {
        if self.searched {
            self.history.failed = true;
            return;
        }
        let events = self.events.len() + self.machine.events().len();
        self.failures.push(Failure {
            place: place.clone(),
            what: what.to_owned(),
            expected: expected.into(),
            got: got.into(),
            events,
        });
    }
}

impl Frame {
    fn new(script: usize, delivery: Option<Delivered>, object: Option<ObjectId>) -> Self {
        let (loops, registering, waiting) = (Vec::new(), None, None);
        Self { script, pc: 0, loops, delivery, object, registering, waiting }
    }
}

impl PendingCall {
    fn new(op: &crate::program::RegisterOp, registered: &Registered) -> Self {
        Self {
            registration: op.registration,
            handle: registered.handle,
            code: registered.code,
            returns: op.returns,
            function: op.function,
            table: registered.table,
        }
    }
}
