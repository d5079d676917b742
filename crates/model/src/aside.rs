//! Facts that stand beside the state: they are told, and decide nothing.

use std::hash::{Hash, Hasher};

/// A value that does not tell two states apart: a moment in absolute time, such as an address's
/// CreationTimeStamp.
///
/// All values are equal and hash alike, so that a machine that does the same an hour later is the
/// same machine.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Aside<T>(pub T);

impl<T> PartialEq for Aside<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Aside<T> {}

impl<T> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}
