//! Depth first: the last choice that has an untried option is changed next.

use super::{Choice, Strategy, Strayed};

/// Tries every schedule, one after the other in lexical order; what it keeps in mind is one path.
///
/// It finds what goes wrong near the end of an execution first, and what goes wrong near its beginning last:
/// [`FewestDelays`](super::FewestDelays) is the better choice unless memory is short.
#[derive(Debug, Default)]
pub struct DepthFirst {
    path: Vec<Node>,
    depth: usize,
    begun: bool,
    done: bool,
    strayed: Option<Strayed>,
}

#[derive(Debug)]
struct Node {
    codes: Box<[u32]>,
    taken: usize,
}

impl DepthFirst {
    /// All schedules are before it.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
}

impl Strategy for DepthFirst {
    fn name(&self) -> &'static str {
        "depth-first"
    }

    fn begin(&mut self) -> bool {
        self.depth = 0;
        if self.begun {
            while self.path.last().is_some_and(|node| node.taken + 1 == node.codes.len()) {
                self.path.pop();
            }
            match self.path.last_mut() {
                Some(node) => node.taken += 1,
                None => self.done = true,
            }
        }
        self.begun = true;
        !self.done
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        let at = self.depth;
        self.depth += 1;
        if self.strayed.is_some() {
            return 0;
        }
        match self.path.get(at) {
            Some(node) => {
                let same = node.codes.iter().copied().eq(options.iter().map(|choice| choice.code));
                if !same {
                    self.strayed = Some(Strayed::new(at, node.codes[node.taken], options));
                    return 0;
                }
                node.taken
            }
            None => {
                let codes = options.iter().map(|choice| choice.code).collect();
                self.path.push(Node { codes, taken: 0 });
                0
            }
        }
    }

    fn end(&mut self) {
        if self.strayed.is_none()
            && let Some(node) = self.path.get(self.depth)
        {
            self.strayed = Some(Strayed::new(self.depth, node.codes[node.taken], &[]));
        }
    }

    fn is_complete(&self) -> bool {
        self.done && self.strayed.is_none()
    }

    fn memory_bytes(&self) -> usize {
        let node = |node: &Node| size_of::<Node>() + size_of_val(&*node.codes);
        self.path.iter().map(node).sum()
    }

    fn strayed(&self) -> Option<&Strayed> {
        self.strayed.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Choice, Strategy, toy};
    use super::DepthFirst;

    #[test]
    fn every_order_is_tried_once() {
        let mut strategy = DepthFirst::new();
        let tried = toy::all(&mut strategy, &[3, 2, 1], 1000);
        // 6! / (3! 2! 1!)
        assert_eq!(tried.len(), 60);
        assert_eq!(tried.iter().collect::<BTreeSet<_>>().len(), 60);
        assert!(strategy.is_complete());
        assert!(strategy.memory_bytes() < 1000);
    }

    #[test]
    fn a_run_that_offers_other_things_than_before_is_noticed() {
        let offer = |codes: &[u32]| -> Vec<Choice> {
            codes.iter().map(|code| Choice::step(*code, *code, false)).collect()
        };
        let mut strategy = DepthFirst::new();
        assert!(strategy.begin());
        strategy.pick(&offer(&[0, 1]));
        strategy.pick(&offer(&[0, 1]));
        strategy.end();
        assert!(strategy.begin());
        strategy.pick(&offer(&[0, 2]));
        strategy.end();
        let strayed = strategy.strayed().unwrap();
        assert_eq!(strayed.to_string(), "choice 1 was to be 0; there were 0, 2");
        assert!(!strategy.is_complete());
    }

    #[test]
    fn a_run_that_ends_early_is_noticed() {
        let mut strategy = DepthFirst::new();
        let offer = [Choice::value(5), Choice::value(6)];
        assert!(strategy.begin());
        strategy.pick(&offer);
        strategy.end();
        assert!(strategy.begin());
        strategy.end();
        let strayed = strategy.strayed().unwrap();
        assert_eq!(strayed.to_string(), "choice 1 was to be 6; the run was over before");
    }
}
