//! The mock side: expectations on the call log, and answers by order.
//!
//! An expectation says something about calls that the log will hold; a stub makes calls answer a
//! code. What a stubbed call means is the model's business: a stub is a handful of its faults.

mod chain;
mod expectation;
mod log;
mod parameters;
mod report;
mod sequence;
mod spec;
mod stub;
mod words;

pub use self::expectation::Expectation;
pub use self::parameters::{Answer, CallTarget};
pub use self::sequence::Sequence;
pub use self::stub::{Stub, StubGuard};
