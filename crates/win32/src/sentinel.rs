//! The last error, which these functions do not set.

/// What errno, or on Windows the last error, holds after every call: no code of anything. Real Windows leaves
/// the last error alone here (observed 20), and a client that reads it instead of the returned code is
/// wrong; with this it reads a number that it cannot mistake for something.
pub const SENTINEL: i32 = 0x6E65_7469;

/// Overwrites the last error.
pub(crate) fn set() {
    put(SENTINEL.cast_unsigned());
}

/// Puts a code into the last error.
pub(crate) fn put(code: u32) {
    #[cfg(unix)]
    // SAFETY: the address of the calling thread's errno.
    unsafe {
        *cell() = code.cast_signed();
    }
    #[cfg(windows)]
    // SAFETY: any number may be set.
    unsafe {
        windows_sys::Win32::Foundation::SetLastError(code);
    }
}

/// What is in the last error.
#[cfg(all(feature = "compat", unix))]
pub(crate) fn get() -> u32 {
    // SAFETY: the address of the calling thread's errno.
    unsafe { *cell() }.cast_unsigned()
}

/// Where the calling thread's errno lies.
#[cfg(unix)]
fn cell() -> *mut i32 {
    #[cfg(any(target_os = "android", target_os = "netbsd", target_os = "openbsd"))]
    use libc::__errno as place;
    #[cfg(any(target_os = "linux", target_os = "emscripten", target_os = "hurd"))]
    use libc::__errno_location as place;
    #[cfg(any(target_vendor = "apple", target_os = "freebsd", target_os = "dragonfly"))]
    use libc::__error as place;
    // SAFETY: it takes nothing and cannot fail.
    unsafe { place() }
}
