//! What coroutines and those who let them go on share.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::thread::Thread;

use crate::core::Inner;
use crate::crew::Job;
use crate::procfs;
use crate::sync::plain::Mutex;

use super::keys;

/// Who goes on.
pub(super) enum Turn {
    /// A new one.
    Start(Job),
    /// One that is suspended, or was.
    Resume(usize),
}

/// The coroutines of one thread, as others see them.
pub(crate) struct Nest {
    id: u64,
    thread: Thread,
    tid: u64,
    /// Threads of the process that were there before.
    older: Arc<[u64]>,
    /// Turns that other threads gave.
    inbox: Mutex<VecDeque<Turn>>,
    /// The stack that they work for.
    stack: Mutex<Weak<Inner>>,
}

/// Where a coroutine waits.
pub(crate) struct Place {
    nest: Arc<Nest>,
    number: usize,
}

static NEXT_ID: AtomicU64 = AtomicU64::new(1);

thread_local! {
    /// The nest of the calling thread; 0: it has none.
    static HERE: Cell<u64> = const { Cell::new(0) };
    static OWN: RefCell<Option<Arc<Nest>>> = const { RefCell::new(None) };
    /// The turns of the calling thread's coroutines, in the order in which they were given.
    static TURNS: RefCell<VecDeque<Turn>> = const { RefCell::new(VecDeque::new()) };
}

impl Nest {
    /// Makes the calling thread a place of coroutines.
    ///
    /// # Panics
    ///
    /// When it is one already.
    pub(super) fn settle(tid: u64) -> Arc<Self> {
        assert_eq!(HERE.get(), 0, "a thread has one pool of coroutines at a time");
        let nest = Arc::new(Self {
            id: NEXT_ID.fetch_add(1, Ordering::Relaxed),
            thread: std::thread::current(),
            tid,
            older: procfs::threads().into(),
            inbox: Mutex::default(),
            stack: Mutex::default(),
        });
        HERE.set(nest.id);
        OWN.set(Some(nest.clone()));
        nest
    }

    /// The calling thread is no place of coroutines any more.
    pub(super) fn leave(&self) {
        if HERE.get() == self.id {
            HERE.set(0);
            drop((OWN.take(), TURNS.take()));
        }
    }

    pub(crate) fn older(&self) -> Arc<[u64]> {
        self.older.clone()
    }

    pub(crate) fn tid(&self) -> u64 {
        self.tid
    }

    pub(crate) fn serve(&self, inner: &Arc<Inner>) {
        *self.stack.lock() = Arc::downgrade(inner);
    }

    pub(crate) fn rest(&self) {
        *self.stack.lock() = Weak::new();
    }

    pub(crate) fn stack(&self) -> Option<Arc<Inner>> {
        self.stack.lock().upgrade()
    }

    /// Runs something on a coroutine, when it is its turn.
    pub(crate) fn start(&self, job: Job) {
        self.give(Turn::Start(job));
    }

    pub(super) fn give(&self, turn: Turn) {
        if HERE.get() == self.id {
            TURNS.with_borrow_mut(|turns| turns.push_back(turn));
        } else {
            self.inbox.lock().push_back(turn);
            self.thread.unpark();
        }
    }

    /// Whose turn it is; only the nest's own thread asks.
    pub(super) fn next(&self) -> Option<Turn> {
        let own = TURNS.with_borrow_mut(VecDeque::pop_front);
        own.or_else(|| self.inbox.lock().pop_front())
    }

    /// Nobody goes on any more. What is not begun stays as it is: to drop it would run the program's code.
    pub(super) fn forget(&self) {
        std::mem::forget((TURNS.take(), std::mem::take(&mut *self.inbox.lock())));
    }

    /// Whether it is somebody's turn.
    pub(super) fn has_turn(&self) -> bool {
        TURNS.with_borrow(|turns| !turns.is_empty()) || !self.inbox.lock().is_empty()
    }
}

impl Place {
    /// Of the coroutine that the calling code runs on.
    pub(crate) fn here() -> Option<Self> {
        let number = keys::current()?;
        let nest = OWN.with_borrow(Clone::clone)?;
        Some(Self { nest, number })
    }

    /// The coroutine that waits here may go on.
    pub(crate) fn ready(&self) {
        self.nest.give(Turn::Resume(self.number));
    }

    pub(super) fn nest(&self) -> &Nest {
        &self.nest
    }
}
