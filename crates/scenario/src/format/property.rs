//! Statements over the moments of a run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::expect_stack::{AddressExpect, HintExpect, InterfaceExpect, RouteExpect};
use super::is_default;
use super::matching::Match;
use super::teredo::TeredoState;

/// A statement over the moments of a run: what is true in it if all of `all` are, and one of `any` where
/// there is an `any`.
///
/// A moment lies before the first step and after every step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// What reports call it: a statement, different from all others of the scenario.
    pub name: String,
    /// All of these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub all: Vec<Condition>,
    /// At least one of these.
    #[serde(default, skip_serializing_if = "is_default")]
    pub any: Vec<Condition>,
}

/// What is true at a moment, or not.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// At least one of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A callback of the registration runs: `name` or `client.name`.
    Delivering(String),
    /// A cancel of the registration waits for its callbacks: `name` or `client.name`.
    Cancelling(String),
    /// The registration lives, and no cancel of it has begun: `name` or `client.name`.
    Registered(String),
    /// So many deliveries have begun.
    Delivered(DeliveredCondition),
    /// A lock is held.
    Holds(HoldsCondition),
    /// The Teredo client's dynamic port; null: it has none.
    Port(Option<u16>),
    /// The Teredo client.
    Teredo(TeredoCondition),
    /// An interface.
    Interface(InterfaceExpect),
    /// A unicast address.
    Address(AddressExpect),
    /// A route.
    Route(RouteExpect),
    /// The connectivity hint of the machine.
    Hint(HintExpect),
    /// Somebody listens on this UDP port.
    Listener(u16),
}

/// So many deliveries of a registration have begun.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeliveredCondition {
    /// The registration: `name` or `client.name`.
    pub registration: String,
    /// At least so many.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub at_least: u32,
    /// Only those that match are counted; left out: all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub matching: Match,
}

/// A lock is held.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldsCondition {
    /// The lock: `name` or `client.name`.
    pub lock: String,
    /// The thread that holds it: `name` or `client.name`; left out: whoever does, a callback maybe.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<String>,
}

/// What is true of the Teredo client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeredoCondition {
    /// The state.
    pub state: TeredoState,
}

fn one() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands out a reference")]
fn is_one(number: &u32) -> bool {
    *number == 1
}
