//! Controlled mode: one thread runs at a time, and who goes next is a decision.
//!
//! **The contract: a thread that holds the baton is the only one that runs, from one call of the
//! API to the next.** A thread that blocks where this crate cannot see it is
//! [passed over](crate::monitor) and asks for the baton again at its next call.

use std::sync::Arc;
use std::time::Instant;

use netiosim_model::ids::{ActorId, ProcessId};
use netiosim_model::machine::Due;

use crate::bind::{Me, Shared};
use crate::builder::Mode;
use crate::core::{Core, Inner};
use crate::dispatch::{decide, dispatch};
use crate::entry::Entry;
use crate::gate::{Gate, Handover};
use crate::picker::Next;
use crate::sync::MutexGuard;
use crate::turns::Turns;
use crate::{coroutine, monitor, procfs, watchdog};

/// As many tasks of stacks before are kept to be used again.
const MOST_SPARE: usize = 16;

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It holds the baton.
    Running,
    /// It would go on if it were its turn.
    Ready,
    /// It waits for what the model knows.
    Waiting(ActorId),
    /// It waits for what the model knows, until this virtual time at the latest.
    Timed(ActorId, u64),
    /// A barrier holds it.
    Held(u32),
    /// It waits until a barrier holds somebody.
    Reached(u32),
    /// It waits until nothing else can go on.
    Idle,
    /// It is part of a deadlock and was asked to hang.
    Hanging,
    /// It is blocked where we cannot see it; `true`: on something that may end by itself.
    Outside(bool),
    /// A worker without work.
    Free,
    /// It has come to its end.
    Done,
}

/// Whose thread it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The test's.
    User,
    /// Ours, for deliveries.
    Worker,
}

#[derive(Debug)]
pub(crate) struct Task {
    pub(crate) state: State,
    pub(crate) actor: ActorId,
    role: Role,
    pub(crate) shared: Arc<Shared>,
    pub(crate) gate: Arc<Gate>,
    /// The delivery that a worker is to run.
    pub(crate) job: Option<Due>,
    /// The finding because of which its wait is refused.
    pub(crate) verdict: Option<usize>,
}

impl Task {
    pub(crate) fn role(&self) -> Role {
        self.role
    }

