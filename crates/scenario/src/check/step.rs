//! Single steps.

use super::event;
use super::faults::Faults;
use super::names::{ClientNames, Names};
use super::value::{self, Scope};
use super::walk::Runner;
use crate::format::{
    Family, Flavour, Function, GetIpInterfaceEntry, LockKind, LockMode, NotifyIpInterfaceChange,
    NotifyTeredoPortChange, Scenario, Start, Step, Value,
};
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
    match step {
        Step::NotifyTeredoPortChange(call) => {
            let path = path.then("notify_teredo_port_change");
            notify(&Call::from(call), &path, place, faults);
        }
        Step::NotifyIpInterfaceChange(call) => {
            let path = path.then("notify_ip_interface_change");
            notify(&Call::from(call), &path, place, faults);
            if call.family_number.is_some() && call.family != Family::Unspec {
                let reason = "a family is given by name or by number, not by both";
                faults.tell_name(&path.then("family_number"), reason, None);
            }
        }
        Step::Cancel(cancel) => {
            let path = path.then("cancel");
            if !matches!(cancel.handle.as_str(), "null" | "garbage") {
                let at = path.then("handle");
                names.registration(&at, &cancel.handle, Some(own), faults);
            }
            returns(cancel.returns.as_ref(), &path, faults);
        }
        Step::GetTeredoPort(call) => {
            let path = path.then("get_teredo_port");
            returns(call.returns.as_ref(), &path, faults);
            if let Some(port) = &call.port {
                place.value(port, &path.then("port"), faults);
            }
            if let Some(name) = &call.save {
                value::settable(name, &path.then("save"), faults);
            }
        }
        Step::GetIpInterfaceEntry(call) => {
            entry(call, &path.then("get_ip_interface_entry"), place, faults);
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
            place.row(&path, faults);
            faults.member(&path.then("member"), false, &read.member);
            if let Some(equals) = &read.equals {
                place.value(equals, &path.then("equals"), faults);
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
            faults.member(&path.then("member"), false, &read.member);
        }
        Step::FreeRow(_) => place.row(&path.then("free_row"), faults),
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
        Step::Wait(step) => {
            if !own.signals.contains(step.signal.as_str()) {
                let at = path.then("wait").then("signal");
                let help = super::faults::offer(&step.signal, own.signals.iter().copied());
                faults.tell(
                    &at,
                    format!("no step gives the signal `{}`", step.signal),
                    Some(&help),
                );
            }
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
        Step::Irql(_) => {
            if scenario.flavour != Flavour::Kernel {
                let help = "add `\"flavour\": \"kernel\"` to the scenario";
                faults.tell_name(&path.then("irql"), "the user flavour has no IRQL", Some(help));
            }
        }
        Step::LoadModule(step) => {
            if step.module.is_empty() {
                let at = path.then("load_module").then("module");
                faults.tell(&at, "the name of a module must not be empty", None);
            }
        }
        Step::UnloadModule(step) => {
            let at = path.then("unload_module").then("module");
            names.module(&at, own.process, &step.module, faults);
        }
        Step::Sleep(_) | Step::Repeat(_) | Step::ExitProcess(_) | Step::Checkpoint(_) => {}
    }
}

impl Place<'_, '_> {
    fn value(&self, value: &Value, path: &JsonPath, faults: &mut Faults) {
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

    fn context(&self, name: &str, path: &JsonPath, faults: &mut Faults) {
        faults.known(path, "context", name, &self.own.contexts);
    }

    /// A step on the callback's row: in callbacks of NotifyIpInterfaceChange.
    fn row(&self, path: &JsonPath, faults: &mut Faults) {
        let Runner::Callback(callback) = self.runner else {
            let help = "do it in a callback; `read_kept_row` reads a row that a callback kept";
            return faults.tell_name(path, "a thread has no row", Some(help));
        };
        let functions = self.own.registered.get(callback);
        let teredo = |functions: &&std::collections::BTreeSet<Function>| {
            !functions.contains(&Function::NotifyIpInterfaceChange)
        };
        if functions.filter(teredo).is_some() {
            let reason =
                format!("`{callback}` gets no row: it is registered for Teredo ports only");
            faults.tell_name(path, reason, None);
        }
    }
}

/// What the two Notify calls have in common.
struct Call<'a> {
    name: &'a str,
    callback: Option<&'a str>,
    context: Option<&'a str>,
    null_callback: bool,
    module: Option<&'a str>,
    foreign_process: Option<&'a str>,
    returns: Option<&'a String>,
}

impl<'a> From<&'a NotifyTeredoPortChange> for Call<'a> {
    fn from(call: &'a NotifyTeredoPortChange) -> Self {
        Self {
            name: &call.name,
            callback: call.callback.as_deref(),
            context: call.context.as_deref(),
            null_callback: call.null_callback,
            module: call.module.as_deref(),
            foreign_process: call.foreign_process.as_deref(),
            returns: call.returns.as_ref(),
        }
    }
}

