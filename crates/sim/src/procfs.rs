//! What Linux tells about the threads of this process. Elsewhere nothing is known.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use crate::core::Core;
use crate::sync::plain::Mutex;

/// What a thread outside our sight is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Probe {
    /// It runs, or is about to.
    Running,
    /// It sleeps on a futex without a time limit: only another thread can wake it.
    Blocked,
    /// It sleeps in another way: it may go on by itself.
    Busy,
    /// It is not there any more.
    Gone,
}

/// The number of the calling thread.
pub(crate) fn own_tid() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    link.file_name()?.to_str()?.parse().ok()
}

/// The numbers of all threads of this process.
pub(crate) fn threads() -> Vec<u64> {
    if !cfg!(target_os = "linux") {
        return Vec::new();
    }
    let Ok(entries) = std::fs::read_dir("/proc/self/task") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

thread_local! {
    static TID: OnceCell<u64> = const { OnceCell::new() };
}

/// Threads that belong to one stack or another: they are no strangers to any.
static OURS: Mutex<BTreeMap<u64, usize>> = Mutex::new(BTreeMap::new());

/// A thread of this crate's, or one that a controlled stack knows, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Known(u64);

impl Known {
    /// The calling thread.
    pub(crate) fn own() -> Self {
        let tid = TID.try_with(|tid| *tid.get_or_init(|| own_tid().unwrap_or(0)));
        let tid = tid.unwrap_or_else(|_| own_tid().unwrap_or(0));
        *OURS.lock().entry(tid).or_default() += 1;
        Self(tid)
    }

    pub(crate) fn tid(&self) -> u64 {
        self.0
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        let mut ours = OURS.lock();
        if let Some(count) = ours.get_mut(&self.0) {
            *count -= 1;
            if *count == 0 {
                ours.remove(&self.0);
            }
        }
    }
}

/// Whether threads came up since the stack was made that it does not know: they might still call.
pub(crate) fn strangers(core: &Core) -> bool {
    let all = threads();
    let ours = OURS.lock();
    let known = |tid: &u64| core.sched.older.contains(tid) || ours.contains_key(tid);
    !cfg!(target_os = "linux") || !all.iter().all(known)
}

/// Whether every thread that no stack knows sleeps until another thread wakes it; `false` where the system does
/// not tell.
pub(crate) fn strangers_are_blocked() -> bool {
    let strangers: Vec<u64> = {
        let ours = OURS.lock();
        threads().into_iter().filter(|tid| !ours.contains_key(tid)).collect()
    };
    let blocked = |tid: &u64| matches!(steady(*tid), Some(Probe::Blocked | Probe::Gone));
    cfg!(target_os = "linux") && strangers.iter().all(blocked)
}

/// What a thread is doing, looked at twice; `None` where the system does not tell.
pub(crate) fn steady(tid: u64) -> Option<Probe> {
    if tid == 0 {
        return cfg!(target_os = "linux").then_some(Probe::Running);
    }
    let first = match look(tid)? {
        Look::Gone => return Some(Probe::Gone),
        Look::Running => return Some(Probe::Running),
        Look::Sleeping(switches) => switches,
    };
    std::thread::yield_now();
    match look(tid)? {
        Look::Gone => Some(Probe::Gone),
        Look::Sleeping(second) if second == first => Some(sleep_kind(tid)),
        _ => Some(Probe::Running),
    }
}

/// How often a thread that sleeps has been switched away from; `None`: it does not sleep, or the system does not tell.
pub(crate) fn slept(tid: u64) -> Option<u64> {
    match look(tid)? {
        Look::Sleeping(switches) => Some(switches),
        Look::Gone | Look::Running => None,
    }
}

enum Look {
    Gone,
    Running,
    /// With the number of context switches so far.
    Sleeping(u64),
}

fn look(tid: u64) -> Option<Look> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let Ok(status) = std::fs::read_to_string(format!("/proc/self/task/{tid}/status")) else {
        return Some(Look::Gone);
    };
    let field = |name: &str| {
        status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .map(|rest| rest.trim_start_matches(':').trim())
    };
    match field("State")?.chars().next()? {
        'S' => {
            let count = |name| field(name).and_then(|text| text.parse::<u64>().ok());
            let switches = count("voluntary_ctxt_switches")? + count("nonvoluntary_ctxt_switches")?;
            Some(Look::Sleeping(switches))
        }
        'Z' | 'X' => Some(Look::Gone),
        _ => Some(Look::Running),
    }
}

/// On what a sleeping thread sleeps, as far as the system lets us see it.
fn sleep_kind(tid: u64) -> Probe {
    let Ok(line) = std::fs::read_to_string(format!("/proc/self/task/{tid}/syscall")) else {
        return Probe::Blocked;
    };
    let mut words = line.split_whitespace();
    let futex = if cfg!(target_arch = "x86_64") {
        "202"
    } else if cfg!(target_arch = "aarch64") {
        "98"
    } else {
        return Probe::Blocked;
    };
    match words.next() {
        Some("running") => Probe::Running,
        Some(number) if number == futex => match words.nth(3) {
            Some("0x0") => Probe::Blocked,
            _ => Probe::Busy,
        },
        Some(_) => Probe::Busy,
        None => Probe::Blocked,
    }
}
