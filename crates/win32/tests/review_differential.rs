//! The Windows functions and the plain safe ones are two faces of one stack: whatever is done, in whatever order, codes,
//! memory, deliveries, findings, the log of calls and the trace are the same.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::cell::RefCell;
use std::ffi::c_void;
use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::ptr::{null, null_mut};
use std::sync::Arc;

use netiosim_win32::layout::{Layout, read_address, write_address};
use netiosim_win32::sim::model::api::{Call, Memory, Output};
use netiosim_win32::sim::model::function::Function;
use netiosim_win32::sim::model::ids::Handle;
use netiosim_win32::sim::model::net::{Family, Luid};
use netiosim_win32::sim::model::profile::Profile;
use netiosim_win32::sim::model::row::{
    ForwardRow, HintRow, IfRow, IpInterfaceRow, SocketAddress, UnicastRow,
};
use netiosim_win32::sim::{HandleCell, Mode, OnDeadlock, Overlapped, Row, Stack, StackRef};
use netiosim_win32::{Bound, bind, builder, export as abi};
use proptest::prelude::*;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{NL_NETWORK_CONNECTIVITY_HINT, SOCKADDR_INET};
use windows_sys::Win32::System::IO::OVERLAPPED;

/// Both stacks make the same handles.
const TAG: u16 = 60_001;
const FAMILIES: [u16; 4] = [0, 2, 23, 7];
const ALIASES: [&str; 3] = ["Ethernet", "Wi-Fi", "Nowhere"];
const ADDRESSES: [&str; 3] = ["192.168.1.10", "10.9.0.1", "fe80::9"];

/// One thing that a program or its machine does.
#[derive(Clone, Debug)]
enum Op {
    Register {
        kind: u8,
        family: usize,
        callback: bool,
        initial: u8,
        handle: bool,
        act: u8,
    },
    /// Of the handles so far, or one of two that none is.
    Cancel(usize),
    Query {
        which: u8,
        family: usize,
        luid: usize,
        index: u32,
        address: usize,
        pointer: bool,
    },
    /// Of a table so far.
    Free(usize),
    Overlapped {
        route: bool,
        slot: usize,
        handle: bool,
    },
    CancelOverlapped(usize),
    Change {
        which: u8,
        alias: usize,
        address: usize,
        number: u16,
    },
    Step,
    Run,
    Advance(u16),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let register = (0..6u8, 0..4usize, 0..8u8, any::<u8>(), 0..8u8, 0..12u8).prop_map(
        |(kind, family, callback, initial, handle, act)| Op::Register {
            kind,
            family,
            callback: callback > 0,
            // Any byte is a BOOLEAN.
            initial: if initial < 128 { 0 } else { initial },
            handle: handle > 0,
            act,
        },
    );
    let query = (0..14u8, 0..4usize, 0..5usize, 0..9u32, 0..3usize, 0..8u8).prop_map(
        |(which, family, luid, index, address, pointer)| Op::Query {
            which,
            family,
            luid,
            index,
            address,
            pointer: pointer > 0,
        },
    );
    let change = (0..13u8, 0..3usize, 0..3usize, any::<u16>())
        .prop_map(|(which, alias, address, number)| Op::Change { which, alias, address, number });
    let op = prop_oneof![
        4 => register,
        3 => (0..12usize).prop_map(Op::Cancel),
        5 => query,
        1 => (0..4usize).prop_map(Op::Free),
        1 => (any::<bool>(), 0..3usize, 0..6u8)
            .prop_map(|(route, slot, handle)| Op::Overlapped { route, slot, handle: handle > 0 }),
        1 => (0..4usize).prop_map(Op::CancelOverlapped),
        6 => change,
        2 => Just(Op::Step),
        2 => Just(Op::Run),
        1 => (1..2000u16).prop_map(Op::Advance),
    ];
    prop::collection::vec(op, 1..24)
}

/// How callbacks call back, and what they saw.
#[derive(Default)]
struct Seen {
    /// Whether the calls are those of the ABI; else of this stack.
    plain: Option<StackRef>,
    lines: Vec<String>,
    handles: Vec<u64>,
    tables: Vec<(usize, Option<netiosim_win32::sim::model::ids::TableId>)>,
}

