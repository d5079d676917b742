//! A client of the IP Helper that exists on Windows only.

#[cfg(windows)]
pub mod watcher;

#[cfg(not(windows))]
compile_error!("this crate is for Windows");
