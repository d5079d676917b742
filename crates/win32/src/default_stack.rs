//! The stack of programs that know nothing of us.

use std::sync::OnceLock;

use netiosim_sim::{Builder, Mode, OnDeadlock, Stack, StackRef};
use parking_lot::Mutex;

static DEFAULT: OnceLock<StackRef> = OnceLock::new();
/// Whoever owns it, so that it is never dropped while threads of the program may call.
static OWNER: Mutex<Option<Stack>> = Mutex::new(None);
/// How it is made; a shared object may say so before the first call.
static MAKER: Mutex<fn() -> Builder> = Mutex::new(builder);

/// A stack in the making, as programs on the Windows functions want it: controlled mode, and a deadlock is
/// explained and aborts, unless `NETIOSIM_ON_DEADLOCK` says otherwise (`abort`, `hang` or `error`). Seed and
/// profile come from `NETIOSIM_SEED` and `NETIOSIM_PROFILE`.
#[must_use]
pub fn builder() -> Builder {
    let on_deadlock = match std::env::var("NETIOSIM_ON_DEADLOCK").as_deref() {
        Ok("hang") => OnDeadlock::Hang,
        Ok("error") => OnDeadlock::Error,
        _ => OnDeadlock::Abort,
    };
    Builder::from_env().mode(Mode::Controlled).on_deadlock(on_deadlock)
}

/// The stack of a process in which none is bound. It is made at the first call, reports at the exit of the
/// process what nobody [took](StackRef::take_findings) of its findings, and turns the exit status 0 into 1.
pub fn default_stack() -> StackRef {
    DEFAULT
        .get_or_init(|| {
            let stack = (*MAKER.lock())().build();
            let handle = stack.handle();
            *OWNER.lock() = Some(stack);
            exit::arm();
            handle
        })
        .clone()
}

/// The default stack, if it was made.
pub(crate) fn existing() -> Option<StackRef> {
    DEFAULT.get().cloned()
}

/// Says how the default stack is made, before the first call.
#[doc(hidden)]
pub fn set_default_builder(maker: fn() -> Builder) {
    *MAKER.lock() = maker;
}

/// Tells on stderr what speaks against the default stack; whether there is something.
pub(crate) fn report_at_exit() -> bool {
    use std::io::Write as _;
    let Some(stack) = existing() else { return false };
    let findings = stack.take_findings();
    if findings.is_empty() {
        return false;
    }
    let s = if findings.len() == 1 { "" } else { "s" };
    let mut text = format!("netiosim: {} finding{s} at the end of the program\n", findings.len());
    for finding in findings {
        text.push_str(&format!("\n{finding}\n"));
    }
    // Whatever becomes of it: there is nobody left to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
    true
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod exit {
    use std::ffi::{c_int, c_void};

    unsafe extern "C" {
        fn on_exit(hook: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }

    pub(super) fn arm() {
        // SAFETY: the hook is a function of this program and needs no argument.
        unsafe { on_exit(hook, std::ptr::null_mut()) };
    }

    extern "C" fn hook(status: c_int, _: *mut c_void) {
        if super::report_at_exit() && status == 0 {
            // SAFETY: what the program has written so far is flushed, and nothing else runs afterwards.
            unsafe {
                libc::fflush(std::ptr::null_mut());
                libc::_exit(1);
            }
        }
    }
}

#[cfg(all(unix, not(all(target_os = "linux", target_env = "gnu"))))]
mod exit {
    pub(super) fn arm() {
        // SAFETY: the hook is a function of this program.
        unsafe { libc::atexit(hook) };
    }

    /// The status is not told here: a failure of the program's own becomes 1 as well.
    extern "C" fn hook() {
        if super::report_at_exit() {
            // SAFETY: what the program has written so far is flushed, and nothing else runs afterwards.
            unsafe {
                libc::fflush(std::ptr::null_mut());
                libc::_exit(1);
            }
        }
    }
}

#[cfg(windows)]
mod exit {
    /// The DLL reports when it is detached.
    pub(super) fn arm() {}
}
