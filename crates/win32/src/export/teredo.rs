//! GetTeredoPort and FreeMibTable.

use std::ffi::c_void;

use super::macros::exports;
use super::on_stack;
use crate::{sentinel, table};

exports! {
    /// GetTeredoPort: the Teredo client's dynamic UDP port (GT-01 to GT-14), in the byte order of the option `port-byte-order`.
    [1] fn GetTeredoPort(caller; port: *mut u16) -> u32 {
        on_stack("GetTeredoPort", caller, |stack| {
            let mut value = 0;
            let code = stack.get_teredo_port((!port.is_null()).then_some(&mut value));
            if code == 0 && !port.is_null() {
                // SAFETY: the caller's: it points to a place for the port.
                unsafe { port.write_unaligned(value) };
            }
            code
        })
    }

    /// FreeMibTable: gives a table back (CV-20 to CV-22). What is wrong with the pointer is a finding and never
    /// a crash.
    [1] fn FreeMibTable(caller; memory: *const c_void) {
        table::free(memory, caller);
        sentinel::set();
    }
}