    pub(crate) fn is_running(&self) -> bool {
        self.state == State::Running
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sched {
    pub(crate) tasks: Vec<Task>,
    /// What could happen next, while a decision is made; then its memory.
    pub(crate) steps: Vec<Next>,
    /// Of tasks of a stack before this one, to be used again.
    spare: Vec<(Arc<Shared>, Arc<Gate>)>,
    /// Who holds the baton.
    pub(crate) current: Option<usize>,
    /// A decision is being made; the lock may be given back meanwhile.
    pub(crate) deciding: bool,
    /// The next decision is between who runs and deliveries alone.
    pub(crate) only_deliveries: bool,
    /// Counts calls of the API and changes of hands.
    pub(crate) epoch: u64,
    /// Counts changes of hands, and the calls of whoever holds the baton.
    pub(crate) turn: u64,
    pub(crate) turns: Turns,
    /// Nothing can go on, but threads that we do not know may still come.
    pub(crate) suspect: bool,
    pub(crate) hung: bool,
    /// How many waits in a row came to the end of their time while nothing was set or delivered.
    pub(crate) fruitless: u32,
    /// Actors whose being blocked elsewhere was reported.
    pub(crate) reported: Vec<ActorId>,
    /// As many deliveries as those who wait for idleness want to see.
    pub(crate) idle_limit: Option<usize>,
    /// Threads of the process that were there before the stack.
    pub(crate) older: Arc<[u64]>,
}

impl Sched {
    /// Nobody is there any more; what was allocated stays.
    pub(crate) fn renew(&mut self) {
        let Self { mut tasks, steps, mut spare, .. } = std::mem::take(self);
        for mut task in tasks.drain(..) {
            if let Some(shared) = Arc::get_mut(&mut task.shared)
                && spare.len() < MOST_SPARE
            {
                *shared = Shared::default();
                Gate::renew(&mut task.gate);
                spare.push((task.shared, task.gate));
            }
        }
        *self = Self { tasks, steps, spare, ..Self::default() };
    }

    pub(crate) fn add(&mut self, actor: ActorId, role: Role) -> (usize, Arc<Shared>) {
        let state = if role == Role::Worker { State::Free } else { State::Ready };
        let (shared, gate) = self.spare.pop().unwrap_or_default();
        let own = shared.clone();
        self.tasks.push(Task { state, actor, role, shared, gate, job: None, verdict: None });
        (self.tasks.len() - 1, own)
    }

    pub(crate) fn task(&self, task: usize) -> &Task {
        &self.tasks[task]
    }

    pub(crate) fn tasks(&self) -> &[Task] {
        &self.tasks
    }

    pub(crate) fn set(&mut self, task: usize, state: State) {
        self.tasks[task].state = state;
    }

    /// Wakes every parked thread: the stack goes away.
    pub(crate) fn wake_all(&self) {
        for task in &self.tasks {
            task.gate.open();
        }
    }

    pub(crate) fn workers(&self) -> usize {
        self.tasks.iter().filter(|task| task.role == Role::Worker).count()
    }

    pub(crate) fn free_worker(&self) -> Option<usize> {
        self.tasks.iter().position(|task| task.role == Role::Worker && task.state == State::Free)
    }

    /// The next virtual time after `now_ms` at which a wait ends.
    pub(crate) fn deadline_ms(&self, now_ms: u64) -> Option<u64> {
        let deadline = |task: &Task| match task.state {
            State::Timed(_, until_ms) if until_ms > now_ms => Some(until_ms),
            _ => None,
        };
        self.tasks.iter().filter_map(deadline).min()
    }

    pub(crate) fn any(&self, found: impl Fn(State) -> bool) -> bool {
        self.tasks.iter().any(|task| found(task.state))
    }
}

impl Core {
    pub(crate) fn runnable(&self, task: usize) -> bool {
        let task = &self.sched.tasks[task];
        match task.state {
            State::Ready => true,
            State::Waiting(actor) => {
                task.verdict.is_some()
                    || self.machine.can_end(actor)
                    || !self.machine.actor_info(actor).is_alive()
            }
            State::Timed(actor, until_ms) => {
                self.machine.can_end(actor)
                    || !self.machine.actor_info(actor).is_alive()
                    || self.machine.now_ms() >= until_ms
            }
            State::Held(barrier) => self.held.is_open(barrier),
            State::Reached(barrier) => task.verdict.is_some() || self.held.is_reached(barrier),
            _ => false,
        }
    }

    pub(crate) fn task_name(&self, task: usize) -> &str {
        self.machine.actor_info(self.sched.tasks[task].actor).name()
    }

    /// Whether nothing else can happen than that this task goes on. Where turns are counted, only a task that was always alone is.
    fn is_alone(&self, me: usize) -> bool {
        let over = |state| matches!(state, State::Free | State::Done);
        let mut tasks = self.sched.tasks.iter().enumerate();
        let counted = self.is_free() || self.picker.is_first();
        !self.machine.has_deliverable()
            && (self.sched.tasks.len() == 1
                || !counted && tasks.all(|(n, task)| n == me || over(task.state)))
    }

    /// Whether a thread is there for one more delivery.
    pub(crate) fn can_begin(&self) -> bool {
        self.sched.free_worker().is_some() || self.sched.workers() < self.pool.most
    }
}

impl Entry<'_> {
    /// A point where others may go first; a thread without the baton waits for it.
    pub(crate) fn yield_baton(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.epoch += 1;
        if self.sched.current == Some(me) {
            self.sched.turn += 1;
            match self.is_alone(me) {
                true => self.picker.forced(),
                false => drop(self.switch(State::Ready)),
            }
        } else {
            self.switch(State::Ready);
        }
    }

    /// One more point where others may go first, which only those have who try every order; a thread that
    /// panics goes through to its end.
    pub(crate) fn yield_again(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        if self.sched.current == Some(me) && !self.is_alone(me) && !coroutine::panicking() {
            self.switch(State::Ready);
        }
    }

    /// A point where other deliveries may begin before the one that has just begun runs its first line: callbacks that are begun
    /// in one order may run in another. Other threads have no turn here; they have had it before the
    /// delivery began, with the same effect.
    pub(crate) fn yield_to_deliveries(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        if self.sched.current == Some(me) && self.machine.has_deliverable() && self.can_begin() {
            self.sched.only_deliveries = true;
            self.switch(State::Ready);
        }
    }

    /// Waits for the baton if it was passed on while user code ran.
    pub(crate) fn regain_baton(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.epoch += 1;
        if self.sched.current == Some(me) {
            self.sched.turn += 1;
        } else {
            self.switch(State::Ready);
        }
    }

    /// Lets others go on, and returns when it is this thread's turn again; with the finding because
    /// of which its wait is refused, if it is.
    pub(crate) fn switch(&mut self, state: State) -> Option<usize> {
        let me = self.me.task.filter(|_| !self.closing)?;
        let inner = self.inner;
        self.sched.set(me, state);
        let free = self.sched.current.is_none() && !self.sched.deciding;
        let mut handover = Handover::Nobody;
        if self.sched.current == Some(me) || free {
            handover = decide(inner, self.guard(), Some(me));
        } else {
            monitor::poke(inner, self);
        }
        if self.sched.current != Some(me) && !self.closing {
            let gate = self.sched.tasks[me].gate.clone();
            // Nobody wakes a coroutine to say that it waits.
            let timed = !coroutine::is_here();
            let deadline = timed.then(|| Instant::now().checked_add(inner.watchdog)).flatten();
            let mut told = !matches!(state, State::Waiting(_) | State::Ready | State::Reached(_));
            while self.sched.current != Some(me) && !self.closing {
                let next = std::mem::replace(&mut handover, Handover::Nobody);
                let deadline = deadline.filter(|_| !told);
                let passed = MutexGuard::unlocked(self.guard(), || {
                    next.make();
                    gate.pass(deadline)
                });
                if !passed && self.sched.current != Some(me) {
                    told = true;
                    watchdog::report(self);
                }
            }
        }
        handover.make();
        self.sched.set(me, State::Running);
        self.sched.epoch += 1;
        self.sched.turn += 1;
        self.sched.tasks[me].verdict.take()
    }

    /// The thread has come to its end: somebody else goes on.
    pub(crate) fn retire(&mut self, state: State) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.set(me, state);
        self.sched.epoch += 1;
        if self.sched.current == Some(me) {
            let inner = self.inner;
            let handover = decide(inner, self.guard(), None);
            self.hand_over_later(handover);
        }
    }
}

/// A thread of the test that nobody tracks has ended.
pub(crate) fn thread_ended(
    inner: &Arc<Inner>,
    task: Option<usize>,
    actors: &[(ProcessId, ActorId)],
) {
    let mut guard = inner.core.lock();
    if guard.closing {
        return;
    }
    for (_, actor) in actors {
        if guard.machine.actor_info(*actor).frames().is_empty() {
            guard.machine.actor_exit(*actor);
        }
    }
    if let Some(task) = task {
        guard.sched.set(task, State::Done);
        guard.sched.epoch += 1;
        if guard.sched.current == Some(task) {
            dispatch(inner, &mut guard, None);
        }
    }
    inner.changed.notify_all();
}

/// Adds the thread that builds a controlled stack: it holds the baton.
pub(crate) fn start(inner: &Arc<Inner>, core: &mut Core, me: &Me) {
    if inner.mode == Mode::Controlled {
        core.sched.current = me.task;
        if let Some(task) = me.task {
            core.sched.set(task, State::Running);
        }
        match &inner.crew {
            Some(crew) => {
                core.sched.older = crew.older();
                crew.serve(inner);
            }
            None => core.sched.older = procfs::threads().into(),
        }
    }
}
