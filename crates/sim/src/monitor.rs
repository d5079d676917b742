//! The thread that watches over controlled mode: it passes over a holder of the baton that blocks
//! where the API cannot see it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use parking_lot::MutexGuard;

use crate::core::{Core, Inner};
use crate::procfs::{self, Probe};
use crate::schedule::{self, State};
use crate::{dispatch, stuck};

/// How often it looks.
const TICK: Duration = Duration::from_micros(300);
/// How long nothing must move before "blocked outside" counts as blocked for good.
const GRACE: Duration = Duration::from_millis(100);
/// How often it looks after a while in which nothing moved.
const SLOW_TICK: Duration = Duration::from_millis(3);
/// How long a thread of a program that runs as it pleases may compute before it is passed over.
const TURN: Duration = Duration::from_millis(20);
/// How long a holder must stay away where the system does not tell what it is doing.
const PATIENCE: Duration = Duration::from_millis(50);

#[derive(Debug, Default)]
pub(crate) struct Monitor {
    started: bool,
    parked: bool,
}

/// Lets the watching thread look, if there is something to watch.
pub(crate) fn poke(inner: &Arc<Inner>, core: &mut Core) {
    if core.closing || !needed(core) {
        return;
    }
    if !core.monitor.started {
        let own = inner.clone();
        let thread = std::thread::Builder::new().name("netiosim-watch".to_owned());
        core.monitor.started = thread.spawn(move || watch(&own)).is_ok();
    } else if core.monitor.parked {
        inner.watch.notify_one();
    }
}

/// Whether somebody would go on if the holder of the baton were passed over, or nobody holds it
/// while somebody waits.
fn needed(core: &Core) -> bool {
    match core.sched.current {
        Some(holder) => {
            let other = |(n, task): (usize, &schedule::Task)| {
                let waits = matches!(
                    task.state,
                    State::Ready
                        | State::Waiting(_)
                        | State::Timed(..)
                        | State::Reached(_)
                        | State::Idle
                );
                n != holder && waits
            };
            clock_waits(core)
                || core.machine.has_deliverable()
                || core.sched.tasks().iter().enumerate().any(other)
        }
        None => {
            let waits = |state| {
                matches!(
                    state,
                    State::Waiting(_) | State::Timed(..) | State::Reached(_) | State::Idle
                )
            };
            let outside = |state| matches!(state, State::Outside(_));
            clock_waits(core)
                || core.sched.suspect
                || (core.sched.any(outside) && core.sched.any(waits))
        }
    }
}

fn watch(inner: &Arc<Inner>) {
    let _known = procfs::Known::own();
    let mut guard = inner.core.lock();
    let mut quiet: Option<(u64, Instant)> = None;
    while !guard.closing {
        if !needed(&guard) {
            guard.monitor.parked = true;
            inner.watch.wait(&mut guard);
            guard.monitor.parked = false;
            continue;
        }
        let (epoch, holder) = (guard.sched.epoch, guard.sched.current);
        let tick = match quiet {
            Some((of, since)) if of == epoch && since.elapsed() > GRACE => SLOW_TICK,
            _ => TICK,
        };
        inner.watch.wait_for(&mut guard, tick);
        if guard.closing || guard.sched.epoch != epoch || guard.sched.current != holder {
            continue;
        }
        let since = match quiet {
            Some((of, since)) if of == epoch => since,
            _ => {
                let now = Instant::now();
                quiet = Some((epoch, now));
                now
            }
        };
        match holder {
            Some(holder) => pass_over(inner, &mut guard, holder, epoch, since),
            None => nobody(inner, &mut guard, epoch, since),
        }
    }
}

/// Takes the baton from a holder that is blocked elsewhere.
fn pass_over(
    inner: &Arc<Inner>,
    guard: &mut MutexGuard<'_, Core>,
    holder: usize,
    epoch: u64,
    since: Instant,
) {
    let shared = guard.sched.task(holder).shared.clone();
    if shared.in_api.load(Ordering::Acquire) {
        return;
    }
    let tid = shared.tid.load(Ordering::Acquire);
    let probe = MutexGuard::unlocked(guard, || procfs::steady(tid));
    let probe = match probe {
        Some(probe) => probe,
        None if since.elapsed() > PATIENCE => Probe::Blocked,
        None => return,
    };
    let same = guard.sched.epoch == epoch && guard.sched.current == Some(holder);
    if !same || guard.closing || shared.in_api.load(Ordering::Acquire) {
        return;
    }
    let state = match probe {
        Probe::Running if guard.is_free() && since.elapsed() > TURN => State::Outside(true),
        Probe::Running => return,
        Probe::Blocked => State::Outside(false),
        Probe::Busy => State::Outside(true),
        Probe::Gone => State::Done,
    };
    guard.sched.set(holder, state);
    guard.sched.epoch += 1;
    dispatch::dispatch(inner, guard, None);
}

/// Nobody holds the baton: what was passed over may have moved, or nothing will ever.
fn nobody(inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>, epoch: u64, since: Instant) {
    let moving = dispatch::settle(guard);
    if guard.closing || guard.sched.epoch != epoch || guard.sched.current.is_some() {
        return;
    }
    if guard.clock.is_some() && (!moving || since.elapsed() > TURN) {
        if dispatch::has_step(guard) {
            dispatch::dispatch(inner, guard, None);
            return;
        }
        guard.rest(inner);
    }
    let busy = guard.sched.any(|state| state == State::Outside(true));
    if busy {
        return;
    }
    let timed = !guard.is_free() && guard.sched.any(|state| matches!(state, State::Timed(..)));
    if timed || guard.sched.any(|state| matches!(state, State::Idle)) {
        dispatch::dispatch(inner, guard, None);
    } else if since.elapsed() > GRACE && is_final(guard) {
        if stuck::stuck(inner, guard) {
            dispatch::dispatch(inner, guard, None);
        } else {
            // Nothing to say and nobody to release: until something calls, there is nothing to watch.
            guard.sched.epoch += 1;
        }
    }
}

/// Whether the clock waits until the program has come to rest.
fn clock_waits(core: &Core) -> bool {
    core.clock.as_ref().is_some_and(|clock| clock.waits)
}

/// Whether nothing moves for good. Of a program that runs as it pleases that takes a closer look: nothing may
/// come of time, or of a thread that has not called yet.
fn is_final(guard: &mut MutexGuard<'_, Core>) -> bool {
    if !guard.is_free() {
        return true;
    }
    let epoch = guard.sched.epoch;
    let waits = |state| matches!(state, State::Waiting(_) | State::Reached(_));
    let timed = guard.sched.any(|state| matches!(state, State::Timed(..)));
    if timed || guard.may_change() || !guard.sched.any(waits) {
        return false;
    }
    let blocked = MutexGuard::unlocked(guard, procfs::strangers_are_blocked);
    blocked && guard.sched.epoch == epoch && guard.sched.current.is_none() && !guard.may_change()
}
