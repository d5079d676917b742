//! Memory.

use std::ffi::c_void;

use windows_sys::Win32::Foundation::{
    GlobalFree, LocalFree, SysAllocString, SysAllocStringLen, SysFreeString, SysStringLen,
};
use windows_sys::Win32::System::Com::{CoTaskMemAlloc, CoTaskMemFree, CoTaskMemRealloc};
use windows_sys::Win32::System::Memory::{
    GetProcessHeap, GlobalAlloc, HEAP_REALLOC_IN_PLACE_ONLY, HEAP_ZERO_MEMORY, HeapAlloc, HeapFree,
    HeapReAlloc, HeapSize, LMEM_ZEROINIT, LocalAlloc,
};

use crate::{last_error, wide};

unsafe fn bytes<'a>(memory: *const c_void, length: usize) -> &'a [u8] {
    unsafe { std::slice::from_raw_parts(memory.cast(), length) }
}

#[test]
fn a_block_is_zero_where_it_was_asked_for_and_grows_with_zeros() {
    for size in [0, 1, 7, 24, 25, 100, 5000] {
        unsafe {
            let heap = GetProcessHeap();
            // So that the next blocks find dirt in the memory.
            let dirt = HeapAlloc(heap, 0, size + 64);
            dirt.cast::<u8>().write_bytes(0xAB, size + 64);
            assert_eq!(HeapFree(heap, 0, dirt), 1);
            let memory = HeapAlloc(heap, HEAP_ZERO_MEMORY, size);
            assert!(!memory.is_null());
            assert!(HeapSize(heap, 0, memory) >= size);
            assert!(bytes(memory, size).iter().all(|byte| *byte == 0));
            memory.cast::<u8>().write_bytes(1, size);
            let larger = HeapReAlloc(heap, HEAP_ZERO_MEMORY, memory, size + 40);
            let seen = bytes(larger, size + 40);
            assert!(seen[..size].iter().all(|byte| *byte == 1));
            assert!(seen[size..].iter().all(|byte| *byte == 0), "{size}: {seen:?}");
            assert_eq!(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, larger, 1), larger);
            assert!(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, larger, 1 << 20).is_null());
            assert_eq!(HeapFree(heap, 0, larger), 1);
            assert_eq!(HeapFree(heap, 0, std::ptr::null()), 1);
        }
    }
}

#[test]
fn there_is_one_heap() {
    unsafe {
        let heap = GetProcessHeap();
        assert!(!heap.is_null() && heap == GetProcessHeap());
        let other = 16 as *mut c_void;
        assert!(HeapAlloc(other, 0, 1).is_null());
        assert_eq!(last_error(), 6);
        let memory = HeapAlloc(heap, 0, 1);
        assert_eq!(HeapFree(other, 0, memory), 0);
        assert!(HeapReAlloc(other, 0, memory, 2).is_null());
        assert_eq!(HeapSize(other, 0, memory), usize::MAX);
        assert_eq!(HeapFree(heap, 0, memory), 1);
        assert!(HeapAlloc(heap, 0, usize::MAX / 2).is_null());
    }
}

#[test]
fn the_older_and_the_task_allocators() {
    unsafe {
        let local = LocalAlloc(LMEM_ZEROINIT, 100);
        assert!(bytes(local, 100).iter().all(|byte| *byte == 0));
        assert!(LocalFree(local).is_null());
        let global = GlobalAlloc(0, 100);
        assert!(!global.is_null() && GlobalFree(global).is_null());
        assert!(LocalAlloc(0, usize::MAX / 2).is_null());
        assert_eq!(last_error(), 8);
        let task = CoTaskMemRealloc(std::ptr::null(), 8);
        task.cast::<u8>().write_bytes(7, 8);
        let task = CoTaskMemRealloc(task, 5000);
        assert_eq!(bytes(task, 8), [7; 8]);
        assert!(CoTaskMemRealloc(task, 0).is_null());
        CoTaskMemFree(CoTaskMemAlloc(3));
        CoTaskMemFree(std::ptr::null());
    }
}

#[test]
fn a_string_of_automation_knows_its_length() {
    unsafe {
        let text = SysAllocString(wide("Ethernet").as_ptr());
        assert_eq!(SysStringLen(text), 8);
        assert_eq!(std::slice::from_raw_parts(text, 9), wide("Ethernet"));
        assert_eq!(text.cast::<u32>().sub(1).read(), 16, "the bytes, before the text");
        SysFreeString(text);
        let part = SysAllocStringLen(wide("Ethernet").as_ptr(), 5);
        assert_eq!(std::slice::from_raw_parts(part, 6), wide("Ether"));
        SysFreeString(part);
        let empty = SysAllocStringLen(std::ptr::null(), 3);
        assert_eq!((SysStringLen(empty), empty.add(3).read()), (3, 0));
        SysFreeString(empty);
        assert!(SysAllocStringLen(std::ptr::null(), u32::MAX).is_null());
        assert!(SysAllocString(std::ptr::null()).is_null());
        assert_eq!(SysStringLen(std::ptr::null()), 0);
        SysFreeString(std::ptr::null());
    }
}
