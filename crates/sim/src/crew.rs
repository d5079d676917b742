//! A crew: threads that many stacks use, one stack after the other.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use crate::core::Inner;
use crate::gate::Gate;
use crate::{monitor, procfs};

/// How often the crew's watch looks while everything goes on by itself.
const TICK: Duration = Duration::from_millis(1);

pub(crate) type Job = Box<dyn FnOnce() + Send>;

/// Threads for controlled stacks that are made by the thousand, one after the other: a stack that is
/// [built](crate::Prototype::build) with a crew starts no threads of its own, and its [spawned](crate::StackRef::spawn) threads are the crew's
/// as well. One stack at a time; clones are the same crew, and with the last one its threads end.
#[derive(Clone)]
pub struct Crew {
    shared: Arc<Shared>,
    /// The last of them ends the watch.
    _end: Arc<End>,
}

struct Shared {
    hands: Mutex<Hands>,
    watch: Mutex<Watched>,
    turn: Condvar,
    /// Threads of the process that were there before.
    older: Vec<u64>,
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

struct End(Weak<Shared>);

impl Crew {
    /// A crew without anybody; threads come as they are needed.
    #[must_use]
    pub fn new() -> Self {
        let shared = Arc::new(Shared {
            hands: Mutex::default(),
            watch: Mutex::default(),
            turn: Condvar::new(),
            older: procfs::threads(),
        });
        let watch = Arc::downgrade(&shared);
        let thread = std::thread::Builder::new().name("netiosim-watch".to_owned());
        let started = thread.spawn(move || watch_over(&watch));
        started.expect("the system gives a thread for the watch");
        let end = Arc::new(End(Arc::downgrade(&shared)));
        Self { shared, _end: end }
    }

    pub(crate) fn older(&self) -> &[u64] {
        &self.shared.older
    }

    /// The crew works for this stack now.
    pub(crate) fn serve(&self, inner: &Arc<Inner>) {
        self.shared.watch.lock().stack = Arc::downgrade(inner);
    }

    pub(crate) fn run(&self, job: Job) {
        let mut hands = self.shared.hands.lock();
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
                let shared = Arc::downgrade(&self.shared);
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
        let hired = self.shared.hands.lock().hired;
        f.debug_struct("Crew").field("hired", &hired).finish_non_exhaustive()
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let Some(shared) = self.0.upgrade() else { return };
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
