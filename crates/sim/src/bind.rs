//! Which actor the calling thread is, per stack.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use netiosim_model::ids::{ActorId, ProcessId};

use crate::builder::Mode;
use crate::core::{Core, Inner};
use crate::procfs::Known;
use crate::{coroutine, schedule, sync};

/// What the watching thread may see of a thread without any lock.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    /// The thread is inside this crate: it may sleep there without being stuck.
    pub(crate) in_api: AtomicBool,
    /// Its number in /proc, where there is such a thing; 0 before it is known.
    pub(crate) tid: AtomicU64,
}

/// The calling thread, as one call of the API sees it.
#[derive(Clone, Debug)]
pub(crate) struct Me {
    pub(crate) actor: ActorId,
    /// Its place in the schedule of controlled mode.
    pub(crate) task: Option<usize>,
    pub(crate) shared: Option<Arc<Shared>>,
    /// The thread is ending and keeps nothing any more: it is an actor for this one call.
    pub(crate) guest: Option<Arc<Guest>>,
}

/// A thread that calls after its thread-local data is gone: from a destructor of another language, or at the end of the
/// program. What it is called with ends with the call, once the lock is given back.
#[derive(Debug)]
pub(crate) struct Guest {
    stack: Weak<Inner>,
    task: Option<usize>,
    actor: (ProcessId, ActorId),
    _known: Option<Known>,
}

impl Drop for Guest {
    fn drop(&mut self) {
        if let Some(inner) = self.stack.upgrade() {
            schedule::thread_ended(&inner, self.task, &[self.actor]);
        }
    }
}

struct Binding {
    uid: u64,
    stack: Weak<Inner>,
    task: Option<usize>,
    shared: Option<Arc<Shared>>,
    /// The actor of this thread in the process that it came with.
    first: (ProcessId, ActorId),
    /// Those in other processes that it has acted for.
    others: Vec<(ProcessId, ActorId)>,
    /// Whom it acts for now if not for the first, innermost last.
    current: Vec<ActorId>,
    /// The actor ends with the thread, without anybody else saying so.
    loose: bool,
    _known: Option<Known>,
}

impl Drop for Binding {
    fn drop(&mut self) {
        if !self.loose {
            return;
        }
        if let Some(inner) = self.stack.upgrade() {
            let mut actors = vec![self.first];
            actors.append(&mut self.others);
            schedule::thread_ended(&inner, self.task, &actors);
        }
    }
}

impl Binding {
    /// Whom the thread acts for now.
    fn actor(&self) -> ActorId {
        self.current.last().copied().unwrap_or(self.first.1)
    }
}

sync::thread_local! {
    static BINDINGS: RefCell<Vec<Binding>> = const { RefCell::new(Vec::new()) };
}

/// What a thread knows of itself; a coroutine has its own.
#[cfg(feature = "coroutines")]
#[derive(Default)]
pub(crate) struct Bindings(Vec<Binding>);

/// Puts the bindings of a coroutine in the place of the calling thread's, and back.
#[cfg(feature = "coroutines")]
pub(crate) fn exchange(own: &mut Bindings) {
    BINDINGS.with(|bindings| std::mem::swap(&mut *bindings.borrow_mut(), &mut own.0));
}

/// Who the calling thread is on this stack, if it has called before.
pub(crate) fn current(inner: &Inner) -> Option<Me> {
    BINDINGS
        .try_with(|bindings| {
            let bindings = bindings.borrow();
            let binding = bindings.iter().rev().find(|binding| binding.uid == inner.uid)?;
            let actor = binding.actor();
            let (task, shared) = (binding.task, binding.shared.clone());
            Some(Me { actor, task, shared, guest: None })
        })
        .ok()
        .flatten()
}

/// The stack that the calling thread was made for: its worker, or a thread that it started.
pub(crate) fn own_stack() -> Option<Arc<Inner>> {
    BINDINGS
        .try_with(|bindings| {
            let bindings = bindings.borrow();
            bindings.iter().rev().filter(|binding| !binding.loose).find_map(|b| b.stack.upgrade())
        })
        .ok()
        .flatten()
}

/// Makes the calling thread an actor of the test's process.
pub(crate) fn bind(inner: &Arc<Inner>, core: &mut Core) -> Me {
    // A thread that has nothing left has no name that could be asked for, either.
    let thread = (!is_ending()).then(sync::thread::current);
    let name = match thread.as_ref().and_then(|thread| thread.name()) {
        Some(name) => name.to_owned(),
        None => {
            core.unnamed_threads += 1;
            format!("thread-{}", core.unnamed_threads)
        }
    };
    let actor = core.machine.actor(&name, inner.home);
    bind_as(inner, core, actor)
}

fn is_ending() -> bool {
    BINDINGS.try_with(|_| ()).is_err()
}

