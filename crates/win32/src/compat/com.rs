//! COM: a machine on which it starts and has no classes.

use std::cell::Cell;
use std::ffi::c_void;

use windows_sys::core::{GUID, HRESULT};

use super::host_exports;

const S_OK: HRESULT = 0;
const S_FALSE: HRESULT = 1;
const E_FAIL: HRESULT = 0x8000_4005_u32.cast_signed();
const E_INVALIDARG: HRESULT = 0x8007_0057_u32.cast_signed();
const E_POINTER: HRESULT = 0x8000_4003_u32.cast_signed();
const CHANGED_MODE: HRESULT = 0x8001_0106_u32.cast_signed();

/// COINIT_APARTMENTTHREADED.
const APARTMENT: u32 = 0x2;

thread_local! {
    /// How often the thread has begun, and how.
    static BEGUN: Cell<(u32, u32)> = const { Cell::new((0, 0)) };
}

/// Nothing comes out of it.
unsafe fn nothing(out: *mut *mut c_void) -> HRESULT {
    if out.is_null() {
        return E_POINTER;
    }
    // SAFETY: the caller's: a place for a pointer.
    unsafe { out.write_unaligned(std::ptr::null_mut()) };
    E_FAIL
}

host_exports! {
    /// CoInitializeEx: S_OK, S_FALSE when the thread has begun before, RPC_E_CHANGED_MODE when it has begun otherwise.
    fn CoInitializeEx(reserved: *const c_void, how: u32) -> HRESULT {
        if !reserved.is_null() {
            return E_INVALIDARG;
        }
        BEGUN.with(|begun| match begun.get() {
            (0, _) => {
                begun.set((1, how & APARTMENT));
                S_OK
            }
            (count, before) if before == how & APARTMENT => {
                begun.set((count + 1, before));
                S_FALSE
            }
            _ => CHANGED_MODE,
        })
    }

    /// CoInitialize: [`CoInitializeEx`] for an apartment.
    fn CoInitialize(reserved: *const c_void) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { CoInitializeEx(reserved, APARTMENT) }
    }

    /// CoUninitialize.
    fn CoUninitialize() {
        BEGUN.with(|begun| {
            let (count, how) = begun.get();
            begun.set((count.saturating_sub(1), how));
        });
    }

    /// CoCreateInstance: E_FAIL, and NULL.
    fn CoCreateInstance(
        class: *const GUID, outer: *mut c_void, context: u32, interface: *const GUID, out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { nothing(out) }
    }

    /// CoIncrementMTAUsage: E_FAIL, and NULL.
    fn CoIncrementMTAUsage(cookie: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { nothing(cookie) }
    }

    /// CoCreateFreeThreadedMarshaler: E_FAIL, and NULL.
    fn CoCreateFreeThreadedMarshaler(outer: *mut c_void, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { nothing(out) }
    }

    /// RoGetActivationFactory: E_FAIL, and NULL.
    fn RoGetActivationFactory(class: *mut c_void, interface: *const GUID, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { nothing(out) }
    }

    /// RoGetAgileReference: E_FAIL, and NULL.
    fn RoGetAgileReference(
        options: i32, interface: *const GUID, object: *mut c_void, out: *mut *mut c_void,
    ) -> HRESULT {
        // SAFETY: the caller's.
        unsafe { nothing(out) }
    }

    /// RoOriginateErrorW: FALSE, nobody was told.
    fn RoOriginateErrorW(code: HRESULT, length: u32, message: *const u16) -> i32 {
        0
    }

    /// GetErrorInfo: S_FALSE, there is none.
    fn GetErrorInfo(reserved: u32, out: *mut *mut c_void) -> HRESULT {
        // SAFETY: the caller's.
        match unsafe { nothing(out) } {
            E_FAIL => S_FALSE,
            wrong => wrong,
        }
    }

    /// SetErrorInfo: S_OK, and it is forgotten.
    fn SetErrorInfo(reserved: u32, info: *mut c_void) -> HRESULT {
        S_OK
    }

    /// EncodePointer: the pointer as it is.
    fn EncodePointer(pointer: *const c_void) -> *mut c_void {
        pointer.cast_mut()
    }
}
