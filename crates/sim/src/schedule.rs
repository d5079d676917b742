//! Controlled mode: one thread runs at a time, and who goes next is a decision.
//!
//! **The contract: a thread that holds the baton is the only one that runs, from one call of the
//! API to the next.** A thread that blocks where this crate cannot see it is
//! [passed over](crate::monitor) and asks for the baton again at its next call.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netiosim_model::ids::{ActorId, LaneId, ProcessId};
use netiosim_model::machine::{Due, Machine};
use netiosim_model::rule::Rule;
use parking_lot::{Condvar, MutexGuard};

use crate::bind::{self, Me, Shared};
use crate::builder::{Mode, OnDeadlock};
use crate::core::{Core, Inner};
use crate::entry::Entry;
use crate::picker::Next;
use crate::procfs::{self, Probe};
use crate::{monitor, pool, watchdog};

/// What a thread is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// It holds the baton.
    Running,
    /// It would go on if it were its turn.
    Ready,
    /// It waits for what the model knows.
    Waiting(ActorId),
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
    actor: ActorId,
    role: Role,
    pub(crate) shared: Arc<Shared>,
    wake: Arc<Condvar>,
    /// The delivery that a worker is to run.
    job: Option<Due>,
    /// The finding because of which its wait is refused.
    verdict: Option<usize>,
}

impl Task {
    pub(crate) fn is_running(&self) -> bool {
        self.state == State::Running
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sched {
    tasks: Vec<Task>,
    /// Who holds the baton.
    pub(crate) current: Option<usize>,
    /// A decision is being made; the lock may be given back meanwhile.
    deciding: bool,
    /// Counts calls of the API and changes of hands.
    pub(crate) epoch: u64,
    /// Nothing can go on, but threads that we do not know may still come.
    pub(crate) suspect: bool,
    hung: bool,
    /// Actors whose being blocked elsewhere was reported.
    reported: Vec<ActorId>,
    /// As many deliveries as those who wait for idleness want to see.
    pub(crate) idle_limit: Option<usize>,
    /// Threads of the process that were there before the stack.
    pub(crate) older: Vec<u64>,
}

impl Sched {
    pub(crate) fn add(&mut self, actor: ActorId, shared: Arc<Shared>, role: Role) -> usize {
        let state = if role == Role::Worker { State::Free } else { State::Ready };
        let wake = Arc::new(Condvar::new());
        self.tasks.push(Task { state, actor, role, shared, wake, job: None, verdict: None });
        self.tasks.len() - 1
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
            task.wake.notify_all();
        }
    }

    fn workers(&self) -> usize {
        self.tasks.iter().filter(|task| task.role == Role::Worker).count()
    }

    fn free_worker(&self) -> Option<usize> {
        self.tasks.iter().position(|task| task.role == Role::Worker && task.state == State::Free)
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
            State::Held(barrier) => self.held.is_open(barrier),
            State::Reached(barrier) => task.verdict.is_some() || self.held.is_reached(barrier),
            _ => false,
        }
    }

    pub(crate) fn task_name(&self, task: usize) -> &str {
        self.machine.actor_info(self.sched.tasks[task].actor).name()
    }

    /// Whether a thread is there for one more delivery.
    pub(crate) fn can_begin(&self) -> bool {
        self.sched.free_worker().is_some() || self.sched.workers() < pool::MOST
    }
}

impl Entry<'_> {
    /// A point where others may go first; a thread without the baton waits for it.
    pub(crate) fn yield_baton(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.epoch += 1;
        if self.sched.current == Some(me) {
            let alone = self.sched.tasks.len() == 1 && !self.machine.has_deliverable();
            if !alone {
                self.switch(State::Ready);
            }
        } else {
            self.switch(State::Ready);
        }
    }

    /// Waits for the baton if it was passed on while user code ran.
    pub(crate) fn regain_baton(&mut self) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.epoch += 1;
        if self.sched.current != Some(me) {
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
        if self.sched.current == Some(me) || free {
            dispatch(inner, self.guard(), Some(me));
        } else {
            monitor::poke(inner, self);
        }
        let wake = self.sched.tasks[me].wake.clone();
        let deadline = Instant::now().checked_add(inner.watchdog);
        let mut told = !matches!(state, State::Waiting(_) | State::Ready | State::Reached(_));
        while self.sched.current != Some(me) && !self.closing {
            match deadline.filter(|_| !told) {
                Some(deadline) => {
                    told = wake.wait_until(self.guard(), deadline).timed_out();
                    if told && self.sched.current != Some(me) {
                        watchdog::report(self);
                    }
                }
                None => wake.wait(self.guard()),
            }
        }
        self.sched.set(me, State::Running);
        self.sched.epoch += 1;
        self.sched.tasks[me].verdict.take()
    }

    /// The thread has come to its end: somebody else goes on.
    pub(crate) fn retire(&mut self, state: State) {
        let Some(me) = self.me.task.filter(|_| !self.closing) else { return };
        self.sched.set(me, state);
        self.sched.epoch += 1;
        if self.sched.current == Some(me) {
            let inner = self.inner;
            dispatch(inner, self.guard(), None);
        }
    }
}

