//! A program that calls whatever the bytes say.

use std::ffi::c_void;
use std::fmt::Debug;

use netiosim_sim::StackRef;
use netiosim_win32::export as abi;
use netiosim_win32::layout::Layout;
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IF_ROW2, MIB_IFSTACK_ROW, MIB_INVERTEDIFSTACK_ROW,
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_ROW,
};
use windows_sys::Win32::Networking::WinSock::{NL_NETWORK_CONNECTIVITY_HINT, SOCKADDR_INET};
use windows_sys::Win32::System::IO::OVERLAPPED;

use super::callbacks::HELD;
use super::convert::Names;
use super::place::Place;
use super::rows::Rows;
use super::tables::{self, Handed};
use super::{known_code, notify};
use crate::bytes::Bytes;

/// The biggest list of adapters that the program has place for.
const LIST: usize = 16 * 1024;

pub(super) struct Program {
    rows: Rows,
    names: Names,
    /// Boxed: they stay where they are.
    overlapped: Box<[OVERLAPPED; 3]>,
    freed: Option<*const c_void>,
}

impl Program {
    pub(super) fn new(bytes: &mut Bytes<'_>) -> Self {
        let (rows, names) = (Rows::new(bytes), Names::new(bytes));
        Self { rows, names, overlapped: Box::default(), freed: None }
    }

    /// The next thing that it does.
    pub(super) fn step(&mut self, bytes: &mut Bytes<'_>, stack: &StackRef) {
        match bytes.below(32) {
            0..4 => self.rows.poke(bytes),
            4..10 => self.rows.call(bytes),
            10..13 => table(bytes),
            13 | 14 => {
                let n = bytes.below(64);
                HELD.with_borrow(|held| {
                    if let Some(table) = held.tables.last() {
                        self.rows.copy(table, n);
                    }
                });
            }
            15 => self.free(bytes),
            16..19 => self.names.call(bytes),
            19..22 => notify::register(bytes),
            22 => notify::cancel(bytes),
            23 => best(bytes),
            24 => adapters(bytes),
            25 => self.overlapped(bytes),
            26 => hint(bytes),
            27 => {
                let mut port = Place::of::<u16>(bytes.byte());
                let given = bytes.below(8) > 0;
                // SAFETY: NULL, or a place for the port.
                known_code("GetTeredoPort", unsafe { abi::GetTeredoPort(port.at_or_null(given)) });
                port.check("GetTeredoPort");
            }
            28 => change(bytes, stack),
            29 => drop(stack.advance_ms(u64::from(bytes.u16()))),
            30 => drop(stack.run_until_idle()),
            _ => drop(stack.step()),
        }
    }

    /// Everything that it holds is given back.
    pub(super) fn end(&mut self) {
        for at in 0..self.overlapped.len() {
            // SAFETY: a structure that lives longer than the stack.
            unsafe { abi::CancelIPChangeNotify(&raw const self.overlapped[at]) };
        }
        for handle in HELD.with_borrow_mut(|held| std::mem::take(&mut held.handles)) {
            // SAFETY: a handle is looked up, and leads to no memory.
            known_code("CancelMibChangeNotify2", unsafe { abi::CancelMibChangeNotify2(handle) });
        }
        for table in HELD.with_borrow_mut(|held| std::mem::take(&mut held.tables)) {
            table.free();
        }
    }

    /// One of the tables is freed, or NULL, or one that is freed already: that is a finding and no crash.
    fn free(&mut self, bytes: &mut Bytes<'_>) {
        let n = bytes.below(16);
        match (n, self.freed) {
            // SAFETY: NULL is allowed.
            (14, _) => unsafe { abi::FreeMibTable(std::ptr::null()) },
            (15, Some(freed)) => {
                let again = |table: &Handed| std::ptr::eq(table.address(), freed);
                HELD.with_borrow_mut(|held| held.tables.retain(|table| !again(table)));
                // SAFETY: the address alone counts.
                unsafe { abi::FreeMibTable(freed) };
            }
            _ => {
                let table = HELD.with_borrow_mut(|held| {
                    let at = n.checked_rem(held.tables.len());
                    at.map(|at| held.tables.swap_remove(at))
                });
                if let Some(table) = table {
                    self.freed = Some(table.address());
                    table.free();
                }
            }
        }
    }

