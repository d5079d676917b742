//! The life of processes, modules and context objects; reboot and service restart.

use std::sync::Arc;

use super::Machine;
use super::Registration;
use super::registration::{Death, Lane, Life};
use crate::change::Change;
use crate::choose::Chooser;
use crate::event::What;
use crate::ids::{ActorId, Handle, ModuleId, ObjectId, ProcessId};
use crate::rule::Rule;
use crate::status::Flavour;
use crate::teredo::{PortWish, TeredoNetwork};

/// A process of the machine: a program in user flavour, a driver in kernel flavour.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Process {
    pub(crate) name: Arc<str>,
    pub(crate) flavour: Flavour,
    pub(crate) alive: bool,
    /// Whether it is an elevated administrator's; a driver is never asked.
    pub(crate) elevated: bool,
    pub(crate) modules: Vec<(Arc<str>, bool)>,
}

impl Process {
    pub(crate) fn new(name: &str, flavour: Flavour) -> Self {
        Self { name: name.into(), flavour, alive: true, elevated: true, modules: Vec::new() }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Which flavour of the API it speaks.
    #[must_use]
    pub fn flavour(&self) -> Flavour {
        self.flavour
    }

    /// Whether it may change things: it runs elevated (IS-01, UC-01, RT-08).
    #[must_use]
    pub fn is_elevated(&self) -> bool {
        self.elevated
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.alive
    }
}

/// Where a context object is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum ObjectLife {
    NotYet,
    Alive,
    Destroyed,
}

impl Machine {
    /// Adds a module to a process; its callbacks may be registered while it is loaded.
    pub fn module_add(&mut self, process: ProcessId, name: &str, loaded: bool) -> ModuleId {
        let modules = &mut self.state.processes[process.slot()].modules;
        let id = ModuleId::at(modules.len());
        modules.push((name.into(), loaded));
        id
    }

    pub(crate) fn module(&self, process: ProcessId, module: ModuleId) -> (Arc<str>, bool) {
        let modules = &self.state.processes[process.slot()].modules;
        modules.get(module.slot()).cloned().unwrap_or_else(|| ("?".into(), false))
    }

    /// Loads a module.
    pub fn module_load(&mut self, process: ProcessId, module: ModuleId) {
        if let Some(entry) = self.state.processes[process.slot()].modules.get_mut(module.slot()) {
            entry.1 = true;
        }
        self.event(None, What::Module { module, loaded: true });
    }

    /// Unloads a module; a finding if a live registration has its callback in it (TP-23, NI-18).
    pub fn module_unload(&mut self, actor: ActorId, process: ProcessId, module: ModuleId) {
        let (name, loaded) = self.module(process, module);
        if !loaded {
            return;
        }
        if let Some(entry) = self.state.processes[process.slot()].modules.get_mut(module.slot()) {
            entry.1 = false;
        }
        self.event(Some(actor), What::Module { module, loaded: false });
        // Until the cancel has returned a callback may run or begin.
        let in_use = |registration: &Registration| {
            let dead = matches!(registration.life, Life::Dying(_));
            !dead || registration.running().next().is_some()
        };
        let uses = |handle: &Handle| {
            self.registration(*handle)
                .is_some_and(|r| r.process == process && r.module == Some(module) && in_use(r))
        };
        let users: Vec<Handle> = self.handles().filter(uses).collect();
        for handle in users {
            let message = format!(
                "module \"{name}\" was unloaded while \"{}\", whose callback is in it, is registered",
                self.registration_name(handle)
            );
            self.finding(Rule::UnloadedModule, actor, Some(handle), message, Vec::new());
        }
    }

    /// Ends a process: its actors stop where they are, its locks are free, its registrations end
    /// without a callback (TP-20, NI-20). Live registrations are reported as leaked (CX-15).
    ///
    /// `actor` is the one that ended it, or any of its own.
    pub fn process_exit(&mut self, actor: ActorId, process: ProcessId) {
        if !self.state.processes[process.slot()].alive {
            return;
        }
        let live: Vec<Handle> =
            self.registrations().filter(|(_, r)| r.process == process).map(|(h, _)| h).collect();
        for handle in live {
            let message = format!(
                "process \"{}\" ended with \"{}\" still registered; the system deregistered it",
                self.state.processes[process.slot()].name,
                self.registration_name(handle)
            );
            self.finding(Rule::LeakedRegistration, actor, Some(handle), message, Vec::new());
        }
        self.drop_tables(actor, process, true);
        self.end_process(process, Death::ProcessExit);
    }

    /// Reports the tables that a process has not freed (N019), as at its end; for a driver that ends
    /// a run without ending its processes.
    pub fn report_tables(&mut self, actor: ActorId, process: ProcessId) {
        self.drop_tables(actor, process, true);
    }

    fn end_process(&mut self, process: ProcessId, death: Death) {
        self.state.processes[process.slot()].alive = false;
        for n in 0..self.state.actors.len() {
            if self.state.actors[n].process == process {
                self.stop(ActorId::at(n));
            }
        }
        let all: Vec<Handle> = self.handles().collect();
        for handle in all {
            if self.registration(handle).is_some_and(|r| r.process == process) {
                self.bury(handle, death);
            }
        }
        self.drop_tables(ActorId(0), process, false);
        self.drop_overlapped(process);
        self.dissolve();
        self.event(None, What::ProcessExit(process));
    }