/// A thread of the test that nobody tracks has ended.
pub(crate) fn thread_ended(inner: &Arc<Inner>, task: Option<usize>, actors: &[(ProcessId, ActorId)]) {
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

/// Decides who goes on and hands over the baton.
pub(crate) fn dispatch(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>, from: Option<usize>) {
    guard.sched.deciding = true;
    settle(guard);
    loop {
        let core = &mut **guard;
        let steps = steps(core, from);
        if steps.is_empty() {
            core.sched.current = None;
            if core.sched.any(|state| matches!(state, State::Outside(_))) {
                break;
            }
            if !core.sched.any(|state| matches!(state, State::Waiting(_) | State::Reached(_))) {
                break;
            }
            if procfs::strangers(core) {
                core.sched.suspect = true;
                break;
            }
            if stuck(inner, core) {
                continue;
            }
            break;
        }
        let at = core.picker.pick(&core.machine, &steps);
        core.sched.suspect = false;
        core.sched.epoch += 1;
        match steps[at] {
            Next::Continue(task, _) | Next::Resume(task, _) => {
                core.sched.current = Some(task);
                if from != Some(task) {
                    core.sched.tasks[task].wake.notify_one();
                }
            }
            Next::Begin(lane) => begin(inner, core, lane),
        }
        break;
    }
    guard.sched.deciding = false;
    monitor::poke(inner, guard);
}

/// Everything that could happen next: the thread that runs, the other threads in the order in which
/// they came, the deliveries; and only if there is none of these, those who wait for just that.
fn steps(core: &Core, from: Option<usize>) -> Vec<Next> {
    let mut steps = Vec::new();
    let idle = core.sched.tasks.iter().enumerate().filter(|(_, task)| task.state == State::Idle);
    let idle = idle.map(|(n, task)| Next::Resume(n, task.actor));
    if core.sched.idle_limit.is_some_and(|limit| core.delivered >= limit) {
        steps.extend(idle);
        return steps;
    }
    if let Some(me) = from.filter(|me| core.runnable(*me)) {
        steps.push(Next::Continue(me, core.sched.tasks[me].actor));
    }
    for (n, task) in core.sched.tasks.iter().enumerate() {
        if Some(n) != from && core.runnable(n) {
            steps.push(Next::Resume(n, task.actor));
        }
    }
    if core.machine.has_deliverable() && core.can_begin() {
        steps.extend(core.machine.deliverable().into_iter().map(Next::Begin));
    }
    if steps.is_empty() && !core.sched.any(|state| state == State::Outside(true)) {
        steps.extend(idle);
    }
    steps
}

fn begin(inner: &Arc<Inner>, core: &mut Core, lane: LaneId) {
    let process = core.process_of(lane).unwrap_or(inner.home);
    let worker = match core.sched.free_worker() {
        Some(worker) => {
            core.machine.actor_reuse(core.sched.tasks[worker].actor, process);
            worker
        }
        None => hire(inner, core, process),
    };
    let task = &mut core.sched.tasks[worker];
    task.job = Some(core.machine.delivery_begin(lane, task.actor));
    task.state = State::Running;
    task.wake.notify_one();
    core.sched.current = Some(worker);
}

fn hire(inner: &Arc<Inner>, core: &mut Core, process: ProcessId) -> usize {
    let name = format!("pool-{}", core.sched.workers() + 1);
    let actor = core.machine.actor(&name, process);
    let shared = Arc::new(Shared::default());
    let task = core.sched.add(actor, shared.clone(), Role::Worker);
    let me = Me { actor, task: Some(task), shared: Some(shared) };
    let inner = inner.clone();
    core.pool.alive += 1;
    let thread = std::thread::Builder::new().name(name).spawn(move || work(&inner, &me));
    thread.expect("the system gives a thread for a delivery");
    task
}

/// A worker: one delivery after the other, each when it is its turn.
fn work(inner: &Arc<Inner>, me: &Me) {
    bind::attach(inner, me, inner.home, false);
    let task = me.task.unwrap_or_default();
    let mut entry = Entry::new(inner);
    let wake = entry.sched.tasks[task].wake.clone();
    loop {
        let due = loop {
            if let Some(due) = entry.sched.tasks[task].job.take() {
                break Some(due);
            }
            if entry.closing {
                break None;
            }
            wake.wait(entry.guard());
        };
        let Some(due) = due else { break };
        entry.run(&due);
        if !entry.garbage.is_empty() {
            entry.outside(|| ());
        }
        entry.retire(State::Free);
    }
    entry.pool.alive -= 1;
    inner.changed.notify_all();
    drop(entry);
    bind::detach(inner);
}

/// Waits until every thread that was passed over is either blocked again or waits for the baton, so
/// that one that was just woken by the last holder is seen before the next decision.
pub(crate) fn settle(guard: &mut MutexGuard<'_, Core>) {
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        let mut outside: Vec<(usize, Arc<Shared>)> = Vec::new();
        for (n, task) in guard.sched.tasks.iter().enumerate() {
            if matches!(task.state, State::Outside(_)) {
                outside.push((n, task.shared.clone()));
            }
        }
        if outside.is_empty() {
            return;
        }
        let probes: Vec<Probe> =
            MutexGuard::unlocked(guard, || outside.iter().map(|(_, shared)| probe(shared)).collect());
        let mut moving = false;
        for ((n, shared), probe) in outside.iter().zip(probes) {
            let task = &mut guard.sched.tasks[*n];
            if !matches!(task.state, State::Outside(_)) {
                continue;
            }
            match probe {
                _ if shared.in_api.load(Ordering::Acquire) => moving = true,
                Probe::Running => {
                    task.state = State::Outside(true);
                    moving = true;
                }
                Probe::Blocked => task.state = State::Outside(false),
                Probe::Busy => task.state = State::Outside(true),
                Probe::Gone => task.state = State::Done,
            }
        }
        if !moving || Instant::now() > deadline {
            return;
        }
        MutexGuard::unlocked(guard, std::thread::yield_now);
    }
}

