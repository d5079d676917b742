//! `netiosim explore`.

mod human;
mod json;
mod kept;
mod one;
mod replay;

use std::collections::BTreeMap;
use std::io::{self, IsTerminal as _};
use std::num::NonZero;
use std::path::{Component, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::load::{self, Loaded};
use netiosim_scenario::problem::Problem;
use netiosim_scenario::run::{Style, Verdict, in_parallel};

use self::one::{Job, Report};
use crate::USAGE;
use crate::args::{ExploreArgs, Format};
use crate::output::{Output, complain, remark};
use crate::run::{files, is_stack_file, stack_file};

/// Explores scenarios; gives the exit code.
pub(crate) fn explore(args: &ExploreArgs, output: &mut Output) -> u8 {
    let style = Style { color: output.color(), verbose: args.verbose };
    if args.shrink && !args.output.is_dir() {
        complain(&format!("--output: {} is no folder", args.output.display()));
        return USAGE;
    }
    let (files, nothing) = files(&args.paths);
    let mut problems: Vec<Problem> = nothing.into_iter().flat_map(|file| file.problems).collect();
    let mut loaded: BTreeMap<PathBuf, Loaded> = BTreeMap::new();
    for file in &files {
        match load::scenario(file) {
            Ok(scenario) => {
                loaded.insert(file.clone(), scenario);
            }
            Err(_) if is_stack_file(file) => {
                if args.paths.contains(file) {
                    problems.push(stack_file(file));
                }
            }
            Err(found) => problems.extend(found),
        }
    }
    if let Some(schedule) = &args.replay {
        return replay::replay(args, schedule, &loaded, &problems, style, output);
    }
    let stems = stems(&files);
    let jobs = files.iter().zip(&stems).flat_map(|(file, stem)| jobs(file, stem, &loaded, args));
    let mut jobs: Vec<Job<'_>> = jobs.collect();
    if let Some(refusal) = kept::refusal(args, jobs.len()) {
        complain(&refusal);
        return USAGE;
    }
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let each = cores / jobs.len().clamp(1, cores);
    jobs.iter_mut().for_each(|job| job.threads = each);
    let excluded = jobs.is_empty() && !loaded.is_empty();
    if chances(args.strategy) && args.format == Format::Human {
        output.line(&format!("seed {}", args.seed));
    }
    let bar = spinner();
    let (states, begun) = (AtomicUsize::new(0), Instant::now());
    let message = Mutex::new(());
    let progress = |job: &Job<'_>, more: usize| {
        let all = states.fetch_add(more, Ordering::Relaxed) + more;
        let _one = message.lock();
        bar.set_message(format!(
            "{} under {}: {all} in all, {} s",
            job.file.display(),
            job.profile.name(),
            begun.elapsed().as_secs()
        ));
        bar.tick();
    };
    let mut reports: Vec<Report> = Vec::with_capacity(jobs.len());
    in_parallel(
        &jobs,
        |job| job.explore(args, &|more| progress(job, more)),
        |mut report: Report| {
            for problem in std::mem::take(&mut report.remarks) {
                remark(&problem);
            }
            problems.append(&mut report.problems);
            if args.format == Format::Human {
                let text = human::text(&report, style);
                bar.suspend(|| output.print(&text));
            }
            reports.push(report);
        },
    );
    bar.finish_and_clear();
    for problem in &problems {
        if args.format == Format::Human {
            output.line(&format!("{}\n", problem.render(style.color)));
        }
    }
    match args.format {
        Format::Json => output.line(&json::report(&reports, &problems)),
        Format::Human => output.line(&format!("\n{}", human::summary(&reports, &problems, style))),
    }
    if excluded {
        complain("nothing was explored: every scenario excludes this profile");
        return USAGE;
    }
    if !problems.is_empty() {
        return USAGE;
    }
    reports.iter().map(|report| report.verdict).max().unwrap_or(Verdict::Pass).exit_code()
}

/// Whether a strategy takes chances.
fn chances(strategy: StrategyKind) -> bool {
    matches!(strategy, StrategyKind::Random | StrategyKind::Pct { .. } | StrategyKind::Portfolio)
}

/// What files are called that are made of these: their names without the ending, and as many folders before them as it takes
/// to tell them apart.
fn stems(files: &[PathBuf]) -> Vec<String> {
    let stem = |file: &PathBuf, folders: usize| {
        let path = file.with_extension("");
        let parts: Vec<String> = path
            .components()
            .filter(|part| matches!(part, Component::Normal(_)))
            .map(|part| part.as_os_str().to_string_lossy().into_owned())
            .collect();
        parts[parts.len().saturating_sub(folders + 1)..].join(".")
    };
    let depth = files.iter().map(|file| file.components().count()).max().unwrap_or(0);
    let mut stems: Vec<String> = files.iter().map(|file| stem(file, 0)).collect();
    for folders in 1..depth {
        let same = |one: &String| stems.iter().filter(|other| *other == one).count() > 1;
        let double: Vec<bool> = stems.iter().map(same).collect();
        for (n, file) in files.iter().enumerate().filter(|(n, _)| double[*n]) {
            stems[n] = stem(file, folders);
        }
    }
    stems
}

fn jobs<'a>(
    file: &'a PathBuf,
    stem: &'a str,
    loaded: &'a BTreeMap<PathBuf, Loaded>,
    args: &ExploreArgs,
) -> Vec<Job<'a>> {
    let Some(loaded) = loaded.get(file) else { return Vec::new() };
    let profiles = match args.profile.0 {
        Some(one) => vec![one],
        None => Profile::ALL.to_vec(),
    };
    let holds = |profile: &Profile| !loaded.scenario.profiles.except.contains_key(profile.name());
    let held = profiles.into_iter().filter(holds);
    held.map(|profile| Job { file, stem, loaded, profile, threads: 1 }).collect()
}

/// What shows on a terminal how far a search is.
fn spinner() -> ProgressBar {
    if !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{spinner} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_spinner());
    ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr()).with_style(style)
}

#[cfg(test)]
mod tests {
    use super::stems;

    #[test]
    fn files_of_one_name_are_told_apart_by_their_folders() {
        let files = ["a/x.json", "a/y.json", "b/a/x.json", "b/c/z.json", "../c/z.json"];
        let stems = stems(&files.map(Into::into));
        assert_eq!(stems, ["a.x", "y", "b.a.x", "b.c.z", "c.z"]);
    }
}
