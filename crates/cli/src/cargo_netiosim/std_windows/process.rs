//! `std::os::windows::process`.

use std::process::{Command, ExitStatus};

/// Options of starting a program.
pub trait CommandExt {
    /// Accepted; does nothing on the host.
    fn creation_flags(&mut self, flags: u32) -> &mut Self;
    /// Adds the text as one argument.
    fn raw_arg<S: AsRef<std::ffi::OsStr>>(&mut self, text: S) -> &mut Self;
}

impl CommandExt for Command {
    fn creation_flags(&mut self, _flags: u32) -> &mut Self {
        self
    }

    fn raw_arg<S: AsRef<std::ffi::OsStr>>(&mut self, text: S) -> &mut Self {
        self.arg(text)
    }
}

/// A status from a number.
pub trait ExitStatusExt {
    /// The status of a program that exits with the low eight bits of `raw`.
    fn from_raw(raw: u32) -> Self;
}

impl ExitStatusExt for ExitStatus {
    fn from_raw(raw: u32) -> Self {
        std::os::unix::process::ExitStatusExt::from_raw(((raw & 0xFF) << 8) as i32)
    }
}