fn probe(shared: &Shared) -> Probe {
    procfs::steady(shared.tid.load(Ordering::Acquire)).unwrap_or(Probe::Blocked)
}

/// Nothing can go on: says so, and refuses the waits that are to blame. Returns whether somebody can
/// go on now.
pub(crate) fn stuck(inner: &Arc<Inner>, core: &mut Core) -> bool {
    core.sched.suspect = false;
    if core.sched.hung {
        return false;
    }
    let mut found = core.machine.report_stuck();
    let outside: Vec<ActorId> = core
        .sched
        .tasks
        .iter()
        .filter(|task| matches!(task.state, State::Outside(_)))
        .map(|task| task.actor)
        .collect();
    for actor in outside {
        if !core.sched.reported.contains(&actor) {
            core.sched.reported.push(actor);
            found.extend(blocked_outside(&mut core.machine, actor));
        }
    }
    match inner.on_deadlock {
        OnDeadlock::Error => {}
        OnDeadlock::Hang => {
            core.sched.hung = true;
            return false;
        }
        OnDeadlock::Abort => {
            for at in found {
                watchdog::say(&format!("netiosim: nothing can go on\n{}\n", core.machine.findings()[at]));
            }
            std::process::abort();
        }
    }
    let mut released = false;
    for at in found {
        let actors = core.machine.findings()[at].actors.clone();
        for task in &mut core.sched.tasks {
            if matches!(task.state, State::Waiting(actor) if actors.contains(&actor)) {
                task.verdict = Some(at);
                released = true;
            }
        }
    }
    if !released {
        released = refuse_all(core, |state| matches!(state, State::Waiting(_)));
    }
    released || refuse_all(core, |state| matches!(state, State::Reached(_)))
}

/// A callback that is blocked where we cannot see it, for good.
fn blocked_outside(machine: &mut Machine, actor: ActorId) -> Option<usize> {
    let lane = *machine.actor_info(actor).frames().last()?;
    let name = machine.registration(lane.handle)?.name().to_owned();
    let message = format!(
        "the callback of \"{name}\" never returns: it is blocked outside netiosim's sight while nothing else can go on"
    );
    Some(machine.report(Rule::CallbackBlocked, actor, Some(lane.handle), message))
}

fn refuse_all(core: &mut Core, which: fn(State) -> bool) -> bool {
    let mut released = false;
    for n in 0..core.sched.tasks.len() {
        let task = &core.sched.tasks[n];
        if which(task.state) {
            let at = match core.machine.findings().len() {
                0 => {
                    let message = "nothing can go on".to_owned();
                    core.machine.report(Rule::ThreadStuck, task.actor, None, message)
                }
                len => len - 1,
            };
            core.sched.tasks[n].verdict = Some(at);
            released = true;
        }
    }
    released
}

/// Adds the thread that builds a controlled stack: it holds the baton.
pub(crate) fn start(inner: &Arc<Inner>, core: &mut Core, me: &Me) {
    if inner.mode == Mode::Controlled {
        core.sched.current = me.task;
        if let Some(task) = me.task {
            core.sched.set(task, State::Running);
        }
        core.sched.older = procfs::threads();
    }
}
