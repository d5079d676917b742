//! `netiosim run`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, IsTerminal as _};
use std::path::{Path, PathBuf};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use netiosim_scenario::problem::Problem;
use netiosim_scenario::run::{
    FileReport, Plan, Style, Verdict, failure_text, find_files, json_report, run_files,
    summary_line,
};
use netiosim_scenario::{load, read};

use crate::USAGE;
use crate::args::{Format, RunArgs};
use crate::junit::Junit;
use crate::output::{Output, complain};
use crate::trace_file::TraceFile;

/// A run of more files than this shows its progress on a terminal.
const MANY: usize = 20;

/// Runs scenarios; gives the exit code.
pub(crate) fn run(args: &RunArgs, output: &mut Output) -> u8 {
    let mut usage = false;
    let mut complained = |message: &str| {
        complain(message);
        usage = true;
    };
    let style = Style { color: output.color(), verbose: args.verbose };
    let (files, nothing) = files(&args.paths);
    if let Some(message) = overwrites(args, &files) {
        complain(&message);
        return USAGE;
    }
    let mut trace = match args.trace.as_deref().map(TraceFile::create) {
        Some(Ok(trace)) => Some(trace),
        Some(Err(message)) => {
            complained(&message);
            None
        }
        None => None,
    };
    let mut junit = args.junit.as_ref().map(|_| Junit::new());
    let bar = bar(files.len());
    let mut reports = Vec::with_capacity(files.len() + nothing.len());
    let mut take = |mut report: FileReport| {
        if !report.problems.is_empty() && is_stack_file(&report.file) {
            if !args.paths.contains(&report.file) {
                return; // Found in a folder, beside the scenarios that start from it.
            }
            report.problems = vec![stack_file(&report.file)];
        }
        if let Some(trace) = &mut trace {
            trace.add(&report);
        }
        if let Some(junit) = &mut junit {
            junit.add(&report);
        }
        if args.format == Format::Human {
            let text = failure_text(&report, style);
            bar.suspend(|| {
                output.line(&report.line(style));
                if !text.is_empty() {
                    output.print("\n");
                    output.print(&text);
                }
            });
        }
        // Of thousands of files the traces alone would fill the memory.
        for run in &mut report.runs {
            run.trace = Vec::new();
        }
        reports.push(report);
    };
    nothing.into_iter().for_each(&mut take);
    let plan = Plan { profile: args.profile.0, mode: args.mode.into(), seed: args.seed };
    run_files(&files, &plan, |report| {
        take(report);
        bar.inc(1);
    });
    bar.finish_and_clear();

    match args.format {
        Format::Json => output.line(&json_report(&reports)),
        Format::Human => output.line(&format!("\n{}", summary_line(&reports, style))),
    }
    if let (Some(junit), Some(path)) = (&junit, &args.junit)
        && let Err(message) = junit.write(path)
    {
        complained(&message);
    }
    if let Some(Err(message)) = trace.map(TraceFile::finish) {
        complained(&message);
    }
    if reports.iter().all(|report| report.runs.is_empty() && report.problems.is_empty()) {
        complained("nothing was run: every scenario excludes this profile");
    }
    if usage {
        return USAGE;
    }
    reports.iter().map(FileReport::verdict).max().unwrap_or(Verdict::Pass).exit_code()
}

/// Why the reports may not be written: one would overwrite a scenario, or the other one.
fn overwrites(args: &RunArgs, files: &[PathBuf]) -> Option<String> {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let reports: Vec<&PathBuf> = args.junit.iter().chain(&args.trace).collect();
    for report in &reports {
        if files.iter().any(|file| real(file) == real(report)) {
            return Some(format!(
                "{} is a scenario of this run: the report would overwrite it",
                report.display()
            ));
        }
    }
    match reports.as_slice() {
        [one, two] if real(one) == real(two) => {
            Some(format!("--junit and --trace both name {}", one.display()))
        }
        _ => None,
    }
}

/// The files that the paths mean, each once, and a report for each path that means none.
pub(crate) fn files(paths: &[PathBuf]) -> (Vec<PathBuf>, Vec<FileReport>) {
    let mut files = Vec::new();
    let mut nothing = Vec::new();
    let mut known = BTreeSet::new();
    for path in paths {
        match find_files(path) {
            Ok(found) => {
                for file in found {
                    let real = file.canonicalize().unwrap_or_else(|_| file.clone());
                    if known.insert(real) {
                        files.push(file);
                    }
                }
            }
            Err(problem) => nothing.push(without_runs(path.clone(), *problem)),
        }
    }
    (files, nothing)
}

pub(crate) fn is_stack_file(path: &Path) -> bool {
    load::text(path).is_ok_and(|text| read::read_stack_file(&text, "").is_ok())
}

/// What to say of a good stack file that was given in place of a scenario.
pub(crate) fn stack_file(path: &Path) -> Problem {
    let name = path.file_name().unwrap_or(path.as_os_str()).display();
    let problem =
        Problem::of_file(path.display().to_string(), "this is a stack file, not a scenario");
    problem.with_help(format!("a scenario starts from it with \"stack\": {{\"file\": \"{name}\"}}"))
}

fn without_runs(file: PathBuf, problem: Problem) -> FileReport {
    FileReport {
        file,
        name: String::new(),
        runs: Vec::new(),
        lines: BTreeMap::new(),
        problems: vec![problem],
        excluded: Vec::new(),
    }
}

/// A progress bar on standard error; one that shows nothing for few files or no terminal.
fn bar(files: usize) -> ProgressBar {
    if files <= MANY || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::stderr())
        .with_style(style)
}
