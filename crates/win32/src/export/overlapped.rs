//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

#[cfg(all(feature = "compat", unix))]
use netiosim_sim::model::machine::Progress;
use netiosim_sim::{Overlapped, StackRef};
use parking_lot::Mutex;
use windows_sys::Win32::Foundation::{HANDLE, STATUS_CANCELLED, STATUS_PENDING};
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::macros::exports;
use super::on_stack;
use crate::{current, origin, sentinel};

/// ERROR_IO_PENDING.
const PENDING: u32 = 997;

/// The simulator's side of each OVERLAPPED that a request was made with.
struct Known {
    stack: StackRef,
    overlapped: Overlapped,
    /// The event that its request sets, which lives as long.
    #[cfg(all(feature = "compat", unix))]
    event: Option<std::sync::Arc<crate::compat::Event>>,
}

/// By address and stack.
static KNOWN: Mutex<BTreeMap<(usize, u64), Known>> = Mutex::new(BTreeMap::new());

/// The simulator's side of the structure at this address.
fn of(stack: &StackRef, overlapped: *const OVERLAPPED) -> Option<Overlapped> {
    let known = KNOWN.lock();
    known.get(&(overlapped.addr(), stack.uid())).map(|known| known.overlapped.clone())
}

/// The same, whichever stack it is of: the calling thread's if there are several.
#[cfg(all(feature = "compat", unix))]
pub(crate) fn find(overlapped: *const OVERLAPPED) -> Option<(StackRef, Overlapped)> {
    let own = current::of_thread().map(|stack| stack.uid());
    let known = KNOWN.lock();
    let all = || known.range((overlapped.addr(), 0)..=(overlapped.addr(), u64::MAX));
    let (_, known) = all().find(|((_, uid), _)| Some(*uid) == own).or_else(|| all().next_back())?;
    Some((known.stack.clone(), known.overlapped.clone()))
}

fn of_or_new(stack: &StackRef, overlapped: *const OVERLAPPED) -> Option<Overlapped> {
    if overlapped.is_null() {
        return None;
    }
    let mut all = KNOWN.lock();
    let key = (overlapped.addr(), stack.uid());
    if let Some(known) = all.get(&key) {
        return Some(known.overlapped.clone());
    }
    // Those of stacks that are gone are of no use to anybody.
    let (gone, open): (BTreeMap<_, _>, BTreeMap<_, _>) =
        std::mem::take(&mut *all).into_iter().partition(|(_, known)| known.stack.is_closed());
    *all = open;
    let count = all.keys().filter(|(_, uid)| *uid == stack.uid()).count();
    let made = stack.overlapped(&format!("overlapped-{}", count + 1));
    let known = Known {
        stack: stack.clone(),
        overlapped: made.clone(),
        #[cfg(all(feature = "compat", unix))]
        event: None,
    };
    all.insert(key, known);
    drop(all);
    drop(gone);
    Some(made)
}

/// Lets the next request set the structure's hEvent. ERROR_INVALID_HANDLE (6) when that is no event of the stack.
///
/// Without `compat` there are no events: what the member holds is the client's own business.
#[cfg(all(feature = "compat", unix))]
unsafe fn take_event(
    stack: &StackRef,
    overlapped: *const OVERLAPPED,
    known: &Overlapped,
) -> Result<(), u32> {
    // SAFETY: the caller's.
    let handle = unsafe { (&raw const (*overlapped).hEvent).read_unaligned() };
    // The lowest bit says that no completion port is to be told.
    let handle = handle.map_addr(|address| address & !1);
    let event = match crate::compat::event(handle) {
        _ if handle.is_null() => None,
        Some(event) if event.stack.uid() == stack.uid() => Some(event),
        _ => return Err(6),
    };
    known.set_event(event.as_ref().map(|event| &event.signal));
    let mut all = KNOWN.lock();
    let before = all
        .get_mut(&(overlapped.addr(), stack.uid()))
        .and_then(|known| std::mem::replace(&mut known.event, event));
    drop(all);
    drop(before);
    Ok(())
}

/// A member of a client's structure that anybody may look at while the request goes on.
unsafe fn write(member: *mut usize, value: usize) {
    if member.is_aligned() {
        // SAFETY: the caller's.
        unsafe { AtomicUsize::from_ptr(member) }.store(value, Ordering::Release);
    } else {
        // SAFETY: the caller's.
        unsafe { member.write_unaligned(value) };
    }
}

/// The request is on its way: the structure is the system's until it is over, as on Windows, where it must stay where
/// it is until then (documented).
unsafe fn pend(overlapped: *const OVERLAPPED, known: &Overlapped) {
    // SAFETY: the caller's.
    let internal = unsafe { (&raw const (*overlapped).Internal).cast_mut() };
    // SAFETY: the caller's.
    unsafe { write(internal, STATUS_PENDING as usize) };
    let address = internal.expose_provenance();
    known.on_complete(move |code| {
        let status = if code == 0 { 0 } else { STATUS_CANCELLED.cast_unsigned() as usize };
        // SAFETY: the structure stays until its request is over.
        unsafe { write(std::ptr::with_exposed_provenance_mut(address), status) };
    });
}

type Request = fn(&StackRef, bool, Option<&Overlapped>) -> u32;

unsafe fn notify(
    function: &str,
    caller: usize,
    handle: *mut HANDLE,
    overlapped: *const OVERLAPPED,
    request: Request,
) -> u32 {
    let code = on_stack(function, caller, |stack| {
        let known = of_or_new(stack, overlapped);
        #[cfg(all(feature = "compat", unix))]
        if let Some(known) = known.as_ref().filter(|known| known.progress() != Progress::Pending) {
            // SAFETY: the caller's.
            if let Err(code) = unsafe { take_event(stack, overlapped, known) } {
                return code;
            }
        }
        origin::announce(caller);
        let code = request(stack, !handle.is_null(), known.as_ref());
        if let Some(known) = known.filter(|_| code == PENDING) {
            // SAFETY: the caller's: both point to what the page says.
            unsafe {
                // A value that is good for nothing but waiting for it; it must not be closed.
                handle.write_unaligned(overlapped.cast_mut().cast());
                pend(overlapped, &known);
            }
        }
        code
    });
    if code == PENDING {
        // The page's example looks for it there.
        sentinel::put(PENDING);
    }
    code
}

exports! {
    /// NotifyAddrChange: the next change of an IPv4 address, told once. With both pointers NULL the call waits
    /// for it.
    ///
    /// `Internal` of the structure is STATUS_PENDING until then, and afterwards 0 or, cancelled, STATUS_CANCELLED.
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
