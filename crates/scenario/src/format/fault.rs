//! Faults that are put into calls.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(super) use super::function::Function;

/// A call that fails on demand.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultSpec {
    /// The function that fails.
    pub call: Function,
    /// The code that it returns: a name such as `ERROR_NOT_READY`, or a number in a string.
    pub code: String,
    /// Only the call with this number fails, counted from 1; left out: every call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1))]
    pub nth: Option<u32>,
    /// Only calls for this registration fail: `name` or `client.name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration: Option<String>,
    /// The fault is taken away at this virtual time, in milliseconds; left out: it stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<u64>,
}
