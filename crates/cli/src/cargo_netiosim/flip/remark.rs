//! What a flipped source holds that will not be as on Windows.

/// Something that the user should know about a line of his.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Remark {
    /// The line, from 1.
    pub(crate) line: usize,
    /// What is there and why it matters.
    pub(crate) text: String,
}
