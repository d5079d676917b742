//! Registrations through both doors, what their callbacks are handed, and what these do.

use std::ffi::c_void;
use std::ptr::null_mut;
use std::sync::Arc;

use netiosim_win32::export as abi;
use netiosim_win32::layout::Layout;
use netiosim_win32::sim::model::ids::Handle;
use netiosim_win32::sim::model::row::ForwardRow;
use netiosim_win32::sim::{
    ConnectivityHintCallback, HandleCell, IpInterfaceCallback, RouteCallback, Row,
    StableTableCallback, StackRef, TeredoPortCallback, UnicastAddressCallback,
};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use crate::queries::port;
use crate::seen::{SEEN, hint_row_text, hint_text, plain, plain_rows, rows, say};

/// Both stacks make the same handles.
pub(crate) const TAG: u16 = 60_001;

/// A callback ran: what it was handed, and what its context makes it do.
fn called(what: String, context: u64) {
    say(format!("callback {what} context {context}"));
    match context % 12 {
        1 => port(true),
        2 => cancel(2 + (context / 12) as usize),
        3 => register(0, 0, true, 1, true, 0),
        4 => cancel(2),
        _ => {}
    }
}

fn number<T>(context: *const T) -> u64 {
    context.addr() as u64
}

unsafe extern "system" fn on_port(context: *const c_void, port: u16, kind: i32) {
    called(format!("port {port} kind {kind}"), number(context));
}

unsafe extern "system" fn on_interface(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    kind: i32,
) {
    let row = (!row.is_null()).then(|| unsafe { MIB_IPINTERFACE_ROW::read_keys(row) });
    let keys = row.map(|row| (row.family, row.luid, row.index));
    called(format!("interface {keys:?} kind {kind}"), number(context));
}

unsafe extern "system" fn on_address(
    context: *const c_void,
    row: *const MIB_UNICASTIPADDRESS_ROW,
    kind: i32,
) {
    let row = (!row.is_null()).then(|| unsafe { MIB_UNICASTIPADDRESS_ROW::read_keys(row) });
    let keys = row.map(|row| (row.address.to_string(), row.luid, row.index));
    called(format!("address {keys:?} kind {kind}"), number(context));
}

unsafe extern "system" fn on_route(
    context: *const c_void,
    row: *const MIB_IPFORWARD_ROW2,
    kind: i32,
) {
    let row = (!row.is_null()).then(|| unsafe { MIB_IPFORWARD_ROW2::read_keys(row) });
    let keys = row.map(|row| {
        let (to, hop) = (row.destination.to_string(), row.next_hop.to_string());
        (to, row.prefix_length, hop, row.luid, row.index)
    });
    called(format!("route {keys:?} kind {kind}"), number(context));
}

unsafe extern "system" fn on_table(
    context: *const c_void,
    table: *const MIB_UNICASTIPADDRESS_TABLE,
) {
    let rows = unsafe { rows::<MIB_UNICASTIPADDRESS_ROW>(table.cast()) };
    SEEN.with_borrow_mut(|seen| seen.tables.push((table.addr(), None)));
    called(format!("table {rows}"), number(context));
}

unsafe extern "system" fn on_hint(context: *const c_void, hint: NL_NETWORK_CONNECTIVITY_HINT) {
    called(format!("hint {}", hint_text(hint)), number(context));
}

