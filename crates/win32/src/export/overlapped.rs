//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify.

use std::collections::BTreeMap;

use netiosim_sim::{Overlapped, StackRef};
use parking_lot::Mutex;
use windows_sys::Win32::Foundation::{HANDLE, STATUS_PENDING};
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::macros::exports;
use super::on_stack;
use crate::{current, origin, sentinel};

/// ERROR_IO_PENDING.
const PENDING: u32 = 997;

/// The simulator's side of each OVERLAPPED that a request was made with, by stack and address.
static KNOWN: Mutex<BTreeMap<(u64, usize), Overlapped>> = Mutex::new(BTreeMap::new());

/// The simulator's side of the structure at this address.
pub(crate) fn of(stack: &StackRef, overlapped: *const OVERLAPPED) -> Option<Overlapped> {
    KNOWN.lock().get(&(stack.uid(), overlapped.addr())).cloned()
}

fn of_or_new(stack: &StackRef, overlapped: *const OVERLAPPED) -> Option<Overlapped> {
    if overlapped.is_null() {
        return None;
    }
    let mut known = KNOWN.lock();
    let count = known.range((stack.uid(), 0)..=(stack.uid(), usize::MAX)).count();
    let made = known
        .entry((stack.uid(), overlapped.addr()))
        .or_insert_with(|| stack.overlapped(&format!("overlapped-{}", count + 1)));
    Some(made.clone())
}

type Request = fn(&StackRef, bool, Option<&Overlapped>) -> u32;

unsafe fn notify(
    function: &str,
    caller: usize,
    handle: *mut HANDLE,
    overlapped: *const OVERLAPPED,
    request: Request,
) -> u32 {
    on_stack(function, caller, |stack| {
        let known = of_or_new(stack, overlapped);
        origin::announce(caller);
        let code = request(stack, !handle.is_null(), known.as_ref());
        if code == PENDING {
            // SAFETY: the caller's: both point to what the page says.
            unsafe {
                (&raw const (*overlapped).Internal).cast_mut().write_unaligned(STATUS_PENDING as usize);
                // A value that is good for nothing but being there; it must not be closed.
                handle.write_unaligned(overlapped.cast_mut().cast());
            }
        }
        code
    })
}

exports! {
    /// NotifyAddrChange: the next change of an IPv4 address, told once. With both pointers NULL the call waits
    /// for it.
    [2] fn NotifyAddrChange(caller; handle: *mut HANDLE, overlapped: *const OVERLAPPED) -> u32 {
        let request: Request = |stack, handle, overlapped| stack.notify_addr_change(handle, overlapped);
        // SAFETY: the caller's.
        unsafe { notify("NotifyAddrChange", caller, handle, overlapped, request) }
    }

    /// NotifyRouteChange: the next change of an IPv4 route, told once; else as [`NotifyAddrChange`].
    [2] fn NotifyRouteChange(caller; handle: *mut HANDLE, overlapped: *const OVERLAPPED) -> u32 {
        let request: Request = |stack, handle, overlapped| stack.notify_route_change(handle, overlapped);
        // SAFETY: the caller's.
        unsafe { notify("NotifyRouteChange", caller, handle, overlapped, request) }
    }

    /// CancelIPChangeNotify: whether a pending request was cancelled.
    [1] fn CancelIPChangeNotify(caller; overlapped: *const OVERLAPPED) -> i32 {
        let done = current::current("CancelIPChangeNotify", caller).is_some_and(|stack| {
            let known = of(&stack, overlapped);
            origin::announce(caller);
            stack.cancel_ip_change_notify(known.as_ref())
        });
        sentinel::set();
        i32::from(done)
    }
}
