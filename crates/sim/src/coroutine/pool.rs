//! The pool: coroutines that are used again, and the loop that resumes them.

use std::cell::Cell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use corosensei::{Coroutine, stack::DefaultStack};

use crate::crew::Crew;
use crate::{bind, monitor, procfs};

use super::keys;
use super::nest::{Nest, Place, Turn};

/// What a stack takes of the address space; memory is used as far as calls go deep. A thread of the standard library
/// has as much.
const STACK_BYTES: usize = 2 << 20;
/// How often the loop looks when nobody can go on: threads that the stack does not have may let somebody.
const TICK: Duration = Duration::from_micros(300);

type LocalJob = Box<dyn FnOnce()>;

/// Coroutines in place of a [`Crew`](crate::Crew)'s threads: for drivers that run a program on controlled stacks by the hundred
/// thousand, where nobody waits for anything that the stacks do not know.
///
/// They run on the thread that made them, and never at the same time. A program that waits for something else, such
/// as a lock of another library that one of its threads holds while it is suspended, hangs that thread for good. Thread-locals of
/// the program are those of the one thread.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicU16, Ordering::SeqCst};
///
/// use netiosim_sim::{Builder, Coroutines, Mode, StackParts};
///
/// let prototype = Arc::new(Builder::new().mode(Mode::Controlled).prototype()?);
/// let mut coroutines = Coroutines::new();
/// let (seen, crew) = (Arc::new(AtomicU16::new(0)), coroutines.crew());
/// for _ in 0..2 {
///     let (prototype, crew, port) = (prototype.clone(), crew.clone(), seen.clone());
///     let over = coroutines.run(move || {
///         let parts = StackParts { crew: Some(crew), ..StackParts::seeded(0, 7) };
///         let stack = prototype.build(parts);
///         let _changes = stack.on_teredo_port_change(move |change| port.store(change.port, SeqCst));
///         stack.restart_teredo_on(50_123).unwrap();
///         stack.run_until_idle();
///     });
///     assert!(over.is_some());
///     assert_eq!(seen.swap(0, SeqCst), 50_123);
/// }
/// # Ok::<(), netiosim_sim::BuildError>(())
/// ```
pub struct Coroutines {
    nest: Arc<Nest>,
    all: Vec<Member>,
    idle: Vec<usize>,
    known: procfs::Known,
}

/// One of them.
struct Member {
    /// `None` once it is left behind.
    coroutine: Option<Coroutine<(), (), ()>>,
    desk: Rc<Desk>,
    /// Which actor it is, per stack, as a thread would know it.
    bindings: bind::Bindings,
}

/// What one of them does.
#[derive(Default)]
struct Desk {
    job: Cell<Option<LocalJob>>,
    busy: Cell<bool>,
}

thread_local! {
    static ABANDONED: Cell<bool> = const { Cell::new(false) };
}

impl Coroutines {
    /// None yet; they come as they are needed, and stay for the next run.
    ///
    /// # Panics
    ///
    /// When the calling thread has others: one pool at a time.
    #[must_use]
    pub fn new() -> Self {
        let known = procfs::Known::own();
        Self { nest: Nest::settle(known.tid()), all: Vec::new(), idle: Vec::new(), known }
    }

    /// For [`StackParts::crew`](crate::StackParts::crew): a stack that is built with it, inside of [`run`](Self::run), has them for its threads.
    #[must_use]
    pub fn crew(&self) -> Crew {
        Crew::of_coroutines(self.nest.clone())
    }

