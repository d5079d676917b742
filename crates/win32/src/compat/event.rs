//! Events: signals of the stack that its waits know, so that one that nobody sets is explained.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_sim::{Signal, StackRef, WeakStack};
use parking_lot::Mutex;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;

use super::last_error::attempt;
use super::text::{Unit, text};
use super::{code, host_calls};
use crate::{current, origin, sentinel};

/// An event of a stack. Whoever waits for it, or has given it to a request, keeps it after its handle is closed.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) stack: StackRef,
    pub(crate) signal: Signal,
    name: Option<String>,
    auto_reset: bool,
}

impl Drop for Event {
    fn drop(&mut self) {
        // The model has no end for a signal: the next event of the stack takes this one.
        if !self.stack.is_closed() {
            FREE.lock().push((self.auto_reset, self.stack.clone(), self.signal.clone()));
        }
    }
}

/// Signals whose events are gone.
static FREE: Mutex<Vec<(bool, StackRef, Signal)>> = Mutex::new(Vec::new());

#[derive(Default)]
struct Handles {
    /// How many were given out.
    count: usize,
    open: BTreeMap<usize, Arc<Event>>,
}

/// No step of a stack is made while this is locked: another thread may be let go on at every one.
static HANDLES: Mutex<Option<Handles>> = Mutex::new(None);

/// How many signals were made of each stack.
static MADE: Mutex<BTreeMap<u64, (WeakStack, usize)>> = Mutex::new(BTreeMap::new());

/// The event of an open handle.
pub(crate) fn event(handle: HANDLE) -> Option<Arc<Event>> {
    HANDLES.lock().as_ref()?.open.get(&handle.addr()).cloned()
}

/// The open event of a stack with this name.
fn named(stack: &StackRef, name: Option<&str>) -> Option<Arc<Event>> {
    let handles = HANDLES.lock();
    let same = |event: &&Arc<Event>| {
        name.is_some() && event.name.as_deref() == name && event.stack.uid() == stack.uid()
    };
    handles.as_ref()?.open.values().find(same).cloned()
}

/// A new event, or the one of that name and whether it was there already; as a handle.
fn create(stack: &StackRef, auto_reset: bool, set: bool, name: Option<String>) -> (HANDLE, bool) {
    forget_closed();
    let fresh = match named(stack, name.as_deref()) {
        Some(_) => None,
        None => {
            let signal = signal(stack, auto_reset);
            if set {
                signal.set();
            }
            Some(signal)
        }
    };
    // Another thread may have been faster meanwhile.
    let known = named(stack, name.as_deref());
    let existed = known.is_some();
    let event = known.unwrap_or_else(|| {
        let signal = fresh.unwrap_or_else(|| signal(stack, auto_reset));
        Arc::new(Event { stack: stack.clone(), signal, name, auto_reset })
    });
    let mut handles = HANDLES.lock();
    let handles = handles.get_or_insert_default();
    handles.count += 1;
    // Like a kernel handle a multiple of 4, and unlike every handle of a registration.
    let handle = 16 * handles.count + 4;
    handles.open.insert(handle, event);
    (std::ptr::without_provenance_mut(handle), existed)
}

/// Lets go of what stacks that are gone have left: it is of no use to anybody.
fn forget_closed() {
    let mut gone = Vec::new();
    if let Some(handles) = HANDLES.lock().as_mut() {
        let all = std::mem::take(&mut handles.open);
        let (closed, open) = all.into_iter().partition(|(_, event)| event.stack.is_closed());
        handles.open = open;
        gone = Vec::from_iter::<BTreeMap<_, _>>(closed);
    }
    drop(gone);
    FREE.lock().retain(|(_, stack, _)| !stack.is_closed());
    MADE.lock().retain(|_, (stack, _)| stack.upgrade().is_some());
}

/// A signal that is not set and that nobody has.
fn signal(stack: &StackRef, auto_reset: bool) -> Signal {
    let fits =
        |(auto, of, _): &(bool, StackRef, Signal)| *auto == auto_reset && of.uid() == stack.uid();
    let used = {
        let mut free = FREE.lock();
        free.iter().position(fits).map(|at| free.remove(at).2)
    };
    if let Some(signal) = used {
        signal.reset();
        return signal;
    }
    let number = {
        let mut made = MADE.lock();
        let made = made.entry(stack.uid()).or_insert((stack.downgrade(), 0));
        made.1 += 1;
        made.1
    };
    let name = format!("event-{number}");
    if auto_reset { stack.auto_reset_signal(&name) } else { stack.signal(&name) }
}

/// A new event of the calling thread's stack; the last error says whether it existed.
unsafe fn make<U: Unit>(
    function: &str,
    manual: i32,
    set: i32,
    name: *const U,
    caller: usize,
) -> HANDLE {
    let Some(stack) = current::current(function, caller) else {
        sentinel::put(code::INVALID_FUNCTION);
        return std::ptr::null_mut();
    };
    origin::announce(caller);
    // SAFETY: the caller's.
    let name = unsafe { text(name) };
    let (handle, existed) = create(&stack, manual == 0, set != 0, name);
    sentinel::put(if existed { code::ALREADY_EXISTS } else { 0 });
    handle
}

/// Does something to the event of a handle.
fn with(handle: HANDLE, caller: usize, f: impl FnOnce(&Signal)) -> i32 {
    attempt(0, || {
        let event = event(handle).ok_or(code::INVALID_HANDLE)?;
        origin::announce(caller);
        f(&event.signal);
        Ok(1)
    })
}

host_calls! {
    /// CreateEventW: an event of the calling thread's stack. Attributes are not looked at; a name is known in the same stack
    /// only. A thread without a stack gets NULL and ERROR_INVALID_FUNCTION (1), and the finding N024.
    [4] fn CreateEventW(
        caller; attributes: *const SECURITY_ATTRIBUTES, manual: i32, set: i32, name: *const u16,
    ) -> HANDLE {
        // SAFETY: the caller's.
        unsafe { make("CreateEventW", manual, set, name, caller) }
    }

    /// CreateEventA: as [`CreateEventW`].
    [4] fn CreateEventA(
        caller; attributes: *const SECURITY_ATTRIBUTES, manual: i32, set: i32, name: *const u8,
    ) -> HANDLE {
        // SAFETY: the caller's.
        unsafe { make("CreateEventA", manual, set, name, caller) }
    }

    /// SetEvent.
    [1] fn SetEvent(caller; handle: HANDLE) -> i32 {
        with(handle, caller, Signal::set)
    }

    /// ResetEvent.
    [1] fn ResetEvent(caller; handle: HANDLE) -> i32 {
        with(handle, caller, Signal::reset)
    }

    /// CloseHandle: of events. FALSE and ERROR_INVALID_HANDLE (6) for anything else: the handle of a registration
    /// is no kernel handle (observed, X-02), and that of an overlapped request is not to be closed (documented).
    [1] fn CloseHandle(caller; handle: HANDLE) -> i32 {
        attempt(0, || {
            let gone = HANDLES.lock().as_mut().and_then(|handles| handles.open.remove(&handle.addr()));
            gone.map(|_| 1).ok_or(code::INVALID_HANDLE)
        })
    }
}
