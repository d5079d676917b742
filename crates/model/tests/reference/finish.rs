//! How a run comes to its end, and what must hold then.

use netiosim_model::choose::First;

use super::world::World;
use super::{Fate, Listens, Thread};

impl World {
    /// Lets everybody go on as far as they can, reports who cannot, takes those out of their waits,
    /// delivers what is owed, and looks at the ports.
    pub(crate) fn finish(&mut self) {
        loop {
            self.run_dry();
            let waiting = self.waiting();
            let Some(first) = waiting.first().copied() else { break };
            self.nobody_hangs_silently(&waiting);
            self.abandon(first);
            self.seen = self.machine.findings().len();
            self.compare(&[]);
        }
        assert!(self.machine.deliverable().is_empty());
        self.ports_are_coherent();
        self.copies_are_coherent();
    }

    fn waiting(&self) -> Vec<Thread> {
        (0..self.actors.len()).filter(|t| self.reference.waits.of(*t).is_some()).collect()
    }

    /// Ends every wait and callback that can end, and delivers what can be delivered.
    fn run_dry(&mut self) {
        for _ in 0..5_000 {
            let mut broken = Vec::new();
            self.read_rules();
            let all = 0..self.actors.len();
            let can_end = all.clone().find(|thread| self.reference.can_end(*thread));
            let able = self.reference.able();
            let holds = |t: &&Thread| {
                (0..self.locks.len()).any(|l| self.reference.waits.holds(**t, l).is_some())
            };
            let in_callback = |t: &&Thread| !self.reference.threads[**t].frames.is_empty();
            if let Some(thread) = can_end {
                self.end_wait(thread, &mut broken);
            } else if let Some(thread) = able.iter().find(holds).copied() {
                for lock in 0..self.locks.len() {
                    self.machine.release(self.actors[thread], self.locks[lock]);
                    self.reference.waits.release(thread, lock);
                }
            } else if let Some(thread) = able.iter().find(in_callback).copied() {
                self.end(thread, &mut broken);
            } else if !self.machine.deliverable().is_empty() && self.somebody_delivers() {
                self.step(&super::action::Action::Deliver { which: 0, on: 0 });
                continue;
            } else {
                return;
            }
            self.compare(&broken);
        }
        panic!("the run does not end");
    }

    fn somebody_delivers(&mut self) -> bool {
        let lane = self.machine.deliverable()[0];
        let process = self.reference.regs[self.name(lane).0].process;
        let own = |thread: &Thread| self.reference.threads[*thread].process == process;
        if self.reference.able().iter().any(own) {
            return true;
        }
        // Every thread of the process is stuck or gone; the run has no pool without end.
        let dead = (0..self.actors.len())
            .find(|t| !self.reference.threads[*t].alive && own(t))
            .filter(|_| self.reference.processes[process]);
        if let Some(thread) = dead {
            self.machine.actor_reuse(self.actors[thread], self.processes[process]);
            self.reference.thread_returns(thread);
        }
        dead.is_some()
    }

    /// Whoever waits for ever waits for somebody that a finding names.
    fn nobody_hangs_silently(&mut self, waiting: &[Thread]) {
        let mut machine = self.machine.clone();
        let found = machine.report_stuck();
        let named: Vec<Thread> = found
            .iter()
            .flat_map(|at| machine.findings()[*at].actors.clone())
            .map(|actor| self.thread(actor))
            .collect();
        for at in &found {
            let rule = machine.findings()[*at].rule.id();
            let thread = self.thread(machine.findings()[*at].actors[0]);
            let callback = !self.reference.threads[thread].frames.is_empty();
            assert_eq!(rule, if callback { "N012" } else { "N018" });
            assert!(waiting.contains(&thread), "who is reported as stuck waits");
            assert!(!self.reported[thread], "a reported circle is not reported again");
        }
        let reach = self.reference.closure();
        for thread in waiting {
            let explained = (0..self.actors.len())
                .filter(|other| other == thread || reach[*thread][*other])
                .any(|other| self.reported[other] || named.contains(&other));
            assert!(explained, "t{thread} hangs and no finding says so");
            self.counts.stuck += u32::from(named.contains(thread));
        }
    }

    /// A copy of a table that was kept up with what was told is the table.
    fn copies_are_coherent(&mut self) {
        for (handle, reader) in &mut self.readers {
            let at = self.reference.find(*handle).expect("a registration that both know");
            let reg = &self.reference.regs[at];
            if reg.fate == Fate::Live && !reg.disturbed && self.reference.pending(at) == 0 {
                reader.is_up_to_date(self.machine.env(), &reg.name);
                self.counts.copies += 1;
            }
        }
    }

    /// The last port that a live registration heard of is the one that GetTeredoPort answers.
    fn ports_are_coherent(&mut self) {
        let Some(port) = self.machine.env().teredo().port() else { return };
        let Some(thread) = self.reference.able().first().copied() else { return };
        self.machine.fault_clear(None);
        let answer = self.machine.get_teredo_port(self.actors[thread], true, &mut First::default());
        let Some(answer) = answer.2 else { return };
        assert_eq!(answer, port);
        for reg in &self.reference.regs {
            if reg.listens != Listens::Teredo || reg.fate != Fate::Live || reg.disturbed {
                continue;
            }
            if let Some(last) = reg.last_port
                && self.reference.pending(self.reference.find(reg.handle).expect("known")) == 0
            {
                assert_eq!(last, answer, "{} last heard of {last}", reg.name);
                self.counts.coherent += 1;
            }
        }
    }
}
