//! A second, deliberately naive reading of the documents: what registrations are owed, who may be
//! called back, who waits for whom.
//!
//! It shares no code with the crate. There are flat lists and nothing else, nothing is ever removed
//! from the list of registrations, and every question is answered by looking at everything again.

#![allow(dead_code, reason = "each test program that includes this module uses another part of it")]

pub(crate) mod action;
mod books;
mod cancels;
mod changes;
mod compare;
mod deliveries;
pub(crate) mod faults;
mod finish;
mod life;
mod step;
pub(crate) mod tables;
mod turn;
pub(crate) mod waits;
pub(crate) mod world;

use self::faults::FaultBook;
use self::waits::Waits;

/// The configuration of every law: so many cases, and no files with seeds beside the tests.
pub(crate) fn config(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..proptest::test_runner::Config::with_cases(cases)
    }
}

/// A thread, by its position.
pub(crate) type Thread = usize;

/// What a callback is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Told {
    /// A port and a MIB_NOTIFICATION_TYPE.
    Port(u16, i32),
    /// Family, LUID and index of a row, or NULL, and a MIB_NOTIFICATION_TYPE.
    Row(Option<(u16, u64, u32)>, i32),
}

/// Which API function made a registration, and for which families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listens {
    Teredo,
    /// AF_INET, AF_INET6, or 0 for both.
    Interfaces(u16),
}

/// Which callbacks never overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overlap {
    Lane,
    Handle,
    Callback,
    Process,
}

/// The silent spots, as this run fills them.
#[derive(Clone, Debug)]
pub(crate) struct Rules {
    pub(crate) overlap: Overlap,
    pub(crate) initial_per_family: bool,
    pub(crate) any_order: bool,
    pub(crate) merge: bool,
    pub(crate) failed_cancel_gone: bool,
    pub(crate) concurrent_refused: bool,
    pub(crate) stub: bool,
    pub(crate) port_change_type: i32,
    pub(crate) port_on_stop: Option<i32>,
    pub(crate) same_port_notifies: bool,
    /// The numbers of a stale cancel, a NULL callback and a NULL handle pointer: user and kernel.
    pub(crate) stale: [u32; 2],
    pub(crate) null_callback: [u32; 2],
    pub(crate) null_pointer: [u32; 2],
}

/// The initial notification of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum First {
    NotDue,
    DueAnywhere,
    DueOn(Thread),
}

#[derive(Clone, Debug)]
pub(crate) struct RefLane {
    pub(crate) family: u16,
    pub(crate) first: First,
    pub(crate) owed: Vec<(u64, Told)>,
    /// What a cancel took away that may yet turn out to be a deadlock.
    pub(super) aside: Option<(First, Vec<(u64, Told)>)>,
    pub(crate) running: Option<(Thread, Told)>,
    /// How many initial notifications it had.
    pub(crate) firsts: u32,
    /// How many real ones it had.
    pub(crate) changes: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Live,
    /// These threads are in a cancel of it.
    Cancelling(Vec<Thread>),
    /// Dead, whether or not a callback is still running.
    Dead,
}

#[derive(Clone, Debug)]
pub(crate) struct Reg {
    pub(crate) handle: u64,
    pub(crate) name: String,
    pub(crate) process: usize,
    pub(crate) callback: u64,
    pub(crate) listens: Listens,
    pub(crate) asked_initial: bool,
    pub(crate) module: bool,
    pub(crate) stamp: u64,
    pub(crate) fate: Fate,
    pub(crate) lanes: Vec<RefLane>,
    pub(crate) begun: u32,
    /// Locks that a callback of it ever wanted, and whether to write.
    pub(crate) wanted: Vec<(usize, bool)>,
    /// A cancel of it was part of a circle that was told of.
    pub(crate) blamed: bool,
    /// A cancel of it closed a circle and may yet be refused.
    pub(crate) hung: bool,
    /// It died while it was being cancelled.
    pub(crate) doomed: bool,
    /// The last port that it was told, of a real change.
    pub(crate) last_port: Option<u16>,
    /// A cancel of it was given up: what happened meanwhile it does not know.
    pub(crate) disturbed: bool,
}

/// What a cancel does at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cancel {
    Returns(u32),
    Waits,
    Cycle,
}

#[derive(Clone, Debug)]
pub(crate) struct ThreadBook {
    pub(crate) process: usize,
    pub(crate) alive: bool,
    /// The deliveries on it, innermost last.
    pub(crate) frames: Vec<(usize, usize)>,
    pub(crate) irql: u8,
}

/// The reference.
#[derive(Clone, Debug)]
pub(crate) struct Reference {
    pub(crate) rules: Rules,
    pub(crate) threads: Vec<ThreadBook>,
    pub(crate) processes: Vec<bool>,
    pub(crate) regs: Vec<Reg>,
    pub(crate) waits: Waits,
    pub(crate) faults: FaultBook,
    pub(crate) module_loaded: bool,
    pub(crate) nsi_down: bool,
    stamp: u64,
}

