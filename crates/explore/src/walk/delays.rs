//! Fewest delays first: schedules in the order of how far they are from the one that everybody expects.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{Choice, Strategy, Strayed};

/// Tries every schedule once, those with few delays first.
///
/// The schedule without a delay takes the first option everywhere: who runs goes on as long as possible. Taking the n-th
/// option instead, from 0, costs n delays, so that with a bound this is delay-bounded scheduling (Emmi, Qadeer and Rakamaric
/// 2011). Most bugs need one or two. Without a bound it is as exhaustive as
/// [`DepthFirst`](super::DepthFirst), and the first counterexample is one with the fewest delays; it pays with memory, a few dozen
/// bytes for every schedule that waits to be tried.
#[derive(Debug)]
pub struct FewestDelays {
    bound: Option<u32>,
    /// By delays: schedules to be tried.
    waiting: BTreeMap<u32, VecDeque<Start>>,
    waiting_count: usize,
    /// The delays that the execution begins with, as depth, position and code; and how many of them are made.
    start: Vec<(usize, usize, u32)>,
    made: usize,
    path: Option<Arc<Link>>,
    delays: u32,
    depth: usize,
    pruned: bool,
    done: bool,
    strayed: Option<Strayed>,
}

/// A schedule up to its last delay; from there on it has none.
#[derive(Debug)]
struct Start(Option<Arc<Link>>);

/// One delay, and those before it.
#[derive(Debug)]
struct Link {
    before: Option<Arc<Link>>,
    /// At which choice point.
    depth: u32,
    position: u32,
    code: u32,
}

impl FewestDelays {
    /// No bound: all schedules, in the end.
    #[must_use]
    pub fn new() -> Self {
        let mut waiting = BTreeMap::new();
        waiting.insert(0, VecDeque::from([Start(None)]));
        Self {
            bound: None,
            waiting,
            waiting_count: 1,
            start: Vec::new(),
            made: 0,
            path: None,
            delays: 0,
            depth: 0,
            pruned: false,
            done: false,
            strayed: None,
        }
    }

    /// No more than so many delays in one schedule.
    #[must_use]
    pub fn bounded(bound: u32) -> Self {
        Self { bound: Some(bound), ..Self::new() }
    }

    /// The delays of the execution that runs, or ran last.
    #[must_use]
    pub fn delays(&self) -> u32 {
        self.delays
    }
}

impl Default for FewestDelays {
    fn default() -> Self {
        Self::new()
    }
}

impl Strategy for FewestDelays {
    fn name(&self) -> &'static str {
        match self.bound {
            Some(_) => "delay-bounded",
            None => "exhaustive",
        }
    }

    fn begin(&mut self) -> bool {
        let Some(mut entry) = self.waiting.first_entry() else {
            self.done = true;
            return false;
        };
        self.delays = *entry.key();
        let start = entry.get_mut().pop_front();
        if entry.get().is_empty() {
            entry.remove();
        }
        self.waiting_count -= 1;
        let Some(Start(path)) = start else { return false };
        self.start.clear();
        let mut link = path.as_deref();
        while let Some(delay) = link {
            self.start.push((delay.depth as usize, delay.position as usize, delay.code));
            link = delay.before.as_deref();
        }
        self.start.reverse();
        self.path = path;
        self.made = 0;
        self.depth = 0;
        true
    }

    fn pick(&mut self, options: &[Choice]) -> usize {
        let at = self.depth;
        self.depth += 1;
        if self.strayed.is_some() {
            return 0;
        }
        if let Some((depth, position, code)) = self.start.get(self.made).copied() {
            if at < depth {
                return 0;
            }
            self.made += 1;
            if options.get(position).is_some_and(|choice| choice.code == code) {
                return position;
            }
            self.strayed = Some(Strayed::new(at, code, options));
            return 0;
        }
        for (position, choice) in (0u32..).zip(options).skip(1) {
            let delays = self.delays.saturating_add(position);
            if self.bound.is_some_and(|bound| delays > bound) {
                self.pruned = true;
                break;
            }
            let depth = u32::try_from(at).unwrap_or(u32::MAX);
            let link = Link { before: self.path.clone(), depth, position, code: choice.code };
            self.waiting.entry(delays).or_default().push_back(Start(Some(Arc::new(link))));
            self.waiting_count += 1;
        }
        0
    }

    fn end(&mut self) {
        if self.strayed.is_none()
            && let Some((_, _, code)) = self.start.get(self.made)
        {
            self.strayed = Some(Strayed::new(self.depth, *code, &[]));
        }
    }

    fn is_complete(&self) -> bool {
        self.done && !self.pruned && self.strayed.is_none()
    }

    fn memory_bytes(&self) -> usize {
        // The counts of the Arc, the link, and its place in the queue; links that only tried schedules share are left out.
        self.waiting_count * (2 * size_of::<usize>() + size_of::<Link>() + size_of::<Start>())
    }

    fn strayed(&self) -> Option<&Strayed> {
        self.strayed.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{Choice, Strategy, toy};
    use super::FewestDelays;

    #[test]
    fn every_order_is_tried_once() {
        let mut strategy = FewestDelays::new();
        let tried = toy::all(&mut strategy, &[3, 2, 1], 1000);
        assert_eq!(tried.len(), 60);
        assert_eq!(tried.iter().collect::<BTreeSet<_>>().len(), 60);
        assert!(strategy.is_complete());
        assert_eq!(strategy.memory_bytes(), 0);
    }

    #[test]
    fn few_delays_come_first() {
        let mut strategy = FewestDelays::new();
        let mut delays = Vec::new();
        while toy::run(&mut strategy, &[2, 2]).is_some() {
            delays.push(strategy.delays());
        }
        assert_eq!(delays, [0, 1, 1, 2, 2, 3]);
    }

    #[test]
    fn a_bound_leaves_some_out_and_says_so() {
        let mut strategy = FewestDelays::bounded(1);
        let tried = toy::all(&mut strategy, &[2, 2], 1000);
        assert_eq!(tried.len(), 3);
        assert!(!strategy.is_complete());
        let mut strategy = FewestDelays::bounded(3);
        assert_eq!(toy::all(&mut strategy, &[2, 2], 1000).len(), 6);
        assert!(strategy.is_complete(), "the bound was never felt");
    }

    #[test]
    fn a_run_that_offers_other_things_than_before_is_noticed() {
        let mut strategy = FewestDelays::new();
        assert!(strategy.begin());
        strategy.pick(&[Choice::value(5), Choice::value(6)]);
        strategy.end();
        assert!(strategy.begin());
        strategy.pick(&[Choice::value(5), Choice::value(7)]);
        strategy.end();
        let strayed = strategy.strayed().unwrap();
        assert_eq!(strayed.to_string(), "choice 1 was to be 6; there were 5, 7");
    }
}
