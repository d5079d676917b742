//! The `netiosim_*` functions of the simulator's DLL, looked up by name.

use std::ffi::{CStr, CString};

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::core::w;

type Address = unsafe extern "C" fn(*const std::ffi::c_char, *const std::ffi::c_char) -> i32;

/// The simulator, as the program under test sees it: nothing but a DLL.
pub struct Simulator {
    restart_teredo: unsafe extern "C" fn(u16) -> i32,
    add_address: Address,
    remove_address: Address,
    set_mtu: unsafe extern "C" fn(*const std::ffi::c_char, u16, u32) -> i32,
    run_until_idle: unsafe extern "C" fn() -> i32,
    advance_ms: unsafe extern "C" fn(u64) -> i32,
}

impl Simulator {
    /// Ends the program with 2 if `iphlpapi.dll` is not the simulator's.
    pub fn find() -> Self {
        // SAFETY: the functions are those of include/netiosim.h.
        unsafe {
            let dll = GetModuleHandleW(w!("iphlpapi.dll"));
            Simulator {
                restart_teredo: export(dll, c"netiosim_restart_teredo"),
                add_address: export(dll, c"netiosim_add_address"),
                remove_address: export(dll, c"netiosim_remove_address"),
                set_mtu: export(dll, c"netiosim_set_mtu"),
                run_until_idle: export(dll, c"netiosim_run_until_idle"),
                advance_ms: export(dll, c"netiosim_advance_ms"),
            }
        }
    }

    pub fn restart_teredo(&self, port: u16) {
        // SAFETY: no pointers.
        assert_eq!(unsafe { (self.restart_teredo)(port) }, 0);
    }

    pub fn add_address(&self, alias: &str, address: &str) {
        let (alias, address) = (CString::new(alias).unwrap(), CString::new(address).unwrap());
        // SAFETY: both end with NUL and live during the call.
        assert_eq!(unsafe { (self.add_address)(alias.as_ptr(), address.as_ptr()) }, 0);
    }

    pub fn remove_address(&self, alias: &str, address: &str) {
        let (alias, address) = (CString::new(alias).unwrap(), CString::new(address).unwrap());
        // SAFETY: both end with NUL and live during the call.
        assert_eq!(unsafe { (self.remove_address)(alias.as_ptr(), address.as_ptr()) }, 0);
    }

    pub fn set_mtu(&self, alias: &str, family: u16, mtu: u32) {
        let alias = CString::new(alias).unwrap();
        // SAFETY: it ends with NUL and lives during the call.
        assert_eq!(unsafe { (self.set_mtu)(alias.as_ptr(), family, mtu) }, 0);
    }

    pub fn run_until_idle(&self) {
        // SAFETY: no pointers.
        unsafe { (self.run_until_idle)() };
    }

    pub fn advance_ms(&self, ms: u64) {
        // SAFETY: no pointers.
        unsafe { (self.advance_ms)(ms) };
    }
}

/// An export as the function that it is.
///
/// # Safety
///
/// `T` is a function pointer of the export's type.
unsafe fn export<T: Copy>(dll: HMODULE, name: &CStr) -> T {
    // SAFETY: the name ends with NUL.
    let Some(found) = (unsafe { GetProcAddress(dll, name.as_ptr().cast()) }) else {
        eprintln!("iphlpapi.dll has no {}: it is not the simulator's", name.to_string_lossy());
        std::process::exit(2);
    };
    // SAFETY: the caller's promise; all function pointers are of one size.
    unsafe { std::mem::transmute_copy(&found) }
}
