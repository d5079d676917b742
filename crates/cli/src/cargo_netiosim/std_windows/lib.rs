//! What `std::os::windows` has, for sources that are compiled as their Windows selves on a Unix host.
//!
//! Strings convert between UTF-16 and the host's bytes; ill-formed UTF-16 is kept as WTF-8. A handle or socket
//! of one of std's own types is the host's file descriptor. What has no meaning on the host is accepted and
//! does nothing, and each item says so.
#![allow(missing_docs, clippy::all)]

pub mod c;
pub mod ffi;
pub mod fs;
pub mod io;
pub mod process;
pub mod raw;

/// What `std::os::windows::prelude` brings in.
pub mod prelude {
    pub use crate::ffi::{OsStrExt, OsStringExt};
    pub use crate::fs::{FileExt, MetadataExt, OpenOptionsExt};
    pub use crate::io::{
        AsHandle, AsRawHandle, AsRawSocket, AsSocket, BorrowedHandle, BorrowedSocket, FromRawHandle,
        FromRawSocket, HandleOrInvalid, HandleOrNull, IntoRawHandle, IntoRawSocket, OwnedHandle, OwnedSocket,
        RawHandle, RawSocket,
    };
}
