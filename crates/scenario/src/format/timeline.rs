//! The timeline of a scenario.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::Event;

/// Something that happens to the machine at a virtual time.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimelineEntry {
    /// The virtual time, in milliseconds, never before that of the entry above; left out: the time
    /// of the entry above, 0 for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_ms: Option<u64>,
    /// What happens.
    pub event: Event,
}
