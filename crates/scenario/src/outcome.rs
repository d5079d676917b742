//! What came out of a run, whoever ran it.

use std::fmt;
use std::sync::Arc;

use netiosim_model::env::Env;
use netiosim_model::event::Event;
use netiosim_model::finding::Finding;
use netiosim_model::function::Function;
use netiosim_model::ids::Handle;
use netiosim_model::machine::{Due, Machine};
use netiosim_model::net::Family;
use netiosim_model::notification::Notification;

/// A value that a script computes with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Val {
    /// A number.
    Number(u64),
    /// A text.
    Text(Arc<str>),
}

impl fmt::Display for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => write!(f, "\"{text}\""),
        }
    }
}

/// One delivery, as the expectations see it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delivered {
    /// The number of the registration's variable.
    pub registration: usize,
    /// Its handle.
    pub handle: Handle,
    /// The number of the delivery within the registration, from 1.
    pub number: u32,
    /// What the callback was handed.
    pub notification: Notification,
    /// The family of the row, or of the lane; `None` where a lane serves both.
    pub family: Option<Family>,
    /// CallerContext.
    pub context: u64,
    /// The alias of the row's interface when the delivery began, if it still had one.
    pub alias: Option<Arc<str>>,
    /// How many rows the table has that the callback was handed.
    pub rows: Option<u32>,
    /// Whether it ran inside the registering call.
    pub during_register: bool,
    /// The virtual time, in milliseconds.
    pub at_ms: u64,
}

impl Delivered {
    /// A delivery that has just begun on this machine; `rows` are those of its table.
    #[must_use]
    pub fn new(
        due: &Due,
        registration: usize,
        during_register: bool,
        rows: Option<usize>,
        machine: &Machine,
    ) -> Self {
        let luid = due.notification.row().flatten().and_then(|row| row.interface());
        let alias = luid.and_then(|(luid, _)| machine.env().interface(luid));
        let alias = alias.map(|interface| interface.alias.as_str().into());
        Self {
            registration,
            handle: due.lane.handle,
            number: due.number,
            notification: due.notification,
            family: due.family,
            context: due.context,
            alias,
            rows: rows.map(|rows| u32::try_from(rows).unwrap_or(u32::MAX)),
            during_register,
            at_ms: machine.now_ms(),
        }
    }
}

impl fmt::Display for Delivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.notification)?;
        if let Some(alias) = &self.alias {
            write!(f, " (\"{alias}\")")?;
        }
        if let Some(rows) = self.rows {
            let s = if rows == 1 { "" } else { "s" };
            write!(f, " of {rows} row{s}")?;
        }
        write!(f, ", at {} ms", self.at_ms)
    }
}

/// A step that did not come out as the scenario says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Failure {
    /// Where in the file.
    pub place: Arc<str>,
    /// What the step is about: `GetTeredoPort`.
    pub what: String,
    /// What should have come out.
    pub expected: String,
    /// What came out.
    pub got: String,
    /// How many events the trace had by then.
    pub events: usize,
}

/// How a thread ended up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ended {
    /// It did its last step, or ended with its process.
    Finished,
    /// It waits for something that never comes.
    Blocked,
    /// Nobody spawned it.
    NotStarted,
}

/// What came out of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The trace.
    pub events: Vec<Event>,
    /// The trace as text, a line an event.
    pub lines: Vec<String>,
    /// Rules that were broken.
    pub findings: Vec<Finding>,
    /// Every delivery, by begin.
    pub deliveries: Vec<Delivered>,
    /// Steps that did not come out as they should.
    pub failures: Vec<Failure>,
    /// Every thread of the scenario.
    pub threads: Vec<Ended>,
    /// For every property of the program the number of events that the trace had when its moment came:
    /// when a `never`, `sometimes` or `eventually` was true for the first time, when an `always` was not.
    pub moments: Vec<Option<usize>>,
    /// Every user variable.
    pub variables: Vec<Option<Val>>,
    /// The tables at the end.
    pub env: Arc<Env>,
    /// What GetTeredoPort answers at the end: code and port.
    pub teredo_port: (u32, Option<u16>),
    /// Tables that living processes hold at the end, by the functions that handed them out.
    pub tables_held: Vec<Function>,
    /// Registrations that live at the end.
    pub registrations: u32,
    /// The limit that ended the run, in words.
    pub limit: Option<String>,
    /// Steps that were taken.
    pub steps: u64,
    /// Virtual time that went by, in milliseconds.
    pub virtual_ms: u64,
}
