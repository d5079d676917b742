//! Texts for people: the trace, and what the test has to say itself.

use std::ffi::c_char;

use super::problem::{Problem, Status, attempt, text};
use super::stacks::StackHandle;
use super::{entry, on, strings};

/// Everything that happened so far, one line an event. Free it with `netiosim_free_text`; NULL when there is no such
/// stack.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_trace_text(stack: *mut StackHandle) -> *mut c_char {
    let mut answer = std::ptr::null_mut();
    let _ = on(stack, entry!(netiosim_trace_text), |stack| {
        answer = strings::hand_out(&stack.trace());
        Ok(())
    });
    answer
}

/// Puts a line of the test's own into the trace.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_note(stack: *mut StackHandle, note: *const c_char) -> Status {
    on(stack, entry!(netiosim_note), |stack| {
        // SAFETY: the caller's.
        stack.note(unsafe { text(note, "the note") }?);
        Ok(())
    })
}

/// Frees a text that a function of this header handed out. NULL is fine; anything else is refused.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_free_text(text: *mut c_char) -> Status {
    attempt(|| {
        if text.is_null() || strings::take_back(text) {
            return Ok(());
        }
        Err(Problem::argument("this is no text of netiosim, or it was freed before"))
    })
}

/// The version, such as "0.1.0". It is not to be freed.
#[unsafe(no_mangle)]
pub extern "C" fn netiosim_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}
