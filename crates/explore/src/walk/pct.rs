//! Probabilistic concurrency testing: chance with a guarantee.

use super::{Choice, Strategy};
use crate::random::Random;

/// How many choice points an execution is thought to have before one was seen.
const FIRST_GUESS: u64 = 32;

/// Gives every actor a priority by chance, lets the highest go, and at `depth` - 1 points, by chance as well, puts who ran at the
/// bottom (Burckhardt, Kothari, Musuvathi and Nagarakatte 2010).
///
/// A bug that shows when `depth` particular steps come in a particular order is found by one execution with a probability of at
/// least 1 / (n k^(depth - 1)), for n actors and k choice points. k is the largest number that an execution had so far.
/// Values, which move nobody, are taken by chance.
#[derive(Debug)]
pub struct Pct {
    seed: u64,
    run: u64,
    depth: u32,
    random: Random,
    /// By actor.
    priorities: Vec<Option<u64>>,
    changes: Vec<u64>,
    steps: u64,
    most_steps: u64,
}

impl Pct {
    /// The walk of this seed, for bugs of this depth; 1 at least.
    #[must_use]
    pub fn new(seed: u64, depth: u32) -> Self {
        Self {
            seed,
            run: 0,
            depth: depth.max(1),
            random: Random::new(seed),
            priorities: Vec::new(),
            changes: Vec::new(),
            steps: 0,
            most_steps: FIRST_GUESS,
        }
    }

    /// With this number of choice points per execution to begin with, in place of 32.
    #[must_use]
    pub fn steps_estimated(mut self, steps: u64) -> Self {
        self.most_steps = steps.max(1);
        self
    }

    fn priority(&mut self, actor: u32) -> u64 {
        let at = actor as usize;
        if self.priorities.len() <= at {
            self.priorities.resize(at + 1, None);
        }
        let floor = u64::from(self.depth);
        match self.priorities[at] {
            Some(priority) => priority,
            None => {
                let priority = floor + self.random.next_u64() % (u64::MAX - floor);
                self.priorities[at] = Some(priority);
                priority
            }
        }
    }

    fn highest(&mut self, options: &[Choice]) -> usize {
        let mut best = (0, 0);
        for (at, choice) in options.iter().enumerate() {
            let priority = choice.actor.map_or(0, |actor| self.priority(actor));
            if at == 0 || priority > best.1 {
                best = (at, priority);
            }
        }
        best.0
    }
}

impl Strategy for Pct {
    fn name(&self) -> &'static str {
        "pct"
    }

    fn begin(&mut self) -> bool {
        self.random = Random::of_run(self.seed, self.run);
        self.run += 1;
        self.priorities.clear();
        self.most_steps = self.most_steps.max(self.steps);
        if self.run == 2 {
            // One was seen: from now on the guess does not count.
            self.most_steps = self.steps.max(1);
        }
        self.steps = 0;
        let most_steps = self.most_steps;
        let random = &mut self.random;
        self.changes = (1..self.depth).map(|_| random.below(most_steps)).collect();
        true
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        let step = self.steps;
        self.steps += 1;
        if options.iter().all(|choice| choice.actor.is_none()) {
            return self.random.position(options.len());
        }
        let at = self.highest(options);
        let Some(change) = self.changes.iter().position(|change| *change == step) else {
            return at;
        };
        if let Some(actor) = options[at].actor {
            self.priorities[actor as usize] = Some(change as u64);
        }
        self.highest(options)
    }

    fn end(&mut self) {}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::toy;
    use super::Pct;

    #[test]
    fn without_a_change_actors_run_through() {
        let tried = toy::all(&mut Pct::new(5, 1), &[3, 3], 200);
        let orders: BTreeSet<Vec<u32>> = tried.into_iter().collect();
        let wanted = [vec![0, 0, 0, 1, 1, 1], vec![1, 1, 1, 0, 0, 0]];
        assert_eq!(orders, BTreeSet::from(wanted));
    }

    #[test]
    fn with_changes_every_order_is_met() {
        let tried = toy::all(&mut Pct::new(5, 3), &[2, 2], 500);
        assert_eq!(tried.iter().collect::<BTreeSet<_>>().len(), 6);
        assert_eq!(tried, toy::all(&mut Pct::new(5, 3), &[2, 2], 500));
    }

    #[test]
    fn a_shallow_bug_in_a_long_run_is_found_as_often_as_promised() {
        // The one step of the last actor comes before all others: 1 in n for depth 1.
        let tried = toy::all(&mut Pct::new(9, 1), &[50, 50, 50, 1], 400);
        let found = tried.iter().filter(|order| order[0] == 3).count();
        assert!((60..140).contains(&found), "{found} of 400");
    }
}
