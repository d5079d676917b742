//! To be written.

use super::{Answer, Ask, Call};
use crate::function::Function;
use crate::row::SocketAddress;
use crate::status::Status;

pub(super) fn route(_: &mut Ask<'_>, _: &Call) -> Answer {
    Answer::fail(Status::InvalidParameter)
}

pub(super) fn interface(_: &mut Ask<'_>, _: Function, _: Option<SocketAddress>, _: bool) -> Answer {
    Answer::fail(Status::InvalidParameter)
}
