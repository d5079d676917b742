//! Several strategies in turn.

use super::{Choice, FewestDelays, Pct, RandomWalk, RoundRobin, Strategy, Strayed};

/// Lets its members make executions in turn; complete when one of them is.
pub struct Portfolio {
    members: Vec<Box<dyn Strategy>>,
    /// Which of them have nothing left.
    spent: Vec<bool>,
    current: usize,
}

impl Portfolio {
    /// Few delays, chance for shallow bugs, everybody in turn, and blind chance.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::of(vec![
            Box::new(FewestDelays::new()),
            Box::new(Pct::new(seed, 2)),
            Box::new(RoundRobin::new(2)),
            Box::new(RandomWalk::new(seed)),
            Box::new(Pct::new(seed.wrapping_add(1), 3)),
        ])
    }

    /// These members, in this order.
    #[must_use]
    pub fn of(members: Vec<Box<dyn Strategy>>) -> Self {
        let (spent, current) = (vec![false; members.len()], members.len().saturating_sub(1));
        Self { members, spent, current }
    }
}

impl std::fmt::Debug for Portfolio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.members.iter().map(|member| member.name())).finish()
    }
}

impl Strategy for Portfolio {
    fn name(&self) -> &'static str {
        "portfolio"
    }

    fn begin(&mut self) -> bool {
        for _ in 0..self.members.len() {
            self.current = (self.current + 1) % self.members.len();
            if self.spent[self.current] {
                continue;
            }
            if self.members[self.current].begin() {
                return true;
            }
            if self.members[self.current].is_complete() {
                return false;
            }
            self.spent[self.current] = true;
        }
        false
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        self.members[self.current].pick(options)
    }

    fn end(&mut self) {
        self.members[self.current].end();
    }

    fn is_complete(&self) -> bool {
        self.members.iter().any(|member| member.is_complete())
    }

    fn memory_bytes(&self) -> usize {
        self.members.iter().map(|member| member.memory_bytes()).sum()
    }

    fn strayed(&self) -> Option<&Strayed> {
        self.members.iter().find_map(|member| member.strayed())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{DepthFirst, RandomWalk, RoundRobin, Strategy, toy};
    use super::Portfolio;

    #[test]
    fn it_ends_when_a_member_has_tried_everything() {
        let mut strategy = Portfolio::of(vec![
            Box::new(RandomWalk::new(1)),
            Box::new(RoundRobin::new(1)),
            Box::new(DepthFirst::new()),
        ]);
        let tried = toy::all(&mut strategy, &[2, 2], 1000);
        // Six of each but the one that has only one.
        assert_eq!(tried.len(), 6 + 1 + 1 + 6 - 1 + 1);
        assert!(strategy.is_complete());
    }
}
