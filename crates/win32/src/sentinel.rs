//! The last error, which these functions do not set.

/// What errno, or on Windows the last error, holds after every call: no code of anything. Real Windows leaves
/// the last error alone here (observed 20), and a client that reads it instead of the returned code is
/// wrong; with this it reads a number that it cannot mistake for something.
pub const SENTINEL: i32 = 0x6E65_7469;

/// Overwrites the last error.
pub(crate) fn set() {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    // SAFETY: the address of the calling thread's errno.
    unsafe {
        *libc::__errno_location() = SENTINEL;
    }
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    // SAFETY: the address of the calling thread's errno.
    unsafe {
        *libc::__error() = SENTINEL;
    }
    #[cfg(windows)]
    // SAFETY: any number may be set.
    unsafe {
        windows_sys::Win32::Foundation::SetLastError(SENTINEL as u32);
    }
}
