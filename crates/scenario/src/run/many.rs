//! Many scenario files at once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use netiosim_model::profile::Profile;

use super::{Run, RunMode, Verdict, build_problem, run_scenario};
use crate::load;
use crate::problem::Problem;

/// What is to be run of each file.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Only this profile; `None`: every profile that the scenario holds under.
    pub profile: Option<Profile>,
    /// Who runs the scripts.
    pub mode: RunMode,
    /// The seed instead of the scenario's own.
    pub seed: Option<u64>,
}

/// What came out of one file.
#[derive(Clone, Debug)]
pub struct FileReport {
    /// The file, as it was found.
    pub file: PathBuf,
    /// The scenario's name; empty if the file is no scenario.
    pub name: String,
    /// A run for each profile.
    pub runs: Vec<Run>,
    /// What is wrong with the file.
    pub problems: Vec<Problem>,
    /// The line of every element of a list of the file, by its path.
    pub lines: BTreeMap<String, usize>,
    /// Profiles that the plan asked for and the scenario excludes, with its reason.
    pub excluded: Vec<(Profile, String)>,
}

impl FileReport {
    /// The worst verdict of the file's runs, in the order of exit codes.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if !self.problems.is_empty() {
            return Verdict::Invalid;
        }
        self.runs.iter().map(|run| run.verdict).max().unwrap_or(Verdict::Pass)
    }
}

/// The scenario files that a path means: itself, or every `*.json` below it, in the order of names.
///
/// Hidden folders, and those named `stacks`, which hold stack files, are passed over.
///
/// # Errors
///
/// A [`Problem`] when the path cannot be read or no scenario file is found under it.
pub fn find_files(path: &Path) -> Result<Vec<PathBuf>, Box<Problem>> {
    let name = path.display().to_string();
    let unreadable = |error: &std::io::Error| {
        Box::new(Problem::of_file(&name, format!("cannot be read: {error}")))
    };
    if !std::fs::metadata(path).map_err(|error| unreadable(&error))?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(|error| unreadable(&error))? {
            let entry = entry.map_err(|error| unreadable(&error))?;
            let file_name = entry.file_name();
            let file_name = file_name.to_string_lossy();
            // A folder is not followed through a link, so a circle of links ends.
            let kind = entry.file_type().map_err(|error| unreadable(&error))?;
            if kind.is_dir() {
                if !file_name.starts_with('.') && file_name != "stacks" {
                    folders.push(entry.path());
                }
            } else if file_name.ends_with(".json") && (kind.is_file() || kind.is_symlink()) {
                files.push(entry.path());
            }
        }
    }
    if files.is_empty() {
        return Err(Box::new(Problem::of_file(name, "no scenario (*.json) is in this folder")));
    }
    files.sort();
    Ok(files)
}

/// Runs files in parallel and hands out their reports in the order of the files.
pub fn run_files(files: &[PathBuf], plan: &Plan, report: impl FnMut(FileReport)) {
    in_parallel(files, |file| run_file(file, plan), report);
}

/// Does work for each item on all cores, and hands out the results in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
    mut report: impl FnMut(R),
) {
    let workers = std::thread::available_parallelism()
        .map_or(1, std::num::NonZero::get)
        .min(items.len().max(1));
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (send, next, work) = (send.clone(), &next, &work);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(at) else { break };
                    if send.send((at, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for (at, done) in receive {
            waiting.insert(at, done);
            while let Some(done) = waiting.remove(&due) {
                report(done);
                due += 1;
            }
        }
    });
}

fn run_file(file: &Path, plan: &Plan) -> FileReport {
    let mut report = FileReport {
        file: file.to_owned(),
        name: String::new(),
        runs: Vec::new(),
        problems: Vec::new(),
        lines: BTreeMap::new(),
        excluded: Vec::new(),
    };
    let loaded = match load::scenario(file) {
        Ok(loaded) => loaded,
        Err(problems) => {
            report.problems = problems;
            return report;
        }
    };
    report.name.clone_from(&loaded.scenario.name);
    report.lines.clone_from(&loaded.lines);
    let profiles = match plan.profile {
        Some(one) => vec![one],
        None => Profile::ALL.to_vec(),
    };
    for profile in profiles {
        if let Some(reason) = loaded.scenario.profiles.except.get(profile.name()) {
            report.excluded.push((profile, reason.clone()));
            continue;
        }
        match run_scenario(&loaded, profile, plan.mode, plan.seed) {
            Ok(run) => report.runs.push(run),
            Err(error) => {
                report.problems.push(build_problem(&file.display().to_string(), &error));
                break;
            }
        }
    }
    report
}