/// Everything that one NotifyXxx call is given.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) name: String,
    pub(crate) callback: Option<u64>,
    pub(crate) handle_pointer: bool,
    pub(crate) family: Option<u16>,
    pub(crate) initial: bool,
    pub(crate) module: bool,
    pub(crate) foreign: bool,
}

impl Reference {
    pub(crate) fn new(rules: Rules, processes: &[usize]) -> Self {
        let threads = processes.iter().map(|process| ThreadBook {
            process: *process,
            alive: true,
            frames: vec![],
            irql: 0,
        });
        Self {
            rules,
            threads: threads.collect(),
            processes: vec![true; 2],
            regs: Vec::new(),
            waits: Waits::new(processes.len()),
            faults: FaultBook::default(),
            module_loaded: true,
            nsi_down: false,
            stamp: 0,
        }
    }

    /// 0 for a user process, 1 for a driver.
    pub(crate) fn flavour(&self, thread: Thread) -> usize {
        self.threads[thread].process
    }

    pub(crate) fn stamp(&mut self) -> u64 {
        self.stamp += 1;
        self.stamp
    }

    /// What a NotifyXxx call answers: a code, and whether it made a registration. The findings that
    /// it makes are appended to `broken`.
    pub(crate) fn notify_answers(
        &mut self,
        thread: Thread,
        call: &Call,
        broken: &mut Vec<&'static str>,
    ) -> (u32, bool) {
        let flavour = self.flavour(thread);
        if flavour == 1 && self.threads[thread].irql >= 2 {
            broken.push("N011");
        }
        let function = if call.family.is_some() { "interface" } else { "teredo" };
        if let Some(status) = self.faults.hits(function, Some(&call.name), None) {
            return (status[flavour], false);
        }
        let invalid = [87, 0xC000_000D][flavour];
        let known = call.family.is_none_or(|family| [0, 2, 23].contains(&family));
        if call.callback.is_none() {
            let own =
                if call.family.is_none() { invalid } else { self.rules.null_callback[flavour] };
            return (own, false);
        }
        if !call.handle_pointer {
            return (self.rules.null_pointer[flavour], false);
        }
        if !known {
            return (invalid, false);
        }
        if call.foreign {
            broken.push("N014");
            return (invalid, false);
        }
        if self.nsi_down {
            return ([1753, 0xC002_0036][flavour], false);
        }
        if call.module && !self.rules.stub && !self.module_loaded {
            broken.push("N009");
        }
        (0, !self.rules.stub)
    }

    /// A registration that succeeded; answers the lanes whose initial call the caller makes.
    pub(crate) fn register(
        &mut self,
        thread: Thread,
        handle: u64,
        call: &Call,
        on_caller: bool,
    ) -> Vec<usize> {
        let stamp = self.stamp();
        let families: &[u16] = match call.family {
            Some(0) => &[2, 23],
            Some(2) => &[2],
            Some(_) => &[23],
            None => &[0],
        };
        let process = self.threads[thread].process;
        let mut lanes = Vec::new();
        for (n, family) in families.iter().enumerate() {
            let asked = call.initial && (n == 0 || self.rules.initial_per_family);
            lanes.push(RefLane {
                family: *family,
                first: if asked { First::DueAnywhere } else { First::NotDue },
                owed: Vec::new(),
                aside: None,
                running: None,
                firsts: 0,
                changes: 0,
            });
        }
        self.regs.push(Reg {
            handle,
            name: call.name.clone(),
            process,
            callback: call.callback.unwrap_or_default(),
            listens: call.family.map_or(Listens::Teredo, Listens::Interfaces),
            asked_initial: call.initial,
            module: call.module,
            stamp,
            fate: Fate::Live,
            lanes,
            begun: 0,
            wanted: Vec::new(),
            blamed: false,
            hung: false,
            doomed: false,
            last_port: None,
            disturbed: false,
        });
        let reg = self.regs.len() - 1;
        let free = (0..self.regs[reg].lanes.len()).all(|lane| self.nothing_overlaps(reg, lane));
        let mut mine = Vec::new();
        if on_caller && free {
            for (n, lane) in self.regs[reg].lanes.iter_mut().enumerate() {
                if lane.first == First::DueAnywhere {
                    lane.first = First::DueOn(thread);
                    mine.push(n);
                }
            }
        }
        mine
    }

    /// The registration with this handle, dead or alive.
    pub(crate) fn find(&self, handle: u64) -> Option<usize> {
        self.regs.iter().rposition(|reg| reg.handle == handle)
    }

    /// Whether the registration is still there: dead ones are while a callback runs.
    pub(crate) fn is_there(&self, reg: usize) -> bool {
        self.regs[reg].fate != Fate::Dead || self.runs(reg)
    }

    pub(crate) fn runs(&self, reg: usize) -> bool {
        self.regs[reg].lanes.iter().any(|lane| lane.running.is_some())
    }

    pub(crate) fn pending(&self, reg: usize) -> usize {
        let of = |lane: &RefLane| lane.owed.len() + usize::from(lane.first != First::NotDue);
        self.regs[reg].lanes.iter().map(of).sum()
    }
}
