//! What cannot be done.

use std::fmt;

/// What a world or a backend cannot do, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cannot(String);

impl Cannot {
    /// The reason, as a clause: `this world does not reboot`.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    /// Ends the check that runs, as one that is not applicable: of functions of a [`Session`](crate::Session) that cannot say so otherwise.
    pub fn unwind(self) -> ! {
        // It is no panic, and nobody is told of one.
        std::panic::resume_unwind(Box::new(self))
    }
}

impl fmt::Display for Cannot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cannot {}
