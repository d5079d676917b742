//! Threads mode: workers that run freely and take tokens from a channel.
//!
//! A token says "something may be deliverable"; whoever takes it looks. The pool grows when every
//! worker is inside a callback, up to [`MOST`] threads or fewer.

use std::sync::Arc;

use netiosim_model::ids::ActorId;

use crate::bind::{self, Me};
use crate::core::{Core, Inner};
use crate::entry::Entry;
use crate::sync::thread;

/// The largest number of threads that one stack makes deliveries on.
pub(crate) const MOST: usize = 64;

#[derive(Debug)]
pub(crate) struct Pool {
    /// How many threads it has at most.
    pub(crate) most: usize,
    /// Threads that were started and have not ended.
    pub(crate) alive: usize,
    hired: usize,
    /// Workers that wait for a token.
    resting: usize,
    /// Tokens that nobody has taken.
    tokens: usize,
}

impl Pool {
    /// A pool without threads that has so many at most.
    pub(crate) fn of(most: usize) -> Self {
        Self { most, alive: 0, hired: 0, resting: 0, tokens: 0 }
    }
}

impl Default for Pool {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Core {
    /// Whether nothing can go on without the actor `own`: nothing is deliverable, and every callback
    /// that runs is held or waits for what has not come.
    pub(crate) fn is_idle(&self, own: ActorId) -> bool {
        let mut actors = self.machine.actors().iter().zip(0u32..);
        !self.machine.has_deliverable()
            && actors.all(|(actor, n)| {
                let id = ActorId(n);
                actor.frames().is_empty()
                    || id == own
                    || self.held.holds(id)
                    || (actor.wait().is_some() && !self.machine.can_end(id))
            })
    }
}

/// Sees to it that every delivery that may begin has somebody who begins it.
pub(crate) fn kick(inner: &Arc<Inner>, core: &mut Core) {
    if core.closing || !core.machine.has_deliverable() {
        return;
    }
    let wanted = core.machine.deliverable().len().min(MOST);
    while core.pool.tokens < wanted {
        core.pool.tokens += 1;
        let _ = inner.tokens.0.send(());
    }
    while core.pool.resting < core.pool.tokens && core.pool.hired < core.pool.most {
        hire(inner, core);
    }
}

fn hire(inner: &Arc<Inner>, core: &mut Core) {
    core.pool.hired += 1;
    core.pool.alive += 1;
    core.pool.resting += 1;
    let name = format!("pool-{}", core.pool.hired);
    let actor = core.machine.actor(&name, inner.home);
    let inner = inner.clone();
    let thread = thread::Builder::new().name(name).spawn(move || work(&inner, actor));
    thread.expect("the system gives a thread for a delivery");
}

fn work(inner: &Arc<Inner>, actor: ActorId) {
    let me = Me { actor, task: None, shared: None, guest: None };
    bind::attach(inner, &me, inner.home, false);
    let tokens = inner.tokens.1.clone();
    while tokens.recv().is_ok() {
        let mut entry = Entry::new(inner);
        if entry.closing {
            break;
        }
        entry.pool.tokens -= 1;
        entry.pool.resting -= 1;
        let core = &mut *entry;
        if let Some(lane) = core.picker.pick_lane(&core.machine) {
            let process = core.process_of(lane).unwrap_or(inner.home);
            core.machine.actor_reuse(actor, process);
            entry.deliver(lane);
        }
        entry.pool.resting += 1;
    }
    let mut entry = Entry::new(inner);
    entry.pool.alive -= 1;
    inner.changed.notify_all();
    drop(entry);
    bind::detach(inner);
}

/// Lets every worker see that the stack goes away.
pub(crate) fn stop(inner: &Inner, core: &Core) {
    for _ in 0..core.pool.hired {
        let _ = inner.tokens.0.send(());
    }
}
