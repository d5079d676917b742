//! The heart of a stack: the model under one lock, and what belongs to it.

use std::panic::Location;
use std::sync::{Arc, Weak};
use std::time::Duration;

use netiosim_model::choose::Chooser;
use netiosim_model::ids::{ActorId, Handle, LaneId, PlaceId, ProcessId};
use netiosim_model::machine::Machine;

use crate::StackRef;
use crate::barrier::Held;
use crate::builder::{Mode, OnDeadlock, SwitchAt};
use crate::call::CallRecord;
use crate::callback::RawCallback;
use crate::clock::Clock;
use crate::crew::Crew;
use crate::hash::NumberMap;
use crate::monitor::Monitor;
use crate::observer::Observer;
use crate::overlapped::Completion;
use crate::picker::Picker;
use crate::pool::Pool;
use crate::schedule::Sched;
use crate::site::CallSite;
use crate::sync::{Condvar, Mutex, channel};
use crate::table::Lives;

/// What all clones of a [`StackRef`](crate::StackRef) share.
pub(crate) struct Inner {
    /// Unique within this process; never seen by the model.
    pub(crate) uid: u64,
    pub(crate) mode: Mode,
    pub(crate) on_deadlock: OnDeadlock,
    pub(crate) watchdog: Duration,
    pub(crate) announce: bool,
    pub(crate) delivery_limit: usize,
    pub(crate) report_leaks: Option<bool>,
    /// The words that reproduce the run.
    pub(crate) reproduce: Arc<str>,
    pub(crate) switch_at: SwitchAt,
    pub(crate) crew: Option<Crew>,
    pub(crate) home: ProcessId,
    pub(crate) core: Mutex<Core>,
    /// Told after every step that somebody may wait for.
    pub(crate) changed: Condvar,
    /// Wakes the thread that watches over controlled mode.
    pub(crate) watch: Condvar,
    /// Wakes the clock of a stack that follows real time.
    pub(crate) tick: Condvar,
    pub(crate) tokens: (channel::Sender<()>, channel::Receiver<()>),
}

/// A check of the mock side that runs, where no lock is held, when the stack ends, and says what is
/// wrong.
pub(crate) type Check = Box<dyn FnOnce(&StackRef) -> Option<String> + Send>;

/// A callback of a live registration.
pub(crate) struct Stored {
    pub(crate) callback: RawCallback,
    identity: usize,
}

/// All that changes, under one lock that no user code ever runs under.
pub(crate) struct Core {
    pub(crate) machine: Machine,
    pub(crate) chooser: Box<dyn Chooser + Send>,
    pub(crate) picker: Picker,
    pub(crate) stored: NumberMap<Handle, Stored>,
    /// Callback numbers by the address of the callback, with the registrations that share it.
    identities: NumberMap<usize, (u64, usize)>,
    next_callback: u64,
    /// Callbacks that nobody can reach any more, to be dropped where no lock is held.
    pub(crate) garbage: Vec<RawCallback>,
    places: NumberMap<usize, PlaceId>,
    /// Actors whose places are said by their programs, not by lines of Rust.
    pub(crate) scripted: Vec<ActorId>,
    /// Per finding: whether the test has looked at it.
    pub(crate) acknowledged: Vec<bool>,
    pub(crate) lives: Lives,
    /// Names given so far, per kind, to registrations that came without one.
    pub(crate) unnamed: [u32; 6],
    /// Threads named so far that came without a name.
    pub(crate) unnamed_threads: u32,
    pub(crate) closing: bool,
    pub(crate) recording: bool,
    /// Threads parked on `Inner::changed`.
    pub(crate) waiters: usize,
    /// Deliveries that ended.
    pub(crate) delivered: usize,
    /// How many of them were told of.
    pub(crate) counted: usize,
    pub(crate) pool: Pool,
    pub(crate) sched: Sched,
    pub(crate) monitor: Monitor,
    pub(crate) held: Held,
    pub(crate) calls: Vec<CallRecord>,
    /// How many calls before them were forgotten.
    pub(crate) calls_gone: usize,
    /// From which call on somebody has yet to look: none of these is forgotten.
    pub(crate) awaited: Vec<Weak<usize>>,
    /// At twice as many the older half of the calls is forgotten, and all events; `None`: never.
    pub(crate) keep: Option<usize>,
    pub(crate) checks: Vec<Check>,
    /// Who is told of the end of overlapped requests.
    pub(crate) completions: Vec<Completion>,
    /// Of a stack that follows real time.
    pub(crate) clock: Option<Clock>,
    pub(crate) observers: Vec<Box<dyn Observer>>,
    /// How many events of the trace the observers were told of.
    pub(crate) seen: usize,
}

impl Core {
    pub(crate) fn new(machine: Machine, chooser: Box<dyn Chooser + Send>, picker: Picker) -> Self {
        Self {
            machine,
            chooser,
            picker,
            stored: NumberMap::default(),
            identities: NumberMap::default(),
            next_callback: 1,
            garbage: Vec::new(),
            places: NumberMap::default(),
            scripted: Vec::new(),
            acknowledged: Vec::new(),
            lives: Lives::default(),
            unnamed: [0; 6],
            unnamed_threads: 0,
            closing: false,
            recording: true,
            waiters: 0,
            delivered: 0,
            counted: 0,
            pool: Pool::default(),
            sched: Sched::default(),
            monitor: Monitor::default(),
            held: Held::default(),
            calls: Vec::new(),
            calls_gone: 0,
            awaited: Vec::new(),
            keep: None,
            checks: Vec::new(),
            completions: Vec::new(),
            clock: None,
            observers: Vec::new(),
            seen: 0,
        }
    }

