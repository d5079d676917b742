//! Every interleaving of a scenario.

mod exhaustive;
mod intern;
mod knowledge;
mod space;
mod states;

pub use self::exhaustive::{Limits, Seen, Violation, Wanted, exhaust};
pub use self::space::{Space, Step};
