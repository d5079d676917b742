//! Processes of the simulated machine, their modules, and objects with a life.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use netiosim_model::ids::{ActorId, ModuleId, ObjectId, ProcessId};
use netiosim_model::status::Flavour;

use crate::entry::Entry;
use crate::{StackRef, bind};

/// A process of the simulated machine: a program, or in kernel flavour a driver.
///
/// The test itself is a process too, without any ado; this is for tests of more than one.
///
/// # Examples
///
/// ```
/// use netiosim_model::status::Flavour;
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let vpn = stack.process("vpn", Flavour::User);
/// let handle = {
///     let _inside = vpn.enter();
///     stack.on_teredo_port_change(|_| {})?.into_handle()
/// };
/// vpn.exit();
/// assert!(stack.inspect(|model| model.registration(handle).is_none()), "gone with its process");
/// assert_eq!(stack.take_findings().len(), 1, "which is reported as a leak");
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Process {
    stack: StackRef,
    id: ProcessId,
}

/// The calling thread acts for a [`Process`] until this is dropped.
#[must_use = "the thread leaves the process when this is dropped"]
pub struct Inside {
    stack: StackRef,
    actor: ActorId,
    /// It belongs to the thread.
    here: PhantomData<*const ()>,
}

impl fmt::Debug for Inside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inside").field("actor", &self.actor).finish_non_exhaustive()
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        bind::pop(&self.stack.inner, self.actor);
    }
}

/// A module (DLL) of a process that may hold callbacks.
#[derive(Clone, Debug)]
pub struct Module {
    process: Process,
    id: ModuleId,
}

/// An object that the context of a registration stands for, with a life of its own.
#[derive(Clone, Debug)]
pub struct Object {
    stack: StackRef,
    id: ObjectId,
}

impl StackRef {
    /// Adds a process that is alive.
    pub fn process(&self, name: &str, flavour: Flavour) -> Process {
        let id = self.look(|core| core.machine.process(name, flavour));
        Process { stack: self.clone(), id }
    }

    /// The process that the test itself is.
    #[must_use]
    pub fn own_process(&self) -> Process {
        Process { stack: self.clone(), id: self.inner.home }
    }

    /// Adds an object; it is not constructed yet.
    pub fn object(&self, name: &str) -> Object {
        let id = self.look(|core| core.machine.object(name));
        Object { stack: self.clone(), id }
    }
}

impl Process {
    /// Its number in the model.
    #[must_use]
    pub fn id(&self) -> ProcessId {
        self.id
    }

    /// From now on the calling thread acts for this process.
    pub fn enter(&self) -> Inside {
        let mut entry = Entry::new(&self.stack.inner);
        let actor = bind::actor_in(&self.stack.inner, &mut entry, self.id);
        bind::push(&self.stack.inner, actor);
        Inside { stack: self.stack.clone(), actor, here: PhantomData }
    }

    /// Ends it: its registrations end without a callback (TP-20, NI-20) and are reported as leaked,
    /// its threads get an error where they wait, and at their next call.
    #[track_caller]
    pub fn exit(&self) {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.process_exit(actor, self.id);
        entry.sweep_all();
    }

    /// Starts it again after its end.
    #[track_caller]
    pub fn start(&self) {
        let mut entry = self.stack.enter(Location::caller());
        entry.machine.process_start(self.id);
        entry.lives.begin(self.id);
    }

    /// Says whether it runs elevated: only then it may change addresses, routes, interfaces and
    /// neighbours (UC-01). Processes do unless said otherwise; drivers are never asked.
    pub fn set_elevated(&self, elevated: bool) {
        self.stack.look(|core| core.machine.set_elevated(self.id, elevated));
    }

    /// Whether it runs elevated.
    #[must_use]
    pub fn is_elevated(&self) -> bool {
        self.stack.look(|core| core.machine.processes()[self.id.slot()].is_elevated())
    }

    /// Whether it runs.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.stack.look(|core| core.machine.processes()[self.id.slot()].is_alive())
    }

    /// Adds a module to it.
    pub fn module(&self, name: &str, loaded: bool) -> Module {
        let id = self.stack.look(|core| core.machine.module_add(self.id, name, loaded));
        Module { process: self.clone(), id }
    }
}

impl Module {
    /// Its number in the model, for [`RawRequest::module`](crate::RawRequest::module).
    #[must_use]
    pub fn id(&self) -> ModuleId {
        self.id
    }

    /// Loads it.
    #[track_caller]
    pub fn load(&self) {
        let mut entry = self.process.stack.enter(Location::caller());
        entry.machine.module_load(self.process.id, self.id);
    }

    /// Unloads it: a finding (N009) if the callback of a live registration is in it.
    #[track_caller]
    pub fn unload(&self) {
        let mut entry = self.process.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.module_unload(actor, self.process.id, self.id);
    }
}

impl Object {
    /// Its number in the model, for [`RawRequest::object`](crate::RawRequest::object).
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Its constructor has finished.
    #[track_caller]
    pub fn construct(&self) {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.construct(actor, self.id);
    }

    /// It is destroyed.
    #[track_caller]
    pub fn destroy(&self) {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.destroy(actor, self.id);
    }

    /// It is used: a finding (N015) unless it is constructed and not destroyed. Returns whether the
    /// use was right.
    #[track_caller]
    pub fn use_it(&self) -> bool {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.use_object(actor, self.id)
    }
}
