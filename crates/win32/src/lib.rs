//! The names, signatures and layouts of `netioapi.h`, answered by a simulated IP stack.
//!
//! A program that was written for Windows, with `windows-sys` or the SDK's headers, links against this crate
//! instead of `iphlpapi` and runs on Linux and macOS as it is. In a Rust test:
//!
//! ```
//! use netiosim_win32::{bind, builder};
//! use windows_sys::Win32::NetworkManagement::IpHelper::GetTeredoPort;
//!
//! let stack = builder().teredo_port(50_123).build();
//! let _bound = bind(&stack);
//! let mut port = 0;
//! assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
//! assert_eq!(port, 50_123);
//! ```
//!
//! A test that only runs unmodified code needs a line that links this crate: `use netiosim_win32 as _;`.
//!
//! # Whose stack
//!
//! A call goes to the *current stack* of its thread: the one that [`bind`] bound, or the one whose
//! callback or [spawned](netiosim_sim::StackRef::spawn) thread it is. A thread that has none, while others
//! have one, gets ERROR_INVALID_FUNCTION (1) and the bound stacks a finding (N024). In a process where no
//! stack is bound, a program that knows nothing of this crate, all threads share the
//! [default stack](default_stack). A handle knows its stack, so that a cancel works from any thread.
//!
//! # Unsafe code
//!
//! Besides the calls of the system in `netiosim-api`, this is the only unsafe code of the project. Its contract is that of the documents: pointers are
//! NULL where a page allows it or says what happens, and else point to what the page says.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
mod common;
#[cfg(all(feature = "compat", unix))]
pub mod compat;
mod current;
mod default_stack;
pub mod drive;
pub mod export;
mod landing;
pub mod layout;
mod lent;
mod origin;
mod sentinel;
#[cfg(unix)]
mod strict;
#[cfg(not(unix))]
#[path = "strict/absent.rs"]
mod strict;
mod table;
mod trace_file;
#[cfg(windows)]
pub mod windows;

pub use netiosim_sim as sim;

pub use self::current::{Bound, bind};
#[doc(hidden)]
pub use self::default_stack::{Life, begun, ended, set_default_builder, set_default_life};
pub use self::default_stack::{builder, default_stack};
pub use self::landing::explain_panics;
pub use self::sentinel::SENTINEL;
#[cfg(unix)]
pub use self::strict::{Strict, strict};
