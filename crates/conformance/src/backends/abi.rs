//! The names of Windows, as `windows-sys` declares them. Off Windows netiosim-win32 has them, over a stack whose callbacks
//! come on threads; on Windows they are those of the system.
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
mod convert;
mod infos;
mod place;
mod register;
mod rows;
mod system;
mod tables;

use std::ptr;

use windows_sys::Win32::Foundation::HANDLE;

#[cfg(not(windows))]
pub use self::bound::Abi;
pub use self::system::System;

/// The handle of a number.
fn handle(value: u64) -> HANDLE {
    ptr::with_exposed_provenance_mut(value as usize)
}

/// The number of a handle.
fn number(handle: HANDLE) -> u64 {
    handle.expose_provenance() as u64
}
