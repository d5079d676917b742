//! The tables that are handed out: read once, and freed as often as a check wants.

use std::ffi::c_void;
use std::mem::offset_of;
use std::ptr;

use netiosim_model::api::{Memory, Output};
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::row::Row;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    FreeMibTable, GetAnycastIpAddressTable, GetIfStackTable, GetIfTable2, GetIfTable2Ex,
    GetInvertedIfStackTable, GetIpForwardTable2, GetIpInterfaceTable, GetIpNetTable2,
    GetMulticastIpAddressTable, GetUnicastIpAddressTable, MIB_ANYCASTIPADDRESS_ROW,
    MIB_ANYCASTIPADDRESS_TABLE, MIB_IF_ROW2, MIB_IF_TABLE2, MIB_IFSTACK_ROW, MIB_IFSTACK_TABLE,
    MIB_INVERTEDIFSTACK_ROW, MIB_INVERTEDIFSTACK_TABLE, MIB_IPFORWARD_ROW2, MIB_IPFORWARD_TABLE2,
    MIB_IPINTERFACE_ROW, MIB_IPINTERFACE_TABLE, MIB_IPNET_ROW2, MIB_IPNET_TABLE2,
    MIB_MULTICASTIPADDRESS_ROW, MIB_MULTICASTIPADDRESS_TABLE, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
};

use super::library;
use super::place::Place;
use super::rows::Holds;
use crate::backend::{Answered, Cannot};

/// A table: how many rows it has, and the rows behind.
pub(super) trait Table {
    /// Its rows.
    ///
    /// # Safety
    ///
    /// `at` is a table that was handed out and not freed.
    unsafe fn rows(at: *const Self) -> Vec<Row>;
}

macro_rules! tables {
    ($($table:ident of $row:ident;)*) => {$(
        impl Table for $table {
            unsafe fn rows(at: *const Self) -> Vec<Row> {
                // SAFETY: the caller's: the number is there, and as many rows as it says.
                unsafe {
                    let count = (&raw const (*at).NumEntries).read_unaligned() as usize;
                    let first = at.cast::<u8>().add(offset_of!(Self, Table)).cast::<$row>();
                    (0..count).map(|n| $row::take(first.add(n)).into()).collect()
                }
            }
        }
    )*};
}

tables! {
    MIB_IPINTERFACE_TABLE of MIB_IPINTERFACE_ROW;
    MIB_IF_TABLE2 of MIB_IF_ROW2;
    MIB_IFSTACK_TABLE of MIB_IFSTACK_ROW;
    MIB_INVERTEDIFSTACK_TABLE of MIB_INVERTEDIFSTACK_ROW;
    MIB_UNICASTIPADDRESS_TABLE of MIB_UNICASTIPADDRESS_ROW;
    MIB_ANYCASTIPADDRESS_TABLE of MIB_ANYCASTIPADDRESS_ROW;
    MIB_MULTICASTIPADDRESS_TABLE of MIB_MULTICASTIPADDRESS_ROW;
    MIB_IPFORWARD_TABLE2 of MIB_IPFORWARD_ROW2;
    MIB_IPNET_TABLE2 of MIB_IPNET_ROW2;
}

/// What no function handed out.
static GARBAGE: [u64; 32] = [4; 32];

/// The tables that a session was handed out, by their numbers.
#[derive(Default)]
pub(super) struct Tables(Vec<HandedOut>);

/// A table that was handed out.
struct HandedOut {
    at: *const c_void,
    freed: bool,
}

impl Tables {
    /// Numbers a table.
    fn add(&mut self, at: *const c_void) -> TableId {
        self.0.push(HandedOut { at, freed: false });
        TableId(u32::try_from(self.0.len() - 1).expect("fewer tables than that"))
    }

