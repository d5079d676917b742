//! The functions with one row.

use netiosim_sim::StackRef;
use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::status::Flavour;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IF_ENTRY_LEVEL, MIB_IF_ROW2, MIB_IPFORWARD_ROW2,
    MIB_IPINTERFACE_ROW, MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW, MIB_UNICASTIPADDRESS_ROW,
};

use super::macros::exports;
use super::{answer, ask, on_stack};
use crate::layout::Layout;
use crate::strict;

/// A function that fills a row in by its keys.
unsafe fn get<L: Layout>(function: Function, level: i32, row: *mut L, caller: usize) -> u32 {
    // A client may hand in the row that a callback was lent: what is read and written here is not its doing.
    let _own = strict::Own::here();
    on_stack(function.name(), caller, |stack| {
        let given = (!row.is_null()).then(|| {
            if checks_values(function, stack) {
                // SAFETY: the caller's, who wrote the whole row.
                unsafe { L::read(row) }.into()
            } else {
                // SAFETY: the caller's.
                unsafe { L::read_keys(row) }.into()
            }
        });
        answer(stack, &Call::Row { function, level, row: given }, |_, output| {
            if let Output::Row(out) = output
                && let Ok(out) = L::Row::try_from(out)
            {
                // SAFETY: the caller's; the model writes no row where none was given.
                unsafe { L::write(&out, row) };
            }
        })
    })
}

/// Whether a Get function's page speaks of more than keys in the row that it is given: then the caller has written all of it.
/// That is the driver page of GetIpForwardEntry2, with its lifetimes and SitePrefixLength (RT-04).
fn checks_values(function: Function, stack: &StackRef) -> bool {
    // Whose call it is costs a look at the stack: only where it matters.
    function == Function::GetIpForwardEntry2 && stack.flavour() == Flavour::Kernel
}

/// A function that fills in a row whatever it holds: nothing of it is read, for nothing of it need be written.
unsafe fn initialize<L: Layout<Row: Default>>(function: Function, row: *mut L, caller: usize) {
    let _own = strict::Own::here();
    let given = (!row.is_null()).then(|| L::Row::default().into());
    ask(&Call::Row { function, level: 0, row: given }, caller, |_, output| {
        if let Output::Row(out) = output
            && let Ok(out) = L::Row::try_from(out)
        {
            // SAFETY: the caller's; the model writes no row where none was given.
            unsafe { L::write(&out, row) };
        }
    });
}

/// A function that takes a row and writes nothing.
unsafe fn set<L: Layout>(function: Function, row: *const L, caller: usize) -> u32 {
    let _own = strict::Own::here();
    // SAFETY: the caller's.
    let given = (!row.is_null()).then(|| unsafe { L::read(row) }.into());
    ask(&Call::Row { function, level: 0, row: given }, caller, |_, _| ())
}

/// The same, of the function that writes the LUID of the interface that it found.
unsafe fn set_and_tell(function: Function, row: *mut MIB_IPINTERFACE_ROW, caller: usize) -> u32 {
    let _own = strict::Own::here();
    // SAFETY: the caller's.
    let given = (!row.is_null()).then(|| unsafe { MIB_IPINTERFACE_ROW::read(row) }.into());
    ask(&Call::Row { function, level: 0, row: given }, caller, |_, output| {
        if let Output::Row(out) = output
            && let Some((luid, _)) = out.interface()
        {
            // The rest of the row is as it was given.
            // SAFETY: the caller's; the model writes no row where none was given.
            unsafe { (&raw mut (*row).InterfaceLuid.Value).write(luid.0) };
        }
    })
}

macro_rules! row_exports {
    (
        get { $($get:ident($get_row:ty);)* }
        set { $($set:ident($set_row:ty);)* }
        initialize { $($initialize:ident($initialize_row:ty);)* }
    ) => {
        exports! {
            $(
                #[doc = concat!(stringify!($get), ": the row's keys say what is asked for, and the row is filled in.")]
                [1] fn $get(caller; row: *mut $get_row) -> u32 {
                    // SAFETY: the caller's.
                    unsafe { get(Function::$get, 0, row, caller) }
                }
            )*
            $(
                #[doc = concat!(stringify!($set), ": the row is read and not written.")]
                [1] fn $set(caller; row: *const $set_row) -> u32 {
                    // SAFETY: the caller's.
                    unsafe { set(Function::$set, row, caller) }
                }
            )*
            $(
                #[doc = concat!(stringify!($initialize), ": fills a row with what Create and Set leave alone.")]
                [1] fn $initialize(caller; row: *mut $initialize_row) {
                    // SAFETY: the caller's.
                    unsafe { initialize(Function::$initialize, row, caller) };
                }
            )*
            /// GetIfEntry2Ex: like GetIfEntry2, at a level.
            [2] fn GetIfEntry2Ex(caller; level: MIB_IF_ENTRY_LEVEL, row: *mut MIB_IF_ROW2) -> u32 {
                // SAFETY: the caller's.
                unsafe { get(Function::GetIfEntry2Ex, level, row, caller) }
            }
            /// SetIpInterfaceEntry: the row is read; written is InterfaceLuid, where the index was used (IS-09).
            [1] fn SetIpInterfaceEntry(caller; row: *mut MIB_IPINTERFACE_ROW) -> u32 {
                // SAFETY: the caller's.
                unsafe { set_and_tell(Function::SetIpInterfaceEntry, row, caller) }
            }
        }
    };
}

row_exports! {
    get {
        GetIpInterfaceEntry(MIB_IPINTERFACE_ROW);
        GetIfEntry2(MIB_IF_ROW2);
        GetUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW);
        GetAnycastIpAddressEntry(MIB_ANYCASTIPADDRESS_ROW);
        GetMulticastIpAddressEntry(MIB_MULTICASTIPADDRESS_ROW);
        GetIpForwardEntry2(MIB_IPFORWARD_ROW2);
        GetIpNetEntry2(MIB_IPNET_ROW2);
    }
    set {
        CreateUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW);
        SetUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW);
        DeleteUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW);
        CreateAnycastIpAddressEntry(MIB_ANYCASTIPADDRESS_ROW);
        DeleteAnycastIpAddressEntry(MIB_ANYCASTIPADDRESS_ROW);
        CreateIpForwardEntry2(MIB_IPFORWARD_ROW2);
        SetIpForwardEntry2(MIB_IPFORWARD_ROW2);
        DeleteIpForwardEntry2(MIB_IPFORWARD_ROW2);
        CreateIpNetEntry2(MIB_IPNET_ROW2);
        SetIpNetEntry2(MIB_IPNET_ROW2);
        DeleteIpNetEntry2(MIB_IPNET_ROW2);
    }
    initialize {
        InitializeIpInterfaceEntry(MIB_IPINTERFACE_ROW);
        InitializeUnicastIpAddressEntry(MIB_UNICASTIPADDRESS_ROW);
        InitializeIpForwardEntry(MIB_IPFORWARD_ROW2);
    }
}
