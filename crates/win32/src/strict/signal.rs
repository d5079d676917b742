//! The fault handler.
//!
//! A fault in memory of ours is recorded, the memory is made readable, the thread does its one instruction, and
//! the memory is taken away again. That needs a stop after one instruction, which x86-64 Linux has (the trap flag,
//! SIGTRAP); elsewhere, and where a program is emulated, the memory stays readable until the next call of
//! the API or the callback's return. All other faults go to whoever handled them before.
//!
//! Nothing here allocates or takes a lock.

use std::cell::{Cell, UnsafeCell};
use std::ffi::c_int;
use std::mem::MaybeUninit;
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};

use super::context::Context;
use super::place::{self, Meaning};
use super::record::{self, CODE, Record};

/// As many places can one instruction read and write.
const MOST_OPEN: usize = 4;
/// No place.
const NONE: usize = usize::MAX;

thread_local! {
    /// How deep the thread is in code of ours that may read what a client may not.
    static OWN: Cell<u32> = const { Cell::new(0) };
    /// What is open until the thread has done one instruction.
    static OPEN: Cell<[usize; MOST_OPEN]> = const { Cell::new([NONE; MOST_OPEN]) };
    /// Where the thread read something that is gone last: it is told once in a row.
    static LAST: Cell<(usize, usize, u32)> = const { Cell::new((0, NONE, 0)) };
}

static CAN_STEP: AtomicBool = AtomicBool::new(false);

/// Whether memory is open for one instruction only.
pub(super) fn can_step() -> bool {
    CAN_STEP.load(Ordering::Acquire)
}

/// While this lives, the calling thread may read everything.
#[derive(Debug)]
pub(crate) struct Own(());

impl Own {
    pub(crate) fn here() -> Self {
        let _ = OWN.try_with(|own| own.set(own.get() + 1));
        Self(())
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let _ = OWN.try_with(|own| own.set(own.get() - 1));
    }
}

/// Who handled a signal before.
struct Before(UnsafeCell<MaybeUninit<libc::sigaction>>);

// SAFETY: written once, before the handler that reads it is there.
unsafe impl Sync for Before {}

const SIGNALS: [c_int; 3] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGTRAP];
static BEFORE: [Before; 3] =
    [const { Before(UnsafeCell::new(MaybeUninit::zeroed())) }; SIGNALS.len()];

/// Installs the handler, once.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (signal, before) in SIGNALS.iter().zip(&BEFORE) {
            let handle = if *signal == libc::SIGTRAP { on_trap } else { on_fault };
            // SAFETY: `Once` lets one thread write, and the handlers do what handlers may.
            unsafe {
                libc::sigaction(*signal, std::ptr::null(), (*before.0.get()).as_mut_ptr());
                let mut action: libc::sigaction = std::mem::zeroed();
                action.sa_sigaction = handle
                    as extern "C" fn(c_int, *mut libc::siginfo_t, *mut libc::c_void)
                    as usize;
                action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
                libc::sigemptyset(&raw mut action.sa_mask);
                libc::sigaction(*signal, &raw const action, std::ptr::null_mut());
            }
        }
        probe();
    });
}

/// Tries whether a fault is survived and closed again by a single step.
fn probe() {
    let place = place::get(place::PROBE);
    if place.map(1) {
        place.set(place::State::Gone);
        let _awake = Awake::here();
        // SAFETY: the page is there, and the handler makes it readable.
        unsafe { std::ptr::with_exposed_provenance::<u8>(place.start()).read_volatile() };
        place.unmap();
    }
}

/// The signals that are needed are not blocked on the calling thread while this lives.
pub(super) struct Awake(libc::sigset_t);

impl Awake {
    pub(super) fn here() -> Self {
        // SAFETY: sets of signals, of the calling thread.
        unsafe {
            let mut wanted: libc::sigset_t = std::mem::zeroed();
            let mut before: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&raw mut wanted);
            for signal in SIGNALS {
                libc::sigaddset(&raw mut wanted, signal);
            }
            libc::pthread_sigmask(libc::SIG_UNBLOCK, &raw const wanted, &raw mut before);
            Self(before)
        }
    }
}

impl Drop for Awake {
    fn drop(&mut self) {
        // SAFETY: what `here` found. A client that changed its mask in a callback meant the callback.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &raw const self.0, std::ptr::null_mut());
        }
    }
}

extern "C" fn on_fault(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the system's, for a fault.
    let address = unsafe { (*info).si_addr() }.addr();
    let handled = keep_errno(|| handle(address, &Context(context.cast())));
    if !handled {
        chain(signal, info, context);
    }
}

extern "C" fn on_trap(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let open = OPEN.try_with(|open| open.replace([NONE; MOST_OPEN])).unwrap_or([NONE; MOST_OPEN]);
    if open[0] == NONE {
        chain(signal, info, context);
        return;
    }
    keep_errno(|| {
        Context(context.cast()).run();
        for number in open.into_iter().filter(|number| *number != NONE) {
            if number == place::PROBE {
                CAN_STEP.store(true, Ordering::Release);
            }
            place::get(number).close();
        }
    });
}

