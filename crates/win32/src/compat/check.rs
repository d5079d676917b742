//! What is checked while this compiles: that every export has the signature which `windows-sys` declares. The names of
//! the Windows Runtime are not in it.

use windows_sys::Win32::Foundation::{
    CloseHandle, FreeLibrary, GetLastError, GlobalFree, LocalFree, RtlNtStatusToDosError,
    SetLastError, SysAllocString, SysAllocStringLen, SysFreeString, SysStringLen,
};
use windows_sys::Win32::Globalization::{lstrlenA, lstrlenW};
use windows_sys::Win32::NetworkManagement::IpHelper::SendARP;
use windows_sys::Win32::Networking::WinSock::{
    WSACloseEvent, WSACreateEvent, WSAGetLastError, WSAResetEvent, WSASetEvent, WSASetLastError,
    WSAWaitForMultipleEvents,
};
use windows_sys::Win32::System::Com::{
    CoCreateFreeThreadedMarshaler, CoCreateInstance, CoInitialize, CoInitializeEx, CoTaskMemAlloc,
    CoTaskMemFree, CoTaskMemRealloc, CoUninitialize, GetErrorInfo, SetErrorInfo,
};
use windows_sys::Win32::System::Diagnostics::Debug::{
    EncodePointer, FormatMessageA, FormatMessageW,
};
use windows_sys::Win32::System::IO::{GetOverlappedResult, GetOverlappedResultEx};
use windows_sys::Win32::System::LibraryLoader::{
    GetModuleHandleA, GetModuleHandleW, GetProcAddress, LoadLibraryA, LoadLibraryExA,
    LoadLibraryExW, LoadLibraryW,
};
use windows_sys::Win32::System::Memory::{
    GetProcessHeap, GlobalAlloc, HeapAlloc, HeapFree, HeapReAlloc, HeapSize, LocalAlloc,
};
use windows_sys::Win32::System::Threading::{
    CreateEventA, CreateEventW, GetCurrentProcessId, GetCurrentThreadId, ResetEvent, SetEvent,
    Sleep, SleepEx, WaitForMultipleObjects, WaitForMultipleObjectsEx, WaitForSingleObject,
    WaitForSingleObjectEx,
};

/// Two functions in one array: they coerce to one type of pointer, or this does not compile.
macro_rules! same_signature {
    ($($name:ident,)*) => {
        $(const _: () = { let _ = [super::$name, $name]; };)*
    };
}

same_signature! {
    CloseHandle, CoCreateFreeThreadedMarshaler, CoCreateInstance, CoInitialize, CoInitializeEx,
    CoTaskMemAlloc, CoTaskMemFree, CoTaskMemRealloc, CoUninitialize, CreateEventA, CreateEventW,
    EncodePointer, FormatMessageA, FormatMessageW, FreeLibrary, GetCurrentProcessId,
    GetCurrentThreadId, GetErrorInfo, GetLastError, GetModuleHandleA, GetModuleHandleW,
    GetOverlappedResult, GetOverlappedResultEx, GetProcAddress, GetProcessHeap, GlobalAlloc,
    GlobalFree, HeapAlloc, HeapFree, HeapReAlloc, HeapSize, LoadLibraryA, LoadLibraryExA,
    LoadLibraryExW, LoadLibraryW, LocalAlloc, LocalFree, ResetEvent, RtlNtStatusToDosError,
    SendARP, SetErrorInfo, SetEvent, SetLastError, Sleep, SleepEx, SysAllocString,
    SysAllocStringLen, SysFreeString, SysStringLen, WSACloseEvent, WSACreateEvent, WSAGetLastError,
    WSAResetEvent, WSASetEvent, WSASetLastError, WSAWaitForMultipleEvents, WaitForMultipleObjects,
    WaitForMultipleObjectsEx, WaitForSingleObject, WaitForSingleObjectEx, lstrlenA, lstrlenW,
}
