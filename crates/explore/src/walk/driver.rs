//! The driver of a walk: within its limits, with the schedule recorded and everything counted.

use std::fmt;
use std::time::{Duration, Instant};

use super::{Choice, Strategy, Strayed};

/// How far a walk goes at most; `None` is as far as it takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Executions.
    pub executions: Option<u64>,
    /// Choice points in all executions together.
    pub steps: Option<u64>,
    /// Choice points of one execution. From there on everybody is let go in turn, so that what waits for others comes to its end,
    /// and the execution counts as cut.
    pub depth: Option<u64>,
    /// Time since the walk began; an execution that has begun is finished.
    pub time: Option<Duration>,
    /// What the strategy keeps in mind.
    pub memory_bytes: Option<usize>,
}

impl Limits {
    /// As far as it takes.
    pub const NONE: Self =
        Self { executions: None, steps: None, depth: None, time: None, memory_bytes: None };
}

impl Default for Limits {
    /// 10,000 choice points in one execution, and 1 GiB.
    fn default() -> Self {
        Self { depth: Some(10_000), memory_bytes: Some(1 << 30), ..Self::NONE }
    }
}

/// What ended a walk, or cut an execution of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Limit {
    /// [`Limits::executions`].
    Executions,
    /// [`Limits::steps`].
    Steps,
    /// [`Limits::depth`].
    Depth,
    /// [`Limits::time`].
    Time,
    /// [`Limits::memory_bytes`].
    Memory,
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Executions => "the limit of executions",
            Self::Steps => "the limit of steps",
            Self::Depth => "the limit of steps in one execution",
            Self::Time => "the time limit",
            Self::Memory => "the memory limit",
        })
    }
}

/// How much of what there is was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Coverage {
    /// Every schedule.
    Exhausted,
    /// Some: the strategy has no more, or samples only.
    Sampled,
    /// Some: a limit came first.
    Limited(Limit),
}

/// What a walk has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Executions.
    pub executions: u64,
    /// Choice points in all of them.
    pub steps: u64,
    /// Choice points of the execution that had most.
    pub max_depth: u64,
    /// Executions that [`Limits::depth`] cut.
    pub cut: u64,
    /// The largest [`memory_bytes`](Strategy::memory_bytes).
    pub memory_bytes: usize,
}

/// A walk under way.
///
/// # Examples
///
/// ```
/// use netiosim_explore::walk::{Choice, Coverage, DepthFirst, Limits, Walk};
///
/// let mut walk = Walk::new(Box::new(DepthFirst::new()), Limits::default());
/// while walk.begin() {
///     let options = [Choice::step(0, 0, true), Choice::step(1, 1, false)];
///     walk.pick(&options);
///     walk.pick(&options);
///     walk.end();
/// }
/// assert_eq!(walk.statistics().executions, 4);
/// assert_eq!(walk.coverage(), Some(Coverage::Exhausted));
/// ```
pub struct Walk {
    strategy: Box<dyn Strategy>,
    limits: Limits,
    statistics: Statistics,
    steps: Vec<u32>,
    /// When each actor was let go last, for the fair end of an execution that is cut.
    turns: Vec<u64>,
    coverage: Option<Coverage>,
    started: Instant,
}

impl Walk {
    /// A walk that has not begun.
    #[must_use]
    pub fn new(strategy: Box<dyn Strategy>, limits: Limits) -> Self {
        Self {
            strategy,
            limits,
            statistics: Statistics::default(),
            steps: Vec::new(),
            turns: Vec::new(),
            coverage: None,
            started: Instant::now(),
        }
    }

    /// Begins an execution; `false` when the strategy has nothing left, or a limit was reached.
    pub fn begin(&mut self) -> bool {
        let done = &self.statistics;
        let reached = |limit: Option<u64>, count: u64| limit.is_some_and(|limit| count >= limit);
        let limit = if reached(self.limits.executions, done.executions) {
            Some(Limit::Executions)
        } else if reached(self.limits.steps, done.steps) {
            Some(Limit::Steps)
        } else if self.limits.time.is_some_and(|limit| self.started.elapsed() >= limit) {
            Some(Limit::Time)
        } else if self.limits.memory_bytes.is_some_and(|limit| done.memory_bytes > limit) {
            Some(Limit::Memory)
        } else {
            None
        };
        self.steps.clear();
        self.turns.clear();
        // What a limit stops just when there is nothing left is finished, not stopped.
        if !self.strategy.begin() {
            self.coverage = Some(match (self.strategy.is_complete(), self.statistics.cut) {
                (true, 0) => Coverage::Exhausted,
                (true, _) => Coverage::Limited(Limit::Depth),
                (false, _) => Coverage::Sampled,
            });
            return false;
        }
        if let Some(limit) = limit {
            self.coverage = Some(Coverage::Limited(limit));
            return false;
        }
        true
    }

