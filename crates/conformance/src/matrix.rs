//! Checks over backends, and what came out.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};

use netiosim_model::profile::Profile;
use netiosim_model::status::Flavour;
use serde::Serialize;

use crate::backend::{Backend, Cannot};
use crate::bench::Bench;
use crate::check::{Check, Stop};
use crate::checks;
use crate::requirement::{Requirement, Truth, requirements};

/// Which checks are run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// A pattern of ids: `TP-*`, `*`.
    pub ids: String,
    /// The profiles.
    pub profiles: Vec<Profile>,
}

impl Default for Selection {
    fn default() -> Self {
        Self { ids: "*".to_owned(), profiles: Profile::ALL.to_vec() }
    }
}

/// What came of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is as the requirement says.
    Pass,
    /// It is not.
    Fail,
    /// The check does not speak about this, or needs what the world cannot do.
    NotApplicable,
    /// The backend has no such flavour or profile.
    Unsupported,
}

/// One check over one backend.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Cell {
    /// The id of the requirement.
    pub id: &'static str,
    /// What kind of truth it is.
    pub kind: Truth,
    /// `user` or `kernel`.
    pub flavour: &'static str,
    /// The backend.
    pub backend: &'static str,
    /// The profile.
    pub profile: &'static str,
    /// What came out.
    pub result: Outcome,
    /// Why, unless it passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Checks over backends.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Matrix {
    /// The version of the format.
    pub version: u32,
    /// The backends.
    pub backends: Vec<&'static str>,
    /// What came out, in the order of ids, backends, flavours and profiles.
    #[serde(rename = "checks")]
    pub results: Vec<Cell>,
    /// The selected ids that have no check: what shows them is in `docs/requirements.md`.
    pub without_check: Vec<&'static str>,
}

impl Matrix {
    /// Runs the selected checks over all backends.
    #[must_use]
    pub fn run(backends: &[&dyn Backend], selection: &Selection) -> Self {
        let mut matrix = Self {
            version: 1,
            backends: backends.iter().map(|backend| backend.name()).collect(),
            results: Vec::new(),
            without_check: Vec::new(),
        };
        let checks = checks::all();
        for requirement in requirements().iter().filter(|one| glob(&selection.ids, one.id)) {
            let Some(check) = checks.iter().find(|check| check.id == requirement.id) else {
                matrix.without_check.push(requirement.id);
                continue;
            };
            for backend in backends {
                for (flavour, profile) in flavours(requirement, selection) {
                    matrix.results.push(run(check, requirement, *backend, profile, flavour));
                }
            }
        }
        matrix
    }

    /// What is not as the documents say.
    pub fn failed(&self) -> impl Iterator<Item = &Cell> {
        self.results.iter().filter(|result| result.result == Outcome::Fail)
    }

    /// What came of an id over a backend, in all flavours and profiles: `FAIL` if anything failed, else `pass` if anything
    /// passed, else `n/a`; a dash where nothing could be said.
    #[must_use]
    pub fn word(&self, id: &str, backend: &str) -> &'static str {
        let of = self.results.iter().filter(|one| one.id == id && one.backend == backend);
        word(of.map(|one| one.result))
    }

    /// The matrix as one JSON object.
    #[must_use]
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).expect("names and numbers can be written")
    }

    /// The matrix for people: a line for each id, a column for each backend, and the reasons below.
    #[must_use]
    pub fn text(&self) -> String {
        let ids: BTreeSet<&str> = self.results.iter().map(|result| result.id).collect();
        let widths: Vec<usize> = self.backends.iter().map(|name| name.len().max(4)).collect();
        let mut text = format!("{:8}", "");
        for (name, width) in self.backends.iter().zip(&widths) {
            let _ = write!(text, "{name:width$}  ");
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
        for id in requirements().iter().map(|one| one.id).filter(|id| ids.contains(id)) {
            let _ = write!(text, "{id:8}");
            for (backend, width) in self.backends.iter().zip(&widths) {
                let _ = write!(text, "{:width$}  ", self.word(id, backend));
            }
            let statement = Requirement::find(id).map_or("", |requirement| requirement.statement);
            let _ = writeln!(text, "{statement}");
        }
        for failed in self.failed() {
            let reason = failed.reason.as_deref().unwrap_or_default();
            let Cell { id, backend, flavour, profile, .. } = failed;
            let _ = writeln!(text, "\nfail {id} {backend} ({flavour}, {profile}): {reason}");
        }
        let count = |outcome| self.results.iter().filter(|one| one.result == outcome).count();
        let _ = writeln!(
            text,
            "\n{} ids, {} runs: {} pass, {} fail, {} not applicable, {} unsupported; {} ids have no check here yet",
            ids.len(),
            self.results.len(),
            count(Outcome::Pass),
            count(Outcome::Fail),
            count(Outcome::NotApplicable),
            count(Outcome::Unsupported),
            self.without_check.len()
        );
        text
    }
}

