//! The names of Windows, as `windows-sys` declares them: on Windows they are the system's own, elsewhere netiosim-win32 has
//! them, over a stack whose callbacks come on threads.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::sync::{Mutex, PoisonError};

use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};
use netiosim_sim::{Mode, Stack, StackRef};
use netiosim_win32::{Bound, bind};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetTeredoPort, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW,
    MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW, NotifyIpInterfaceChange,
    NotifyNetworkConnectivityHintChange, NotifyRouteChange2, NotifyTeredoPortChange,
    NotifyUnicastIpAddressChange,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::sim::{Notes, cannot, note, stack, take, world};
use crate::backend::{
    Backend, Callback, Cannot, Heard, Register, Registered, Session, Told, World,
};

/// The names of Windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abi;

/// The notes of each stack: a callback knows nothing but its context.
static NOTES: Mutex<BTreeMap<u64, Notes>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// The stack that the program's thread is bound to: initial notifications may come on it.
    static OWN: Cell<Option<u64>> = const { Cell::new(None) };
}

struct Bound32 {
    stack: Stack,
    notes: Notes,
    _bound: Bound,
}

impl Backend for Abi {
    fn name(&self) -> &'static str {
        "abi"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        let (stack, notes) = (stack(Mode::Threads, profile, flavour), Notes::default());
        let all = &mut NOTES.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(stack.uid(), notes.clone());
        OWN.set(Some(stack.uid()));
        let _bound = bind(&stack);
        Ok(Box::new(Bound32 { stack, notes, _bound }))
    }
}

impl Drop for Bound32 {
    fn drop(&mut self) {
        let _ = self.stack.take_findings();
        NOTES.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.stack.uid());
    }
}

/// Writes down what a callback was called with, for the stack that calls.
fn called(context: *const c_void, told: Told) {
    let stack = StackRef::of_this_thread().map(|stack| stack.uid()).or(OWN.get());
    let Some(stack) = stack else { return };
    let notes = NOTES.lock().unwrap_or_else(PoisonError::into_inner).get(&stack).cloned();
    if let Some(notes) = notes {
        note(&notes, Heard { context: context.expose_provenance() as u64, told });
    }
}

extern "system" fn on_port(context: *const c_void, port: u16, kind: MIB_NOTIFICATION_TYPE) {
    called(context, Told::Port { port, kind });
}

extern "system" fn on_interface(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    called(context, Told::Row { row: !row.is_null(), kind });
}

extern "system" fn on_address(
    context: *const c_void,
    row: *const MIB_UNICASTIPADDRESS_ROW,
    kind: MIB_NOTIFICATION_TYPE,
) {
    called(context, Told::Row { row: !row.is_null(), kind });
}

extern "system" fn on_route(
    context: *const c_void,
    row: *const MIB_IPFORWARD_ROW2,
    kind: MIB_NOTIFICATION_TYPE,
) {
    called(context, Told::Row { row: !row.is_null(), kind });
}

extern "system" fn on_hint(context: *const c_void, _: NL_NETWORK_CONNECTIVITY_HINT) {
    called(context, Told::Other);
}

impl Session for Bound32 {
    fn register(&mut self, call: &Register) -> Registered {
        let mut variable = call.variable.map(handle);
        let place = variable.as_mut().map_or(std::ptr::null_mut(), |place| place as *mut HANDLE);
        let context = std::ptr::with_exposed_provenance::<c_void>(call.context as usize);
        let listens = call.callback == Callback::Listens;
        let (family, initial) = (call.family, call.initial);
        // SAFETY: the place is a variable or NULL, the callbacks live for ever, and contexts are numbers to them.
        let code = unsafe {
            match call.function {
                Function::NotifyTeredoPortChange => {
                    let callback = listens.then_some(on_port as _);
                    NotifyTeredoPortChange(callback, context, initial, place)
                }
                Function::NotifyIpInterfaceChange => {
                    let callback = listens.then_some(on_interface as _);
                    NotifyIpInterfaceChange(family, callback, context, initial, place)
                }
                Function::NotifyUnicastIpAddressChange => {
                    let callback = listens.then_some(on_address as _);
                    NotifyUnicastIpAddressChange(family, callback, context, initial, place)
                }
                Function::NotifyRouteChange2 => {
                    let callback = listens.then_some(on_route as _);
                    NotifyRouteChange2(family, callback, context, initial, place)
                }
                Function::NotifyNetworkConnectivityHintChange => {
                    let callback = listens.then_some(on_hint as _);
                    NotifyNetworkConnectivityHintChange(callback, context, initial, place)
                }
                other => panic!("{other} is not called here"),
            }
        };
        Registered { code, handle: variable.map(|handle| handle.expose_provenance() as u64) }
    }

    fn cancel(&mut self, value: u64) -> u32 {
        // SAFETY: any number may be given.
        unsafe { CancelMibChangeNotify2(handle(value)) }
    }

    fn teredo_port(&mut self, mut variable: Option<u16>) -> (u32, Option<u16>) {
        let place = variable.as_mut().map_or(std::ptr::null_mut(), |place| place as *mut u16);
        // SAFETY: the place is a variable or NULL.
        let code = unsafe { GetTeredoPort(place) };
        (code, variable)
    }

    fn settle(&mut self) {
        self.stack.run_until_idle();
    }

    fn heard(&mut self) -> Vec<Heard> {
        take(&self.notes)
    }
}

fn handle(value: u64) -> HANDLE {
    std::ptr::with_exposed_provenance_mut(value as usize)
}

world!(Bound32);
