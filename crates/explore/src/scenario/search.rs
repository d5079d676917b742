//! The search over all states, breadth first: the way to the first state that goes wrong is the shortest.

use std::collections::BTreeSet;
use std::sync::Arc;

use netiosim_scenario::program::Program;

use super::ahead::Ahead;
use super::checkpoint::{Checkpoint, Misfit, SavedStep};
use super::exhaustive::{Limits, Seen};
use super::intern::Interner;
use super::space::{Space, Way};
use super::states::{NONE, States};
use super::verdicts::{CONTRADICTION, Verdicts, Wanted};

/// How often `stop` is asked, in states.
const ASK: u32 = 128;

/// A search over all states of a program, breadth first.
///
/// # Examples
///
/// A search that is cut short, and goes on later:
///
/// ```
/// use std::{path::Path, sync::Arc};
/// use netiosim_explore::scenario::{Limits, Search, Wanted};
/// use netiosim_model::profile::Profile;
/// use netiosim_scenario::{load::scenario_text, program::compile};
///
/// let text = r#"{"version": 1, "name": "x", "clients": [{"name": "c", "callbacks": {"f": []}, "threads": [{"name": "main", "steps": [
///     {"notify_teredo_port_change": {"as": "ports", "callback": "f"}}, {"cancel": {"handle": "ports"}}]}]}]}"#;
/// let loaded = scenario_text(text, "x.json", Path::new("")).unwrap();
/// let program = Arc::new(compile(&loaded.scenario, &loaded.stack, Profile::Documented).unwrap());
///
/// let mut search = Search::new(&program, Wanted::default());
/// search.run(&Limits { states: 3, ..Limits::default() }, &mut |_| None);
/// let kept = search.checkpoint("x");
/// assert!(!search.finish().complete());
///
/// let mut search = Search::resume(&program, Wanted::default(), &kept, "x").unwrap();
/// search.run(&Limits::default(), &mut |_| None);
/// assert!(search.finish().proved());
/// ```
#[derive(Debug)]
pub struct Search {
    space: Space,
    states: States,
    wanted: Wanted,
    verdicts: Verdicts,
    threads: usize,
    ahead: Ahead,
    /// The next state to look at, its distance from the beginning, and where the next level begins.
    at: u32,
    depth: u32,
    level_end: u32,
    seen: Seen,
    /// The states of which there was something new to tell.
    told: BTreeSet<u32>,
    /// The states of which there was something new to tell when they were looked at before: no others are judged.
    again: Option<BTreeSet<u32>>,
    /// How many states there were when the last one had been looked at to the end, and what was counted by then.
    settled: (usize, Counts),
    row: Vec<u32>,
}

/// What is counted state by state.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    transitions: u64,
    deduplicated: u64,
    ends: u64,
}

impl Search {
    /// A search at its beginning.
    #[must_use]
    pub fn new(program: &Arc<Program>, wanted: Wanted) -> Self {
        let space = Space::new(program, wanted.orderly);
        let first = space.first();
        Self {
            states: States::new(&first),
            verdicts: Verdicts::new(program, wanted),
            wanted,
            space,
            threads: 1,
            ahead: Ahead::default(),
            at: 0,
            depth: 0,
            level_end: 1,
            seen: Seen::default(),
            told: BTreeSet::new(),
            again: None,
            settled: (1, Counts::default()),
            row: Vec::new(),
        }
    }

