//! The life of threads, processes, modules and the service, in the reference.

use super::{Fate, Reference, Thread};

impl Reference {
    /// A thread ends, holding what it holds.
    pub(crate) fn thread_exits(&mut self, thread: Thread) {
        self.threads[thread].alive = false;
        self.waits.stop(thread);
    }

    pub(crate) fn thread_returns(&mut self, thread: Thread) {
        self.threads[thread].alive = true;
        self.threads[thread].irql = 0;
    }

    /// The process ends; every registration that it had not cancelled is leaked.
    pub(crate) fn process_exits(&mut self, process: usize, broken: &mut Vec<&'static str>) {
        if !self.processes[process] {
            return;
        }
        for reg in &self.regs {
            if reg.process == process && reg.fate == Fate::Live {
                broken.push("N010");
            }
        }
        self.process_stops(process);
    }

    fn process_stops(&mut self, process: usize) {
        self.processes[process] = false;
        for thread in 0..self.threads.len() {
            if self.threads[thread].process != process {
                continue;
            }
            for (reg, lane) in std::mem::take(&mut self.threads[thread].frames) {
                self.regs[reg].lanes[lane].running = None;
            }
            self.thread_exits(thread);
            for lock in &mut self.waits.locks {
                lock.owners.retain(|owner| owner.0 != thread);
            }
        }
        for reg in 0..self.regs.len() {
            if self.regs[reg].process == process {
                self.kill(reg);
            }
        }
    }

    /// Everything ends without a word.
    pub(crate) fn reboots(&mut self) {
        for process in 0..self.processes.len() {
            if self.processes[process] {
                self.process_stops(process);
            }
        }
        self.nsi_down = false;
    }

    /// The service forgets every registration; a cancel that is under way goes on.
    pub(crate) fn service_restarts(&mut self) {
        for reg in 0..self.regs.len() {
            match self.regs[reg].fate {
                Fate::Live => self.kill(reg),
                Fate::Cancelling(_) => {
                    self.kill_lanes(reg);
                    self.regs[reg].doomed = true;
                }
                Fate::Dead => {}
            }
        }
    }

    /// The module goes; every registration that still needs it is a finding.
    pub(crate) fn module_unloads(&mut self, broken: &mut Vec<&'static str>) {
        if !std::mem::replace(&mut self.module_loaded, false) {
            return;
        }
        for (n, reg) in self.regs.iter().enumerate() {
            let needed = match reg.fate {
                Fate::Live | Fate::Cancelling(_) => true,
                Fate::Dead => self.runs(n),
            };
            if reg.module && needed {
                broken.push("N009");
            }
        }
    }

    /// The registrations that are still there, in the order of their birth.
    pub(crate) fn known(&self) -> Vec<usize> {
        let known = |reg: &usize| self.regs[*reg].fate == Fate::Live;
        (0..self.regs.len()).filter(known).collect()
    }

    /// Threads that can take a step of their own.
    pub(crate) fn able(&self) -> Vec<Thread> {
        let able =
            |thread: &Thread| self.threads[*thread].alive && self.waits.of(*thread).is_none();
        (0..self.threads.len()).filter(able).collect()
    }
}
