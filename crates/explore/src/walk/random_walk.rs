//! Chance: each choice by the generator.

use super::{Choice, Strategy};
use crate::random::Random;

/// Takes each option with the same probability. Every execution has a generator of its own, so that the n-th execution of a
/// seed is the same whatever came before it.
#[derive(Debug)]
pub struct RandomWalk {
    seed: u64,
    run: u64,
    random: Random,
}

impl RandomWalk {
    /// The walk of this seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seed, run: 0, random: Random::new(seed) }
    }
}

impl Strategy for RandomWalk {
    fn name(&self) -> &'static str {
        "random"
    }

    fn begin(&mut self) -> bool {
        self.random = Random::of_run(self.seed, self.run);
        self.run += 1;
        true
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        self.random.position(options.len())
    }

    fn end(&mut self) {}
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::toy;
    use super::RandomWalk;

    #[test]
    fn it_meets_every_order_and_repeats_itself_under_its_seed() {
        let tried = toy::all(&mut RandomWalk::new(1), &[2, 2, 1], 500);
        assert_eq!(tried.iter().collect::<BTreeSet<_>>().len(), 30);
        assert_eq!(tried, toy::all(&mut RandomWalk::new(1), &[2, 2, 1], 500));
        assert_ne!(tried, toy::all(&mut RandomWalk::new(2), &[2, 2, 1], 500));
    }
}
