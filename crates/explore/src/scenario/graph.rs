//! The state graph of a scenario, built as far as somebody walks: walks through states that are known cost a few nanoseconds
//! a step.

use std::sync::Arc;

use netiosim_scenario::program::Program;
use netiosim_scenario::world::Choice;

use super::space::{Space, Way};
use super::states::States;
use super::verdicts::{CONTRADICTION, Verdicts, Wanted};
use crate::walk;

const UNKNOWN: u32 = u32::MAX;

/// What a state is to a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It goes on here.
    Inner,
    /// Nothing can happen any more.
    End,
    /// Something goes wrong here.
    Bad,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// Where its edges begin; [`UNKNOWN`]: nobody has been here.
    first: u32,
    count: u16,
    kind: Kind,
}

impl Node {
    const NEW: Self = Self { first: UNKNOWN, count: 0, kind: Kind::Inner };
}

/// A way from one state to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edge {
    /// The state that it leads to.
    pub(crate) to: u32,
    /// What strategies are told of it.
    pub(crate) option: walk::Choice,
}

/// The states that walks have come to.
#[derive(Debug)]
pub(crate) struct Graph {
    space: Space,
    states: States,
    first: Vec<u32>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// The next state from each one on where there is more than one way, or none; [`UNKNOWN`] until it was looked for.
    express: Vec<u32>,
    verdicts: Verdicts,
    state: Vec<u32>,
    most: usize,
    pub(crate) transitions: u64,
    pub(crate) ends: u64,
    /// Whether a state was wrong whose way is not, gone again.
    pub(crate) contradiction: bool,
}

impl Graph {
    /// The graph of a program, of at most so many states.
    pub(crate) fn new(program: &Arc<Program>, wanted: Wanted, most: usize) -> Self {
        let space = Space::new(program, wanted.orderly);
        let first = space.first();
        Self {
            verdicts: Verdicts::new(program, wanted),
            states: States::new(&first),
            first,
            space,
            nodes: vec![Node::NEW],
            edges: Vec::new(),
            express: vec![UNKNOWN],
            state: Vec::new(),
            most,
            transitions: 0,
            ends: 0,
            contradiction: false,
        }
    }

    /// How many states are known.
    pub(crate) fn states(&self) -> usize {
        self.states.len()
    }

    pub(crate) fn verdicts_mut(&mut self) -> &mut Verdicts {
        &mut self.verdicts
    }

    pub(crate) fn into_verdicts(self) -> Verdicts {
        self.verdicts
    }

    pub(crate) fn verdicts(&self) -> &Verdicts {
        &self.verdicts
    }

    pub(crate) fn space(&self) -> &Space {
        &self.space
    }

    /// Why no walk can say anything.
    pub(crate) fn trouble(&self) -> Option<String> {
        let contradiction = self.contradiction.then(|| CONTRADICTION.to_owned());
        self.space.trouble().or(contradiction)
    }

    /// Bytes of states and ways.
    pub(crate) fn bytes(&self) -> usize {
        self.states.bytes()
            + self.edges.capacity() * size_of::<Edge>()
            + self.nodes.capacity() * (size_of::<Node>() + size_of::<u32>())
    }

    /// What a state is; the state is looked at if nobody has been here. `None`: there is no room for what follows.
    pub(crate) fn kind(&mut self, state: u32) -> Option<Kind> {
        if self.nodes[state as usize].first == UNKNOWN {
            self.expand(state)?;
        }
        Some(self.nodes[state as usize].kind)
    }

    /// What can happen in a state that was looked at.
    pub(crate) fn edges(&self, state: u32) -> &[Edge] {
        let node = self.nodes[state as usize];
        &self.edges[node.first as usize..][..usize::from(node.count)]
    }

    /// The next state from here on, this one included, where there is a choice, or nothing to do; states that
    /// lead round without a choice are ends of a kind: the first of them comes back. `None`: there is no room.
    pub(crate) fn next_choice(&mut self, state: u32) -> Option<u32> {
        if let Some(known) = self.express.get(state as usize)
            && *known != UNKNOWN
        {
            return Some(*known);
        }
        let (mut at, mut passed) = (state, 0);
        while self.kind(at)? == Kind::Inner && self.edges(at).len() == 1 {
            at = self.edges(at)[0].to;
            passed += 1;
            if passed > self.nodes.len() {
                break;
            }
        }
        self.express[state as usize] = at;
        Some(at)
    }

    fn expand(&mut self, state: u32) -> Option<()> {
        let mut row = std::mem::take(&mut self.state);
        self.states.read(state, &mut row);
        let history = self.space.history_of(&row);
        let first = u32::try_from(self.edges.len()).ok().filter(|first| *first != UNKNOWN)?;
        let mut node = Node { first, ..Node::NEW };
        let mut room = true;
        let way = || self.states.way_to(&self.space, state);
        if self.verdicts.is_bad(&self.space, history, way) {
            node.kind = Kind::Bad;
            let steps = self.states.way_to(&self.space, state);
            self.contradiction |= self.verdicts.tell_bad(&self.space, &steps);
        } else {
            let before = self.states.hash_of(state);
            let (states, edges, most) = (&mut self.states, &mut self.edges, self.most);
            let any = self.space.each_way(&mut row, |space, row, way: &Way| {
                let hash = states.hash(before, row, &way.writes);
                match states.add(state, way.step, hash, &way.writes, most) {
                    Some((to, _)) => {
                        let option = option(space.step(way.step).choice, way.step);
                        edges.push(Edge { to, option });
                    }
                    None => room = false,
                }
            });
            let count = self.edges.len() - first as usize;
            self.transitions += count as u64;
            node.count = u16::try_from(count).ok()?;
            if !any {
                let steps = self.states.way_to(&self.space, state);
                let met = self.verdicts.judge_end(&mut self.space, &steps);
                node.kind = if met { Kind::End } else { Kind::Bad };
                self.ends += 1;
            }
        }
        self.state = row;
        self.nodes.resize(self.states.len(), Node::NEW);
        self.express.resize(self.states.len(), UNKNOWN);
        if room {
            self.nodes[state as usize] = node;
        } else {
            self.edges.truncate(first as usize);
        }
        room.then_some(())
    }

    /// Forgets the states, but not what is known of steps: for a search whose memory does not grow.
    pub(crate) fn forget(&mut self) {
        self.states = States::new(&self.first);
        (self.nodes, self.express) = (vec![Node::NEW], vec![UNKNOWN]);
        self.edges.clear();
    }
}

/// What strategies are told of a step: who moves, by a small number.
fn option(choice: Choice, step: u32) -> walk::Choice {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX >> 2);
    let actor = match choice {
        Choice::Timeline => 0,
        Choice::Time => 1,
        Choice::Run(runner) => 2 + 2 * number(runner),
        Choice::Deliver(lane) => 3 + 2 * netiosim_model::schedule::lane_number(lane),
    };
    walk::Choice::step(step, actor, false)
}
