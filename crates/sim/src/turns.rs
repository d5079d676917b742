//! Whose turn it is: who waits for the baton, and for how long already.
//!
//! **The contract: under seed 0, and in a program that runs as it pleases, whoever could go on does so after so
//! many decisions at the latest, however the others call.** A picker that always prefers the same one would keep the
//! others waiting for ever.

use std::time::{Duration, Instant};

use netiosim_model::ids::LaneId;

use crate::core::Core;
use crate::picker::Next;
use crate::schedule::{Role, Task};

/// After how many decisions under seed 0 others go first: a thread that polls must not keep them from what it
/// waits for.
const PATIENCE: u32 = 1000;
/// The same for a program that runs as it pleases, whatever its seed.
const SHORT_PATIENCE: u32 = 100;
/// How long a thread of a program that runs as it pleases may keep the others waiting, in real time.
pub(crate) const TURN: Duration = Duration::from_millis(20);

/// Those who could go on when decisions were made, the longest waiting first.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    waiting: Vec<Waiting>,
    /// The last one to get the baton runs a delivery.
    delivered: bool,
}

#[derive(Debug)]
struct Waiting {
    who: Who,
    /// Decisions at which others went first.
    passed: u32,
    /// Of a program that runs as it pleases.
    since: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Task(usize),
    Lane(LaneId),
}

impl From<Next> for Who {
    fn from(next: Next) -> Self {
        match next {
            Next::Continue(task, _) | Next::Resume(task, _) => Self::Task(task),
            Next::Begin(lane) => Self::Lane(lane),
        }
    }
}

impl Core {
    /// Picks one of the steps: the picker's choice, unless somebody has waited too long. Pickers that are not to be
    /// meddled with decide alone: those of seeds, and the test's own.
    pub(crate) fn take_turn(&mut self, steps: &[Next]) -> usize {
        let free = self.is_free();
        if !free && !self.picker.is_first() {
            return self.picker.pick(&self.machine, steps);
        }
        let at = if steps.len() < 2 { 0 } else { self.choose(steps, free) };
        self.sched.turns.wait(steps, steps[at].into(), free);
        self.sched.turns.delivered = self.delivers(steps[at]);
        at
    }

    fn choose(&mut self, steps: &[Next], free: bool) -> usize {
        let delivered = self.sched.turns.delivered;
        let other = |at: &usize| self.delivers(steps[*at]) != delivered;
        // The thread that runs does not wait.
        let waits =
            |at: &usize, who: Who| !steps[*at].is_continue() && Who::from(steps[*at]) == who;
        let over = self.sched.turns.waiting.iter().take_while(|one| one.has_waited(free));
        let mut over = over.filter_map(|one| (0..steps.len()).find(|at| waits(at, one.who)));
        if let Some(oldest) = over.next() {
            // Neither a stream of deliveries nor many threads that call keep the others waiting.
            return Some(oldest).filter(other).or_else(|| over.find(other)).unwrap_or(oldest);
        }
        if !free || steps[0].is_continue() {
            return self.picker.pick(&self.machine, steps);
        }
        // A turn is over: the program's threads and the deliveries take turns, and the picker decides among those.
        let mut own: Vec<usize> = (0..steps.len()).filter(other).collect();
        if own.is_empty() {
            own.extend(0..steps.len());
        }
        let among: Vec<Next> = own.iter().map(|at| steps[*at]).collect();
        own[self.picker.pick(&self.machine, &among)]
    }

    /// Whether a step is one of a delivery.
    fn delivers(&self, step: Next) -> bool {
        match step {
            Next::Begin(_) => true,
            Next::Continue(task, _) | Next::Resume(task, _) => {
                self.sched.task(task).role() == Role::Worker
            }
        }
    }

