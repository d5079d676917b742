//! How a scenario is explored.

use std::sync::Arc;

use netiosim_scenario::program::Program;

use super::exhaustive::{Limits, Seen};
use super::sample::sample_enough;
use super::search::Search;
use super::verdicts::Wanted;
use crate::walk::StrategyKind;

/// As many schedules does a strategy try that could go on for ever, unless said otherwise.
const MOST_SCHEDULES: u64 = 100_000;

/// How a scenario is explored.
///
/// # Examples
///
/// ```
/// use std::{path::Path, sync::Arc};
/// use netiosim_explore::{scenario::{Plan, explore}, walk::StrategyKind};
/// use netiosim_model::profile::Profile;
/// use netiosim_scenario::{load::scenario_text, program::compile};
///
/// let text = r#"{"version": 1, "name": "x", "clients": [{"name": "c", "callbacks": {"f": []}, "threads": [{"name": "main", "steps": [
///     {"notify_teredo_port_change": {"as": "ports", "callback": "f"}}, {"cancel": {"handle": "ports"}}]}]}]}"#;
/// let loaded = scenario_text(text, "x.json", Path::new("")).unwrap();
/// let program = Arc::new(compile(&loaded.scenario, &loaded.stack, Profile::Documented).unwrap());
/// let seen = explore(&program, &Plan::default(), &mut |_| None);
/// assert!(seen.proved(), "{seen:?}");
/// let random = Plan { strategy: StrategyKind::Random, schedules: Some(50), ..Plan::default() };
/// let seen = explore(&program, &random, &mut |_| None);
/// assert!(seen.violations.is_empty() && !seen.complete() && seen.schedules == 50);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In which order schedules are tried. [`StrategyKind::Exhaustive`] goes from state to state, breadth first, and each
    /// state once; the others walk one schedule after the other.
    pub strategy: StrategyKind,
    /// The seed of strategies that take chances.
    pub seed: u64,
    /// So many schedules at most; `None`: 100,000 where only a sample is tried, else as many as there are.
    pub schedules: Option<u64>,
    /// What is looked for.
    pub wanted: Wanted,
    /// When the search gives up.
    pub limits: Limits,
    /// So many threads at most share the work, where they can: those of an exhaustive search. What comes out does not depend on it;
    /// 0 is 1.
    pub threads: usize,
}

/// Explores a program as a plan says. `stop` is asked now and then, with the number of states or schedules so far, and ends
/// the search with a reason.
#[must_use]
pub fn explore(
    program: &Arc<Program>,
    plan: &Plan,
    stop: &mut dyn FnMut(usize) -> Option<String>,
) -> Seen {
    match plan.strategy {
        StrategyKind::Exhaustive => {
            let mut search = Search::new(program, plan.wanted).threads(plan.threads);
            search.run(&plan.limits, stop);
            search.finish()
        }
        other => {
            let endless = !matches!(
                other,
                StrategyKind::DepthFirst
                    | StrategyKind::DelayBounded { .. }
                    | StrategyKind::RoundRobin
            );
            let schedules = plan.schedules.or(endless.then_some(MOST_SCHEDULES));
            let strategy = other.build(plan.seed);
            let schedules = (schedules, endless);
            sample_enough(program, plan.wanted, strategy, schedules, &plan.limits, stop)
        }
    }
}
