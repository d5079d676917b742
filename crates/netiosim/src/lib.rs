//! The notification model of Windows' `netioapi.h`, simulated in your process.
//!
//! Add it as a dev-dependency, and code that follows the Teredo port or the IP interfaces of a Windows machine
//! runs in a unit test on any operating system: callbacks come when the test says so, and a cancel that would
//! deadlock is explained instead of hanging. It is *not* a network: no packet is ever sent.
//!
//! **The contract: what the simulator does is what Microsoft's pages say, and where they are silent a named
//! option says what was chosen.**
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU16, Ordering};
//!
//! let stack = netiosim::Stack::new();
//! let port = Arc::new(AtomicU16::new(stack.teredo_port()?));
//! let seen = port.clone();
//! let registration = stack.on_teredo_port_change(move |change| seen.store(change.port, Ordering::SeqCst))?;
//!
//! stack.restart_teredo_on(50_123)?;
//! stack.run_until_idle();
//! assert_eq!(port.load(Ordering::SeqCst), 50_123);
//! registration.cancel()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A program that is to run on Windows with the real functions and in tests with a stack is written on
//! [`api::NetIo`].
//!
//! A test that is to hold in every order of events is handed to [`explore`], or has the attribute
//! `#[netiosim::test(explore)]`.
//!
//! The crates behind it: [`model`] holds the semantics, [`sim`] runs callbacks on
//! them; the feature `explore`, on unless switched off, adds [`exploration`], the feature `scenario` scenario files, and the
//! feature `coroutines` explorations that need no threads.

pub mod testing;

pub use netiosim_api as api;
#[cfg(feature = "explore")]
pub use netiosim_explore as exploration;
#[cfg(feature = "explore")]
pub use netiosim_explore::{Explorer, explore};
#[cfg(feature = "macros")]
pub use netiosim_macros::test;
#[cfg(feature = "scenario")]
pub use netiosim_scenario as scenario;
pub use netiosim_sim as sim;
pub use netiosim_sim::model;
#[doc(inline)]
pub use netiosim_sim::*;
