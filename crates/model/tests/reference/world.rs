//! One run: the machine and the reference side by side, compared after every step.

use std::collections::BTreeSet;
use std::net::IpAddr;

use netiosim_model::build::home;
use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::event::{Function, What};
use netiosim_model::ids::{
    ActorId, ChannelId, Handle, LaneId, LockId, ModuleId, ProcessId, SignalId,
};
use netiosim_model::machine::{Machine, State};
use netiosim_model::net::Luid;
use netiosim_model::notification::Notification;
use netiosim_model::profile::{OptionId, Options, Profile};
use netiosim_model::row::HintRow;
use netiosim_model::status::Flavour;
use netiosim_model::table::RouteKey;

use super::action::Script;
use super::readers::Reader;
use super::waits::{ChannelBook, LockBook};
use super::{Hint, Overlap, Reference, Rules, Thread, Told};

/// The mark of the machine under test.
pub(crate) const TAG: u16 = 7;
/// Which process each thread belongs to: 0 is a program, 1 a driver.
const THREADS: [usize; 8] = [0, 0, 0, 0, 0, 0, 1, 1];

/// A chooser that remembers what it answered.
#[derive(Clone, Debug)]
pub(crate) struct Recorder {
    seeded: Seeded,
    pub(crate) log: Vec<(&'static str, &'static str)>,
}

impl Recorder {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seeded: Seeded::new(seed), log: Vec::new() }
    }
}

impl Chooser for Recorder {
    fn choose(&mut self, what: &'static str, among: &[&'static str]) -> usize {
        assert!(among.len() > 1, "only real choices are asked: {what}");
        let chosen = self.seeded.choose(what, among);
        self.log.push((what, among[chosen]));
        chosen
    }

    fn draw(&mut self, what: &'static str) -> u64 {
        self.seeded.draw(what)
    }
}

/// A registering call whose initial deliveries its caller still makes.
#[derive(Clone, Debug)]
pub(super) struct Registering {
    pub(super) depth: usize,
    pub(super) rest: Vec<LaneId>,
    pub(super) function: Function,
    pub(super) code: u32,
    pub(super) handle: Handle,
}

/// The run.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) machine: Machine,
    pub(crate) reference: Reference,
    pub(crate) chooser: Recorder,
    pub(super) actors: Vec<ActorId>,
    pub(super) processes: Vec<ProcessId>,
    pub(super) locks: Vec<LockId>,
    pub(super) channels: Vec<ChannelId>,
    pub(super) signals: Vec<SignalId>,
    pub(super) module: ModuleId,
    pub(super) handles: Vec<Handle>,
    pub(super) registering: Vec<Vec<Registering>>,
    /// Handles whose cancel returned success.
    pub(super) cancelled: BTreeSet<u64>,
    /// Threads of reported circles that still wait.
    pub(super) reported: Vec<bool>,
    /// Findings that were looked at.
    pub(super) seen: usize,
    /// Positions of findings that were held against the closure.
    pub(super) circles: Vec<usize>,
    /// Events that were looked at.
    pub(super) events: usize,
    pub(super) contexts: u64,
    /// What each subscriber that keeps a copy of a table holds, by the handle of its registration.
    pub(super) readers: Vec<(u64, Reader)>,
    /// Routes that somebody added, replaced or took out by name.
    pub(super) meddled: Vec<(Luid, IpAddr, u8)>,
    /// Whether somebody said what the network around the Teredo client is like.
    pub(super) network_said: bool,
    /// Until when connectivity may be unknown.
    pub(super) unknown_until_ms: Option<u64>,
    /// How often something happened, so that a run that does nothing shows.
    pub(crate) counts: Counts,
}

/// What a run came across.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) deliveries: u32,
    pub(crate) waits: u32,
    pub(crate) circles: u32,
    pub(crate) cancels: u32,
    pub(crate) coherent: u32,
    pub(crate) stuck: u32,
    pub(crate) changes: u32,
    /// Copies of tables that were held against the tables at the end.
    pub(crate) copies: u32,
    /// Tables of stable addresses, at once or later.
    pub(crate) tables: u32,
    pub(crate) hints: u32,
    pub(crate) addresses: u32,
    pub(crate) routes: u32,
}