    /// Makes it new, for one more stack of a prototype, with everything that was allocated, who decides and who is told, and
    /// the machine's memory and places.
    pub(crate) fn renew(&mut self, first: &Machine) {
        let Self {
            machine,
            chooser: _,
            picker: _,
            stored,
            identities,
            next_callback,
            garbage,
            // The machine knows their numbers.
            places: _,
            scripted,
            acknowledged,
            lives,
            unnamed,
            unnamed_threads,
            closing,
            recording,
            waiters,
            delivered,
            counted,
            pool,
            sched,
            monitor,
            held,
            calls,
            calls_gone,
            awaited,
            keep,
            checks,
            completions,
            clock,
            observers: _,
            seen,
        } = self;
        machine.renew(first);
        stored.clear();
        identities.clear();
        garbage.clear();
        scripted.clear();
        acknowledged.clear();
        calls.clear();
        awaited.clear();
        checks.clear();
        completions.clear();
        *pool = Pool::of(pool.most);
        sched.renew();
        (*lives, *monitor, *held) = (Lives::default(), Monitor::default(), Held::default());
        (*keep, *clock) = (None, None);
        (*unnamed, *unnamed_threads, *next_callback) = ([0; 6], 0, 1);
        (*waiters, *delivered, *counted, *calls_gone, *seen) = (0, 0, 0, 0, 0);
        (*closing, *recording) = (false, true);
    }

    /// The machine and who decides for it.
    pub(crate) fn parts(&mut self) -> (&mut Machine, &mut (dyn Chooser + Send)) {
        (&mut self.machine, &mut *self.chooser)
    }

    /// Says where in its program an actor is.
    pub(crate) fn place(&mut self, actor: ActorId, at: &'static Location<'static>) {
        if self.scripted.contains(&actor) {
            return;
        }
        let machine = &mut self.machine;
        let key = std::ptr::from_ref(at) as usize;
        let place = *self.places.entry(key).or_insert_with(|| {
            machine.place_id(&format!("{}:{}", at.file().replace('\\', "/"), at.line()))
        });
        machine.at_place(actor, place);
    }

    /// Says where in its program an actor is, where that is known by an address.
    pub(crate) fn place_at(&mut self, actor: ActorId, site: CallSite) {
        if self.scripted.contains(&actor) {
            return;
        }
        let machine = &mut self.machine;
        let place =
            *self.places.entry(site.address).or_insert_with(|| machine.place_id(&site.name()));
        machine.at_place(actor, place);
    }

    /// Whether a call came from there before.
    pub(crate) fn has_place(&self, site: CallSite) -> bool {
        self.places.contains_key(&site.address)
    }

    /// The number by which the model knows a callback: equal for equal callbacks.
    pub(crate) fn callback_number(&mut self, callback: &RawCallback) -> u64 {
        match self.identities.get(&callback.identity()) {
            Some((number, _)) => *number,
            None => self.next_callback,
        }
    }

    /// Keeps the callback of a registration that was made.
    pub(crate) fn store(&mut self, handle: Handle, callback: RawCallback) {
        let identity = callback.identity();
        let next = self.next_callback;
        let entry = self.identities.entry(identity).or_insert((next, 0));
        entry.1 += 1;
        if entry.0 == next {
            self.next_callback += 1;
        }
        self.stored.insert(handle, Stored { callback, identity });
    }

    /// Lets go of the callback of a registration that is no more.
    pub(crate) fn sweep(&mut self, handle: Handle) {
        if self.machine.registration(handle).is_none() {
            self.forget(handle);
        }
    }

    /// Lets go of the callbacks of all registrations that are no more, in the order of handles.
    pub(crate) fn sweep_all(&mut self) {
        let mut dead: Vec<Handle> = self
            .stored
            .keys()
            .copied()
            .filter(|h| self.machine.registration(*h).is_none())
            .collect();
        dead.sort_unstable();
        for handle in dead {
            self.forget(handle);
        }
    }

    /// Lets go of every callback, in the order of handles.
    pub(crate) fn forget_all(&mut self) {
        let mut all: Vec<Handle> = self.stored.keys().copied().collect();
        all.sort_unstable();
        for handle in all {
            self.forget(handle);
        }
    }

    fn forget(&mut self, handle: Handle) {
        let Some(stored) = self.stored.remove(&handle) else { return };
        if let Some(entry) = self.identities.get_mut(&stored.identity) {
            entry.1 -= 1;
            if entry.1 == 0 {
                self.identities.remove(&stored.identity);
            }
        }
        self.garbage.push(stored.callback);
    }

    /// The process whose callback a lane calls.
    pub(crate) fn process_of(&self, lane: LaneId) -> Option<ProcessId> {
        self.machine.registration(lane.handle).map(netiosim_model::machine::Registration::process)
    }

    /// The name of a registration.
    pub(crate) fn name_of(&self, handle: Handle) -> Option<Arc<str>> {
        self.machine.registration(handle).map(|registration| registration.name().into())
    }
}
