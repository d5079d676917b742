//! Registrations with the system, and how its calls come to a closure.

use std::cell::RefCell;
use std::ffi::c_void;
use std::io::Write;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper as ip;

use super::rows::Keys;
use super::{System, check};
use crate::{
    Callback, Cancel, Change, ChangeKind, Error, Initial, IpInterfaceKey, RouteKey, RowCallback,
    Subscription, TeredoPortChange, UnicastKey,
};

const CANCEL: &str = "CancelMibChangeNotify2";

thread_local! {
    /// The contexts whose callbacks run on this thread.
    static RUNNING: RefCell<Vec<*const c_void>> = const { RefCell::new(Vec::new()) };
}

/// A registration with the system, and the closure that it calls.
struct Registration {
    handle: HANDLE,
    context: *mut c_void,
    /// Frees the context.
    free: unsafe fn(*mut c_void),
}

// SAFETY: a handle may be cancelled on any thread (CX-10), and what the context leads to is `Send + Sync`.
unsafe impl Send for Registration {}
// SAFETY: as above; nothing can be done through a shared reference.
unsafe impl Sync for Registration {}

impl Registration {
    /// Whether the callback runs on this very thread.
    fn is_below(&self) -> bool {
        let own = self.context.cast_const();
        RUNNING.try_with(|running| running.borrow().contains(&own)).unwrap_or(false)
    }

    /// Cancels it; what it calls is freed if it cannot be called any more, and left alone otherwise.
    fn end(&self) -> Result<(), Error> {
        if self.handle.is_null() {
            // Registered without a handle, as Wine does: there is no way back.
            return Ok(());
        }
        // SAFETY: a handle that the system gave, cancelled once.
        check(CANCEL, unsafe { ip::CancelMibChangeNotify2(self.handle) })?;
        // SAFETY: no callback runs, and none will (CX-08): nobody else has the context.
        unsafe { (self.free)(self.context) };
        Ok(())
    }

    /// Cancels it on a thread of its own; without one, it stays.
    fn end_elsewhere(self) {
        // A thread that cannot be had must not make this one wait.
        let registration = ManuallyDrop::new(self);
        let end = move || {
            // Nobody is there to be told.
            let _ = registration.end();
        };
        let _ = std::thread::Builder::new().name("netiosim-api cancel".to_owned()).spawn(end);
    }
}

impl Cancel for Registration {
    fn cancel(self: Box<Self>) -> Result<(), Error> {
        let registration = ManuallyDrop::new(*self);
        if registration.is_below() {
            let why =
                "a registration was cancelled in its own callback, which would wait for itself";
            return Err(Error::new(CANCEL, Error::POSSIBLE_DEADLOCK).explained(why));
        }
        registration.end()
    }

    fn cancel_detached(self: Box<Self>) {
        (*self).end_elsewhere();
    }
}

impl Drop for Registration {
    fn drop(&mut self) {
        if self.is_below() {
            let Self { handle, context, free } = *self;
            Self { handle, context, free }.end_elsewhere();
        } else {
            // Nobody is there to be told.
            let _ = self.end();
        }
    }
}

/// Registers a closure with one of the functions.
fn register<C>(
    function: &'static str,
    callback: C,
    notify: impl FnOnce(*const c_void, *mut HANDLE) -> u32,
) -> Result<Subscription, Error>
where
    C: Send + Sync + 'static,
{
    /// Frees a context of this type.
    ///
    /// # Safety
    ///
    /// `context` came from `Box::<C>::into_raw`, and nobody uses it any more.
    unsafe fn free<C>(context: *mut c_void) {
        // SAFETY: as the caller says.
        drop(unsafe { Box::from_raw(context.cast::<C>()) });
    }

    let context = Box::into_raw(Box::new(callback)).cast::<c_void>();
    let mut handle = ptr::null_mut();
    if let Err(error) = check(function, notify(context, &raw mut handle)) {
        // SAFETY: nothing was registered, so nobody has the context.
        unsafe { free::<C>(context) };
        return Err(error);
    }
    Ok(Subscription::new(Registration { handle, context, free: free::<C> }))
}

/// Calls a closure from a frame of the system's, which no panic must come to.
fn call(context: *const c_void, f: impl FnOnce()) {
    let _ = RUNNING.try_with(|running| running.borrow_mut().push(context));
    let outcome = catch_unwind(AssertUnwindSafe(f));
    let _ = RUNNING.try_with(|running| running.borrow_mut().pop());
    if outcome.is_err() {
        let text = b"netiosim-api: a callback panicked, and a panic cannot go through the system's frames; aborting\n";
        let _ = std::io::stderr().write_all(text);
        std::process::abort();
    }
}

/// NotifyTeredoPortChange.
pub(super) fn teredo_port(
    initial: Initial,
    callback: Callback<TeredoPortChange>,
) -> Result<Subscription, Error> {
    /// What the system calls.
    ///
    /// # Safety
    ///
    /// `context` leads to a `Callback<TeredoPortChange>` that is not freed meanwhile.
    unsafe extern "system" fn entry(context: *const c_void, port: u16, kind: i32) {
        // SAFETY: as the caller says.
        let callback = unsafe { &*context.cast::<Callback<TeredoPortChange>>() };
        let change = TeredoPortChange { kind: ChangeKind::from_number(kind), port };
        call(context, || callback(&change));
    }

    let initial = initial == Initial::Yes;
    register("NotifyTeredoPortChange", callback, |context, handle| {
        // SAFETY: the context is what `entry` wants, and lives until the registration is cancelled.
        unsafe { ip::NotifyTeredoPortChange(Some(entry), context, initial, handle) }
    })
}

/// What the system calls for a change of a row: the keys are copied, and the rest is not looked at.
///
/// # Safety
///
/// `context` leads to a `RowCallback<K>` that is not freed meanwhile; `row` is NULL or leads to a row
/// whose keys are initialized.
unsafe extern "system" fn row_entry<K: Keys>(
    context: *const c_void,
    row: *const K::Raw,
    kind: i32,
) {
    // SAFETY: as the caller says.
    let callback = unsafe { &*context.cast::<RowCallback<K>>() };
    let key = if row.is_null() {
        None
    } else {
        // SAFETY: as the caller says.
        unsafe { K::keys(row) }
    };
    call(context, || callback(&Change::new(&System, ChangeKind::from_number(kind), key)));
}

/// The functions that differ in their names and rows alone.
macro_rules! rows {
    ($($name:ident($key:ty), $function:ident;)*) => {$(
        #[doc = concat!(stringify!($function), ".")]
        pub(super) fn $name(
            family: u16,
            initial: Initial,
            callback: RowCallback<$key>,
        ) -> Result<Subscription, Error> {
            let initial = initial == Initial::Yes;
            register(stringify!($function), callback, |context, handle| {
                let entry = row_entry::<$key>;
                // SAFETY: the context is what `entry` wants, and lives until the registration is cancelled.
                unsafe { ip::$function(family, Some(entry), context, initial, handle) }
            })
        }
    )*};
}

rows! {
    ip_interface(IpInterfaceKey), NotifyIpInterfaceChange;
    unicast_address(UnicastKey), NotifyUnicastIpAddressChange;
    route(RouteKey), NotifyRouteChange2;
}
