//! The scenarios of the corpus, and what they say of findings.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use netiosim_model::profile::Profile;
use netiosim_model::rule::Rule;
use netiosim_scenario::load;
use netiosim_scenario::program::{Program, compile};

/// The folder of the corpus.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// Every file of a folder and of those in it, in order.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    let mut all = Vec::new();
    for path in entries {
        if path.is_dir() {
            all.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "json") {
            all.push(path);
        }
    }
    all
}

/// A scenario, compiled; `None` if it excludes the profile.
pub(crate) fn program(file: &Path, profile: Profile) -> Option<Arc<Program>> {
    let loaded = load::scenario(file).expect("a file of the corpus is good");
    compile(&loaded.scenario, &loaded.stack, profile).ok().map(Arc::new)
}

/// The rules that a scenario lets be broken.
pub(crate) fn allowed(program: &Program) -> Vec<Rule> {
    let expect = &program.expect.findings;
    let rules = |texts: &[String]| -> Vec<Rule> {
        texts.iter().filter_map(|text| Rule::parse(text).ok()).collect()
    };
    let mut allowed = [rules(&expect.must), rules(&expect.may)].concat();
    allowed.retain(|rule| !rules(&expect.must_not).contains(rule));
    allowed
}