impl<'a> From<&'a NotifyIpInterfaceChange> for Call<'a> {
    fn from(call: &'a NotifyIpInterfaceChange) -> Self {
        Self {
            name: &call.name,
            callback: call.callback.as_deref(),
            context: call.context.as_deref(),
            null_callback: call.null_callback,
            module: call.module.as_deref(),
            foreign_process: call.foreign_process.as_deref(),
            returns: call.returns.as_ref(),
        }
    }
}

fn notify(call: &Call<'_>, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    let Place { own, names, .. } = place;
    if matches!(call.name, "null" | "garbage") {
        let reason = format!("`{}` has a meaning of its own in `cancel`", call.name);
        faults.tell(&path.then("as"), reason, Some("choose another name"));
    } else {
        faults.good_name(&path.then("as"), "registration", call.name);
    }
    let made = own.registrations.get(call.name);
    if made.is_some_and(|made| made.len() > 1) {
        let reason = format!("`{}` is a registration of two different functions", call.name);
        faults.tell(&path.then("as"), reason, Some("choose another name for one of them"));
    }
    let other = call.foreign_process.and_then(|name| {
        let at = path.then("foreign_process");
        let other = names.client(&at, name, faults)?;
        if other.process == own.process {
            let reason = format!("`{name}` runs in the same process");
            faults.tell(&at, reason, None);
        }
        Some(other)
    });
    match call.callback {
        Some(_) if call.null_callback => {
            let help = "leave one of the two out";
            faults.tell(path, "a callback is named, and NULL is to be passed", Some(help));
        }
        Some(callback) => {
            let others = other.filter(|other| other.callbacks.contains(callback));
            if others.is_none() {
                faults.known(&path.then("callback"), "callback", callback, &own.callbacks);
            }
        }
        // Without a name the callback does nothing; NULL is `null_callback`.
        None => {}
    }
    if let Some(context) = call.context {
        let at = path.then("context");
        let number = !context.is_empty() && context.bytes().all(|byte| byte.is_ascii_digit());
        if !number {
            place.context(context, &at, faults);
        } else if context.parse::<u64>().is_err() {
            faults.tell(&at, "a context has at most 64 bits", None);
        }
    }
    if let Some(module) = call.module {
        // A module that is never loaded is how TP-23 is shown: that is the model's finding.
        if module.is_empty() {
            faults.tell(&path.then("module"), "the name of a module must not be empty", None);
        }
    }
    returns(call.returns, path, faults);
}

fn entry(call: &GetIpInterfaceEntry, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    if let Some(alias) = &call.interface {
        place.names.interface(&path.then("interface"), alias, faults);
        if call.luid.is_some() {
            let reason = "the LUID is given by alias or by number, not by both";
            faults.tell_name(&path.then("luid"), reason, None);
        }
    }
    if call.family.is_some() && call.family_number.is_some() {
        let reason = "a family is given by name or by number, not by both";
        faults.tell_name(&path.then("family_number"), reason, None);
    }
    if call.from_row {
        place.row(&path.then("from_row"), faults);
    }
    returns(call.returns.as_ref(), path, faults);
    for (member, value) in &call.expect {
        let at = path.then("expect").then(member.as_str());
        faults.member(&at, true, member);
        place.value(value, &at, faults);
    }
    for (member, name) in &call.save {
        let at = path.then("save").then(member.as_str());
        faults.member(&at, true, member);
        value::settable(name, &at, faults);
    }
}

fn returns(code: Option<&String>, path: &JsonPath, faults: &mut Faults) {
    if let Some(code) = code {
        faults.code(&path.then("returns"), code);
    }
}
