//! The callbacks: a function finds the registration that it is called for, and does what that wants.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use netiosim_model::api::Reply;
use netiosim_model::function::Function;
use netiosim_model::row::Row;
use netiosim_model::status::Status;
use netiosim_sim::StackRef;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, FreeMibTable, GetTeredoPort, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW,
    MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::super::looked;
use super::super::notes::Notes;
use super::library::Library;
use super::place::Place;
use super::rows::{self, Holds};
use super::tables::Table;
use super::{handle, number};
use crate::backend::{Act, Answered, Did, Heard, Told};

/// As many registrations of a function have a callback each that is theirs alone.
pub(super) const SLOTS: usize = 16;
/// How long a callback waits for the call that registered it to return.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whose the callbacks are that come on threads of no stack that is known here: those of the session over the system, or over a library.
pub(super) const SYSTEM: u64 = u64::MAX;

/// What the callbacks of each stack have to know: they are told nothing but a context.
static ALL: Mutex<BTreeMap<u64, Arc<Callbacks>>> = Mutex::new(BTreeMap::new());

thread_local! {
    /// The stack that the program's thread is bound to: initial notifications may come on it.
    static OWN: Cell<Option<u64>> = const { Cell::new(None) };
    /// While the program's thread makes a registration, its variable for the handle, or NULL.
    static VARIABLE: Cell<Option<*const HANDLE>> = const { Cell::new(None) };
}

/// Who writes down what callbacks are called with, and does for them what takes more than the API.
pub(super) trait Listener: Send + Sync {
    /// A callback is called.
    fn hear(&self, heard: Heard);
    /// It did this.
    fn did(&self, did: Did);
    /// Takes the program's lock and gives it back.
    fn pass_lock(&self);
    /// CancelMibChangeNotify2 on another thread.
    fn cancel_aside(&self, handle: u64);
}

impl Listener for Notes {
    fn hear(&self, heard: Heard) {
        Self::hear(self, heard);
    }

    fn did(&self, did: Did) {
        Self::did(self, did);
    }

    fn pass_lock(&self) {
        Self::pass_lock(self);
    }

    fn cancel_aside(&self, handle: u64) {
        Self::cancel_aside(self, handle, cancel);
    }
}

/// What the callbacks of one session have to know.
pub(super) struct Callbacks {
    /// Whose they are: what they call is there, too.
    library: Library,
    notes: Arc<dyn Listener>,
    known: Mutex<Vec<Arc<Known>>>,
}

/// A registration.
pub(super) struct Known {
    function: Function,
    context: u64,
    /// Which callback it has.
    pub(super) slot: usize,
    acts: Vec<Act>,
    /// What its variable for the handle holds, once the call has returned.
    handle: Mutex<Option<u64>>,
    returned: Condvar,
}

impl Known {
    /// Makes the registration.
    ///
    /// # Safety
    ///
    /// The variable for the handle is NULL or can be read as long as the call lasts.
    pub(super) unsafe fn made_by(
        &self,
        variable: *const HANDLE,
        call: impl FnOnce() -> u32,
    ) -> u32 {
        VARIABLE.set(Some(variable));
        let code = call();
        VARIABLE.set(None);
        code
    }

    /// The registration was made, and its variable holds this.
    pub(super) fn has(&self, handle: Option<u64>) {
        *locked(&self.handle) = Some(handle.unwrap_or_default());
        self.returned.notify_all();
    }

