//! The decision of controlled mode: who goes on next, and the threads that run deliveries.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netiosim_model::ids::{LaneId, ProcessId};
use netiosim_model::machine::Due;

use crate::bind::{self, Me, Shared};
use crate::core::{Core, Inner};
use crate::entry::Entry;
use crate::gate::{Gate, Handover};
use crate::monitor;
use crate::picker::Next;
use crate::procfs::{self, Probe};
use crate::schedule::{Role, State, Task};
use crate::stuck::stuck;
use crate::sync::{MutexGuard, thread};

/// Decides who goes on and hands over the baton.
pub(crate) fn dispatch(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>, from: Option<usize>) {
    decide(inner, guard, from).make();
}

/// Decides who goes on; the baton is handed over when the caller says so, which must be soon.
pub(crate) fn decide(
    inner: &Arc<Inner>,
    guard: &mut MutexGuard<'_, Core>,
    from: Option<usize>,
) -> Handover {
    let mut handover = Handover::Nobody;
    guard.sched.deciding = true;
    settle(guard);
    loop {
        let core = &mut **guard;
        let mut steps = std::mem::take(&mut core.sched.steps);
        collect_steps(core, from, &mut steps);
        core.sched.only_deliveries = false;
        let next = (!steps.is_empty()).then(|| steps[core.take_turn(&steps)]);
        core.sched.steps = steps;
        let Some(next) = next else {
            core.sched.current = None;
            if core.sched.any(|state| matches!(state, State::Outside(_))) {
                break;
            }
            if !core.sched.any(|state| matches!(state, State::Waiting(_) | State::Reached(_))) {
                break;
            }
            if core.is_free() || procfs::strangers(core) {
                core.sched.suspect = true;
                break;
            }
            if stuck(inner, core) {
                continue;
            }
            break;
        };
        core.sched.suspect = false;
        core.sched.epoch += 1;
        core.sched.turn += 1;
        match next {
            Next::Continue(task, _) | Next::Resume(task, _) => {
                core.sched.current = Some(task);
                if from != Some(task) {
                    handover = Handover::Open(core.sched.tasks[task].gate.clone());
                }
            }
            Next::Begin(lane) => handover = begin(inner, core, lane),
        }
        break;
    }
    guard.sched.deciding = false;
    monitor::poke(inner, guard);
    handover
}

/// Whether there is anything that could happen next.
pub(crate) fn has_step(core: &Core) -> bool {
    let mut steps = Vec::new();
    collect_steps(core, None, &mut steps);
    !steps.is_empty()
}

/// Everything that could happen next: the thread that runs, the other threads in the order in which
/// they came, the deliveries; and only if there is none of these, those who wait for just that.
fn collect_steps(core: &Core, from: Option<usize>, steps: &mut Vec<Next>) {
    steps.clear();
    let idle = core.sched.tasks.iter().enumerate().filter(|(_, task)| task.state == State::Idle);
    let idle = idle.map(|(n, task)| Next::Resume(n, task.actor));
    if core.sched.idle_limit.is_some_and(|limit| core.delivered >= limit) {
        steps.extend(idle);
        return;
    }
    if let Some(me) = from.filter(|me| core.runnable(*me)) {
        steps.push(Next::Continue(me, core.sched.tasks[me].actor));
    }
    for (n, task) in core.sched.tasks.iter().enumerate() {
        if Some(n) != from && !core.sched.only_deliveries && core.runnable(n) {
            steps.push(Next::Resume(n, task.actor));
        }
    }
    if core.can_begin() {
        core.machine.deliverable_lanes().for_each(|lane| steps.push(Next::Begin(lane)));
    }
    if steps.is_empty() && !core.sched.any(|state| state == State::Outside(true)) {
        steps.extend(idle);
        if steps.is_empty() && !core.is_free() {
            steps.extend(timed(core));
        }
    }
}

/// Those whose wait ends first, when nothing but time goes by.
fn timed(core: &Core) -> Vec<Next> {
    let next_ms = core.sched.deadline_ms(core.machine.now_ms());
    let first = |task: &Task| matches!(task.state, State::Timed(_, at) if Some(at) == next_ms);
    let tasks = core.sched.tasks.iter().enumerate().filter(|(_, task)| first(task));
    tasks.map(|(n, task)| Next::Resume(n, task.actor)).collect()
}

