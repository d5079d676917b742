//! The connectivity hints.

use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::row::HintRow;
use windows_sys::Win32::Networking::WinSock::NL_NETWORK_CONNECTIVITY_HINT;

use super::ask;
use super::macros::exports;

/// A hint as the structure.
pub(crate) fn from_hint(hint: HintRow) -> NL_NETWORK_CONNECTIVITY_HINT {
    NL_NETWORK_CONNECTIVITY_HINT {
        ConnectivityLevel: hint.level as i32,
        ConnectivityCost: hint.cost as i32,
        ApproachingDataLimit: hint.approaching_data_limit,
        OverDataLimit: hint.over_data_limit,
        Roaming: hint.roaming,
    }
}

unsafe fn hint(
    function: Function,
    index: u32,
    out: *mut NL_NETWORK_CONNECTIVITY_HINT,
    caller: usize,
) -> u32 {
    ask(&Call::Hint { function, index, pointer: !out.is_null() }, caller, |_, output| {
        if let Output::Hint(hint) = output {
            // SAFETY: the caller's; the model gives no hint where there is no place for it.
            unsafe { out.write_unaligned(from_hint(hint)) };
        }
    })
}

exports! {
    /// GetNetworkConnectivityHint: the machine's hint.
    [1] fn GetNetworkConnectivityHint(caller; out: *mut NL_NETWORK_CONNECTIVITY_HINT) -> u32 {
        // SAFETY: the caller's.
        unsafe { hint(Function::GetNetworkConnectivityHint, 0, out, caller) }
    }

    /// GetNetworkConnectivityHintForInterface: one interface's hint.
    [2] fn GetNetworkConnectivityHintForInterface(
        caller; index: u32, out: *mut NL_NETWORK_CONNECTIVITY_HINT,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { hint(Function::GetNetworkConnectivityHintForInterface, index, out, caller) }
    }
}