    fn overlapped(&mut self, bytes: &mut Bytes<'_>) {
        let structure: *const OVERLAPPED = &raw const self.overlapped[bytes.below(3)];
        let mut handle = Place::of::<HANDLE>(bytes.byte());
        let out = handle.at_or_null(bytes.below(4) > 0);
        let which = bytes.below(4);
        // SAFETY: the structure lives longer than the stack, and the handle is NULL or a place for one.
        unsafe {
            match which {
                0 => known_code("NotifyAddrChange", abi::NotifyAddrChange(out, structure)),
                1 => known_code("NotifyRouteChange", abi::NotifyRouteChange(out, structure)),
                2 => drop(abi::CancelIPChangeNotify(std::ptr::null())),
                _ => drop(abi::CancelIPChangeNotify(structure)),
            }
        }
        handle.check("a function with an OVERLAPPED");
    }
}

fn table(bytes: &mut Bytes<'_>) {
    let family = bytes.of(&[0, 2, 23, 7, 0xFFFF]);
    match bytes.below(12) {
        0 => asked::<MIB_IPINTERFACE_ROW>(bytes, |out| {
            // SAFETY: NULL, or a place for the pointer; so for all of these.
            unsafe { abi::GetIpInterfaceTable(family, out.cast()) }
        }),
        1 | 2 => asked::<MIB_UNICASTIPADDRESS_ROW>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetUnicastIpAddressTable(family, out.cast()) }
        }),
        3 => asked::<MIB_ANYCASTIPADDRESS_ROW>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetAnycastIpAddressTable(family, out.cast()) }
        }),
        4 => asked::<MIB_MULTICASTIPADDRESS_ROW>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetMulticastIpAddressTable(family, out.cast()) }
        }),
        5 | 6 => asked::<MIB_IPFORWARD_ROW2>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetIpForwardTable2(family, out.cast()) }
        }),
        7 => asked::<MIB_IPNET_ROW2>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetIpNetTable2(family, out.cast()) }
        }),
        8 => asked::<MIB_IF_ROW2>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetIfTable2(out.cast()) }
        }),
        9 => asked::<MIB_IFSTACK_ROW>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetIfStackTable(out.cast()) }
        }),
        10 => asked::<MIB_INVERTEDIFSTACK_ROW>(bytes, |out| {
            // SAFETY: as above.
            unsafe { abi::GetInvertedIfStackTable(out.cast()) }
        }),
        _ => {
            let level = bytes.below(4) as i32 - 1;
            asked::<MIB_IF_ROW2>(bytes, |out| {
                // SAFETY: as above.
                unsafe { abi::GetIfTable2Ex(level, out.cast()) }
            });
        }
    }
}

/// Asks for a table, and keeps it.
fn asked<L: Layout<Row: Debug>>(bytes: &mut Bytes<'_>, ask: impl FnOnce(*mut *mut c_void) -> u32) {
    let mut out = Place::of::<*mut c_void>(bytes.byte());
    let given = bytes.below(16) > 0;
    let code = ask(out.at_or_null(given));
    known_code("a function that hands out a table", code);
    out.check("a function that hands out a table");
    assert!(given || code != 0, "a table for nobody");
    kept::<L>("a function that hands out a table", code == 0, &mut out);
}

/// Keeps a table, if there should be one.
pub(super) fn kept<L: Layout<Row: Debug>>(function: &str, wanted: bool, out: &mut Place) {
    let at = out.number() as usize as *const u8;
    assert_eq!(wanted, !at.is_null(), "{function}");
    if wanted {
        let table = Handed::new::<L>(function, at);
        HELD.with_borrow_mut(|held| held.tables.push(table));
    }
}

/// An address in memory: often one that leads somewhere.
fn address(bytes: &mut Bytes<'_>) -> Place {
    let mut place = Place::of::<SOCKADDR_INET>(bytes.byte());
    let size = place.bytes().len();
    match bytes.below(3) {
        0 => {
            let new = bytes.take(size);
            place.bytes()[..new.len()].copy_from_slice(new);
        }
        1 => {
            place.bytes()[..2].copy_from_slice(&2_u16.to_ne_bytes());
            let new = [bytes.of(&[10, 192, 127, 0]), 168, 1, bytes.byte()];
            place.bytes()[4..8].copy_from_slice(&new);
        }
        _ => {
            place.bytes()[..2].copy_from_slice(&23_u16.to_ne_bytes());
            place.bytes()[8..10].copy_from_slice(&[bytes.of(&[0xFE, 0x20, 0]), 0x80]);
            place.bytes()[23] = bytes.byte();
        }
    }
    place
}

