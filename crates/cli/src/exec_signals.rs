//! Signals that ask this command to end: the program is told, and has the last word.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Signal, getpgrp};
use rustix::termios::tcgetpgrp;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

use crate::exec_meeting::Sound;

/// Those that ask for an end.
const ALL: [Signal; 3] = [Signal::HUP, Signal::INT, Signal::TERM];

/// Catches them from now on, whatever becomes of this.
#[derive(Clone)]
pub(crate) struct Caught(Arc<Shared>);

struct Shared {
    /// Who hears of them while a program runs.
    listener: Mutex<Option<Sender<Sound>>>,
    /// The number of the last one, or 0.
    last: AtomicI32,
}

impl Caught {
    /// Those of them that are not ignored, as under `nohup`.
    pub(crate) fn new() -> Result<Self, String> {
        let trouble = |error: io::Error| format!("signals cannot be caught: {error}");
        let ignored = ignored();
        let wanted = ALL.iter().map(|signal| signal.as_raw());
        let wanted: Vec<i32> = wanted.filter(|signal| ignored & (1 << (signal - 1)) == 0).collect();
        let mut signals = Signals::new(wanted).map_err(trouble)?;
        let caught = Self(Arc::new(Shared { listener: Mutex::new(None), last: AtomicI32::new(0) }));
        let own = caught.clone();
        let thread = std::thread::Builder::new().name("signals".to_owned());
        let started = thread.spawn(move || {
            for signal in signals.forever() {
                own.0.last.store(signal, Ordering::SeqCst);
                own.tell_last();
            }
        });
        started.map_err(trouble)?;
        Ok(caught)
    }

    /// Tells of them here from now on.
    pub(crate) fn tell(&self, listener: Sender<Sound>) {
        *self.0.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(listener);
        self.tell_last();
    }

    fn tell_last(&self) {
        let listener = self.0.listener.lock().unwrap_or_else(PoisonError::into_inner);
        let last = Signal::from_named_raw(self.0.last.load(Ordering::SeqCst));
        if let (Some(listener), Some(last)) = (&*listener, last) {
            // Whoever has stopped listening asks whether one came.
            let _ = listener.send(Sound::Signal(last));
        }
    }

    /// Whether one came.
    pub(crate) fn any(&self) -> bool {
        self.0.last.load(Ordering::SeqCst) != 0
    }

    /// Ends this command by the last one that came, as if it had not been caught; nothing if none came.
    pub(crate) fn die(&self) {
        let last = self.0.last.load(Ordering::SeqCst);
        if last != 0 {
            // It was caught, so it can be sent; if not, the exit code has to do.
            let _ = emulate_default_handler(last);
        }
    }
}

/// Whether the program was told by the terminal, which tells all in the foreground.
pub(crate) fn is_the_terminals(signal: Signal) -> bool {
    let foreground = || tcgetpgrp(std::fs::File::open("/dev/tty").ok()?).ok();
    signal == Signal::INT && foreground() == Some(getpgrp())
}

/// The signals that this process was started to ignore, a bit each.
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
