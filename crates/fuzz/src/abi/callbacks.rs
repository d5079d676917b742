//! Callbacks of a program: they read what they are handed, and some call back.

use std::cell::RefCell;
use std::ffi::c_void;

use netiosim_win32::export as abi;
use netiosim_win32::layout::Layout;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::place::Place;
use super::tables::Handed;
use super::{TABLE, known_code};

/// What a program has.
#[derive(Default)]
pub(super) struct Held {
    pub(super) handles: Vec<HANDLE>,
    pub(super) tables: Vec<Handed>,
}

thread_local! {
    pub(super) static HELD: RefCell<Held> = RefCell::default();
}

/// What the context makes a callback do.
fn act(context: *const c_void) {
    let number = context.addr();
    match number % 8 {
        1 => {
            let mut port = Place::of::<u16>((number / 8) as u8);
            // SAFETY: a place for the port.
            known_code("GetTeredoPort", unsafe { abi::GetTeredoPort(port.at()) });
            port.check("GetTeredoPort");
        }
        2 => {
            let handle = HELD.with_borrow(|held| {
                let at = (number / 8).checked_rem(held.handles.len());
                at.map_or(std::ptr::null_mut(), |at| held.handles[at])
            });
            // SAFETY: a handle is looked up, and leads to no memory.
            known_code("CancelMibChangeNotify2", unsafe { abi::CancelMibChangeNotify2(handle) });
        }
        _ => {}
    }
}

/// The lent row is copied, and asked for.
fn look<L: Layout>(row: *const L, get: unsafe extern "system" fn(*mut L) -> u32) {
    if row.is_null() {
        return;
    }
    // SAFETY: a callback is lent a row, of which the keys can be read.
    let keys = unsafe { L::read_keys(row) };
    let mut own = Place::of::<L>(8);
    // SAFETY: a place for the row.
    let code = unsafe {
        L::write_keys(&keys, own.at());
        get(own.at())
    };
    known_code("a function that fills a row in", code);
    own.check("a function that fills a row in");
}

pub(super) unsafe extern "system" fn on_port(context: *const c_void, _port: u16, kind: i32) {
    assert!((0..=3).contains(&kind), "a notification of type {kind}");
    act(context);
}

pub(super) unsafe extern "system" fn on_interface(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    kind: i32,
) {
    assert_eq!(row.is_null(), kind == 3, "the initial notification alone has no row");
    look(row, abi::GetIpInterfaceEntry);
    act(context);
}

pub(super) unsafe extern "system" fn on_address(
    context: *const c_void,
    row: *const MIB_UNICASTIPADDRESS_ROW,
    kind: i32,
) {
    assert_eq!(row.is_null(), kind == 3, "the initial notification alone has no row");
    look(row, abi::GetUnicastIpAddressEntry);
    act(context);
}

pub(super) unsafe extern "system" fn on_route(
    context: *const c_void,
    row: *const MIB_IPFORWARD_ROW2,
    kind: i32,
) {
    assert_eq!(row.is_null(), kind == 3, "the initial notification alone has no row");
    look(row, abi::GetIpForwardEntry2);
    act(context);
}

pub(super) unsafe extern "system" fn on_table(
    context: *const c_void,
    table: *const MIB_UNICASTIPADDRESS_TABLE,
) {
    let handed = Handed::new::<MIB_UNICASTIPADDRESS_ROW>(TABLE, table.cast());
    HELD.with_borrow_mut(|held| held.tables.push(handed));
    act(context);
}

pub(super) unsafe extern "system" fn on_hint(
    context: *const c_void,
    hint: NL_NETWORK_CONNECTIVITY_HINT,
) {
    assert!(hint.ConnectivityLevel <= 5 && hint.ConnectivityCost <= 3);
    act(context);
}