impl World {
    pub(crate) fn new(script: &Script) -> Self {
        let profile = Profile::ALL[script.profile];
        let mut options = Options::of(profile);
        let overlap = ["handle", "lane", "callback", "process"];
        if script.overlap > 0 {
            let value = overlap[usize::from(script.overlap - 1)];
            options.fix("serialization", value).expect("a value");
        }
        let mut machine = Machine::with_options(profile, options, home()).tagged(TAG);
        let processes =
            vec![machine.process("app", Flavour::User), machine.process("driver", Flavour::Kernel)];
        let mut actors = Vec::new();
        for (n, process) in THREADS.iter().enumerate() {
            actors.push(machine.actor(&format!("t{n}"), processes[*process]));
        }
        let mut reference = Reference::new(unread(), &THREADS);
        let mut locks = Vec::new();
        for (name, shared) in [("first", false), ("second", false), ("shared", true)] {
            locks.push(machine.lock(name, shared));
            reference.waits.locks.push(LockBook { shared, owners: Vec::new() });
        }
        let mut channels = Vec::new();
        for (name, capacity, receiver) in [("a", 1, Some(1)), ("b", 2, None), ("c", 1, Some(0))] {
            let of = receiver.map(|thread: Thread| actors[thread]);
            channels.push(machine.channel(name, capacity, of));
            reference.waits.channels.push(ChannelBook { capacity, messages: 0, receiver });
        }
        let signals = vec![machine.signal("one"), machine.signal("two")];
        reference.waits.signals = vec![false; 2];
        let module = machine.module_add(processes[0], "plugin.dll", true);
        Self {
            machine,
            reference,
            chooser: Recorder::new(script.seed),
            actors,
            processes,
            locks,
            channels,
            signals,
            module,
            handles: Vec::new(),
            registering: vec![Vec::new(); THREADS.len()],
            cancelled: BTreeSet::new(),
            reported: vec![false; THREADS.len()],
            seen: 0,
            circles: Vec::new(),
            events: 0,
            contexts: 0,
            readers: Vec::new(),
            meddled: Vec::new(),
            network_said: false,
            unknown_until_ms: None,
            counts: Counts::default(),
        }
    }

    /// Goes on with a machine of this state, whose record is empty.
    pub(crate) fn resume(&mut self, state: State) {
        self.machine = Machine::resume(state);
        self.seen = 0;
        self.circles.clear();
    }

    /// Runs a whole script and lets everything come to its end.
    pub(crate) fn run(script: &Script) -> Self {
        let mut world = Self::new(script);
        for action in &script.actions {
            world.step(action);
        }
        world.finish();
        world
    }

    pub(super) fn thread(&self, actor: ActorId) -> Thread {
        self.actors.iter().position(|other| *other == actor).expect("an actor of this run")
    }

