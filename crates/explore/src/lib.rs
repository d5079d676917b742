//! Every interleaving: of a scenario, and of real code on the simulated stack.
//!
//! A test that runs once sees one order of events. This crate tries them all, or as many as a limit allows, and
//! tells the shortest one that goes wrong.

pub mod random;
pub mod real;
#[cfg(feature = "scenario")]
pub mod scenario;
mod story;
pub mod walk;

pub use netiosim_model::schedule;

pub use self::real::{Explorer, explore};
