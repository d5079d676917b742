//! Everybody in turn.

use super::{Choice, Strategy};

/// Lets every actor make so many steps before it is the next one's turn: one execution for each of the numbers from 1 to
/// `most_steps`. Values are the first ones.
#[derive(Debug)]
pub struct RoundRobin {
    most_steps: u32,
    turn: u32,
    made: u32,
    last: u32,
}

impl RoundRobin {
    /// Turns of 1 step, of 2 steps, and so on up to this number.
    #[must_use]
    pub fn new(most_steps: u32) -> Self {
        Self { most_steps: most_steps.max(1), turn: 0, made: 0, last: 0 }
    }
}

impl Strategy for RoundRobin {
    fn name(&self) -> &'static str {
        "round-robin"
    }

    fn begin(&mut self) -> bool {
        self.turn += 1;
        self.made = 0;
        self.last = 0;
        self.turn <= self.most_steps
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        let actors = options.iter().enumerate().filter_map(|(at, o)| Some((o.actor?, at)));
        let own = actors.clone().find(|(actor, _)| *actor == self.last);
        if let Some((_, at)) = own.filter(|_| self.made < self.turn) {
            self.made += 1;
            return at;
        }
        let after = actors.clone().filter(|(actor, _)| *actor > self.last).min();
        let Some((actor, at)) = after.or_else(|| actors.min()) else { return 0 };
        self.last = actor;
        self.made = 1;
        at
    }

    fn end(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::super::toy;
    use super::RoundRobin;

    #[test]
    fn turns_get_longer() {
        let tried = toy::all(&mut RoundRobin::new(2), &[3, 3, 1], 10);
        assert_eq!(tried, [vec![0, 1, 2, 0, 1, 0, 1], vec![0, 0, 1, 1, 2, 0, 1]]);
    }
}
