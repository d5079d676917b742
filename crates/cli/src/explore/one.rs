//! The exploration of one scenario under one profile.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use netiosim_explore::scenario::{
    Counterexample, Inevitable, Limits, Plan, Search, Seen, Target, Told, Wanted, explore, shrink,
};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::load::Loaded;
use netiosim_scenario::problem::Problem;
use netiosim_scenario::program::{Program, compile};
use netiosim_scenario::run::{Verdict, build_problem};

use super::kept::{self, Keeper};
use crate::args::ExploreArgs;

/// As many states are looked at for each point of a counterexample, to say when it became inevitable.
const FOR_INEVITABLE: usize = 100_000;
/// As many states may a smaller scenario have.
const FOR_SHRINKING: usize = 50_000;
/// As long may it take to make one scenario smaller, unless a limit of time is given.
const SHRINKING: Duration = Duration::from_secs(60);

/// A scenario, and a profile.
pub(super) struct Job<'a> {
    pub(super) file: &'a PathBuf,
    /// What files that are made of it are called.
    pub(super) stem: &'a str,
    pub(super) loaded: &'a Loaded,
    pub(super) profile: Profile,
    /// So many threads may work at it.
    pub(super) threads: usize,
}

/// What came out.
pub(super) struct Report {
    pub(super) file: PathBuf,
    pub(super) name: String,
    pub(super) profile: Profile,
    pub(super) strategy: String,
    pub(super) seed: u64,
    pub(super) verdict: Verdict,
    pub(super) seen: Seen,
    pub(super) seconds: f64,
    pub(super) findings: Vec<Finding>,
    /// What is wrong with the file.
    pub(super) problems: Vec<Problem>,
    /// What could not be done, and is no failure.
    pub(super) remarks: Vec<String>,
}

/// Something that goes wrong, or goes wrong as expected.
pub(super) struct Finding {
    pub(super) counterexample: Counterexample,
    pub(super) told: Told,
    pub(super) moves: Vec<String>,
    pub(super) inevitable: Inevitable,
    /// The smaller scenario, and how many steps it has.
    pub(super) shrunk: Option<(PathBuf, usize)>,
}

