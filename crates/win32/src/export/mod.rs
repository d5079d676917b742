//! The exports, by Microsoft's names.
//!
//! Each does the same: it notes where it was called from, turns what the pointers point to into the parameters of
//! the model's call, lets the current stack answer, and writes what came out. What a function means is
//! said on its page and decided in the model; what is said here is how the memory is used.
#![allow(non_snake_case, reason = "these are Microsoft's names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the contract is that of each function's page: see the crate's first page"
)]

mod adapters;
mod best;
mod convert;
mod hint;
pub(crate) mod macros;
mod notify;
pub(crate) mod overlapped;
mod rows;
mod tables;
mod teredo;

use netiosim_sim::StackRef;
use netiosim_sim::model::api::{Call, Output, Reply};

pub use self::adapters::*;
pub use self::best::*;
pub use self::convert::*;
pub use self::hint::*;
pub use self::notify::*;
pub use self::overlapped::*;
pub use self::rows::*;
pub use self::tables::*;
pub use self::teredo::*;
use crate::{current, origin, sentinel};

/// Lets the current stack of the calling thread answer.
fn on_stack(function: &str, caller: usize, f: impl FnOnce(&StackRef) -> u32) -> u32 {
    let code = match current::find(function, caller) {
        Ok(stack) => {
            origin::announce(caller);
            f(&stack)
        }
        Err(code) => code,
    };
    sentinel::set();
    code
}

/// A call that answers at once; `write` gets what it wrote.
fn ask(call: &Call, caller: usize, write: impl FnOnce(&StackRef, Output)) -> u32 {
    on_stack(call.function().name(), caller, |stack| answer(stack, call, write))
}

fn answer(stack: &StackRef, call: &Call, write: impl FnOnce(&StackRef, Output)) -> u32 {
    let Reply { code, output, .. } = stack.call(call);
    write(stack, output);
    code
}
