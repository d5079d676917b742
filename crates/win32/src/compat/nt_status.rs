//! From NTSTATUS to Win32 codes.

use netiosim_sim::model::status::{Flavour, KernelNames, Status};

use super::{code, host_exports};

/// The Win32 code of an NTSTATUS that the model knows; `None` of any other.
fn win32(status: u32) -> Option<u32> {
    let names = KernelNames::default();
    let nt = KernelNames { literal_error_names: false, ..names };
    // Of the driver's number that two codes share the first in the model's order.
    let same = |known: &Status| known.code(Flavour::Kernel, nt) == status;
    Status::all().find(same).map(|known| known.code(Flavour::User, names))
}

host_exports! {
    /// RtlNtStatusToDosError: of what the model knows; ERROR_MR_MID_NOT_FOUND (317) of what it does not.
    fn RtlNtStatusToDosError(status: i32) -> u32 {
        win32(status.cast_unsigned()).unwrap_or(code::MR_MID_NOT_FOUND)
    }
}
