//! What unwinds out of a callback.

use netiosim_sim::Delivery;

/// Calls a callback. A Rust panic goes on to whoever calls this, and becomes a finding (N017). An exception of another
/// language cannot be stopped by Rust: it is named here, and ends the process.
pub(crate) fn call(delivery: &Delivery, f: impl FnOnce()) {
    struct Landing<'a>(&'a Delivery, bool);
    impl Drop for Landing<'_> {
        fn drop(&mut self) {
            if !self.1 && !std::thread::panicking() {
                foreign(self.0);
            }
        }
    }
    let mut landing = Landing(delivery, false);
    f();
    landing.1 = true;
}

#[cold]
fn foreign(delivery: &Delivery) -> ! {
    use std::io::Write as _;
    let handle = delivery.due.lane.handle;
    let name = delivery.stack.inspect(|model| {
        model.registration(handle).map_or_else(|| "?".to_owned(), |found| found.name().to_owned())
    });
    let text = format!(
        "netiosim: an exception came out of the callback of \"{name}\". On Windows it would unwind through the system's frames and end the process; catch it inside the callback.\n"
    );
    // The process ends here, so there is nobody to tell that standard error is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
    std::process::abort()
}
