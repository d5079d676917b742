//! What the functions answer, and the text about it.

use std::cell::RefCell;
use std::ffi::{CStr, CString, c_char};
use std::fmt::Display;
use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_sim::EnvironmentError;
use netiosim_sim::model::change::ChangeError;

/// What the functions of this header answer. `netiosim_last_error_text` has the words.
#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It is done.
    Ok = 0,
    /// It is done, and there are findings that nobody acknowledged.
    Findings = 1,
    /// An argument is NULL, no stack, or not what is wanted.
    BadArgument = 2,
    /// The simulated machine refuses: there is no such interface, the address is taken, ...; nothing has changed.
    Refused = 3,
    /// After as many deliveries as the stack allows (100,000 unless it was made with another limit) there was still
    /// something to deliver.
    NotIdle = 4,
    /// The simulator itself failed; this should not happen.
    Internal = 5,
}

/// Why something was not done.
pub(super) struct Problem {
    pub(super) status: Status,
    pub(super) text: String,
}

impl Problem {
    pub(super) fn argument(text: impl Into<String>) -> Self {
        Self { status: Status::BadArgument, text: text.into() }
    }

    pub(super) fn refused(text: impl Display) -> Self {
        Self { status: Status::Refused, text: text.to_string() }
    }
}

impl From<ChangeError> for Problem {
    fn from(error: ChangeError) -> Self {
        Self::refused(error)
    }
}

impl From<EnvironmentError> for Problem {
    fn from(error: EnvironmentError) -> Self {
        match &error {
            EnvironmentError::Text { .. } => Self::argument(error.to_string()),
            _ => Self::refused(error),
        }
    }
}

thread_local! {
    static LAST: RefCell<CString> = RefCell::default();
}

/// What went wrong in the calling thread's last call of a netiosim function; "" if nothing did. Never NULL.
///
/// The text is good until the thread's next call of a netiosim function; it is UTF-8.
#[unsafe(no_mangle)]
pub extern "C" fn netiosim_last_error_text() -> *const c_char {
    LAST.try_with(|last| last.borrow().as_ptr()).unwrap_or(c"the thread is ending".as_ptr())
}

/// Does it, and turns whatever comes of it into a status.
pub(super) fn attempt(f: impl FnOnce() -> Result<(), Problem>) -> Status {
    let (status, text) = match catch_unwind(AssertUnwindSafe(f)) {
        Ok(Ok(())) => (Status::Ok, String::new()),
        Ok(Err(problem)) => (problem.status, problem.text),
        Err(payload) => {
            let said = payload
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| payload.downcast_ref::<&str>().copied());
            (
                Status::Internal,
                format!("netiosim failed: {}", said.unwrap_or("it does not say why")),
            )
        }
    };
    remember(&text);
    status
}

/// Keeps a text for [`netiosim_last_error_text`].
fn remember(text: &str) {
    // What stands behind a NUL could not be read anyway.
    let text = CString::new(text.replace('\0', "\u{FFFD}")).unwrap_or_default();
    let old = LAST.try_with(|last| last.replace(text));
    drop(old);
}

/// A text that the caller hands in; `None` for NULL.
///
/// # Safety
///
/// It is NULL, or ends with a NUL and lives as long as the answer is used.
pub(super) unsafe fn optional_text<'a>(
    text: *const c_char,
    what: &str,
) -> Result<Option<&'a str>, Problem> {
    if text.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's.
    let text = unsafe { CStr::from_ptr(text) };
    match text.to_str() {
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(Problem::argument(format!("{what} is not UTF-8"))),
    }
}

/// A text that has to be there.
///
/// # Safety
///
/// As [`optional_text`].
pub(super) unsafe fn text<'a>(text: *const c_char, what: &str) -> Result<&'a str, Problem> {
    // SAFETY: the caller's.
    unsafe { optional_text(text, what) }?
        .ok_or_else(|| Problem::argument(format!("{what} is NULL")))
}
