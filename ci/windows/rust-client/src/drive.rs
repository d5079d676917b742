//! The `netiosim_*` functions of the simulator's DLL, looked up by name.

use std::ffi::{CStr, CString, c_char, c_void};
use std::ptr;

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::core::w;

type Stack = *mut c_void;
type Address = unsafe extern "C" fn(Stack, *const c_char, *const c_char) -> i32;

/// The simulator, as the program under test sees it: nothing but a DLL. See `include/netiosim.h`.
pub struct Simulator {
    stack: Stack,
    restart_teredo: unsafe extern "C" fn(Stack, u16) -> i32,
    add_address: Address,
    remove_address: Address,
    set_mtu: unsafe extern "C" fn(Stack, *const c_char, u32, u32) -> i32,
    run_until_idle: unsafe extern "C" fn(Stack, *mut usize) -> i32,
    advance_ms: unsafe extern "C" fn(Stack, u64, *mut usize) -> i32,
}

impl Simulator {
    /// Ends the program with 2 if `iphlpapi.dll` is not the simulator's.
    pub fn find() -> Self {
        // SAFETY: the functions are those of include/netiosim.h.
        unsafe {
            let dll = GetModuleHandleW(w!("iphlpapi.dll"));
            let default_stack: unsafe extern "C" fn() -> Stack =
                export(dll, c"netiosim_default_stack");
            let stack = default_stack();
            assert!(!stack.is_null(), "there is no default stack");
            Simulator {
                stack,
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
        // SAFETY: the stack is good.
        assert_eq!(unsafe { (self.restart_teredo)(self.stack, port) }, 0);
    }

    pub fn add_address(&self, alias: &str, address: &str) {
        let (alias, address) = (CString::new(alias).unwrap(), CString::new(address).unwrap());
        // SAFETY: both end with NUL and live during the call.
        assert_eq!(unsafe { (self.add_address)(self.stack, alias.as_ptr(), address.as_ptr()) }, 0);
    }

    pub fn remove_address(&self, alias: &str, address: &str) {
        let (alias, address) = (CString::new(alias).unwrap(), CString::new(address).unwrap());
        // SAFETY: both end with NUL and live during the call.
        assert_eq!(
            unsafe { (self.remove_address)(self.stack, alias.as_ptr(), address.as_ptr()) },
            0
        );
    }

    pub fn set_mtu(&self, alias: &str, ip_version: u32, mtu: u32) {
        let alias = CString::new(alias).unwrap();
        // SAFETY: it ends with NUL and lives during the call.
        assert_eq!(unsafe { (self.set_mtu)(self.stack, alias.as_ptr(), ip_version, mtu) }, 0);
    }

    /// What it returns tells of findings, too, which the DLL reports by itself at the end.
    pub fn run_until_idle(&self) {
        // SAFETY: the stack is good, and NULL asks for no number.
        unsafe { (self.run_until_idle)(self.stack, ptr::null_mut()) };
    }

    pub fn advance_ms(&self, ms: u64) {
        // SAFETY: the stack is good, and NULL asks for no number.
        assert_eq!(unsafe { (self.advance_ms)(self.stack, ms, ptr::null_mut()) }, 0);
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
