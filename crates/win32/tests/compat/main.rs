//! What the feature `compat` adds, as plain `windows-sys` calls of a client.
//!
//! Run with `cargo test -p netiosim-win32 --features compat`: in a build of the whole workspace the shared objects turn the
//! names off.
#![cfg(unix)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are a client's, and what they promise is what is tested"
)]

mod com;
mod event;
mod format_message;
mod heap;
mod last_error;
mod library;
mod neighbour;
mod overlapped;
mod text;

use netiosim_win32::builder;
use netiosim_win32::sim::{OnDeadlock, Stack};
use windows_sys::Win32::Foundation::GetLastError;

/// A stack of a test: a deadlock is an error.
fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

fn last_error() -> u32 {
    unsafe { GetLastError() }
}

/// A text in UTF-16 units with its terminator.
fn wide(text: &str) -> Vec<u16> {
    text.encode_utf16().chain([0]).collect()
}
