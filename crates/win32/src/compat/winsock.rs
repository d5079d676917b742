//! The names that winsock has for events and the last error, as the page of NotifyAddrChange uses them.

use windows_sys::Win32::Foundation::HANDLE;

use super::event::{CloseHandle, CreateEventW, ResetEvent, SetEvent};
use super::last_error::{GetLastError, SetLastError};
use super::wait::WaitForMultipleObjects;
use super::host_exports;

host_exports! {
    /// WSACreateEvent: a manual-reset event, not set.
    fn WSACreateEvent() -> HANDLE {
        // SAFETY: NULL is no name and no attributes.
        unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) }
    }

    /// WSASetEvent: SetEvent.
    fn WSASetEvent(handle: HANDLE) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { SetEvent(handle) }
    }

    /// WSAResetEvent: ResetEvent.
    fn WSAResetEvent(handle: HANDLE) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { ResetEvent(handle) }
    }

    /// WSACloseEvent: CloseHandle.
    fn WSACloseEvent(handle: HANDLE) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { CloseHandle(handle) }
    }

    /// WSAWaitForMultipleEvents: WaitForMultipleObjects.
    fn WSAWaitForMultipleEvents(
        count: u32, handles: *const HANDLE, all: i32, milliseconds: u32, alertable: i32,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { WaitForMultipleObjects(count, handles, all, milliseconds) }
    }

    /// WSAGetLastError: GetLastError.
    fn WSAGetLastError() -> i32 {
        // SAFETY: it takes nothing.
        unsafe { GetLastError() }.cast_signed()
    }

    /// WSASetLastError: SetLastError.
    fn WSASetLastError(code: i32) {
        // SAFETY: any number may be set.
        unsafe { SetLastError(code.cast_unsigned()) };
    }
}
