//! The DLL's entry point: what the loader calls.

use core::ffi::c_void;

use windows_sys::Win32::Foundation::{HMODULE, TRUE};
use windows_sys::Win32::System::SystemServices::DLL_PROCESS_DETACH;
use windows_sys::Win32::System::Threading::{GetCurrentProcess, TerminateProcess};
use windows_sys::core::BOOL;

use super::exit;

/// What the loader tells the DLL. Only the end is of interest, and only that of the whole process, where `reserved` is set:
/// the last chance to report for a program that ended on a way that [`exit`] does not see.
///
/// # Safety
///
/// For the loader alone.
#[unsafe(no_mangle)]
#[allow(non_snake_case, reason = "the loader's name")]
pub unsafe extern "system" fn DllMain(_: HMODULE, reason: u32, reserved: *mut c_void) -> BOOL {
    if reason == DLL_PROCESS_DETACH
        && !reserved.is_null()
        && let Some(status) = exit::report(None)
        && status != 0
    {
        // SAFETY: ends this process, which is ending.
        unsafe { TerminateProcess(GetCurrentProcess(), status) };
    }
    TRUE
}
