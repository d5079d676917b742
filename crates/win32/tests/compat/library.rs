//! Libraries and their functions.

use netiosim_win32::sim::OnDeadlock;
use netiosim_win32::sim::model::windows::Windows;
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::{FreeLibrary, HMODULE};
use windows_sys::Win32::System::LibraryLoader::{
    GetModuleHandleA, GetModuleHandleW, GetProcAddress, LoadLibraryA, LoadLibraryExA,
    LoadLibraryExW, LoadLibraryW,
};

use crate::{last_error, stack, wide};

fn iphlpapi() -> HMODULE {
    unsafe { GetModuleHandleA(c"iphlpapi.dll".as_ptr().cast()) }
}

fn address(module: HMODULE, name: &std::ffi::CStr) -> Option<usize> {
    unsafe { GetProcAddress(module, name.as_ptr().cast()) }.map(|function| function as usize)
}

#[test]
fn a_library_has_one_handle_however_it_is_named() {
    let known = iphlpapi();
    assert!(!known.is_null());
    unsafe {
        for name in [c"IPHLPAPI", c"IpHlpApi.DLL", c"C:\\Windows\\System32\\iphlpapi.dll"] {
            assert_eq!(GetModuleHandleA(name.as_ptr().cast()), known, "{name:?}");
            assert_eq!(LoadLibraryA(name.as_ptr().cast()), known);
            assert_eq!(LoadLibraryExA(name.as_ptr().cast(), std::ptr::null_mut(), 0x800), known);
            let name = wide(name.to_str().unwrap());
            assert_eq!(GetModuleHandleW(name.as_ptr()), known);
            assert_eq!(LoadLibraryW(name.as_ptr()), known);
            assert_eq!(LoadLibraryExW(name.as_ptr(), std::ptr::null_mut(), 0), known);
        }
        let kernel = GetModuleHandleA(c"kernel32".as_ptr().cast());
        assert!(!kernel.is_null() && kernel != known);
        let program = GetModuleHandleA(std::ptr::null());
        assert!(!program.is_null() && program != known);
        assert_eq!(FreeLibrary(known), 1);
        assert_eq!((FreeLibrary(std::ptr::null_mut()), last_error()), (0, 126));
    }
}

#[test]
fn what_is_not_here_is_not_found() {
    unsafe {
        for name in [c"wlanapi.dll", c"iphlpapi.dll.dll", c""] {
            assert!(GetModuleHandleA(name.as_ptr().cast()).is_null(), "{name:?}");
            assert_eq!(last_error(), 126);
            assert!(LoadLibraryA(name.as_ptr().cast()).is_null(), "{name:?}");
        }
        assert!(LoadLibraryA(std::ptr::null()).is_null());
        assert_eq!(last_error(), 87);
    }
}

#[test]
fn a_function_that_was_found_is_the_one_that_is_linked() {
    let stack = builder().teredo_port(50_123).build();
    let _bound = bind(&stack);
    let found = unsafe { GetProcAddress(iphlpapi(), c"GetTeredoPort".as_ptr().cast()) }.unwrap();
    // As clients do.
    let get: unsafe extern "system" fn(*mut u16) -> u32 = unsafe { std::mem::transmute(found) };
    let mut port = 0;
    assert_eq!((unsafe { get(&raw mut port) }, port), (0, 50_123));
    let linked = windows_sys::Win32::NetworkManagement::IpHelper::GetTeredoPort as *const ();
    assert_eq!(found as usize, linked as usize);
}

#[test]
fn what_a_library_does_not_have() {
    let stack = stack();
    let _bound = bind(&stack);
    for name in [c"getteredoport", c"HeapAlloc", c"NotifyTeredoPortChangeEx", c""] {
        assert_eq!(address(iphlpapi(), name), None, "{name:?}");
        assert_eq!(last_error(), 127);
    }
    let kernel = unsafe { GetModuleHandleA(c"kernel32.dll".as_ptr().cast()) };
    let base = unsafe { GetModuleHandleA(c"KernelBase.dll".as_ptr().cast()) };
    assert!(address(kernel, c"HeapAlloc").is_some());
    assert_eq!(address(kernel, c"HeapAlloc"), address(base, c"HeapAlloc"));
    assert_eq!(address(kernel, c"GetTeredoPort"), None);
    for (library, name) in [
        (c"ole32", c"CoTaskMemFree"),
        (c"oleaut32", c"SysFreeString"),
        (c"ws2_32", c"WSACreateEvent"),
        (c"ntdll", c"RtlNtStatusToDosError"),
        (c"iphlpapi", c"SendARP"),
    ] {
        let module = unsafe { LoadLibraryA(library.as_ptr().cast()) };
        assert!(address(module, name).is_some(), "{name:?}");
    }
    assert!(unsafe { GetProcAddress(iphlpapi(), 42 as *const u8) }.is_none(), "an ordinal");
    assert_eq!(last_error(), 127);
    assert_eq!(address(std::ptr::null_mut(), c"GetTeredoPort"), None);
    assert_eq!(last_error(), 126);
}

#[test]
fn an_older_windows_does_not_have_the_newer_functions() {
    let name = c"NotifyNetworkConnectivityHintChange";
    let old = builder().windows(Windows::VISTA).on_deadlock(OnDeadlock::Error).build();
    {
        let _bound = bind(&old);
        assert_eq!(address(iphlpapi(), name), None);
        assert_eq!(last_error(), 127);
        assert!(address(iphlpapi(), c"GetTeredoPort").is_some());
    }
    let new = stack();
    let _bound = bind(&new);
    assert!(address(iphlpapi(), name).is_some());
}
