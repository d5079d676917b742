//! Single steps.

use netiosim_model::row::RowType;

use super::call;
use super::event;
use super::faults::Faults;
use super::names::{ClientNames, LENT, Names};
use super::notify;
use super::value::{self, Scope};
use super::walk::Runner;
use crate::format::{Flavour, Function, LockKind, LockMode, Scenario, Start, Step, Value};
use crate::read::JsonPath;

/// Where a step stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'n, 'a> {
    pub(super) scenario: &'a Scenario,
    pub(super) own: &'n ClientNames<'a>,
    pub(super) runner: Runner<'a>,
    pub(super) names: &'n Names<'a>,
}

/// `path` is that of the object whose only member names the step. Steps within it are not visited.
pub(super) fn check(step: &Step, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    let Place { scenario, own, runner, names } = place;
    if let Some(call) = step.registering() {
        return notify::check(
            &call,
            &path.then(Function(call.function).word().as_str()),
            place,
            faults,
        );
    }
    if call::check(step, path, place, faults) {
        return;
    }
    match step {
        Step::Cancel(cancel) => {
            let path = path.then("cancel");
            if !matches!(cancel.handle.as_str(), "null" | "garbage") {
                let at = path.then("handle");
                names.registration(&at, &cancel.handle, Some(own), faults);
            }
            returns(cancel.returns.as_deref(), &path, faults);
        }
        Step::Lock(step) => {
            let path = path.then("lock");
            place.lock(&step.lock, &path.then("lock"), faults);
            let kind = own.locks.get(step.lock.as_str());
            if step.mode == LockMode::Read && kind == Some(&LockKind::Mutex) {
                let help = "give the lock `\"kind\": \"rwlock\"`";
                faults.tell(&path.then("mode"), "a mutex cannot be locked for reading", Some(help));
            }
        }
        Step::Unlock(step) => place.lock(&step.lock, &path.then("unlock").then("lock"), faults),
        Step::ReadRow(read) => {
            let path = path.then("read_row");
            let types = place.row(&path, faults);
            let cell = faults.cell(&path.then("member"), false, &types, &read.member);
            if let Some(equals) = &read.equals {
                let at = path.then("equals");
                place.value(equals, &at, faults);
                // What stands there instead of a row has words of its own.
                if !matches!(equals, Value::Text(text) if text == "null" || text == "gone") {
                    faults.fits(&at, cell, equals);
                }
            }
        }
        Step::KeepRow(keep) => {
            let path = path.then("keep_row");
            place.row(&path, faults);
            faults.good_name(&path.then("as"), "row", &keep.name);
        }
        Step::ReadKeptRow(read) => {
            let path = path.then("read_kept_row");
            faults.known(&path.then("row"), "kept row", &read.row, &own.rows);
            faults.cell(&path.then("member"), false, &LENT, &read.member);
        }
        Step::FreeRow(_) => {
            place.row(&path.then("free_row"), faults);
        }
        Step::Construct(step) => {
            place.context(&step.context, &path.then("construct").then("context"), faults);
        }
        Step::Destroy(step) => {
            place.context(&step.context, &path.then("destroy").then("context"), faults);
        }
        Step::UseContext(step) => {
            let path = path.then("use_context");
            match &step.context {
                Some(context) => place.context(context, &path.then("context"), faults),
                None if runner.is_callback() => {}
                None => {
                    let help = "name the context, or do it in a callback";
                    faults.tell_name(&path, "a thread has no registration's context", Some(help));
                }
            }
        }
        Step::Spawn(step) => {
            let path = path.then("spawn").then("thread");
            place.thread(&step.thread, &path, faults);
            if own.threads.get(step.thread.as_str()) == Some(&Start::AtOnce) {
                let help = "give it `\"start\": \"spawned\"`";
                faults.tell(&path, format!("`{}` starts by itself", step.thread), Some(help));
            }
        }
        Step::Join(step) => place.thread(&step.thread, &path.then("join").then("thread"), faults),
        Step::Wait(step) if !own.signals.contains(step.signal.as_str()) => {
            let at = path.then("wait").then("signal");
            let help = super::faults::offer(&step.signal, own.signals.iter().copied());
            let reason = format!("no step gives the signal `{}`", step.signal);
            faults.tell(&at, reason, Some(&help));
        }
        Step::Signal(step) => {
            faults.good_name(&path.then("signal").then("signal"), "signal", &step.signal);
        }
        Step::Send(step) => {
            place.channel(&step.channel, &path.then("send").then("channel"), faults);
        }
        Step::Receive(step) => {
            place.channel(&step.channel, &path.then("receive").then("channel"), faults);
        }
        Step::Change(change) => {
            event::check(&change.event, &path.then("change").then("event"), names, faults);
        }
        Step::Set(set) => {
            let path = path.then("set");
            value::settable(&set.var, &path.then("var"), faults);
            place.value(&set.to, &path.then("to"), faults);
        }
        Step::Assert(assert) => {
            let path = path.then("assert");
            place.value(&assert.value, &path.then("value"), faults);
            place.value(&assert.equals, &path.then("equals"), faults);
        }
        Step::When(when) => {
            let path = path.then("when");
            place.value(&when.value, &path.then("value"), faults);
            place.value(&when.equals, &path.then("equals"), faults);
        }
        Step::Irql(_) if scenario.flavour != Flavour::Kernel => {
            let help = "add `\"flavour\": \"kernel\"` to the scenario";
            faults.tell_name(&path.then("irql"), "the user flavour has no IRQL", Some(help));
        }
        Step::LoadModule(step) if step.module.is_empty() => {
            let at = path.then("load_module").then("module");
            faults.tell(&at, "the name of a module must not be empty", None);
        }
        Step::UnloadModule(step) => {
            let at = path.then("unload_module").then("module");
            names.module(&at, own.process, &step.module, faults);
        }
        // Calls of the API were checked before.
        _ => {}
    }
}

