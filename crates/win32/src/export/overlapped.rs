//! NotifyAddrChange, NotifyRouteChange and CancelIPChangeNotify.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::model::machine::Progress;
use netiosim_sim::{Overlapped, StackRef};
use windows_sys::Win32::Foundation::{HANDLE, STATUS_CANCELLED, STATUS_PENDING};
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::macros::exports;
use super::on_stack;
use crate::common::Mutex;
use crate::{current, origin, sentinel};

/// ERROR_IO_PENDING.
const PENDING: u32 = 997;

/// The simulator's side of each OVERLAPPED that a request was made with.
struct Known {
    overlapped: Overlapped,
    /// The event that its request sets, which lives as long.
    #[cfg(all(feature = "compat", unix))]
    event: Option<std::sync::Arc<crate::compat::Event>>,
}

/// As many structures of a stack are remembered after their requests are over, the youngest, that it can be asked how
/// they went.
const OVER: usize = 256;

/// The structures of one stack.
struct Own {
    stack: StackRef,
    by_address: BTreeMap<usize, Known>,
    /// Addresses, in the order in which they were first seen.
    order: VecDeque<usize>,
    /// The simulator's side of structures that are forgotten, for others.
    spare: VecDeque<Overlapped>,
    /// How many there may be before it is seen which can be forgotten.
    sweep_at: usize,
    made: usize,
}

/// By uid of the stack.
static KNOWN: Mutex<BTreeMap<u64, Own>> = Mutex::new(BTreeMap::new());

/// The stack and the simulator's side of the structure at this address: the calling thread's own stack, or that which
/// had it last.
pub(crate) fn find(overlapped: *const OVERLAPPED) -> Option<(StackRef, Overlapped)> {
    let own = current::of_thread().map(|stack| stack.uid());
    let known = KNOWN.lock();
    let at = |own: &Own| {
        let known = own.by_address.get(&overlapped.addr())?;
        Some((own.stack.clone(), known.overlapped.clone()))
    };
    own.and_then(|uid| at(known.get(&uid)?)).or_else(|| known.values().rev().find_map(at))
}

fn of_or_new(stack: &StackRef, overlapped: *const OVERLAPPED) -> Option<Overlapped> {
    if overlapped.is_null() {
        return None;
    }
    let address = overlapped.addr();
    let mut all = KNOWN.lock();
    let mut gone = Vec::new();
    if !all.contains_key(&stack.uid()) {
        // Those of stacks that are gone are of no use to anybody.
        let closed: Vec<_> =
            all.iter().filter(|(_, own)| own.stack.is_closed()).map(|(uid, _)| *uid).collect();
        gone.extend(closed.iter().filter_map(|uid| all.remove(uid)));
    }
    let own = all.entry(stack.uid()).or_insert_with(|| Own::new(stack));
    if let Some(known) = own.by_address.get(&address) {
        return Some(known.overlapped.clone());
    }
    let forgotten = own.sweep();
    let made = own.make(address);
    drop(all);
    drop((gone, forgotten));
    Some(made)
}

impl Own {
    fn new(stack: &StackRef) -> Self {
        Self {
            stack: stack.clone(),
            by_address: BTreeMap::new(),
            order: VecDeque::new(),
            spare: VecDeque::new(),
            sweep_at: 2 * OVER,
            made: 0,
        }
    }

    fn make(&mut self, address: usize) -> Overlapped {
        let made = self.spare.pop_front().unwrap_or_else(|| {
            self.made += 1;
            self.stack.overlapped(&format!("overlapped-{}", self.made))
        });
        let known = Known {
            overlapped: made.clone(),
            #[cfg(all(feature = "compat", unix))]
            event: None,
        };
        self.by_address.insert(address, known);
        self.order.push_back(address);
        made
    }

    /// Forgets the oldest of those whose requests are over, when there are many.
    fn sweep(&mut self) -> Vec<Known> {
        let mut forgotten = Vec::new();
        if self.by_address.len() < self.sweep_at {
            return forgotten;
        }
        let pending = |known: &Known| known.overlapped.progress() == Progress::Pending;
        let over = self.by_address.values().filter(|known| !pending(known)).count();
        let mut excess = over.saturating_sub(OVER);
        let by_address = &mut self.by_address;
        self.order.retain(|address| {
            let keep = excess == 0 || by_address.get(address).is_some_and(pending);
            if !keep {
                forgotten.extend(by_address.remove(address));
                excess -= 1;
            }
            keep
        });
        for known in &forgotten {
            known.overlapped.set_event(None);
            self.spare.push_back(known.overlapped.clone());
        }
        self.sweep_at = (2 * OVER).max(2 * self.by_address.len());
        forgotten
    }
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
        .get_mut(&stack.uid())
        .and_then(|own| own.by_address.get_mut(&overlapped.addr()))
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

/// Lets the structure say how its request ends: it is the system's until then, as on Windows, where it must stay where
/// it is (documented).
fn tell_end(internal: *mut usize, known: &Overlapped) {
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
        let idle = known.as_ref().filter(|known| known.progress() != Progress::Pending);
        #[cfg(all(feature = "compat", unix))]
        if let Some(known) = idle {
            // SAFETY: the caller's.
            if let Err(code) = unsafe { take_event(stack, overlapped, known) } {
                return code;
            }
        }
        const { assert!(std::mem::offset_of!(OVERLAPPED, Internal) == 0) };
        let internal = overlapped.cast_mut().cast::<usize>();
        // The request may be over before this call is: what it finds there is pending already.
        let before = idle.filter(|_| !handle.is_null()).map(|_| {
            // SAFETY: the caller's: the structure is nobody else's while no request is made with it.
            unsafe {
                let before = internal.read_unaligned();
                write(internal, STATUS_PENDING as usize);
                before
            }
        });
        origin::announce(caller);
        let code = request(stack, !handle.is_null(), known.as_ref());
        match (&known, before) {
            (Some(known), _) if code == PENDING => {
                // A value that is good for nothing but waiting for it; it must not be closed.
                // SAFETY: the caller's: it points to a place for the handle.
                unsafe { handle.write_unaligned(overlapped.cast_mut().cast()) };
                tell_end(internal, known);
            }
            // SAFETY: the caller's; no request was made.
            (Some(_), Some(before)) => unsafe { write(internal, before) },
            _ => {}
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
        // The structure knows its stack, as a handle does.
        let (stack, known) = match find(overlapped) {
            Some((stack, known)) if !stack.is_closed() => (Some(stack), Some(known)),
            _ => (current::current("CancelIPChangeNotify", caller), None),
        };
        let done = stack.is_some_and(|stack| {
            origin::announce(caller);
            stack.cancel_ip_change_notify(known.as_ref())
        });
        sentinel::set();
        i32::from(done)
    }
}
