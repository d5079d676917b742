//! A scenario on real threads: every thread and callback of it runs as one over `netiosim-sim`.
//!
//! The interpreter in [`world`](crate::world) steps the model by itself; this one calls the API as a
//! program would, in controlled or threads mode, so that the two modes are held against the whole
//! corpus. What comes out is judged in the same way.

mod hand;
mod onlooker;
mod ops;
pub mod program;

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::choose::Seeded;
use netiosim_model::event::What;
use netiosim_model::ids::{ActorId, Handle};
use netiosim_sim::{
    Channel, Mode, Module, Mutex, Object, OnDeadlock, Overlapped, Process, RwLock, Signal, Stack,
    StackRef,
};
use parking_lot::Mutex as Plain;

use self::onlooker::{Onlooker, Told};
use crate::outcome::{Delivered, Ended, Failure, Outcome};
use crate::perform::Store;
use crate::program::{EnvEvent, Program, ThreadDecl, next_moment_ms, resolve_event};
use crate::world::{final_port, tables_held};

/// How real threads take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turns {
    /// One at a time, in an order that depends on the seed alone.
    Controlled,
    /// As the system pleases.
    Free,
}

/// What all threads of a live run share.
struct Live {
    program: Arc<Program>,
    stack: StackRef,
    processes: Vec<Process>,
    modules: Vec<Module>,
    locks: Vec<AnyLock>,
    channels: Vec<Channel<()>>,
    signals: Vec<Signal>,
    objects: Vec<Object>,
    overlapped: Vec<Overlapped>,
    shared: Plain<Shared>,
    /// One for each thread of the scenario, set when it starts: a join may come before that.
    started_signals: Vec<Signal>,
    /// The thread that drives the run.
    driver: ActorId,
    /// The actors of threads that were started.
    started: Plain<Vec<ActorId>>,
    onlooker: Arc<Plain<Onlooker>>,
}

enum AnyLock {
    Mutex(Mutex<()>),
    RwLock(RwLock<()>),
}

struct Shared {
    store: Store,
    deliveries: Vec<Delivered>,
    failures: Vec<Failure>,
    /// The actors of the threads that were started.
    threads: Vec<Option<ActorId>>,
    joins: BTreeMap<usize, netiosim_sim::JoinHandle<()>>,
    /// The callbacks made so far, by script.
    callbacks: BTreeMap<usize, netiosim_sim::RawCallback>,
    /// Until when sleeps who, and what wakes him.
    sleepers: Vec<(u64, ActorId, Signal)>,
    /// Registrations whose call is under way, by actor: their deliveries run inside it.
    registering: Vec<ActorId>,
    steps: u64,
}

/// Runs a program on real threads to its end.
#[must_use]
pub fn run_live(program: &Arc<Program>, seed: u64, turns: Turns) -> Outcome {
    let mut builder = Stack::builder()
        .profile(program.profile)
        .env(program.env.clone())
        .mode(match turns {
            Turns::Controlled => Mode::Controlled,
            Turns::Free => Mode::Threads,
        })
        .seed(seed)
        .chooser(Box::new(Seeded::new(seed)))
        .flavour(program.flavour)
        .report_leaks(false)
        .on_deadlock(OnDeadlock::Hang)
        .tag(0)
        .announce(false);
    for (name, value) in &program.fixed {
        builder = builder.option(name.as_str(), value.as_str());
    }
    let onlooker = Arc::new(Plain::new(Onlooker::new(program)));
    if !program.properties.is_empty() {
        builder = builder.observer(Box::new(Told(onlooker.clone())));
    }
    let stack = builder.build();
    let live = Arc::new(Live::new(program, stack.handle(), onlooker));
    let () = stack.inspect(|machine| live.onlooker.lock().begin(machine, live.driver));
    for thread in 0..program.threads.len() {
        if !program.threads[thread].spawned {
            live.start(thread);
        }
    }
    let limit = live.drive();
    let outcome = live.finish(limit.as_deref());
    let _ = stack.take_findings();
    outcome
}

