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
//! feature `coroutines` explorations that need no threads; the feature `proptest` property tests.

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
/// Property tests: machines, timelines, storms, Teredo lives, faults and schedules to draw.
///
/// What is drawn is played on a stack; [`Reference`](crate::reference::Reference) knows what must come of it.
#[cfg(feature = "proptest")]
pub mod proptest {
    #[doc(inline)]
    pub use netiosim_proptest::{
        Driving, Topic, faults, machines, proptest, proptest_state_machine, schedules, stacks,
        storms, teredo_lives, timelines, timelines_on,
    };
}

/// The reference half of a state-machine test: the machine as the documents have it, without threads.
#[cfg(feature = "proptest")]
pub mod reference {
    #[doc(inline)]
    pub use netiosim_proptest::{Machine, Reference, Step, Teredo, Timeline, references};
}

pub use netiosim_sim as sim;
pub use netiosim_sim::model;
#[doc(inline)]
pub use netiosim_sim::*;