    /// Whether a delivery is made, or could be as soon as it is its turn.
    pub(crate) fn has_delivery(&self) -> bool {
        let works = |(n, task): (usize, &Task)| {
            task.role() == Role::Worker && (self.sched.current == Some(n) || self.runnable(n))
        };
        self.machine.has_deliverable() && self.can_begin()
            || self.sched.tasks().iter().enumerate().any(works)
    }
}

impl Turns {
    /// A decision was made.
    fn wait(&mut self, steps: &[Next], taken: Who, free: bool) {
        let waits = |who: Who| who != taken && steps.iter().any(|step| Who::from(*step) == who);
        self.waiting.retain(|one| waits(one.who));
        for one in &mut self.waiting {
            one.passed += 1;
        }
        for step in steps {
            let who = Who::from(*step);
            if who != taken && self.waiting.iter().all(|one| one.who != who) {
                let since = free.then(Instant::now);
                self.waiting.push(Waiting { who, passed: 1, since });
            }
        }
    }
}

impl Waiting {
    /// Whether it has waited long enough, in a program that runs as it pleases or in another.
    fn has_waited(&self, free: bool) -> bool {
        self.passed >= if free { SHORT_PATIENCE } else { PATIENCE }
            || free && self.since.is_some_and(|since| since.elapsed() >= TURN)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use netiosim_model::ids::{ActorId, Handle, LaneId};

    use super::{PATIENCE, SHORT_PATIENCE, TURN, Turns, Waiting, Who};
    use crate::picker::Next;

    const DELIVERY: LaneId = LaneId { handle: Handle(1), lane: 0 };

    fn resume(task: usize) -> Next {
        Next::Resume(task, ActorId(0))
    }

    /// Who waits, the longest waiting first, and at how many decisions others went first.
    fn waiting(turns: &Turns) -> Vec<(Who, u32)> {
        turns.waiting.iter().map(|one| (one.who, one.passed)).collect()
    }

    #[test]
    fn whoever_is_passed_over_waits_in_the_order_of_his_first_time() {
        let mut turns = Turns::default();
        turns.wait(&[resume(0), resume(1)], Who::Task(0), false);
        turns.wait(&[resume(0), Next::Begin(DELIVERY), resume(1)], Who::Task(0), false);
        assert_eq!(waiting(&turns), [(Who::Task(1), 2), (Who::Lane(DELIVERY), 1)]);
    }

    #[test]
    fn whoever_gets_the_baton_or_cannot_go_on_begins_anew() {
        let mut turns = Turns::default();
        let steps = [resume(0), resume(1), resume(2)];
        turns.wait(&steps, Who::Task(0), false);
        turns.wait(&steps, Who::Task(1), false);
        assert_eq!(waiting(&turns), [(Who::Task(2), 2), (Who::Task(0), 1)]);
        turns.wait(&[resume(0), resume(1)], Who::Task(1), false);
        assert_eq!(waiting(&turns), [(Who::Task(0), 2)]);
        turns.wait(&steps, Who::Task(1), false);
        assert_eq!(waiting(&turns), [(Who::Task(0), 3), (Who::Task(2), 1)]);
    }

    #[test]
    fn enough_is_counted_in_decisions() {
        let has_waited =
            |passed, free| Waiting { who: Who::Task(0), passed, since: None }.has_waited(free);
        for (free, enough) in [(false, PATIENCE), (true, SHORT_PATIENCE)] {
            assert!(!has_waited(enough - 1, free));
            assert!(has_waited(enough, free));
        }
    }

    #[test]
    fn time_counts_only_in_a_program_that_runs_as_it_pleases() {
        let long_ago = Instant::now().checked_sub(TURN).expect("the system is on for longer");
        let one = Waiting { who: Who::Task(0), passed: 1, since: Some(long_ago) };
        assert!(one.has_waited(true) && !one.has_waited(false));
        let mut turns = Turns::default();
        for free in [true, false] {
            turns.wait(&[resume(0), resume(1)], Who::Task(1 - usize::from(free)), free);
            assert_eq!(turns.waiting[0].since.is_some(), free);
        }
    }
}
