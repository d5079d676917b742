//! The stack of programs that know nothing of us.

use std::sync::OnceLock;

use netiosim_sim::{BuildError, Builder, Mode, OnDeadlock, Stack, StackRef};
use parking_lot::Mutex;

use crate::trace_file::TraceFile;

static DEFAULT: OnceLock<Default> = OnceLock::new();
/// Whoever owns it, so that it is never dropped while threads of the program may call.
static OWNER: Mutex<Option<Stack>> = Mutex::new(None);
/// How it lives; a shared object may say so before the first call.
static LIFE: Mutex<Life> = Mutex::new(Life { make: builder, begun, ended });

/// Nobody reads the trace of a program that runs for long to its beginning.
const KEPT: usize = 1 << 14;

/// The default stack, and the process that it belongs to.
struct Default {
    stack: StackRef,
    process: u32,
}

/// How the default stack lives.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// How it is made.
    pub make: fn() -> Builder,
    /// What is done once it is made: it has to follow real time.
    pub begun: fn(&StackRef),
    /// What is done at the end of the program; whether that speaks against the program, whose exit status must not
    /// be 0 then.
    pub ended: fn(&StackRef) -> bool,
}

/// A stack in the making, as programs on the Windows functions want it: controlled mode, and a deadlock is
/// explained and aborts, unless `NETIOSIM_ON_DEADLOCK` says otherwise (`abort`, `hang` or `error`). Seed and
/// profile come from `NETIOSIM_SEED` and `NETIOSIM_PROFILE`.
pub fn builder() -> Builder {
    let on_deadlock = match std::env::var("NETIOSIM_ON_DEADLOCK").as_deref() {
        Ok("hang") => OnDeadlock::Hang,
        Ok("error") => OnDeadlock::Error,
        _ => OnDeadlock::Abort,
    };
    Builder::from_env().mode(Mode::Controlled).on_deadlock(on_deadlock)
}

/// Whether `NETIOSIM_STRICT` asks for strict mode.
///
/// # Errors
///
/// It is something else than 0, 1 and nothing.
pub(crate) fn strict_by_environment() -> Result<bool, BuildError> {
    const NAME: &str = "NETIOSIM_STRICT";
    let Some(value) = std::env::var_os(NAME) else { return Ok(false) };
    match value.to_string_lossy().trim() {
        "1" => Ok(true),
        "" | "0" => Ok(false),
        other => Err(BuildError::Variable(
            NAME,
            other.to_owned(),
            "only 0 and 1 mean something: 1 asks for strict mode".to_owned(),
        )),
    }
}

/// The stack of a process in which none is bound. It is made at the first call and
/// [follows real time](StackRef::follow_real_time). At the exit of the process it reports on standard error what nobody
/// [took](StackRef::take_findings) of its findings, registrations and tables that were left behind among
/// them, and turns the exit status 0 into 1. Where `NETIOSIM_TRACE_DIR` names a folder, the trace is
/// written there as it comes, to `PROGRAM-PID.trace`.
pub fn default_stack() -> StackRef {
    let made = || {
        let life = *LIFE.lock();
        let mut builder = (life.make)();
        if let Some(file) = TraceFile::from_env() {
            builder = builder.observer(Box::new(file));
        }
        let stack = strict_by_environment().and_then(|_| builder.try_build());
        let stack = stack.unwrap_or_else(|error| refuse(&error));
        let handle = stack.handle();
        *OWNER.lock() = Some(stack);
        exit::arm();
        (life.begun)(&handle);
        Default { stack: handle, process: std::process::id() }
    };
    DEFAULT.get_or_init(made).stack.clone()
}

/// The default stack, if it was made.
pub(crate) fn existing() -> Option<StackRef> {
    DEFAULT.get().map(|default| default.stack.clone())
}

/// Says how the default stack lives, before the first call.
#[doc(hidden)]
pub fn set_default_life(life: Life) {
    *LIFE.lock() = life;
    // Whoever is the first to ask for the end of a program is the last to be told of it, after the destructors.
    exit::arm();
}

/// Says how the default stack is made, before the first call.
#[doc(hidden)]
pub fn set_default_builder(maker: fn() -> Builder) {
    set_default_life(Life { make: maker, begun, ended });
}

/// The default stack was made: time goes by.
#[doc(hidden)]
pub fn begun(stack: &StackRef) {
    stack.keep_recent(KEPT);
    stack.follow_real_time(1.0);
}

/// Tells on stderr what speaks against the default stack; whether there is something.
#[doc(hidden)]
pub fn ended(stack: &StackRef) -> bool {
    use std::io::Write as _;
    let findings = stack.take_findings();
    if findings.is_empty() {
        return false;
    }
    let s = if findings.len() == 1 { "" } else { "s" };
    let mut text = format!("netiosim: {} finding{s} at the end of the program\n", findings.len());
    for finding in findings {
        text.push_str(&format!("\n{finding}\n"));
        if let Some(place) = finding.place {
            let place = stack.inspect(|model| model.place_text(place).to_owned());
            text.push_str(&format!("  at:   {place}\n"));
        }
    }
    // Whatever becomes of it: there is nobody left to tell.
    let _ = std::io::stderr().write_all(text.as_bytes());
    true
}

/// What the environment asks for cannot be had: a program that never heard of a simulator can do nothing about that, so it
/// ends here, with the status of bad usage.
#[cold]
fn refuse(error: &BuildError) -> ! {
    use std::io::Write as _;
    // Whatever becomes of it: there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "netiosim: {error}");
    #[cfg(unix)]
    // SAFETY: what the program has written so far is flushed; its exit hooks, which may call again, are not run.
    unsafe {
        libc::fflush(std::ptr::null_mut());
        libc::_exit(64);
    }
    #[cfg(not(unix))]
    std::process::exit(64);
}

/// The program ends; whether its exit status must not be 0.
pub(crate) fn report_at_exit() -> bool {
    // A child that was forked off has a copy of the stack, and no say.
    let own = DEFAULT.get().filter(|default| default.process == std::process::id());
    let Some(Default { stack, .. }) = own else { return false };
    let life = *LIFE.lock();
    crate::strict::collect_all();
    stack.end_of_program();
    (life.ended)(stack)
}

#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod exit {
    use std::ffi::{c_int, c_void};
    use std::sync::Once;

    unsafe extern "C" {
        fn on_exit(hook: extern "C" fn(c_int, *mut c_void), argument: *mut c_void) -> c_int;
    }

    pub(super) fn arm() {
        static ARMED: Once = Once::new();
        ARMED.call_once(|| {
            // SAFETY: the hook is a function of this program and needs no argument.
            unsafe { on_exit(hook, std::ptr::null_mut()) };
        });
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
    use std::sync::Once;

    pub(super) fn arm() {
        static ARMED: Once = Once::new();
        ARMED.call_once(|| {
            // SAFETY: the hook is a function of this program.
            unsafe { libc::atexit(hook) };
        });
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
    pub(super) fn arm() {
        crate::windows::exit::at_exit(|status| {
            let speaks_against = super::report_at_exit();
            // A status that is not known counts as 0.
            if speaks_against && status.unwrap_or(0) == 0 { 1 } else { status.unwrap_or(0) }
        });
    }
}
