//! Property tests over netiosim: machines, timelines, storms, Teredo lives, faults and schedules to draw, and the reference
//! half of a state-machine test.
//!
//! What a program may see of a machine is drawn by proptest, played on a stack, and shrunk to the few steps that a failure
//! needs; [`Timeline::scenario`] makes a scenario file of them, for `netiosim run` and `netiosim explore`.
//!
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU16, Ordering};
//!
//! use netiosim_proptest::{Reference, Topic, timelines};
//! use proptest::prelude::*;
//!
//! // A program that follows the port knows it whenever all is quiet.
//! let mut runner = proptest::test_runner::TestRunner::deterministic();
//! runner.run(&timelines(&[Topic::Teredo], 1..20), |timeline| {
//!     let stack = timeline.machine.builder().build();
//!     let known = Arc::new(AtomicU16::new(stack.teredo_port().unwrap_or(0)));
//!     let seen = known.clone();
//!     let ports = stack.on_teredo_port_change(move |change| seen.store(change.port, Ordering::SeqCst)).unwrap();
//!     for step in &timeline.steps {
//!         step.play(&stack);
//!         stack.run_until_idle();
//!         if let Ok(port) = stack.teredo_port() {
//!             prop_assert_eq!(known.load(Ordering::SeqCst), port);
//!         }
//!     }
//!     ports.cancel().unwrap();
//!     Ok(())
//! }).unwrap();
//! ```

mod draw;
mod machine;
mod reference;
mod step;
mod strategy;
mod timelines;

pub use self::draw::Topic;
pub use self::machine::{Machine, Teredo};
pub use self::reference::{Reference, references};
pub use self::step::{Step, Timeline};
pub use self::strategy::{
    Driving, faults, machines, schedules, stacks, storms, teredo_lives, timelines, timelines_on,
};
pub use proptest;
pub use proptest_state_machine;
