//! What a function answers when it does not succeed.

use std::fmt;
use std::io;

use crate::names;

/// A function of the API answered a Win32 code that is not a success.
///
/// # Examples
///
/// ```
/// let error = netiosim_api::Error::new("GetTeredoPort", 21);
/// assert_eq!(error.to_string(), "GetTeredoPort answered ERROR_NOT_READY (21)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    function: &'static str,
    code: u32,
    explanation: Option<Box<str>>,
}

impl Error {
    /// ERROR_FILE_NOT_FOUND: there is no such interface.
    pub const FILE_NOT_FOUND: u32 = 2;
    /// ERROR_NOT_READY: of GetTeredoPort, the Teredo client is not started (GT-05).
    pub const NOT_READY: u32 = 21;
    /// ERROR_NOT_SUPPORTED: the machine has no IP stack of that family.
    pub const NOT_SUPPORTED: u32 = 50;
    /// ERROR_INVALID_PARAMETER.
    pub const INVALID_PARAMETER: u32 = 87;
    /// ERROR_POSSIBLE_DEADLOCK: a cancel that would have waited for ever, and was refused.
    pub const POSSIBLE_DEADLOCK: u32 = 1131;
    /// ERROR_NOT_FOUND: there is no such row.
    pub const NOT_FOUND: u32 = 1168;

    /// This function answered this code.
    #[must_use]
    pub const fn new(function: &'static str, code: u32) -> Self {
        Self { function, code, explanation: None }
    }

    /// The same with more to say than the code does.
    #[must_use]
    pub fn explained(self, explanation: impl Into<Box<str>>) -> Self {
        Self { explanation: Some(explanation.into()), ..self }
    }

    /// The name of the function, as `netioapi.h` has it.
    #[must_use]
    pub const fn function(&self) -> &'static str {
        self.function
    }

    /// The Win32 code, never 0.
    #[must_use]
    pub const fn code(&self) -> u32 {
        self.code
    }

    /// The name of the code, such as `ERROR_NOT_READY`, if this crate knows it.
    #[must_use]
    pub fn name(&self) -> Option<&'static str> {
        names::of(self.code)
    }

    /// What there is to say beyond the code: from a simulated stack, the story of a deadlock.
    #[must_use]
    pub fn explanation(&self) -> Option<&str> {
        self.explanation.as_deref()
    }

    /// Whether the row or the interface that was asked for is not there: ERROR_FILE_NOT_FOUND or
    /// ERROR_NOT_FOUND. A re-query after a notification may always come to this.
    #[must_use]
    pub const fn is_gone(&self) -> bool {
        matches!(self.code, Self::FILE_NOT_FOUND | Self::NOT_FOUND)
    }

    /// Whether a cancel was refused because it would have waited for ever.
    #[must_use]
    pub const fn is_deadlock(&self) -> bool {
        self.code == Self::POSSIBLE_DEADLOCK
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered ", self.function)?;
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.code)?,
            None => write!(f, "{}", self.code)?,
        }
        match &self.explanation {
            Some(explanation) => write!(f, ": {explanation}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The error as one of the standard library, itself inside; `raw_os_error` is `None`, since Win32 codes are
/// not the numbers of other systems.
impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.code {
            2 | 1168 => io::ErrorKind::NotFound,
            5 => io::ErrorKind::PermissionDenied,
            8 => io::ErrorKind::OutOfMemory,
            50 | 120 | 127 => io::ErrorKind::Unsupported,
            87 | 123 => io::ErrorKind::InvalidInput,
            1131 => io::ErrorKind::Deadlock,
            1231 => io::ErrorKind::NetworkUnreachable,
            _ => io::ErrorKind::Other,
        };
        Self::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::Error;

    #[test]
    fn an_unknown_code_is_shown_as_its_number() {
        assert_eq!(Error::new("GetIfTable2", 4711).to_string(), "GetIfTable2 answered 4711");
    }

    #[test]
    fn the_standard_error_keeps_it() {
        let error = Error::new("CancelMibChangeNotify2", Error::POSSIBLE_DEADLOCK)
            .explained("own callback");
        let standard = io::Error::from(error.clone());
        assert_eq!(standard.kind(), io::ErrorKind::Deadlock);
        assert_eq!(standard.to_string(), error.to_string());
        let inner = standard.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
        assert_eq!(inner, Some(&error));
    }
}
