//! The last error: errno, so that `std::io::Error::last_os_error` reads what SetLastError wrote.

use super::host_exports;
use crate::sentinel;

/// A failure: leaves the code in the last error.
pub(super) fn fail<T>(code: u32, answer: T) -> T {
    sentinel::put(code);
    answer
}

/// Leaves the last error as it was before `f`, whatever the host does to errno meanwhile; or with what `f` failed with.
pub(super) fn attempt<T>(failed: T, f: impl FnOnce() -> Result<T, u32>) -> T {
    let before = sentinel::get();
    match f() {
        Ok(answer) => {
            sentinel::put(before);
            answer
        }
        Err(code) => fail(code, failed),
    }
}

host_exports! {
    /// GetLastError: what was left by the last function that leaves something.
    fn GetLastError() -> u32 {
        sentinel::get()
    }

    /// SetLastError.
    fn SetLastError(code: u32) {
        sentinel::put(code);
    }
}
