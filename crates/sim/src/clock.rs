//! Real time: a stack whose clock goes by itself, for programs that nobody drives.
//!
//! **The contract: between two moments virtual time goes by with the real one; at a moment it stands still until
//! the program has come to rest.** A moment is a timer of the machine or an entry of the [`Agenda`]. At rest is a
//! program whose threads sleep, or wait, or have been computing for so long that nobody waits for them. So the
//! first event does not overtake the registrations, and what the first event causes comes before the second one,
//! however fast the clock runs (chosen).

use std::sync::Arc;
use std::time::{Duration, Instant};

use netiosim_model::choose::Chooser;
use netiosim_model::machine::Machine;

use crate::StackRef;
use crate::builder::Mode;
use crate::core::{Core, Inner};
use crate::sync::{self, MutexGuard, thread};
use crate::{dispatch, monitor, pool, procfs};

/// For how long a moment waits for the program to come to rest, in real time.
const PATIENCE: Duration = Duration::from_millis(250);
/// The same, while the program does not come to rest at all.
const IMPATIENCE: Duration = Duration::from_millis(10);
/// How often it is looked whether the deliveries were made for which a moment waits.
const LOOK: Duration = Duration::from_millis(1);

/// What is planned for a stack that follows real time, in the order of its times.
pub trait Agenda: Send {
    /// The virtual time of the next entry, in milliseconds; `None` after the last.
    fn next_ms(&self) -> Option<u64>;

    /// Lets the next entry happen: it is time. It is called while the stack is locked.
    fn happen(&mut self, machine: &mut Happening<'_>);

    /// Whether an entry to come may change the machine: as long as one may, nothing waits for ever.
    fn may_change(&self) -> bool {
        self.next_ms().is_some()
    }
}

/// An agenda without entries.
struct Nothing;

impl Agenda for Nothing {
    fn next_ms(&self) -> Option<u64> {
        None
    }

    fn happen(&mut self, _: &mut Happening<'_>) {}
}

/// The machine, while an entry of an [`Agenda`] happens.
pub struct Happening<'a> {
    core: &'a mut Core,
    home: netiosim_model::ids::ProcessId,
}

impl Happening<'_> {
    /// The model, and who decides for it.
    pub fn parts(&mut self) -> (&mut Machine, &mut dyn Chooser) {
        let (machine, chooser) = self.core.parts();
        (machine, chooser)
    }

    /// The model.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.core.machine
    }

    /// The machine restarts, and the program with it: as [`StackRef::reboot`].
    pub fn reboot(&mut self) {
        let home = self.home;
        let (machine, chooser) = self.core.parts();
        machine.reboot(chooser);
        machine.process_start(home);
        self.core.lives.begin(home);
    }
}

/// The clock of a stack that follows real time.
pub(crate) struct Clock {
    /// Virtual milliseconds per real one.
    scale: f64,
    /// When virtual time was `base_ms`.
    base: Instant,
    base_ms: u64,
    agenda: Box<dyn Agenda>,
    /// It is time for a moment, which waits for the program to come to rest.
    pub(crate) waits: bool,
    /// How long the next moment waits for that.
    patience: Duration,
    /// The next moment that the clock knows of.
    planned_ms: Option<u64>,
}

impl Clock {
    /// The virtual time by the real one.
    fn time_ms(&self) -> u64 {
        let gone_ms = self.base.elapsed().as_secs_f64() * 1e3 * self.scale;
        // A float beyond the range becomes the largest number.
        self.base_ms.saturating_add(gone_ms as u64)
    }

    /// The real time at which virtual time is `at_ms`; `None` beyond what can be told.
    fn instant(&self, at_ms: u64) -> Option<Instant> {
        let seconds = at_ms.saturating_sub(self.base_ms) as f64 / 1e3 / self.scale;
        self.base.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
    }
}

