//! A scenario from disk: read, put together and checked.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::Path;

use netiosim_model::profile::Profile;
use netiosim_model::schedule::fingerprint;
use serde::Serialize;

use crate::check;
use crate::format::{Expect, Limits, ProfileSelection, Scenario, StackSpec};
use crate::problem::{Problem, Source};
use crate::read::{self, Fault, JsonPath, LARGEST_FILE};
use crate::template::{self, StackError};

/// A scenario in which nothing is wrong, and what it needs to run.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Loaded {
    /// The scenario.
    pub scenario: Scenario,
    /// Its stack, with templates and files resolved.
    pub stack: StackSpec,
    /// The line of every element of a list, from 1, by its path.
    pub lines: BTreeMap<String, usize>,
}

impl Loaded {
    /// Tells this scenario under a profile from others: schedules of it carry this number. Names, descriptions and
    /// expectations do not count.
    #[must_use]
    pub fn fingerprint(&self, profile: Profile) -> u64 {
        fingerprint_of(&self.scenario, &self.stack, profile)
    }
}

/// Tells a scenario under a profile from others; see [`Loaded::fingerprint`].
#[must_use]
pub fn fingerprint_of(scenario: &Scenario, stack: &StackSpec, profile: Profile) -> u64 {
    let mut scenario = scenario.clone();
    scenario.schema = None;
    scenario.name.clear();
    scenario.description.clear();
    scenario.requirements.clear();
    scenario.profiles = ProfileSelection::default();
    scenario.stack = StackSpec::default();
    scenario.expect = Expect::default();
    scenario.expect_under.clear();
    scenario.schedules.clear();
    scenario.limits = Limits::default();
    let texts = [json(&scenario), json(stack)];
    fingerprint([texts[0].as_str(), &texts[1], profile.name()])
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Reads the scenario of this file and checks it.
///
/// # Errors
///
/// Everything that is wrong with the file, or with the stack file that it names.
pub fn scenario(path: &Path) -> Result<Loaded, Vec<Problem>> {
    let text = text(path).map_err(|problem| vec![*problem])?;
    let directory = path.parent().unwrap_or(Path::new(""));
    scenario_text(&text, &path.display().to_string(), directory)
}

/// Reads the scenario of this text and checks it; stack files are looked for in `directory`.
///
/// # Errors
///
/// As [`scenario`].
pub fn scenario_text(
    text: &str,
    file_name: &str,
    directory: &Path,
) -> Result<Loaded, Vec<Problem>> {
    let scenario = read::read_scenario(text, file_name)?;
    let stack = match template::resolve(&scenario.stack, directory) {
        Ok(stack) => stack,
        Err(StackError::Bad(problems)) => return Err(problems),
        Err(StackError::Unreadable(reason)) => {
            let both = scenario.stack.template.is_some();
            let help = "the path is relative to the directory of the scenario";
            let fault = Fault {
                path: JsonPath::default().then("stack").then("file"),
                at_name: both,
                reason: if both { check::BOTH_STACKS.to_owned() } else { reason },
                help: (!both).then(|| help.to_owned()),
            };
            return Err(read::place(Source { file: file_name, text }, vec![fault]));
        }
    };
    let problems = check::check(&scenario, &stack, file_name, text);
    if problems.is_empty() {
        Ok(Loaded { scenario, stack, lines: read::lines(text) })
    } else {
        Err(problems)
    }
}

/// The text of a file of at most [`LARGEST_FILE`] bytes.
///
/// # Errors
///
/// The file cannot be opened or read, is too big, or is not UTF-8.
pub fn text(path: &Path) -> Result<String, Box<Problem>> {
    let name = path.display().to_string();
    // The words of the system differ from system to system.
    let broken = |error: &std::io::Error| {
        Box::new(match error.kind() {
            ErrorKind::NotFound => Problem::of_file(&name, "there is no such file"),
            kind => Problem::of_file(&name, format!("cannot read the file: {kind}")),
        })
    };
    let file = File::open(path).map_err(|error| broken(&error))?;
    let about = file.metadata().map_err(|error| broken(&error))?;
    if about.is_dir() {
        let reason = "cannot read the file: it is a directory";
        return Err(Box::new(Problem::of_file(&name, reason)));
    }
    if about.len() > LARGEST_FILE {
        return Err(read::too_big(&name, about.len()));
    }
    // The length may be unknown (a pipe) or grow meanwhile: the limit holds for what is read.
    let mut bytes = Vec::new();
    let read = file.take(LARGEST_FILE + 1).read_to_end(&mut bytes);
    let count = read.map_err(|error| broken(&error))? as u64;
    if count > LARGEST_FILE {
        return Err(read::too_big(&name, count));
    }
    read::text_of(&name, bytes)
}
