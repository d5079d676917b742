//! Strict mode: memory that is not the client's to read faults, and the fault becomes a finding.
//!
//! A row lies against a guard page, so that a read of a member beyond the keys faults (N008); the page is
//! taken away when the callback has returned, so that a kept pointer faults (N006); and so are the pages of a
//! table that was freed (N021). The program goes on: see `docs/memory.md` for how, and for what is not seen.
//!
//! The default stack is strict when `NETIOSIM_STRICT` is `1`; another stack when [`strict`] says so.

mod access;
mod context;
mod member;
mod place;
mod record;
mod report;
mod rows;
mod signal;
mod tables;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_sim::StackRef;
use netiosim_sim::model::machine::RowRef;
use netiosim_sim::model::row::RowType;
use parking_lot::Mutex;

pub(crate) use self::rows::{Slot, at};
pub(crate) use self::signal::Own;
pub(crate) use self::tables::Pages;
use crate::default_stack;
use crate::layout::Layout;

/// How many guards there are.
static GUARDS: AtomicUsize = AtomicUsize::new(0);
/// The stacks that they are for, once per guard.
static STRICT: Mutex<Vec<u64>> = Mutex::new(Vec::new());

/// A stack is strict until this is dropped.
///
/// What was read and should not have been becomes a finding at the thread's next call of the API, and when its
/// callback returns. What is left becomes one when this is dropped: let it go before the stack, and before the last
/// look at the findings, or call [`flush`](Self::flush).
#[must_use = "the stack is strict no longer than this lives"]
#[derive(Debug)]
pub struct Strict {
    uid: u64,
}

/// Makes a stack strict: rows and tables that it hands out from now on are guarded.
///
/// The first use in a process installs handlers of SIGSEGV, SIGBUS and SIGTRAP. Faults in other memory go to whoever
/// handled them before; a program that installs handlers of its own later, and does not call these, ends
/// at the first fault.
///
/// # Examples
///
/// ```
/// use netiosim_win32::sim::Stack;
///
/// let stack = Stack::new();
/// let strict = netiosim_win32::strict(&stack);
/// // ... the test ...
/// drop(strict);
/// assert!(stack.findings().is_empty());
/// ```
pub fn strict(stack: &StackRef) -> Strict {
    signal::install();
    STRICT.lock().push(stack.uid());
    GUARDS.fetch_add(1, Ordering::AcqRel);
    Strict { uid: stack.uid() }
}

impl Strict {
    /// Turns what every thread has read of this stack so far, and should not have, into findings.
    pub fn flush(&self) {
        report::of_stack(Some(self.uid));
    }
}

impl Drop for Strict {
    fn drop(&mut self) {
        self.flush();
        let mut all = STRICT.lock();
        if let Some(at) = all.iter().position(|uid| *uid == self.uid) {
            all.swap_remove(at);
            GUARDS.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// Reports what the calling thread did: every call of the API begins with this.
pub(crate) fn collect() {
    report::of_thread();
}

/// Reports what any thread did, to whatever stack: the end of a program on the default stack begins with this.
///
/// The thread that ends a program has no thread-local values any more, without which it is nobody to a stack; so another
/// one reports.
pub(crate) fn collect_all() {
    if report::pending() {
        let reporter = std::thread::Builder::new().name("netiosim-end".to_owned());
        if let Ok(reporter) = reporter.spawn(|| report::of_stack(None)) {
            // A panic of it was told by itself, and the program ends.
            let _ = reporter.join();
        }
    }
}

/// A guarded place for a row, if the stack is strict.
pub(crate) fn row<L: Layout>(stack: &StackRef, row: RowRef, kind: RowType) -> Option<Slot> {
    if wanted(stack) { Slot::take::<L>(stack, row, kind) } else { None }
}

/// Guarded pages for a table, if the stack is strict.
pub(crate) fn table(stack: &StackRef, bytes: usize) -> Option<Pages> {
    if wanted(stack) { Pages::new(bytes) } else { None }
}

/// Whether a table lies in a place, in that use of it.
pub(crate) fn is_in(pages: &Pages, place: usize, generation: u32) -> bool {
    pages.is(place) && place::get(place).generation() == generation
}

fn wanted(stack: &StackRef) -> bool {
    let guarded = GUARDS.load(Ordering::Acquire) > 0 && STRICT.lock().contains(&stack.uid());
    guarded || (by_environment() && is_default(stack))
}

fn by_environment() -> bool {
    static WANTED: OnceLock<bool> = OnceLock::new();
    *WANTED.get_or_init(|| default_stack::strict_by_environment().unwrap_or(false))
}

fn is_default(stack: &StackRef) -> bool {
    if default_stack::existing().is_none_or(|default| default.uid() != stack.uid()) {
        return false;
    }
    signal::install();
    true
}