    /// The table that a function left in a place for it: none if the place is as before, or holds NULL.
    pub(super) fn left<T>(&mut self, place: &mut Place<*mut T>) -> Option<(TableId, *const T)> {
        if !place.is_written() {
            return None;
        }
        // SAFETY: the place is ours and as large as a pointer, of which every value is legal.
        let table = unsafe { place.at().read() }.cast_const();
        (!table.is_null()).then(|| (self.add(table.cast()), table))
    }

    /// Calls a function that hands out a table.
    fn with<T: Table>(
        &mut self,
        pointer: bool,
        call: impl FnOnce(*mut *mut T) -> u32,
    ) -> Result<Answered, Cannot> {
        let mut place = Place::<*mut T>::new();
        let code = call(place.there(pointer));
        let Some((number, table)) = self.left(&mut place) else {
            return Ok(Answered { code, output: Output::Nothing, rows: Vec::new() });
        };
        // What a function leaves that failed is no table, whatever it points to.
        self.0[number.slot()].freed = code != 0;
        // SAFETY: the function has handed it out just now.
        let rows = if code == 0 { unsafe { T::rows(table) } } else { Vec::new() };
        Ok(Answered { code, output: Output::Table(number), rows })
    }

    /// Calls a function that hands out a table.
    pub(super) fn call(
        &mut self,
        function: Function,
        family: u16,
        level: i32,
        pointer: bool,
    ) -> Result<Answered, Cannot> {
        macro_rules! functions {
            (of_family { $($of_family:ident)* } of_all { $($of_all:ident)* }) => {
                match function {
                    $(Function::$of_family => self.with(pointer, |at| {
                        // SAFETY: it is NULL or a place for a pointer.
                        unsafe { sys!($of_family(family, at)) }
                    }),)*
                    $(Function::$of_all => self.with(pointer, |at| {
                        // SAFETY: it is NULL or a place for a pointer.
                        unsafe { sys!($of_all(at)) }
                    }),)*
                    Function::GetIfTable2Ex => self.with(pointer, |at| {
                        // SAFETY: it is NULL or a place for a pointer.
                        unsafe { sys!(GetIfTable2Ex(level, at)) }
                    }),
                    other => Err(Cannot::new(format!("{other} hands out no table"))),
                }
            };
        }
        functions! {
            of_family {
                GetIpInterfaceTable GetUnicastIpAddressTable GetAnycastIpAddressTable
                GetMulticastIpAddressTable GetIpForwardTable2 GetIpNetTable2
            }
            of_all {
                GetIfTable2 GetIfStackTable GetInvertedIfStackTable
            }
        }
    }

    /// Frees every table that is not yet.
    pub(super) fn free_all(&mut self) {
        if !library::current().exports(Function::FreeMibTable) {
            return;
        }
        for table in self.0.drain(..).filter(|table| !table.freed) {
            // SAFETY: it was handed out and is not freed.
            unsafe { sys!(FreeMibTable(table.at)) };
        }
    }

    /// FreeMibTable.
    pub(super) fn free(&mut self, memory: Memory) -> Result<Answered, Cannot> {
        let (at, legal) = match memory {
            Memory::Null => (ptr::null(), true),
            Memory::Garbage => ((&raw const GARBAGE).cast(), false),
            Memory::Table(number) => {
                let table = self.0.get_mut(number.slot());
                let table = table.ok_or_else(|| Cannot::new("there is no such table"))?;
                (table.at, !std::mem::replace(&mut table.freed, true))
            }
            Memory::Row(_) => {
                return Err(Cannot::new("a row is a pointer, which only its callback has"));
            }
        };
        if !legal && !library::current().takes_any_address() {
            return Err(Cannot::new("a real system does not survive that"));
        }
        // SAFETY: it is NULL or a table that was handed out and not freed; what else some checks hand in on purpose, only
        // gets to a function that takes any address.
        unsafe { sys!(FreeMibTable(at)) };
        Ok(Answered { code: 0, output: Output::Nothing, rows: Vec::new() })
    }
}
