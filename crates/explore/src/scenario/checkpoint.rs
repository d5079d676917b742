//! A search that was cut short, kept to go on later.
//!
//! What is kept is how each state was reached, not the state. Whoever goes on looks at every state again that was looked at,
//! and compares: so it is seen if the scenario, or what the model makes of it, is not what it was. What costs most, judging the
//! ends, is not done again.

use std::collections::BTreeSet;
use std::fmt;

use netiosim_scenario::world::Choice;
use serde::{Deserialize, Serialize};

use super::space::Step;

/// The version of the format.
const VERSION: u32 = 1;

/// A search that was cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    version: u32,
    /// What is searched, as its caller has named it.
    pub(super) subject: String,
    /// The settings that belong to it.
    pub(super) orderly: bool,
    pub(super) findings_only: bool,
    /// As many states were looked at.
    pub(super) expanded: u32,
    /// Every step that leads to a state.
    pub(super) steps: Vec<SavedStep>,
    /// Of each state but the first the one before it and the step, by position, one behind the other.
    pub(super) came: Vec<u32>,
    /// The states of which there was something new to tell.
    pub(super) told: BTreeSet<u32>,
}

/// A step in a form that lasts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SavedStep {
    who: Who,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    picks: Vec<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    Run(usize),
    Deliver(u64, u8),
    Timeline,
    Time,
}

impl SavedStep {
    pub(super) fn new(step: &Step) -> Self {
        let who = match step.choice {
            Choice::Run(runner) => Who::Run(runner),
            Choice::Deliver(lane) => Who::Deliver(lane.handle.0, lane.lane),
            Choice::Timeline => Who::Timeline,
            Choice::Time => Who::Time,
        };
        Self { who, picks: step.picks.clone() }
    }
}

/// Why a search does not go on from a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Misfit {
    /// It is none, or of another version of this program.
    Unreadable(String),
    /// It belongs to another search.
    Other {
        /// What differs.
        what: &'static str,
        /// What the checkpoint says.
        kept: String,
        /// What is asked for.
        wanted: String,
    },
    /// A step of it leads elsewhere, or nowhere: the scenario or the model is not what it was.
    Changed {
        /// The number of the state that is not found again.
        state: u32,
    },
}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(why) => write!(f, "this is no checkpoint of a search: {why}"),
            Self::Other { what, kept, wanted } => write!(
                f,
                "this checkpoint belongs to another search: its {what} is {kept}, not {wanted}"
            ),
            Self::Changed { state } => write!(
                f,
                "this checkpoint does not fit any more: state {state} is not found again; begin anew without it"
            ),
        }
    }
}

impl std::error::Error for Misfit {}

impl Checkpoint {
    /// A checkpoint of this subject, of a search that has just begun.
    pub(super) fn new(subject: &str) -> Self {
        Self {
            version: VERSION,
            subject: subject.to_owned(),
            orderly: false,
            findings_only: false,
            expanded: 0,
            steps: Vec::new(),
            came: Vec::new(),
            told: BTreeSet::new(),
        }
    }

    /// Reads what [`text`](Self::text) wrote.
    ///
    /// # Errors
    ///
    /// [`Misfit::Unreadable`] if it is something else.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        let unreadable = |why: String| Misfit::Unreadable(why);
        let this: Self =
            serde_json::from_str(text).map_err(|error| unreadable(error.to_string()))?;
        if this.version != VERSION {
            return Err(unreadable(format!(
                "its version is {}, and {VERSION} is known",
                this.version
            )));
        }
        if !this.came.len().is_multiple_of(2) || this.expanded as usize > this.states() {
            return Err(unreadable("its numbers do not fit each other".to_owned()));
        }
        Ok(this)
    }

    /// The checkpoint as text: JSON, in one line.
    #[must_use]
    pub fn text(&self) -> String {
        serde_json::to_string(self).expect("numbers and names can be written")
    }

    /// How many states it knows.
    #[must_use]
    pub fn states(&self) -> usize {
        self.came.len() / 2 + 1
    }

    /// Holds what the checkpoint belongs to against what is asked for.
    pub(super) fn fits(
        &self,
        subject: &str,
        orderly: bool,
        findings_only: bool,
    ) -> Result<(), Misfit> {
        let other = |what, kept: &dyn fmt::Display, wanted: &dyn fmt::Display| {
            Err(Misfit::Other { what, kept: kept.to_string(), wanted: wanted.to_string() })
        };
        if self.subject != subject {
            return other("subject", &self.subject, &subject);
        }
        if self.orderly != orderly {
            let named = |orderly: bool| if orderly { "quick" } else { "slow" };
            return other("kind of threads", &named(self.orderly), &named(orderly));
        }
        if self.findings_only != findings_only {
            return other("`--findings-only`", &self.findings_only, &findings_only);
        }
        Ok(())
    }
}