    fn stop(&mut self, actor: ActorId) {
        let entry = &mut self.state.actors[actor.slot()];
        entry.alive = false;
        entry.wait = None;
        entry.deadlocked = false;
        let frames = std::mem::take(&mut entry.frames);
        for lane in frames {
            if let Some(registration) = self.registration_mut(lane.handle) {
                registration.lanes[usize::from(lane.lane)].running = None;
            }
            self.refresh_ready(lane.handle);
        }
        for lock in self.state.locks.iter_mut() {
            lock.owners.retain(|owner| owner.0 != actor);
        }
    }

    fn handles(&self) -> impl Iterator<Item = Handle> + '_ {
        let tag = self.state.tag;
        self.state.slots.iter().enumerate().filter(|(_, slot)| slot.registration.is_some()).map(
            move |(n, slot)| {
                Handle::new(tag, u32::try_from(n).unwrap_or_default(), slot.generation)
            },
        )
    }

    /// Restarts the machine: every process ends, every registration is gone (TP-21, NI-21), nobody
    /// listens any more, and the Teredo client, if it is wanted, starts again, on another port; it
    /// qualifies when an application makes it (TS-20). Of addresses and routes those are left that are
    /// configured (UC-20), and connectivity is not known for a second (CH-06). Nobody is told.
    pub fn reboot(&mut self, chooser: &mut dyn Chooser) {
        self.event(None, What::Reboot);
        for n in 0..self.state.processes.len() {
            if self.state.processes[n].alive {
                self.end_process(ProcessId::at(n), Death::Reboot);
            }
        }
        *self.state.nsi_down = false;
        // What routers said is forgotten.
        let mut changes = Vec::new();
        if self.env().native_heard {
            let network = self.env().teredo().network().clone();
            changes.push(Change::TeredoNetwork(TeredoNetwork { native_ipv6: false, ..network }));
        }
        if self.env().teredo().is_wanted() {
            changes.extend([Change::TeredoStop, Change::TeredoStart(PortWish::Another)]);
        }
        if !changes.is_empty() {
            let rules = self.cascade_rules(true, chooser);
            for change in changes {
                let effects = self.env_mut().apply(&change, rules, chooser).unwrap_or_default();
                for effect in effects {
                    self.event(None, What::Effect(effect));
                }
            }
        }
        self.env_mut().restart();
    }

    /// Lets a process that ended run again, as after a reboot.
    pub fn process_start(&mut self, process: ProcessId) {
        self.state.processes[process.slot()].alive = true;
    }

    /// Restarts the NSI service: every registration dies silently, its handle is stale from then
    /// on (observed, 4). Callbacks that run go on to their end.
    pub fn nsi_restart(&mut self) {
        self.event(None, What::NsiRestart);
        let all: Vec<Handle> = self.handles().collect();
        for handle in all {
            let live = self.registration(handle).is_some_and(Registration::is_live);
            if !live {
                // Its cancel goes on; if that is refused, there is nothing to go back to.
                if let Some(registration) = self.registration_mut(handle) {
                    registration.doomed = Some(Death::NsiRestart);
                    registration.lanes.iter_mut().for_each(Lane::clear);
                }
                self.refresh_ready(handle);
                continue;
            }
            self.kill(handle, Death::NsiRestart);
        }
    }

    /// Makes the NSI service unreachable or reachable: registering fails with 1753 meanwhile
    /// (observed, 4).
    pub fn set_nsi_down(&mut self, down: bool) {
        *self.state.nsi_down = down;
    }

    /// Adds an object that a context can stand for; it is not constructed yet.
    pub fn object(&mut self, name: &str) -> ObjectId {
        let id = ObjectId::at(self.state.objects.len());
        self.state.objects.push((name.into(), ObjectLife::NotYet));
        id
    }

    /// The name of an object.
    #[must_use]
    pub fn object_name(&self, object: ObjectId) -> &str {
        &self.state.objects[object.slot()].0
    }

    /// The object's constructor has finished.
    pub fn construct(&mut self, actor: ActorId, object: ObjectId) {
        self.state.objects[object.slot()].1 = ObjectLife::Alive;
        self.event(Some(actor), What::Constructed(object));
    }

    /// The object is destroyed, its memory given back.
    pub fn destroy(&mut self, actor: ActorId, object: ObjectId) {
        self.state.objects[object.slot()].1 = ObjectLife::Destroyed;
        self.event(Some(actor), What::Destroyed(object));
    }

    /// The actor uses an object; a finding unless it is constructed and not destroyed.
    pub fn use_object(&mut self, actor: ActorId, object: ObjectId) -> bool {
        let (name, life) = self.state.objects[object.slot()].clone();
        let when = match life {
            ObjectLife::Alive => return true,
            ObjectLife::NotYet => "before it was constructed",
            ObjectLife::Destroyed => "after it was destroyed",
        };
        let frame = self.state.actors[actor.slot()].frames.last().copied();
        let by = frame.map_or_else(
            || format!("thread \"{}\"", self.state.actors[actor.slot()].name),
            |lane| format!("the callback of \"{}\"", self.registration_name(lane.handle)),
        );
        let message = format!("{by} used \"{name}\" {when}");
        self.finding(
            Rule::ContextLifetime,
            actor,
            frame.map(|lane| lane.handle),
            message,
            Vec::new(),
        );
        false
    }
}