    /// Its handle, as a program has it that looks into the variable.
    fn own(&self) -> u64 {
        if let Some(variable) = VARIABLE.get() {
            // SAFETY: it is NULL or the variable of the call that this very thread is inside of.
            let handle = (!variable.is_null()).then(|| unsafe { variable.read() });
            return handle.map(number).unwrap_or_default();
        }
        let handle = locked(&self.handle);
        let returned = self.returned.wait_timeout_while(handle, PATIENCE, |h| h.is_none());
        returned.unwrap_or_else(PoisonError::into_inner).0.unwrap_or_default()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Callbacks {
    /// Those of a stack that the calling thread is bound to from now on.
    pub(super) fn of(stack: u64, library: Library, notes: Arc<dyn Listener>) -> Arc<Self> {
        let callbacks = Arc::new(Self { library, notes, known: Mutex::default() });
        locked(&ALL).insert(stack, callbacks.clone());
        OWN.set(Some(stack));
        callbacks
    }

    /// The stack is gone.
    pub(super) fn forget(stack: u64) {
        locked(&ALL).remove(&stack);
    }

    /// Notes a registration that is about to be made.
    pub(super) fn add(&self, function: Function, context: u64, acts: &[Act]) -> Arc<Known> {
        let known = &mut locked(&self.known);
        let slot = known.iter().filter(|known| known.function == function).count() % SLOTS;
        let (acts, handle) = (acts.to_vec(), Mutex::default());
        let new = Known { function, context, slot, acts, handle, returned: Condvar::new() };
        known.push(Arc::new(new));
        known[known.len() - 1].clone()
    }

    /// The registration that a callback is called for: of those with this callback the last with this context.
    fn find(&self, function: Function, slot: usize, context: u64) -> Option<Arc<Known>> {
        let known = locked(&self.known);
        let mut fitting = known.iter().filter(|known| {
            (known.function, known.slot, known.context) == (function, slot, context)
        });
        fitting.next_back().cloned()
    }
}

/// What a callback is handed besides its context.
enum Handed {
    /// What is no pointer.
    Nothing,
    Interface(*const MIB_IPINTERFACE_ROW),
    Address(*const MIB_UNICASTIPADDRESS_ROW),
    Route(*const MIB_IPFORWARD_ROW2),
    Table(*const MIB_UNICASTIPADDRESS_TABLE),
}

impl Handed {
    /// The row, as FreeMibTable takes it.
    fn row(&self) -> *const c_void {
        match self {
            Self::Interface(row) => row.cast(),
            Self::Address(row) => row.cast(),
            Self::Route(row) => row.cast(),
            Self::Nothing | Self::Table(_) => ptr::null(),
        }
    }

    /// Copies the keys of the row into a new one and asks for the rest.
    fn look(&self) -> Option<Did> {
        // SAFETY: each pointer is NULL or that to a row that is lent while the callback runs.
        unsafe {
            match self {
                Self::Interface(row) => look(*row, Function::GetIpInterfaceEntry),
                Self::Address(row) => look(*row, Function::GetUnicastIpAddressEntry),
                Self::Route(row) => look(*row, Function::GetIpForwardEntry2),
                Self::Nothing | Self::Table(_) => None,
            }
        }
    }

    /// Reads the table and frees it.
    fn table(&self) -> Did {
        let Self::Table(table) = self else { return Did::Table(None) };
        // SAFETY: the pointer is NULL or a table that the callback is given, and that nobody has freed.
        let rows = (!table.is_null()).then(|| unsafe {
            let rows = MIB_UNICASTIPADDRESS_TABLE::rows(*table);
            sys!(FreeMibTable(table.cast()));
            rows
        });
        Did::Table(rows)
    }
}

/// # Safety
///
/// The row is NULL, or its keys can be read.
unsafe fn look<L: Holds>(lent: *const L, function: Function) -> Option<Did> {
    if lent.is_null() {
        return None;
    }
    // SAFETY: the caller's.
    let keys: Row = unsafe { L::take_keys(lent) }.into();
    let answered = rows::call(function, 0, Some(&keys)).ok()?;
    let Answered { code, output, .. } = answered;
    // Nobody asks which status is behind the code.
    Some(looked(keys, Reply { status: Status::Success, code, output }))
}

/// A callback is called.
fn called(function: Function, slot: usize, context: *const c_void, told: Told, handed: &Handed) {
    let stack = StackRef::of_this_thread().map(|stack| stack.uid()).or(OWN.get());
    let callbacks = {
        let all = locked(&ALL);
        stack.and_then(|stack| all.get(&stack)).or_else(|| all.get(&SYSTEM)).cloned()
    };
    let Some(callbacks) = callbacks else { return };
    // The thread may be one that the library made.
    let _entered = callbacks.library.enter();
    let (notes, context) = (&callbacks.notes, context.expose_provenance() as u64);
    notes.hear(Heard { context, told });
    let Some(known) = callbacks.find(function, slot, context) else { return };
    for act in &known.acts {
        match act {
            Act::Lock => notes.pass_lock(),
            Act::CancelOwn => notes.did(Did::Cancelled(cancel(known.own()))),
            Act::Cancel(handle) => notes.did(Did::Cancelled(cancel(*handle))),
            Act::HandCancel => notes.cancel_aside(known.own()),
            Act::Look => {
                if let Some(did) = handed.look() {
                    notes.did(did);
                }
            }
            Act::FreeRow => {
                let any = callbacks.library.takes_any_address();
                // SAFETY: it is NULL or a row, which is not ours to free: that goes only to a function that takes any address.
                unsafe { sys!(FreeMibTable(if any { handed.row() } else { ptr::null() })) };
            }
            Act::FreeTable => notes.did(handed.table()),
            Act::Port => {
                let mut place = Place::<u16>::new();
                // SAFETY: it is a place for a port.
                let code = unsafe { sys!(GetTeredoPort(place.at())) };
                let port = super::calls::written(&mut place).filter(|_| code == 0);
                notes.did(Did::Port(code, port));
            }
        }
    }
}

/// CancelMibChangeNotify2.
pub(super) fn cancel(value: u64) -> u32 {
    // SAFETY: any number may be given.
    unsafe { sys!(CancelMibChangeNotify2(handle(value))) }
}

/// The callbacks of a function, one a slot.
macro_rules! slots {
    ($all:ident: $callback:ident as $type:ty) => {
        pub(super) static $all: [$type; SLOTS] = [
            $callback::<0>,
            $callback::<1>,
            $callback::<2>,
            $callback::<3>,
            $callback::<4>,
            $callback::<5>,
            $callback::<6>,
            $callback::<7>,
            $callback::<8>,
            $callback::<9>,
            $callback::<10>,
            $callback::<11>,
            $callback::<12>,
            $callback::<13>,
            $callback::<14>,
            $callback::<15>,
        ];
    };
}

type OnPort = unsafe extern "system" fn(*const c_void, u16, MIB_NOTIFICATION_TYPE);
type OnRow<L> = unsafe extern "system" fn(*const c_void, *const L, MIB_NOTIFICATION_TYPE);
type OnTable = unsafe extern "system" fn(*const c_void, *const MIB_UNICASTIPADDRESS_TABLE);
type OnHint = unsafe extern "system" fn(*const c_void, NL_NETWORK_CONNECTIVITY_HINT);

slots!(ON_PORT: on_port as OnPort);
slots!(ON_INTERFACE: on_interface as OnRow<MIB_IPINTERFACE_ROW>);
slots!(ON_ADDRESS: on_address as OnRow<MIB_UNICASTIPADDRESS_ROW>);
slots!(ON_ROUTE: on_route as OnRow<MIB_IPFORWARD_ROW2>);
slots!(ON_TABLE: on_table as OnTable);
slots!(ON_HINT: on_hint as OnHint);

unsafe extern "system" fn on_port<const SLOT: usize>(
    context: *const c_void,
    port: u16,
    kind: MIB_NOTIFICATION_TYPE,
) {
    let function = Function::NotifyTeredoPortChange;
    called(function, SLOT, context, Told::Port { port, kind }, &Handed::Nothing);
}

macro_rules! with_row {
    ($($name:ident($row:ty) of $function:ident is $handed:ident;)*) => {$(
        unsafe extern "system" fn $name<const SLOT: usize>(
            context: *const c_void,
            row: *const $row,
            kind: MIB_NOTIFICATION_TYPE,
        ) {
            let told = Told::Row { row: !row.is_null(), kind };
            called(Function::$function, SLOT, context, told, &Handed::$handed(row));
        }
    )*};
}

with_row! {
    on_interface(MIB_IPINTERFACE_ROW) of NotifyIpInterfaceChange is Interface;
    on_address(MIB_UNICASTIPADDRESS_ROW) of NotifyUnicastIpAddressChange is Address;
    on_route(MIB_IPFORWARD_ROW2) of NotifyRouteChange2 is Route;
}

unsafe extern "system" fn on_table<const SLOT: usize>(
    context: *const c_void,
    table: *const MIB_UNICASTIPADDRESS_TABLE,
) {
    let function = Function::NotifyStableUnicastIpAddressTable;
    called(function, SLOT, context, Told::Table, &Handed::Table(table));
}

unsafe extern "system" fn on_hint<const SLOT: usize>(
    context: *const c_void,
    hint: NL_NETWORK_CONNECTIVITY_HINT,
) {
    // SAFETY: the hint is a variable of this function.
    let hint = unsafe { NL_NETWORK_CONNECTIVITY_HINT::take(&raw const hint) };
    let function = Function::NotifyNetworkConnectivityHintChange;
    called(function, SLOT, context, Told::Hint(hint), &Handed::Nothing);
}
