//! Stacks: made, bound and destroyed.

use std::cell::RefCell;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use netiosim_sim::model::status::Flavour;
use netiosim_sim::{Stack, StackRef};

use super::options::{StackOptions, Wishes, read};
use super::problem::{Problem, Status, attempt};
use super::{answer, entry, known};
use crate::current::{self, Bound, bind};
use crate::{default_stack, origin};

/// A simulated machine. A handle: it is compared and handed in, and points to nothing.
pub struct StackHandle {
    _opaque: [u8; 0],
}

/// What is reported of what a program leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leaks {
    Tables,
    All,
    Nothing,
}

/// What is to be done at the end of a stack.
#[derive(Debug)]
pub(super) struct Ending {
    pub(super) leaks: Leaks,
    /// As many deliveries one call makes at most.
    pub(super) delivery_limit: usize,
    /// It is strict as long as this is there.
    #[cfg(unix)]
    pub(super) _strict: Option<crate::Strict>,
}

impl Ending {
    fn new(stack: &StackRef, wishes: Wishes) -> Result<Self, Problem> {
        #[cfg(unix)]
        return Ok(Self {
            leaks: wishes.leaks,
            delivery_limit: wishes.delivery_limit,
            _strict: wishes.strict.then(|| crate::strict(stack)),
        });
        #[cfg(not(unix))]
        match (stack, wishes.strict) {
            (_, true) => Err(Problem::refused("there is no strict mode on this system")),
            (_, false) => Ok(Self { leaks: wishes.leaks, delivery_limit: wishes.delivery_limit }),
        }
    }
}

thread_local! {
    /// What the calling thread has bound with `netiosim_bind`, innermost last.
    static BOUND: RefCell<Vec<(u64, Bound)>> = const { RefCell::new(Vec::new()) };
}

/// Makes a stack of these options; NULL: a home machine, controlled mode, user flavour.
///
/// The handle is written to `*stack`, or NULL if there is none. Destroy it with `netiosim_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_create(
    options: *const StackOptions,
    stack: *mut *mut StackHandle,
) -> Status {
    attempt(|| {
        // SAFETY: the caller's: NULL or a place for a handle.
        unsafe { answer(stack, std::ptr::null_mut()) };
        if stack.is_null() {
            return Err(Problem::argument("there is no place for the stack: NULL"));
        }
        // SAFETY: the caller's.
        let (builder, wishes) = unsafe { read(options) }?;
        let made = builder.try_build().map_err(|error| Problem::argument(error.to_string()))?;
        let ending = Ending::new(&made, wishes)?;
        // SAFETY: the caller's.
        unsafe { answer(stack, known::own(made, ending)) };
        Ok(())
    })
}

/// Ends a stack that `netiosim_create` made: its callbacks are removed and its threads stop. The calling thread is
/// unbound from it; other threads may not be bound to it any more.
///
/// Answers NETIOSIM_STATUS_FINDINGS when there are findings that nobody acknowledged, leaks among them as the option
/// `leaks` says; they are written to the standard error. So a test may end with `return netiosim_destroy(stack);`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_destroy(stack: *mut StackHandle) -> Status {
    attempt(|| {
        let (stack, ending) = known::take(stack)?;
        let bound = BOUND.try_with(|bound| {
            let (gone, rest) = bound.take().into_iter().partition(|(uid, _)| *uid == stack.uid());
            bound.replace(rest);
            let gone: Vec<(u64, Bound)> = gone;
            gone
        });
        drop(bound);
        origin::announce(origin::walk(entry!(netiosim_destroy)));
        look_for_leaks(&stack, ending.leaks);
        // What was read and should not have been becomes a finding here.
        drop(ending);
        let findings = stack.take_findings();
        drop(stack);
        if findings.is_empty() {
            return Ok(());
        }
        let s = if findings.len() == 1 { "" } else { "s" };
        let mut text = format!("{} finding{s} that nobody acknowledged\n", findings.len());
        for finding in &findings {
            text.push_str(&format!("\n{finding}\n"));
        }
        // Whoever looks at the status can read it there, too.
        let _ = std::io::stderr().write_all(format!("netiosim: {text}").as_bytes());
        Err(Problem { status: Status::Findings, text })
    })
}

fn look_for_leaks(stack: &Stack, leaks: Leaks) {
    let process = stack.own_process();
    match leaks {
        Leaks::All if process.is_alive() => process.exit(),
        Leaks::Tables if process.is_alive() => {
            stack.with_model(|model, actor, _| model.report_tables(actor, process.id()));
        }
        _ => {}
    }
}

/// Binds the calling thread to a stack: from now on, until `netiosim_unbind`, its calls of the Windows functions are
/// answered by it. Bindings nest. Callbacks belong to the stack that calls them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn netiosim_bind(stack: *mut StackHandle) -> Status {
    attempt(|| {
        let stack = known::find(stack)?;
        let guard = bind(&stack);
        let kept = BOUND.try_with(|bound| bound.borrow_mut().push((stack.uid(), guard)));
        kept.map_err(|_| Problem::refused("the thread is ending"))
    })
}

/// Takes the calling thread's innermost `netiosim_bind` back. NETIOSIM_STATUS_REFUSED if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn netiosim_unbind() -> Status {
    attempt(|| {
        let gone = BOUND.try_with(|bound| bound.borrow_mut().pop()).ok().flatten();
        gone.map(drop).ok_or_else(|| Problem::refused("the thread is not bound"))
    })
}

/// The stack that answers the calling thread's calls: the one that it is bound to, the one whose callback it runs,
/// else the default stack. NULL when the thread belongs to no stack while others do (a finding, N024).
#[unsafe(no_mangle)]
pub extern "C" fn netiosim_current_stack() -> *mut StackHandle {
    handle_of(|| {
        let caller = origin::walk(entry!(netiosim_current_stack));
        current::current("netiosim_current_stack", caller)
            .ok_or_else(|| Problem::refused("the thread belongs to no stack (N024)"))
    })
}

/// The stack of programs that bind none; it is made when it is first asked for, and reports its findings at the exit
/// of the process. It cannot be destroyed. NULL when it cannot be made of what the environment asks for.
#[unsafe(no_mangle)]
pub extern "C" fn netiosim_default_stack() -> *mut StackHandle {
    handle_of(|| Ok(default_stack()))
}

fn handle_of(f: impl FnOnce() -> Result<StackRef, Problem>) -> *mut StackHandle {
    let mut handle = std::ptr::null_mut();
    let _ = attempt(|| {
        handle = known::of(&f()?);
        Ok(())
    });
    handle
}

/// Whether stacks that say no flavour are drivers'.
static KERNEL: AtomicBool = AtomicBool::new(false);

/// Says of which flavour a stack is that is made without one: for the shared object of drivers.
#[doc(hidden)]
pub fn set_flavour(flavour: Flavour) {
    KERNEL.store(flavour == Flavour::Kernel, Ordering::Relaxed);
}

/// That of programs, unless this is the shared object for drivers.
pub(super) fn own_flavour() -> Flavour {
    if KERNEL.load(Ordering::Relaxed) { Flavour::Kernel } else { Flavour::User }
}
