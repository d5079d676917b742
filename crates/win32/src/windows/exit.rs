//! The report when a program ends, and the program's status.
//!
//! A program ends through `ExitProcess`, whatever its language's runtime calls it by, and the status is known there alone: the
//! DLL's own entry point is told no status and could not change it. So the import slots of the loaded modules that name
//! `ExitProcess` are turned to a function of ours, which reports while every thread is still alive, and goes on to the system's.
//! A module that was loaded later is not seen; then the DLL's entry point reports, and a program with findings ends with 1.
//! `TerminateProcess`, `abort` and crashes report nothing, as `_exit` and signals do not elsewhere.

use core::ffi::c_void;
use core::ptr;
use core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::OnceLock;

use windows_sys::Win32::Foundation::HMODULE;
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleW, GetProcAddress};
use windows_sys::Win32::System::Memory::{PAGE_READWRITE, VirtualProtect};
use windows_sys::Win32::System::ProcessStatus::K32EnumProcessModules;
use windows_sys::Win32::System::SystemServices::{IMAGE_DOS_SIGNATURE, IMAGE_NT_SIGNATURE};
use windows_sys::Win32::System::Threading::{ExitProcess, GetCurrentProcess};

/// Reports, and says with which status the program shall end.
///
/// Called at most once, with the program's own status, or with `None` where it is not known. In that case the threads of the
/// program are gone already, in the middle of what they did: take no lock without `try_lock`.
pub type Report = fn(status: Option<u32>) -> u32;

static REPORT: OnceLock<Report> = OnceLock::new();
static REPORTED: AtomicBool = AtomicBool::new(false);
static SYSTEM_EXIT: AtomicUsize = AtomicUsize::new(0);

/// Has `report` called when the program ends; only the first call counts.
///
/// Returns how many import slots name the end of the program now; zero means that only the DLL's entry point will report.
pub fn at_exit(report: Report) -> usize {
    if REPORT.set(report).is_err() {
        return 0;
    }
    // SAFETY: kernel32 is in every process, and the names end with NUL.
    let system = unsafe {
        let kernel = GetModuleHandleW(windows_sys::core::w!("kernel32.dll"));
        GetProcAddress(kernel, c"ExitProcess".as_ptr().cast())
    };
    let Some(system) = system else { return 0 };
    SYSTEM_EXIT.store(system as usize, Ordering::Release);
    // SAFETY: the modules were loaded by the system and are not unloaded in this moment: the loader's own are never, and
    // those of the program are in use by the caller.
    modules()
        .into_iter()
        .map(|module| unsafe {
            redirect(module, system as usize, exit_process as *const c_void as usize)
        })
        .sum()
}

/// Calls the report once; `None` if it was called before or if there is none.
pub(super) fn report(status: Option<u32>) -> Option<u32> {
    let report = REPORT.get()?;
    (!REPORTED.swap(true, Ordering::AcqRel)).then(|| report(status))
}

/// Stands in the import slots instead of `ExitProcess`.
unsafe extern "system" fn exit_process(status: u32) {
    let status = report(Some(status)).unwrap_or(status);
    let system = SYSTEM_EXIT.load(Ordering::Acquire);
    if system == 0 {
        // SAFETY: ends this process.
        unsafe { ExitProcess(status) }
    }
    // SAFETY: the address is that of ExitProcess, stored before any slot was turned.
    let system: unsafe extern "system" fn(u32) -> ! = unsafe { core::mem::transmute(system) };
    // SAFETY: ends this process.
    unsafe { system(status) }
}

/// The modules of this process.
fn modules() -> Vec<HMODULE> {
    let mut modules: Vec<HMODULE> = vec![ptr::null_mut(); 256];
    loop {
        let size_bytes = u32::try_from(modules.len() * size_of::<HMODULE>()).unwrap_or(u32::MAX);
        let mut needed_bytes = 0_u32;
        // SAFETY: the size is the buffer's.
        let done = unsafe {
            K32EnumProcessModules(
                GetCurrentProcess(),
                modules.as_mut_ptr(),
                size_bytes,
                &mut needed_bytes,
            )
        };
        if done == 0 {
            return Vec::new();
        }
        let needed = needed_bytes as usize / size_of::<HMODULE>();
        if needed <= modules.len() {
            modules.truncate(needed);
            return modules;
        }
        modules.resize(needed, ptr::null_mut());
    }
}

/// Turns every import slot of a module that holds the address `from` to `to`, and returns how many there were.
///
/// # Safety
///
/// `module` is loaded, by the loader, and stays so during the call; `to` is a function of the same type as `from`.
unsafe fn redirect(module: HMODULE, from: usize, to: usize) -> usize {
    // The offsets are those of the PE format: e_lfanew at 60; behind the signature (4) and the file header (20) the optional
    // header, whose data directories begin at 96 (32 bits) or 112 (64 bits); the second is that of the imports.
    let base: *const u8 = module.cast();
    // SAFETY: the caller's promise: a loaded module begins with its headers, and what they point to is mapped.
    unsafe {
        let u16_at = |offset: usize| base.add(offset).cast::<u16>().read_unaligned();
        let u32_at = |offset: usize| base.add(offset).cast::<u32>().read_unaligned() as usize;
        if u16_at(0) != IMAGE_DOS_SIGNATURE {
            return 0;
        }
        let headers = u32_at(60);
        if u32_at(headers) != IMAGE_NT_SIGNATURE as usize {
            return 0;
        }
        let optional = headers + 24;
        let directories = optional + if u16_at(optional) == 0x20b { 112 } else { 96 };
        if u32_at(directories - 4) < 2 || u32_at(directories + 8) == 0 {
            return 0;
        }
        let mut found = 0;
        let mut descriptor = u32_at(directories + 8);
        // A descriptor has five members of 4 bytes: the fourth is the DLL's name, the last the slots. A zero ends each list.
        while u32_at(descriptor + 12) != 0 {
            let mut slot = base.add(u32_at(descriptor + 16)).cast::<usize>().cast_mut();
            while slot.read() != 0 {
                if slot.read() == from {
                    found += usize::from(write_slot(slot, to));
                }
                slot = slot.add(1);
            }
            descriptor += 20;
        }
        found
    }
}

/// Writes one import slot, which the loader has made read-only.
///
/// # Safety
///
/// `slot` is an import slot of a loaded module.
unsafe fn write_slot(slot: *mut usize, value: usize) -> bool {
    let mut before = 0;
    // SAFETY: the caller's promise; the slot is aligned, and other threads read it as a whole.
    unsafe {
        if VirtualProtect(slot.cast(), size_of::<usize>(), PAGE_READWRITE, &mut before) == 0 {
            return false;
        }
        AtomicUsize::from_ptr(slot).store(value, Ordering::Release);
        VirtualProtect(slot.cast(), size_of::<usize>(), before, &mut before);
    }
    true
}