/// Whether a fault at this address is one of ours, and the thread can go on.
fn handle(address: usize, context: &Context) -> bool {
    let Some(number) = place::find(address) else { return false };
    let place = place::get(number);
    let meaning = place.meaning(address);
    if meaning == Meaning::Nothing {
        return place.protect();
    }
    if !place.open() {
        return false;
    }
    let own = OWN.try_with(Cell::get).unwrap_or_default() > 0 || number == place::PROBE;
    if !own {
        note(number, address, meaning, context);
    }
    let mut open = OPEN.try_with(Cell::get).unwrap_or([NONE; MOST_OPEN]);
    let steps = can_step() || number == place::PROBE;
    match open.iter_mut().find(|entry| **entry == NONE || **entry == number) {
        Some(room) if steps && context.step() => {
            *room = number;
            let _ = OPEN.try_with(|cell| cell.set(open));
        }
        _ => place::leave_open(),
    }
    true
}

/// Keeps what happened.
fn note(number: usize, address: usize, meaning: Meaning, context: &Context) {
    let doing = context.doing();
    let generation = place::get(number).generation();
    let gone = meaning == Meaning::Gone;
    let here = (doing.instruction, number, generation);
    if gone && LAST.try_with(|last| last.replace(here) == here).unwrap_or(false) {
        return;
    }
    let mut record = Record {
        thread: record::thread(),
        place: number,
        generation,
        gone,
        address,
        doing,
        ..Record::NEW
    };
    // SAFETY: the thread has just fetched the instruction from there, and its stack is in use.
    unsafe {
        let length = readable(doing.instruction, CODE);
        let code = std::ptr::with_exposed_provenance::<u8>(doing.instruction);
        for (n, byte) in record.code.iter_mut().enumerate().take(length) {
            *byte = code.add(n).read_volatile();
        }
        record.code_length = length as u8;
        let words = readable(doing.stack, size_of_val(&record.stack)) / size_of::<usize>();
        copy_stack(doing.stack, &mut record.stack[..words]);
    }
    record::push(&record);
}

/// Copies words of a stack, whatever they are: variables of others, and what a sanitizer lays between them. So the system copies them
/// where it can; it is allowed to where a debugger would be.
///
/// # Safety
///
/// The words can be read.
unsafe fn copy_stack(from: usize, into: &mut [usize]) {
    #[cfg(target_os = "linux")]
    {
        let length = size_of_val(into);
        let remote =
            libc::iovec { iov_base: std::ptr::with_exposed_provenance_mut(from), iov_len: length };
        let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: length };
        // SAFETY: one piece here and one there, each of that length.
        let copied = unsafe {
            libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0)
        };
        if usize::try_from(copied) == Ok(length) {
            return;
        }
    }
    let stack = std::ptr::with_exposed_provenance::<usize>(from);
    for (n, word) in into.iter_mut().enumerate() {
        // SAFETY: as the caller says.
        *word = unsafe { stack.add(n).read_volatile() };
    }
}

/// How many bytes of so many can be read from an address whose first byte can: the last page before a hole
/// ends it.
fn readable(start: usize, wanted: usize) -> usize {
    if start == 0 {
        return 0;
    }
    let left = place::page() - start % place::page();
    if left >= wanted || mapped(start + left) { wanted } else { left }
}

#[cfg(target_os = "linux")]
fn mapped(page: usize) -> bool {
    let mut there = 0;
    let page = std::ptr::with_exposed_provenance_mut(page);
    // SAFETY: asks about one page, which need not be there.
    unsafe { libc::mincore(page, 1, &raw mut there) == 0 }
}

#[cfg(not(target_os = "linux"))]
fn mapped(_: usize) -> bool {
    false
}

/// Lets whoever was there before have a signal that is not ours.
fn chain(signal: c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let Some(at) = SIGNALS.iter().position(|known| *known == signal) else { return };
    // SAFETY: written before the handler was installed; a handler is called as it was registered.
    unsafe {
        let before = (*BEFORE[at].0.get()).assume_init_ref();
        match before.sa_sigaction {
            libc::SIG_IGN if signal == libc::SIGTRAP => {}
            libc::SIG_DFL | libc::SIG_IGN => {
                // The instruction faults again, and the system does what it always does.
                libc::sigaction(signal, before, std::ptr::null_mut());
                if signal == libc::SIGTRAP {
                    libc::raise(signal);
                }
            }
            handler if before.sa_flags & libc::SA_SIGINFO != 0 => {
                type Full = extern "C" fn(c_int, *mut libc::siginfo_t, *mut libc::c_void);
                std::mem::transmute::<usize, Full>(handler)(signal, info, context);
            }
            handler => std::mem::transmute::<usize, extern "C" fn(c_int)>(handler)(signal),
        }
    }
}

fn keep_errno<R>(f: impl FnOnce() -> R) -> R {
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    use libc::__errno_location as errno;
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    use libc::__error as errno;
    // SAFETY: the calling thread's errno.
    let before = unsafe { *errno() };
    let answer = f();
    // SAFETY: as before.
    unsafe { *errno() = before };
    answer
}
