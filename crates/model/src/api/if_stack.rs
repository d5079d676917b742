//! To be written.

use super::{Answer, Ask};
use crate::function::Function;
use crate::status::Status;

pub(super) fn table(_: &mut Ask<'_>, _: Function, _: bool) -> Answer {
    Answer::fail(Status::InvalidParameter)
}
