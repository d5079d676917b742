//! Driving a stack from C: the functions of `include/netiosim.h`, which is generated from these files.
//!
//! They stand beside Microsoft's names in both shared objects. From Rust a stack has methods for all of
//! this; here is only what a program in another language needs: texts and numbers in, a status out, and
//! never a panic. A stack is a handle that is looked up and never followed, so NULL, a number out of thin
//! air and a stack that was destroyed are told from one that lives.
#![allow(
    clippy::missing_safety_doc,
    reason = "the header says for each pointer what it may be: NULL, or what the name says"
)]

pub mod findings;
mod known;
pub mod machine;
pub mod options;
pub mod problem;
pub mod stacks;
mod strings;
pub mod teredo;
pub mod texts;
pub mod time;

use netiosim_sim::StackRef;

use self::problem::{Problem, Status, attempt};
use self::stacks::StackHandle;
use crate::origin;

/// Does something with a stack; `entry` is the exported function itself, whose caller's line goes into the trace.
fn on(
    stack: *mut StackHandle,
    entry: usize,
    f: impl FnOnce(&StackRef) -> Result<(), Problem>,
) -> Status {
    attempt(|| {
        let stack = known::find(stack)?;
        crate::strict::collect();
        origin::announce(origin::walk(entry));
        f(&stack)
    })
}

/// Writes an answer where the caller wants it; NULL: nowhere.
///
/// # Safety
///
/// The place may be written to, or is NULL.
unsafe fn answer<T>(place: *mut T, value: T) {
    if !place.is_null() {
        // SAFETY: the caller's.
        unsafe { place.write_unaligned(value) };
    }
}

/// The address of an exported function, by which its caller is found.
macro_rules! entry {
    ($function:ident) => {
        $function as *const () as usize
    };
}
use entry;
