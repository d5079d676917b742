//! Findings: a rule that was broken, with the evidence.

use std::fmt;

use crate::ids::{ActorId, Handle, PlaceId};
use crate::rule::Rule;

/// A rule that was broken, when, by whom, and how it came about.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// What happened, in one line.
    pub message: String,
    /// How it came about: for a deadlock the cycle, one paragraph an actor.
    pub story: Vec<String>,
    /// The virtual time, in milliseconds.
    pub at_ms: u64,
    /// The actors of the cycle, or the one that broke the rule.
    pub actors: Vec<ActorId>,
    /// The registration that it is about.
    pub handle: Option<Handle>,
    /// Where the rule was broken.
    pub place: Option<PlaceId>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rule = self.rule;
        writeln!(f, "{} {}: {}", rule.id(), rule.slug(), self.message)?;
        for paragraph in &self.story {
            writeln!(f)?;
            for line in paragraph.lines() {
                writeln!(f, "  {line}")?;
            }
        }
        writeln!(f)?;
        writeln!(f, "  rule: {}", rule.summary())?;
        writeln!(f, "  from: {}", rule.source())?;
        if !rule.requirements().is_empty() {
            writeln!(f, "  ids:  {}", rule.requirements().join(", "))?;
        }
        write!(f, "  more: netiosim explain {}", rule.id())
    }
}