/// The worst of what came out for an id over a backend; a dash where nothing could be said.
fn word(outcomes: impl Iterator<Item = Outcome>) -> &'static str {
    let all: BTreeSet<Outcome> = outcomes.collect();
    if all.contains(&Outcome::Fail) {
        "FAIL"
    } else if all.contains(&Outcome::Pass) {
        "pass"
    } else if all.contains(&Outcome::NotApplicable) {
        "n/a"
    } else {
        "-"
    }
}

fn flavours(requirement: &Requirement, selection: &Selection) -> Vec<(Flavour, Profile)> {
    let flavours = [Flavour::User, Flavour::Kernel];
    let about = flavours.into_iter().filter(|flavour| requirement.is_about(*flavour));
    let profiles = &selection.profiles;
    about.flat_map(|flavour| profiles.iter().map(move |profile| (flavour, *profile))).collect()
}

fn run(
    check: &Check,
    requirement: &Requirement,
    backend: &dyn Backend,
    profile: Profile,
    flavour: Flavour,
) -> Cell {
    let except = check.exception(profile, flavour);
    let (result, reason) = match (except, backend.session(profile, flavour)) {
        (Some(reason), _) => (Outcome::NotApplicable, Some(reason.to_owned())),
        (None, Err(cannot)) => (Outcome::Unsupported, Some(cannot.to_string())),
        (None, Ok(session)) => {
            let mut bench = Bench::new(session, profile, flavour);
            match catch_unwind(AssertUnwindSafe(|| (check.run)(&mut bench))) {
                Ok(Ok(())) => (Outcome::Pass, None),
                Ok(Err(Stop::Fails(reason))) => (Outcome::Fail, Some(reason)),
                Ok(Err(Stop::NotApplicable(cannot))) => {
                    (Outcome::NotApplicable, Some(cannot.to_string()))
                }
                Err(payload) => match payload.downcast::<Cannot>() {
                    Ok(cannot) => (Outcome::NotApplicable, Some(cannot.to_string())),
                    Err(_) => (Outcome::Fail, Some("a call panicked".to_owned())),
                },
            }
        }
    };
    Cell {
        id: check.id,
        kind: requirement.truth,
        flavour: match flavour {
            Flavour::User => "user",
            Flavour::Kernel => "kernel",
        },
        backend: backend.name(),
        profile: profile.name(),
        result,
        reason,
    }
}

/// Whether a text is as a pattern says, in which `*` stands for anything.
#[must_use]
pub fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, rest)) => {
            let Some(text) = text.strip_prefix(before) else { return false };
            (0..=text.len())
                .filter(|at| text.is_char_boundary(*at))
                .any(|at| glob(rest, &text[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_is_anything() {
        for (pattern, text, fits) in [
            ("TP-07", "TP-07", true),
            ("TP-07", "TP-08", false),
            ("TP-*", "TP-40", true),
            ("*-0*", "GT-01", true),
            ("*-0*", "GT-11", false),
            ("*", "", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
    }
}
