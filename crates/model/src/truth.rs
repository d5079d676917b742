//! How a behaviour is known.

/// The kind of truth behind a behaviour; the four are never mixed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Truth {
    /// A page of the documentation, a header or an RFC says it.
    Documented,
    /// It follows from what a document says, but is not written there.
    Derived,
    /// The documents are silent or contradict each other, and this project decided.
    Chosen,
    /// Real Windows (or Wine, for the `wine` profile) was seen to do it.
    Observed,
}

impl Truth {
    /// The word for it in tables and reports.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Documented => "documented",
            Self::Derived => "derived",
            Self::Chosen => "chosen",
            Self::Observed => "observed",
        }
    }
}
