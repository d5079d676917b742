//! To be written.

use super::{Answer, Ask, Value};
use crate::function::Function;
use crate::net::Luid;
use crate::status::Status;

/// The name of an interface, such as `ethernet_7` (observed, 25).
#[must_use]
pub fn if_name(_: Luid) -> String {
    String::new()
}

/// The LUID that such a name means; `None` when it is malformed.
#[must_use]
pub fn parse_if_name(_: &str) -> Option<Luid> {
    None
}

pub(super) fn convert(
    _: &mut Ask<'_>,
    _: Function,
    _: Option<&Value>,
    _: bool,
    _: usize,
) -> Answer {
    Answer::fail(Status::InvalidParameter)
}
