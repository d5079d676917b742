//! Steps of control: time, changes, variables, branches, loops.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::event::Event;
use super::is_default;
use super::step::Step;
use super::value::Value;

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sleep {
    /// How long, in virtual milliseconds.
    pub ms: u64,
}

/// A change of the machine.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// What happens.
    pub event: Event,
}

/// A variable that takes a value.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SetVariable {
    /// The name of the variable, without `$`.
    pub var: String,
    /// The value.
    pub to: Value,
}

/// Two values that must be equal.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assert {
    /// The value in question.
    pub value: Value,
    /// What it must be.
    pub equals: Value,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The value in question.
    pub value: Value,
    /// What it is compared with.
    pub equals: Value,
    /// The steps if they are equal.
    pub then: Vec<Step>,
    /// The steps if they are not.
    #[serde(rename = "else", default, skip_serializing_if = "is_default")]
    pub otherwise: Vec<Step>,
}

/// A loop.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// How often.
    pub times: u32,
    /// The steps.
    pub steps: Vec<Step>,
}

/// An IRQL.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Irql {
    /// The level from now on.
    pub level: IrqlLevel,
}

/// The interrupt request levels that matter here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IrqlLevel {
    /// PASSIVE_LEVEL, 0: the level of every thread at its start.
    Passive,
    /// APC_LEVEL, 1.
    Apc,
    /// DISPATCH_LEVEL, 2.
    Dispatch,
}

/// A module of the client's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModuleStep {
    /// The name of the module.
    pub module: String,
}

/// A named point.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// The name.
    pub name: String,
}