    /// The same with so many threads. What comes out does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads;
        self
    }

    /// A search that goes on where another one of the same `subject` was cut short.
    ///
    /// # Errors
    ///
    /// [`Misfit`] if the checkpoint belongs to another search, or its states are not found again.
    pub fn resume(
        program: &Arc<Program>,
        wanted: Wanted,
        kept: &Checkpoint,
        subject: &str,
    ) -> Result<Self, Misfit> {
        kept.fits(subject, wanted.orderly, wanted.findings_only)?;
        let mut search = Self::new(program, wanted);
        search.again = Some(kept.told.clone());
        while search.at < kept.expanded {
            let all = Limits { bytes: usize::MAX, ..Limits::default() };
            let limits = Limits { states: usize::MAX, ..all };
            if !matches!(search.go_on(&limits, &mut |_| None), Some(Ok(()))) {
                return Err(Misfit::Changed { state: search.at });
            }
            if search.states.len() > kept.states() {
                break;
            }
        }
        search.again = None;
        search.compare(kept)?;
        Ok(search)
    }

    /// Holds the states against those of a checkpoint.
    fn compare(&self, kept: &Checkpoint) -> Result<(), Misfit> {
        let came = kept.came.chunks_exact(2).map(|came| (came[0], came[1]));
        for (state, (from, step)) in (1_u32..).zip(came) {
            let same = ((state as usize) < self.states.len())
                .then(|| self.states.came(state))
                .flatten()
                .is_some_and(|own| {
                    let own_step = SavedStep::new(self.space.step(own.1));
                    own.0 == from && kept.steps.get(step as usize) == Some(&own_step)
                });
            if !same {
                return Err(Misfit::Changed { state });
            }
        }
        if self.states.len() != kept.states() {
            let state = u32::try_from(kept.states()).unwrap_or(NONE);
            return Err(Misfit::Changed { state });
        }
        Ok(())
    }

    /// What is needed to go on later, for a search of this subject: a name of what is searched, which must be the same then.
    #[must_use]
    pub fn checkpoint(&self, subject: &str) -> Checkpoint {
        let mut kept = Checkpoint::new(subject);
        kept.orderly = self.wanted.orderly;
        kept.findings_only = self.wanted.findings_only;
        kept.expanded = self.at;
        let count = self.settled.0;
        kept.told.clone_from(&self.told);
        let mut steps = Interner::new();
        for state in 1..u32::try_from(count).unwrap_or(NONE) {
            let (from, step) = self.states.came(state).expect("it is not the first");
            let step = steps.number(SavedStep::new(self.space.step(step)));
            kept.came.extend([from, step - 1]);
        }
        kept.steps = steps.into_values();
        kept
    }

    /// How many states are known.
    #[must_use]
    pub fn states(&self) -> usize {
        self.states.len()
    }

    /// Whether there are states that were not looked at: something ended the search before.
    #[must_use]
    pub fn is_cut_short(&self) -> bool {
        (self.at as usize) < self.states.len()
    }

    /// Searches until everything was seen, a limit is reached or `stop`, which is asked now and then with the number of
    /// states, gives a reason. It can be called again, and goes on.
    pub fn run(&mut self, limits: &Limits, stop: &mut dyn FnMut(usize) -> Option<String>) {
        self.seen.stopped = None;
        // A state that was not looked at to its end is looked at anew.
        let (count, counts) = self.settled;
        self.states.truncate(count);
        self.ahead = Ahead::default();
        let Counts { transitions, deduplicated, ends } = counts;
        (self.seen.transitions, self.seen.deduplicated, self.seen.ends) =
            (transitions, deduplicated, ends);
        while let Some(reason) = self.go_on(limits, stop) {
            if let Err(reason) = reason {
                self.seen.stopped = Some(reason);
                return;
            }
            if self.wanted.first_only && !self.verdicts.violations.is_empty() {
                return;
            }
        }
        self.seen.stopped = self.space.horizon();
    }

    /// Looks at one more state. `None`: there is no more.
    fn go_on(
        &mut self,
        limits: &Limits,
        stop: &mut dyn FnMut(usize) -> Option<String>,
    ) -> Option<Result<(), String>> {
        let count = self.states.len();
        if self.at as usize >= count {
            return None;
        }
        if self.at == self.level_end {
            self.depth += 1;
            self.level_end = u32::try_from(count).unwrap_or(NONE);
        }
        if self.depth >= limits.depth {
            return Some(Err(format!("the limit of {} steps was reached", limits.depth)));
        }
        if self.at.is_multiple_of(ASK) {
            if let Some(reason) = stop(count) {
                return Some(Err(reason));
            }
            if self.states.bytes() > limits.bytes {
                return Some(Err(format!("the limit of {} bytes was reached", limits.bytes)));
            }
        }
        if self.threads > 1 && self.ahead.is_behind(self.at) {
            let end = u32::try_from(count).unwrap_or(NONE);
            let (states, memory) = (&self.states, self.space.memory());
            self.ahead.look(self.at, end, self.threads, states, memory);
        }
        let done = self.expand(limits.states);
        if done.is_ok() {
            self.at += 1;
            let Seen { transitions, deduplicated, ends, .. } = self.seen;
            self.settled = (self.states.len(), Counts { transitions, deduplicated, ends });
        }
        Some(done)
    }

    /// Everything that can happen in the next state.
    fn expand(&mut self, most: usize) -> Result<(), String> {
        let from = self.at;
        if let Some(trouble) = self.space.trouble() {
            return Err(trouble);
        }
        if self.is_bad(from) {
            return self.tell_bad(from);
        }
        let before = self.states.hash_of(from);
        let (states, seen, mut full) = (&mut self.states, &mut self.seen, false);
        let mut add = |state: &[u32], way: &Way| {
            seen.transitions += 1;
            let hash = states.hash(before, state, &way.writes);
            match states.add(from, way.step, hash, &way.writes, most) {
                Some((_, true)) => {}
                Some((_, false)) => seen.deduplicated += 1,
                None => full = true,
            }
        };
        let any = if let Some(sight) = self.ahead.of(from) {
            let mut targets = sight.targets.iter();
            let mut known = 0;
            for answer in sight.answers {
                self.space.each_of(*answer, &self.row, &mut |_, row, way| {
                    if targets.next().is_none_or(|target| *target == NONE) {
                        add(row, way);
                    } else {
                        known += 1;
                    }
                });
            }
            seen.transitions += known;
            seen.deduplicated += known;
            !sight.answers.is_empty()
        } else {
            self.space.each_way(&mut self.row, |_, row, way| add(row, way))
        };
        if full {
            return Err(format!("the limit of {most} states was reached"));
        }
        if let Some(trouble) = self.space.trouble() {
            return Err(trouble);
        }
        if !any {
            self.seen.ends += 1;
            self.judge_end(from);
        }
        Ok(())
    }

    /// Whether something that nobody expects has happened on the way to a state, which is read.
    fn is_bad(&mut self, state: u32) -> bool {
        self.states.read(state, &mut self.row);
        let history = self.space.history_of(&self.row);
        let way = || self.states.way_to(&self.space, state);
        self.verdicts.is_bad(&self.space, history, way)
    }

    /// Whether a state is judged, or was before and there was nothing new to tell of it.
    fn is_judged(&self, state: u32) -> bool {
        self.again.as_ref().is_none_or(|told| told.contains(&state))
    }

    fn tell_bad(&mut self, state: u32) -> Result<(), String> {
        if !self.is_judged(state) {
            return Ok(());
        }
        let steps = self.states.way_to(&self.space, state);
        let before = self.verdicts.count();
        if self.verdicts.tell_bad(&self.space, &steps) {
            return Err(CONTRADICTION.to_owned());
        }
        if self.verdicts.count() > before {
            self.told.insert(state);
        }
        Ok(())
    }

    fn judge_end(&mut self, state: u32) {
        if !self.is_judged(state) {
            return;
        }
        let steps = self.states.way_to(&self.space, state);
        let before = self.verdicts.count();
        self.verdicts.judge_end(&mut self.space, &steps);
        if self.verdicts.count() > before {
            self.told.insert(state);
        }
    }

    /// What was seen.
    #[must_use]
    pub fn finish(mut self) -> Seen {
        self.seen.depth = self.depth;
        self.seen.states = self.states.len();
        self.seen.parts = self.space.parts();
        self.seen.columns = self.states.columns();
        self.seen.taken = self.space.taken;
        self.states.shrink();
        self.seen.bytes = self.states.bytes() + self.space.memory().bytes();
        self.seen.take(self.verdicts);
        self.seen
    }
}