impl Live {
    fn new(program: &Arc<Program>, stack: StackRef, onlooker: Arc<Plain<Onlooker>>) -> Self {
        let processes = program.processes.iter().map(|(name, elevated)| {
            let process = stack.process(name, program.flavour);
            process.set_elevated(*elevated);
            process
        });
        let processes: Vec<Process> = processes.collect();
        let modules = program.modules.iter();
        let modules =
            modules.map(|(process, name)| processes[*process].module(name, true)).collect();
        let locks = program.locks.iter().map(|(name, shared)| {
            if *shared {
                AnyLock::RwLock(stack.rwlock(name, ()))
            } else {
                AnyLock::Mutex(stack.mutex(name, ()))
            }
        });
        let locks = locks.collect();
        let channels = program.channels.iter();
        let channels =
            channels.map(|channel| stack.channel(&channel.name, channel.capacity)).collect();
        stack.at("the timeline");
        let driver = stack.actor();
        let start_of =
            |thread: &ThreadDecl| stack.signal(&format!("the start of {}", thread.label));
        let started_signals = program.threads.iter().map(start_of).collect();
        for fault in &program.faults {
            stack.fault(fault.clone()).keep();
        }
        let shared = Shared {
            store: Store::new(program),
            deliveries: Vec::new(),
            failures: Vec::new(),
            threads: vec![None; program.threads.len()],
            joins: BTreeMap::new(),
            callbacks: BTreeMap::new(),
            sleepers: Vec::new(),
            registering: Vec::new(),
            steps: 0,
        };
        Self {
            program: program.clone(),
            modules,
            locks,
            channels,
            signals: program.signals.iter().map(|name| stack.signal(name)).collect(),
            objects: program.objects.iter().map(|name| stack.object(name)).collect(),
            overlapped: program.overlapped.iter().map(|name| stack.overlapped(name)).collect(),
            processes,
            stack,
            shared: Plain::new(shared),
            started_signals,
            driver,
            started: Plain::default(),
            onlooker,
        }
    }

    /// Starts a thread of the scenario.
    fn start(self: &Arc<Self>, thread: usize) {
        let decl = &self.program.threads[thread];
        let process = self.program.clients[decl.client].1;
        let inside = self.processes[process].enter();
        let live = self.clone();
        let script = decl.script;
        let handle = self.stack.spawn(&decl.label, move || live.thread(script));
        drop(inside);
        let actor = handle.actor();
        for (n, channel) in self.program.channels.iter().enumerate() {
            if channel.receiver == Some(thread) {
                self.channels[n].set_receiver(actor);
            }
        }
        self.started.lock().push(actor);
        let mut shared = self.shared.lock();
        shared.threads[thread] = Some(actor);
        shared.joins.insert(thread, handle);
        drop(shared);
        self.started_signals[thread].set();
    }

    /// Lets the timeline and time go by until nothing is left to happen.
    fn drive(self: &Arc<Self>) -> Option<String> {
        let limits = &self.program.limits;
        let mut timeline = 0;
        loop {
            let most = usize::try_from(limits.steps).unwrap_or(usize::MAX);
            self.wait_for_rest();
            if self.stack.run_until_idle_within(most).is_err()
                || self.shared.lock().steps >= limits.steps
            {
                return Some(format!("the limit of {} steps was reached", limits.steps));
            }
            let now_ms = self.stack.now_ms();
            if now_ms > limits.virtual_ms {
                return Some(format!(
                    "the limit of {} virtual milliseconds was reached",
                    limits.virtual_ms
                ));
            }
            if let Some((at_ms, event)) = self.program.timeline.get(timeline)
                && *at_ms <= now_ms
            {
                let position = self.program.timeline_places[timeline];
                let place: Arc<str> = format!("timeline[{position}]").into();
                timeline += 1;
                self.happen(event, &place);
                continue;
            }
            let due: Vec<Signal> = {
                let mut shared = self.shared.lock();
                let all = std::mem::take(&mut shared.sleepers);
                let (due, later) = all.into_iter().partition(|sleeper| sleeper.0 <= now_ms);
                shared.sleepers = later;
                due.into_iter().map(|sleeper: (u64, ActorId, Signal)| sleeper.2).collect()
            };
            if !due.is_empty() {
                for sleeper in &due {
                    sleeper.set();
                }
                continue;
            }
            // Time goes by for nobody whose process has ended.
            let sleepers: Vec<(u64, ActorId)> =
                self.shared.lock().sleepers.iter().map(|sleeper| (sleeper.0, sleeper.1)).collect();
            let sleeper = self.stack.inspect(|machine| {
                let alive = |sleeper: &&(u64, ActorId)| machine.actor_info(sleeper.1).is_alive();
                sleepers.iter().filter(alive).map(|sleeper| sleeper.0).min()
            });
            let planned = self.program.timeline.get(timeline).map(|entry| entry.0);
            let planned = planned.into_iter().chain(sleeper).min();
            match self.stack.inspect(|machine| next_moment_ms(machine, planned)) {
                Some(wait_ms) => {
                    self.stack.advance_ms(wait_ms);
                }
                None => return None,
            }
        }
    }

