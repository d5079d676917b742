//! Several things may be wrong with one call; which of them it answers is an option.

use crate::status::Status;

/// What a check looks at, in the order of the option `error-priority` (O-13).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A pointer is NULL.
    Pointer,
    /// An address family.
    Family,
    /// The keys of a row.
    Keys,
    /// The other values of a row, a level, a length.
    Values,
    /// The IP stack of a family is absent.
    Stack,
    /// The caller may not do it.
    Access,
    /// The interface.
    Interface,
    /// The row.
    Row,
}

/// The checks of one call: those that failed.
#[derive(Debug, Default)]
pub(crate) struct Checks {
    failed: Vec<(Class, Status)>,
}

impl Checks {
    /// Notes a failure unless the check holds.
    pub(crate) fn require(&mut self, class: Class, holds: bool, otherwise: Status) {
        if !holds {
            self.failed.push((class, otherwise));
        }
    }

    /// What the call answers, if a check failed: the failure of the first class; of one class the one
    /// that was noted first.
    pub(crate) fn verdict(&self, access_first: bool) -> Option<Status> {
        let rank = |class: Class| (!(access_first && class == Class::Access), class);
        self.failed.iter().min_by_key(|(class, _)| rank(*class)).map(|(_, status)| *status)
    }
}

#[cfg(test)]
mod tests {
    use super::{Checks, Class};
    use crate::status::Status;

    #[test]
    fn the_first_class_wins_and_access_may_go_first() {
        let mut checks = Checks::default();
        assert_eq!(checks.verdict(false), None);
        checks.require(Class::Row, false, Status::NotFound);
        checks.require(Class::Access, false, Status::AccessDenied);
        checks.require(Class::Keys, false, Status::InvalidParameter);
        checks.require(Class::Pointer, true, Status::Success);
        assert_eq!(checks.verdict(false), Some(Status::InvalidParameter));
        assert_eq!(checks.verdict(true), Some(Status::AccessDenied));
    }
}
