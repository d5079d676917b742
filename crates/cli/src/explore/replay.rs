//! `netiosim explore --replay`: one schedule, told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use netiosim_explore::scenario::{Told, follow};
use netiosim_explore::schedule::{Schedule, Subject};
use netiosim_model::profile::Profile;
use netiosim_scenario::load::Loaded;
use netiosim_scenario::problem::Problem;
use netiosim_scenario::program::compile;
use netiosim_scenario::run::Style;
use serde::Serialize;

use super::human::paint;
use crate::args::{ExploreArgs, Format};
use crate::output::{Output, complain};
use crate::{FAILED, USAGE};

#[derive(Serialize)]
struct Replayed<'a> {
    version: u32,
    file: String,
    profile: &'static str,
    schedule: &'a str,
    story: &'a str,
    findings: &'a [String],
}

/// Follows a schedule of the one scenario that is named.
pub(super) fn replay(
    args: &ExploreArgs,
    schedule: &str,
    loaded: &BTreeMap<PathBuf, Loaded>,
    problems: &[Problem],
    style: Style,
    output: &mut Output,
) -> u8 {
    for problem in problems {
        output.line(&format!("{}\n", problem.render(style.color)));
    }
    let mut all = loaded.iter();
    let (Some((file, loaded)), None, true) = (all.next(), all.next(), problems.is_empty()) else {
        if problems.is_empty() {
            complain("--replay follows a schedule of one scenario file");
        }
        return USAGE;
    };
    let found = match find(args, schedule, loaded) {
        Ok(found) => found,
        Err(message) => {
            complain(&message);
            return USAGE;
        }
    };
    let (profile, schedule) = found;
    match tell(loaded, profile, &schedule) {
        Ok(told) => {
            print(args, file, profile, &schedule.to_string(), &told, style, output);
            if told.findings.is_empty() { 0 } else { FAILED }
        }
        Err(message) => {
            complain(&message);
            USAGE
        }
    }
}

/// The schedule, and the profile that it is of.
fn find(args: &ExploreArgs, text: &str, loaded: &Loaded) -> Result<(Profile, Schedule), String> {
    let path = Path::new(text);
    let text = if path.is_file() {
        fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?
    } else {
        text.to_owned()
    };
    let mut candidates = Vec::new();
    if text.trim_start().starts_with('{') {
        let value: serde_json::Value =
            serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let schedules = value.get("schedules").and_then(serde_json::Value::as_object);
        let schedules = schedules.into_iter().flatten();
        candidates.extend(schedules.filter_map(|(_, text)| text.as_str().map(str::to_owned)));
        if candidates.is_empty() {
            return Err(format!("{} has no `schedules`", path.display()));
        }
    } else {
        candidates.push(text.trim().to_owned());
    }
    let profiles = match args.profile.0 {
        Some(one) => vec![one],
        None => Profile::ALL.to_vec(),
    };
    let mut problem = String::new();
    for text in candidates {
        let schedule: Schedule = text.parse().map_err(|error| format!("--replay: {error}"))?;
        for profile in &profiles {
            match schedule.fits(Subject::Scenario, loaded.fingerprint(*profile)) {
                Ok(()) => return Ok((*profile, schedule)),
                Err(error) => problem = format!("--replay: {error}"),
            }
        }
    }
    Err(problem)
}

fn tell(loaded: &Loaded, profile: Profile, schedule: &Schedule) -> Result<Told, String> {
    let mut program = compile(&loaded.scenario, &loaded.stack, profile)
        .map_err(|error| format!("{}: {}", error.path, error.reason))?;
    program.say_lines(&loaded.lines);
    follow(&Arc::new(program), schedule).map_err(|strayed| format!("--replay: {strayed}"))
}

fn print(
    args: &ExploreArgs,
    file: &Path,
    profile: Profile,
    schedule: &str,
    told: &Told,
    style: Style,
    output: &mut Output,
) {
    if args.format == Format::Json {
        let replayed = Replayed {
            version: 1,
            file: file.display().to_string(),
            profile: profile.name(),
            schedule,
            story: &told.story,
            findings: &told.findings,
        };
        output.line(&serde_json::to_string_pretty(&replayed).expect("plain data serializes"));
        return;
    }
    let title = format!("{} under {}", file.display(), profile.name());
    output.line(&paint(style, "1", &title));
    output.line("");
    output.print(&told.story);
    for finding in &told.findings {
        output.line("");
        output.line(finding);
    }
}
