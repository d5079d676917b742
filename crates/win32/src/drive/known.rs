//! Which handles of stacks are good.

use std::collections::BTreeMap;

use netiosim_sim::{Stack, StackRef, WeakStack};
use parking_lot::Mutex;

use super::options::DELIVERIES;
use super::problem::Problem;
use super::stacks::{Ending, StackHandle};

/// A stack as C knows it.
enum Known {
    /// Made there, and to be destroyed there.
    Own(Stack, Ending),
    /// Somebody else's: the default stack, or one that was made in Rust.
    Other(WeakStack),
}

/// By the number that a handle is made of.
static STACKS: Mutex<BTreeMap<usize, Known>> = Mutex::new(BTreeMap::new());

/// Why a stack cannot be destroyed.
const NOT_OWN: &str = "only a stack that netiosim_create made can be destroyed";

/// A handle is the stack's number, which is never used again, moved to where no memory is.
fn number(stack: &StackRef) -> usize {
    usize::try_from(stack.uid()).unwrap_or(usize::MAX).saturating_mul(16)
}

fn handle(number: usize) -> *mut StackHandle {
    std::ptr::without_provenance_mut(number)
}

/// The handle of a stack that was made for C.
pub(super) fn own(stack: Stack, ending: Ending) -> *mut StackHandle {
    let number = number(&stack);
    STACKS.lock().insert(number, Known::Own(stack, ending));
    handle(number)
}

/// The handle of any stack.
pub(super) fn of(stack: &StackRef) -> *mut StackHandle {
    let number = number(stack);
    let mut stacks = STACKS.lock();
    stacks.retain(|_, known| !matches!(known, Known::Other(gone) if gone.upgrade().is_none()));
    stacks.entry(number).or_insert_with(|| Known::Other(stack.downgrade()));
    handle(number)
}

/// The stack of a handle.
pub(super) fn find(stack: *mut StackHandle) -> Result<StackRef, Problem> {
    if stack.is_null() {
        return Err(Problem::argument("the stack is NULL"));
    }
    let found = match STACKS.lock().get(&stack.addr()) {
        Some(Known::Own(stack, _)) => Some(stack.handle()),
        Some(Known::Other(stack)) => stack.upgrade(),
        None => None,
    };
    found.ok_or_else(|| Problem::argument("this is no stack, or it was destroyed"))
}

/// As many deliveries as one call makes at most on this stack.
pub(super) fn delivery_limit(stack: &StackRef) -> usize {
    match STACKS.lock().get(&number(stack)) {
        Some(Known::Own(_, ending)) => ending.delivery_limit,
        _ => DELIVERIES,
    }
}

/// Takes a stack out for its end: from now on its handle is no good.
pub(super) fn take(stack: *mut StackHandle) -> Result<(Stack, Ending), Problem> {
    let handle = find(stack)?;
    if StackRef::of_this_thread().is_some_and(|own| own.uid() == handle.uid()) {
        return Err(Problem::refused("a callback cannot destroy its own stack"));
    }
    let mut stacks = STACKS.lock();
    match stacks.remove(&stack.addr()) {
        Some(Known::Own(stack, ending)) => Ok((stack, ending)),
        Some(other) => {
            stacks.insert(stack.addr(), other);
            Err(Problem::refused(NOT_OWN))
        }
        None => Err(Problem::argument("the stack was destroyed by another thread")),
    }
}