    /// Runs `main` on a coroutine, and all others as they are started, until it has come to its end and nobody
    /// else can go on. Others that wait for ever then are left behind: what they hold is never freed, and no code of theirs
    /// runs any more.
    ///
    /// Returns what `main` returns; `None` when somebody [abandoned](Self::abandon) the run. Everybody is left behind then,
    /// `main` as well.
    ///
    /// # Panics
    ///
    /// When `main` panics: with its panic. When there are more than 128 coroutines at a time.
    pub fn run<R: 'static>(&mut self, main: impl FnOnce() -> R + 'static) -> Option<R> {
        assert!(!keys::is_here(), "a coroutine does not run coroutines");
        let outcome = Rc::new(Cell::new(None));
        let own = outcome.clone();
        let main = self.hire(Box::new(move || {
            own.set(Some(std::panic::catch_unwind(std::panic::AssertUnwindSafe(main))));
        }));
        self.resume(main);
        let mut sight = monitor::Sight::default();
        loop {
            if ABANDONED.take() {
                self.nest.forget();
                self.leave_behind();
                return None;
            }
            match self.nest.next() {
                Some(Turn::Start(job)) => {
                    let number = self.hire(job);
                    self.resume(number);
                }
                Some(Turn::Resume(number)) => self.resume(number),
                None if !self.all[main].desk.busy.get() => break,
                None => self.watch(&mut sight),
            }
        }
        self.leave_behind();
        match outcome.take()? {
            Err(panic) => std::panic::resume_unwind(panic),
            Ok(value) => Some(value),
        }
    }

    /// Ends the [`run`](Self::run) that the calling coroutine belongs to, with everybody left behind where he is; of a thread that is no
    /// coroutine, the thread stays here for good.
    pub fn abandon() -> ! {
        loop {
            if keys::is_here() {
                ABANDONED.set(true);
                keys::suspend();
            } else {
                std::thread::park();
            }
        }
    }

    fn hire(&mut self, job: LocalJob) -> usize {
        let number = self.idle.pop().unwrap_or_else(|| self.grow());
        let desk = &self.all[number].desk;
        desk.job.set(Some(job));
        desk.busy.set(true);
        number
    }

    fn grow(&mut self) -> usize {
        let number = self.all.len();
        assert!(
            number < keys::MOST,
            "more than {} threads at a time: explore on threads, not on coroutines",
            keys::MOST
        );
        let desk = Rc::new(Desk::default());
        let own = desk.clone();
        let stack = DefaultStack::new(STACK_BYTES).expect("the system gives memory for a stack");
        let coroutine = Coroutine::with_stack(stack, move |suspender, ()| {
            keys::live(number, suspender, || {
                while let Some(job) = own.job.take() {
                    job();
                    own.busy.set(false);
                    keys::suspend();
                }
            });
        });
        let bindings = bind::Bindings::default();
        self.all.push(Member { coroutine: Some(coroutine), desk, bindings });
        number
    }

    /// Lets one go on until it is suspended or done; nothing happens to one that has nothing to do.
    fn resume(&mut self, number: usize) {
        let Some(member) = self.all.get_mut(number) else { return };
        let (Some(coroutine), true) = (&mut member.coroutine, member.desk.busy.get()) else {
            return;
        };
        bind::exchange(&mut member.bindings);
        let _ = keys::within(number, || coroutine.resume(()));
        bind::exchange(&mut member.bindings);
        if !member.desk.busy.get() {
            self.idle.push(number);
        }
    }

    /// Nobody can go on: does what the watch of a crew does, until somebody can.
    fn watch(&self, sight: &mut monitor::Sight) {
        std::thread::park_timeout(sight.last_tick().unwrap_or(TICK));
        if self.nest.has_turn() {
            return;
        }
        if let Some(inner) = self.nest.stack() {
            let mut guard = inner.core.lock();
            if !guard.closing {
                sight.look(&inner, &mut guard);
            }
        }
    }

    /// Whoever still waits does so for ever. Its stack is not unwound: that would run its program's destructors in the
    /// middle of a deadlock, and those call the API.
    fn leave_behind(&mut self) {
        for (number, member) in self.all.iter_mut().enumerate() {
            if !member.desk.busy.get() {
                continue;
            }
            let left = (member.coroutine.take(), std::mem::take(&mut member.bindings));
            std::mem::forget(left);
            debug_assert!(!self.idle.contains(&number));
        }
    }
}

impl Default for Coroutines {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Coroutines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (made, idle) = (self.all.len(), self.idle.len());
        let thread = self.known.tid();
        f.debug_struct("Coroutines")
            .field("made", &made)
            .field("idle", &idle)
            .field("thread", &thread)
            .finish()
    }
}

impl Drop for Coroutines {
    fn drop(&mut self) {
        self.leave_behind();
        for member in &mut self.all {
            // Without a job it comes to its end, if it ever began.
            if let Some(coroutine) = &mut member.coroutine {
                let _ = coroutine.resume(());
            }
        }
        self.nest.leave();
    }
}

/// Lets every coroutine go on whose turn it is, and returns when it is the calling one's again; `false` when it is nobody's
/// turn, or the calling code does not run on a coroutine.
pub(crate) fn rest() -> bool {
    let Some(place) = Place::here().filter(|place| place.nest().has_turn()) else { return false };
    place.ready();
    keys::suspend();
    true
}
