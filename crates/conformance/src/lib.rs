//! What the documents say about `netioapi.h`, as checks that run over any implementation.
//!
//! A [`Requirement`] is one statement of the documents in our own words, with an id such as TP-07. A [`Check`] shows one of
//! them with raw parameters and codes, over a [`Session`] of some [`Backend`]: the model alone, a simulated stack in each of its
//! modes, the names of the Windows ABI, or those of any shared object. What a check needs to happen it asks of the [`World`]; what a world cannot do
//! makes the check *not applicable*, with the reason, and never a success. [`Matrix`] is what came out.
//!
//! # Examples
//!
//! ```
//! use netiosim_conformance::{Matrix, Selection, backends};
//!
//! let matrix = Matrix::run(&[&backends::Model], &Selection { ids: "TP-0*".into(), ..Selection::default() });
//! assert!(matrix.failed().next().is_none());
//! assert!(matrix.results.iter().any(|result| result.id == "TP-07"));
//! ```

mod backend;
pub mod backends;
mod bench;
mod cannot;
mod check;
mod checks;
mod matrix;
mod probes;
mod requirement;
mod told;

pub use self::backend::{
    Act, Answered, Backend, Callback, Did, Register, Registered, Session, Whose, World,
};
pub use self::bench::Bench;
pub use self::cannot::Cannot;
pub use self::check::{Check, Stop, Verdict};
pub use self::checks::all;
pub use self::matrix::{Cell, Matrix, Outcome, Selection, glob};
pub use self::probes::{Came, Happening, Probe, Seen};
pub use self::requirement::{Requirement, Truth, requirements};
pub use self::told::{Heard, Told};