fn begin(inner: &Arc<Inner>, core: &mut Core, lane: LaneId) -> Handover {
    core.sched.fruitless = 0;
    let process = core.process_of(lane).unwrap_or(inner.home);
    let worker = match core.sched.free_worker() {
        Some(worker) => {
            core.machine.actor_reuse(core.sched.tasks[worker].actor, process);
            worker
        }
        None => hire(inner, core, process),
    };
    let task = &mut core.sched.tasks[worker];
    let due = core.machine.delivery_begin(lane, task.actor);
    task.state = State::Running;
    core.sched.current = Some(worker);
    let Some(crew) = &inner.crew else {
        task.job = Some(due);
        return Handover::Open(task.gate.clone());
    };
    core.pool.alive += 1;
    // Another thread than the last time, perhaps.
    Gate::renew(&mut task.gate);
    task.shared.tid.store(0, Ordering::Release);
    let me = Me {
        actor: task.actor,
        task: Some(worker),
        shared: Some(task.shared.clone()),
        guest: None,
    };
    let own = inner.clone();
    Handover::Start(crew.clone(), Box::new(move || work_once(&own, &me, &due)))
}

fn hire(inner: &Arc<Inner>, core: &mut Core, process: ProcessId) -> usize {
    let name = format!("pool-{}", core.sched.workers() + 1);
    let actor = core.machine.actor(&name, process);
    let (task, shared) = core.sched.add(actor, Role::Worker);
    if inner.crew.is_some() {
        return task;
    }
    let me = Me { actor, task: Some(task), shared: Some(shared), guest: None };
    let inner = inner.clone();
    core.pool.alive += 1;
    let thread = thread::Builder::new().name(name).spawn(move || work(&inner, &me));
    thread.expect("the system gives a thread for a delivery");
    task
}

/// A worker: one delivery after the other, each when it is its turn.
fn work(inner: &Arc<Inner>, me: &Me) {
    bind::attach(inner, me, inner.home, false);
    let task = me.task.unwrap_or_default();
    let mut entry = Entry::new(inner);
    let gate = entry.sched.tasks[task].gate.clone();
    loop {
        let due = loop {
            // If the next delivery is this worker's too, the baton goes nowhere.
            let handover = entry.take_handover();
            if let Some(due) = entry.sched.tasks[task].job.take() {
                break Some(due);
            }
            if entry.closing {
                break None;
            }
            MutexGuard::unlocked(entry.guard(), || {
                handover.make();
                gate.pass(None);
            });
        };
        let Some(due) = due else { break };
        entry.run_to_end(&due);
    }
    entry.pool.alive -= 1;
    inner.changed.notify_all();
    drop(entry);
    bind::detach(inner);
}

/// One delivery on a thread of a crew.
fn work_once(inner: &Arc<Inner>, me: &Me, due: &Due) {
    bind::attach(inner, me, inner.home, false);
    let mut entry = Entry::new(inner);
    entry.run_to_end(due);
    entry.leave_crew();
    drop(entry);
    bind::detach(inner);
}

impl Entry<'_> {
    fn run_to_end(&mut self, due: &Due) {
        self.run(due);
        if !self.garbage.is_empty() {
            self.outside(|| ());
        }
        self.retire(State::Free);
    }

    /// A thread of a crew has nothing more to do with the stack.
    pub(crate) fn leave_crew(&mut self) {
        self.pool.alive -= 1;
        if self.closing {
            self.inner.changed.notify_all();
        }
    }
}

/// Waits until every thread that was passed over is either blocked again or waits for the baton, so
/// that one that was just woken by the last holder is seen before the next decision. A program that
/// runs as it pleases is only looked at. Returns whether some thread still moves.
pub(crate) fn settle(guard: &mut MutexGuard<'_, Core>) -> bool {
    if !guard.sched.any(|state| matches!(state, State::Outside(_))) {
        return false;
    }
    let deadline = Instant::now() + Duration::from_secs(1);
    loop {
        let mut outside: Vec<(usize, Arc<Shared>)> = Vec::new();
        for (n, task) in guard.sched.tasks.iter().enumerate() {
            if matches!(task.state, State::Outside(_)) {
                outside.push((n, task.shared.clone()));
            }
        }
        if outside.is_empty() {
            return false;
        }
        let probes: Vec<Probe> = MutexGuard::unlocked(guard, || {
            outside.iter().map(|(_, shared)| probe(shared)).collect()
        });
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
        if !moving || guard.is_free() || Instant::now() > deadline {
            return moving;
        }
        MutexGuard::unlocked(guard, thread::yield_now);
    }
}

fn probe(shared: &Shared) -> Probe {
    procfs::steady(shared.tid.load(Ordering::Acquire)).unwrap_or(Probe::Blocked)
}