fn with_stack(
    stack: &StackRef,
    kind: u8,
    context: u64,
    initial: bool,
    family: u16,
    callback: bool,
    handle: Option<&HandleCell>,
) -> u32 {
    /// Registrations of one kind have one callback, as those of the ABI have one function.
    struct Callbacks {
        port: TeredoPortCallback,
        interface: IpInterfaceCallback,
        address: UnicastAddressCallback,
        route: RouteCallback,
        table: StableTableCallback,
        hint: ConnectivityHintCallback,
    }
    thread_local! {
        static CALLBACKS: Callbacks = Callbacks {
            port: Arc::new(|context, port, kind| called(format!("port {port} kind {}", kind as i32), context)),
            interface: Arc::new(|context, row, kind| {
                let keys = row.map(|row: &Row<'_>| (row.family().number(), row.luid(), row.index()));
                called(format!("interface {keys:?} kind {}", kind as i32), context);
            }),
            address: Arc::new(|context, row, kind| {
                let keys = row.map(|row| (row.address().to_string(), row.luid(), row.index()));
                called(format!("address {keys:?} kind {}", kind as i32), context);
            }),
            route: Arc::new(|context, row, kind| {
                let keys = row.map(|row| {
                    let full = ForwardRow::from(row.key());
                    let (to, hop) = (full.destination.to_string(), full.next_hop.to_string());
                    (to, full.prefix_length, hop, row.luid(), row.index())
                });
                called(format!("route {keys:?} kind {}", kind as i32), context);
            }),
            table: Arc::new(|context, table| {
                let stack = plain().expect("the plain stack calls");
                let rows = plain_rows::<MIB_UNICASTIPADDRESS_ROW>(&stack, table);
                SEEN.with_borrow_mut(|seen| seen.tables.push((0, Some(table))));
                called(format!("table {rows}"), context);
            }),
            hint: Arc::new(|context, hint| called(format!("hint {}", hint_row_text(hint)), context)),
        };
    }
    CALLBACKS.with(|all| match kind {
        0 => stack.notify_teredo_port_change(
            callback.then(|| all.port.clone()),
            context,
            initial,
            handle,
        ),
        1 => stack.notify_ip_interface_change(
            family,
            callback.then(|| all.interface.clone()),
            context,
            initial,
            handle,
        ),
        2 => stack.notify_unicast_ip_address_change(
            family,
            callback.then(|| all.address.clone()),
            context,
            initial,
            handle,
        ),
        3 => stack.notify_route_change2(
            family,
            callback.then(|| all.route.clone()),
            context,
            initial,
            handle,
        ),
        4 => {
            let mut table = None;
            let code = stack.notify_stable_unicast_ip_address_table(
                family,
                Some(&mut table),
                callback.then(|| all.table.clone()),
                context,
                handle,
            );
            if let Some(table) = table {
                say(format!("at once {}", plain_rows::<MIB_UNICASTIPADDRESS_ROW>(stack, table)));
                SEEN.with_borrow_mut(|seen| seen.tables.push((0, Some(table))));
            }
            code
        }
        _ => stack.notify_network_connectivity_hint_change(
            callback.then(|| all.hint.clone()),
            context,
            initial,
            handle,
        ),
    })
}

unsafe fn with_abi(
    kind: u8,
    context: *const c_void,
    initial: u8,
    family: u16,
    callback: bool,
    out: *mut HANDLE,
) -> u32 {
    macro_rules! given {
        ($function:ident) => {
            if callback { Some($function) } else { None }
        };
    }
    unsafe {
        match kind {
            0 => abi::NotifyTeredoPortChange(given!(on_port), context, initial, out),
            1 => abi::NotifyIpInterfaceChange(family, given!(on_interface), context, initial, out),
            2 => {
                abi::NotifyUnicastIpAddressChange(family, given!(on_address), context, initial, out)
            }
            3 => abi::NotifyRouteChange2(family, given!(on_route), context, initial, out),
            4 => {
                let mut table = null_mut();
                let code = abi::NotifyStableUnicastIpAddressTable(
                    family,
                    &mut table,
                    given!(on_table),
                    context,
                    out,
                );
                if !table.is_null() {
                    say(format!("at once {}", rows::<MIB_UNICASTIPADDRESS_ROW>(table.cast())));
                    SEEN.with_borrow_mut(|seen| seen.tables.push((table.addr(), None)));
                }
                code
            }
            _ => abi::NotifyNetworkConnectivityHintChange(given!(on_hint), context, initial, out),
        }
    }
}

pub(crate) fn register(kind: u8, family: u16, callback: bool, initial: u8, pointer: bool, act: u8) {
    let count = SEEN.with_borrow(|seen| seen.handles.len()) as u64;
    let context = 12 * count + u64::from(act);
    let (code, handle) = match plain() {
        Some(stack) => {
            let cell = HandleCell::holding(Handle(0x77));
            let given = pointer.then_some(&cell);
            let code = with_stack(&stack, kind, context, initial != 0, family, callback, given);
            (code, cell.get().0)
        }
        None => {
            let mut handle: HANDLE = std::ptr::without_provenance_mut(0x77);
            let out: *mut HANDLE = if pointer { &mut handle } else { null_mut() };
            let context = std::ptr::without_provenance(context as usize);
            let code = unsafe { with_abi(kind, context, initial, family, callback, out) };
            (code, handle.addr() as u64)
        }
    };
    SEEN.with_borrow_mut(|seen| {
        seen.handles.push(if code == 0 || code == 997 { handle } else { 0 });
    });
    say(format!("register {kind}: {code} {handle:#x}"));
}

pub(crate) fn cancel(at: usize) {
    let handle = SEEN.with_borrow(|seen| match at {
        0 => 0,
        1 => (u64::from(TAG) << 48) | 0xABC0,
        at => seen.handles.get(at - 2).copied().unwrap_or_default(),
    });
    let code = match plain() {
        Some(stack) => stack.cancel_mib_change_notify2(Handle(handle)),
        None => unsafe {
            abi::CancelMibChangeNotify2(std::ptr::without_provenance_mut(handle as usize))
        },
    };
    say(format!("cancel {at}: {code}"));
}