    /// The answer that the last call was given for an option that stays open, or its value.
    pub(super) fn decided(&self, option: OptionId, since: usize) -> Option<&'static str> {
        if !self.machine.options().is_open(option) {
            return Some(self.machine.options().fixed(option));
        }
        let asked = self.chooser.log[since..].iter().rev().find(|asked| asked.0 == option.name());
        asked.map(|asked| asked.1)
    }

    /// Reads the decisions that hold for the whole run, as far as they were taken.
    pub(super) fn read_rules(&mut self) {
        let options = self.machine.options();
        let value = |id: OptionId| options.fixed(id);
        let stale = |id: OptionId| match value(id) {
            "invalid-handle" => [6, 6],
            "success" => [0, 0],
            _ => [87, 0xC000_000D],
        };
        self.reference.rules = Rules {
            overlap: match value(OptionId::Serialization) {
                "lane" => Overlap::Lane,
                "callback" => Overlap::Callback,
                "process" => Overlap::Process,
                _ => Overlap::Handle,
            },
            initial_per_family: value(OptionId::InitialUnspec) == "per-family",
            any_order: value(OptionId::DeliveryOrder) == "any",
            merge: value(OptionId::Coalescing) == "same-key",
            failed_cancel_gone: value(OptionId::FailedCancel) == "gone",
            concurrent_refused: value(OptionId::ConcurrentCancel) == "refuse",
            stub: value(OptionId::Registration) == "stub",
            port_change_type: i32::from(value(OptionId::PortChangeType) == "add"),
            port_on_stop: match value(OptionId::PortOnStop) {
                "zero-delete" => Some(2),
                "zero-parameter" => Some(0),
                _ => None,
            },
            same_port_notifies: value(OptionId::SamePortRestart) == "notify",
            stable_waits_for_all: value(OptionId::StableWait) == "all-addresses",
            stable_again: value(OptionId::StableRepeat) == "each-time",
            stable_overlaps: value(OptionId::StableOverlap) == "overlap",
            initial_hint_unknown: value(OptionId::HintInitial) == "unknown",
            stale: stale(OptionId::StaleCancel),
            null_callback: stale(OptionId::NullCallback),
            null_pointer: stale(OptionId::NullHandlePointer),
            pending: match value(OptionId::KernelErrorNames) {
                "literal" => [997, 997],
                _ => [997, 0x103],
            },
        };
    }

    pub(super) fn name(&self, lane: LaneId) -> (usize, usize) {
        let reg = self.reference.find(lane.handle.0).expect("a registration that both know");
        (reg, usize::from(lane.lane))
    }

    /// The effects among the events since the last look.
    pub(super) fn new_effects(&mut self) -> Vec<netiosim_model::change::Effect> {
        let new = &self.machine.events()[self.events..];
        let effects = new.iter().filter_map(|event| match &event.what {
            What::Effect(effect) => Some(effect.clone()),
            _ => None,
        });
        effects.collect()
    }
}

/// Rules before anything was read; no question is asked under them.
fn unread() -> Rules {
    Rules {
        overlap: Overlap::Handle,
        initial_per_family: false,
        any_order: false,
        merge: false,
        failed_cancel_gone: false,
        concurrent_refused: false,
        stub: false,
        port_change_type: 0,
        port_on_stop: None,
        same_port_notifies: false,
        stable_waits_for_all: false,
        stable_again: false,
        stable_overlaps: false,
        initial_hint_unknown: false,
        stale: [0; 2],
        null_callback: [0; 2],
        null_pointer: [0; 2],
        pending: [0; 2],
    }
}

/// A notification in the reference's words.
pub(super) fn told(notification: &Notification) -> Told {
    match notification {
        Notification::TeredoPort { port, kind } => Told::Port(*port, kind.number()),
        Notification::IpInterface { row, kind } => {
            Told::Row(row.map(|row| (row.family.number(), row.luid.0, row.index)), kind.number())
        }
        Notification::UnicastAddress { row, kind } => {
            Told::Address(row.map(|row| (row.luid.0, row.index, row.address)), kind.number())
        }
        Notification::Route { row, kind } => {
            let row = row.map(|row| route_told(row.route, row.index));
            Told::Route(row, kind.number())
        }
        Notification::StableTable { .. } => Told::Stable,
        Notification::Hint { hint, .. } => Told::Hint(hint_told(hint)),
    }
}

/// A route's keys in the reference's words.
pub(super) fn route_told(key: RouteKey, index: u32) -> (u64, u32, IpAddr, u8, IpAddr) {
    (key.luid.0, index, key.destination, key.prefix_length, key.next_hop)
}

/// A hint in the reference's words.
pub(super) fn hint_told(hint: &HintRow) -> Hint {
    let flags = [hint.approaching_data_limit, hint.over_data_limit, hint.roaming];
    Hint { level: hint.level, cost: hint.cost, flags }
}
