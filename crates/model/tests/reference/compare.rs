//! Both sides, held against each other after a step.

use std::collections::BTreeSet;

use netiosim_model::ids::Handle;
use netiosim_model::machine::Begun;
use netiosim_model::profile::{OptionId, Scope};

use super::waits::For;
use super::world::{World, told};
use super::{Fate, Thread, Told};

impl World {
    /// Compares everything that both sides know.
    pub(super) fn compare(&mut self, broken: &[&'static str]) {
        let mut found: Vec<&str> =
            self.machine.findings()[self.seen..].iter().map(|finding| finding.rule.id()).collect();
        let mut expected = broken.to_vec();
        expected.extend(self.circles_that_others_closed());
        found.sort_unstable();
        expected.sort_unstable();
        assert_eq!(found, expected, "findings (crate, reference)");
        self.seen = self.machine.findings().len();
        self.compare_registrations();
        self.compare_deliverable();
        self.compare_threads();
        self.every_circle_is_reported();
        let once = OptionId::ALL.iter().filter(|id| id.spec().per == Scope::Run);
        for id in once {
            let asked = self.chooser.log.iter().filter(|asked| asked.0 == id.name()).count();
            assert!(asked <= 1, "{id} holds for the whole run");
        }
    }

    fn compare_registrations(&self) {
        let known: Vec<u64> =
            self.reference.known().into_iter().map(|reg| self.reference.regs[reg].handle).collect();
        let live: Vec<u64> = self.machine.registrations().map(|(handle, _)| handle.0).collect();
        assert_eq!(live, known, "live registrations, in the order of their birth");
        for (n, reg) in self.reference.regs.iter().enumerate() {
            let there = self.machine.registration(Handle(reg.handle));
            assert_eq!(there.is_some(), self.reference.is_there(n), "{} is there", reg.name);
            let Some(there) = there else { continue };
            assert_eq!(there.is_live(), reg.fate == Fate::Live, "{} is live", reg.name);
            assert_eq!(there.pending(), self.reference.pending(n), "pending for {}", reg.name);
            assert_eq!(there.begun(), reg.begun, "deliveries of {}", reg.name);
            let running: Vec<(Thread, Told)> = there
                .running()
                .map(|running| (self.thread(running.actor), told(&running.notification)))
                .collect();
            let expected: Vec<(Thread, Told)> =
                reg.lanes.iter().filter_map(|lane| lane.running).collect();
            assert_eq!(running, expected, "running callbacks of {}", reg.name);
        }
    }

    fn compare_deliverable(&self) {
        let lanes = self.machine.deliverable();
        let names: Vec<(usize, usize)> = lanes.iter().map(|lane| self.name(*lane)).collect();
        assert_eq!(names, self.reference.deliverable(), "deliverable lanes");
        assert_eq!(self.machine.has_deliverable(), !lanes.is_empty());
        assert_eq!(self.machine.next_deliverable(), lanes.first().copied());
    }

    fn compare_threads(&self) {
        for (n, actor) in self.actors.iter().enumerate() {
            let info = self.machine.actor_info(*actor);
            let book = &self.reference.threads[n];
            assert_eq!(info.is_alive(), book.alive, "t{n} lives");
            let frames: Vec<(usize, usize)> =
                info.frames().iter().map(|lane| self.name(*lane)).collect();
            assert_eq!(frames, book.frames, "callbacks on t{n}");
            assert_eq!(info.wait().is_some(), self.reference.waits.of(n).is_some(), "t{n} waits");
            assert_eq!(self.machine.can_end(*actor), self.reference.can_end(n), "t{n} can go on");
        }
        for (n, lock) in self.locks.iter().enumerate() {
            let owners: Vec<Thread> =
                self.machine.lock_info(*lock).owners.iter().map(|o| self.thread(*o)).collect();
            let expected = &self.reference.waits.locks[n].owners;
            let expected: Vec<Thread> = expected.iter().map(|owner| owner.0).collect();
            assert_eq!(owners, expected, "owners of lock {n}");
        }
        for (n, channel) in self.channels.iter().enumerate() {
            let len = self.machine.channel_info(*channel).len;
            assert_eq!(len, self.reference.waits.channels[n].messages, "messages in {n}");
        }
    }

    /// A circle that stands is one that was reported, the moment it closed.
    fn every_circle_is_reported(&mut self) {
        let reach = self.reference.closure();
        let members = self.reference.circle_members();
        for thread in 0..self.actors.len() {
            self.reported[thread] &= members.contains(&thread);
        }
        for member in &members {
            let same = |other: &&Thread| reach[*member][**other] && reach[**other][*member];
            let known = members.iter().filter(same).any(|other| self.reported[*other]);
            assert!(known, "t{member} is in a circle that was not reported");
        }
        for (n, reported) in self.reported.iter().enumerate() {
            let deadlocked = self.machine.actor_info(self.actors[n]).is_deadlocked();
            assert!(deadlocked || !reported, "t{n} is in a reported circle");
        }
    }

    /// Holds the machine's answer to a wait against the closure. Answers the rule of the circle.
    pub(super) fn same_circle(
        &mut self,
        thread: Thread,
        answer: Option<usize>,
        expected: bool,
    ) -> Option<&'static str> {
        assert_eq!(answer.is_some(), expected, "t{thread} closes a circle (crate, reference)");
        let at = answer?;
        self.circles.push(at);
        let finding = self.machine.findings()[at].clone();
        let members: Vec<Thread> = finding.actors.iter().map(|actor| self.thread(*actor)).collect();
        assert_eq!(members[0], thread, "the story begins with the one that closed the circle");
        let distinct: BTreeSet<Thread> = members.iter().copied().collect();
        assert_eq!(distinct.len(), members.len(), "nobody is in a circle twice: {members:?}");
        assert_eq!(finding.story.len(), members.len(), "one paragraph an actor");
        for (n, member) in members.iter().enumerate() {
            let next = members[(n + 1) % members.len()];
            assert!(self.reference.needs(*member, next), "t{member} waits for t{next}");
            self.reported[*member] = true;
            if let Some(For::Cancel(reg)) = self.reference.waits.of(*member) {
                self.reference.regs[reg].blamed = true;
            }
        }
        let rule = self.reference.rule_of_circle(&members);
        assert_eq!(finding.rule.id(), rule, "of {members:?}");
        self.counts.circles += 1;
        Some(rule)
    }

    /// A message that fills a channel puts senders back into their wait; a circle that this closes
    /// is no answer to anybody's call.
    fn circles_that_others_closed(&mut self) -> Vec<&'static str> {
        let mut rules = Vec::new();
        for at in self.seen..self.machine.findings().len() {
            let finding = &self.machine.findings()[at];
            let waits = ["N001", "N002", "N003", "N013", "N016"].contains(&finding.rule.id());
            if waits && !self.circles.contains(&at) {
                let first = self.thread(finding.actors[0]);
                let sends = matches!(self.reference.waits.of(first), Some(For::Room(_)));
                assert!(sends, "t{first} was put back into its wait");
                rules.extend(self.same_circle(first, Some(at), true));
            }
        }
        rules
    }

    /// A wait's first step on both sides.
    pub(super) fn same_wait(
        &mut self,
        thread: Thread,
        begun: Begun,
        expected: Option<bool>,
    ) -> Option<&'static str> {
        assert_eq!(begun == Begun::Done, expected.is_none(), "t{thread} goes on at once");
        match begun {
            Begun::Done => None,
            Begun::Wait => self.same_circle(thread, None, expected == Some(true)),
            Begun::Cycle(found) => self.same_circle(thread, Some(found), expected == Some(true)),
        }
    }
}
