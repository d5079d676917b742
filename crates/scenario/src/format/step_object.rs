//! Steps on a client's own things: locks, rows, contexts, threads, signals, channels.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use super::value::Value;

/// A lock to take.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockStep {
    /// The name of the lock.
    pub lock: String,
    /// How to take it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mode: LockMode,
}

/// How a lock is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LockMode {
    /// For oneself alone; the only way for a mutex.
    #[default]
    Write,
    /// Together with other readers.
    Read,
}

/// A lock to release.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnlockStep {
    /// The name of the lock.
    pub lock: String,
}

/// A read of the callback's row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadRow {
    /// The member, by Microsoft's name.
    pub member: String,
    /// What it must be; left out: anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub equals: Option<Value>,
}

/// The callback's row, to be kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct KeepRow {
    /// The name of the kept row.
    #[serde(rename = "as")]
    pub name: String,
}

/// A read of a kept row.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadKeptRow {
    /// The name that `keep_row` gave.
    pub row: String,
    /// The member, by Microsoft's name.
    pub member: String,
}

/// A context object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ContextStep {
    /// The name of the context object.
    pub context: String,
}

/// A use of a context object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UseContext {
    /// The name of the context object; left out: that of the registration, in callbacks only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
}

/// A thread of the client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThreadStep {
    /// The name of the thread.
    pub thread: String,
}

/// A signal of the client. Signals need no declaration.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SignalStep {
    /// The name of the signal.
    pub signal: String,
}

/// A channel of the client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelStep {
    /// The name of the channel.
    pub channel: String,
}
