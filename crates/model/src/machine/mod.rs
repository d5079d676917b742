//! The machine: registrations, deliveries, cancels, actors and locks over an environment.
//!
//! **The contract: the machine never blocks, never decides and never calls back.** A driver asks
//! for one step at a time; a step that has to wait parks its actor and says so; what is open is
//! asked of the driver's [`Chooser`]. Whoever drives it, a test by hand,
//! threads or an explorer, sees the same semantics.
//!
//! The way of one notification: [`Machine::change`] edits the environment and puts what is owed
//! into the queues of the lanes; [`Machine::deliverable`] lists the lanes whose next delivery may
//! begin; [`Machine::delivery_begin`] hands out the notification and
//! [`Machine::delivery_end`] takes the lane back; [`Machine::cancel_begin`] either is done, waits,
//! or closes a cycle.

mod actor;
mod call;
mod cancel;
mod deliver;
mod environment;
mod fault;
mod graph;
mod life;
mod memo;
mod overlapped;
mod parts;
mod query;
mod register;
mod registration;
mod renew;
mod resource;
mod row;
mod signal;
mod stable;
mod table;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use self::actor::{Actor, Irql, LockMode, Wait};
pub use self::cancel::CancelBegin;
pub use self::deliver::Due;
pub use self::fault::{Fault, FaultTarget};
pub use self::life::Process;
pub use self::memo::Memo;
pub use self::overlapped::Progress;
pub use self::parts::{PartKind, PartName, PartValue};
pub use self::query::EntryQuery;
pub use self::register::Registered;
pub use self::registration::{Death, Kind, Registration, Request, Running};
pub use self::resource::{Begun, ChannelInfo, LockInfo};
pub use self::row::{RowFill, RowRead, RowRef};

use crate::aside::Aside;
use crate::choose::Chooser;
use crate::env::Env;
use crate::event::{Event, What};
use crate::finding::Finding;
use crate::ids::{ActorId, Handle, LaneId, PlaceId, ProcessId, TableId};
use crate::part::{Part, Parts};
use crate::profile::{OptionId, Options, Profile};
use crate::status::{Flavour, KernelNames, Status};

use self::fault::Faults;
use self::life::ObjectLife;
use self::overlapped::Overlapped;
use self::resource::{Channel, Lock};
use self::table::Table;

/// Where a dead registration is remembered, so that a stale handle can be explained.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Grave {
    generation: u32,
    name: Arc<str>,
    death: Death,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
struct Slot {
    generation: u32,
    registration: Option<Box<Registration>>,
    grave: Option<Grave>,
}

/// Everything that decides what can happen next: two machines with equal states behave alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct State {
    tag: u16,
    now_ms: Part<u64>,
    profile: Profile,
    options: Part<Options>,
    env: Part<Arc<Env>>,
    processes: Parts<Process>,
    actors: Parts<Actor>,
    slots: Parts<Slot>,
    free_slots: Part<Vec<u32>>,
    /// Live registrations in the order of their birth.
    live: Part<BTreeMap<u64, Handle>>,
    /// Registrations whose cancel is a deadlock and may yet be refused: what they are owed meanwhile
    /// is set aside.
    hung: Part<BTreeMap<u64, Handle>>,
    /// Lanes with something to deliver to the pool, by what they would deliver next.
    #[cfg_attr(feature = "serde", serde(with = "crate::pairs::part"))]
    ready: Part<BTreeMap<(u64, u64, u8), LaneId>>,
    next_order: Part<u64>,
    next_birth: Part<u64>,
    locks: Parts<Lock>,
    channels: Parts<Channel>,
    signals: Parts<signal::Signal>,
    objects: Parts<(Arc<str>, ObjectLife)>,
    /// The tables that were handed out and not freed.
    tables: Part<BTreeMap<TableId, Table>>,
    /// How many were handed out: it numbers them and tells no two states apart.
    tables_ever: Part<Aside<u32>>,
    overlapped: Parts<Overlapped>,
    faults: Part<Faults>,
    nsi_down: Part<bool>,
}

