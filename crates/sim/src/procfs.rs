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

#[derive(Debug, PartialEq, Eq)]
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
    state(&status)
}

/// What a file `status` says.
fn state(status: &str) -> Option<Look> {
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
    wait_of(&line)
}

/// What a file `syscall` says: the number of the call, and its arguments.
fn wait_of(line: &str) -> Probe {
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

#[cfg(test)]
mod tests {
    use super::{Known, Look, OURS, state};

    fn status(state: &str, own: u64, others: u64) -> String {
        format!(
            "Name:\tmain\nState:\t{state}\nvoluntary_ctxt_switches:\t{own}\nnonvoluntary_ctxt_switches:\t{others}\n"
        )
    }

    #[test]
    fn a_sleeping_thread_has_its_switches_counted() {
        assert_eq!(state(&status("S (sleeping)", 40, 2)), Some(Look::Sleeping(42)));
        assert_eq!(state(&status("S (sleeping)", 0, 7)), Some(Look::Sleeping(7)));
    }

    #[test]
    fn whoever_does_not_sleep_runs_or_is_gone() {
        for running in ["R (running)", "D (disk sleep)", "t (tracing stop)"] {
            assert_eq!(state(&status(running, 1, 1)), Some(Look::Running), "{running}");
        }
        for gone in ["Z (zombie)", "X (dead)"] {
            assert_eq!(state(&status(gone, 1, 1)), Some(Look::Gone), "{gone}");
        }
    }

    #[test]
    fn what_does_not_say_it_says_nothing() {
        assert_eq!(state(""), None);
        assert_eq!(state("State:\tS (sleeping)\nvoluntary_ctxt_switches:\t1\n"), None);
        assert_eq!(state("State:\tS (sleeping)\n"), None);
    }

    #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
    #[test]
    fn only_a_futex_without_a_limit_blocks() {
        use super::{Probe, wait_of};
        let futex =
            |limit: &str| format!("202 0x7f01 0x189 0x0 {limit} 0x0 0xffffffff 0x7f02 0x7f03\n");
        assert_eq!(wait_of(&futex("0x0")), Probe::Blocked);
        assert_eq!(wait_of(&futex("0x7f04")), Probe::Busy);
        assert_eq!(wait_of("232 0x5 0x7f01 0x400 0x0 0x0 0x0 0x7f02 0x7f03\n"), Probe::Busy);
        assert_eq!(wait_of("running\n"), Probe::Running);
        // Not for our eyes: as if it were blocked.
        assert_eq!(wait_of(""), Probe::Blocked);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_calling_thread_runs_and_one_that_never_was_is_gone() {
        use super::{Probe, own_tid, steady};
        let own = own_tid().expect("Linux tells");
        assert_eq!(steady(own), Some(Probe::Running));
        assert_eq!(steady(u64::from(u32::MAX)), Some(Probe::Gone));
    }

    #[test]
    fn a_thread_is_known_until_the_last_one_that_knows_it_is_gone() {
        let own = std::thread::spawn(|| {
            let (first, second) = (Known::own(), Known::own());
            let tid = first.tid();
            let known = || OURS.lock().get(&tid).copied();
            let mut counts = vec![known()];
            drop(first);
            counts.push(known());
            drop(second);
            counts.push(known());
            (tid, counts)
        });
        let (tid, counts) = own.join().expect("it ends");
        assert_eq!(tid > 0, cfg!(target_os = "linux"));
        if tid > 0 {
            assert_eq!(counts, [Some(2), Some(1), None]);
        }
    }
}
