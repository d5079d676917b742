//! Who waits for whom, by brute force.

use super::{Reference, Thread};

/// What a thread waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    /// The running callbacks of a registration.
    Cancel(usize),
    /// A lock, to read or to write.
    Lock(usize, bool),
    Join(Thread),
    Room(usize),
    Message(usize),
    Signal(usize),
}

#[derive(Clone, Debug)]
pub(crate) struct LockBook {
    pub(crate) shared: bool,
    /// Who holds it, and whether exclusively.
    pub(crate) owners: Vec<(Thread, bool)>,
}

#[derive(Clone, Debug)]
pub(crate) struct ChannelBook {
    pub(crate) capacity: u32,
    pub(crate) messages: u32,
    pub(crate) receiver: Option<Thread>,
}

#[derive(Clone, Debug)]
pub(crate) struct Waits {
    all: Vec<Option<For>>,
    pub(crate) locks: Vec<LockBook>,
    pub(crate) channels: Vec<ChannelBook>,
    pub(crate) signals: Vec<bool>,
}

impl Waits {
    pub(crate) fn new(threads: usize) -> Self {
        Self { all: vec![None; threads], locks: vec![], channels: vec![], signals: vec![] }
    }

    pub(crate) fn of(&self, thread: Thread) -> Option<For> {
        self.all[thread]
    }

    pub(crate) fn wait(&mut self, thread: Thread, what: For) {
        self.all[thread] = Some(what);
    }

    pub(crate) fn stop(&mut self, thread: Thread) {
        self.all[thread] = None;
    }

    /// Whether a thread holds a lock, and if so, whether to write.
    pub(crate) fn holds(&self, thread: Thread, lock: usize) -> Option<bool> {
        self.locks[lock].owners.iter().filter(|owner| owner.0 == thread).map(|owner| owner.1).max()
    }

    /// Whether a lock can be had now.
    pub(crate) fn is_free(&self, lock: usize, write: bool) -> bool {
        self.locks[lock].owners.iter().all(|owner| !write && !owner.1)
    }

    /// Gives a lock back; tells whether the thread had it.
    pub(crate) fn release(&mut self, thread: Thread, lock: usize) -> bool {
        let owners = &mut self.locks[lock].owners;
        match owners.iter().rposition(|owner| owner.0 == thread) {
            Some(at) => {
                owners.remove(at);
                true
            }
            None => false,
        }
    }
}

impl Reference {
    /// Whether what a thread waits for is there.
    pub(crate) fn can_end(&self, thread: Thread) -> bool {
        if !self.threads[thread].alive {
            return false;
        }
        match self.waits.of(thread) {
            None => false,
            Some(what) => self.is_there_now(what),
        }
    }

    fn is_there_now(&self, what: For) -> bool {
        match what {
            For::Cancel(reg) => !self.runs(reg),
            For::Lock(lock, write) => self.waits.is_free(lock, write),
            For::Join(other) => !self.threads[other].alive,
            For::Room(channel) => {
                let channel = &self.waits.channels[channel];
                channel.messages < channel.capacity
            }
            For::Message(channel) => self.waits.channels[channel].messages > 0,
            For::Signal(signal) => self.waits.signals[signal],
        }
    }

    /// Whether `one` cannot go on before `other` does something.
    pub(crate) fn needs(&self, one: Thread, other: Thread) -> bool {
        match self.waits.of(one) {
            Some(For::Cancel(reg)) => {
                let runs_on = |on: &Option<(Thread, _)>| on.is_some_and(|on| on.0 == other);
                self.regs[reg].lanes.iter().any(|lane| runs_on(&lane.running))
            }
            Some(For::Lock(lock, write)) => {
                let owners = &self.waits.locks[lock].owners;
                owners.iter().any(|owner| owner.0 == other && (write || owner.1))
            }
            Some(For::Join(target)) => target == other && self.threads[other].alive,
            Some(For::Room(channel)) => {
                let channel = &self.waits.channels[channel];
                channel.messages >= channel.capacity && channel.receiver == Some(other)
            }
            Some(For::Message(_) | For::Signal(_)) | None => false,
        }
    }

    /// From whom each thread's wait can be reached: the transitive closure.
    pub(crate) fn closure(&self) -> Vec<Vec<bool>> {
        let all = self.threads.len();
        let mut reach: Vec<Vec<bool>> =
            (0..all).map(|a| (0..all).map(|b| self.needs(a, b)).collect()).collect();
        for via in 0..all {
            for a in 0..all {
                for b in 0..all {
                    reach[a][b] |= reach[a][via] && reach[via][b];
                }
            }
        }
        reach
    }

    pub(crate) fn in_circle(&self, thread: Thread) -> bool {
        self.closure()[thread][thread]
    }

    /// Every thread that is part of a circle.
    pub(crate) fn circle_members(&self) -> Vec<Thread> {
        let reach = self.closure();
        (0..self.threads.len()).filter(|thread| reach[*thread][*thread]).collect()
    }

    /// Which rule a circle breaks, read from the rules' pages.
    pub(crate) fn rule_of_circle(&self, members: &[Thread]) -> &'static str {
        let count = |found: fn(For) -> bool| {
            members.iter().filter(|member| self.waits.of(**member).is_some_and(found)).count()
        };
        let cancels = count(|what| matches!(what, For::Cancel(_)));
        if count(|what| matches!(what, For::Join(_))) > 0 {
            "N013"
        } else if cancels == 0 {
            "N016"
        } else if members.len() == 1 {
            "N001"
        } else if cancels == members.len() {
            "N003"
        } else {
            "N002"
        }
    }

    /// Every callback on the thread has wanted this lock.
    pub(crate) fn remember_lock(&mut self, thread: Thread, lock: usize, write: bool) {
        for (reg, _) in self.threads[thread].frames.clone() {
            self.regs[reg].wanted.push((lock, write));
        }
    }

    /// Begins a wait, or takes at once what is there: answers `Some(circle)` for a wait.
    pub(crate) fn wait_for(&mut self, thread: Thread, what: For) -> Option<bool> {
        if self.is_there_now(what) {
            self.take(thread, what);
            return None;
        }
        self.waits.wait(thread, what);
        Some(self.in_circle(thread))
    }

    /// A wait that can end ends.
    pub(crate) fn wait_ends(&mut self, thread: Thread) {
        assert!(self.can_end(thread));
        let what = self.waits.of(thread).expect("it waits");
        self.waits.stop(thread);
        self.take(thread, what);
    }

    fn take(&mut self, thread: Thread, what: For) {
        match what {
            For::Cancel(reg) => self.kill(reg),
            For::Lock(lock, write) => self.waits.locks[lock].owners.push((thread, write)),
            For::Room(channel) => self.waits.channels[channel].messages += 1,
            For::Message(channel) => self.waits.channels[channel].messages -= 1,
            For::Join(_) | For::Signal(_) => {}
        }
    }
}
