//! Steps that call a function, by the shape of the function.

use netiosim_model::function::Function;

use super::family::Family;
use super::step::Step;
use super::step_adapters::AdaptersCall;
use super::step_call::{BestInterfaceCall, ConvertCall, HintCall, RowCall};
use super::step_notify::{NotifyCall, NotifyFamilyCall, NotifyOverlapped, NotifyStableTable};
use super::step_table::TableCall;

/// The steps of one shape, each with its function: they have the same names.
macro_rules! of_shape {
    ($(#[$meta:meta])* $name:ident: $ty:ty = $($variant:ident)*) => {
        impl Step {
            $(#[$meta])*
            #[must_use]
            pub fn $name(&self) -> Option<(Function, &$ty)> {
                match self {
                    $(Self::$variant(call) => Some((Function::$variant, call)),)*
                    _ => None,
                }
            }
        }
    };
}

of_shape! {
    /// The function with one row that the step calls.
    row_call: RowCall =
    GetIpInterfaceEntry
    SetIpInterfaceEntry
    InitializeIpInterfaceEntry
    GetIfEntry2
    GetIfEntry2Ex
    GetUnicastIpAddressEntry
    CreateUnicastIpAddressEntry
    SetUnicastIpAddressEntry
    DeleteUnicastIpAddressEntry
    InitializeUnicastIpAddressEntry
    GetAnycastIpAddressEntry
    CreateAnycastIpAddressEntry
    DeleteAnycastIpAddressEntry
    GetMulticastIpAddressEntry
    GetIpForwardEntry2
    CreateIpForwardEntry2
    SetIpForwardEntry2
    DeleteIpForwardEntry2
    InitializeIpForwardEntry
    GetIpNetEntry2
    CreateIpNetEntry2
    SetIpNetEntry2
    DeleteIpNetEntry2
}

of_shape! {
    /// The function that hands out a table which the step calls.
    table_call: TableCall =
    GetIpInterfaceTable
    GetIfTable2
    GetIfTable2Ex
    GetIfStackTable
    GetInvertedIfStackTable
    GetUnicastIpAddressTable
    GetAnycastIpAddressTable
    GetMulticastIpAddressTable
    GetIpForwardTable2
    GetIpNetTable2
}

of_shape! {
    /// The conversion that the step calls.
    convert_call: ConvertCall =
    ConvertInterfaceAliasToLuid
    ConvertInterfaceGuidToLuid
    ConvertInterfaceIndexToLuid
    ConvertInterfaceLuidToAlias
    ConvertInterfaceLuidToGuid
    ConvertInterfaceLuidToIndex
    ConvertInterfaceLuidToNameA
    ConvertInterfaceLuidToNameW
    ConvertInterfaceNameToLuidA
    ConvertInterfaceNameToLuidW
    IfIndextoname
    IfNametoindex
    ConvertIpv4MaskToLength
    ConvertLengthToIpv4Mask
}

of_shape! {
    /// The function that names the best interface which the step calls.
    best_interface_call: BestInterfaceCall = GetBestInterface GetBestInterfaceEx
}

of_shape! {
    /// The function that gives a hint which the step calls.
    hint_call: HintCall = GetNetworkConnectivityHint GetNetworkConnectivityHintForInterface
}

of_shape! {
    /// The function that lists adapters which the step calls.
    adapters_call: AdaptersCall = GetAdaptersAddresses GetAdaptersInfo
}

of_shape! {
    /// The function of the older pair that the step calls.
    overlapped_call: NotifyOverlapped = NotifyAddrChange NotifyRouteChange
}

/// What a step that registers a callback says, whichever function it calls.
#[derive(Clone, Copy, Debug)]
pub struct Registering<'a> {
    /// The function.
    pub function: Function,
    /// The name of the registration.
    pub name: &'a str,
    /// The family, of functions that have one.
    pub family: Family,
    /// The number of a family.
    pub family_number: Option<u16>,
    /// The callback.
    pub callback: Option<&'a str>,
    /// The CallerContext.
    pub context: Option<&'a str>,
    /// InitialNotification.
    pub initial: bool,
    /// Whether the callback is NULL.
    pub null_callback: bool,
    /// Whether the address of the handle is NULL.
    pub null_handle: bool,
    /// Whether the address of the table is NULL.
    pub null_table: bool,
    /// The table variable.
    pub table: Option<&'a str>,
    /// The module of the callback.
    pub module: Option<&'a str>,
    /// The client whose callback it is.
    pub foreign_process: Option<&'a str>,
    /// The code that must come out.
    pub returns: Option<&'a str>,
    /// How many rows a table that comes at once must have.
    pub count: Option<u32>,
}

impl Step {
    /// What the step says if it registers a callback.
    #[must_use]
    pub fn registering(&self) -> Option<Registering<'_>> {
        Some(match self {
            Self::NotifyTeredoPortChange(call) => {
                Registering::plain(Function::NotifyTeredoPortChange, call)
            }
            Self::NotifyNetworkConnectivityHintChange(call) => {
                Registering::plain(Function::NotifyNetworkConnectivityHintChange, call)
            }
            Self::NotifyIpInterfaceChange(call) => {
                Registering::family(Function::NotifyIpInterfaceChange, call)
            }
            Self::NotifyUnicastIpAddressChange(call) => {
                Registering::family(Function::NotifyUnicastIpAddressChange, call)
            }
            Self::NotifyRouteChange2(call) => {
                Registering::family(Function::NotifyRouteChange2, call)
            }
            Self::NotifyStableUnicastIpAddressTable(call) => Registering::stable_table(call),
            _ => return None,
        })
    }
}

impl<'a> Registering<'a> {
    fn plain(function: Function, call: &'a NotifyCall) -> Self {
        Self {
            function,
            name: &call.name,
            family: Family::Unspec,
            family_number: None,
            callback: call.callback.as_deref(),
            context: call.context.as_deref(),
            initial: call.initial,
            null_callback: call.null_callback,
            null_handle: call.null_handle,
            null_table: false,
            table: None,
            module: call.module.as_deref(),
            foreign_process: call.foreign_process.as_deref(),
            returns: call.returns.as_deref(),
            count: None,
        }
    }

    fn family(function: Function, call: &'a NotifyFamilyCall) -> Self {
        Self {
            function,
            name: &call.name,
            family: call.family,
            family_number: call.family_number,
            callback: call.callback.as_deref(),
            context: call.context.as_deref(),
            initial: call.initial,
            null_callback: call.null_callback,
            null_handle: call.null_handle,
            null_table: false,
            table: None,
            module: call.module.as_deref(),
            foreign_process: call.foreign_process.as_deref(),
            returns: call.returns.as_deref(),
            count: None,
        }
    }

    fn stable_table(call: &'a NotifyStableTable) -> Self {
        Self {
            function: Function::NotifyStableUnicastIpAddressTable,
            name: &call.name,
            family: call.family,
            family_number: call.family_number,
            callback: call.callback.as_deref(),
            context: call.context.as_deref(),
            initial: false,
            null_callback: call.null_callback,
            null_handle: call.null_handle,
            null_table: call.null_table,
            table: call.table.as_deref(),
            module: call.module.as_deref(),
            foreign_process: call.foreign_process.as_deref(),
            returns: call.returns.as_deref(),
            count: call.count,
        }
    }
}
