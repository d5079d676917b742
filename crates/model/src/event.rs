//! What happened, event by event: the trace.

use crate::change::Effect;
use crate::ids::{
    ActorId, ChannelId, FaultId, Handle, LaneId, LockId, ModuleId, ObjectId, PlaceId, ProcessId,
    SignalId,
};
use crate::notification::Notification;

pub use crate::function::Function;

/// One event of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The virtual time, in milliseconds since the machine began.
    pub at_ms: u64,
    /// The actor that did it; `None` for the environment.
    pub actor: Option<ActorId>,
    /// Where in the actor's program.
    pub place: Option<PlaceId>,
    /// What happened.
    pub what: What,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum What {
    /// A call of the API began.
    Call {
        /// The function.
        function: Function,
        /// The handle it was given, of a cancel.
        handle: Option<Handle>,
    },
    /// A call of the API returned.
    Return {
        /// The function.
        function: Function,
        /// The code it returned.
        code: u32,
        /// The handle that a registration gave, or that a cancel was given.
        handle: Option<Handle>,
        /// The port that GetTeredoPort wrote.
        port: Option<u16>,
    },
    /// A delivery began: the callback was entered.
    Begin {
        /// The lane.
        lane: LaneId,
        /// The number of the delivery within its registration, from 1.
        number: u32,
        /// What the callback was handed.
        notification: Notification,
    },
    /// A delivery ended: the callback returned.
    End {
        /// The lane.
        lane: LaneId,
        /// The number of the delivery within its registration, from 1.
        number: u32,
    },
    /// An actor waits: for the callbacks of a handle, a lock, a thread, a channel or a signal.
    Waits(crate::machine::Wait),
    /// A lock was taken.
    Locked(LockId),
    /// A lock was given back.
    Unlocked(LockId),
    /// A message went into a channel.
    Sent(ChannelId),
    /// A message came out of a channel.
    Received(ChannelId),
    /// A signal was set.
    Signalled(SignalId),
    /// An actor came to its end.
    Exited(ActorId),
    /// A thread was joined.
    Joined(ActorId),
    /// An object was constructed.
    Constructed(ObjectId),
    /// An object was destroyed.
    Destroyed(ObjectId),
    /// The environment was asked to change.
    Change(&'static str),
    /// A step of the change's consequences.
    Effect(Effect),
    /// A process ended.
    ProcessExit(ProcessId),
    /// A module was loaded or unloaded.
    Module {
        /// The module.
        module: ModuleId,
        /// Whether it is loaded from now on.
        loaded: bool,
    },
    /// The machine restarted.
    Reboot,
    /// The NSI service restarted: every registration died silently (observed, 4).
    NsiRestart,
    /// A fault made a call fail.
    Fault(FaultId),
    /// A rule was broken; the position in the list of findings.
    Finding(usize),
    /// Something the driver wants to be seen in the trace.
    Note(String),
}
