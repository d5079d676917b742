//! One run: the machine and the reference side by side, compared after every step.

use std::collections::BTreeSet;

use netiosim_model::build::home;
use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::event::{Function, What};
use netiosim_model::ids::{
    ActorId, ChannelId, Handle, LaneId, LockId, ModuleId, ProcessId, SignalId,
};
use netiosim_model::machine::{Begun, Machine, State};
use netiosim_model::notification::Notification;
use netiosim_model::profile::{OptionId, Options, Profile, Scope};
use netiosim_model::status::Flavour;

use super::action::Script;
use super::waits::{ChannelBook, For, LockBook};
use super::{Fate, Overlap, Reference, Rules, Thread, Told, gaps};

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
    /// Events that were looked at.
    pub(super) events: usize,
    pub(super) contexts: u64,
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
        if gaps::MERGED_PORT_IS_LOST {
            options.fix("port-on-stop", "silent").expect("a value");
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
            events: 0,
            contexts: 0,
            counts: Counts::default(),
        }
    }

    /// Goes on with a machine of this state, whose record is empty.
    pub(crate) fn resume(&mut self, state: State) {
        self.machine = Machine::resume(state);
        self.seen = 0;
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
            stale: stale(OptionId::StaleCancel),
            null_callback: stale(OptionId::NullCallback),
            null_pointer: stale(OptionId::NullHandlePointer),
        };
    }

    /// Compares everything that both sides know.
    pub(super) fn compare(&mut self, broken: &[&'static str]) {
        let mut found: Vec<&str> =
            self.machine.findings()[self.seen..].iter().map(|finding| finding.rule.id()).collect();
        let mut expected = broken.to_vec();
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "findings (crate, reference)");
        self.seen = self.machine.findings().len();
        self.compare_registrations();
        self.compare_deliverable();
        self.compare_threads();
        self.every_circle_is_reported();
        let once = OptionId::ALL.iter().filter(|id| id.spec().per == Scope::Run);
        for id in once {
            let asked = self.chooser.log.iter().filter(|asked| asked.0 == id.name()).count();
            assert!(asked <= 1, "{id} holds for the whole run");
        }
    }

    fn compare_registrations(&self) {
        let known: Vec<u64> =
            self.reference.known().into_iter().map(|reg| self.reference.regs[reg].handle).collect();
        let live: Vec<u64> = self.machine.registrations().map(|(handle, _)| handle.0).collect();
        assert_eq!(live, known, "live registrations, in the order of their birth");
        for (n, reg) in self.reference.regs.iter().enumerate() {
            let there = self.machine.registration(Handle(reg.handle));
            if gaps::GONE_IS_NOT_CLEARED && reg.fate == Fate::Dead {
                continue;
            }
            assert_eq!(there.is_some(), self.reference.is_there(n), "{} is there", reg.name);
            let Some(there) = there else { continue };
            assert_eq!(there.is_live(), reg.fate == Fate::Live, "{} is live", reg.name);
            assert_eq!(there.pending(), self.reference.pending(n), "pending for {}", reg.name);
            assert_eq!(there.begun(), reg.begun, "deliveries of {}", reg.name);
            let running: Vec<(Thread, Told)> = there
                .running()
                .map(|running| (self.thread(running.actor), told(&running.notification)))
                .collect();
            let expected: Vec<(Thread, Told)> =
                reg.lanes.iter().filter_map(|lane| lane.running).collect();
            assert_eq!(running, expected, "running callbacks of {}", reg.name);
        }
    }

    fn compare_deliverable(&self) {
        let lanes = self.machine.deliverable();
        let names: Vec<(usize, usize)> = lanes.iter().map(|lane| self.name(*lane)).collect();
        assert_eq!(names, self.reference.deliverable(), "deliverable lanes");
        assert_eq!(self.machine.has_deliverable(), !lanes.is_empty());
        assert_eq!(self.machine.next_deliverable(), lanes.first().copied());
    }

    fn compare_threads(&self) {
        for (n, actor) in self.actors.iter().enumerate() {
            let info = self.machine.actor_info(*actor);
            let book = &self.reference.threads[n];
            assert_eq!(info.is_alive(), book.alive, "t{n} lives");
            let frames: Vec<(usize, usize)> =
                info.frames().iter().map(|lane| self.name(*lane)).collect();
            assert_eq!(frames, book.frames, "callbacks on t{n}");
            assert_eq!(info.wait().is_some(), self.reference.waits.of(n).is_some(), "t{n} waits");
            assert_eq!(self.machine.can_end(*actor), self.reference.can_end(n), "t{n} can go on");
        }
        for (n, lock) in self.locks.iter().enumerate() {
            let owners: Vec<Thread> =
                self.machine.lock_info(*lock).owners.iter().map(|o| self.thread(*o)).collect();
            let expected = &self.reference.waits.locks[n].owners;
            let expected: Vec<Thread> = expected.iter().map(|owner| owner.0).collect();
            assert_eq!(owners, expected, "owners of lock {n}");
        }
        for (n, channel) in self.channels.iter().enumerate() {
            let len = self.machine.channel_info(*channel).len;
            assert_eq!(len, self.reference.waits.channels[n].messages, "messages in {n}");
        }
    }

    /// A circle that stands is one that was reported, the moment it closed.
    fn every_circle_is_reported(&mut self) {
        let reach = self.reference.closure();
        let members = self.reference.circle_members();
        for thread in 0..self.actors.len() {
            self.reported[thread] &= members.contains(&thread);
        }
        for member in &members {
            let same = |other: &&Thread| reach[*member][**other] && reach[**other][*member];
            let known = members.iter().filter(same).any(|other| self.reported[*other]);
            let room = members
                .iter()
                .filter(same)
                .any(|other| matches!(self.reference.waits.of(*other), Some(For::Room(_))));
            let excused = gaps::CIRCLE_CLOSED_BY_A_SEND && room;
            assert!(known || excused, "t{member} is in a circle that was not reported");
        }
        for (n, reported) in self.reported.iter().enumerate() {
            let deadlocked = self.machine.actor_info(self.actors[n]).is_deadlocked();
            assert!(deadlocked || !reported, "t{n} is in a reported circle");
        }
    }

    /// Holds the machine's answer to a wait against the closure. Answers the rule of the circle.
    pub(super) fn same_circle(
        &mut self,
        thread: Thread,
        answer: Option<usize>,
        expected: bool,
    ) -> Option<&'static str> {
        assert_eq!(answer.is_some(), expected, "t{thread} closes a circle (crate, reference)");
        let finding = self.machine.findings()[answer?].clone();
        let members: Vec<Thread> = finding.actors.iter().map(|actor| self.thread(*actor)).collect();
        assert_eq!(members[0], thread, "the story begins with the one that closed the circle");
        let distinct: BTreeSet<Thread> = members.iter().copied().collect();
        assert_eq!(distinct.len(), members.len(), "nobody is in a circle twice: {members:?}");
        assert_eq!(finding.story.len(), members.len(), "one paragraph an actor");
        for (n, member) in members.iter().enumerate() {
            let next = members[(n + 1) % members.len()];
            assert!(self.reference.needs(*member, next), "t{member} waits for t{next}");
            self.reported[*member] = true;
        }
        let rule = self.reference.rule_of_circle(&members);
        assert_eq!(finding.rule.id(), rule, "of {members:?}");
        self.counts.circles += 1;
        Some(rule)
    }

    /// A wait's first step on both sides.
    pub(super) fn same_wait(
        &mut self,
        thread: Thread,
        begun: Begun,
        expected: Option<bool>,
    ) -> Option<&'static str> {
        assert_eq!(begun == Begun::Done, expected.is_none(), "t{thread} goes on at once");
        match begun {
            Begun::Done => None,
            Begun::Wait => self.same_circle(thread, None, expected == Some(true)),
            Begun::Cycle(found) => self.same_circle(thread, Some(found), expected == Some(true)),
        }
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
        stale: [0; 2],
        null_callback: [0; 2],
        null_pointer: [0; 2],
    }
}

/// A notification in the reference's words.
pub(super) fn told(notification: &Notification) -> Told {
    match notification {
        Notification::TeredoPort { port, kind } => Told::Port(*port, kind.number()),
        Notification::IpInterface { row, kind } => {
            Told::Row(row.map(|row| (row.family.number(), row.luid.0, row.index)), kind.number())
        }
    }
}
