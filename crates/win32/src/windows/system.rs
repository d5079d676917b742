//! The system's own `iphlpapi.dll`, found by its full path: by name alone the loader would give ours back.

use core::ffi::{CStr, c_void};
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::{GetProcAddress, LoadLibraryW};
use windows_sys::Win32::System::SystemInformation::GetSystemDirectoryW;

use super::absent::Absent;
use crate::current;

/// The environment variable that sends calls to the system: `1` does, anything else does not.
pub const FORWARD_VARIABLE: &str = "NETIOSIM_FORWARD";

/// Whether `NETIOSIM_FORWARD=1` asks that calls of threads to which no stack is bound go to the system.
///
/// Read once. Without it such calls go to the default stack.
pub fn forwarding() -> bool {
    static FORWARDING: OnceLock<bool> = OnceLock::new();
    *FORWARDING.get_or_init(|| std::env::var_os(FORWARD_VARIABLE).is_some_and(|value| value == "1"))
}

/// The function that answers a call of an export instead of the simulator; `None` if the simulator is to answer.
///
/// `export` is its name, with a NUL behind it. Where the system has none of that name, the answer is a function that fails
/// with `ERROR_PROC_NOT_FOUND` (127) and says so once on standard error. An export calls this first of all:
/// what it answers has the parameters and the result of the export itself.
#[inline]
pub fn instead(export: &'static str) -> Option<*const c_void> {
    (forwarding() && !current::is_any_bound()).then(|| forwarded(export))
}

#[cold]
fn forwarded(export: &'static str) -> *const c_void {
    // The names are ours, and a missing NUL is found by the first call.
    let name = CStr::from_bytes_with_nul(export.as_bytes()).expect("a name ends with NUL");
    address(name).unwrap_or_else(|| {
        let zero = [c"CancelIPChangeNotify", c"if_indextoname", c"if_nametoindex"].contains(&name);
        if zero { Absent::Zero } else { Absent::Code }.tell(name)
    })
}

/// The address of an export of the system's `iphlpapi.dll`, or `None` if it has no such export or could not be loaded.
///
/// The DLL is loaded at the first use and stays loaded. Not to be called from `DllMain`.
pub fn address(export: &CStr) -> Option<*const c_void> {
    let module = library()? as HMODULE;
    // SAFETY: the module is never freed, and the name ends with NUL.
    let found = unsafe { GetProcAddress(module, export.as_ptr().cast()) }?;
    Some(found as *const c_void)
}

/// The full path of the system's DLL, such as `C:\Windows\System32\iphlpapi.dll`.
pub fn path() -> Option<PathBuf> {
    let mut buffer = [0_u16; 300];
    // SAFETY: the length is the buffer's, in UTF-16 units.
    let length = unsafe { GetSystemDirectoryW(buffer.as_mut_ptr(), buffer.len() as u32) } as usize;
    let directory = buffer.get(..length).filter(|directory| !directory.is_empty())?;
    Some(PathBuf::from(std::ffi::OsString::from_wide(directory)).join("iphlpapi.dll"))
}

/// Whether the system's DLL could be loaded.
pub(super) fn is_there() -> bool {
    library().is_some()
}

/// The system's DLL as a number, for a handle is a pointer and a pointer is not `Sync`.
fn library() -> Option<usize> {
    static LIBRARY: OnceLock<Option<usize>> = OnceLock::new();
    *LIBRARY.get_or_init(|| {
        use std::os::windows::ffi::OsStrExt;
        let path: Vec<u16> = path()?.as_os_str().encode_wide().chain([0]).collect();
        // SAFETY: the path ends with NUL.
        let module = unsafe { LoadLibraryW(path.as_ptr()) };
        (!module.is_null()).then_some(module as usize)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_library_is_found_by_its_full_path() {
        let path = path().expect("every Windows has a system directory");
        assert!(path.is_absolute(), "{}", path.display());
        assert!(address(c"GetIpAddrTable").is_some());
        assert!(address(c"NetiosimHasNoSuchName").is_none());
    }
}