impl Core {
    /// The virtual time of the next moment: a timer of the machine, the end of a wait, or an entry of the agenda.
    fn moment_ms(&self) -> Option<u64> {
        let now_ms = self.machine.now_ms();
        let timer = self.machine.next_timer_ms().map(|wait_ms| now_ms.saturating_add(wait_ms));
        let entry = self.clock.as_ref()?.agenda.next_ms();
        let wait = self.sched.deadline_ms(now_ms);
        timer.into_iter().chain(wait).chain(entry).min()
    }

    /// Brings virtual time up to the real one, as far as no moment lies between.
    pub(crate) fn catch_up(&mut self) {
        let Some(clock) = &self.clock else { return };
        let mut to_ms = clock.time_ms();
        if let Some(moment_ms) = self.moment_ms() {
            to_ms = to_ms.min(moment_ms.saturating_sub(1));
        }
        let now_ms = self.machine.now_ms();
        if to_ms > now_ms {
            let (machine, chooser) = self.parts();
            machine.elapse(to_ms - now_ms, chooser);
        }
    }

    /// Whether the program runs as it pleases, in real time.
    pub(crate) fn is_free(&self) -> bool {
        self.clock.is_some()
    }

    /// Whether something may yet happen to the machine by itself: an entry of the agenda, or a timer that is
    /// not one of those that come again for ever.
    pub(crate) fn may_change(&self) -> bool {
        self.clock.as_ref().is_some_and(|clock| {
            clock.waits || clock.agenda.may_change() || self.machine.env().settling_ms().is_some()
        })
    }

    /// Whether the clock has to look again, because a timer is due before what it waits for.
    pub(crate) fn clock_is_late(&self) -> bool {
        match &self.clock {
            Some(clock) if !clock.waits => {
                let moment_ms = self.moment_ms();
                moment_ms.is_some() && (clock.planned_ms.is_none() || moment_ms < clock.planned_ms)
            }
            _ => false,
        }
    }

    /// The program is at rest, or not to be waited for any longer.
    pub(crate) fn rest(&mut self, inner: &Inner) {
        if let Some(clock) = self.clock.as_mut().filter(|clock| clock.waits) {
            clock.waits = false;
            inner.tick.notify_all();
        }
    }
}

impl StackRef {
    /// From now on virtual time goes by with the real one, `scale` times as fast: timers fire by themselves. For
    /// programs that nobody drives; a test has [`advance_ms`](Self::advance_ms).
    ///
    /// The program runs as it pleases: in controlled mode a thread that computes for long is passed over, threads
    /// that have not called yet count as ones that may, and a run is not repeatable to the byte. It
    /// ends with the stack, or with [`end_of_program`](Self::end_of_program). In manual mode deliveries still
    /// wait for whoever makes them.
    ///
    /// # Panics
    ///
    /// When `scale` is not a number above 0, or the system gives no thread; and in a build with the feature `shuttle`,
    /// where there is no real time.
    pub fn follow_real_time(&self, scale: f64) {
        self.follow_real_time_with(scale, Box::new(Nothing));
    }

    /// The same, with things that happen to the machine at their times.
    ///
    /// # Panics
    ///
    /// As [`follow_real_time`](Self::follow_real_time).
    pub fn follow_real_time_with(&self, scale: f64, agenda: Box<dyn Agenda>) {
        if let Some(why) = sync::no_real_time() {
            panic!("{why}");
        }
        assert!(scale.is_finite() && scale > 0.0, "the scale of time is a number above 0");
        let inner = self.inner.clone();
        let mut core = inner.core.lock();
        let fresh = core.clock.is_none();
        core.clock = Some(Clock {
            scale,
            base: Instant::now(),
            base_ms: core.machine.now_ms(),
            agenda,
            waits: false,
            patience: PATIENCE,
            planned_ms: None,
        });
        // Whoever was there before may call for the first time at any moment.
        core.sched.older = Arc::default();
        drop(core);
        inner.tick.notify_all();
        if fresh {
            let own = inner.clone();
            let thread = thread::Builder::new().name("netiosim-clock".to_owned());
            let started = thread.spawn(move || tick(&own));
            started.expect("the system gives a thread for the clock");
        }
    }