thread_local! {
    static SEEN: RefCell<Seen> = RefCell::default();
}

fn say(line: String) {
    SEEN.with_borrow_mut(|seen| seen.lines.push(line));
}

fn plain() -> Option<StackRef> {
    SEEN.with_borrow(|seen| seen.plain.clone())
}

fn cancel(at: usize) {
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

fn port(pointer: bool) {
    let mut port = 7;
    let code = match plain() {
        Some(stack) => stack.get_teredo_port(pointer.then_some(&mut port)),
        None => unsafe { abi::GetTeredoPort(if pointer { &mut port } else { null_mut() }) },
    };
    say(format!("port {code}: {port}"));
}

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

fn hint_text(hint: NL_NETWORK_CONNECTIVITY_HINT) -> String {
    format!(
        "{} {} {} {} {}",
        hint.ConnectivityLevel,
        hint.ConnectivityCost,
        hint.ApproachingDataLimit,
        hint.OverDataLimit,
        hint.Roaming
    )
}

fn hint_row_text(hint: HintRow) -> String {
    format!(
        "{} {} {} {} {}",
        hint.level as i32,
        hint.cost as i32,
        hint.approaching_data_limit,
        hint.over_data_limit,
        hint.roaming
    )
}

/// The rows of a table in memory, in the model's terms.
unsafe fn rows<L: Layout<Row: Debug>>(table: *const u8) -> String {
    let first = align_of::<L>().max(4);
    let count = unsafe { table.cast::<u32>().read() } as usize;
    let row = |n| unsafe { L::read(table.add(first).cast::<L>().add(n)) };
    format!("{:?}", (0..count).map(row).collect::<Vec<_>>())
}

/// The rows of a table of the plain functions, the way through memory and back included.
fn plain_rows<L: Layout<Row: Debug> + Default>(
    stack: &StackRef,
    table: netiosim_win32::sim::model::ids::TableId,
) -> String {
    let rows = stack.table_memory(table).expect("it was just handed out");
    let rows = rows.iter().filter_map(|row| L::Row::try_from(row.clone()).ok());
    format!("{:?}", rows.map(|row| through_memory::<L>(&row)).collect::<Vec<_>>())
}

fn through_memory<L: Layout + Default>(row: &L::Row) -> L::Row {
    let mut memory = L::default();
    unsafe {
        L::write(row, &mut memory);
        L::read(&memory)
    }
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
        port: netiosim_win32::sim::TeredoPortCallback,
        interface: netiosim_win32::sim::IpInterfaceCallback,
        address: netiosim_win32::sim::UnicastAddressCallback,
        route: netiosim_win32::sim::RouteCallback,
        table: netiosim_win32::sim::StableTableCallback,
        hint: netiosim_win32::sim::ConnectivityHintCallback,
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

fn register(kind: u8, family: u16, callback: bool, initial: u8, pointer: bool, act: u8) {
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

/// A function with one row, through both doors.
fn row<L: Layout<Row: Debug> + Default>(
    function: Function,
    abi: unsafe extern "system" fn(*mut L) -> u32,
    given: Option<L::Row>,
) {
    let mut memory = L::default();
    if let Some(given) = &given {
        unsafe { L::write(given, &mut memory) };
    }
    let code = match plain() {
        Some(stack) => {
            // A query looks at the keys alone.
            let query = function.name().starts_with("Get");
            let read = if query { L::read_keys } else { L::read };
            let row = given.as_ref().map(|_| unsafe { read(&memory) }.into());
            let reply = stack.call(&Call::Row { function, level: 0, row });
            if let Output::Row(out) = reply.output
                && let Ok(out) = L::Row::try_from(out)
            {
                unsafe { L::write(&out, &mut memory) };
            }
            reply.code
        }
        None => unsafe { abi(if given.is_some() { &mut memory } else { null_mut() }) },
    };
    say(format!("{}: {code} {:?}", function.name(), unsafe { L::read(&memory) }));
}

fn table<L: Layout<Row: Debug> + Default, T>(
    function: Function,
    family: u16,
    pointer: bool,
    abi: impl FnOnce(*mut *mut T) -> u32,
) {
    let text = match plain() {
        Some(stack) => {
            let reply = stack.call(&Call::Table { function, family, level: 0, pointer });
            match reply.output {
                Output::Table(table) => {
                    let text = plain_rows::<L>(&stack, table);
                    SEEN.with_borrow_mut(|seen| seen.tables.push((0, Some(table))));
                    format!("{} {text}", reply.code)
                }
                _ => reply.code.to_string(),
            }
        }
        None => {
            let mut table: *mut T = null_mut();
            let code = abi(if pointer { &mut table } else { null_mut() });
            if table.is_null() {
                code.to_string()
            } else {
                let text = unsafe { rows::<L>(table.cast_const().cast()) };
                SEEN.with_borrow_mut(|seen| seen.tables.push((table.addr(), None)));
                format!("{code} {text}")
            }
        }
    };
    say(format!("{}: {text}", function.name()));
}

fn socket(address: usize) -> SocketAddress {
    match ADDRESSES[address].parse().expect("an address") {
        IpAddr::V4(address) => SocketAddress::V4(address),
        IpAddr::V6(address) => SocketAddress::V6 { address, scope_id: 0 },
    }
}

fn query(luids: &[Luid], op: &Op) {
    let Op::Query { which, family, luid, index, address, pointer } = *op else { return };
    let (family, luid, address) = (FAMILIES[family], luids[luid], socket(address));
    let mut unicast = UnicastRow { address, luid, index, ..UnicastRow::default() };
    unicast.on_link_prefix_length = 24;
    unicast.valid_lifetime = u32::MAX;
    unicast.preferred_lifetime = u32::MAX;
    match which {
        0 => port(pointer),
        1 => {
            let given = IpInterfaceRow { family, luid, index, ..IpInterfaceRow::default() };
            row::<MIB_IPINTERFACE_ROW>(
                Function::GetIpInterfaceEntry,
                abi::GetIpInterfaceEntry,
                pointer.then_some(given),
            );
        }
        2 => row::<MIB_UNICASTIPADDRESS_ROW>(
            Function::GetUnicastIpAddressEntry,
            abi::GetUnicastIpAddressEntry,
            pointer.then_some(unicast),
        ),
        3 => {
            let given = IfRow { luid, index, ..IfRow::default() };
            row::<MIB_IF_ROW2>(Function::GetIfEntry2, abi::GetIfEntry2, pointer.then_some(given));
        }
        4 => {
            unsafe extern "system" fn create(row: *mut MIB_UNICASTIPADDRESS_ROW) -> u32 {
                unsafe { abi::CreateUnicastIpAddressEntry(row) }
            }
            row::<MIB_UNICASTIPADDRESS_ROW>(
                Function::CreateUnicastIpAddressEntry,
                create,
                pointer.then_some(unicast),
            );
        }
        5 => {
            unsafe extern "system" fn delete(row: *mut MIB_UNICASTIPADDRESS_ROW) -> u32 {
                unsafe { abi::DeleteUnicastIpAddressEntry(row) }
            }
            row::<MIB_UNICASTIPADDRESS_ROW>(
                Function::DeleteUnicastIpAddressEntry,
                delete,
                pointer.then_some(unicast),
            );
        }
        6 => table::<MIB_IPINTERFACE_ROW, _>(
            Function::GetIpInterfaceTable,
            family,
            pointer,
            |out| unsafe { abi::GetIpInterfaceTable(family, out) },
        ),
        7 => table::<MIB_UNICASTIPADDRESS_ROW, _>(
            Function::GetUnicastIpAddressTable,
            family,
            pointer,
            |out| unsafe { abi::GetUnicastIpAddressTable(family, out) },
        ),
        8 => table::<MIB_IPFORWARD_ROW2, _>(
            Function::GetIpForwardTable2,
            family,
            pointer,
            |out| unsafe { abi::GetIpForwardTable2(family, out) },
        ),
        9 => table::<MIB_IF_ROW2, _>(Function::GetIfTable2, 0, pointer, |out| unsafe {
            abi::GetIfTable2(out)
        }),
        10 => hint(pointer),
        11 => index_to_luid(index, pointer),
        12 => alias(luid, index as usize, pointer),
        _ => best_route(pointer.then_some(luid), index, address),
    }
}

fn hint(pointer: bool) {
    let mut out = NL_NETWORK_CONNECTIVITY_HINT { ConnectivityLevel: 99, ..Default::default() };
    let code = match plain() {
        Some(stack) => {
            let function = Function::GetNetworkConnectivityHint;
            let reply = stack.call(&Call::Hint { function, index: 0, pointer });
            let text = match reply.output {
                Output::Hint(hint) => hint_row_text(hint),
                _ => hint_text(out),
            };
            return say(format!("hint: {} {text}", reply.code));
        }
        None => unsafe {
            abi::GetNetworkConnectivityHint(if pointer { &mut out } else { null_mut() })
        },
    };
    say(format!("hint: {code} {}", hint_text(out)));
}

fn index_to_luid(index: u32, pointer: bool) {
    let mut luid = Luid(9);
    let code = match plain() {
        Some(stack) => stack.convert_interface_index_to_luid(index, pointer.then_some(&mut luid)),
        None => unsafe {
            let mut out = NET_LUID_LH { Value: 9 };
            let code = abi::ConvertInterfaceIndexToLuid(
                index,
                if pointer { &mut out } else { null_mut() },
            );
            luid = Luid(out.Value);
            code
        },
    };
    say(format!("luid of {index}: {code} {luid:?}"));
}

fn alias(luid: Luid, length: usize, pointer: bool) {
    let mut units = [0x7777_u16; 16];
    let code = match plain() {
        Some(stack) => {
            let call = Call::Convert {
                function: Function::ConvertInterfaceLuidToAlias,
                input: Some(netiosim_win32::sim::model::api::Value::Luid(luid)),
                pointer,
                length,
            };
            let reply = stack.call(&call);
            if let Output::Value(netiosim_win32::sim::model::api::Value::Text(text)) = reply.output
            {
                for (unit, from) in units[..length].iter_mut().zip(text.encode_utf16().chain([0])) {
                    *unit = from;
                }
            }
            reply.code
        }
        None => unsafe {
            let from = NET_LUID_LH { Value: luid.0 };
            let out = if pointer { units.as_mut_ptr() } else { null_mut() };
            abi::ConvertInterfaceLuidToAlias(&from, out, length)
        },
    };
    say(format!("alias of {luid:?}: {code} {units:x?}"));
}

fn best_route(luid: Option<Luid>, index: u32, destination: SocketAddress) {
    let mut best = ForwardRow::default();
    let mut from = SocketAddress::Unspecified;
    let code = match plain() {
        Some(stack) => {
            let (route, source) = (Some(&mut best), Some(&mut from));
            stack.get_best_route2(luid, index, None, Some(destination), 0, route, source)
        }
        None => unsafe {
            let luid = luid.map(|luid| NET_LUID_LH { Value: luid.0 });
            let luid = luid.as_ref().map_or(null(), std::ptr::from_ref);
            let (mut route, mut source) = (MIB_IPFORWARD_ROW2::default(), SOCKADDR_INET::default());
            let mut to = SOCKADDR_INET::default();
            write_address(destination, &mut to);
            let code = abi::GetBestRoute2(luid, index, null(), &to, 0, &mut route, &mut source);
            best = MIB_IPFORWARD_ROW2::read(&route);
            from = read_address(&source);
            code
        },
    };
    say(format!("best route: {code} {best:?} {from:?}"));
}

fn free(at: usize) {
    let Some((address, id)) = SEEN.with_borrow(|seen| seen.tables.get(at).copied()) else { return };
    match (plain(), id) {
        (Some(stack), Some(id)) => stack.free_mib_table(Memory::Table(id)),
        _ => unsafe { abi::FreeMibTable(std::ptr::with_exposed_provenance(address)) },
    }
}

fn change(stack: &StackRef, op: &Op) {
    let Op::Change { which, alias, address, number } = *op else { return };
    let (alias, text) = (ALIASES[alias], format!("{}/24", ADDRESSES[address]));
    let answer = match which {
        0 => format!("{:?}", stack.restart_teredo_on(40_000 + number % 100)),
        1 => format!("{:?}", stack.stop_teredo()),
        2 => format!("{:?}", stack.start_teredo()),
        3 => format!("{:?}", stack.set_mtu(alias, Family::V4, 600 + u32::from(number % 900))),
        4 => format!("{:?}", stack.set_connected(alias, number % 2 == 0)),
        5 => format!("{:?}", stack.add_address(alias, &text)),
        6 => format!("{:?}", stack.remove_address(alias, &text)),
        7 => format!("{:?}", stack.add_route(alias, &format!("10.{}.0.0/16", number % 5), None)),
        8 => format!("{:?}", stack.remove_route(alias, &format!("10.{}.0.0/16", number % 5), None)),
        9 if number % 8 == 0 => {
            stack.nsi_restart();
            "restarted".to_owned()
        }
        10 => {
            stack.set_nsi_down(number % 3 == 0);
            "down".to_owned()
        }
        11 => format!("{:?}", stack.disable(alias)),
        12 => format!("{:?}", stack.restart_teredo()),
        _ => String::new(),
    };
    say(format!("change {which}: {answer}"));
}

/// The OVERLAPPED structures of a program, and what the plain functions have in their place.
#[derive(Default)]
struct Requests {
    /// Boxed: they stay where they are.
    memory: Box<[OVERLAPPED; 3]>,
    plain: [Option<Overlapped>; 3],
    made: usize,
}

impl Requests {
    fn notify(&mut self, route: bool, slot: usize, handle: bool) {
        let code = match plain() {
            Some(stack) => {
                let structure = self.plain[slot].get_or_insert_with(|| {
                    self.made += 1;
                    stack.overlapped(&format!("overlapped-{}", self.made))
                });
                match route {
                    false => stack.notify_addr_change(handle, Some(structure)),
                    true => stack.notify_route_change(handle, Some(structure)),
                }
            }
            None => unsafe {
                let structure: *const OVERLAPPED = &raw const self.memory[slot];
                let mut out = null_mut();
                let out: *mut HANDLE = if handle { &mut out } else { null_mut() };
                match route {
                    false => abi::NotifyAddrChange(out, structure),
                    true => abi::NotifyRouteChange(out, structure),
                }
            },
        };
        say(format!("overlapped {slot}: {code}"));
    }

    fn cancel(&self, slot: usize) {
        let done = match plain() {
            Some(stack) => {
                let structure = self.plain.get(slot).and_then(Option::as_ref);
                stack.cancel_ip_change_notify(structure)
            }
            None => unsafe {
                let structure = self.memory.get(slot).map_or(null(), std::ptr::from_ref);
                abi::CancelIPChangeNotify(structure) != 0
            },
        };
        say(format!("overlapped {slot} cancelled: {done}"));
    }

    /// How the requests are, by the structures' memory.
    fn look(&self) {
        let states: Vec<usize> = match plain() {
            Some(_) => self.plain.iter().map(|structure| state(structure.as_ref())).collect(),
            None => self
                .memory
                .iter()
                .map(|one| unsafe { (&raw const one.Internal).read_volatile() })
                .collect(),
        };
        say(format!("requests {states:x?}"));
    }
}

/// What `Internal` says of a request.
fn state(structure: Option<&Overlapped>) -> usize {
    const STATUS_PENDING: usize = 0x103;
    const STATUS_CANCELLED: usize = 0xC000_0120;
    match structure.map(Overlapped::result) {
        Some(996) => STATUS_PENDING,
        Some(995) => STATUS_CANCELLED,
        _ => 0,
    }
}

/// All that can be seen of a run.
#[derive(Debug, PartialEq)]
struct Transcript {
    lines: Vec<String>,
    calls: Vec<String>,
    trace: Vec<String>,
    findings: Vec<String>,
}

fn run(ops: &[Op], seed: u64, profile: Profile, with_abi: bool) -> Transcript {
    // Pending requests end with the stack, which is dropped first.
    let mut requests = Requests::default();
    let stack: Stack = builder()
        .mode(Mode::Manual)
        .on_deadlock(OnDeadlock::Error)
        .seed(seed)
        .profile(profile)
        // Memory has to hold something before anybody reads it: the ABI asks for this earlier.
        .option("row-non-key", "poison")
        .tag(TAG)
        .build();
    let bound: Option<Bound> = with_abi.then(|| bind(&stack));
    SEEN.set(Seen { plain: (!with_abi).then(|| stack.handle()), ..Seen::default() });
    let mut luids: Vec<Luid> =
        ["Ethernet", "Wi-Fi"].iter().filter_map(|alias| stack.luid(alias).ok()).collect();
    luids.extend([Luid(0), Luid(77), Luid(0)]);
    luids.truncate(5);
    luids.resize(5, Luid(0));
    for op in ops {
        match *op {
            Op::Register { kind, family, callback, initial, handle, act } => {
                register(kind, FAMILIES[family], callback, initial, handle, act);
            }
            Op::Cancel(at) => cancel(at),
            Op::Query { .. } => query(&luids, op),
            Op::Free(at) => free(at),
            Op::Overlapped { route, slot, handle } => requests.notify(route, slot, handle),
            Op::CancelOverlapped(slot) => requests.cancel(slot),
            Op::Change { .. } => change(&stack, op),
            Op::Step => say(format!("step {}", stack.step())),
            Op::Run => say(format!("run {}", stack.run_until_idle())),
            Op::Advance(ms) => say(format!("advance {}", stack.advance_ms(u64::from(ms)))),
        }
        requests.look();
    }
    let calls = stack.calls().into_iter().map(|mut call| {
        call.place = None;
        format!("{call:?}")
    });
    let events = stack.events().into_iter().map(|mut event| {
        event.place = None;
        placeless(&stack.inspect(|model| model.trace_line(&event)))
    });
    let (calls, trace) = (calls.collect(), events.collect());
    let findings = stack.take_findings().into_iter();
    let findings =
        findings.map(|finding| placeless(&format!("{} {}", finding.rule.id(), finding.message)));
    let findings = findings.collect();
    drop(bound);
    let lines = SEEN.take().lines;
    stack.own_process().exit();
    let _ = stack.take_findings();
    Transcript { lines, calls, trace, findings }
}

/// A text without the lines of this file, which are not the same for both.
fn placeless(text: &str) -> String {
    let here = |word: &str| word.contains("review_differential.rs:");
    let words = text.split(' ').map(|word| if here(word) { "here" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_doors_lead_to_the_same_stack(
        ops in ops(),
        seed in any::<u64>(),
        profile in prop_oneof![Just(Profile::Documented), Just(Profile::Observed), Just(Profile::Adversarial)],
    ) {
        let plain = run(&ops, seed, profile, false);
        let abi = run(&ops, seed, profile, true);
        prop_assert_eq!(&plain.lines, &abi.lines);
        prop_assert_eq!(&plain.calls, &abi.calls);
        prop_assert_eq!(&plain.trace, &abi.trace);
        prop_assert_eq!(&plain.findings, &abi.findings);
    }
}

#[test]
fn what_is_compared_is_not_empty() {
    let register =
        |kind| Op::Register { kind, family: 1, callback: true, initial: 1, handle: true, act: 1 };
    let change = |which| Op::Change { which, alias: 0, address: 1, number: 2 };
    let mut ops: Vec<Op> = (0..6).map(register).collect();
    // With a dormant Teredo client the addresses are not stable yet, and the table has to wait.
    let waits =
        Op::Register { kind: 4, family: 0, callback: true, initial: 0, handle: true, act: 1 };
    ops.extend([change(1), change(2), waits]);
    ops.extend([0, 3, 4, 5, 7].map(change));
    ops.extend([Op::Run, Op::Advance(60_000)]);
    let one = run(&ops, 1, Profile::Documented, true);
    for what in ["port 4", "interface Some", "address Some", "route Some", "table [", "hint "] {
        let what = format!("callback {what}");
        assert!(one.lines.iter().any(|line| line.starts_with(&what)), "{what}: {:#?}", one.lines);
    }
    assert!(!one.trace.is_empty() && !one.calls.is_empty());
    assert_eq!(one, run(&ops, 1, Profile::Documented, false));
}

#[test]
fn addresses_are_what_they_say() {
    assert_eq!(socket(0), SocketAddress::V4(Ipv4Addr::new(192, 168, 1, 10)));
}
