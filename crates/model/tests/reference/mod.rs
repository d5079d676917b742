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
pub(crate) mod readers;
pub(crate) mod scan;
mod step;
pub(crate) mod tables;
mod turn;
pub(crate) mod waits;
pub(crate) mod world;

use std::net::IpAddr;

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
    /// LUID, index and address of a row, or NULL, and a MIB_NOTIFICATION_TYPE.
    Address(Option<(u64, u32, IpAddr)>, i32),
    /// LUID, index, prefix, its length and next hop of a row, or NULL, and a MIB_NOTIFICATION_TYPE.
    Route(Option<(u64, u32, IpAddr, u8, IpAddr)>, i32),
    /// A table of stable addresses.
    Stable,
    /// A hint.
    Hint(Hint),
}

/// A connectivity hint: level, cost, and the three flags.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) level: u32,
    pub(crate) cost: u32,
    pub(crate) flags: [bool; 3],
}

/// Which API function made a registration, and for which families.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Listens {
    Teredo,
    /// AF_INET, AF_INET6, or 0 for both; so of the next three.
    Interfaces(u16),
    Addresses(u16),
    Routes(u16),
    Stable(u16),
    Hint,
}

impl Listens {
    /// The family that the call was given, of functions that have it.
    pub(crate) fn family(self) -> Option<u16> {
        match self {
            Self::Interfaces(family)
            | Self::Addresses(family)
            | Self::Routes(family)
            | Self::Stable(family) => Some(family),
            Self::Teredo | Self::Hint => None,
        }
    }

    /// The name under which faults know the function.
    pub(crate) fn function(self) -> &'static str {
        match self {
            Self::Teredo => "teredo",
            Self::Interfaces(_) => "interface",
            Self::Addresses(_) => "address",
            Self::Routes(_) => "route",
            Self::Stable(_) => "stable",
            Self::Hint => "hint",
        }
    }
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
    /// Whether the stable table waits for ordinary addresses, is told again, and may overlap.
    pub(crate) stable_waits_for_all: bool,
    pub(crate) stable_again: bool,
    pub(crate) stable_overlaps: bool,
    /// Whether the initial hint says nothing.
    pub(crate) initial_hint_unknown: bool,
    /// The numbers of a stale cancel, a NULL callback and a NULL handle pointer: user and kernel.
    pub(crate) stale: [u32; 2],
    pub(crate) null_callback: [u32; 2],
    pub(crate) null_pointer: [u32; 2],
    /// The numbers of a request that is pending.
    pub(crate) pending: [u32; 2],
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
    /// Of a stable table: whether it is owed one as soon as there is one, and how many it was owed.
    pub(crate) awaits: bool,
    pub(crate) tables: usize,
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
    pub(crate) listens: Listens,
    pub(crate) initial: bool,
    pub(crate) module: bool,
    pub(crate) foreign: bool,
    /// Whether the addresses are stable at this moment.
    pub(crate) stable: bool,
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
        let function = call.listens.function();
        if let Some(status) = self.faults.hits(function, Some(&call.name), None) {
            return (status[flavour], false);
        }
        let invalid = [87, 0xC000_000D][flavour];
        let known = call.listens.family().is_none_or(|family| [0, 2, 23].contains(&family));
        let stable_table = matches!(call.listens, Listens::Stable(_));
        if call.callback.is_none() {
            let teredo = call.listens == Listens::Teredo;
            let own = if teredo { invalid } else { self.rules.null_callback[flavour] };
            return (own, false);
        }
        if !call.handle_pointer {
            let own = if stable_table { invalid } else { self.rules.null_pointer[flavour] };
            return (own, false);
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
        if stable_table && self.rules.stub {
            // Wine has no such function.
            return ([50, 0xC000_00BB][flavour], false);
        }
        if stable_table && call.stable {
            // The table comes with the call.
            return (0, false);
        }
        if call.module && !self.rules.stub && !self.module_loaded {
            broken.push("N009");
        }
        (if stable_table { self.rules.pending[flavour] } else { 0 }, !self.rules.stub)
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
        let families: &[u16] = match call.listens {
            Listens::Teredo | Listens::Hint => &[0],
            Listens::Stable(_) if self.rules.stable_overlaps => &[0, 0],
            Listens::Stable(_) => &[0],
            other if other.family() == Some(0) => &[2, 23],
            other if other.family() == Some(2) => &[2],
            _ => &[23],
        };
        let stable_table = matches!(call.listens, Listens::Stable(_));
        let process = self.threads[thread].process;
        let mut lanes = Vec::new();
        for (n, family) in families.iter().enumerate() {
            let asked = call.initial && !stable_table && (n == 0 || self.rules.initial_per_family);
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
            listens: call.listens,
            asked_initial: call.initial && !stable_table,
            module: call.module,
            stamp,
            fate: Fate::Live,
            lanes,
            begun: 0,
            wanted: Vec::new(),
            blamed: false,
            hung: false,
            doomed: false,
            awaits: stable_table,
            tables: 0,
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
