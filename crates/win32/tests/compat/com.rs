//! COM starts and has no classes.

use std::ffi::c_void;

use windows_sys::Win32::System::Com::{
    CLSCTX_ALL, COINIT_APARTMENTTHREADED, COINIT_MULTITHREADED, CoCreateFreeThreadedMarshaler,
    CoCreateInstance, CoInitialize, CoInitializeEx, CoUninitialize, GetErrorInfo, SetErrorInfo,
};
use windows_sys::Win32::System::Diagnostics::Debug::EncodePointer;
use windows_sys::core::{GUID, HRESULT};

const E_FAIL: HRESULT = 0x8000_4005_u32 as i32;

#[test]
fn a_thread_begins_as_often_as_it_likes_and_in_one_way() {
    let begin = |how: i32| unsafe { CoInitializeEx(std::ptr::null(), how as u32) };
    unsafe {
        assert_eq!(begin(COINIT_MULTITHREADED), 0);
        assert_eq!(begin(COINIT_MULTITHREADED), 1);
        assert_eq!(begin(COINIT_APARTMENTTHREADED), 0x8001_0106_u32 as i32);
        CoUninitialize();
        CoUninitialize();
        CoUninitialize();
        assert_eq!(CoInitialize(std::ptr::null()), 0);
        assert_eq!(begin(COINIT_APARTMENTTHREADED), 1);
        assert_eq!(CoInitializeEx(8 as *const c_void, 0), 0x8007_0057_u32 as i32);
    }
}

#[test]
fn nothing_can_be_made() {
    let id = GUID::from_u128(1);
    unsafe {
        let mut out = 8 as *mut c_void;
        assert_eq!(CoCreateInstance(&id, std::ptr::null_mut(), CLSCTX_ALL, &id, &mut out), E_FAIL);
        assert!(out.is_null());
        let answer =
            CoCreateInstance(&id, std::ptr::null_mut(), CLSCTX_ALL, &id, std::ptr::null_mut());
        assert_eq!(answer, 0x8000_4003_u32 as i32);
        out = 8 as *mut c_void;
        assert_eq!(CoCreateFreeThreadedMarshaler(std::ptr::null_mut(), &mut out), E_FAIL);
        assert!(out.is_null());
        assert_eq!(SetErrorInfo(0, std::ptr::null_mut()), 0);
        out = 8 as *mut c_void;
        assert_eq!(GetErrorInfo(0, &mut out), 1);
        assert!(out.is_null());
        let own = (&raw const id).cast();
        assert_eq!(EncodePointer(own).cast_const(), own);
    }
}

/// What is not declared by `windows-sys`: the names that the `windows` crates link.
mod runtime {
    use super::{GUID, HRESULT, c_void};

    unsafe extern "system" {
        pub(super) fn RoGetActivationFactory(
            class: *mut c_void,
            id: *const GUID,
            out: *mut *mut c_void,
        ) -> HRESULT;
        pub(super) fn RoGetAgileReference(
            options: i32,
            id: *const GUID,
            object: *mut c_void,
            out: *mut *mut c_void,
        ) -> HRESULT;
        pub(super) fn RoOriginateErrorW(code: HRESULT, length: u32, message: *const u16) -> i32;
        pub(super) fn CoIncrementMTAUsage(cookie: *mut *mut c_void) -> HRESULT;
    }
}

#[test]
fn the_windows_runtime_is_not_there() {
    let id = GUID::from_u128(1);
    let none = std::ptr::null_mut();
    unsafe {
        let mut out = 8 as *mut c_void;
        assert_eq!(runtime::RoGetActivationFactory(none, &id, &mut out), E_FAIL);
        assert!(out.is_null());
        out = 8 as *mut c_void;
        assert_eq!(runtime::RoGetAgileReference(0, &id, none, &mut out), E_FAIL);
        assert!(out.is_null());
        out = 8 as *mut c_void;
        assert_eq!(runtime::CoIncrementMTAUsage(&mut out), E_FAIL);
        assert!(out.is_null());
        assert_eq!(runtime::RoOriginateErrorW(E_FAIL, 0, std::ptr::null()), 0);
    }
}