    /// Waits until every thread of the scenario, and every callback, has ended or waits for what
    /// nobody is about to do. In controlled mode the scheduler sees to that.
    fn wait_for_rest(&self) {
        self.stack.wait_until(|machine| {
            let own = machine.actors().iter().zip(0u32..).filter(|(_, n)| *n != self.driver.0);
            let mut all = own.map(|(actor, n)| (actor, ActorId(n)));
            !machine.has_deliverable()
                && all.all(|(actor, id)| {
                    !actor.is_alive()
                        || !self.busy(actor, id)
                        || (actor.wait().is_some() && !machine.can_end(id))
                })
        });
    }

    /// Whether an actor that does not wait is at work: a thread of the scenario, or a callback.
    fn busy(&self, actor: &netiosim_model::machine::Actor, id: ActorId) -> bool {
        !actor.frames().is_empty() || self.started.lock().contains(&id)
    }

    /// Lets an event of the file happen.
    fn happen(self: &Arc<Self>, event: &crate::format::Event, place: &Arc<str>) {
        let resolved = resolve_event(event, &self.stack.env(), &self.program);
        let outcome = match resolved {
            Err(reason) => Err(reason),
            Ok(EnvEvent::Changes(changes)) => changes.iter().try_for_each(|change| {
                self.stack.change(change).map_err(|error| error.to_string())
            }),
            Ok(other) => {
                self.happen_to_machine(other);
                Ok(())
            }
        };
        if let Err(reason) = outcome {
            self.fail(place, "the event", "that it can happen", reason);
        }
    }

    fn happen_to_machine(&self, event: EnvEvent) {
        match event {
            EnvEvent::Changes(_) => unreachable!("changes are applied before"),
            EnvEvent::NsiRestart => self.stack.nsi_restart(),
            EnvEvent::NsiDown(down) => self.stack.set_nsi_down(down),
            EnvEvent::ProcessExit(process) => self.processes[process].exit(),
            EnvEvent::Reboot => self.stack.reboot(),
            EnvEvent::Module { module, loaded: true } => self.modules[module].load(),
            EnvEvent::Module { module, loaded: false } => self.modules[module].unload(),
            EnvEvent::Fault(fault) => self.stack.fault(fault).keep(),
            EnvEvent::FaultClear(function) => {
                self.stack.with_model(|machine, _, _| machine.fault_clear(function));
            }
        }
    }

    fn fail(
        &self,
        place: &Arc<str>,
        what: &str,
        expected: impl Into<String>,
        got: impl Into<String>,
    ) {
        let events = self.stack.inspect(|machine| machine.events().len());
        self.shared.lock().failures.push(Failure {
            place: place.clone(),
            what: what.to_owned(),
            expected: expected.into(),
            got: got.into(),
            events,
        });
    }

    fn finish(&self, limit: Option<&str>) -> Outcome {
        if limit.is_none() {
            self.stack.with_model(|machine, _, _| {
                machine.report_stuck();
            });
        }
        let events = self.stack.events();
        let mut shared = self.shared.lock();
        // Threads may have told of their deliveries in another order than that of their begin.
        let begun = events.iter().enumerate().filter_map(|(n, event)| match event.what {
            What::Begin { lane, number, .. } => Some(((lane.handle, number), n)),
            _ => None,
        });
        let begun: BTreeMap<(Handle, u32), usize> = begun.collect();
        shared.deliveries.sort_by_key(|d| begun.get(&(d.handle, d.number)).copied());
        let program = &self.program;
        self.stack.inspect(|machine| Outcome {
            lines: events.iter().map(|event| machine.trace_line(event)).collect(),
            findings: machine.findings().to_vec(),
            deliveries: shared.deliveries.clone(),
            failures: shared.failures.clone(),
            threads: shared
                .threads
                .iter()
                .map(|actor| match actor {
                    None => Ended::NotStarted,
                    Some(actor) if machine.actor_info(*actor).is_alive() => Ended::Blocked,
                    Some(_) => Ended::Finished,
                })
                .collect(),
            moments: self.onlooker.lock().moments(),
            variables: shared.store.variables.all().to_vec(),
            env: Arc::new(machine.env().clone()),
            teredo_port: final_port(machine.clone(), program.flavour),
            tables_held: tables_held(machine),
            registrations: u32::try_from(machine.registrations().count()).unwrap_or(u32::MAX),
            limit: limit.map(str::to_owned),
            steps: shared.steps,
            virtual_ms: machine.now_ms(),
            events: events.clone(),
        })
    }
}
