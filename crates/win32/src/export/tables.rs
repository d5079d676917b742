//! The functions that hand out a table.

use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::net::AF_UNSPEC;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_ANYCASTIPADDRESS_TABLE, MIB_IF_ROW2, MIB_IF_TABLE_LEVEL,
    MIB_IF_TABLE2, MIB_IFSTACK_ROW, MIB_IFSTACK_TABLE, MIB_INVERTEDIFSTACK_ROW,
    MIB_INVERTEDIFSTACK_TABLE, MIB_IPFORWARD_ROW2, MIB_IPFORWARD_TABLE2, MIB_IPINTERFACE_ROW,
    MIB_IPINTERFACE_TABLE, MIB_IPNET_ROW2, MIB_IPNET_TABLE2, MIB_MULTICASTIPADDRESS_ROW,
    MIB_MULTICASTIPADDRESS_TABLE, MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE,
};

use super::ask;
use super::macros::exports;
use crate::layout::Layout;
use crate::table::lay_out;

unsafe fn table<L: Layout, T>(
    function: Function,
    family: u16,
    level: i32,
    table: *mut *mut T,
    caller: usize,
) -> u32 {
    let call = Call::Table { function, family, level, pointer: !table.is_null() };
    ask(&call, caller, |stack, output| {
        if let Output::Table(id) = output {
            // SAFETY: the caller's; the model hands out no table where there is no place for it.
            unsafe { table.write_unaligned(lay_out::<L>(stack, id).cast()) };
        }
    })
}

macro_rules! table_exports {
    (
        family { $($name:ident($row:ty, $table:ty);)* }
        all { $($all:ident($all_row:ty, $all_table:ty);)* }
    ) => {
        exports! {
            $(
                #[doc = concat!(stringify!($name), ": a table that the caller frees with FreeMibTable.")]
                [2] fn $name(caller; family: u16, out: *mut *mut $table) -> u32 {
                    // SAFETY: the caller's.
                    unsafe { table::<$row, _>(Function::$name, family, 0, out, caller) }
                }
            )*
            $(
                #[doc = concat!(stringify!($all), ": a table that the caller frees with FreeMibTable.")]
                [1] fn $all(caller; out: *mut *mut $all_table) -> u32 {
                    // SAFETY: the caller's.
                    unsafe { table::<$all_row, _>(Function::$all, AF_UNSPEC, 0, out, caller) }
                }
            )*
            /// GetIfTable2Ex: like GetIfTable2, at a level.
            [2] fn GetIfTable2Ex(caller; level: MIB_IF_TABLE_LEVEL, out: *mut *mut MIB_IF_TABLE2) -> u32 {
                // SAFETY: the caller's.
                unsafe { table::<MIB_IF_ROW2, _>(Function::GetIfTable2Ex, AF_UNSPEC, level, out, caller) }
            }
        }
    };
}

table_exports! {
    family {
        GetIpInterfaceTable(MIB_IPINTERFACE_ROW, MIB_IPINTERFACE_TABLE);
        GetUnicastIpAddressTable(MIB_UNICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_TABLE);
        GetAnycastIpAddressTable(MIB_ANYCASTIPADDRESS_ROW, MIB_ANYCASTIPADDRESS_TABLE);
        GetMulticastIpAddressTable(MIB_MULTICASTIPADDRESS_ROW, MIB_MULTICASTIPADDRESS_TABLE);
        GetIpForwardTable2(MIB_IPFORWARD_ROW2, MIB_IPFORWARD_TABLE2);
        GetIpNetTable2(MIB_IPNET_ROW2, MIB_IPNET_TABLE2);
    }
    all {
        GetIfTable2(MIB_IF_ROW2, MIB_IF_TABLE2);
        GetIfStackTable(MIB_IFSTACK_ROW, MIB_IFSTACK_TABLE);
        GetInvertedIfStackTable(MIB_INVERTEDIFSTACK_ROW, MIB_INVERTEDIFSTACK_TABLE);
    }
}