fn best(bytes: &mut Bytes<'_>) {
    let (mut source, mut destination) = (address(bytes), address(bytes));
    let (mut luid, mut index) = (Place::of::<u64>(bytes.byte()), Place::of::<u32>(bytes.byte()));
    let mut route = Place::of::<MIB_IPFORWARD_ROW2>(bytes.byte());
    let mut best_source = Place::of::<SOCKADDR_INET>(bytes.byte());
    let new = bytes.number(8) & bytes.of(&[0, u64::MAX]);
    luid.bytes().copy_from_slice(&new.to_le_bytes());
    let flags = bytes.byte();
    let given = |bit: u8| flags & 1 << bit == 0;
    let number = bytes.u32();
    // SAFETY: each NULL, or what the page says.
    let code = unsafe {
        match bytes.below(4) {
            0 => abi::GetBestInterface(number, index.at_or_null(given(0))),
            1 => abi::GetBestInterfaceEx(
                destination.at_or_null(given(1)),
                index.at_or_null(given(0)),
            ),
            _ => abi::GetBestRoute2(
                luid.at_or_null(!given(2)),
                number % 8,
                source.at_or_null(!given(3)),
                destination.at_or_null(given(4)),
                u32::from(bytes.byte()),
                route.at_or_null(given(5)),
                best_source.at_or_null(given(6)),
            ),
        }
    };
    known_code("a function that looks for a route", code);
    for place in [&source, &destination, &luid, &index, &route, &best_source] {
        place.check("a function that looks for a route");
    }
}

fn adapters(bytes: &mut Bytes<'_>) {
    let mut buffer = Place::new(LIST, bytes.byte());
    let mut size = Place::of::<u32>(bytes.byte());
    let new = if bytes.bit() { LIST as u32 } else { u32::from(bytes.u16()) % (LIST as u32 + 1) };
    size.bytes().copy_from_slice(&new.to_ne_bytes());
    let flags = bytes.byte();
    let (with_buffer, with_size) = (flags & 7 != 7, flags & 0x70 != 0x70);
    let at: *mut u8 = buffer.at_or_null(with_buffer);
    let size_at = size.at_or_null(with_size);
    if bytes.bit() {
        // SAFETY: each NULL, or a place as big as it is said to be.
        let code = unsafe { abi::GetAdaptersInfo(at.cast(), size_at) };
        known_code("GetAdaptersInfo", code);
        if code == 0 && with_buffer {
            tables::infos(buffer.bytes());
        }
    } else {
        let reserved = if flags & 0x80 == 0 { std::ptr::null() } else { at.cast_const().cast() };
        let (family, asked) =
            (bytes.of(&[0, 2, 23, 7]), bytes.u32() & bytes.of(&[0x3FF, u32::MAX]));
        // SAFETY: each NULL, or a place as big as it is said to be.
        let code =
            unsafe { abi::GetAdaptersAddresses(family, asked, reserved, at.cast(), size_at) };
        known_code("GetAdaptersAddresses", code);
        if code == 0 && with_buffer {
            tables::adapters(buffer.bytes());
        }
    }
    buffer.check("a function that lists adapters");
    size.check("a function that lists adapters");
    if with_buffer && with_size {
        assert!(buffer.bytes()[new as usize..].iter().all(|byte| *byte == 0), "it wrote too much");
    }
}

fn hint(bytes: &mut Bytes<'_>) {
    let mut out = Place::of::<NL_NETWORK_CONNECTIVITY_HINT>(bytes.byte());
    let (given, which, index) = (bytes.below(8) > 0, bytes.below(3), bytes.u32() % 8);
    // SAFETY: NULL, or a place for what is asked for.
    let code = unsafe {
        match which {
            0 => abi::GetNetworkConnectivityHint(out.at_or_null(given)),
            1 => abi::GetNetworkConnectivityHintForInterface(index, out.at_or_null(given)),
            _ => abi::GetNumberOfInterfaces(out.at_or_null(given)),
        }
    };
    known_code("a function that answers with a number or a hint", code);
    out.check("a function that answers with a number or a hint");
}

/// What happens to the machine meanwhile; what makes no sense does not.
fn change(bytes: &mut Bytes<'_>, stack: &StackRef) {
    match bytes.below(10) {
        0 => drop(stack.restart_teredo()),
        1 => drop(stack.stop_teredo()),
        2 => drop(stack.start_teredo()),
        3 => drop(stack.set_ipv6(bytes.bit())),
        4 => drop(stack.disable("Ethernet")),
        5 => {
            let disabled = stack.env().disabled().next().map(|one| one.luid);
            drop(disabled.map(|luid| stack.enable(luid)));
        }
        6 => stack.set_nsi_down(bytes.bit()),
        7 => stack.nsi_restart(),
        8 => drop(stack.set_connected("Ethernet", bytes.bit())),
        _ => drop(stack.add_address("Ethernet", &format!("10.9.0.{}/24", bytes.byte()))),
    }
}
