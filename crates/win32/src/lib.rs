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
//! This is the only crate of the project with unsafe code. Its contract is that of the documents: pointers are
//! NULL where a page allows it or says what happens, and else point to what the page says.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod check;
mod current;
mod default_stack;
pub mod drive;
pub mod export;
pub mod layout;
mod landing;
mod lent;
mod origin;
mod sentinel;
mod table;

pub use netiosim_sim as sim;

pub use self::current::{Bound, bind};
pub use self::default_stack::{builder, default_stack, set_default_builder};
pub use self::sentinel::SENTINEL;
