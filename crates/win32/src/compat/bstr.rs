//! The strings of automation, which carry their length before their first unit.

use std::ffi::c_void;

use windows_sys::core::BSTR;

use super::heap::{allocate, free};
use super::host_exports;
use super::text::lstrlenW;

/// Where the text begins in its block; the length in bytes, 4 bytes long, ends there.
const START: usize = 16;

host_exports! {
    /// SysAllocStringLen: a copy of `length` units with a terminator behind them; without a text only the place for it.
    fn SysAllocStringLen(text: *const u16, length: u32) -> BSTR {
        let Some(bytes) = length.checked_mul(2).filter(|bytes| *bytes < u32::MAX / 2) else {
            return std::ptr::null();
        };
        let memory = allocate(START + bytes as usize + 2, true);
        if memory.is_null() {
            return std::ptr::null();
        }
        // SAFETY: the block has place for all of it; the text is the caller's.
        unsafe {
            let start = memory.cast::<u8>().add(START);
            start.sub(4).cast::<u32>().write(bytes);
            if !text.is_null() {
                std::ptr::copy_nonoverlapping(text.cast::<u8>(), start, bytes as usize);
            }
            start.cast::<u16>().cast_const()
        }
    }

    /// SysAllocString: a copy of a text; NULL for NULL.
    fn SysAllocString(text: *const u16) -> BSTR {
        if text.is_null() {
            return std::ptr::null();
        }
        // SAFETY: the caller's.
        unsafe { SysAllocStringLen(text, lstrlenW(text).unsigned_abs()) }
    }

    /// SysFreeString; NULL may be freed.
    fn SysFreeString(text: BSTR) {
        if !text.is_null() {
            // SAFETY: the caller's: of SysAllocStringLen.
            unsafe { free(text.cast::<u8>().sub(START).cast::<c_void>()) };
        }
    }

    /// SysStringLen: the length in units; 0 for NULL.
    fn SysStringLen(text: BSTR) -> u32 {
        // SAFETY: the caller's: of SysAllocStringLen.
        if text.is_null() { 0 } else { unsafe { text.cast::<u8>().sub(4).cast::<u32>().read() / 2 } }
    }
}
