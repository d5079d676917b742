//! The names of Windows, as `windows-sys` declares them: on Windows they are the system's own, elsewhere netiosim-win32
//! has them, over a stack whose callbacks come on threads.
//!
//! What lies in memory is read here member by member, and not with what wrote it.

mod adapters;
mod addresses;
mod callbacks;
mod calls;
mod convert;
mod infos;
mod place;
mod rows;
mod tables;

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use netiosim_model::api::Call;
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::machine::Irql;
use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::windows::Windows;
use netiosim_sim::{Mode, Stack};
use netiosim_win32::{Bound, bind};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetTeredoPort, MIB_UNICASTIPADDRESS_TABLE, NotifyIpInterfaceChange,
    NotifyNetworkConnectivityHintChange, NotifyRouteChange2, NotifyStableUnicastIpAddressTable,
    NotifyTeredoPortChange, NotifyUnicastIpAddressChange,
};

use self::callbacks::{
    Callbacks, ON_ADDRESS, ON_HINT, ON_INTERFACE, ON_PORT, ON_ROUTE, ON_TABLE, cancel,
};
use self::place::Place;
use self::tables::Tables;
use super::notes::Notes;
use super::sim::{Setup, world};
use crate::backend::{
    Answered, Backend, Callback, Cannot, Did, Heard, Register, Registered, Session, Whose, World,
};
use crate::check::Verdict;

/// The names of Windows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Abi;

struct Bound32 {
    setup: Setup,
    stack: Stack,
    notes: Arc<Notes>,
    callbacks: Arc<Callbacks>,
    tables: Tables,
    _bound: Bound,
}

impl Backend for Abi {
    fn name(&self) -> &'static str {
        "abi"
    }

    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot> {
        Ok(Box::new(Bound32::of(Setup::new(Mode::Threads, profile, flavour))))
    }
}

impl Bound32 {
    fn of(setup: Setup) -> Self {
        let stack = setup.stack();
        let notes = Notes::new(&stack);
        let callbacks = Callbacks::of(stack.uid(), &notes);
        let _bound = bind(&stack);
        Self { setup, stack, notes, callbacks, tables: Tables::default(), _bound }
    }
}

impl Drop for Bound32 {
    fn drop(&mut self) {
        // Some checks misuse the API on purpose.
        let _ = self.stack.take_findings();
        Callbacks::forget(self.stack.uid());
    }
}

/// The handle of a number.
fn handle(value: u64) -> HANDLE {
    ptr::with_exposed_provenance_mut(value as usize)
}

/// The number of a handle.
fn number(handle: HANDLE) -> u64 {
    handle.expose_provenance() as u64
}

impl Session for Bound32 {
    fn register(&mut self, call: &Register) -> Registered {
        let known = self.callbacks.add(call.function, call.context, &call.acts);
        let mut variable = call.variable.map(handle);
        let place = variable.as_mut().map_or(ptr::null_mut(), |place| &raw mut *place);
        let mut tables = Place::<*mut MIB_UNICASTIPADDRESS_TABLE>::new();
        let table = tables.there(call.table);
        let context = ptr::with_exposed_provenance::<c_void>(call.context as usize);
        let (family, initial, slot) = (call.family, call.initial, known.slot);
        let listens = call.callback == Callback::Listens;
        // SAFETY: the places are variables or NULL, the callbacks live for ever, and contexts are numbers to them.
        let register = || unsafe {
            match call.function {
                Function::NotifyTeredoPortChange => {
                    let callback = listens.then_some(ON_PORT[slot]);
                    NotifyTeredoPortChange(callback, context, initial, place)
                }
                Function::NotifyIpInterfaceChange => {
                    let callback = listens.then_some(ON_INTERFACE[slot]);
                    NotifyIpInterfaceChange(family, callback, context, initial, place)
                }
                Function::NotifyUnicastIpAddressChange => {
                    let callback = listens.then_some(ON_ADDRESS[slot]);
                    NotifyUnicastIpAddressChange(family, callback, context, initial, place)
                }
                Function::NotifyRouteChange2 => {
                    let callback = listens.then_some(ON_ROUTE[slot]);
                    NotifyRouteChange2(family, callback, context, initial, place)
                }
                Function::NotifyStableUnicastIpAddressTable => {
                    let callback = listens.then_some(ON_TABLE[slot]);
                    NotifyStableUnicastIpAddressTable(family, table, callback, context, place)
                }
                Function::NotifyNetworkConnectivityHintChange => {
                    let callback = listens.then_some(ON_HINT[slot]);
                    NotifyNetworkConnectivityHintChange(callback, context, initial, place)
                }
                other => panic!("{other} registers no callback"),
            }
        };
        // SAFETY: the place is a variable or NULL.
        let code = unsafe { known.made_by(place, register) };
        let handle = variable.map(number);
        known.has(handle);
        let table = self.tables.left(&mut tables).map(|(number, _)| number);
        Registered { code, handle, table }
    }

    fn register_foreign(&mut self, _: &Register, _: Whose) -> Result<Registered, Cannot> {
        Err(Cannot::new("the names of Windows have no callbacks of others"))
    }

    fn cancel(&mut self, value: u64) -> u32 {
        cancel(value)
    }

    fn teredo_port(&mut self, mut variable: Option<u16>) -> (u32, Option<u16>) {
        let place = variable.as_mut().map_or(ptr::null_mut(), |place| &raw mut *place);
        // SAFETY: the place is a variable or NULL.
        let code = unsafe { GetTeredoPort(place) };
        (code, variable)
    }

    fn call(&mut self, call: &Call) -> Result<Answered, Cannot> {
        let answered = calls::call(&mut self.tables, call)?;
        let void = matches!(
            call,
            Call::Row {
                function: Function::InitializeIpInterfaceEntry
                    | Function::InitializeUnicastIpAddressEntry
                    | Function::InitializeIpForwardEntry,
                row: None,
                ..
            }
        );
        if void && self.setup.flavour == Flavour::Kernel {
            return Err(Cannot::new(
                "the function is declared without the STATUS of the driver page",
            ));
        }
        Ok(answered)
    }

    fn has(&mut self, function: Function) -> Result<bool, Cannot> {
        Ok(self.stack.has_function(function))
    }

    fn settle(&mut self) {
        self.stack.run_until_idle();
    }

    fn heard(&mut self) -> Vec<Heard> {
        self.notes.take_heard()
    }

    fn did(&mut self) -> Vec<Did> {
        self.notes.take_did()
    }

    fn locked(&mut self, inside: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        let notes = self.notes.clone();
        let _held = notes.lock.lock().map_err(|error| Cannot::new(error.to_string()))?;
        inside(self)
    }

    fn cancel_aside(&mut self, handle: u64) {
        self.notes.cancel_aside(handle, cancel);
    }

    fn cancelled_aside(&mut self) -> Vec<u32> {
        self.notes.take_cancelled()
    }

    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        Ok(self.stack.take_findings().into_iter().map(|finding| finding.rule).collect())
    }
}

world!(Bound32);
