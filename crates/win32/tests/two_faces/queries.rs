//! The functions that answer at once, through both doors.

use std::fmt::Debug;
use std::net::{IpAddr, Ipv4Addr};
use std::ptr::{null, null_mut};

use netiosim_win32::export as abi;
use netiosim_win32::layout::{Layout, read_address, write_address};
use netiosim_win32::sim::model::api::{Call, Memory, Output, Value};
use netiosim_win32::sim::model::function::Function;
use netiosim_win32::sim::model::net::Luid;
use netiosim_win32::sim::model::row::{
    ForwardRow, IfRow, IpInterfaceRow, SocketAddress, UnicastRow,
};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW,
};
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{NL_NETWORK_CONNECTIVITY_HINT, SOCKADDR_INET};

use crate::history::{ADDRESSES, FAMILIES, Op};
use crate::seen::{SEEN, hint_row_text, hint_text, plain, plain_rows, rows, say};

pub(crate) fn port(pointer: bool) {
    let mut port = 7;
    let code = match plain() {
        Some(stack) => stack.get_teredo_port(pointer.then_some(&mut port)),
        None => unsafe { abi::GetTeredoPort(if pointer { &mut port } else { null_mut() }) },
    };
    say(format!("port {code}: {port}"));
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

pub(crate) fn query(luids: &[Luid], op: &Op) {
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
                input: Some(Value::Luid(luid)),
                pointer,
                length,
            };
            let reply = stack.call(&call);
            if let Output::Value(Value::Text(text)) = reply.output {
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

pub(crate) fn free(at: usize) {
    let Some((address, id)) = SEEN.with_borrow(|seen| seen.tables.get(at).copied()) else { return };
    match (plain(), id) {
        (Some(stack), Some(id)) => stack.free_mib_table(Memory::Table(id)),
        _ => unsafe { abi::FreeMibTable(std::ptr::with_exposed_provenance(address)) },
    }
}

#[test]
fn addresses_are_what_they_say() {
    assert_eq!(socket(0), SocketAddress::V4(Ipv4Addr::new(192, 168, 1, 10)));
}
