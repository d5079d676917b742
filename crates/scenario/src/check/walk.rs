//! All steps and all events of a scenario, with their places.

use crate::format::{Client, Event, Scenario, Step};
use crate::read::JsonPath;

/// Who runs a step.
#[derive(Clone, Copy, Debug)]
pub(super) enum Runner<'a> {
    /// The deliveries of the callback of this name.
    Callback(&'a str),
    /// A thread.
    Thread,
}

impl Runner<'_> {
    pub(super) fn is_callback(self) -> bool {
        matches!(self, Self::Callback(_))
    }
}

/// The place of the client at this position.
pub(super) fn client_path(index: usize) -> JsonPath {
    JsonPath::default().then("clients").then(index)
}

/// Visits every step of a client, those within steps included, in the order of the text.
pub(super) fn steps<'a>(
    client: &'a Client,
    path: &JsonPath,
    visit: &mut dyn FnMut(&'a Step, &JsonPath, Runner<'a>),
) {
    for (name, list) in &client.callbacks {
        let path = path.then("callbacks").then(name.as_str());
        inner(list, &path, Runner::Callback(name), visit);
    }
    for (index, thread) in client.threads.iter().enumerate() {
        let path = path.then("threads").then(index).then("steps");
        inner(&thread.steps, &path, Runner::Thread, visit);
    }
}

/// Visits every event of a scenario: those of the timeline and those of `change` steps.
pub(super) fn events<'a>(scenario: &'a Scenario, visit: &mut dyn FnMut(&'a Event, &JsonPath)) {
    for (index, entry) in scenario.timeline.iter().enumerate() {
        let path = JsonPath::default().then("timeline").then(index).then("event");
        visit(&entry.event, &path);
    }
    for (index, client) in scenario.clients.iter().enumerate() {
        steps(client, &client_path(index), &mut |step, path, _| {
            if let Step::Change(change) = step {
                visit(&change.event, &path.then("change").then("event"));
            }
        });
    }
}

fn inner<'a>(
    list: &'a [Step],
    path: &JsonPath,
    runner: Runner<'a>,
    visit: &mut dyn FnMut(&'a Step, &JsonPath, Runner<'a>),
) {
    for (index, step) in list.iter().enumerate() {
        let path = path.then(index);
        visit(step, &path, runner);
        match step {
            Step::When(when) => {
                inner(&when.then, &path.then("when").then("then"), runner, visit);
                inner(&when.otherwise, &path.then("when").then("else"), runner, visit);
            }
            Step::Repeat(repeat) => {
                inner(&repeat.steps, &path.then("repeat").then("steps"), runner, visit);
            }
            _ => {}
        }
    }
}
