//! What unmodified Windows programs meet on a Unix host beside `netioapi.h`: see docs/compat.md.
//!
//! Only what clients of the IP Helper were seen to import is here, and only as far as they need it. What an operation does is
//! as its page says (documented) unless a comment says otherwise.
//!
//! The names are exported with the feature `compat` and without `dll`: a shared object that is preloaded into a host program
//! must never bring a 16-bit `wcslen` along, so `dll` wins where a build has both.
#![allow(non_snake_case, reason = "these are Microsoft's names")]
#![allow(
    clippy::missing_safety_doc,
    reason = "the contract is that of each function's page: see the crate's first page"
)]

mod bstr;
mod check;
mod com;
mod event;
mod format_message;
mod heap;
mod last_error;
mod library;
mod neighbour;
mod nt_status;
mod procedures;
mod text;
mod thread;
mod wait;
mod winsock;

pub use self::bstr::*;
pub use self::com::*;
pub use self::event::{CloseHandle, CreateEventA, CreateEventW, ResetEvent, SetEvent};
pub(crate) use self::event::{Event, event};
pub use self::format_message::*;
pub use self::heap::*;
pub use self::last_error::{GetLastError, SetLastError};
pub use self::library::*;
pub use self::neighbour::*;
pub use self::nt_status::*;
pub use self::text::*;
pub use self::thread::*;
pub use self::wait::*;
pub use self::winsock::*;

/// Codes that functions of this module answer or leave in the last error.
mod code {
    pub(super) const INVALID_FUNCTION: u32 = 1;
    pub(super) const INVALID_HANDLE: u32 = 6;
    pub(super) const NOT_ENOUGH_MEMORY: u32 = 8;
    pub(super) const GEN_FAILURE: u32 = 31;
    pub(super) const NOT_SUPPORTED: u32 = 50;
    pub(super) const INVALID_PARAMETER: u32 = 87;
    pub(super) const BUFFER_OVERFLOW: u32 = 111;
    pub(super) const INSUFFICIENT_BUFFER: u32 = 122;
    pub(super) const MOD_NOT_FOUND: u32 = 126;
    pub(super) const PROC_NOT_FOUND: u32 = 127;
    pub(super) const ALREADY_EXISTS: u32 = 183;
    pub(super) const MR_MID_NOT_FOUND: u32 = 317;
    pub(super) const SHUTDOWN_IN_PROGRESS: u32 = 1115;
    pub(super) const POSSIBLE_DEADLOCK: u32 = 1131;
    pub(super) const NOT_FOUND: u32 = 1168;
}

/// Defines exports that need not know who calls them.
macro_rules! host_exports {
    ($(
        $(#[$meta:meta])*
        fn $name:ident($($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $(#[$meta])*
        #[cfg_attr(not(feature = "dll"), unsafe(no_mangle))]
        #[allow(unused_variables, reason = "the parameters are the page's")]
        pub unsafe extern "system" fn $name($($argument: $type),*) $(-> $result)? $body
    )*};
}

/// Defines exports that hand on where they were called from; before each stands how many parameters it has.
macro_rules! host_calls {
    ($(
        $(#[$meta:meta])*
        [$count:tt] fn $name:ident($caller:ident; $($argument:ident: $type:ty),* $(,)?) $(-> $result:ty)? $body:block
    )*) => {$(
        $crate::export::macros::export! {
            $(#[$meta])*
            #[cfg_attr(not(feature = "dll"), unsafe(no_mangle))]
            [$count] fn $name($caller; $($argument: $type),*) $(-> $result)? $body
        }
    )*};
}

use {host_calls, host_exports};