impl Job<'_> {
    /// Explores; `progress` is told of states or schedules as they come.
    pub(super) fn explore(&self, args: &ExploreArgs, progress: &dyn Fn(usize)) -> Report {
        let mut report = self.empty(args);
        let program = match compile(&self.loaded.scenario, &self.loaded.stack, self.profile) {
            Ok(mut program) => {
                program.say_lines(&self.loaded.lines);
                Arc::new(program)
            }
            Err(error) => {
                report.problems.push(build_problem(&self.file.display().to_string(), &error));
                report.verdict = Verdict::Invalid;
                return report;
            }
        };
        let plan = Plan { threads: self.threads, ..plan(args) };
        let (begun, mut last) = (Instant::now(), 0);
        let mut stop = |count: usize| {
            progress(count.saturating_sub(last));
            last = count;
            let over = args.time_limit.filter(|limit| begun.elapsed() >= *limit);
            over.map(|limit| format!("the time limit of {} s was reached", limit.as_secs_f64()))
        };
        let seen = if plan.strategy == StrategyKind::Exhaustive {
            self.search(args, &program, &plan, &mut stop, &mut report.remarks)
        } else {
            Ok(explore(&program, &plan, &mut stop))
        };
        match seen {
            Ok(seen) => report.seen = seen,
            Err(problem) => {
                report.problems.push(*problem);
                report.verdict = Verdict::Invalid;
                return report;
            }
        }
        report.seconds = begun.elapsed().as_secs_f64();
        report.verdict = verdict(&report.seen);
        for counterexample in self.counterexamples(&program, &report.seen) {
            let mut finding = Finding {
                told: counterexample.told(&program),
                moves: counterexample.moves(&program),
                inevitable: counterexample.inevitable(&program, !args.slow_threads, FOR_INEVITABLE),
                shrunk: None,
                counterexample,
            };
            if args.shrink {
                self.shrink(args, &mut finding, &mut report.remarks);
            }
            report.findings.push(finding);
        }
        report
    }

    /// Goes from state to state, from the beginning or from a checkpoint.
    fn search(
        &self,
        args: &ExploreArgs,
        program: &Arc<Program>,
        plan: &Plan,
        stop: &mut dyn FnMut(usize) -> Option<String>,
        remarks: &mut Vec<String>,
    ) -> Result<Seen, Box<Problem>> {
        let subject = kept::subject(self.loaded, self.profile);
        let search = match &args.resume {
            None => Search::new(program, plan.wanted),
            Some(path) => {
                let kept = kept::read(path)?;
                Search::resume(program, plan.wanted, &kept, &subject).map_err(|misfit| {
                    Box::new(Problem::of_file(path.display().to_string(), misfit.to_string()))
                })?
            }
        };
        let mut search = search.threads(plan.threads);
        let mut keeper = Keeper::new(args, subject);
        loop {
            let mut pause = false;
            search.run(&plan.limits, &mut |count| {
                pause = keeper.is_due();
                stop(count).or_else(|| pause.then(String::new))
            });
            if !pause {
                break;
            }
            remarks.extend(keeper.keep_meanwhile(&search));
        }
        if search.is_cut_short() {
            remarks.extend(keeper.keep(&search));
        }
        Ok(search.finish())
    }

    fn empty(&self, args: &ExploreArgs) -> Report {
        Report {
            file: self.file.clone(),
            name: self.loaded.scenario.name.clone(),
            profile: self.profile,
            strategy: args.strategy.to_string(),
            seed: args.seed,
            verdict: Verdict::Pass,
            seen: Seen::default(),
            seconds: 0.0,
            findings: Vec::new(),
            problems: Vec::new(),
            remarks: Vec::new(),
        }
    }

    /// What goes wrong, and then what goes wrong as expected.
    fn counterexamples(&self, program: &Arc<Program>, seen: &Seen) -> Vec<Counterexample> {
        let fingerprint = self.loaded.fingerprint(self.profile);
        let wrong = seen.violations.iter();
        let mut all: Vec<Counterexample> = wrong
            .map(|violation| Counterexample::of_violation(program, fingerprint, violation))
            .collect();
        for (rule, steps) in &seen.rules {
            if !all.iter().any(|one| one.rule == Some(*rule)) {
                all.push(Counterexample::of_rule(program, fingerprint, *rule, steps, 0));
            }
        }
        all
    }

    fn shrink(&self, args: &ExploreArgs, finding: &mut Finding, remarks: &mut Vec<String>) {
        let counterexample = &finding.counterexample;
        let target = match (counterexample.rule, &counterexample.unmet) {
            (Some(rule), _) => Target::Rule { rule, expected: counterexample.expected },
            (None, Some(unmet)) => Target::Unmet(unmet.what.clone()),
            (None, None) => return,
        };
        let begun = Instant::now();
        let most = args.time_limit.unwrap_or(SHRINKING);
        let directory = self.file.parent().unwrap_or(Path::new(""));
        let shrunk = shrink(
            &self.loaded.scenario,
            directory,
            self.profile,
            (&target, !args.slow_threads),
            FOR_SHRINKING,
            &mut || begun.elapsed() >= most,
        );
        let Some(shrunk) = shrunk else {
            remarks.push(format!(
                "{} under {}: {} was not found again within {FOR_SHRINKING} states, so no smaller scenario was written",
                self.file.display(),
                self.profile.name(),
                finding.title()
            ));
            return;
        };
        let stem = self.stem;
        let what = counterexample.rule.map_or("expectation", |rule| rule.id());
        let name = format!("{stem}.{what}.{}.json", self.profile.name());
        let path = args.output.join(name);
        let text = shrunk.text();
        match fs::write(&path, text) {
            Ok(()) => finding.shrunk = Some((path, shrunk.steps)),
            Err(error) => remarks.push(format!("{} cannot be written: {error}", path.display())),
        }
    }
}

impl Finding {
    /// The rule, or what was not met.
    pub(super) fn title(&self) -> String {
        match (self.counterexample.rule, &self.counterexample.unmet) {
            (Some(rule), _) => format!("{} {}", rule.id(), rule.slug()),
            (None, Some(unmet)) => unmet.what.clone(),
            (None, None) => self.counterexample.message.clone(),
        }
    }
}

fn plan(args: &ExploreArgs) -> Plan {
    Plan {
        strategy: args.strategy,
        seed: args.seed,
        schedules: args.max_schedules,
        wanted: Wanted {
            findings_only: args.findings_only,
            first_only: false,
            orderly: !args.slow_threads,
        },
        limits: Limits {
            states: args.max_states,
            depth: args.max_depth.unwrap_or(u32::MAX),
            bytes: args.max_memory.saturating_mul(1 << 20),
        },
        threads: 1,
    }
}

fn verdict(seen: &Seen) -> Verdict {
    if !seen.violations.is_empty() || (seen.complete() && !seen.proved()) {
        Verdict::Fail
    } else if seen.stopped.is_some() || seen.cut > 0 {
        Verdict::Inconclusive
    } else {
        Verdict::Pass
    }
}
