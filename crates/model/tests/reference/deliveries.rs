//! What is owed, what may begin, and in which order, in the reference.

use std::net::IpAddr;

use super::{Fate, First, Hint, Listens, Overlap, Reference, Thread, Told};

impl Reference {
    pub(super) fn nothing_overlaps(&self, reg: usize, lane: usize) -> bool {
        let mine = &self.regs[reg];
        for (r, other) in self.regs.iter().enumerate() {
            for (l, state) in other.lanes.iter().enumerate() {
                let apart =
                    matches!(mine.listens, Listens::Stable(_)) && self.rules.stable_overlaps;
                let clash = match if apart { Overlap::Lane } else { self.rules.overlap } {
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
                    && reg.lanes.iter().any(|lane| lane.first != First::NotDue);
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
    pub(crate) fn begin(&mut self, reg: usize, lane: usize, thread: Thread, hint: Hint) -> Told {
        assert!(self.nothing_overlaps(reg, lane), "a delivery overlaps with another one");
        assert!(self.regs[reg].fate != Fate::Dead, "a delivery of a dead registration");
        let entry = &mut self.regs[reg];
        entry.begun += 1;
        let (listens, unknown) = (entry.listens, self.rules.initial_hint_unknown);
        let initial = || match listens {
            Listens::Teredo => Told::Port(0, 3),
            Listens::Interfaces(_) => Told::Row(None, 3),
            Listens::Addresses(_) => Told::Address(None, 3),
            Listens::Routes(_) => Told::Route(None, 3),
            Listens::Hint if unknown => Told::Hint(Hint::default()),
            Listens::Hint => Told::Hint(hint),
            Listens::Stable(_) => panic!("a stable table has no initial notification"),
        };
        let state = &mut entry.lanes[lane];
        let told = if state.first == First::NotDue {
            state.changes += 1;
            state.owed.remove(0).1
        } else {
            assert!(entry.asked_initial, "an initial notification that nobody asked for");
            assert_eq!((state.firsts, state.changes), (0, 0), "the initial one is first and only");
            state.first = First::NotDue;
            state.firsts += 1;
            initial()
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

    /// The addresses are stable now, or are not: every live request is owed a table once, or each
    /// time that they become so.
    pub(crate) fn owe_tables(&mut self, stable: bool) {
        let stamp = self.stamp();
        let again = self.rules.stable_again;
        for reg in &mut self.regs {
            let live = reg.fate == Fate::Live;
            if !matches!(reg.listens, Listens::Stable(_)) || !(live || reg.hung) {
                continue;
            }
            if !stable {
                reg.awaits |= again;
            } else if reg.awaits {
                reg.awaits = false;
                let lane = reg.tables % reg.lanes.len();
                reg.tables += 1;
                let lane = &mut reg.lanes[lane];
                let owed = match live {
                    true => &mut lane.owed,
                    false => &mut lane.aside.get_or_insert((First::NotDue, Vec::new())).1,
                };
                owed.push((stamp, Told::Stable));
            }
        }
    }

    /// Something happened that every live listener of that kind and family is owed.
    pub(crate) fn owe(&mut self, told: Told) {
        let stamp = self.stamp();
        let merge = self.rules.merge;
        for reg in &mut self.regs {
            let live = reg.fate == Fate::Live;
            if !live && !reg.hung {
                continue;
            }
            for lane in &mut reg.lanes {
                let of = |address: IpAddr| if address.is_ipv4() { 2 } else { 23 };
                let meant = match (told, reg.listens) {
                    (Told::Port(..), Listens::Teredo) | (Told::Hint(_), Listens::Hint) => true,
                    (Told::Row(Some(row), _), Listens::Interfaces(_)) => lane.family == row.0,
                    (Told::Address(Some(row), _), Listens::Addresses(_)) => {
                        lane.family == of(row.2)
                    }
                    (Told::Route(Some(row), _), Listens::Routes(_)) => lane.family == of(row.2),
                    _ => false,
                };
                if !meant {
                    continue;
                }
                let same = |other: &Told| match (told, *other) {
                    (Told::Port(..), Told::Port(..)) => true,
                    (Told::Row(mine, _), Told::Row(other, _)) => mine == other,
                    (Told::Address(mine, _), Told::Address(other, _)) => mine == other,
                    (Told::Route(mine, _), Told::Route(other, _)) => mine == other,
                    (Told::Hint(_), Told::Hint(_)) => true,
                    _ => false,
                };
                let owed = match live {
                    true => &mut lane.owed,
                    false => &mut lane.aside.get_or_insert((First::NotDue, Vec::new())).1,
                };
                match owed.iter_mut().find(|owed| same(&owed.1)) {
                    Some(pending) if merge => merge_into(&mut pending.1, told),
                    _ => owed.push((stamp, told)),
                }
            }
        }
    }
}

/// A newer notification meets a pending one of the same object.
fn merge_into(pending: &mut Told, newer: Told) {
    match (&mut *pending, newer) {
        // A parameter change of a row says nothing that its pending notification does not say.
        (Told::Row(..), Told::Row(_, 0))
        | (Told::Address(..), Told::Address(_, 0))
        | (Told::Route(..), Told::Route(_, 0)) => {}
        // So does the port that is pending already.
        (Told::Port(one, _), Told::Port(other, 0)) if *one == other => {}
        // Another port is another value: the newest one counts.
        _ => *pending = newer,
    }
}
