//! The heaps of Windows: one heap, the host's.
//!
//! `HeapAlloc`, `LocalAlloc`, `GlobalAlloc` and `CoTaskMemAlloc` all give memory of the C library, so that each can be
//! freed by any other (on Windows not all pairs may), and valgrind and sanitizers see leaks and wrong pointers with the
//! client's own lines. A wrong pointer is the C library's to complain about.

use std::ffi::c_void;

use windows_sys::Win32::Foundation::{HANDLE, HGLOBAL, HLOCAL};

use super::last_error::fail;
use super::{code, host_exports};

/// HEAP_ZERO_MEMORY.
const ZERO: u32 = 0x8;
/// HEAP_REALLOC_IN_PLACE_ONLY.
const IN_PLACE: u32 = 0x10;
/// LMEM_ZEROINIT and GMEM_ZEROINIT.
const ZERO_INIT: u32 = 0x40;

/// What GetProcessHeap gives: an address of ours.
static HEAP: u8 = 0;

fn heap() -> HANDLE {
    (&raw const HEAP).cast_mut().cast()
}

/// As many bytes as are behind a pointer; at least as many as were asked for.
unsafe fn usable(memory: *const c_void) -> usize {
    // SAFETY: the caller's: memory of malloc.
    #[cfg(not(target_vendor = "apple"))]
    unsafe {
        libc::malloc_usable_size(memory.cast_mut())
    }
    // SAFETY: the caller's: memory of malloc.
    #[cfg(target_vendor = "apple")]
    unsafe {
        libc::malloc_size(memory)
    }
}

/// Memory of this size; NULL where there is none.
pub(super) fn allocate(size: usize, zero: bool) -> *mut c_void {
    // No size is too small: an empty block has an address of its own as well.
    // SAFETY: any size may be asked for.
    let memory = unsafe { libc::malloc(size.max(1)) };
    if !memory.is_null() {
        let from = if zero { 0 } else { size };
        // SAFETY: the bytes are of the new block. Those behind its end are zero, so that growing into them gives zeros.
        unsafe { memory.cast::<u8>().add(from).write_bytes(0, usable(memory) - from) };
    }
    memory
}

/// Gives memory back; NULL is left alone.
///
/// # Safety
///
/// NULL, or of [`allocate`] and not given back before.
pub(super) unsafe fn free(memory: *const c_void) {
    // SAFETY: the caller's.
    unsafe { libc::free(memory.cast_mut()) };
}

/// The same bytes in a block of another size; the old one stays where there is no memory.
unsafe fn reallocate(memory: *const c_void, size: usize, flags: u32) -> *mut c_void {
    // SAFETY: the caller's.
    unsafe {
        let old = usable(memory);
        if flags & IN_PLACE != 0 {
            return if size <= old { memory.cast_mut() } else { std::ptr::null_mut() };
        }
        let new = libc::realloc(memory.cast_mut(), size.max(1));
        let now = if new.is_null() { old } else { usable(new) };
        // What grew is new, down to the bytes that only the allocator knew of.
        if now > old && flags & ZERO != 0 {
            new.cast::<u8>().add(old).write_bytes(0, now - old);
        }
        new
    }
}

host_exports! {
    /// GetProcessHeap: the one heap that there is.
    fn GetProcessHeap() -> HANDLE {
        heap()
    }

    /// HeapAlloc. HEAP_GENERATE_EXCEPTIONS has no effect: the answer is NULL.
    fn HeapAlloc(of: HANDLE, flags: u32, size: usize) -> *mut c_void {
        if of != heap() {
            return fail(code::INVALID_HANDLE, std::ptr::null_mut());
        }
        allocate(size, flags & ZERO != 0)
    }

    /// HeapFree; NULL may be freed.
    fn HeapFree(of: HANDLE, flags: u32, memory: *const c_void) -> i32 {
        if of != heap() {
            return fail(code::INVALID_HANDLE, 0);
        }
        // SAFETY: the caller's.
        unsafe { free(memory) };
        1
    }

    /// HeapReAlloc: NULL where there is no memory, and the block stays as it was.
    fn HeapReAlloc(of: HANDLE, flags: u32, memory: *const c_void, size: usize) -> *mut c_void {
        if of != heap() || memory.is_null() {
            let code = if of == heap() { code::INVALID_PARAMETER } else { code::INVALID_HANDLE };
            return fail(code, std::ptr::null_mut());
        }
        // SAFETY: the caller's.
        unsafe { reallocate(memory, size, flags) }
    }

    /// HeapSize: at least as much as was asked for (chosen: Windows gives exactly that); the largest number for what is no
    /// block.
    fn HeapSize(of: HANDLE, flags: u32, memory: *const c_void) -> usize {
        if of != heap() || memory.is_null() {
            return usize::MAX;
        }
        // SAFETY: the caller's.
        unsafe { usable(memory) }
    }

    /// LocalAlloc. Movable memory does not move: its handle is its address.
    fn LocalAlloc(flags: u32, size: usize) -> HLOCAL {
        let memory = allocate(size, flags & ZERO_INIT != 0);
        if memory.is_null() { fail(code::NOT_ENOUGH_MEMORY, memory) } else { memory }
    }

    /// LocalFree: NULL, which is the success.
    fn LocalFree(memory: HLOCAL) -> HLOCAL {
        // SAFETY: the caller's.
        unsafe { free(memory) };
        std::ptr::null_mut()
    }

    /// GlobalAlloc: as [`LocalAlloc`].
    fn GlobalAlloc(flags: u32, size: usize) -> HGLOBAL {
        // SAFETY: any size may be asked for.
        unsafe { LocalAlloc(flags, size) }
    }

    /// GlobalFree: as [`LocalFree`].
    fn GlobalFree(memory: HGLOBAL) -> HGLOBAL {
        // SAFETY: the caller's.
        unsafe { LocalFree(memory) }
    }

    /// CoTaskMemAlloc.
    fn CoTaskMemAlloc(size: usize) -> *mut c_void {
        allocate(size, false)
    }

    /// CoTaskMemRealloc: NULL is an allocation, size 0 frees.
    fn CoTaskMemRealloc(memory: *const c_void, size: usize) -> *mut c_void {
        if memory.is_null() {
            return allocate(size, false);
        }
        if size == 0 {
            // SAFETY: the caller's.
            unsafe { free(memory) };
            return std::ptr::null_mut();
        }
        // SAFETY: the caller's.
        unsafe { reallocate(memory, size, 0) }
    }

    /// CoTaskMemFree; NULL may be freed.
    fn CoTaskMemFree(memory: *const c_void) {
        // SAFETY: the caller's.
        unsafe { free(memory) };
    }
}
