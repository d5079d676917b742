//! The names that winsock has for events and the last error, as the page of NotifyAddrChange uses them.

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Networking::WinSock::WSAEVENT;

use super::event::{CloseHandle, CreateEventW, ResetEvent, SetEvent};
use super::host_exports;
use super::last_error::{GetLastError, SetLastError};
use super::wait::WaitForMultipleObjects;

/// The handle that winsock has as a number.
fn own(event: WSAEVENT) -> HANDLE {
    std::ptr::without_provenance_mut(event.cast_unsigned())
}

host_exports! {
    /// WSACreateEvent: a manual-reset event, not set.
    fn WSACreateEvent() -> WSAEVENT {
        // SAFETY: NULL is no name and no attributes.
        unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) }.addr().cast_signed()
    }

    /// WSASetEvent: SetEvent.
    fn WSASetEvent(handle: WSAEVENT) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { SetEvent(own(handle)) }
    }

    /// WSAResetEvent: ResetEvent.
    fn WSAResetEvent(handle: WSAEVENT) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { ResetEvent(own(handle)) }
    }

    /// WSACloseEvent: CloseHandle.
    fn WSACloseEvent(handle: WSAEVENT) -> i32 {
        // SAFETY: any handle may be asked for.
        unsafe { CloseHandle(own(handle)) }
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
