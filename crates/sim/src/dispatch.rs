//! The decision of controlled mode: who goes on next, and the threads that run deliveries.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use netiosim_model::ids::{LaneId, ProcessId};
use parking_lot::MutexGuard;

use crate::bind::{self, Me, Shared};
use crate::core::{Core, Inner};
use crate::entry::Entry;
use crate::monitor;
use crate::picker::Next;
use crate::procfs::{self, Probe};
use crate::schedule::{Role, State, Task};
use crate::stuck::stuck;

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
            if core.is_free() || procfs::strangers(core) {
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

/// Whether there is anything that could happen next.
pub(crate) fn has_step(core: &Core) -> bool {
    !steps(core, None).is_empty()
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
        if steps.is_empty() && !core.is_free() {
            steps.extend(timed(core));
        }
    }
    steps
}

/// Those whose wait ends first, when nothing but time goes by.
fn timed(core: &Core) -> Vec<Next> {
    let next_ms = core.sched.deadline_ms(core.machine.now_ms());
    let first = |task: &Task| matches!(task.state, State::Timed(_, at) if Some(at) == next_ms);
    let tasks = core.sched.tasks.iter().enumerate().filter(|(_, task)| first(task));
    tasks.map(|(n, task)| Next::Resume(n, task.actor)).collect()
}

fn begin(inner: &Arc<Inner>, core: &mut Core, lane: LaneId) {
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
    let me = Me { actor, task: Some(task), shared: Some(shared), guest: None };
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
/// that one that was just woken by the last holder is seen before the next decision. A program that
/// runs as it pleases is only looked at. Returns whether some thread still moves.
pub(crate) fn settle(guard: &mut MutexGuard<'_, Core>) -> bool {
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
        MutexGuard::unlocked(guard, std::thread::yield_now);
    }
}

fn probe(shared: &Shared) -> Probe {
    procfs::steady(shared.tid.load(Ordering::Acquire)).unwrap_or(Probe::Blocked)
}
