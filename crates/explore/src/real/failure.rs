//! What goes wrong in an execution, and how it is told.

use std::fmt;

use netiosim_sim::model::finding::Finding;

use super::difference::Difference;
use crate::schedule::Schedule;

/// What went wrong in an execution.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Trouble {
    /// The closure panicked: the message, and the findings that nobody had taken by then.
    Panic(String, Vec<Finding>),
    /// The stack came to its end with findings that nobody took; or a check of the mock side failed, and there are none.
    Findings(Vec<Finding>, String),
    /// Threads wait for ever. They are left behind as they are, and nothing is explored after it.
    Deadlock(Vec<Finding>),
    /// The thread that the coroutines of the execution share is blocked by something that is not tracked, such as a lock that
    /// one of them holds: none of them can go on, and on threads perhaps they could. Nothing is explored after it.
    Blocked,
    /// Two runs of one schedule were not the same: something that the schedule does not decide plays a part.
    Uncontrolled(Difference),
    /// A run did not offer the choices that it offered before.
    Strayed(String),
    /// A handle of an earlier execution's stack was used: the finding about it.
    OldHandle(Box<Finding>),
    /// A stack was used after its execution, from this place.
    OldStack(String),
    /// The closure kept its stack.
    KeptStack,
    /// Threads that the closure started did not come to their end with its stack.
    LeftBehind,
}

impl Trouble {
    /// Whether it is a deadlock in which a thread is blocked by something that is not tracked: a lock of another
    /// library, for instance. What blocks it is not known, only that nothing goes on.
    #[must_use]
    pub fn is_unmodelled(&self) -> bool {
        match self {
            Self::Deadlock(findings) => {
                findings.is_empty()
                    || findings
                        .iter()
                        .any(|finding| finding.message.contains("outside netiosim's sight"))
            }
            Self::Blocked => true,
            _ => false,
        }
    }

    /// The kind of it, in a few words.
    #[must_use]
    pub fn headline(&self) -> &'static str {
        match self {
            Self::Panic(..) => "the test panics",
            Self::Findings(findings, _) if findings.is_empty() => "the stack's checks fail",
            Self::Findings(..) => "a rule is broken",
            Self::Deadlock(_) => "a deadlock",
            Self::Blocked => "blocked by something that is not tracked",
            Self::Uncontrolled(_) | Self::Strayed(_) => "uncontrolled nondeterminism",
            Self::OldHandle(_) => "a handle of an earlier execution is used",
            Self::OldStack(_) => "a stack is used after its execution",
            Self::KeptStack => "the stack is kept after its execution",
            Self::LeftBehind => "threads are left behind",
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const STATIC: &str = "is something kept in a static, or in a thread-local?";
        match self {
            Self::Panic(message, findings) => {
                write!(f, "{message}")?;
                all(f, "\n\n", findings)
            }
            Self::Findings(findings, text) if findings.is_empty() => f.write_str(text),
            Self::Findings(findings, _) => all(f, "", findings),
            Self::Deadlock(findings) if findings.is_empty() => f.write_str(
                "every thread is blocked where netiosim cannot see it: not a deadlock of the model, one of something that is not tracked",
            ),
            Self::Deadlock(findings) => {
                all(f, "", findings)?;
                if self.is_unmodelled() {
                    f.write_str("\n\nmarked: blocked by something that is not tracked; it was taken for a deadlock because nothing else can go on")?;
                }
                Ok(())
            }
            Self::Blocked => f.write_str(
                "the one thread of the coroutines is blocked outside netiosim's sight: by a lock that another of them holds, perhaps; that is no verdict on the test: track the lock, or explore on threads",
            ),
            Self::Uncontrolled(difference) => write!(
                f,
                "the same schedule went another way the second time: {difference}\nis it time, the order of a hash map, a thread that the stack does not know, or a static?"
            ),
            Self::Strayed(text) => write!(
                f,
                "a run did not go as one with the same choices before: {text}\nis it time, the order of a hash map, a thread that the stack does not know, or a static?"
            ),
            Self::OldHandle(finding) => {
                write!(f, "a handle of an earlier execution's stack was used: {STATIC}\n\n{finding}")
            }
            Self::OldStack(place) => {
                write!(f, "a stack was used at {place} after its execution was over: {STATIC}")
            }
            Self::KeptStack => {
                write!(f, "the closure is over and its stack is not dropped: {STATIC}")
            }
            Self::LeftBehind => f.write_str(
                "the stack is dropped, and threads that the closure started, or callbacks, still run: are they blocked by something that is not tracked?",
            ),
        }
    }
}

fn all(f: &mut fmt::Formatter<'_>, before: &str, findings: &[Finding]) -> fmt::Result {
    for (n, finding) in findings.iter().enumerate() {
        f.write_str(if n == 0 { before } else { "\n\n" })?;
        write!(f, "{finding}")?;
    }
    Ok(())
}

/// An execution that went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// What went wrong.
    pub trouble: Trouble,
    /// Which execution it was, from 1.
    pub execution: u64,
    /// Its choices.
    pub schedule: Schedule,
    /// The line that repeats it.
    pub repeat: String,
    /// What happened, in columns.
    pub story: String,
    /// It was run again: where that went another way, if it did.
    pub unsteady: Option<Difference>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} (execution {})", self.trouble.headline(), self.execution)?;
        writeln!(f)?;
        for line in self.trouble.to_string().lines() {
            writeln!(f, "  {line}")?;
        }
        writeln!(f, "\nwhat happened:\n")?;
        for line in self.story.lines() {
            writeln!(f, "  {line}")?;
        }
        if let Some(difference) = &self.unsteady {
            writeln!(
                f,
                "\nnot steady: run again, the same schedule went another way; {difference}"
            )?;
        }
        write!(f, "\nrepeat this run: {}", self.repeat)
    }
}
