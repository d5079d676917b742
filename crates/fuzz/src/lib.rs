//! What must hold for any bytes: one function for each fuzz target of netiosim.
//!
//! Each function takes bytes, whatever they are, and panics where something is not as it must be. The targets of `fuzz/` call
//! them, and so do the tests of this crate, with bytes drawn by proptest and with the files of `fuzz/corpus/`. See
//! `docs/fuzzing.md`.

mod abi;
mod bytes;
mod differential;
mod import;
mod problems;
mod scenario;
mod schedule;

pub use self::abi::abi;
pub use self::differential::differential;
pub use self::import::import;
pub use self::scenario::scenario;
pub use self::schedule::schedule;

/// A target: what it is called, and its function.
pub type Target = (&'static str, fn(&[u8]));

/// Every target.
pub const TARGETS: [Target; 5] = [
    ("scenario", scenario),
    ("import", import),
    ("schedule", schedule),
    ("differential", differential),
    ("abi", abi),
];
