//! The call log as an expectation is held against it: a copy, so that no lock is held meanwhile.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use netiosim_model::ids::Handle;
use netiosim_model::status::{Flavour, KernelNames, Status, code_name};

use super::words;
use crate::call::{Args, Call};
use crate::core::Core;

/// A call of the log, with what the call itself does not say.
pub(super) struct Seen {
    pub(super) call: Call,
    /// The flavour of the caller, which decides what its code means.
    pub(super) flavour: Flavour,
    /// The registration that it made or cancelled, even one that was no more.
    pub(super) name: Option<Arc<str>>,
    /// The handle that it was given or gave out, unless NULL.
    pub(super) handle: Option<Handle>,
}

/// The calls so far.
pub(super) struct Log {
    pub(super) calls: Vec<Seen>,
    /// How many calls before them were forgotten.
    pub(super) gone: usize,
    pub(super) recording: bool,
    codes: HashMap<(Flavour, Status), u32>,
}

impl Log {
    pub(super) fn of(core: &Core) -> Self {
        let mut names: HashMap<Handle, Arc<str>> = HashMap::new();
        let mut codes = HashMap::new();
        let mut calls = Vec::with_capacity(core.calls.len());
        for record in &core.calls {
            let call = core.call(record);
            let flavour = core.machine.flavour(record.actor);
            if !codes.contains_key(&(flavour, Status::Success)) {
                let number = |status| ((flavour, status), core.machine.code(record.actor, status));
                codes.extend(Status::all().map(number));
            }
            let (name, handle) = match &call.args {
                Args::Register { name, .. } => (Some(name.clone()), call.handle),
                Args::Cancel { handle, name } => {
                    (name.clone().or_else(|| names.get(handle).cloned()), Some(*handle))
                }
                Args::Port { .. } | Args::Entry(_) | Args::Overlapped { .. } | Args::Call(_) => {
                    (None, None)
                }
            };
            let handle = handle.filter(|handle| !handle.is_null());
            if let (Args::Register { .. }, Some(name), Some(handle)) = (&call.args, &name, handle) {
                names.insert(handle, name.clone());
            }
            calls.push(Seen { call, flavour, name, handle });
        }
        Self { calls, gone: core.calls_gone, recording: core.recording, codes }
    }

    /// Which call of the stack's life this is, from 1.
    pub(super) fn number(&self, at: usize) -> usize {
        self.gone + at + 1
    }

    /// The number of an answer for a caller of this flavour.
    pub(super) fn code(&self, flavour: Flavour, status: Status) -> u32 {
        let known = self.codes.get(&(flavour, status)).copied();
        known.unwrap_or_else(|| status.code(flavour, KernelNames::default()))
    }
}

impl Seen {
    /// The call in one line: function, parameters, result.
    pub(super) fn text(&self) -> String {
        let Self { call, flavour, name, .. } = self;
        let mut text = format!("{}(", call.function.name());
        let parameters = match &call.args {
            Args::Register {
                name,
                family,
                callback,
                context,
                initial,
                handle_pointer,
                table_pointer,
            } => {
                let mut parts = vec![format!("\"{name}\"")];
                parts.extend(family.map(|family| format!("family {family}")));
                parts.extend((!callback).then(|| "no callback".to_owned()));
                parts.push(format!("context {context}"));
                parts.extend(initial.then(|| "initial notification".to_owned()));
                parts.extend((!handle_pointer).then(|| "no place for the handle".to_owned()));
                parts.extend((!table_pointer).then(|| "no place for the table".to_owned()));
                parts.join(", ")
            }
            Args::Cancel { handle, .. } => match name {
                Some(name) => format!("\"{name}\" {handle}"),
                None => handle.to_string(),
            },
            Args::Port { pointer: true } => String::new(),
            Args::Port { pointer: false } => "no place for the port".to_owned(),
            Args::Entry(Some(query)) => {
                format!("family {}, LUID {}, index {}", query.family, query.luid, query.index)
            }
            Args::Entry(None) => "no row".to_owned(),
            Args::Overlapped { name, handle_pointer } => {
                let name =
                    name.as_ref().map_or("no OVERLAPPED".into(), |name| format!("\"{name}\""));
                let handle = if *handle_pointer { ", handle" } else { "" };
                name + handle
            }
            Args::Call(call) => words::parameters(call),
        };
        text.push_str(&parameters);
        text.push(')');
        let written = match call.code {
            Some(_) if words::is_silent(call.function) => write!(text, " returned"),
            Some(code) => write!(text, " answered {}", code_text(code, *flavour)),
            None => write!(text, " has not returned"),
        };
        debug_assert!(written.is_ok(), "a String takes everything");
        if let (Args::Register { .. }, Some(handle)) = (&call.args, self.handle) {
            text.push_str(&format!(", handle {handle}"));
        }
        if let Some(port) = call.port {
            text.push_str(&format!(", port {port}"));
        }
        if let Some(output) = words::output(&call.output) {
            text.push_str(&format!(", {output}"));
        }
        text
    }
}

/// A code with its name, where it has one.
pub(super) fn code_text(code: u32, flavour: Flavour) -> String {
    let number = if code < 0x8000_0000 { code.to_string() } else { format!("{code:#010X}") };
    match code_name(code, flavour) {
        Some(name) => format!("{name} ({number})"),
        None => number,
    }
}
