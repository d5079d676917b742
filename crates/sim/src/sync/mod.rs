//! Where this crate takes locks, threads, channels and atomics from: the one place that knows whose they are.
//!
//! Without features they are those of `parking_lot`, `crossbeam-channel` and the standard library, unchanged. With the
//! feature `shuttle` they are [shuttle](https://docs.rs/shuttle)'s, behind the same names and signatures, so that a
//! test of shuttle's decides which thread goes on at each of them: `shuttled.rs` says what differs. With `--cfg loom`
//! what the [hand-over cell](cell) is made of is [loom](https://docs.rs/loom)'s, and nothing else.
//!
//! What is no step of a test stays the [system's own](plain) in any case: what lives longer than an execution of
//! shuttle's, and controlled mode, which shuttle does not have.

#[cfg(loom)]
mod loomed;
#[cfg(feature = "shuttle")]
mod shuttled;

use std::time::{Duration, Instant};

#[cfg(not(feature = "shuttle"))]
pub(crate) use std::{sync::atomic, thread, thread_local};

#[cfg(not(feature = "shuttle"))]
pub(crate) use crossbeam_channel as channel;
#[cfg(not(feature = "shuttle"))]
pub(crate) use parking_lot::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard,
};

#[cfg(feature = "shuttle")]
pub(crate) use self::shuttled::{
    Condvar, Mutex, MutexGuard, RwLock, RwLockReadGuard, RwLockWriteGuard, atomic, channel, thread,
    thread_local,
};

/// What is the system's own, whatever the rest runs on. Nobody may come to a point at which another thread of the test
/// could go on while he holds one of these locks.
pub(crate) mod plain {
    pub(crate) use parking_lot::{Condvar, Mutex};
}

/// What the hand-over cell is made of.
pub(crate) mod cell {
    #[cfg(not(loom))]
    pub(crate) use std::{
        sync::{
            OnceLock,
            atomic::{AtomicBool, Ordering},
        },
        thread::{self, Thread},
    };

    #[cfg(loom)]
    pub(crate) use super::loomed::{AtomicBool, OnceLock, Ordering, Thread, thread};
}

/// Why nothing can follow real time; `None`: it can.
pub(crate) fn no_real_time() -> Option<&'static str> {
    cfg!(feature = "shuttle").then_some(
        "this build has the feature `shuttle`, where no real time goes by: use `advance_ms`",
    )
}

/// When somebody who waits from now on has waited for so long that it is worth a word; `None`: never, because no time
/// goes by, or the patience is longer than the system can count.
pub(crate) fn deadline(patience: Duration) -> Option<Instant> {
    match no_real_time() {
        Some(_) => None,
        None => Instant::now().checked_add(patience),
    }
}

/// Why stacks cannot be made here; `None`: they can.
pub(crate) fn refusal(controlled: bool) -> Option<&'static str> {
    #[cfg(feature = "shuttle")]
    return shuttled::refusal(controlled);
    #[cfg(not(feature = "shuttle"))]
    {
        let _ = controlled;
        None
    }
}
