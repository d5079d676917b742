//! What must come out of a run.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect_stack::StackExpect;
use super::is_default;
use super::matching::{Match, OrderMatch};
use super::property::Property;
use super::unique_map::unique_map;
use super::value::Value;

/// What must come out of a run. What is left out is not looked at, but for findings and threads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The deliveries of single registrations.
    #[serde(default, skip_serializing_if = "is_default")]
    pub deliveries: Vec<DeliveryExpect>,
    /// Deliveries that must begin in this order, others between them allowed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub order: Vec<OrderMatch>,
    /// The findings. One that is neither in `must` nor in `may` fails the run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub findings: FindingsExpect,
    /// The threads at the end, by `client.thread`. Left out: every thread must have finished, unless
    /// a deadlock is among the findings that must be.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub threads: BTreeMap<String, ThreadState>,
    /// The variables at the end, by `client.variable`.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub variables: BTreeMap<String, Value>,
    /// The machine at the end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub stack: StackExpect,
    /// What is true at every moment of every run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub always: Vec<Property>,
    /// What is true at no moment of any run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub never: Vec<Property>,
    /// What is true at some moment of every run that comes to its end; once is enough.
    #[serde(default, skip_serializing_if = "is_default")]
    pub eventually: Vec<Property>,
    /// What is true at some moment of some run. A single run cannot tell that and does not fail for
    /// it; a search over all runs does, if there is none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sometimes: Vec<Property>,
}

/// What must be true of the deliveries of one registration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveryExpect {
    /// The registration: `name` or `client.name`.
    pub registration: String,
    /// Exactly so many deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// At least so many deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u32>,
    /// At most so many deliveries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u32>,
    /// Exactly these deliveries in this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exactly: Option<Vec<Match>>,
    /// These deliveries in this order, others between them allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<Vec<Match>>,
    /// No delivery begins after a cancel of the registration has returned.
    #[serde(default, skip_serializing_if = "is_default")]
    pub none_after_cancel: bool,
}

/// What must be true of the findings. Rules are named by id (`N001`) or slug (`self-cancel`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingsExpect {
    /// Rules that must be found broken.
    #[serde(default, skip_serializing_if = "is_default")]
    pub must: Vec<String>,
    /// Rules that must not be found broken. Said for the reader: no unlisted rule may be.
    #[serde(default, skip_serializing_if = "is_default")]
    pub must_not: Vec<String>,
    /// Rules that may be found broken.
    #[serde(default, skip_serializing_if = "is_default")]
    pub may: Vec<String>,
}

/// How a thread stands at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThreadState {
    /// It did all its steps.
    Finished,
    /// It waits for something that does not come.
    Blocked,
}
