//! To be written.

use super::{Answer, Ask};
use crate::function::Function;
use crate::status::Status;

pub(super) fn hint(_: &mut Ask<'_>, _: Function, _: u32, _: bool) -> Answer {
    Answer::fail(Status::InvalidParameter)
}
