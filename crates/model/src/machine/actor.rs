//! Actors: threads as the model sees them, and what they wait for.

use std::sync::Arc;

use crate::ids::{ActorId, ChannelId, Handle, LaneId, LockId, PlaceId, ProcessId, SignalId};

/// An interrupt request level, as far as the driver pages speak of it (facts 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum Irql {
    /// PASSIVE_LEVEL: everything is allowed.
    #[default]
    Passive,
    /// APC_LEVEL: registering is allowed, cancelling is not.
    Apc,
    /// DISPATCH_LEVEL: nothing of this API is allowed.
    Dispatch,
}

impl Irql {
    /// Microsoft's name of the level.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Passive => "PASSIVE_LEVEL",
            Self::Apc => "APC_LEVEL",
            Self::Dispatch => "DISPATCH_LEVEL",
        }
    }
}

/// How a lock is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum LockMode {
    /// Shared: of a reader-writer lock only.
    Read,
    /// Exclusive.
    Write,
}

/// What an actor waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Wait {
    /// In CancelMibChangeNotify2, for the running callbacks of the handle.
    Cancel(Handle),
    /// For a lock.
    Lock(LockId, LockMode),
    /// For the end of another actor.
    Join(ActorId),
    /// For room in a channel.
    Send(ChannelId),
    /// For a message from a channel.
    Receive(ChannelId),
    /// For a signal.
    Signal(SignalId),
}

/// An actor: a thread as the model sees it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Actor {
    pub(crate) name: Arc<str>,
    pub(crate) process: ProcessId,
    pub(crate) irql: Irql,
    /// The deliveries that run on it, innermost last.
    pub(crate) frames: Vec<LaneId>,
    pub(crate) wait: Option<Wait>,
    pub(crate) place: Option<PlaceId>,
    pub(crate) alive: bool,
    /// It is part of a cycle that was reported.
    pub(crate) deadlocked: bool,
}

impl Actor {
    /// The name it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The process it belongs to.
    #[must_use]
    pub fn process(&self) -> ProcessId {
        self.process
    }

    /// Its interrupt request level; PASSIVE_LEVEL in user mode.
    #[must_use]
    pub fn irql(&self) -> Irql {
        self.irql
    }

    /// The deliveries that run on it, innermost last.
    #[must_use]
    pub fn frames(&self) -> &[LaneId] {
        &self.frames
    }

    /// What it waits for.
    #[must_use]
    pub fn wait(&self) -> Option<Wait> {
        self.wait
    }

    /// Where in its program it was last seen.
    #[must_use]
    pub fn place(&self) -> Option<PlaceId> {
        self.place
    }

    /// Whether it lives.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.alive
    }

    /// Whether it is part of a deadlock that was reported.
    #[must_use]
    pub fn is_deadlocked(&self) -> bool {
        self.deadlocked
    }
}
