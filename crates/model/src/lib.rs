//! The simulated IP stack of netiosim as a pure state machine.
//!
//! It holds the tables of one Windows machine as `netioapi.h` shows them, its Teredo client, and
//! every registration for change notifications, with the semantics that Microsoft's pages give the
//! notifications, their cancel, and the [functions](function) that a client of them calls: queries,
//! changes and conversions of interfaces, addresses, routes and neighbours. It is *not* a runtime: it has no threads, no clock, no I/O and no
//! randomness, it never calls back and never blocks. `netiosim-sim` drives it with real callbacks,
//! `netiosim-scenario` with scripts.
//!
//! **The contract: equal state and equal choices give an equal next state.** Everything that a
//! document leaves open is a named [option](profile), everything that chance decides is asked of a
//! [`Chooser`](choose::Chooser), and every prohibition of the pages that was broken becomes a
//! [`Finding`](finding::Finding) with its [`rule`].
//!
//! Start at [`machine::Machine`]; its example runs one notification from the change to the callback.

pub mod api;
pub mod aside;
pub mod build;
pub mod cascade;
pub mod change;
pub mod choose;
pub mod env;
pub mod event;
pub mod finding;
pub mod function;
pub mod ids;
pub mod interface;
pub mod keyed;
pub mod machine;
pub mod member;
pub mod net;
pub mod notification;
#[cfg(feature = "serde")]
mod pairs;
pub mod part;
pub mod profile;
pub mod row;
pub mod rule;
pub mod schedule;
pub mod status;
pub mod storm;
pub mod table;
pub mod teredo;
mod trace;
pub mod truth;
pub mod windows;
