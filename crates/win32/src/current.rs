//! The current stack: which simulated machine a call of the calling thread is answered by.

use std::cell::RefCell;
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::{StackRef, WeakStack};
use parking_lot::Mutex;

use crate::default_stack::default_stack;
use crate::origin;

thread_local! {
    /// What the calling thread is bound to, innermost last.
    static BOUND: RefCell<Vec<StackRef>> = const { RefCell::new(Vec::new()) };
}

/// How many guards there are in the process.
static GUARDS: AtomicUsize = AtomicUsize::new(0);

/// Every stack that is bound somewhere, once per guard.
static STACKS: Mutex<Vec<StackRef>> = Mutex::new(Vec::new());

/// Which stack made the handles of a tag.
static OWNERS: Mutex<Vec<(u16, WeakStack)>> = Mutex::new(Vec::new());

/// The calling thread is bound to a stack until this is dropped.
#[must_use = "the thread is bound no longer than this lives"]
#[derive(Debug)]
pub struct Bound {
    stack: StackRef,
    /// It belongs to the thread.
    here: PhantomData<*const ()>,
}

/// Binds the calling thread to a stack: from now on, and as long as the guard lives, its calls of the Windows
/// functions are answered by it. Guards nest.
pub fn bind(stack: &StackRef) -> Bound {
    push(stack);
    STACKS.lock().push(stack.clone());
    GUARDS.fetch_add(1, Ordering::SeqCst);
    Bound { stack: stack.clone(), here: PhantomData }
}

impl Drop for Bound {
    fn drop(&mut self) {
        pop(&self.stack);
        GUARDS.fetch_sub(1, Ordering::SeqCst);
        let mut stacks = STACKS.lock();
        if let Some(at) = stacks.iter().rposition(|stack| stack.uid() == self.stack.uid()) {
            let gone = stacks.remove(at);
            drop(stacks);
            drop(gone);
        }
    }
}

/// Lets the calling thread belong to a stack while `f` runs: a callback of it.
pub(crate) fn within<R>(stack: &StackRef, f: impl FnOnce() -> R) -> R {
    struct Pop<'a>(&'a StackRef);
    impl Drop for Pop<'_> {
        fn drop(&mut self) {
            pop(self.0);
        }
    }
    push(stack);
    let _pop = Pop(stack);
    f()
}

fn push(stack: &StackRef) {
    let _ = BOUND.try_with(|bound| bound.borrow_mut().push(stack.clone()));
}

fn pop(stack: &StackRef) {
    let gone = BOUND.try_with(|bound| {
        let mut bound = bound.borrow_mut();
        let at = bound.iter().rposition(|entry| entry.uid() == stack.uid())?;
        Some(bound.remove(at))
    });
    drop(gone);
}

/// The stack that answers a call of the calling thread; `None` after the finding that it has none.
pub(crate) fn current(function: &str, caller: usize) -> Option<StackRef> {
    if let Some(own) = of_thread() {
        return Some(own);
    }
    if GUARDS.load(Ordering::SeqCst) == 0 {
        return Some(default_stack());
    }
    unbound(function, caller);
    None
}

/// The stack that the calling thread belongs to, if it belongs to one.
pub(crate) fn of_thread() -> Option<StackRef> {
    let bound = BOUND.try_with(|bound| bound.borrow().last().cloned()).ok().flatten();
    bound.or_else(StackRef::of_this_thread)
}

/// Tells every bound stack of a call that may have been meant for it.
#[cold]
fn unbound(function: &str, caller: usize) {
    let mut told: Vec<StackRef> = Vec::new();
    for stack in STACKS.lock().iter() {
        if told.iter().all(|other| other.uid() != stack.uid()) {
            told.push(stack.clone());
        }
    }
    let thread = std::thread::current();
    let name = thread.name().unwrap_or("without a name");
    let others = match told.len() {
        1 => "this stack is the only one that is bound".to_owned(),
        count => format!("{count} stacks are bound, and each of them is told"),
    };
    for stack in told {
        origin::announce(caller);
        stack.report(
            Rule::UnboundThread,
            None,
            &format!(
                "{function} was called by a thread ({name}) that belongs to no stack; {others}; bind it with netiosim_win32::bind, or start it with stack.spawn"
            ),
        );
    }
}

/// Remembers which stack makes handles of this tag.
pub(crate) fn own_handle(stack: &StackRef, handle: Handle) {
    let mut owners = OWNERS.lock();
    let known = |(tag, owner): &(u16, WeakStack)| {
        *tag == handle.stack() && owner.upgrade().is_some_and(|owner| owner.uid() == stack.uid())
    };
    if !owners.iter().any(known) {
        owners.retain(|(tag, owner)| {
            *tag != handle.stack() && owner.upgrade().is_some_and(|owner| !owner.is_closed())
        });
        owners.push((handle.stack(), stack.downgrade()));
    }
}

/// The stack that made a handle, if it lives.
pub(crate) fn owner_of(handle: Handle) -> Option<StackRef> {
    let owners = OWNERS.lock();
    let owner = owners.iter().find(|(tag, _)| *tag == handle.stack())?;
    let stack = owner.1.upgrade()?;
    drop(owners);
    (!stack.is_closed()).then_some(stack)
}
