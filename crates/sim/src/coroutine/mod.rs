//! Coroutines: what stands in for the threads of a controlled stack where nobody but the stack makes them wait.
//!
//! **The contract: all of them run on one thread, one at a time, and one that waits is suspended: it goes on when its gate was
//! opened, and never on top of another.** To the model and to the schedule they are threads. Without the feature
//! `coroutines` there are none, and everything here says so.

#[cfg(feature = "coroutines")]
mod keys;
#[cfg(feature = "coroutines")]
mod nest;
#[cfg(feature = "coroutines")]
mod pool;

#[cfg(feature = "coroutines")]
pub use self::pool::Coroutines;
#[cfg(feature = "coroutines")]
pub(crate) use self::{
    keys::{is_here, panicking, suspend},
    nest::{Nest, Place},
    pool::rest,
};

/// Whether the calling code runs on a coroutine.
#[cfg(not(feature = "coroutines"))]
pub(crate) const fn is_here() -> bool {
    false
}

/// Whether the calling thread panics.
#[cfg(not(feature = "coroutines"))]
pub(crate) fn panicking() -> bool {
    crate::sync::thread::panicking()
}

/// Lets the other coroutines go on.
#[cfg(not(feature = "coroutines"))]
pub(crate) const fn rest() -> bool {
    false
}
