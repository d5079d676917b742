//! The functions with one row.

use netiosim_win32::export as abi;
use netiosim_win32::layout::Layout;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_IPNET_ROW2,
    MIB_MULTICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_ROW,
};

use super::known_code;
use super::place::Place;
use super::tables::Handed;
use crate::bytes::Bytes;

/// One row of each kind, which keep what they hold from call to call.
pub(super) struct Rows {
    all: [Place; 7],
}

impl Rows {
    pub(super) fn new(bytes: &mut Bytes<'_>) -> Self {
        let off = bytes.byte();
        Self {
            all: [
                Place::of::<MIB_IPINTERFACE_ROW>(off),
                Place::of::<MIB_UNICASTIPADDRESS_ROW>(off >> 1),
                Place::of::<MIB_IPFORWARD_ROW2>(off >> 2),
                Place::of::<MIB_IPNET_ROW2>(off >> 3),
                Place::of::<MIB_IF_ROW2>(off >> 4),
                Place::of::<MIB_ANYCASTIPADDRESS_ROW>(off),
                Place::of::<MIB_MULTICASTIPADDRESS_ROW>(off),
            ],
        }
    }

    /// Other bytes in one of the rows: all of it, or some.
    pub(super) fn poke(&mut self, bytes: &mut Bytes<'_>) {
        let row = &mut self.all[bytes.below(7)];
        let size = row.bytes().len();
        match bytes.below(4) {
            0 => {
                let value = bytes.of(&[0, 0xFF, 2, 0xC3]);
                row.bytes().fill(value);
            }
            1 => {
                let new = bytes.take(size);
                row.bytes()[..new.len()].copy_from_slice(new);
            }
            _ => {
                let at = usize::from(bytes.u16()) % size;
                let count = (1 + bytes.below(8)).min(size - at);
                let new = bytes.take(count);
                row.bytes()[at..at + new.len()].copy_from_slice(new);
            }
        }
    }

    /// A row of a table in the place of the one of its kind.
    pub(super) fn copy(&mut self, table: &Handed, n: usize) {
        for row in &mut self.all {
            table.copy(n, row.bytes());
        }
    }

    /// Any of the functions.
    pub(super) fn call(&mut self, bytes: &mut Bytes<'_>) {
        let given = bytes.below(16) > 0;
        let [interface, unicast, route, neighbour, link, anycast, multicast] = &mut self.all;
        match bytes.below(25) {
            0 => fills(interface, given, "GetIpInterfaceEntry", abi::GetIpInterfaceEntry),
            1 => fills(link, given, "GetIfEntry2", abi::GetIfEntry2),
            2 => fills(unicast, given, "GetUnicastIpAddressEntry", abi::GetUnicastIpAddressEntry),
            3 => fills(anycast, given, "GetAnycastIpAddressEntry", abi::GetAnycastIpAddressEntry),
            4 => {
                fills(
                    multicast,
                    given,
                    "GetMulticastIpAddressEntry",
                    abi::GetMulticastIpAddressEntry,
                );
            }
            5 => fills(route, given, "GetIpForwardEntry2", abi::GetIpForwardEntry2),
            6 => fills(neighbour, given, "GetIpNetEntry2", abi::GetIpNetEntry2),
            7 => {
                let level = bytes.below(4) as i32 - 1;
                // SAFETY: NULL, or a place for the row.
                let code = unsafe { abi::GetIfEntry2Ex(level, link.at_or_null(given)) };
                known_code("GetIfEntry2Ex", code);
                link.check("GetIfEntry2Ex");
            }
            8 => reads(
                unicast,
                given,
                "CreateUnicastIpAddressEntry",
                abi::CreateUnicastIpAddressEntry,
            ),
            9 => reads(unicast, given, "SetUnicastIpAddressEntry", abi::SetUnicastIpAddressEntry),
            10 => reads(
                unicast,
                given,
                "DeleteUnicastIpAddressEntry",
                abi::DeleteUnicastIpAddressEntry,
            ),
            11 => reads(
                anycast,
                given,
                "CreateAnycastIpAddressEntry",
                abi::CreateAnycastIpAddressEntry,
            ),
            12 => reads(
                anycast,
                given,
                "DeleteAnycastIpAddressEntry",
                abi::DeleteAnycastIpAddressEntry,
            ),
            13 | 14 => reads(route, given, "CreateIpForwardEntry2", abi::CreateIpForwardEntry2),
            15 => reads(route, given, "SetIpForwardEntry2", abi::SetIpForwardEntry2),
            16 => reads(route, given, "DeleteIpForwardEntry2", abi::DeleteIpForwardEntry2),
            17 => reads(neighbour, given, "CreateIpNetEntry2", abi::CreateIpNetEntry2),
            18 => reads(neighbour, given, "SetIpNetEntry2", abi::SetIpNetEntry2),
            19 => reads(neighbour, given, "DeleteIpNetEntry2", abi::DeleteIpNetEntry2),
            20 => {
                let before = interface.bytes().to_vec();
                // SAFETY: NULL, or a row.
                let code = unsafe { abi::SetIpInterfaceEntry(interface.at_or_null(given)) };
                known_code("SetIpInterfaceEntry", code);
                interface.check("SetIpInterfaceEntry");
                assert_eq!(interface.bytes(), before, "SetIpInterfaceEntry writes");
            }
            21 => resets(interface, given, abi::InitializeIpInterfaceEntry),
            22 => resets(unicast, given, abi::InitializeUnicastIpAddressEntry),
            23 => resets(route, given, abi::InitializeIpForwardEntry),
            _ => fills(interface, given, "GetIpInterfaceEntry", abi::GetIpInterfaceEntry),
        }
    }
}

/// A function that fills a row in: where it fails, nothing is written.
fn fills<L: Layout<Row: std::fmt::Debug>>(
    row: &mut Place,
    given: bool,
    name: &str,
    function: unsafe extern "system" fn(*mut L) -> u32,
) {
    let before = row.bytes().to_vec();
    // SAFETY: NULL, or a place for the row.
    let code = unsafe { function(row.at_or_null(given)) };
    known_code(name, code);
    row.check(name);
    assert!(given || code != 0, "{name} takes NULL");
    if code != 0 {
        assert_eq!(row.bytes(), before, "{name} answers {code}, and writes");
    }
    assert!(!row.keys::<L>().is_empty());
}

/// A function that reads a row, and writes nothing.
fn reads<L>(
    row: &mut Place,
    given: bool,
    name: &str,
    function: unsafe extern "system" fn(*const L) -> u32,
) {
    let before = row.bytes().to_vec();
    let at: *mut L = row.at_or_null(given);
    // SAFETY: NULL, or a row.
    known_code(name, unsafe { function(at) });
    row.check(name);
    assert_eq!(row.bytes(), before, "{name} writes");
}

fn resets<L>(row: &mut Place, given: bool, function: unsafe extern "system" fn(*mut L)) {
    // SAFETY: NULL, or a place for the row.
    unsafe { function(row.at_or_null(given)) };
    row.check("a function that initializes a row");
}
