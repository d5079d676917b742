//! The names of Windows, as `windows-sys` declares them. Off Windows netiosim-win32 has them, over a stack whose callbacks
//! come on threads; on Windows they are those of the system; and either way those of a library that somebody names.
//!
//! What lies in memory is read here member by member, and not with what wrote it.

#[macro_use]
mod library;
mod adapters;
mod addresses;
#[cfg(not(windows))]
mod bound;
mod callbacks;
mod calls;
mod changes;
mod convert;
mod drive;
mod driven;
mod infos;
mod place;
mod quiet;
mod register;
mod rows;
mod shared;
mod system;
mod tables;
mod version;

use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;

#[cfg(not(windows))]
pub use self::bound::Abi;
pub use self::library::NotLoaded;
pub use self::shared::Shared;
pub use self::system::System;

/// The handle of a number.
fn handle(value: u64) -> HANDLE {
    ptr::with_exposed_provenance_mut(value as usize)
}

/// The number of a handle.
fn number(handle: HANDLE) -> u64 {
    handle.expose_provenance() as u64
}