impl Place<'_, '_> {
    pub(super) fn value(&self, value: &Value, path: &JsonPath, faults: &mut Faults) {
        let scope = match self.runner {
            Runner::Callback(_) => Scope::Callback(self.own),
            Runner::Thread => Scope::Thread(self.own),
        };
        value::check(value, path, scope, self.names, faults);
    }

    fn lock(&self, name: &str, path: &JsonPath, faults: &mut Faults) {
        faults.known(path, "lock", name, &self.own.locks);
    }

    fn thread(&self, name: &str, path: &JsonPath, faults: &mut Faults) {
        faults.known(path, "thread", name, &self.own.threads);
    }

    fn channel(&self, name: &str, path: &JsonPath, faults: &mut Faults) {
        faults.known(path, "channel", name, &self.own.channels);
    }

    pub(super) fn context(&self, name: &str, path: &JsonPath, faults: &mut Faults) {
        faults.known(path, "context", name, &self.own.contexts);
    }

    /// The types of the rows that a step on the callback's row may find: it stands in a callback of a
    /// function that lends one.
    pub(super) fn row(&self, path: &JsonPath, faults: &mut Faults) -> Vec<RowType> {
        let Runner::Callback(callback) = self.runner else {
            let help = "do it in a callback; `read_kept_row` reads a row that a callback kept";
            faults.tell_name(path, "a thread has no row", Some(help));
            return LENT.to_vec();
        };
        let Some(made) = self.own.registered.get(callback) else { return LENT.to_vec() };
        let rows = made.rows();
        if rows.is_empty() {
            let names: Vec<&str> = made.functions().iter().map(|f| f.name()).collect();
            let what = match names.as_slice() {
                ["NotifyTeredoPortChange"] => "Teredo ports".to_owned(),
                names => names.join(" and "),
            };
            let reason = format!("`{callback}` gets no row: it is registered for {what} only");
            faults.tell_name(path, reason, None);
            return LENT.to_vec();
        }
        rows
    }
}

pub(super) fn returns(code: Option<&str>, path: &JsonPath, faults: &mut Faults) {
    if let Some(code) = code {
        faults.code(&path.then("returns"), code);
    }
}