/// The machine: a [`State`] and the record of what happened to it.
///
/// Equality and hash are those of the state; trace and findings stand beside it.
///
/// # Examples
///
/// ```
/// use netiosim_model::choose::First;
/// use netiosim_model::machine::{Due, Machine, Request};
/// use netiosim_model::profile::Profile;
/// use netiosim_model::teredo::PortWish;
/// use netiosim_model::change::Change;
/// use netiosim_model::build::home;
///
/// let mut machine = Machine::new(Profile::Documented, home());
/// let process = machine.process("firewall", Default::default());
/// let main = machine.actor("main", process);
/// let registered =
///     machine.notify_teredo_port_change(main, &Request::new("ports", 1), &mut First::default());
/// assert_eq!(registered.code, 0);
///
/// machine.change(Some(main), &Change::TeredoRestart(PortWish::Exactly(50_001)), &mut First::default())?;
/// let lane = machine.deliverable()[0];
/// let pool = machine.actor("pool", process);
/// let due: Due = machine.delivery_begin(lane, pool);
/// assert_eq!(due.notification.to_string(), "MibParameterNotification, port 50001");
/// machine.delivery_end(pool);
/// # Ok::<(), netiosim_model::change::ChangeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Machine {
    state: State,
    events: Vec<Event>,
    recording: bool,
    findings: Vec<Finding>,
    places: Places,
    /// What is remembered of the tables that were freed last, so that a mistake can be explained.
    freed: Part<BTreeMap<TableId, Table>>,
    /// The names of registrations that were made while events were recorded, with their families:
    /// the trace speaks of them when they are long gone.
    labels: BTreeMap<Handle, (Arc<str>, bool)>,
    memo: memo::Slot,
}

#[derive(Clone, Debug, Default)]
struct Places {
    texts: Vec<Arc<str>>,
    ids: BTreeMap<Arc<str>, PlaceId>,
}

impl PartialEq for Machine {
    fn eq(&self, other: &Self) -> bool {
        self.state == other.state
    }
}

impl Eq for Machine {}

impl std::hash::Hash for Machine {
    fn hash<H: std::hash::Hasher>(&self, hasher: &mut H) {
        self.state.hash(hasher);
    }
}

impl Machine {
    /// A machine with this environment, no process and no actor, at time 0.
    #[must_use]
    pub fn new(profile: Profile, env: Env) -> Self {
        Self::with_options(profile, Options::of(profile), env)
    }

    /// The same with options that differ from the profile's.
    #[must_use]
    pub fn with_options(profile: Profile, options: Options, env: Env) -> Self {
        let state = State {
            tag: 0,
            now_ms: Part::new(0),
            profile,
            options: Part::new(options),
            env: Part::new(Arc::new(env)),
            processes: Parts::new(),
            actors: Parts::new(),
            slots: Parts::new(),
            free_slots: Part::default(),
            live: Part::default(),
            hung: Part::default(),
            ready: Part::default(),
            next_order: Part::new(0),
            next_birth: Part::new(0),
            locks: Parts::new(),
            channels: Parts::new(),
            signals: Parts::new(),
            objects: Parts::new(),
            tables: Part::default(),
            tables_ever: Part::new(Aside(0)),
            overlapped: Parts::new(),
            faults: Part::default(),
            nsi_down: Part::new(false),
        };
        let places = Places::default();
        let (events, findings, labels) = (Vec::new(), Vec::new(), BTreeMap::new());
        let freed = Part::default();
        let memo = memo::Slot::default();
        Self { state, events, recording: true, findings, places, freed, labels, memo }
    }

    /// What its handles are marked with; see [`Handle::stack`].
    #[must_use]
    pub fn tag(&self) -> u16 {
        self.state.tag
    }

    /// Marks the handles of this machine, so that those of another one are recognised as foreign.
    #[must_use]
    pub fn tagged(mut self, tag: u16) -> Self {
        self.state.tag = tag;
        self
    }

