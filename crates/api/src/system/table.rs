//! The system's tables, copied and freed.

use std::ffi::c_void;
use std::ptr;

use windows_sys::Win32::NetworkManagement::IpHelper as ip;

use super::check;
use super::rows::Filled;
use crate::{Error, Interface, IpInterface, Route, UnicastAddress};

/// A table that the system allocated; freed when it is dropped.
struct Table<T>(*const T);

impl<T> Drop for Table<T> {
    fn drop(&mut self) {
        // SAFETY: a table function allocated it, and nobody else frees it.
        unsafe { ip::FreeMibTable(self.0.cast::<c_void>()) };
    }
}

/// How each table is read: its function, its type, and what its rows become.
macro_rules! tables {
    ($($name:ident($($family:ident: $ty:ty)?) -> $row:ty, $function:ident, $table:ty;)*) => {$(
        #[doc = concat!("The rows of ", stringify!($function), ", without those of a family that is neither.")]
        pub(super) fn $name($($family: $ty)?) -> Result<Vec<$row>, Error> {
            let mut table: *mut $table = ptr::null_mut();
            // SAFETY: the function writes a pointer to the table, or NULL.
            let code = unsafe { ip::$function($($family,)? &raw mut table) };
            let outcome = check(stringify!($function), code);
            if table.is_null() {
                // A table that has no rows is none (ERROR_NOT_FOUND).
                return match outcome {
                    Err(error) if error.code() != Error::NOT_FOUND => Err(error),
                    _ => Ok(Vec::new()),
                };
            }
            let table = Table(table.cast_const());
            outcome?;
            // SAFETY: the system filled the table in: so many rows stand one after the other.
            unsafe {
                let count = (*table.0).NumEntries as usize;
                let first = (&raw const (*table.0).Table).cast::<<$row as Filled>::Raw>();
                Ok((0..count).filter_map(|n| <$row as Filled>::read(first.add(n))).collect())
            }
        }
    )*};
}

tables! {
    interfaces() -> Interface, GetIfTable2, ip::MIB_IF_TABLE2;
    ip_interfaces(family: u16) -> IpInterface, GetIpInterfaceTable, ip::MIB_IPINTERFACE_TABLE;
    unicast_addresses(family: u16) -> UnicastAddress, GetUnicastIpAddressTable, ip::MIB_UNICASTIPADDRESS_TABLE;
    routes(family: u16) -> Route, GetIpForwardTable2, ip::MIB_IPFORWARD_TABLE2;
}
