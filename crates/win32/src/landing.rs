//! What unwinds out of a callback.

use std::cell::{Cell, RefCell};
use std::io::Write as _;
use std::sync::Once;

use netiosim_sim::Delivery;
use netiosim_sim::model::ids::Handle;
use netiosim_sim::{StackRef, WeakStack};

use crate::default_stack;

thread_local! {
    /// The callbacks that the thread runs, innermost last.
    static RUNNING: RefCell<Vec<(WeakStack, Handle)>> = const { RefCell::new(Vec::new()) };
    /// Whether a panic of this thread was already explained.
    static EXPLAINED: Cell<bool> = const { Cell::new(false) };
}

/// Calls a callback. A Rust panic goes on to whoever calls this, and becomes a finding (N017). An exception of another
/// language cannot be stopped by Rust: it is named here, and ends the process.
pub(crate) fn call(delivery: &Delivery, f: impl FnOnce()) {
    struct Landing<'a>(&'a Delivery, bool);
    impl Drop for Landing<'_> {
        fn drop(&mut self) {
            let _ = RUNNING.try_with(|running| forget(&mut running.borrow_mut(), self.0));
            if !self.1 && !std::thread::panicking() {
                foreign(self.0);
            }
        }
    }
    let _ = RUNNING.try_with(|running| {
        running.borrow_mut().push((delivery.stack.downgrade(), delivery.due.lane.handle));
    });
    let mut landing = Landing(delivery, false);
    f();
    landing.1 = true;
}

/// A callback has returned: the innermost of its registration. On coroutines it need not be the thread's innermost.
fn forget(running: &mut Vec<(WeakStack, Handle)>, delivery: &Delivery) {
    let own = |(stack, handle): &(WeakStack, Handle)| {
        *handle == delivery.due.lane.handle && stack.is(&delivery.stack)
    };
    if let Some(at) = running.iter().rposition(own) {
        running.remove(at);
    }
}

/// Lets a panic that cannot leave its callback say whose it was.
///
/// A callback is an `extern "system"` function, and Rust ends the process when a panic reaches the end of one: in the
/// client's own frame, before anybody else can catch it. This puts one line behind the message of the panic: the
/// registration and its function. It adds to the process' panic hook, once however often it is called. A callback that is
/// `extern "system-unwind"` needs none of this: its panic is a finding (N017).
pub fn explain_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            before(info);
            let payload = info.payload();
            let text = payload
                .downcast_ref::<&str>()
                .copied()
                .or_else(|| payload.downcast_ref::<String>().map(String::as_str));
            // The second panic, at the end of the function that nothing may unwind out of.
            if text.is_some_and(|text| text.contains("cannot unwind")) {
                explain();
            }
        }));
    });
}

fn explain() {
    let innermost = RUNNING
        .try_with(|running| running.try_borrow().ok()?.last().cloned())
        .ok()
        .flatten()
        .and_then(|(stack, handle)| Some((stack.upgrade()?, handle)));
    let again = EXPLAINED.try_with(|explained| explained.replace(true)).unwrap_or(true);
    if let Some((stack, handle)) = innermost
        && !again
    {
        say(&format!(
            "netiosim: the panic reached the end of the callback of {}, an extern \"system\" function that nothing may unwind out of; on Windows it ends the process as well (N017)\n",
            callback(&stack, handle)
        ));
        last_words(&stack);
    }
}

#[cold]
fn foreign(delivery: &Delivery) -> ! {
    say(&format!(
        "netiosim: an exception came out of the callback of {}. On Windows it would unwind through frames of the system, which is undefined; catch it inside of the callback (N017)\n",
        callback(&delivery.stack, delivery.due.lane.handle)
    ));
    last_words(&delivery.stack);
    std::process::abort()
}

/// The name of a registration, and the function that made it.
fn callback(stack: &StackRef, handle: Handle) -> String {
    stack.inspect(|model| match model.registration(handle) {
        Some(found) => format!("\"{}\" ({})", found.name(), found.kind().function().name()),
        None => "a registration that is gone".to_owned(),
    })
}

/// The process ends without its exit hooks, so the default stack says now what it would have said then.
fn last_words(stack: &StackRef) {
    if default_stack::existing().is_some_and(|default| default.uid() == stack.uid()) {
        default_stack::report_at_exit();
    }
}

fn say(text: &str) {
    // The process ends here, so there is nobody to tell that standard error is closed.
    let _ = std::io::stderr().write_all(text.as_bytes());
}