/// Makes the calling thread this actor of the test's process.
pub(crate) fn bind_as(inner: &Arc<Inner>, core: &mut Core, actor: ActorId) -> Me {
    let controlled = inner.mode == Mode::Controlled;
    let (task, shared) = controlled.then(|| core.sched.add(actor, schedule::Role::User)).unzip();
    let mut me = Me { actor, task, shared, guest: None };
    if is_ending() {
        let actor = (inner.home, actor);
        let known = identify(&me);
        me.guest =
            Some(Arc::new(Guest { stack: Arc::downgrade(inner), task, actor, _known: known }));
    } else {
        attach(inner, &me, inner.home, true);
    }
    me
}

/// Lets the watching thread know which thread it is, where it has to.
fn identify(me: &Me) -> Option<Known> {
    let shared = me.shared.as_ref()?;
    if coroutine::is_here() {
        // Its pool has made the thread known, and watches it.
        shared.in_api.store(true, Ordering::Release);
        return None;
    }
    let known = Known::own();
    shared.tid.store(known.tid(), Ordering::Release);
    shared.in_api.store(true, Ordering::Release);
    Some(known)
}

/// Tells the calling thread who it is; `loose`: nobody else will say when it has ended.
pub(crate) fn attach(inner: &Arc<Inner>, me: &Me, process: ProcessId, loose: bool) {
    let known = identify(me).or_else(|| (!loose && !coroutine::is_here()).then(Known::own));
    let mut binding = Some(Binding {
        uid: inner.uid,
        stack: Arc::downgrade(inner),
        task: me.task,
        shared: me.shared.clone(),
        first: (process, me.actor),
        others: Vec::new(),
        current: Vec::new(),
        loose,
        _known: known,
    });
    // Bindings of stacks that are gone leave with the next one that comes.
    let dead = BINDINGS.try_with(|bindings| {
        let mut bindings = bindings.borrow_mut();
        let is_dead = |binding: &mut Binding| binding.stack.strong_count() == 0;
        let dead: Vec<Binding> = bindings.extract_if(.., is_dead).collect();
        bindings.extend(binding.take());
        dead
    });
    drop(dead);
    if let Some(binding) = &mut binding {
        // There is no place for it: whoever attached the thread says when it has ended.
        binding.loose = false;
    }
}

/// Forgets that the calling thread has anything to do with the stack.
pub(crate) fn detach(inner: &Inner) {
    let gone = BINDINGS.try_with(|bindings| {
        let mut bindings = bindings.borrow_mut();
        let at = bindings.iter().rposition(|binding| binding.uid == inner.uid)?;
        let mut binding = bindings.remove(at);
        binding.loose = false;
        Some(binding)
    });
    drop(gone);
}

/// The calling thread's actor in another process; made when it is not there yet.
pub(crate) fn actor_in(inner: &Inner, core: &mut Core, process: ProcessId) -> ActorId {
    // The actor of a worker changes its process with every delivery: the model knows which it is.
    let machine = &core.machine;
    let known = with(inner, |binding| {
        let fits = |actor: &ActorId| machine.actor_info(*actor).process() == process;
        let all = [&binding.first].into_iter().chain(&binding.others);
        all.map(|entry| entry.1).find(fits)
    });
    if let Some(Some(actor)) = known {
        return actor;
    }
    let own = with(inner, |binding| binding.first.1);
    let name = own.map_or("thread", |own| core.machine.actor_info(own).name()).to_owned();
    let owner = core.machine.processes()[process.slot()].name().to_owned();
    let actor = core.machine.actor(&format!("{owner}/{name}"), process);
    with(inner, |binding| binding.others.push((process, actor)));
    actor
}

/// From now on the calling thread acts as `actor`, until [`pop`].
pub(crate) fn push(inner: &Inner, actor: ActorId) {
    with(inner, |binding| binding.current.push(actor));
}

/// Takes back the innermost [`push`] of this actor.
pub(crate) fn pop(inner: &Inner, actor: ActorId) {
    with(inner, |binding| {
        if let Some(at) = binding.current.iter().rposition(|entry| *entry == actor) {
            binding.current.remove(at);
        }
    });
}

fn with<R>(inner: &Inner, f: impl FnOnce(&mut Binding) -> R) -> Option<R> {
    BINDINGS
        .try_with(|bindings| {
            let mut bindings = bindings.borrow_mut();
            bindings.iter_mut().rev().find(|binding| binding.uid == inner.uid).map(f)
        })
        .ok()
        .flatten()
}

/// Does work of the simulator's own between two calls, such as looking a line up, however long it takes and whatever it waits for: the
/// calling thread counts as being within a call, and is not passed over as one that blocks.
///
/// It must not call the stack.
pub fn aside<R>(work: impl FnOnce() -> R) -> R {
    let marked = BINDINGS.try_with(|bindings| {
        let bindings = bindings.borrow();
        let shared = bindings.iter().filter_map(|binding| binding.shared.clone());
        shared.filter(|shared| !shared.in_api.swap(true, Ordering::AcqRel)).collect()
    });
    let marked: Vec<Arc<Shared>> = marked.unwrap_or_default();
    let answer = work();
    for shared in marked {
        shared.in_api.store(false, Ordering::Release);
    }
    answer
}
