//! The current stack: which simulated machine a call of the calling thread is answered by.

use std::cell::{Cell, RefCell};
use std::marker::PhantomData;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::ids::Handle;
use netiosim_sim::model::rule::Rule;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::{StackRef, WeakStack};

use crate::common::Mutex;
use crate::default_stack::default_stack;
use crate::origin;

thread_local! {
    /// What the calling thread is bound to, innermost last.
    static BOUND: RefCell<Vec<StackRef>> = const { RefCell::new(Vec::new()) };
    /// The uid of the stack that made the calling thread, once it has called; 0: none was seen. It has no destructor, so
    /// that a thread knows to the very end whose it is.
    static MAKER: Cell<u64> = const { Cell::new(0) };
}

/// What a call of a thread without a stack answers: ERROR_INVALID_FUNCTION, a code that no function of the
/// API has itself (chosen; N024).
pub(crate) const NO_STACK: u32 = 1;

/// What it answers a driver, whom 1 would tell of success: STATUS_INVALID_DEVICE_REQUEST, the NTSTATUS that the system
/// turns into ERROR_INVALID_FUNCTION (chosen; N024).
pub(crate) const NO_STACK_STATUS: u32 = 0xC000_0010;

/// How many guards there are in the process.
static GUARDS: AtomicUsize = AtomicUsize::new(0);

/// Every stack that is bound somewhere, once per guard.
static STACKS: Mutex<Vec<StackRef>> = Mutex::new(Vec::new());

/// The stacks that made threads which called.
static MAKERS: Mutex<Vec<(u64, WeakStack)>> = Mutex::new(Vec::new());

/// Which stack made the handles of a tag.
static OWNERS: Mutex<Vec<(u16, WeakStack)>> = Mutex::new(Vec::new());

/// Tags from here on are those of stacks that are made again and again, with equal handles each time, by explorations that
/// run beside each other: such a handle is the calling thread's own, or nobody's.
const SHARED_TAGS: u16 = 0xFFF0;

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
    find(function, caller).ok()
}

/// The same, or the code that a call without a stack answers.
pub(crate) fn find(function: &str, caller: usize) -> Result<StackRef, u32> {
    if let Some(own) = of_thread() {
        return Ok(own);
    }
    let bound = GUARDS.load(Ordering::SeqCst) > 0;
    match bound.then(|| unbound(function, caller)).flatten() {
        Some(code) => Err(code),
        None => Ok(default_stack()),
    }
}

/// The stack that the calling thread belongs to, if it belongs to one.
pub(crate) fn of_thread() -> Option<StackRef> {
    let bound = BOUND.try_with(|bound| bound.borrow().last().cloned()).ok().flatten();
    bound.or_else(of_maker)
}

/// The stack that made the calling thread. What the thread leaves to its very end, destructors of thread-locals, is
/// no longer under the stack's eyes, and is its thread's all the same.
fn of_maker() -> Option<StackRef> {
    let known = MAKER.get();
    if let Some(stack) = StackRef::of_this_thread() {
        if known != stack.uid() {
            let mut makers = MAKERS.lock();
            if makers.iter().all(|(uid, _)| *uid != stack.uid()) {
                makers.retain(|(_, maker)| maker.is_held());
                makers.push((stack.uid(), stack.downgrade()));
            }
            MAKER.set(stack.uid());
        }
        return Some(stack);
    }
    if known == 0 {
        return None;
    }
    let makers = MAKERS.lock();
    let maker = makers.iter().find(|(uid, _)| *uid == known)?.1.clone();
    drop(makers);
    maker.upgrade()
}

/// Whether a call of the calling thread is meant for a stack, or for any, and not for the default one.
#[cfg(windows)]
pub(crate) fn is_any_bound() -> bool {
    GUARDS.load(Ordering::SeqCst) > 0 || of_thread().is_some()
}

/// Tells every bound stack of a call that may have been meant for it, and returns the code that it answers; `None` if
/// the last of them was unbound meanwhile.
#[cold]
fn unbound(function: &str, caller: usize) -> Option<u32> {
    let mut told: Vec<StackRef> = Vec::new();
    for stack in STACKS.lock().iter() {
        if told.iter().all(|other| other.uid() != stack.uid()) {
            told.push(stack.clone());
        }
    }
    // At its end a thread has no name any more that could be asked for.
    let ending = BOUND.try_with(|_| ()).is_err();
    let thread = (!ending).then(std::thread::current);
    let name = thread.as_ref().and_then(|thread| thread.name());
    let name = name.unwrap_or(if ending { "at its end" } else { "without a name" });
    let others = match told.len() {
        0 => return None,
        1 => "this stack is the only one that is bound".to_owned(),
        count => format!("{count} stacks are bound, and each of them is told"),
    };
    let mut code = NO_STACK_STATUS;
    for stack in told {
        origin::announce(caller);
        stack.report(
            Rule::UnboundThread,
            None,
            &format!(
                "{function} was called by a thread ({name}) that belongs to no stack; {others}; bind it with netiosim_win32::bind, or start it with stack.spawn"
            ),
        );
        if stack.flavour() == Flavour::User {
            code = NO_STACK;
        }
    }
    Some(code)
}

/// Remembers which stack makes handles of this tag.
pub(crate) fn own_handle(stack: &StackRef, handle: Handle) {
    let mut owners = OWNERS.lock();
    let known = |(tag, owner): &(u16, WeakStack)| *tag == handle.stack() && owner.is(stack);
    if !owners.iter().any(known) {
        // A tag is given anew when its stack is gone; one that explorations share has several at a time.
        let shared = handle.stack() >= SHARED_TAGS;
        owners.retain(|(tag, owner)| owner.is_held() && (shared || *tag != handle.stack()));
        owners.push((handle.stack(), stack.downgrade()));
    }
}

/// The stack that made a handle, if it lives and is not the calling thread's own: a number that none of its registrations
/// ever had is not its handle, and the business of whoever calls with it.
pub(crate) fn owner_of(handle: Handle) -> Option<StackRef> {
    if handle.is_null() {
        return None;
    }
    let own = of_thread();
    // A stack keeps its tag for as long as somebody calls it, also when it is closed and another has the tag by now.
    let same = |own: &StackRef| own.inspect(|model| model.tag() == handle.stack());
    if own.as_ref().is_some_and(|own| handle.stack() >= SHARED_TAGS || same(own)) {
        return None;
    }
    let owners = OWNERS.lock();
    let owners: Vec<WeakStack> = owners
        .iter()
        .filter(|(tag, _)| *tag == handle.stack())
        .map(|(_, owner)| owner.clone())
        .collect();
    let made = |stack: &StackRef| {
        stack.inspect(|model| model.registration(handle).is_some() || model.death(handle).is_some())
    };
    let others = owners.iter().filter_map(WeakStack::upgrade);
    let mut makers = others.filter(|stack| !stack.is_closed() && made(stack));
    // Of several that made this number nobody knows whose it is.
    makers.next().filter(|_| makers.next().is_none())
}
