//! Running scenarios and saying how it went.

mod human;
mod json;
mod many;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use netiosim_model::finding::Finding;
use netiosim_model::profile::Profile;

pub use self::human::{Style, failure_text, summary_line};
pub use self::json::json_report;
pub use self::many::{FileReport, Plan, find_files, in_parallel, run_files};

use crate::judge::{Unmet, judge};
use crate::live::{Turns, run_live};
use crate::load::{self, Loaded};
use crate::outcome::Outcome;
use crate::problem::{Problem, Source};
use crate::program::{BuildError, compile};
use crate::read;
use crate::world::World;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Everything came out as expected.
    Pass,
    /// A limit was hit before the end.
    Inconclusive,
    /// An expectation was not met, or an unexpected finding was made.
    Fail,
    /// The file is not a scenario that can run.
    Invalid,
}

impl Verdict {
    /// The word in reports: `pass`, `fail`, `inconclusive` or `invalid`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
            Self::Invalid => "invalid",
        }
    }

    /// The exit code for this verdict alone; of several the highest wins: 64 invalid, 1 failed,
    /// 2 inconclusive, 0 passed.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Inconclusive => 2,
            Self::Fail => 1,
            Self::Invalid => 64,
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// One run of one scenario under one profile.
#[derive(Clone, Debug)]
pub struct Run {
    /// The profile.
    pub profile: Profile,
    /// Who ran the scripts.
    pub mode: RunMode,
    /// The seed.
    pub seed: u64,
    /// How it ended.
    pub verdict: Verdict,
    /// Deliveries that began.
    pub deliveries: usize,
    /// Virtual time that went by, in milliseconds.
    pub virtual_ms: u64,
    /// Findings, expected or not.
    pub findings: Vec<Finding>,
    /// Expectations that were not met.
    pub unmet: Vec<Unmet>,
    /// The limit that was hit.
    pub limit: Option<String>,
    /// The trace, a line an event.
    pub trace: Vec<String>,
}

/// Who runs the scripts of a scenario.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RunMode {
    /// The runner itself, step by step over the model, on one thread.
    #[default]
    Manual,
    /// Real threads, one at a time, in an order that depends on the seed alone.
    Controlled,
    /// Real threads, as the system pleases: what comes out may differ from run to run.
    Threads,
}

impl RunMode {
    /// Every mode.
    pub const ALL: [Self; 3] = [Self::Manual, Self::Controlled, Self::Threads];

    /// Its name: `manual`, `controlled` or `threads`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Controlled => "controlled",
            Self::Threads => "threads",
        }
    }
}

/// Runs a scenario under a profile; `seed` overrides the scenario's own, and its schedule.
///
/// # Errors
///
/// A [`BuildError`] when the scenario cannot be built, or its schedule cannot be followed.
pub fn run_scenario(
    loaded: &Loaded,
    profile: Profile,
    mode: RunMode,
    seed: Option<u64>,
) -> Result<Run, BuildError> {
    let mut program = compile(&loaded.scenario, &loaded.stack, profile)?;
    program.say_lines(&loaded.lines);
    let program = Arc::new(program);
    let schedule = program.schedule.as_ref().filter(|_| seed.is_none() && mode == RunMode::Manual);
    let seed = seed.unwrap_or(program.seed);
    let outcome = match mode {
        RunMode::Manual => match schedule {
            None => World::new(&program, seed).run(),
            Some(codes) => {
                let path = format!("schedules.{}", profile.name());
                let world = World::follow(&program, codes);
                let world = world.map_err(|strayed| BuildError::new(&path, strayed.to_string()))?;
                world.run_on(0)
            }
        },
        RunMode::Controlled => run_live(&program, seed, Turns::Controlled),
        RunMode::Threads => run_live(&program, seed, Turns::Free),
    };
    let unmet = judge(&program, &outcome);
    Ok(Run::new((profile, mode, seed), outcome, unmet))
}

impl Run {
    /// Sums up an outcome and what of it was not met.
    #[must_use]
    pub fn new(
        (profile, mode, seed): (Profile, RunMode, u64),
        outcome: Outcome,
        unmet: Vec<Unmet>,
    ) -> Self {
        let verdict = if !unmet.is_empty() {
            Verdict::Fail
        } else if outcome.limit.is_some() {
            Verdict::Inconclusive
        } else {
            Verdict::Pass
        };
        // An expectation that a cut-short run did not come to is no failure yet, but a step that
        // came out wrong, an unexpected finding or a violated `always` or `never` is.
        let verdict = match (&outcome.limit, verdict) {
            (Some(_), Verdict::Fail)
                if outcome.failures.is_empty() && !unmet.iter().any(is_for_good) =>
            {
                Verdict::Inconclusive
            }
            (_, verdict) => verdict,
        };
        Self {
            profile,
            mode,
            seed,
            verdict,
            deliveries: outcome.deliveries.len(),
            virtual_ms: outcome.virtual_ms,
            findings: outcome.findings,
            unmet,
            limit: outcome.limit,
            trace: outcome.lines,
        }
    }
}

/// Whether nothing that comes later can meet it.
fn is_for_good(unmet: &Unmet) -> bool {
    unmet.path == "expect.findings"
        || unmet.path == "expect.findings.must_not"
        || unmet.is_violated_property()
}

/// What is wrong with a scenario that cannot be built, as a problem of its file: at the value that its
/// path leads to, where the file can still be read. Positions within the stack are those of the stack
/// as it was put together, not those of the file: there the stack as a whole is meant.
#[must_use]
pub fn build_problem(file: &str, error: &BuildError) -> Problem {
    let text = load::text(Path::new(file)).unwrap_or_default();
    let path = if error.path.starts_with("stack.") { "stack" } else { &error.path };
    match read::locate(&text, path) {
        Some(span) => Problem::at(Source { file, text: &text }, span, path, error.reason.as_str()),
        None => {
            let mut problem = Problem::of_file(file, &error.reason);
            path.clone_into(&mut problem.path);
            problem
        }
    }
}
