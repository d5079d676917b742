//! Facts that stand beside the state: they are told, and decide nothing.

use std::cell::Cell;
use std::hash::{Hash, Hasher};

/// A value that does not tell two states apart: a moment in absolute time, such as an address's
/// CreationTimeStamp.
///
/// All values are equal (but [`exactly`]) and hash alike, so that a machine that does the same an hour later is the
/// same machine.
#[derive(Clone, Copy, Debug, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Aside<T>(pub T);

impl<T: PartialEq> PartialEq for Aside<T> {
    fn eq(&self, other: &Self) -> bool {
        !EXACT.get() || self.0 == other.0
    }
}

impl<T: Eq> Eq for Aside<T> {}

thread_local! {
    /// Whether what stands beside is compared as well.
    static EXACT: Cell<bool> = const { Cell::new(false) };
}

/// Compares and hashes what stands beside as well, as long as `compare` runs on this thread: for whoever puts one value in the place of
/// another, and must not put an older moment there that a program can read.
pub fn exactly<R>(compare: impl FnOnce() -> R) -> R {
    struct Back(bool);
    impl Drop for Back {
        fn drop(&mut self) {
            EXACT.set(self.0);
        }
    }
    let _back = Back(EXACT.replace(true));
    compare()
}

impl<T: Hash> Hash for Aside<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if EXACT.get() {
            self.0.hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::{Aside, exactly};
    use crate::keyed::Fixed;

    #[test]
    fn what_stands_beside_counts_only_where_it_is_asked_for() {
        let (early, late) = (Aside(1u64), Aside(2u64));
        let hash = |value: &Aside<u64>| Fixed.hash_one(value);
        let alike = || (early == late, hash(&early) == hash(&late));
        assert_eq!(alike(), (true, true));
        assert_eq!(exactly(alike), (false, false));
        assert_eq!(
            exactly(|| (early == early, exactly(alike), alike())),
            (true, (false, false), (false, false))
        );
        assert_eq!(alike(), (true, true), "afterwards it is as before");
    }
}