    /// The program is at its end: time stands still for good, and what it leaves behind is reported (N010, N019).
    pub fn end_of_program(&self) {
        let mut core = self.inner.core.lock();
        core.catch_up();
        core.clock = None;
        core.report_leaks();
        core.observe();
        self.inner.tick.notify_all();
    }
}

/// The life of the clock's thread.
fn tick(inner: &Arc<Inner>) {
    let _known = procfs::Known::own();
    let mut guard = inner.core.lock();
    while !guard.closing {
        let moment_ms = guard.moment_ms();
        let Some(clock) = &mut guard.clock else { break };
        clock.planned_ms = moment_ms;
        match moment_ms {
            Some(at_ms) if at_ms <= clock.time_ms() => {
                await_rest(inner, &mut guard);
                pass(inner, &mut guard, at_ms);
            }
            Some(at_ms) => match clock.instant(at_ms) {
                Some(at) => {
                    inner.tick.wait_until(&mut guard, at);
                }
                None => inner.tick.wait(&mut guard),
            },
            None => inner.tick.wait(&mut guard),
        }
    }
}

/// Waits until the program has come to rest, or for as long as that is worth.
fn await_rest(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>) {
    if inner.mode != Mode::Controlled {
        return;
    }
    let Some(clock) = &mut guard.clock else { return };
    clock.waits = true;
    let begin = Instant::now();
    let patience = clock.patience;
    monitor::poke(inner, guard);
    let waits = |core: &Core| !core.closing && core.clock.as_ref().is_some_and(|clock| clock.waits);
    while waits(guard) {
        let waited = begin.elapsed();
        // What is due is waited for, whatever else the program does.
        if waited >= PATIENCE || waited >= patience && !guard.has_delivery() {
            break;
        }
        let left = patience.checked_sub(waited).filter(|left| !left.is_zero());
        inner.tick.wait_for(guard, left.unwrap_or(LOOK));
    }
    if let Some(clock) = &mut guard.clock {
        clock.patience = if clock.waits { IMPATIENCE } else { PATIENCE };
        clock.waits = false;
    }
}

/// Lets the moment come.
fn pass(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>, at_ms: u64) {
    let core = &mut **guard;
    let Some(mut clock) = core.clock.take().filter(|_| !core.closing) else { return };
    let now_ms = core.machine.now_ms();
    let wait_ms = at_ms.saturating_sub(now_ms);
    let (machine, chooser) = core.parts();
    let gone_ms = machine.elapse(wait_ms, chooser);
    // Timers come before the entries of the same time, one by one if somebody is told of them.
    let due = clock.agenda.next_ms().is_some_and(|next_ms| next_ms <= at_ms);
    if due && gone_ms == wait_ms && core.machine.next_timer_ms() != Some(0) {
        let home = inner.home;
        clock.agenda.happen(&mut Happening { core: &mut *core, home });
    }
    clock.base = Instant::now();
    clock.base_ms = core.machine.now_ms();
    core.clock = Some(clock);
    core.sweep_all();
    let garbage = std::mem::take(&mut core.garbage);
    spread(inner, guard);
    // User code: no lock is held here.
    MutexGuard::unlocked(guard, || drop(garbage));
}

/// Lets everybody see what happened outside of any call.
fn spread(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>) {
    guard.observe();
    guard.complete();
    if guard.waiters > 0 {
        inner.changed.notify_all();
    }
    match inner.mode {
        Mode::Manual => {}
        Mode::Threads => pool::kick(inner, guard),
        Mode::Controlled if guard.sched.current.is_none() && !guard.sched.deciding => {
            dispatch::dispatch(inner, guard, None);
        }
        Mode::Controlled => monitor::poke(inner, guard),
    }
}
