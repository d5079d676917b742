//! The wait functions, and the end of an overlapped request.
//!
//! A wait is one of the stack that made the event: without an end it is part of the search for deadlocks, and with one its
//! time is virtual, as `StackRef::wait_signals` says.

use std::sync::Arc;

use netiosim_sim::{Deadlock, Signal, StackRef};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::event::{Event, event};
use super::last_error::attempt;
use super::{code, host_calls};
use crate::export::overlapped;
use crate::origin;

/// WAIT_OBJECT_0.
const OBJECT: u32 = 0;
/// WAIT_TIMEOUT.
const TIMEOUT: u32 = 258;
/// WAIT_FAILED, and INFINITE.
const ALL_ONES: u32 = u32::MAX;
/// MAXIMUM_WAIT_OBJECTS.
const MOST: u32 = 64;
/// ERROR_IO_INCOMPLETE.
const INCOMPLETE: u32 = 996;

/// What can be waited for.
struct Object {
    stack: StackRef,
    signal: Signal,
    /// Keeps it while it is waited for.
    _event: Option<Arc<Event>>,
}

/// What a handle names: an event, or a request of NotifyAddrChange or NotifyRouteChange by the handle that it gave.
fn object(handle: HANDLE) -> Option<Object> {
    if let Some(event) = event(handle) {
        let (stack, signal) = (event.stack.clone(), event.signal.clone());
        return Some(Object { stack, signal, _event: Some(event) });
    }
    let (stack, request) = overlapped::find(handle.cast())?;
    Some(Object { stack, signal: request.event(), _event: None })
}

/// A time in milliseconds as a limit; INFINITE is none.
pub(super) fn limit(milliseconds: u32) -> Option<u64> {
    (milliseconds != ALL_ONES).then_some(u64::from(milliseconds))
}

fn refused(deadlock: &Deadlock) -> u32 {
    match deadlock.finding() {
        Some(_) => code::POSSIBLE_DEADLOCK,
        None => code::SHUTDOWN_IN_PROGRESS,
    }
}

fn wait(handles: &[HANDLE], all: bool, milliseconds: u32, caller: usize) -> u32 {
    attempt(ALL_ONES, || {
        let twice = |n: usize| handles[..n].contains(&handles[n]);
        if handles.is_empty() || (0..handles.len()).any(twice) {
            return Err(code::INVALID_PARAMETER);
        }
        let objects: Option<Vec<Object>> = handles.iter().map(|handle| object(*handle)).collect();
        let objects = objects.ok_or(code::INVALID_HANDLE)?;
        let stack = &objects[0].stack;
        if objects.iter().any(|object| object.stack.uid() != stack.uid()) {
            return Err(code::NOT_SUPPORTED);
        }
        let signals: Vec<Signal> = objects.iter().map(|object| object.signal.clone()).collect();
        origin::announce(caller);
        match stack.wait_signals(&signals, all, limit(milliseconds)) {
            Ok(Some(at)) => Ok(OBJECT + u32::try_from(at).unwrap_or(0)),
            Ok(None) => Ok(TIMEOUT),
            Err(deadlock) => Err(refused(&deadlock)),
        }
    })
}

unsafe fn several(
    count: u32,
    handles: *const HANDLE,
    all: i32,
    milliseconds: u32,
    caller: usize,
) -> u32 {
    if count > MOST || handles.is_null() {
        return attempt(ALL_ONES, || Err(code::INVALID_PARAMETER));
    }
    // SAFETY: the caller's: as many handles as it says.
    let handle = |n| unsafe { handles.add(n as usize).read_unaligned() };
    let handles: Vec<HANDLE> = (0..count).map(handle).collect();
    wait(&handles, all != 0, milliseconds, caller)
}

unsafe fn result(
    structure: *const OVERLAPPED,
    bytes: *mut u32,
    milliseconds: u32,
    caller: usize,
) -> i32 {
    attempt(0, || {
        let (stack, request) = overlapped::find(structure).ok_or(code::INVALID_PARAMETER)?;
        if request.result() == INCOMPLETE && milliseconds != 0 {
            origin::announce(caller);
            match stack.wait_signals(&[request.event()], false, limit(milliseconds)) {
                Ok(Some(_)) => {}
                Ok(None) => return Err(TIMEOUT),
                Err(deadlock) => return Err(refused(&deadlock)),
            }
        }
        match request.result() {
            0 => {
                if !bytes.is_null() {
                    // SAFETY: the caller's: a place for the number.
                    unsafe { bytes.write_unaligned(0) };
                }
                Ok(1)
            }
            code => Err(code),
        }
    })
}

host_calls! {
    /// WaitForSingleObject: for an event, or for the handle that NotifyAddrChange or NotifyRouteChange gave. WAIT_OBJECT_0 (0),
    /// WAIT_TIMEOUT (258), or WAIT_FAILED with the last error: ERROR_INVALID_HANDLE (6) for what cannot be waited for,
    /// ERROR_POSSIBLE_DEADLOCK (1131, chosen) for a wait that would never end.
    [2] fn WaitForSingleObject(caller; handle: HANDLE, milliseconds: u32) -> u32 {
        wait(&[handle], false, milliseconds, caller)
    }

    /// WaitForSingleObjectEx: as [`WaitForSingleObject`]; nothing alerts it.
    [3] fn WaitForSingleObjectEx(caller; handle: HANDLE, milliseconds: u32, alertable: i32) -> u32 {
        wait(&[handle], false, milliseconds, caller)
    }

    /// WaitForMultipleObjects: for one or for all of at most 64, none of them twice, all of one stack
    /// (ERROR_NOT_SUPPORTED, 50, chosen); else as [`WaitForSingleObject`].
    [4] fn WaitForMultipleObjects(
        caller; count: u32, handles: *const HANDLE, all: i32, milliseconds: u32,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { several(count, handles, all, milliseconds, caller) }
    }

    /// WaitForMultipleObjectsEx: as [`WaitForMultipleObjects`]; nothing alerts it.
    [5] fn WaitForMultipleObjectsEx(
        caller; count: u32, handles: *const HANDLE, all: i32, milliseconds: u32, alertable: i32,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { several(count, handles, all, milliseconds, caller) }
    }

    /// GetOverlappedResult: of a request of NotifyAddrChange or NotifyRouteChange. FALSE and the last error
    /// ERROR_IO_INCOMPLETE (996) while it is pending, ERROR_OPERATION_ABORTED (995) after a cancel,
    /// ERROR_INVALID_PARAMETER (87, chosen) for a structure that no request was made with.
    [4] fn GetOverlappedResult(
        caller; file: HANDLE, overlapped: *const OVERLAPPED, bytes: *mut u32, wait: i32,
    ) -> i32 {
        // SAFETY: the caller's.
        unsafe { result(overlapped, bytes, if wait == 0 { 0 } else { ALL_ONES }, caller) }
    }

    /// GetOverlappedResultEx: the same, waiting for no longer than some time; WAIT_TIMEOUT (258) after that.
    [5] fn GetOverlappedResultEx(
        caller; file: HANDLE, overlapped: *const OVERLAPPED, bytes: *mut u32, milliseconds: u32, alertable: i32,
    ) -> i32 {
        // SAFETY: the caller's.
        unsafe { result(overlapped, bytes, milliseconds, caller) }
    }
}
