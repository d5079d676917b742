//! A second, deliberately naive reading of the documents: what registrations are owed, who may be
//! called back, who waits for whom.
//!
//! It shares no code with the crate. There are flat lists and nothing else, nothing is ever removed
//! from the list of registrations, and every question is answered by looking at everything again.

#![allow(dead_code, reason = "each test program that includes this module uses another part of it")]

pub(crate) mod action;
pub(crate) mod books;
pub(crate) mod faults;
mod finish;
pub(crate) mod gaps;
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
    aside: Option<(First, Vec<(u64, Told)>)>,
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
    /// Locks that a callback of it ever wanted.
    pub(crate) wanted: Vec<usize>,
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

    fn nothing_overlaps(&self, reg: usize, lane: usize) -> bool {
        let mine = &self.regs[reg];
        for (r, other) in self.regs.iter().enumerate() {
            for (l, state) in other.lanes.iter().enumerate() {
                let clash = match self.rules.overlap {
                    Overlap::Lane => (r, l) == (reg, lane),
                    Overlap::Handle => r == reg,
                    Overlap::Callback => {
                        other.callback == mine.callback && other.process == mine.process
                    }
                    Overlap::Process => other.process == mine.process,
                };
                if state.running.is_some() && (clash || (r, l) == (reg, lane)) {
                    return false;
                }
            }
        }
        true
    }

    /// Every lane whose next delivery may begin on the pool, by age and order of registration.
    pub(crate) fn deliverable(&self) -> Vec<(usize, usize)> {
        let mut all = Vec::new();
        for (r, reg) in self.regs.iter().enumerate() {
            if reg.fate == Fate::Dead {
                continue;
            }
            for (l, lane) in reg.lanes.iter().enumerate() {
                let age = match lane.first {
                    First::DueOn(_) => None,
                    First::DueAnywhere => Some(reg.stamp),
                    First::NotDue => lane.owed.first().map(|owed| owed.0),
                };
                // Once per handle: the one initial notification comes before every change.
                let late = !self.rules.initial_per_family
                    && lane.first == First::NotDue
                    && reg.lanes.iter().any(|lane| lane.first != First::NotDue)
                    && !gaps::CHANGE_BEFORE_THE_ONE_INITIAL;
                if let Some(age) = age.filter(|_| !late)
                    && self.nothing_overlaps(r, l)
                {
                    all.push((age, r, l));
                }
            }
        }
        all.sort_unstable();
        let all = all.into_iter().map(|(_, r, l)| (r, l));
        all.take(if self.rules.any_order { usize::MAX } else { 1 }).collect()
    }

    /// A delivery begins; answers what the callback is to be told.
    pub(crate) fn begin(&mut self, reg: usize, lane: usize, thread: Thread) -> Told {
        assert!(self.nothing_overlaps(reg, lane), "a delivery overlaps with another one");
        assert!(self.regs[reg].fate != Fate::Dead, "a delivery of a dead registration");
        let entry = &mut self.regs[reg];
        entry.begun += 1;
        let teredo = entry.listens == Listens::Teredo;
        let state = &mut entry.lanes[lane];
        let told = if state.first == First::NotDue {
            state.changes += 1;
            state.owed.remove(0).1
        } else {
            assert!(entry.asked_initial, "an initial notification that nobody asked for");
            assert_eq!((state.firsts, state.changes), (0, 0), "the initial one is first and only");
            state.first = First::NotDue;
            state.firsts += 1;
            if teredo { Told::Port(0, 3) } else { Told::Row(None, 3) }
        };
        state.running = Some((thread, told));
        if let Told::Port(port, 0..=2) = told {
            entry.last_port = Some(port);
        }
        self.threads[thread].frames.push((reg, lane));
        told
    }

    /// The innermost delivery of a thread ends.
    pub(crate) fn end(&mut self, thread: Thread) -> (usize, usize) {
        let (reg, lane) = self.threads[thread].frames.pop().expect("a delivery runs");
        self.regs[reg].lanes[lane].running = None;
        (reg, lane)
    }

    /// Something happened that every live listener of that kind and family is owed.
    pub(crate) fn owe(&mut self, told: Told) {
        let stamp = self.stamp();
        let merge = self.rules.merge;
        for reg in &mut self.regs {
            if reg.fate != Fate::Live {
                continue;
            }
            for lane in &mut reg.lanes {
                let meant = match told {
                    Told::Port(..) => reg.listens == Listens::Teredo,
                    Told::Row(Some(row), _) => {
                        reg.listens != Listens::Teredo && lane.family == row.0
                    }
                    Told::Row(None, _) => false,
                };
                if !meant {
                    continue;
                }
                let same = |other: &Told| match (told, *other) {
                    (Told::Port(..), Told::Port(..)) => true,
                    (Told::Row(mine, _), Told::Row(other, _)) => mine == other,
                    _ => false,
                };
                match lane.owed.iter_mut().find(|owed| same(&owed.1)) {
                    Some(pending) if merge => merge_into(&mut pending.1, told),
                    _ => lane.owed.push((stamp, told)),
                }
            }
        }
    }

    /// CancelMibChangeNotify2 begins. `deliver` says whether what is owed may still begin.
    pub(crate) fn cancel(
        &mut self,
        thread: Thread,
        handle: u64,
        deliver: bool,
        broken: &mut Vec<&'static str>,
    ) -> Cancel {
        let flavour = self.flavour(thread);
        if flavour == 1 && self.threads[thread].irql >= 1 {
            broken.push("N011");
        }
        let found = self.find(handle).filter(|reg| self.is_there(*reg));
        let name = found.map(|reg| self.regs[reg].name.clone());
        if let Some(status) = self.faults.hits("cancel", name.as_ref(), Some(handle)) {
            let own = |reg: &Reg| reg.process == self.threads[thread].process;
            if let Some(reg) = found.filter(|reg| own(&self.regs[*reg]))
                && self.regs[reg].fate == Fate::Live
                && self.rules.failed_cancel_gone
                && !gaps::FAULTED_CANCEL_STAYS_LIVE
            {
                self.kill(reg);
            }
            return Cancel::Returns(status[flavour]);
        }
        if handle == 0 && self.rules.stub {
            // The handle that a stub hands out.
            return Cancel::Returns(self.rules.stale[flavour]);
        }
        if handle == 0 {
            return Cancel::Returns([87, 0xC000_000D][flavour]);
        }
        let own = found.filter(|reg| self.regs[*reg].process == self.threads[thread].process);
        let Some(reg) = own.filter(|reg| self.regs[*reg].fate != Fate::Dead) else {
            broken.push("N005");
            return Cancel::Returns(self.rules.stale[flavour]);
        };
        let mut cancellers = match &self.regs[reg].fate {
            Fate::Cancelling(others) => others.clone(),
            _ => Vec::new(),
        };
        let first = cancellers.is_empty();
        if !first && self.rules.concurrent_refused {
            return Cancel::Returns(self.rules.stale[flavour]);
        }
        cancellers.push(thread);
        self.regs[reg].fate = Fate::Cancelling(cancellers);
        if first && !deliver {
            for lane in &mut self.regs[reg].lanes {
                lane.aside = Some((lane.first, std::mem::take(&mut lane.owed)));
                lane.first = First::NotDue;
            }
        }
        let under = self.regs[reg].wanted.iter().any(|lock| self.waits.holds(thread, *lock));
        if !self.runs(reg) && self.pending(reg) == 0 {
            self.kill(reg);
            if under {
                broken.push("N004");
            }
            return Cancel::Returns(0);
        }
        self.waits.wait(thread, waits::For::Cancel(reg));
        if self.in_circle(thread) {
            return Cancel::Cycle;
        }
        for lane in &mut self.regs[reg].lanes {
            lane.aside = None;
        }
        if under {
            broken.push("N004");
        }
        Cancel::Waits
    }

    /// The registration is no more; nothing of it begins again.
    pub(crate) fn kill(&mut self, reg: usize) {
        self.regs[reg].fate = Fate::Dead;
        for lane in &mut self.regs[reg].lanes {
            lane.owed.clear();
            lane.first = First::NotDue;
            lane.aside = None;
        }
    }

    /// A thread gives up its wait; a cancel has failed then.
    pub(crate) fn abandon(&mut self, thread: Thread) {
        let Some(waits::For::Cancel(reg)) = self.waits.of(thread) else {
            self.waits.stop(thread);
            return;
        };
        self.waits.stop(thread);
        let Fate::Cancelling(cancellers) = &mut self.regs[reg].fate else {
            return;
        };
        cancellers.retain(|other| *other != thread);
        if !cancellers.is_empty() {
            return;
        }
        self.regs[reg].disturbed = true;
        if self.rules.failed_cancel_gone {
            self.kill(reg);
            return;
        }
        self.regs[reg].fate = Fate::Live;
        for lane in &mut self.regs[reg].lanes {
            if let Some((first, mut before)) = lane.aside.take() {
                before.append(&mut lane.owed);
                lane.owed = before;
                // The registering call may be long gone.
                lane.first = if first == First::NotDue { first } else { First::DueAnywhere };
            }
        }
    }
}

/// A newer notification meets a pending one of the same object.
fn merge_into(pending: &mut Told, newer: Told) {
    match (&mut *pending, newer) {
        // A parameter change of a row says nothing that its pending notification does not say.
        (Told::Row(..), Told::Row(_, 0)) => {}
        // So does the port that is pending already.
        (Told::Port(one, _), Told::Port(other, 0)) if *one == other => {}
        // Another port is another value: the newest one counts.
        _ => *pending = newer,
    }
}
