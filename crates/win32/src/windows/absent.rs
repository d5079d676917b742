//! Functions that this system's `iphlpapi.dll` has not.
//!
//! A program that imports such a name from the system's DLL would not start. Ours has every name that is known, so the
//! program starts, and the call fails with `ERROR_PROC_NOT_FOUND` (127). One line on standard error says it.

use core::ffi::{CStr, c_void};
use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use windows_sys::Win32::Foundation::{ERROR_PROC_NOT_FOUND, SetLastError};

use super::system;

/// How a function tells that it failed.
#[derive(Clone, Copy)]
pub(super) enum Absent {
    /// Returns the error's code: most functions of this DLL.
    Code,
    /// Returns 0, which is FALSE, NULL or no replies, and sets the last error.
    Zero,
    /// Returns INVALID_HANDLE_VALUE and sets the last error.
    #[cfg_attr(
        not(feature = "dll"),
        allow(dead_code, reason = "no function that the simulator plays returns one")
    )]
    Handle,
}

impl Absent {
    /// The function to call instead, which fails; says once what is absent.
    pub(super) fn tell(self, name: &'static CStr) -> *const c_void {
        static TOLD: Mutex<BTreeSet<&'static CStr>> = Mutex::new(BTreeSet::new());
        if TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(name) {
            let library = system::path()
                .map_or_else(|| "iphlpapi.dll".to_owned(), |path| path.display().to_string());
            let why = if system::is_there() { "has no such export" } else { "could not be loaded" };
            let name = name.to_string_lossy();
            // A closed standard error is no reason to fail.
            let _ = writeln!(
                std::io::stderr(),
                "netiosim: {name} is passed on to the system, but {library} {why}: the call fails with ERROR_PROC_NOT_FOUND (127)"
            );
        }
        match self {
            Absent::Code => fail_with_code as *const c_void,
            Absent::Zero => fail_with_zero as *const c_void,
            Absent::Handle => fail_with_handle as *const c_void,
        }
    }
}

// Whoever calls these passed arguments for another function. On 64-bit Windows that is harmless: the caller cleans up.

unsafe extern "system" fn fail_with_code() -> usize {
    // SAFETY: sets a number of this thread.
    unsafe { SetLastError(ERROR_PROC_NOT_FOUND) };
    ERROR_PROC_NOT_FOUND as usize
}

unsafe extern "system" fn fail_with_zero() -> usize {
    // SAFETY: sets a number of this thread.
    unsafe { SetLastError(ERROR_PROC_NOT_FOUND) };
    0
}

unsafe extern "system" fn fail_with_handle() -> usize {
    // SAFETY: sets a number of this thread.
    unsafe { SetLastError(ERROR_PROC_NOT_FOUND) };
    usize::MAX
}
