//! What the tests of scenarios share.
#![allow(dead_code, reason = "each test uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use netiosim_model::profile::Profile;
use netiosim_scenario::format::Expect;
use netiosim_scenario::load::{self, Loaded, scenario_text};
use netiosim_scenario::program::{Program, compile};

/// The folder of the corpus.
pub(crate) fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios")
}

/// A scenario of the corpus.
pub(crate) fn loaded(file: &str) -> Loaded {
    load::scenario(&corpus().join(file)).expect("a file of the corpus is good")
}

/// It, compiled; nothing is expected of it, so that everything that goes wrong is unexpected.
pub(crate) fn unexpecting(file: &str) -> Arc<Program> {
    let mut loaded = loaded(file);
    loaded.scenario.expect = Expect::default();
    program(&loaded)
}

/// A scenario, compiled for the profile `documented`.
pub(crate) fn program(loaded: &Loaded) -> Arc<Program> {
    Arc::new(compile(&loaded.scenario, &loaded.stack, Profile::Documented).expect("it compiles"))
}

/// A scenario with these members.
pub(crate) fn scenario(members: &str) -> Loaded {
    let text = format!(r#"{{"version": 1, "name": "x", {members}}}"#);
    match scenario_text(&text, "x.json", Path::new("")) {
        Ok(loaded) => loaded,
        Err(problems) => {
            let problems: Vec<String> =
                problems.iter().map(|problem| problem.render(false)).collect();
            panic!("{}", problems.join("\n"))
        }
    }
}

/// The lock that a cancel holds is wanted by the callback; the port changes on a thread of its own.
pub(crate) const LOCK_OVER_CANCEL: &str = r#""clients": [{"name": "c", "locks": [{"name": "l"}],
    "callbacks": {"f": [{"lock": {"lock": "l"}}, {"unlock": {"lock": "l"}}]},
    "threads": [
        {"name": "changer", "steps": [{"change": {"event": {"teredo_restart": {"port": 50001}}}}]},
        {"name": "main", "steps": [
            {"notify_teredo_port_change": {"as": "ports", "callback": "f"}},
            {"lock": {"lock": "l"}}, {"cancel": {"handle": "ports"}}, {"unlock": {"lock": "l"}}]}]}]"#;