    /// Picks one of at least two options and returns its position.
    pub fn pick(&mut self, options: &[Choice]) -> usize {
        let depth = self.steps.len() as u64;
        let cut = self.limits.depth.is_some_and(|limit| depth >= limit);
        let at = if cut { self.fairest(options) } else { self.strategy.pick(options) };
        let at = at.min(options.len().saturating_sub(1));
        let Some(choice) = options.get(at) else { return 0 };
        self.steps.push(choice.code);
        if let Some(actor) = choice.actor {
            let actor = actor as usize;
            if self.turns.len() <= actor {
                self.turns.resize(actor + 1, 0);
            }
            self.turns[actor] = depth + 1;
        }
        at
    }

    fn fairest(&self, options: &[Choice]) -> usize {
        let turn = |choice: &Choice| {
            let actor = choice.actor.map_or(usize::MAX, |actor| actor as usize);
            self.turns.get(actor).copied().unwrap_or(0)
        };
        let first = options.iter().enumerate().min_by_key(|(at, choice)| (turn(choice), *at));
        first.map_or(0, |(at, _)| at)
    }

    /// The execution has come to its end.
    pub fn end(&mut self) {
        let depth = self.steps.len() as u64;
        if self.limits.depth.is_none_or(|limit| depth <= limit) {
            self.strategy.end();
        }
        let done = &mut self.statistics;
        done.executions += 1;
        done.steps += depth;
        done.max_depth = done.max_depth.max(depth);
        done.cut += u64::from(self.limits.depth.is_some_and(|limit| depth > limit));
        done.memory_bytes = done.memory_bytes.max(self.strategy.memory_bytes());
    }

    /// What was chosen in the execution that runs, or ran last.
    #[must_use]
    pub fn steps(&self) -> &[u32] {
        &self.steps
    }

    /// What was done so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    /// What was tried, once [`begin`](Self::begin) said that there is nothing left.
    #[must_use]
    pub fn coverage(&self) -> Option<Coverage> {
        self.coverage
    }

    /// The time since the walk was made.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// Where an execution did not go as one before; see [`Strategy::strayed`].
    #[must_use]
    pub fn strayed(&self) -> Option<&Strayed> {
        self.strategy.strayed()
    }

    /// What the strategy is called.
    #[must_use]
    pub fn strategy(&self) -> &'static str {
        self.strategy.name()
    }
}

impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Walk")
            .field("strategy", &self.strategy.name())
            .field("statistics", &self.statistics)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::{Choice, DepthFirst, FewestDelays, RandomWalk, Strategy};
    use super::{Coverage, Limit, Limits, Walk};

    /// Two actors that can go on for ever, until the second one was let go `wanted` times.
    fn run(walk: &mut Walk, wanted: u32) -> bool {
        if !walk.begin() {
            return false;
        }
        let (mut gone, mut last) = (0, 0);
        while gone < wanted {
            let at = walk
                .pick(&[Choice::step(last, last, true), Choice::step(1 - last, 1 - last, false)]);
            last = if at == 0 { last } else { 1 - last };
            gone += last;
        }
        walk.end();
        true
    }

    fn walk(strategy: impl Strategy + 'static, limits: Limits) -> Walk {
        let mut walk = Walk::new(Box::new(strategy), limits);
        while run(&mut walk, 2) {}
        walk
    }

    #[test]
    fn each_limit_is_named() {
        let of = |limits| walk(RandomWalk::new(0), limits).coverage();
        let limited = |limit| Some(Coverage::Limited(limit));
        assert_eq!(of(Limits { executions: Some(3), ..Limits::NONE }), limited(Limit::Executions));
        assert_eq!(of(Limits { steps: Some(3), ..Limits::NONE }), limited(Limit::Steps));
        assert_eq!(of(Limits { time: Some(Duration::ZERO), ..Limits::NONE }), limited(Limit::Time));
        let few = Limits { memory_bytes: Some(1000), depth: Some(50), ..Limits::NONE };
        let walk = walk(FewestDelays::new(), few);
        assert_eq!(walk.coverage(), limited(Limit::Memory));
        assert!(walk.statistics().memory_bytes > 1000);
    }

    #[test]
    fn what_never_ends_by_itself_is_cut_and_let_go_in_turn() {
        let limits = Limits { depth: Some(4), ..Limits::default() };
        let walk = walk(DepthFirst::new(), limits);
        let done = walk.statistics();
        assert_eq!(walk.coverage(), Some(Coverage::Limited(Limit::Depth)));
        assert!(done.cut > 0 && done.max_depth <= 8, "{done:?}");
        assert!(done.executions <= 16, "{done:?}");
    }

    #[test]
    fn a_limit_that_is_reached_with_the_last_schedule_is_none() {
        let limits = Limits { executions: Some(2), ..Limits::default() };
        let mut walk = Walk::new(Box::new(DepthFirst::new()), limits);
        while walk.begin() {
            walk.pick(&[Choice::value(1), Choice::value(2)]);
            walk.end();
        }
        assert_eq!(walk.coverage(), Some(Coverage::Exhausted));
        assert_eq!(walk.statistics().executions, 2);
    }
}
