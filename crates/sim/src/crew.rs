//! A crew: threads that many stacks use, one stack after the other.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use crate::StackRef;
use crate::core::Inner;
#[cfg(feature = "coroutines")]
use crate::coroutine::Nest;
use crate::gate::Gate;
use crate::sync::plain::{Condvar, Mutex};
use crate::{monitor, procfs};

/// How often the crew's watch looks while everything goes on by itself.
const TICK: Duration = Duration::from_millis(1);

pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// Threads for controlled stacks that are made by the thousand, one after the other: a stack that is
/// [built](crate::Prototype::build) with a crew starts no threads of its own, and its [spawned](crate::StackRef::spawn) threads are the crew's
/// as well. One stack at a time; clones are the same crew, and with the last one its threads end.
#[derive(Clone)]
pub struct Crew(Kind);

#[derive(Clone)]
enum Kind {
    /// With the last clone its watch and its idle threads end.
    Threads(Arc<End>),
    #[cfg(feature = "coroutines")]
    Coroutines(Arc<Nest>),
}

struct Shared {
    hands: Mutex<Hands>,
    watch: Mutex<Watched>,
    turn: Condvar,
    /// Threads of the process that were there before.
    older: Arc<[u64]>,
}

#[derive(Default)]
struct Hands {
    idle: Vec<Arc<Hand>>,
    hired: usize,
    ended: bool,
}

#[derive(Default)]
struct Watched {
    stack: Weak<Inner>,
    ended: bool,
}

/// One thread of the crew.
#[derive(Default)]
struct Hand {
    job: Mutex<Option<Job>>,
    gate: Gate,
}

/// What ends the crew when it is dropped. It keeps what is shared until then: the threads have only weak references.
struct End(Arc<Shared>);

impl Crew {
    /// A crew without anybody; threads come as they are needed.
    #[must_use]
    pub fn new() -> Self {
        let shared = Arc::new(Shared {
            hands: Mutex::default(),
            watch: Mutex::default(),
            turn: Condvar::new(),
            older: procfs::threads().into(),
        });
        let watch = Arc::downgrade(&shared);
        let thread = std::thread::Builder::new().name("netiosim-watch".to_owned());
        let started = thread.spawn(move || watch_over(&watch));
        started.expect("the system gives a thread for the watch");
        Self(Kind::Threads(Arc::new(End(shared))))
    }

    #[cfg(feature = "coroutines")]
    pub(crate) fn of_coroutines(nest: Arc<Nest>) -> Self {
        Self(Kind::Coroutines(nest))
    }

    /// Whether its threads are coroutines of one thread.
    #[must_use]
    pub fn has_coroutines(&self) -> bool {
        !matches!(self.0, Kind::Threads(..))
    }

    /// The stack whose coroutines hang, because the thread that they share sleeps until another thread wakes it, and not where the
    /// stack makes it wait; as far as the system tells. One look proves nothing: it may be woken at once. Of threads, `None`.
    #[must_use]
    pub fn hanging(&self) -> Option<StackRef> {
        match &self.0 {
            Kind::Threads(..) => None,
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(nest) => {
                let blocked = procfs::steady(nest.tid()) == Some(procfs::Probe::Blocked);
                blocked.then(|| nest.stack()).flatten().map(|inner| StackRef { inner })
            }
        }
    }

    pub(crate) fn older(&self) -> Arc<[u64]> {
        match &self.0 {
            Kind::Threads(end) => end.0.older.clone(),
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(nest) => nest.older(),
        }
    }

    /// The crew works for this stack now.
    pub(crate) fn serve(&self, inner: &Arc<Inner>) {
        match &self.0 {
            Kind::Threads(end) => end.0.watch.lock().stack = Arc::downgrade(inner),
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(nest) => nest.serve(inner),
        }
    }

    /// Nobody works for a stack now.
    pub(crate) fn leave(&self) {
        match &self.0 {
            Kind::Threads(end) => end.0.watch.lock().stack = Weak::new(),
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(nest) => nest.rest(),
        }
    }

    pub(crate) fn run(&self, job: Job) {
        match &self.0 {
            Kind::Threads(end) => end.0.run(job),
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(nest) => nest.start(job),
        }
    }
}

impl Shared {
    fn run(self: &Arc<Self>, job: Job) {
        let mut hands = self.hands.lock();
        match hands.idle.pop() {
            Some(hand) => {
                drop(hands);
                *hand.job.lock() = Some(job);
                hand.gate.open();
            }
            None => {
                hands.hired += 1;
                let name = format!("netiosim-{}", hands.hired);
                drop(hands);
                let shared = Arc::downgrade(self);
                let body = move || work(&shared, job);
                let started = std::thread::Builder::new().name(name).spawn(body);
                started.expect("the system gives a thread for a delivery");
            }
        }
    }
}

impl Default for Crew {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Crew {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Threads(end) => {
                let hired = end.0.hands.lock().hired;
                f.debug_struct("Crew").field("hired", &hired).finish_non_exhaustive()
            }
            #[cfg(feature = "coroutines")]
            Kind::Coroutines(_) => f.write_str("Crew(coroutines)"),
        }
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let Self(shared) = self;
        shared.watch.lock().ended = true;
        shared.turn.notify_all();
        let idle = {
            let mut hands = shared.hands.lock();
            hands.ended = true;
            std::mem::take(&mut hands.idle)
        };
        for hand in idle {
            hand.gate.open();
        }
    }
}

fn work(shared: &Weak<Shared>, first: Job) {
    let _known = procfs::Known::own();
    let hand = Arc::new(Hand::default());
    let mut job = Some(first);
    while let Some(todo) = job.take() {
        todo();
        let Some(shared) = shared.upgrade() else { return };
        let mut hands = shared.hands.lock();
        if hands.ended {
            return;
        }
        hands.idle.push(hand.clone());
        drop(hands);
        drop(shared);
        hand.gate.pass(None);
        job = hand.job.lock().take();
    }
}

/// Watches over whatever stack the crew works for: one look for every tick.
fn watch_over(crew: &Weak<Shared>) {
    let _known = procfs::Known::own();
    let mut sight = monitor::Sight::default();
    loop {
        let Some(shared) = crew.upgrade() else { return };
        let mut watched = shared.watch.lock();
        if watched.ended {
            return;
        }
        let tick = sight.last_tick().unwrap_or(TICK);
        shared.turn.wait_for(&mut watched, tick);
        let stack = watched.stack.upgrade();
        drop(watched);
        drop(shared);
        if let Some(inner) = stack {
            let mut guard = inner.core.lock();
            if !guard.closing {
                sight.look(&inner, &mut guard);
            }
        }
    }
}
