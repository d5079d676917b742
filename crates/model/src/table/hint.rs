//! Connectivity hints: of each interface, and of the machine as a whole.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::keyed::Keyed;
use crate::net::Luid;
use crate::row::{HintRow, hint_level};

/// How good a level is; the machine's is the best of its interfaces'. Chosen.
fn rank(level: u32) -> u8 {
    match level {
        hint_level::INTERNET_ACCESS => 4,
        hint_level::CONSTRAINED_INTERNET_ACCESS => 3,
        hint_level::LOCAL_ACCESS => 2,
        hint_level::HIDDEN => 1,
        _ => 0,
    }
}

/// The hint of every interface, and the best of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hints {
    /// The metric is `None` for an interface that takes no part in the machine's hint.
    all: Keyed<Luid, (HintRow, Option<u64>)>,
    ranking: BTreeSet<(Reverse<u8>, u64, Luid)>,
}

impl Hints {
    /// The hint of one interface.
    #[must_use]
    pub fn of(&self, luid: Luid) -> Option<HintRow> {
        self.all.get(&luid).map(|entry| entry.0)
    }

    /// The hint of the machine: that of its best interface, the one with the lowest metric among
    /// equals; no connectivity at all without one.
    #[must_use]
    pub fn aggregate(&self) -> HintRow {
        let best = self.ranking.first().and_then(|(_, _, luid)| self.of(*luid));
        best.unwrap_or(HintRow { level: hint_level::NONE, ..HintRow::default() })
    }

    /// Sets or forgets the hint of an interface. It takes part in the machine's hint with a metric,
    /// that of its best default route.
    pub(crate) fn set(&mut self, luid: Luid, hint: Option<(HintRow, Option<u64>)>) {
        if let Some((old, Some(metric))) = self.all.remove(&luid) {
            self.ranking.remove(&(Reverse(rank(old.level)), metric, luid));
        }
        if let Some((hint, metric)) = hint {
            if let Some(metric) = metric {
                self.ranking.insert((Reverse(rank(hint.level)), metric, luid));
            }
            self.all.insert(luid, (hint, metric));
        }
    }
}
