//! Steps: what threads and callbacks do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step_call::{
    Cancel, GetIpInterfaceEntry, GetTeredoPort, NotifyIpInterfaceChange, NotifyTeredoPortChange,
};
use super::step_control::{
    Assert, Change, Checkpoint, Irql, ModuleStep, Repeat, SetVariable, Sleep, When,
};
use super::step_object::{
    ChannelStep, ContextStep, KeepRow, LockStep, ReadKeptRow, ReadRow, SignalStep, ThreadStep,
    UnlockStep, UseContext,
};

/// One step of a thread or callback: an object with exactly one member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Call NotifyTeredoPortChange.
    NotifyTeredoPortChange(NotifyTeredoPortChange),
    /// Call NotifyIpInterfaceChange.
    NotifyIpInterfaceChange(NotifyIpInterfaceChange),
    /// Call CancelMibChangeNotify2.
    Cancel(Cancel),
    /// Call GetTeredoPort.
    GetTeredoPort(GetTeredoPort),
    /// Call GetIpInterfaceEntry.
    GetIpInterfaceEntry(GetIpInterfaceEntry),
    /// Take a lock; waits while it is not free.
    Lock(LockStep),
    /// Release a lock.
    Unlock(UnlockStep),
    /// Read a member of the callback's row. In callbacks only.
    ReadRow(ReadRow),
    /// Keep the address of the callback's row for later. In callbacks only.
    KeepRow(KeepRow),
    /// Read a member of a row that was kept.
    ReadKeptRow(ReadKeptRow),
    /// Free the callback's row, which is forbidden. In callbacks only.
    FreeRow(Empty),
    /// Construct a context object.
    Construct(ContextStep),
    /// Destroy a context object.
    Destroy(ContextStep),
    /// Use a context object, which must be alive.
    UseContext(UseContext),
    /// Let virtual time pass.
    Sleep(Sleep),
    /// Start a thread whose `start` is `spawned`.
    Spawn(ThreadStep),
    /// Wait until a thread has finished.
    Join(ThreadStep),
    /// Wait until a signal was given.
    Wait(SignalStep),
    /// Give a signal; from then on every wait for it passes.
    Signal(SignalStep),
    /// Send to a channel; waits while it is full.
    Send(ChannelStep),
    /// Receive from a channel; waits while it is empty.
    Receive(ChannelStep),
    /// Change the machine.
    Change(Box<Change>),
    /// Give a variable a value.
    Set(SetVariable),
    /// Fail the scenario unless two values are equal.
    Assert(Assert),
    /// Do one thing or another.
    When(When),
    /// Do something several times.
    Repeat(Repeat),
    /// Change the thread's IRQL. In the kernel flavour only.
    Irql(Irql),
    /// Load a module into the client's process.
    LoadModule(ModuleStep),
    /// Unload a module from the client's process.
    UnloadModule(ModuleStep),
    /// End the client's process.
    ExitProcess(Empty),
    /// Name a point for the trace; no effect.
    Checkpoint(Checkpoint),
}

/// An object without members.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Empty {}
