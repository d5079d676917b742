//! What a thread is called, and how it sleeps.

use std::time::Duration;

use super::host_calls;
use super::host_exports;
use super::wait::limit;
use crate::{current, origin, sentinel};

/// A thread of a stack sleeps in its time, any other in the host's.
fn sleep(milliseconds: u32, caller: usize) {
    let before = sentinel::get();
    match current::of_thread() {
        Some(stack) => {
            origin::announce(caller);
            // There is nobody to be told: an endless sleep that ends is the end of the stack.
            let _ = stack.wait_signals(&[], false, limit(milliseconds));
        }
        None => std::thread::sleep(Duration::from_millis(u64::from(milliseconds))),
    }
    sentinel::put(before);
}

host_exports! {
    /// GetCurrentThreadId: the host's number of the thread, cut to 32 bits.
    fn GetCurrentThreadId() -> u32 {
        #[cfg(not(target_vendor = "apple"))]
        // SAFETY: it takes nothing and cannot fail.
        return unsafe { libc::gettid() }.unsigned_abs();
        #[cfg(target_vendor = "apple")]
        {
            let mut id = 0;
            // SAFETY: 0 is the calling thread, and there is a place for the number.
            unsafe { libc::pthread_threadid_np(0, &raw mut id) };
            id as u32
        }
    }

    /// GetCurrentProcessId: the host's.
    fn GetCurrentProcessId() -> u32 {
        std::process::id()
    }
}

host_calls! {
    /// Sleep: in controlled mode of a stack virtual time, which costs none; see the wait functions.
    [1] fn Sleep(caller; milliseconds: u32) {
        sleep(milliseconds, caller);
    }

    /// SleepEx: as [`Sleep`]; nothing alerts it.
    [2] fn SleepEx(caller; milliseconds: u32, alertable: i32) -> u32 {
        sleep(milliseconds, caller);
        0
    }
}
