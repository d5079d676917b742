//! To be written.

use super::{Answer, Ask};
use crate::row::Row;
use crate::status::Status;

pub(super) fn row(_: &mut Ask<'_>, _: Option<&Row>) -> Answer {
    Answer::fail(Status::InvalidParameter)
}

pub(super) fn table(_: &mut Ask<'_>, _: u16, _: bool) -> Answer {
    Answer::fail(Status::InvalidParameter)
}
