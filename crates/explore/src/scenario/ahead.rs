//! Looking ahead: several threads ask what is known of states that come next, and whether what follows is known.
//!
//! **They only save work.** The search goes on state by state, in the same order, and finds the same numbers, whoever
//! looked ahead and how far: what a thread could not know it leaves to the search.

use std::ops::Range;
use std::thread;

use super::memory::Memory;
use super::states::{NONE, States};

/// So many states are looked at ahead by each thread.
const EACH: u32 = 2048;
/// Fewer states than this are not worth a thread.
const WORTH: u32 = 256;

/// What threads have seen of the states to come.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    states: Range<u32>,
    parts: Vec<Part>,
    each: u32,
}

/// What one thread has seen, of states in a row.
#[derive(Debug, Default)]
struct Part {
    /// Of each state, where its answers and the targets of its ways begin; [`NONE`]: something is not known.
    begins: Vec<(u32, u32)>,
    answers: Vec<u32>,
    /// Of each way the state that it leads to, if it was known then.
    targets: Vec<u32>,
}

/// What was seen of one state: its answers, and the known targets of their ways, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sight<'a> {
    pub(super) answers: &'a [u32],
    pub(super) targets: &'a [u32],
}

impl Ahead {
    /// Looks at the states from `at` on, up to `end`, with so many threads.
    pub(super) fn look(
        &mut self,
        at: u32,
        end: u32,
        threads: usize,
        states: &States,
        memory: &Memory,
    ) {
        let threads = u32::try_from(threads).unwrap_or(1).max(1);
        let count = (end - at).min(threads * EACH);
        self.parts.clear();
        self.states = at..at + count;
        if threads == 1 || count < threads * WORTH {
            return;
        }
        self.each = count.div_ceil(threads);
        let begin = |n: u32| (at + n * self.each).min(at + count);
        self.parts = thread::scope(|scope| {
            let work = (0..threads).map(|n| {
                let range = begin(n)..begin(n + 1);
                scope.spawn(move || Part::look(range, states, memory))
            });
            let work: Vec<_> = work.collect();
            work.into_iter().map(|part| part.join().unwrap_or_default()).collect()
        });
    }

    /// Whether a state lies behind all that was looked at.
    pub(super) fn is_behind(&self, state: u32) -> bool {
        state >= self.states.end
    }

    /// What was seen of a state, if everything was known of it.
    pub(super) fn of(&self, state: u32) -> Option<Sight<'_>> {
        let offset = state.checked_sub(self.states.start)?;
        let part = self.parts.get((offset.checked_div(self.each)?) as usize)?;
        let at = (offset % self.each) as usize;
        let (answers, targets) = *part.begins.get(at).filter(|begin| begin.0 != NONE)?;
        let next = part.begins[at + 1..].iter().find(|begin| begin.0 != NONE);
        let (answers_end, targets_end) = next.map_or_else(
            || (part.answers.len(), part.targets.len()),
            |next| (next.0 as usize, next.1 as usize),
        );
        Some(Sight {
            answers: &part.answers[answers as usize..answers_end],
            targets: &part.targets[targets as usize..targets_end],
        })
    }
}

impl Part {
    fn look(range: Range<u32>, states: &States, memory: &Memory) -> Self {
        let mut part = Self::default();
        let (mut row, mut answers, mut room) = (Vec::new(), Vec::new(), Vec::new());
        for state in range {
            states.read(state, &mut row);
            row.resize(memory.slots.max(row.len()), 0);
            if memory.ask(&row, &mut answers).is_err() {
                part.begins.push((NONE, NONE));
                continue;
            }
            let number = |n: usize| u32::try_from(n).unwrap_or(NONE);
            part.begins.push((number(part.answers.len()), number(part.targets.len())));
            part.answers.extend_from_slice(&answers);
            let before = states.hash_of(state);
            for way in answers.iter().flat_map(|answer| memory.ways(*answer)) {
                let hash = states.hash(before, &row, &way.writes);
                let found = states.find(state, hash, &way.writes, &mut room);
                part.targets.push(found.unwrap_or(NONE));
            }
        }
        part
    }
}
