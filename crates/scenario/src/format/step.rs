//! Steps: what threads and callbacks do.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::step_adapters::{AdaptersCall, GetNumberOfInterfaces};
use super::step_call::{
    BestInterfaceCall, ConvertCall, GetBestRoute2, GetTeredoPort, HasFunction, HintCall, RowCall,
};
use super::step_control::{
    Assert, Change, Checkpoint, Irql, ModuleStep, Repeat, SetVariable, Sleep, When,
};
use super::step_object::{
    ChannelStep, ContextStep, KeepRow, LockStep, ReadKeptRow, ReadRow, SignalStep, ThreadStep,
    UnlockStep, UseContext,
};

use super::step_notify::{
    Cancel, CancelOverlapped, NotifyCall, NotifyFamilyCall, NotifyOverlapped, NotifyStableTable,
    OverlappedResult, WaitOverlapped,
};
use super::step_table::{FreeMibTable, KeepTable, ReadTable, TableCall};

/// One step of a thread or callback: an object with exactly one member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Call NotifyTeredoPortChange.
    NotifyTeredoPortChange(NotifyCall),
    /// Call NotifyIpInterfaceChange.
    NotifyIpInterfaceChange(NotifyFamilyCall),
    /// Call NotifyUnicastIpAddressChange.
    NotifyUnicastIpAddressChange(NotifyFamilyCall),
    /// Call NotifyRouteChange2.
    NotifyRouteChange2(NotifyFamilyCall),
    /// Call NotifyStableUnicastIpAddressTable.
    NotifyStableUnicastIpAddressTable(NotifyStableTable),
    /// Call NotifyNetworkConnectivityHintChange.
    NotifyNetworkConnectivityHintChange(NotifyCall),
    /// Call CancelMibChangeNotify2.
    Cancel(Cancel),
    /// Call NotifyAddrChange, which tells once.
    NotifyAddrChange(NotifyOverlapped),
    /// Call NotifyRouteChange, which tells once.
    NotifyRouteChange(NotifyOverlapped),
    /// Call CancelIPChangeNotify.
    CancelIpChangeNotify(CancelOverlapped),
    /// Ask for the result of an overlapped request without waiting.
    OverlappedResult(OverlappedResult),
    /// Wait for the event of an overlapped request.
    WaitOverlapped(WaitOverlapped),
    /// Call GetTeredoPort.
    GetTeredoPort(GetTeredoPort),
    /// Call GetIpInterfaceEntry.
    GetIpInterfaceEntry(Box<RowCall>),
    /// Call SetIpInterfaceEntry.
    SetIpInterfaceEntry(Box<RowCall>),
    /// Call InitializeIpInterfaceEntry.
    InitializeIpInterfaceEntry(Box<RowCall>),
    /// Call GetIfEntry2.
    GetIfEntry2(Box<RowCall>),
    /// Call GetIfEntry2Ex.
    GetIfEntry2Ex(Box<RowCall>),
    /// Call GetUnicastIpAddressEntry.
    GetUnicastIpAddressEntry(Box<RowCall>),
    /// Call CreateUnicastIpAddressEntry.
    CreateUnicastIpAddressEntry(Box<RowCall>),
    /// Call SetUnicastIpAddressEntry.
    SetUnicastIpAddressEntry(Box<RowCall>),
    /// Call DeleteUnicastIpAddressEntry.
    DeleteUnicastIpAddressEntry(Box<RowCall>),
    /// Call InitializeUnicastIpAddressEntry.
    InitializeUnicastIpAddressEntry(Box<RowCall>),
    /// Call GetAnycastIpAddressEntry.
    GetAnycastIpAddressEntry(Box<RowCall>),
    /// Call CreateAnycastIpAddressEntry.
    CreateAnycastIpAddressEntry(Box<RowCall>),
    /// Call DeleteAnycastIpAddressEntry.
    DeleteAnycastIpAddressEntry(Box<RowCall>),
    /// Call GetMulticastIpAddressEntry.
    GetMulticastIpAddressEntry(Box<RowCall>),
    /// Call GetIpForwardEntry2.
    GetIpForwardEntry2(Box<RowCall>),
    /// Call CreateIpForwardEntry2.
    CreateIpForwardEntry2(Box<RowCall>),
    /// Call SetIpForwardEntry2.
    SetIpForwardEntry2(Box<RowCall>),
    /// Call DeleteIpForwardEntry2.
    DeleteIpForwardEntry2(Box<RowCall>),
    /// Call InitializeIpForwardEntry.
    InitializeIpForwardEntry(Box<RowCall>),
    /// Call GetIpNetEntry2.
    GetIpNetEntry2(Box<RowCall>),
    /// Call CreateIpNetEntry2.
    CreateIpNetEntry2(Box<RowCall>),
    /// Call SetIpNetEntry2.
    SetIpNetEntry2(Box<RowCall>),
    /// Call DeleteIpNetEntry2.
    DeleteIpNetEntry2(Box<RowCall>),
    /// Call GetIpInterfaceTable.
    GetIpInterfaceTable(Box<TableCall>),
    /// Call GetIfTable2.
    GetIfTable2(Box<TableCall>),
    /// Call GetIfTable2Ex.
    GetIfTable2Ex(Box<TableCall>),
    /// Call GetIfStackTable.
    GetIfStackTable(Box<TableCall>),
    /// Call GetInvertedIfStackTable.
    GetInvertedIfStackTable(Box<TableCall>),
    /// Call GetUnicastIpAddressTable.
    GetUnicastIpAddressTable(Box<TableCall>),
    /// Call GetAnycastIpAddressTable.
    GetAnycastIpAddressTable(Box<TableCall>),
    /// Call GetMulticastIpAddressTable.
    GetMulticastIpAddressTable(Box<TableCall>),
    /// Call GetIpForwardTable2.
    GetIpForwardTable2(Box<TableCall>),
    /// Call GetIpNetTable2.
    GetIpNetTable2(Box<TableCall>),
    /// Read a member of a row of a table.
    ReadTable(Box<ReadTable>),
    /// Call FreeMibTable.
    FreeMibTable(FreeMibTable),
    /// Keep the table that the callback was handed. In callbacks only.
    KeepTable(KeepTable),
    /// Call GetBestRoute2.
    GetBestRoute2(Box<GetBestRoute2>),
    /// Call GetBestInterface.
    GetBestInterface(BestInterfaceCall),
    /// Call GetBestInterfaceEx.
    GetBestInterfaceEx(BestInterfaceCall),
    /// Call GetNetworkConnectivityHint.
    GetNetworkConnectivityHint(Box<HintCall>),
    /// Call GetNetworkConnectivityHintForInterface.
    GetNetworkConnectivityHintForInterface(Box<HintCall>),
    /// Call ConvertInterfaceAliasToLuid.
    ConvertInterfaceAliasToLuid(Box<ConvertCall>),
    /// Call ConvertInterfaceGuidToLuid.
    ConvertInterfaceGuidToLuid(Box<ConvertCall>),
    /// Call ConvertInterfaceIndexToLuid.
    ConvertInterfaceIndexToLuid(Box<ConvertCall>),
    /// Call ConvertInterfaceLuidToAlias.
    ConvertInterfaceLuidToAlias(Box<ConvertCall>),
    /// Call ConvertInterfaceLuidToGuid.
    ConvertInterfaceLuidToGuid(Box<ConvertCall>),
    /// Call ConvertInterfaceLuidToIndex.
    ConvertInterfaceLuidToIndex(Box<ConvertCall>),
    /// Call ConvertInterfaceLuidToNameA.
    ConvertInterfaceLuidToNameA(Box<ConvertCall>),
    /// Call ConvertInterfaceLuidToNameW.
    ConvertInterfaceLuidToNameW(Box<ConvertCall>),
    /// Call ConvertInterfaceNameToLuidA.
    ConvertInterfaceNameToLuidA(Box<ConvertCall>),
    /// Call ConvertInterfaceNameToLuidW.
    ConvertInterfaceNameToLuidW(Box<ConvertCall>),
    /// Call if_indextoname.
    IfIndextoname(Box<ConvertCall>),
    /// Call if_nametoindex.
    IfNametoindex(Box<ConvertCall>),
    /// Call ConvertIpv4MaskToLength.
    ConvertIpv4MaskToLength(Box<ConvertCall>),
    /// Call ConvertLengthToIpv4Mask.
    ConvertLengthToIpv4Mask(Box<ConvertCall>),
    /// Call GetAdaptersAddresses.
    GetAdaptersAddresses(Box<AdaptersCall>),
    /// Call GetAdaptersInfo.
    GetAdaptersInfo(Box<AdaptersCall>),
    /// Call GetNumberOfInterfaces.
    GetNumberOfInterfaces(GetNumberOfInterfaces),
    /// Look whether a function exists, as with GetProcAddress.
    HasFunction(HasFunction),
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
