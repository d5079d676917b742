//! Every interleaving of a scenario.

mod ahead;
mod checkpoint;
mod counterexample;
mod exhaustive;
mod graph;
mod inevitable;
mod intern;
mod knowledge;
mod memory;
mod plan;
mod sample;
mod search;
mod shrink;
mod space;
mod states;
mod verdicts;

pub use self::checkpoint::{Checkpoint, Misfit};
pub use self::counterexample::{Counterexample, Told, follow};
pub use self::exhaustive::{Limits, Seen, exhaust};
pub use self::inevitable::{Failing, Inevitable, inevitable};
pub use self::plan::{Plan, explore};
pub use self::sample::sample;
pub use self::search::Search;
pub use self::shrink::{Shrunk, Target, shrink};
pub use self::space::{Space, Step};
pub use self::verdicts::{Violation, Wanted};
