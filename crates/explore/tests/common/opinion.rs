//! The states of a scenario as a model of stateright, which has its own search, its own table of states and its own verdicts.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use netiosim_model::rule::Rule;
use netiosim_scenario::program::Program;
use stateright::{Checker, Model, Property};

use super::corpus::allowed;
use super::whole::{Move, Whole};

/// A scenario as a model.
#[derive(Debug)]
pub(crate) struct Scenario {
    first: Arc<Whole>,
    allowed: Vec<Rule>,
    /// Whether the search goes on behind the first finding that nobody expects.
    all: bool,
    noted: Arc<Mutex<Noted>>,
}

/// What the model noted while it was asked for actions.
#[derive(Debug, Default)]
struct Noted {
    transitions: u64,
    ends: u64,
    broken: BTreeSet<Rule>,
}

/// A step, with the state that it leads to: a step is taken once to know its ways, and need not be taken again.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Action {
    how: Move,
    to: Arc<Whole>,
}

const NO_FINDING: &str = "no finding that nobody expects";

impl Scenario {
    fn is_bad(&self, state: &Whole) -> bool {
        state.broken().iter().any(|rule| !self.allowed.contains(rule))
    }
}

impl Model for Scenario {
    type State = Arc<Whole>;
    type Action = Action;

    fn init_states(&self) -> Vec<Self::State> {
        vec![self.first.clone()]
    }

    fn actions(&self, state: &Self::State, actions: &mut Vec<Self::Action>) {
        let on_the_way = state.broken_on_the_way();
        // Nothing is looked for behind what went wrong, and that is no end.
        let stops = on_the_way.iter().any(|rule| !self.allowed.contains(rule));
        let all = if stops { Vec::new() } else { state.following() };
        let mut noted = self.noted.lock().unwrap();
        noted.transitions += all.len() as u64;
        noted.ends += u64::from(all.is_empty() && !stops);
        noted.broken.extend(if stops { on_the_way } else { state.broken() });
        actions.extend(all.into_iter().map(|(how, to)| Action { how, to: Arc::new(to) }));
    }

    fn next_state(&self, _: &Self::State, action: Self::Action) -> Option<Self::State> {
        Some(action.to)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let no_finding = |model: &Self, state: &Arc<Whole>| !model.is_bad(state);
        let mut properties = vec![Property::always(NO_FINDING, no_finding)];
        if self.all {
            // A search ends once every property is disproved, and tells the last way that it found otherwise.
            properties.push(Property::always("every state is looked at", |_, _| true));
        }
        properties
    }
}

/// What stateright says of a scenario.
#[derive(Debug)]
pub(crate) struct Opinion {
    /// Different states.
    pub(crate) states: usize,
    /// Steps from one state to another.
    pub(crate) transitions: u64,
    /// States in which nothing can happen any more.
    pub(crate) ends: u64,
    /// Every rule that was broken on some way.
    pub(crate) broken: BTreeSet<Rule>,
    /// The number of steps to the first finding that nobody expects, if there is one.
    pub(crate) to_finding: Option<usize>,
    /// How long the search took.
    pub(crate) time: Duration,
}

/// Asks stateright for all states of a scenario, breadth first, on one thread.
pub(crate) fn opinion(program: &Arc<Program>) -> Opinion {
    let first = Arc::new(Whole::first(program));
    let check = |all: bool| {
        let noted = Arc::new(Mutex::new(Noted::default()));
        let (first, allowed) = (first.clone(), allowed(program));
        let model = Scenario { first, allowed, all, noted: noted.clone() };
        let begun = Instant::now();
        let checker = model.checker().threads(1).spawn_bfs().join();
        let time = begun.elapsed();
        // Whoever asks for the way there asks the model again: what was noted is looked at before.
        let noted = std::mem::take(&mut *noted.lock().unwrap());
        let way = checker.discovery(NO_FINDING).map(|path| path.into_actions().len());
        (checker.unique_state_count(), noted, way, time)
    };
    let (_, _, to_finding, _) = check(false);
    let (states, noted, _, time) = check(true);
    let Noted { transitions, ends, broken } = noted;
    Opinion { states, transitions, ends, broken, to_finding, time }
}
