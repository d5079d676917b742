//! Walks through the states of a scenario: one schedule after the other, as a strategy says.

use std::sync::Arc;

use netiosim_scenario::program::Program;

use super::exhaustive::{Limits, Seen};
use super::graph::{Edge, Graph, Kind};
use super::verdicts::Wanted;
use crate::walk::{self, Coverage, Limit, Strategy, Walk};

/// How often `stop` is asked, in schedules.
const ASK: u64 = 256;
/// As many choices more than the limit of depth may an execution have: everybody was let go in turn all the while.
const OVERTIME: u64 = 20_000;

/// Walks through the states of a program, one schedule after the other, until the strategy has no more, something ends it, or
/// `schedules` were walked. `stop` is asked now and then, with the number of schedules, and ends it with a reason.
///
/// [`Limits::bytes`] bounds the states that are kept: when they are full, walks begin anew.
#[must_use]
pub fn sample(
    program: &Arc<Program>,
    wanted: Wanted,
    strategy: Box<dyn Strategy>,
    schedules: Option<u64>,
    limits: &Limits,
    stop: &mut dyn FnMut(usize) -> Option<String>,
) -> Seen {
    sample_enough(program, wanted, strategy, (schedules, false), limits, stop)
}

/// The same; with `true`, as many schedules are enough: a sample that has them is finished, and not cut short.
pub(super) fn sample_enough(
    program: &Arc<Program>,
    wanted: Wanted,
    strategy: Box<dyn Strategy>,
    (schedules, enough): (Option<u64>, bool),
    limits: &Limits,
    stop: &mut dyn FnMut(usize) -> Option<String>,
) -> Seen {
    let mut graph = Graph::new(program, wanted, limits.states);
    let depth = if limits.depth == u32::MAX { None } else { Some(u64::from(limits.depth)) };
    let walk_limits = walk::Limits {
        executions: schedules,
        depth: depth.or(walk::Limits::default().depth),
        memory_bytes: Some(limits.bytes),
        ..walk::Limits::NONE
    };
    let endless = walk_limits.depth.unwrap_or(u64::MAX).saturating_add(OVERTIME);
    let mut walk = Walk::new(strategy, walk_limits);
    let mut seen = Seen::default();
    let mut options = Vec::new();
    while walk.begin() {
        let done = walk.statistics().executions;
        if done.is_multiple_of(ASK)
            && let Some(reason) = stop(usize::try_from(done).unwrap_or(usize::MAX))
        {
            seen.stopped = Some(reason);
            break;
        }
        match execution(&mut graph, &mut walk, &mut options, endless) {
            Some(true) => {}
            Some(false) => seen.cut += 1,
            None if graph.states() < 2 => {
                seen.stopped = Some(format!("the limit of {} states was reached", limits.states));
                break;
            }
            // The states are full. The execution ends here for the strategy, and was not seen to its end.
            None => {
                graph.forget();
                seen.cut += 1;
            }
        }
        walk.end();
        graph.verdicts_mut().stamp(walk.statistics().executions);
        if let Some(trouble) = graph.trouble() {
            seen.stopped = Some(trouble);
            break;
        }
        if wanted.first_only && !graph.verdicts().violations.is_empty() {
            break;
        }
        if graph.bytes() > limits.bytes {
            graph.forget();
        }
    }
    if seen.stopped.is_none() {
        seen.stopped = graph.space().horizon();
    }
    let done = walk.statistics();
    seen.schedules = done.executions;
    seen.depth = u32::try_from(done.max_depth).unwrap_or(u32::MAX);
    match walk.coverage() {
        Some(Coverage::Limited(Limit::Executions)) if enough => seen.sampled = true,
        Some(Coverage::Limited(limit)) if seen.stopped.is_none() => {
            seen.stopped = Some(format!("{limit} was reached"));
        }
        Some(Coverage::Exhausted) if seen.cut == 0 => {}
        _ => seen.sampled = true,
    }
    seen.parts = graph.space().parts();
    seen.taken = graph.space().taken;
    (seen.states, seen.bytes) = (graph.states(), graph.bytes());
    (seen.transitions, seen.ends) = (graph.transitions, graph.ends);
    seen.take(graph.into_verdicts());
    seen
}

/// One schedule. `Some(true)`: it came to its end; `Some(false)`: it was cut; `None`: there was no room for a state.
fn execution(
    graph: &mut Graph,
    walk: &mut Walk,
    options: &mut Vec<walk::Choice>,
    endless: u64,
) -> Option<bool> {
    let mut at = graph.next_choice(0)?;
    let (mut last, mut picks) = (None, 0);
    loop {
        if graph.kind(at)? != Kind::Inner {
            return Some(true);
        }
        let edges = graph.edges(at);
        if edges.len() < 2 || picks > endless {
            return Some(false);
        }
        let edge = edges[pick(edges, walk, last, options)];
        (last, picks) = (edge.option.actor, picks + 1);
        at = graph.next_choice(edge.to)?;
    }
}

/// Lets the strategy pick among edges; those of who moved last come first. Returns the position of the edge.
fn pick(
    edges: &[Edge],
    walk: &mut Walk,
    last: Option<u32>,
    options: &mut Vec<walk::Choice>,
) -> usize {
    let continues = |edge: &&Edge| last.is_some() && edge.option.actor == last;
    options.clear();
    let first = edges.iter().filter(continues);
    options.extend(first.map(|edge| walk::Choice { continues: true, ..edge.option }));
    let others = options.len();
    options.extend(edges.iter().filter(|edge| !continues(edge)).map(|edge| edge.option));
    let picked = walk.pick(options);
    if others == 0 {
        return picked;
    }
    let (wanted, nth) = if picked < others { (true, picked) } else { (false, picked - others) };
    let all = edges.iter().enumerate().filter(|(_, edge)| continues(edge) == wanted);
    all.map(|(at, _)| at).nth(nth).unwrap_or(0)
}
