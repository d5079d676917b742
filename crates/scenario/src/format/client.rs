//! Scripted clients.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::is_default;
use super::step::Step;
use super::unique_map::unique_map;

/// A program on the machine, as a script. Names of its parts are local to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Client {
    /// The name of the client, unique in the scenario, without a dot.
    pub name: String,
    /// The process in which it runs; clients that name the same process share it. Left out: one of
    /// its own, named like the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Whether its process runs as an elevated administrator, who may change things; clients of one
    /// process say the same. Drivers are never asked.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub elevated: bool,
    /// Modules that are loaded at the start.
    #[serde(default, skip_serializing_if = "is_default")]
    pub modules: Vec<String>,
    /// The locks.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locks: Vec<LockSpec>,
    /// The channels.
    #[serde(default, skip_serializing_if = "is_default")]
    pub channels: Vec<ChannelSpec>,
    /// Objects with a life, constructed and destroyed by steps; a registration's context may be one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub contexts: Vec<String>,
    /// The callbacks by name: the steps that each delivery runs.
    #[serde(default, skip_serializing_if = "is_default", deserialize_with = "unique_map")]
    pub callbacks: BTreeMap<String, Vec<Step>>,
    /// The threads.
    #[serde(default, skip_serializing_if = "is_default")]
    pub threads: Vec<Thread>,
}

impl Client {
    /// The name of the process in which the client runs.
    #[must_use]
    pub fn process_name(&self) -> &str {
        self.process.as_deref().unwrap_or(&self.name)
    }
}

fn yes() -> bool {
    true
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_yes(value: &bool) -> bool {
    *value
}

/// A lock of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LockSpec {
    /// The name of the lock.
    pub name: String,
    /// What kind of lock it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: LockKind,
}

/// The kind of a lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LockKind {
    /// One holder at a time; not re-entrant.
    #[default]
    Mutex,
    /// One writer, or any number of readers.
    #[serde(rename = "rwlock")]
    RwLock,
}

/// A bounded channel between threads of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChannelSpec {
    /// The name of the channel.
    pub name: String,
    /// How many messages it holds before a send has to wait; 0: a send waits for its receiver.
    #[schemars(range(min = 1))]
    pub capacity: u32,
    /// The thread that receives from it, so that a waiting send is known to wait for that thread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<String>,
}

/// A thread of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thread {
    /// The name of the thread.
    pub name: String,
    /// When it starts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: Start,
    /// What it does.
    pub steps: Vec<Step>,
}

/// When a thread starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// With the scenario.
    #[default]
    AtOnce,
    /// When a `spawn` step starts it.
    Spawned,
}
