//! GetIfStackTable and GetInvertedIfStackTable.

use super::{Answer, Ask, Checks, Class};
use crate::function::Function;
use crate::row::{IfStackRow, InvertedIfStackRow, Row};
use crate::status::Status;

/// The interface stack, seen from above or from below: the same pairs of indices (SK-05, SK-06).
///
/// NULL is `InvalidParameter` (SK-01); a machine without a pair answers `NotFound` (SK-02). The rows
/// are sorted by their first index, then by the second (chosen: the pages give no order).
pub(super) fn table(ask: &mut Ask<'_>, function: Function, pointer: bool) -> Answer {
    let mut checks = Checks::default();
    checks.require(Class::Pointer, pointer, Status::InvalidParameter);
    if let Err(status) = ask.verdict(checks) {
        return Answer::fail(status);
    }
    let inverted = function == Function::GetInvertedIfStackTable;
    let mut pairs: Vec<(u32, u32)> = indices(ask)
        .map(|(higher, lower)| if inverted { (lower, higher) } else { (higher, lower) })
        .collect();
    pairs.sort_unstable();
    let row = |(first, second)| match inverted {
        true => Row::from(InvertedIfStackRow { lower: first, higher: second }),
        false => Row::from(IfStackRow { higher: first, lower: second }),
    };
    Answer::rows(pairs.into_iter().map(row).collect())
}

/// Which index lies directly above which, higher first (SK-04).
fn indices(ask: &Ask<'_>) -> impl Iterator<Item = (u32, u32)> {
    let env = ask.env;
    let index = |luid| env.interface(luid).map(|interface| interface.index);
    env.stacked().iter().filter_map(move |(higher, lower)| Some((index(*higher)?, index(*lower)?)))
}
