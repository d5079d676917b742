//! The functions by name, as GetProcAddress finds them.

use std::ffi::c_void;

use netiosim_sim::model::function::Function;

use super::library::{
    COMBASE, IPHLPAPI, KERNEL32, KERNELBASE, Library, NTDLL, OLE32, OLEAUT32, WS2_32,
};
use crate::{current, export, origin};

/// The function of a library by its name, case and all; if the stack's Windows has it.
pub(super) fn find(library: &Library, name: &str, caller: usize) -> Option<*const c_void> {
    let (_, function) = list(library).into_iter().find(|(own, _)| *own == name)?;
    let Some(known) = Function::ALL.into_iter().find(|known| known.name() == name) else {
        return Some(function);
    };
    let stack = current::current("GetProcAddress", caller)?;
    origin::announce(caller);
    stack.has_function(known).then_some(function)
}

/// Names with their functions.
type List = Vec<(&'static str, *const c_void)>;

fn list(library: &Library) -> List {
    let same = |other: &Library| other.name == library.name;
    if same(&IPHLPAPI) {
        iphlpapi()
    } else if same(&KERNEL32) || same(&KERNELBASE) {
        kernel32()
    } else if same(&NTDLL) {
        vec![("RtlNtStatusToDosError", super::RtlNtStatusToDosError as *const c_void)]
    } else if same(&COMBASE) || same(&OLE32) {
        com()
    } else if same(&OLEAUT32) {
        oleaut32()
    } else if same(&WS2_32) {
        ws2_32()
    } else {
        Vec::new()
    }
}

macro_rules! list {
    ($(#[$meta:meta])* $name:ident from $module:path { $($function:ident,)* }) => {
        $(#[$meta])*
        fn $name() -> List {
            use $module as from;
            vec![$((stringify!($function), from::$function as *const c_void),)*]
        }
    };
}

list! {
    kernel32 from super {
        CloseHandle, CreateEventA, CreateEventW, EncodePointer, FormatMessageA, FormatMessageW,
        FreeLibrary, GetCurrentProcessId, GetCurrentThreadId, GetLastError, GetModuleHandleA,
        GetModuleHandleW, GetOverlappedResult, GetOverlappedResultEx, GetProcAddress,
        GetProcessHeap, GlobalAlloc, GlobalFree, HeapAlloc, HeapFree, HeapReAlloc, HeapSize,
        LoadLibraryA, LoadLibraryExA, LoadLibraryExW, LoadLibraryW, LocalAlloc, LocalFree,
        ResetEvent, SetEvent, SetLastError, Sleep, SleepEx, WaitForMultipleObjects,
        WaitForMultipleObjectsEx, WaitForSingleObject, WaitForSingleObjectEx, lstrlenA, lstrlenW,
    }
}

list! {
    com from super {
        CoCreateFreeThreadedMarshaler, CoCreateInstance, CoIncrementMTAUsage, CoInitialize,
        CoInitializeEx, CoTaskMemAlloc, CoTaskMemFree, CoTaskMemRealloc, CoUninitialize,
        RoGetActivationFactory, RoGetAgileReference, RoOriginateErrorW,
    }
}

list! {
    oleaut32 from super {
        GetErrorInfo, SetErrorInfo, SysAllocString, SysAllocStringLen, SysFreeString, SysStringLen,
    }
}

list! {
    ws2_32 from super {
        WSACloseEvent, WSACreateEvent, WSAGetLastError, WSAResetEvent, WSASetEvent,
        WSASetLastError, WSAWaitForMultipleEvents,
    }
}

list! {
    netioapi from export {
        CancelIPChangeNotify, CancelMibChangeNotify2, ConvertInterfaceAliasToLuid,
        ConvertInterfaceGuidToLuid, ConvertInterfaceIndexToLuid, ConvertInterfaceLuidToAlias,
        ConvertInterfaceLuidToGuid, ConvertInterfaceLuidToIndex, ConvertInterfaceLuidToNameA,
        ConvertInterfaceLuidToNameW, ConvertInterfaceNameToLuidA, ConvertInterfaceNameToLuidW,
        ConvertIpv4MaskToLength, ConvertLengthToIpv4Mask, CreateAnycastIpAddressEntry,
        CreateIpForwardEntry2, CreateIpNetEntry2, CreateUnicastIpAddressEntry,
        DeleteAnycastIpAddressEntry, DeleteIpForwardEntry2, DeleteIpNetEntry2,
        DeleteUnicastIpAddressEntry, FreeMibTable, GetAdaptersAddresses, GetAdaptersInfo,
        GetAnycastIpAddressEntry, GetAnycastIpAddressTable, GetBestInterface, GetBestInterfaceEx,
        GetBestRoute2, GetIfEntry2, GetIfEntry2Ex, GetIfStackTable, GetIfTable2, GetIfTable2Ex,
        GetInvertedIfStackTable, GetIpForwardEntry2, GetIpForwardTable2, GetIpInterfaceEntry,
        GetIpInterfaceTable, GetIpNetEntry2, GetIpNetTable2, GetMulticastIpAddressEntry,
        GetMulticastIpAddressTable, GetNetworkConnectivityHint,
        GetNetworkConnectivityHintForInterface, GetNumberOfInterfaces, GetTeredoPort,
        GetUnicastIpAddressEntry, GetUnicastIpAddressTable, InitializeIpForwardEntry,
        InitializeIpInterfaceEntry, InitializeUnicastIpAddressEntry, NotifyAddrChange,
        NotifyIpInterfaceChange, NotifyNetworkConnectivityHintChange, NotifyRouteChange,
        NotifyRouteChange2, NotifyStableUnicastIpAddressTable, NotifyTeredoPortChange,
        NotifyUnicastIpAddressChange, SetIpForwardEntry2, SetIpInterfaceEntry, SetIpNetEntry2,
        SetUnicastIpAddressEntry, if_indextoname, if_nametoindex,
    }
}

fn iphlpapi() -> List {
    let mut list = netioapi();
    list.push(("SendARP", super::SendARP as *const c_void));
    list
}

#[cfg(test)]
mod tests {
    use super::{Function, netioapi};

    #[test]
    fn every_function_of_the_model_is_found() {
        let list = netioapi();
        for function in Function::ALL {
            assert!(list.iter().any(|(name, _)| *name == function.name()), "{}", function.name());
        }
    }
}
