//! Libraries: the names of those whose functions are here.

use std::ffi::c_void;

use windows_sys::Win32::Foundation::{FARPROC, HANDLE, HMODULE};

use super::last_error::{attempt, fail};
use super::text::{Unit, text};
use super::{code, host_calls, host_exports, procedures};

/// A library that a program finds.
pub(super) struct Library {
    pub(super) name: &'static str,
    /// Its handle is the address of this.
    place: u8,
}

impl Library {
    pub(super) const fn named(name: &'static str) -> Self {
        Self { name, place: 0 }
    }

    pub(super) fn handle(&'static self) -> HMODULE {
        (&raw const self.place).cast_mut().cast()
    }
}

/// The program itself.
static PROGRAM: Library = Library::named("");
pub(super) static IPHLPAPI: Library = Library::named("iphlpapi.dll");
pub(super) static KERNEL32: Library = Library::named("kernel32.dll");
pub(super) static KERNELBASE: Library = Library::named("kernelbase.dll");
pub(super) static NTDLL: Library = Library::named("ntdll.dll");
pub(super) static COMBASE: Library = Library::named("combase.dll");
pub(super) static OLE32: Library = Library::named("ole32.dll");
pub(super) static OLEAUT32: Library = Library::named("oleaut32.dll");
pub(super) static WS2_32: Library = Library::named("ws2_32.dll");

fn libraries() -> [&'static Library; 8] {
    [&IPHLPAPI, &KERNEL32, &KERNELBASE, &NTDLL, &COMBASE, &OLE32, &OLEAUT32, &WS2_32]
}

/// The library of a name: of the last part of a path, in any case, with or without ".dll".
fn library(name: &str) -> Option<&'static Library> {
    let name = name.rsplit(['\\', '/']).next()?.to_ascii_lowercase();
    let name = name.strip_suffix('.').unwrap_or(&name);
    let stem = name.strip_suffix(".dll").unwrap_or(name);
    libraries().into_iter().find(|library| library.name.strip_suffix(".dll") == Some(stem))
}

/// The library of a handle, the program among them.
fn of_handle(handle: HMODULE) -> Option<&'static Library> {
    libraries().into_iter().chain([&PROGRAM]).find(|library| library.handle() == handle)
}

fn find(name: Option<String>) -> HMODULE {
    match name {
        None => PROGRAM.handle(),
        Some(name) => match library(&name) {
            Some(library) => library.handle(),
            None => fail(code::MOD_NOT_FOUND, std::ptr::null_mut()),
        },
    }
}

unsafe fn load<U: Unit>(name: *const U) -> HMODULE {
    // SAFETY: the caller's.
    match unsafe { text(name) } {
        Some(name) => find(Some(name)),
        None => fail(code::INVALID_PARAMETER, std::ptr::null_mut()),
    }
}

/// A function of a library by its name; there are no numbers.
unsafe fn procedure(module: HMODULE, name: *const u8, caller: usize) -> Result<FARPROC, u32> {
    let library = of_handle(module).ok_or(code::MOD_NOT_FOUND)?;
    // A small number instead of a pointer is an ordinal.
    if name.addr() <= usize::from(u16::MAX) {
        return Err(code::PROC_NOT_FOUND);
    }
    // SAFETY: the caller's: a text with its terminator.
    let name = unsafe { text(name) }.unwrap_or_default();
    let function = procedures::find(library, &name, caller).ok_or(code::PROC_NOT_FOUND)?;
    // SAFETY: a function; whoever calls it turns the pointer into what it really is.
    Ok(Some(unsafe {
        std::mem::transmute::<*const c_void, unsafe extern "system" fn() -> isize>(function)
    }))
}

host_exports! {
    /// GetModuleHandleA: of the libraries that are here; NULL and ERROR_MOD_NOT_FOUND (126) of any other. NULL is the
    /// program.
    fn GetModuleHandleA(name: *const u8) -> HMODULE {
        // SAFETY: the caller's.
        find(unsafe { text(name) })
    }

    /// GetModuleHandleW: as [`GetModuleHandleA`].
    fn GetModuleHandleW(name: *const u16) -> HMODULE {
        // SAFETY: the caller's.
        find(unsafe { text(name) })
    }

    /// LoadLibraryA: nothing is loaded; as [`GetModuleHandleA`], but for NULL.
    fn LoadLibraryA(name: *const u8) -> HMODULE {
        // SAFETY: the caller's.
        unsafe { load(name) }
    }

    /// LoadLibraryW: as [`LoadLibraryA`].
    fn LoadLibraryW(name: *const u16) -> HMODULE {
        // SAFETY: the caller's.
        unsafe { load(name) }
    }

    /// LoadLibraryExA: as [`LoadLibraryA`], whatever the flags are.
    fn LoadLibraryExA(name: *const u8, file: HANDLE, flags: u32) -> HMODULE {
        // SAFETY: the caller's.
        unsafe { load(name) }
    }

    /// LoadLibraryExW: as [`LoadLibraryA`], whatever the flags are.
    fn LoadLibraryExW(name: *const u16, file: HANDLE, flags: u32) -> HMODULE {
        // SAFETY: the caller's.
        unsafe { load(name) }
    }

    /// FreeLibrary: the library stays.
    fn FreeLibrary(module: HMODULE) -> i32 {
        match of_handle(module) {
            Some(_) => 1,
            None => fail(code::MOD_NOT_FOUND, 0),
        }
    }
}

host_calls! {
    /// GetProcAddress: of the functions that are here; NULL and ERROR_PROC_NOT_FOUND (127) of any other, and of a function of
    /// `netioapi.h` that the Windows of the thread's stack does not have.
    [2] fn GetProcAddress(caller; module: HMODULE, name: *const u8) -> FARPROC {
        attempt(None, || {
            // SAFETY: the caller's.
            unsafe { procedure(module, name, caller) }
        })
    }
}
