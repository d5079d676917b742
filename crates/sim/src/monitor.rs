//! The thread that watches over controlled mode: it passes over a holder of the baton that blocks
//! where the API cannot see it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crate::core::{Core, Inner};
use crate::procfs::{self, Probe};
use crate::schedule::{self, Sched, State};
use crate::sync::{MutexGuard, thread};
use crate::turns::TURN;
use crate::{dispatch, stuck};

/// How often it looks.
const TICK: Duration = Duration::from_micros(300);
/// How long nothing must move before "blocked outside" counts as blocked for good.
const GRACE: Duration = Duration::from_millis(100);
/// How often it looks after a while in which nothing moved.
const SLOW_TICK: Duration = Duration::from_millis(3);
/// How long a holder must stay away where the system does not tell what it is doing.
const PATIENCE: Duration = Duration::from_millis(50);

#[derive(Debug, Default)]
pub(crate) struct Monitor {
    started: bool,
    parked: bool,
}

/// Lets the watching thread look, if there is something to watch.
pub(crate) fn poke(inner: &Arc<Inner>, core: &mut Core) {
    // A crew has a watch of its own.
    if core.closing || inner.crew.is_some() || !needed(core) {
        return;
    }
    if !core.monitor.started {
        let own = inner.clone();
        let thread = thread::Builder::new().name("netiosim-watch".to_owned());
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

/// Counts what moves: whoever holds the baton; where nobody does, everybody. That others come and wait for the
/// baton is no sign of life of its holder.
fn moves(sched: &Sched) -> u64 {
    match sched.current {
        Some(_) => sched.turn,
        None => sched.epoch,
    }
}

fn watch(inner: &Arc<Inner>) {
    let _known = procfs::Known::own();
    let mut guard = inner.core.lock();
    let mut sight = Sight::default();
    while !guard.closing {
        if !needed(&guard) {
            guard.monitor.parked = true;
            inner.watch.wait(&mut guard);
            guard.monitor.parked = false;
            continue;
        }
        let before = Sight::of(inner, &guard);
        let tick = sight.tick(before).unwrap_or(TICK);
        inner.watch.wait_for(&mut guard, tick);
        if guard.closing || Sight::of(inner, &guard) != before {
            continue;
        }
        sight.look(inner, &mut guard);
    }
}

/// Of which stack, at which step, who held the baton.
type View = (u64, u64, Option<usize>);

/// What the watching thread saw last, and since when it is like that.
#[derive(Debug, Default)]
pub(crate) struct Sight {
    last: Option<View>,
    since: Option<Instant>,
    /// The holder was asleep, and how often it had slept by then.
    asleep: Option<u64>,
}

impl Sight {
    fn of(inner: &Inner, core: &Core) -> View {
        (inner.uid, moves(&core.sched), core.sched.current)
    }

    /// How long to wait for the next look: nothing special, unless this was seen to stand still before.
    fn tick(&self, view: View) -> Option<Duration> {
        let since = self.since.filter(|_| self.last == Some(view))?;
        Some(if since.elapsed() > GRACE { SLOW_TICK } else { TICK })
    }

    /// The same about whatever was seen last.
    pub(crate) fn last_tick(&self) -> Option<Duration> {
        self.tick(self.last?)
    }

    /// Looks, and does something about what stands still since the last time.
    pub(crate) fn look(&mut self, inner: &Arc<Inner>, guard: &mut MutexGuard<'_, Core>) {
        let now = Self::of(inner, guard);
        if !needed(guard) {
            *self = Self::default();
            return;
        }
        if self.last != Some(now) {
            self.last = Some(now);
            self.since = None;
            self.asleep = None;
            if inner.crew.is_some() {
                // What moves is not to be looked at too closely.
                return;
            }
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        let (_, epoch, holder) = now;
        match holder {
            Some(holder) => pass_over(inner, guard, (holder, epoch), since, &mut self.asleep),
            None => nobody(inner, guard, epoch, since),
        }
    }
}

/// Takes the baton from a holder that is blocked elsewhere.
fn pass_over(
    inner: &Arc<Inner>,
    guard: &mut MutexGuard<'_, Core>,
    (holder, turn): (usize, u64),
    since: Instant,
    asleep: &mut Option<u64>,
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
    let same = guard.sched.current == Some(holder) && guard.sched.turn == turn;
    if !same || guard.closing || shared.in_api.load(Ordering::Acquire) {
        return;
    }
    if matches!(probe, Probe::Blocked | Probe::Busy) {
        // A thread also sleeps for a moment where the system lets it wait: for memory, or a lock of the standard library. One that
        // waits for another thread sleeps through two looks.
        let slept = procfs::slept(tid);
        if slept.is_none() && cfg!(target_os = "linux") {
            // It has woken up since.
            *asleep = None;
            return;
        }
        if slept.is_some() && *asleep != slept && since.elapsed() < PATIENCE {
            *asleep = slept;
            return;
        }
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

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{GRACE, SLOW_TICK, Sight, TICK, View, moves};
    use crate::{Mode, Stack};

    #[test]
    fn what_stands_still_for_long_is_looked_at_less_often() {
        let (seen, other): (View, View) = ((1, 7, Some(2)), (1, 8, Some(2)));
        let sight = |since| Sight { last: Some(seen), since: Some(since), asleep: None };
        // From a moment to come on, so that it is young however slowly this goes.
        let young = sight(Instant::now() + Duration::from_secs(3600));
        assert_eq!((young.tick(seen), young.last_tick()), (Some(TICK), Some(TICK)));
        let long_ago = Instant::now().checked_sub(2 * GRACE).expect("the system is on for longer");
        let old = sight(long_ago);
        assert_eq!((old.tick(seen), old.last_tick()), (Some(SLOW_TICK), Some(SLOW_TICK)));
        assert_eq!(old.tick(other), None, "that moved");
        let new = Sight { last: Some(seen), ..Sight::default() };
        assert_eq!(
            (new.tick(seen), new.last_tick(), Sight::default().last_tick()),
            (None, None, None)
        );
    }

    #[test]
    fn who_comes_and_waits_does_not_lengthen_the_turn_of_the_holder() {
        let stack = Stack::builder().mode(Mode::Controlled).build();
        let _ = stack.teredo_port();
        let look = || stack.look(|core| (core.sched.current, moves(&core.sched), core.sched.epoch));
        let (holder, turn, epoch) = look();
        assert!(holder.is_some());
        std::thread::scope(|scope| {
            scope.spawn(|| stack.teredo_port());
            // This thread holds the baton: it computes, and is not passed over.
            while look().2 == epoch {
                std::hint::spin_loop();
            }
            assert_eq!((look().0, look().1), (holder, turn));
            let _ = stack.teredo_port();
            assert_ne!(look().1, turn, "a call of the holder's own");
            stack.run_until_idle();
        });
    }
}
