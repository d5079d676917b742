//! A search that is kept in a file when it is cut short, and one that goes on from there.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use netiosim_explore::scenario::{Checkpoint, Search};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_model::schedule::fingerprint;
use netiosim_scenario::load::Loaded;
use netiosim_scenario::problem::Problem;

use crate::args::ExploreArgs;

/// As often is a long search kept.
const EVERY: Duration = Duration::from_secs(60);

/// What a checkpoint belongs to: the whole scenario with its stack, and the profile.
pub(super) fn subject(loaded: &Loaded, profile: Profile) -> String {
    let text = serde_json::to_string(&loaded.scenario).unwrap_or_default();
    let stack = loaded.fingerprint(profile);
    let hash = fingerprint([text.as_str(), env!("CARGO_PKG_VERSION")]);
    format!("{} {:016x}", profile.name(), hash ^ stack.rotate_left(1))
}

/// Says why checkpoints cannot be had with these arguments.
pub(super) fn refusal(args: &ExploreArgs, jobs: usize) -> Option<String> {
    let option = match (&args.checkpoint, &args.resume) {
        (Some(_), _) => "--checkpoint",
        (None, Some(_)) => "--resume",
        (None, None) => return None,
    };
    if args.strategy != StrategyKind::Exhaustive {
        return Some(format!("{option} is for the strategy exhaustive"));
    }
    (jobs > 1)
        .then(|| format!("{option} is for one scenario under one profile, and there are {jobs}"))
}

/// The checkpoint in a file.
pub(super) fn read(path: &Path) -> Result<Checkpoint, Box<Problem>> {
    let problem = |reason: String| Box::new(Problem::of_file(path.display().to_string(), reason));
    let text = fs::read_to_string(path).map_err(|error| problem(error.to_string()))?;
    Checkpoint::parse(&text).map_err(|misfit| problem(misfit.to_string()))
}

/// Keeps a search now and then.
pub(super) struct Keeper<'a> {
    path: Option<&'a Path>,
    subject: String,
    last: Instant,
    /// Whether it could not be kept once.
    failed: bool,
}

impl<'a> Keeper<'a> {
    pub(super) fn new(args: &'a ExploreArgs, subject: String) -> Self {
        Self { path: args.checkpoint.as_deref(), subject, last: Instant::now(), failed: false }
    }

    /// Whether it is time to keep the search.
    pub(super) fn is_due(&self) -> bool {
        self.path.is_some() && self.last.elapsed() >= EVERY
    }

    /// Keeps a search; a file that was there is replaced as a whole. Says what came of it.
    pub(super) fn keep(&mut self, search: &Search) -> Option<String> {
        let path = self.path?;
        let kept = search.checkpoint(&self.subject);
        let written = replace(path, &kept.text());
        self.last = Instant::now();
        Some(match written {
            Ok(()) => format!(
                "the search is kept with {} states: go on with --resume {}",
                kept.states(),
                path.display()
            ),
            Err(error) => {
                self.failed = true;
                format!("the search cannot be kept in {}: {error}", path.display())
            }
        })
    }

    /// Keeps a search that goes on: only what is amiss is said, and once.
    pub(super) fn keep_meanwhile(&mut self, search: &Search) -> Option<String> {
        let (before, said) = (self.failed, self.keep(search));
        said.filter(|_| self.failed && !before)
    }
}

/// Replaces a file as a whole, by way of one beside it that nobody else has.
fn replace(path: &Path, text: &str) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = PathBuf::from(beside);
    let mut file = OpenOptions::new().write(true).create_new(true).open(&beside)?;
    let done = file.write_all(text.as_bytes()).and_then(|()| fs::rename(&beside, path));
    if done.is_err() {
        let _ = fs::remove_file(&beside);
    }
    done
}