    /// The state: all that decides what can happen next.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// A machine that goes on from `state` with an empty trace and no findings.
    #[must_use]
    pub fn resume(state: State) -> Self {
        let places = Places::default();
        let (events, findings, labels) = (Vec::new(), Vec::new(), BTreeMap::new());
        let freed = Part::default();
        let memo = memo::Slot::default();
        Self { state, events, recording: true, findings, places, freed, labels, memo }
    }

    /// The virtual time, in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        *self.state.now_ms
    }

    /// The profile it was made with.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.state.profile
    }

    /// The options in force.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.state.options
    }

    /// The tables.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.state.env
    }

    /// The tables as they are now, to keep.
    #[must_use]
    pub fn env_snapshot(&self) -> Arc<Env> {
        Arc::clone(&self.state.env)
    }

    /// The actors, in the order in which they were made.
    #[must_use]
    pub fn actors(&self) -> &Parts<Actor> {
        &self.state.actors
    }

    /// One actor.
    ///
    /// # Panics
    ///
    /// If the machine has no such actor; so do all methods that take an [`ActorId`].
    #[must_use]
    pub fn actor_info(&self, actor: ActorId) -> &Actor {
        &self.state.actors[actor.slot()]
    }

    /// The live registrations, in the order of their birth.
    pub fn registrations(&self) -> impl Iterator<Item = (Handle, &Registration)> {
        let of = |handle: &Handle| self.registration(*handle).map(|r| (*handle, r));
        self.state.live.values().filter_map(of)
    }

    /// The registration behind a handle, if it is one of this machine that is not gone.
    #[must_use]
    pub fn registration(&self, handle: Handle) -> Option<&Registration> {
        if handle.stack() != self.state.tag {
            return None;
        }
        let slot = self.state.slots.get(handle.slot()?)?;
        let live = slot.generation & 0xF_FFFF == handle.generation();
        slot.registration.as_deref().filter(|_| live)
    }

    fn registration_mut(&mut self, handle: Handle) -> Option<&mut Registration> {
        if handle.stack() != self.state.tag {
            return None;
        }
        let slot = self.state.slots.get_mut(handle.slot()?)?;
        let live = slot.generation & 0xF_FFFF == handle.generation();
        slot.registration.as_deref_mut().filter(|_| live)
    }

    /// The findings so far.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// Forgets the findings so far; their positions begin at 0 again.
    pub fn forget_findings(&mut self) {
        self.findings.clear();
    }

    /// Takes the events that were recorded since the last time.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The events that were recorded and not taken.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The name of a registration that was made while events were recorded, even if it is gone, and
    /// whether it has a lane for each family.
    pub(crate) fn label(&self, handle: Handle) -> Option<&(Arc<str>, bool)> {
        self.labels.get(&handle)
    }

    /// Switches recording of events on or off; findings are always kept.
    pub fn record(&mut self, on: bool) {
        self.recording = on;
    }

    /// Says where in its program an actor is, for findings and traces: `src/vpn.rs:120`,
    /// `clients[0].threads[1].steps[3]`.
    pub fn at(&mut self, actor: ActorId, place: &str) {
        let id = self.place(place);
        self.state.actors[actor.slot()].place = Some(id);
    }

    /// The number of a place's text, for [`Machine::at_place`].
    pub fn place_id(&mut self, text: &str) -> PlaceId {
        self.place(text)
    }

    /// Like [`Machine::at`], with a place whose number is known.
    pub fn at_place(&mut self, actor: ActorId, place: PlaceId) {
        self.state.actors[actor.slot()].place = Some(place);
    }

    /// The text of a place.
    #[must_use]
    pub fn place_text(&self, place: PlaceId) -> &str {
        self.places.texts.get(place.slot()).map_or("?", |text| text)
    }

    /// Puts a line of the driver's own into the trace.
    pub fn note(&mut self, actor: Option<ActorId>, text: impl Into<String>) {
        if self.recording {
            self.event(actor, What::Note(text.into()));
        }
    }

    /// The flavour that an actor's process speaks.
    #[must_use]
    pub fn flavour(&self, actor: ActorId) -> Flavour {
        let process = self.state.actors[actor.slot()].process;
        self.state.processes[process.slot()].flavour
    }

    /// The number that a status has for an actor: ERROR_* or NTSTATUS by its flavour (O-14, O-15).
    #[must_use]
    pub fn code(&self, actor: ActorId, status: Status) -> u32 {
        status.code(self.flavour(actor), self.kernel_names())
    }

    pub(crate) fn kernel_names(&self) -> KernelNames {
        let options = &self.state.options;
        let no_memory = match options.fixed(OptionId::NoMemoryStatus) {
            "no-memory" => 0xC000_0017,
            _ => 0xC000_009A,
        };
        let literal_error_names = options.fixed(OptionId::KernelErrorNames) == "literal";
        KernelNames { literal_error_names, no_memory }
    }

    /// Adds a process that is alive.
    pub fn process(&mut self, name: &str, flavour: Flavour) -> ProcessId {
        let id = ProcessId::at(self.state.processes.len());
        self.state.processes.push(Process::new(name, flavour));
        id
    }

    /// The processes, in the order in which they were made.
    #[must_use]
    pub fn processes(&self) -> &Parts<Process> {
        &self.state.processes
    }

    /// Adds an actor that is alive, to a process.
    pub fn actor(&mut self, name: &str, process: ProcessId) -> ActorId {
        let id = ActorId::at(self.state.actors.len());
        self.state.actors.push(Actor {
            name: name.into(),
            process,
            irql: Irql::Passive,
            frames: Vec::new(),
            wait: None,
            place: None,
            alive: true,
            deadlocked: false,
        });
        id
    }

    /// Sets an actor's interrupt request level.
    pub fn set_irql(&mut self, actor: ActorId, irql: Irql) {
        self.state.actors[actor.slot()].irql = irql;
    }

    /// The actor is at its end: it gives back nothing that it holds.
    pub fn actor_exit(&mut self, actor: ActorId) {
        let entry = &mut self.state.actors[actor.slot()];
        if entry.alive {
            entry.alive = false;
            entry.wait = None;
            entry.deadlocked = false;
            self.event(Some(actor), What::Exited(actor));
        }
    }

    /// The actor goes back to its pool without a word; [`Machine::actor_reuse`] takes it out again.
    pub fn actor_park(&mut self, actor: ActorId) {
        self.state.actors[actor.slot()].deadlocked = false;
        self.state.actors[actor.slot()].alive = false;
    }

    /// Lets an actor of the pool that has come to its end serve again, under another process.
    pub fn actor_reuse(&mut self, actor: ActorId, process: ProcessId) {
        let entry = &mut self.state.actors[actor.slot()];
        debug_assert!(entry.frames.is_empty() && entry.wait.is_none(), "an idle actor");
        entry.alive = true;
        entry.deadlocked = false;
        entry.process = process;
        entry.irql = Irql::Passive;
        entry.place = None;
    }

    fn place(&mut self, text: &str) -> PlaceId {
        if let Some(id) = self.places.ids.get(text) {
            return *id;
        }
        let id = PlaceId::at(self.places.texts.len());
        let text: Arc<str> = text.into();
        self.places.texts.push(text.clone());
        self.places.ids.insert(text, id);
        id
    }

    fn env_mut(&mut self) -> &mut Env {
        Arc::make_mut(&mut self.state.env)
    }

    fn pick(&mut self, option: OptionId, chooser: &mut dyn Chooser) -> &'static str {
        self.state.options.pick(option, chooser)
    }

    fn event(&mut self, actor: Option<ActorId>, what: What) {
        if self.recording {
            let place = actor.and_then(|actor| self.state.actors[actor.slot()].place);
            self.events.push(Event { at_ms: *self.state.now_ms, actor, place, what });
        }
    }
}
