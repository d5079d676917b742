//! What calls answer when they do not succeed.

use std::any::Any;
use std::fmt;

use netiosim_model::event::Function;
use netiosim_model::finding::Finding;
use netiosim_model::status::{Flavour, Status, code_name, message};

use crate::callback::message_of;

/// A call of the API answered a code that is not a success.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiError {
    /// The function.
    pub function: Function,
    /// What the code means.
    pub status: Status,
    /// The number, as the caller's flavour has it: ERROR_* or NTSTATUS.
    pub code: u32,
    /// The flavour of the caller.
    pub flavour: Flavour,
}

impl ApiError {
    /// The name of the code, where it has one.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        code_name(self.code, self.flavour)
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered ", self.function.name())?;
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.code)?,
            None => write!(f, "{:#x}", self.code)?,
        }
        match message(self.code, self.flavour) {
            Some(text) => write!(f, ": {text}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ApiError {}

#[derive(Clone, PartialEq, Eq)]
enum Why {
    Found(Box<Finding>),
    Closed,
    ProcessEnded,
}

/// A wait that would never have ended, and was refused.
///
/// Its `Debug` is the whole explanation, so that an `unwrap` in a test tells the story.
#[derive(Clone, PartialEq, Eq)]
pub struct Deadlock {
    why: Why,
}

impl Deadlock {
    pub(crate) fn found(finding: Finding) -> Self {
        Self { why: Why::Found(Box::new(finding)) }
    }

    pub(crate) fn closed() -> Self {
        Self { why: Why::Closed }
    }

    pub(crate) fn process_ended() -> Self {
        Self { why: Why::ProcessEnded }
    }

    /// The finding that explains it; `None` when the wait was cut short because the stack was
    /// dropped or the process of the waiting thread ended.
    #[must_use]
    pub fn finding(&self) -> Option<&Finding> {
        match &self.why {
            Why::Found(finding) => Some(finding),
            Why::Closed | Why::ProcessEnded => None,
        }
    }
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Found(finding) => f.write_str(&finding.message),
            Why::Closed => f.write_str("the stack was dropped while the thread waited"),
            Why::ProcessEnded => f.write_str("the process of the waiting thread ended"),
        }
    }
}

impl fmt::Debug for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.why {
            Why::Found(finding) => write!(f, "{finding}"),
            Why::Closed | Why::ProcessEnded => write!(f, "{self}"),
        }
    }
}

impl std::error::Error for Deadlock {}

/// Why a registration was not cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CancelError {
    /// The cancel would have waited for ever (CX-06, CX-07). The registration stays live in the
    /// profile `documented`; the option `failed-cancel` decides.
    Deadlock(Deadlock),
    /// The call answered a code.
    Failed(ApiError),
}

impl fmt::Display for CancelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadlock(deadlock) => deadlock.fmt(f),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CancelError {}

/// Why a thread gave no result to the one that joined it.
pub enum JoinError {
    /// The join would have waited for ever.
    Deadlock(Deadlock),
    /// The thread panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
}

impl JoinError {
    /// The message, whatever it was.
    #[must_use]
    pub fn into_message(self) -> String {
        match self {
            Self::Deadlock(deadlock) => deadlock.to_string(),
            Self::Panicked(payload) => message_of(payload),
        }
    }
}

impl fmt::Debug for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadlock(deadlock) => write!(f, "{deadlock:?}"),
            Self::Panicked(_) => f.write_str("the thread panicked"),
        }
    }
}

impl fmt::Display for JoinError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadlock(deadlock) => deadlock.fmt(f),
            Self::Panicked(_) => f.write_str("the thread panicked"),
        }
    }
}

impl std::error::Error for JoinError {}

/// Why a message was not sent: the message comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendError<T> {
    /// The message.
    pub message: T,
    /// Why.
    pub deadlock: Deadlock,
}

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.deadlock.fmt(f)
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {}

/// Deliveries went on and on; see [`StackRef::run_until_idle_within`](crate::StackRef::run_until_idle_within).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotIdle {
    /// How many deliveries were made before giving up.
    pub deliveries: usize,
}

impl fmt::Display for NotIdle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "after {} deliveries there is still something to deliver: does a callback cause its own notification?",
            self.deliveries
        )
    }
}

impl std::error::Error for NotIdle {}

/// Something was asked for that the delivery mode of the stack does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WrongMode {
    pub(crate) what: &'static str,
}

impl fmt::Display for WrongMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl std::error::Error for WrongMode {}
