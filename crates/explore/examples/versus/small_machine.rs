//! The five threads and two locks once more, as a machine of a few bytes that was written for stateright and knows nothing
//! else: what its search does where a state costs next to nothing.

use std::time::{Duration, Instant};

use stateright::{Checker, Model, Property};

const THREADS: usize = 5;

/// What every thread does: take (+) and release (-) the first lock or the second, twice; the end is a step too.
const SCRIPT: [(bool, usize); 8] =
    [(true, 0), (true, 1), (false, 1), (false, 0), (true, 0), (true, 1), (false, 1), (false, 0)];

/// Where a thread is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct Thread {
    /// The next step; one behind the last: it has ended.
    next: u8,
    /// It asked for a lock that was held.
    waits: bool,
}

/// All threads, and who holds each lock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
struct State {
    threads: [Thread; THREADS],
    owners: [Option<u8>; 2],
}

struct Five;

impl Model for Five {
    type State = State;
    type Action = u8;

    fn init_states(&self) -> Vec<State> {
        vec![State::default()]
    }

    fn actions(&self, state: &State, actions: &mut Vec<u8>) {
        for (n, thread) in (0..).zip(&state.threads) {
            let held = |(_, lock): &(bool, usize)| state.owners[*lock].is_some();
            let blocked = thread.waits && SCRIPT.get(usize::from(thread.next)).is_some_and(held);
            if !blocked && usize::from(thread.next) <= SCRIPT.len() {
                actions.push(n);
            }
        }
    }

    fn next_state(&self, last: &State, n: u8) -> Option<State> {
        let mut state = *last;
        let thread = &mut state.threads[usize::from(n)];
        match SCRIPT.get(usize::from(thread.next)) {
            Some((true, lock)) if state.owners[*lock].is_some() => {
                thread.waits = true;
                return Some(state);
            }
            Some((true, lock)) => state.owners[*lock] = Some(n),
            Some((false, lock)) => state.owners[*lock] = None,
            None => {}
        }
        *thread = Thread { next: thread.next + 1, waits: false };
        Some(state)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        vec![Property::always(
            "a lock that is held has an owner who is under way",
            |_, state: &State| {
                let under_way =
                    |n: &u8| usize::from(state.threads[usize::from(*n)].next) < SCRIPT.len();
                state.owners.iter().flatten().all(under_way)
            },
        )]
    }
}

/// How many states it has, and the shortest time of several.
pub(crate) fn many() -> (u64, Duration) {
    let search = || {
        let begun = Instant::now();
        let checker = Five.checker().threads(1).spawn_bfs().join();
        let time = begun.elapsed();
        checker.assert_properties();
        (checker.unique_state_count() as u64, time)
    };
    (0..11).map(|_| search()).min_by_key(|(_, time)| *time).expect("there are eleven")
}
