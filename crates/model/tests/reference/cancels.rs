//! Cancels, in the reference.

use super::{Cancel, Fate, First, Reference, Reg, Thread, waits};

impl Reference {
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
            // Not success: a callback may still be running.
            let stale = self.rules.stale[flavour];
            return Cancel::Returns(if stale == 0 { [87, 0xC000_000D][flavour] } else { stale });
        }
        cancellers.push(thread);
        self.regs[reg].fate = Fate::Cancelling(cancellers);
        if first && !deliver {
            for lane in &mut self.regs[reg].lanes {
                lane.aside = Some((lane.first, std::mem::take(&mut lane.owed)));
                lane.first = First::NotDue;
            }
        }
        if !self.runs(reg) && self.pending(reg) == 0 {
            if self.lucky(thread, reg) {
                broken.push("N004");
            }
            self.kill(reg);
            return Cancel::Returns(0);
        }
        self.waits.wait(thread, waits::For::Cancel(reg));
        if self.in_circle(thread) {
            self.regs[reg].hung = true;
            return Cancel::Cycle;
        }
        if !self.regs[reg].hung {
            for lane in &mut self.regs[reg].lanes {
                lane.aside = None;
            }
        }
        Cancel::Waits
    }

    /// Whether it was by luck that a cancel went well: the thread holds what a callback ever wanted.
    fn lucky(&self, thread: Thread, reg: usize) -> bool {
        let keeps_out = |(lock, write): &(usize, bool)| match self.waits.holds(thread, *lock) {
            Some(held_to_write) => held_to_write || *write,
            None => false,
        };
        !self.regs[reg].blamed && self.regs[reg].wanted.iter().any(keeps_out)
    }

    /// A cancel that waited returns: all who wait in it were lucky, or not.
    pub(crate) fn cancel_returns(&mut self, thread: Thread, broken: &mut Vec<&'static str>) {
        if let Some(waits::For::Cancel(reg)) = self.waits.of(thread)
            && let Fate::Cancelling(cancellers) = &self.regs[reg].fate
        {
            for canceller in cancellers {
                if self.lucky(*canceller, reg) {
                    broken.push("N004");
                }
            }
        }
        self.wait_ends(thread);
    }

    /// The registration is no more; nothing of it begins again.
    pub(crate) fn kill(&mut self, reg: usize) {
        self.regs[reg].fate = Fate::Dead;
        self.regs[reg].hung = false;
        self.kill_lanes(reg);
    }

    /// Nothing of it begins again.
    pub(crate) fn kill_lanes(&mut self, reg: usize) {
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
        if self.rules.failed_cancel_gone || self.regs[reg].doomed {
            self.kill(reg);
            return;
        }
        self.regs[reg].hung = false;
        self.regs[reg].fate = Fate::Live;
        for lane in &mut self.regs[reg].lanes {
            if let Some((first, mut before)) = lane.aside.take() {
                before.append(&mut lane.owed);
                before.sort_by_key(|owed| owed.0);
                lane.owed = before;
                // The registering call may be long gone.
                if first != First::NotDue {
                    lane.first = First::DueAnywhere;
                }
            }
        }
    }
}
