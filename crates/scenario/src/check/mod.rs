//! References within a scenario: every name means something, once, and in its place.
//!
//! What the schema cannot say: names of locks, threads, registrations and the like; codes, rules,
//! profiles and options; what goes together and what does not. All problems are found at once.

mod adapters;
mod call;
mod client;
mod event;
mod expect;
mod faults;
mod head;
mod names;
mod network;
mod notify;
mod property;
mod schedule;
mod services;
mod stack;
mod step;
mod table;
mod value;
mod walk;

use std::path::Path;

use self::faults::Faults;
use self::names::Names;
use crate::format::{Scenario, StackFile, StackSpec};
use crate::problem::{Problem, Source};
use crate::read::{self, JsonPath};
use crate::template;

/// What is wrong with a stack that names a template and a file.
pub(crate) const BOTH_STACKS: &str = "a stack starts from a template or from a file, not from both";

/// Checks the references of a scenario that was read from this text.
///
/// `stack` is the scenario's stack as [`template::resolve`] puts it together. The result is in the
/// order of the text and empty for a good scenario.
///
/// # Examples
///
/// ```
/// use netiosim_scenario::{check::check, format::StackSpec, read::read_scenario, template};
///
/// let text = r#"{"version": 1, "name": "x", "clients": [{"name": "c", "locks": [{"name": "table"}],
///   "threads": [{"name": "main", "steps": [{"lock": {"lock": "tabel"}}]}]}]}"#;
/// let scenario = read_scenario(text, "x.json").expect("good shape");
/// let problems = check(&scenario, &template::stack("home").expect("home"), "x.json", text);
/// assert_eq!(problems[0].path, "clients[0].threads[0].steps[0].lock.lock");
/// assert_eq!(problems[0].help.as_deref(), Some("did you mean `table`?"));
/// ```
#[must_use]
pub fn check(scenario: &Scenario, stack: &StackSpec, file_name: &str, text: &str) -> Vec<Problem> {
    let names = Names::of(scenario, stack);
    let mut faults = Faults::default();
    let root = JsonPath::default();
    head::check(scenario, &names, &mut faults);
    schedule::check(scenario, stack, &mut faults);
    stack::check(&scenario.stack, stack, &root.then("stack"), &mut faults);
    for (index, client) in scenario.clients.iter().enumerate() {
        client::check(scenario, index, client, &names, &mut faults);
    }
    expect::check(&scenario.expect, &root.then("expect"), scenario, &names, &mut faults);
    for (profile, expect) in &scenario.expect_under {
        let path = root.then("expect_under").then(profile.as_str());
        expect::check(expect, &path, scenario, &names, &mut faults);
    }
    read::place(Source { file: file_name, text }, faults.list)
}

/// Checks the references of a stack file that was read from this text.
///
/// A stack file may start from a template, but not from another stack file.
#[must_use]
pub fn check_stack_file(file: &StackFile, file_name: &str, text: &str) -> Vec<Problem> {
    let mut faults = Faults::default();
    let path = JsonPath::default().then("stack");
    if file.stack.file.is_some() {
        let reason = "a stack file starts from no other file";
        faults.tell(&path.then("file"), reason, Some("a template is possible"));
    } else if let Ok(stack) = template::resolve(&file.stack, Path::new("")) {
        stack::check(&file.stack, &stack, &path, &mut faults);
    }
    read::place(Source { file: file_name, text }, faults.list)
}
