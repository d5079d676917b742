//! GetNetworkConnectivityHint and GetNetworkConnectivityHintForInterface.

use super::{Answer, Ask, Output};
use crate::function::Function;
use crate::status::Status;

/// Answers a query of the hint (CH-01, CH-02). The pages name no error; those here are chosen.
pub(super) fn hint(ask: &mut Ask<'_>, function: Function, index: u32, pointer: bool) -> Answer {
    if !pointer {
        return Answer::fail(Status::InvalidParameter);
    }
    let hint = match function {
        Function::GetNetworkConnectivityHint => Some(ask.env.hint()),
        _ if index == 0 => return Answer::fail(Status::InvalidParameter),
        _ => ask.env.interface_by_index(index).and_then(|known| ask.env.hint_of(known.luid)),
    };
    hint.map_or_else(
        || Answer::fail(Status::FileNotFound),
        |hint| Answer::output(Output::Hint(hint)),
    )
}
