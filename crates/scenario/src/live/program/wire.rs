//! What the command and the program say to each other: JSON, a line each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::format::{Scenario, StackSpec};
use crate::judge::Unmet;

/// The environment variable that names the folder in which the two meet: it holds [`SOCKET`], [`COMMAND`], and a file
/// whose name begins with [`LOADED`] for each shared object that a process has loaded.
pub const MEETING: &str = "NETIOSIM_EXEC";
/// The socket's name in the folder.
pub const SOCKET: &str = "socket";
/// The name of a file that says that a process has loaded a shared object, before `iphlpapi` or `netio`.
pub const LOADED: &str = "loaded-";
/// The name of a file in the folder that holds the number of the command's process.
pub const COMMAND: &str = "command";
/// The version of what is said.
pub const VERSION: u32 = 1;

/// The first thing that the command says to a process that connects.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Welcome {
    /// It is the program.
    Program(Box<Setup>),
    /// The program is another process.
    Taken {
        /// Its number.
        process: u32,
    },
}

/// What the program is to live through.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// [`VERSION`].
    pub version: u32,
    /// The scenario, without clients.
    pub scenario: Scenario,
    /// Its stack, with templates and files resolved.
    pub stack: StackSpec,
    /// The line of every element of a list, by its path.
    pub lines: BTreeMap<String, usize>,
    /// The profile's name.
    pub profile: String,
    /// The seed instead of the scenario's own.
    pub seed: Option<u64>,
    /// Virtual milliseconds per real one.
    pub time_scale: f64,
    /// How long the program may go on after the last entry of the timeline, in virtual milliseconds; `None`: as
    /// long as it wants.
    pub linger_ms: Option<u64>,
}

/// What the program says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub enum Message {
    /// It uses the stack.
    Hello {
        /// The number of its process.
        process: u32,
    },
    /// The scenario cannot be built under this profile.
    Refused {
        /// Where in the scenario.
        path: String,
        /// Why.
        reason: String,
    },
    /// More of the trace.
    Trace {
        /// A line an event.
        lines: Vec<String>,
        /// How many deliveries began so far.
        deliveries: usize,
        /// The virtual time, in milliseconds.
        now_ms: u64,
    },
    /// A rule was broken.
    Finding(Found),
    /// The expectations were judged. A later one takes the place of an earlier one.
    Verdict(Judged),
    /// Nothing more is to come of the scenario, and the program still runs: it shall be ended.
    Over,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// The rule's id.
    pub rule: String,
    /// What happened, in a line.
    pub message: String,
    /// The whole explanation.
    pub text: String,
}

/// How the program stood against the expectations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Judged {
    /// When.
    pub at: Moment,
    /// What was not met.
    pub unmet: Vec<Missed>,
    /// The limit that was hit.
    pub limit: Option<String>,
    /// Whether something came out wrong that no later event could mend, so that a limit is no excuse.
    pub certain: bool,
}

/// When the expectations were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// At the end of the program.
    Exit,
    /// When the stack aborted it because of a deadlock.
    Abort,
    /// While it goes on.
    Over,
}

/// An [`Unmet`], as it is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Missed {
    path: String,
    what: String,
    expected: String,
    got: String,
    nearest: Option<String>,
    line: Option<usize>,
}

impl Missed {
    /// What was not met, and the line of the trace that it is about.
    #[must_use]
    pub fn new(
        path: &str,
        what: &str,
        expected: &str,
        got: impl Into<String>,
        line: Option<usize>,
    ) -> Self {
        let (path, what, expected) = (path.to_owned(), what.to_owned(), expected.to_owned());
        Self { path, what, expected, got: got.into(), nearest: None, line }
    }
}

impl From<Unmet> for Missed {
    fn from(unmet: Unmet) -> Self {
        let Unmet { path, what, expected, got, nearest, line } = unmet;
        Self { path, what, expected, got, nearest, line }
    }
}

impl From<Missed> for Unmet {
    fn from(missed: Missed) -> Self {
        let Missed { path, what, expected, got, nearest, line } = missed;
        Self { path, what, expected, got, nearest, line }
    }
}
