//! The trace as text: one line per event, in fixed columns.

use std::fmt::Write as _;

use crate::change::Effect;
use crate::event::{Event, What};
use crate::ids::{Handle, LaneId};
use crate::machine::{Machine, Wait};
use crate::net::NotificationType;
use crate::status::{Flavour, code_name};

impl Machine {
    /// One line for one event: virtual time in milliseconds, actor, what happened.
    ///
    /// The text depends on names and numbers of this machine only, so equal runs give equal bytes.
    #[must_use]
    pub fn trace_line(&self, event: &Event) -> String {
        let actor = event.actor.map_or("-", |actor| self.actor_info(actor).name());
        let mut line = format!("{:>9}  {actor:<16}  ", event.at_ms);
        self.describe(event, &mut line);
        if let Some(place) = event.place {
            let _ = write!(line, "  [{}]", self.place_text(place));
        }
        line
    }

    /// Many lines, each ended by a line feed.
    #[must_use]
    pub fn trace_text<'a>(&self, events: impl IntoIterator<Item = &'a Event>) -> String {
        let mut text = String::new();
        for event in events {
            text.push_str(&self.trace_line(event));
            text.push('\n');
        }
        text
    }

    fn describe(&self, event: &Event, line: &mut String) {
        let _ = match &event.what {
            What::Call { function, handle: Some(handle) } => {
                write!(line, "call    {}({})", function.name(), self.handle_text(*handle))
            }
            What::Call { function, handle: None } => write!(line, "call    {}", function.name()),
            What::Return { function, code, handle, port } => {
                let flavour = event.actor.map(|actor| self.flavour(actor)).unwrap_or_default();
                let name = code_name(*code, flavour);
                let _ = write!(line, "return  {} = ", function.name());
                let _ = match name {
                    // NTSTATUS is written in hexadecimal, Win32 codes in decimal.
                    Some(name) if flavour == Flavour::Kernel && *code > 0xFFFF => {
                        write!(line, "{name} ({code:#x})")
                    }
                    Some(name) => write!(line, "{name} ({code})"),
                    None => write!(line, "{code:#x}"),
                };
                if let Some(port) = port {
                    let _ = write!(line, ", port {port}");
                }
                match handle {
                    Some(handle) => write!(line, ", {}", self.handle_text(*handle)),
                    None => Ok(()),
                }
            }
            What::Begin { lane, number, notification } => {
                write!(line, "begin   {} #{number}: {notification}", self.lane_text(*lane))
            }
            What::End { lane, number } => {
                write!(line, "end     {} #{number}", self.lane_text(*lane))
            }
            What::Waits(Wait::Cancel(_)) => {
                write!(line, "waits   for the running callback to return")
            }
            What::Waits(wait) => write!(line, "waits   {}", self.wait_words(*wait)),
            What::Locked(lock) => write!(line, "lock    {}", self.lock_info(*lock).name),
            What::Unlocked(lock) => write!(line, "unlock  {}", self.lock_info(*lock).name),
            What::Sent(channel) => write!(line, "send    {}", self.channel_info(*channel).name),
            What::Received(channel) => write!(line, "receive {}", self.channel_info(*channel).name),
            What::Signalled(signal) => write!(line, "signal  {}", self.signal_name(*signal)),
            What::Exited(actor) => write!(line, "exit    {}", self.actor_info(*actor).name()),
            What::Joined(actor) => write!(line, "joined  {}", self.actor_info(*actor).name()),
            What::Constructed(object) => write!(line, "constr  {}", self.object_name(*object)),
            What::Destroyed(object) => write!(line, "destroy {}", self.object_name(*object)),
            What::Change(name) => write!(line, "change  {name}"),
            What::Effect(effect) => self.describe_effect(effect, line),
            What::ProcessExit(process) => {
                write!(line, "exit    process {}", self.processes()[process.slot()].name())
            }
            What::Module { module, loaded } => {
                write!(line, "module  {} {}", module.0, if *loaded { "loaded" } else { "unloaded" })
            }
            What::Reboot => write!(line, "reboot"),
            What::NsiRestart => write!(line, "restart of the NSI service"),
            What::Fault(_) => write!(line, "fault   the call fails as the test asked"),
            What::Finding(at) => match self.findings().get(*at) {
                Some(finding) => write!(line, "FINDING {}: {}", finding.rule.id(), finding.message),
                None => write!(line, "FINDING"),
            },
            What::Note(text) => write!(line, "note    {text}"),
        };
    }

    fn describe_effect(&self, effect: &Effect, line: &mut String) -> std::fmt::Result {
        let port = |port: &Option<u16>| port.map_or_else(|| "none".to_owned(), |p| p.to_string());
        match effect {
            Effect::TeredoState { from, to } => {
                write!(line, "effect  Teredo {} to {}", from.word(), to.word())
            }
            Effect::TeredoPort { from, to } => {
                write!(line, "effect  Teredo port {} to {}", port(from), port(to))
            }
            Effect::IpInterface { index, family, kind, .. } => {
                write!(line, "effect  {family} interface {index}: {}", kind.mib_name())
            }
            Effect::Address { address, index, kind, .. } => {
                write!(line, "effect  address {address} {} interface {index}", done(*kind))
            }
            Effect::Route { key, index, kind } => {
                write!(line, "effect  route {key} {} interface {index}", done(*kind))
            }
            Effect::Hint(hint) => write!(line, "effect  {hint}"),
        }
    }

    fn handle_text(&self, handle: Handle) -> String {
        if handle.is_null() {
            return "NULL".to_owned();
        }
        match (self.label(handle), self.registration(handle)) {
            (Some((name, _)), _) => name.to_string(),
            // It was made while nothing was recorded.
            (None, Some(registration)) => registration.name().to_owned(),
            (None, None) => handle.to_string(),
        }
    }

    fn lane_text(&self, lane: LaneId) -> String {
        let name = self.handle_text(lane.handle);
        let both = self.label(lane.handle).is_some_and(|(_, both)| *both);
        match (both, lane.lane) {
            (true, 0) => format!("{name}/IPv4"),
            (true, _) => format!("{name}/IPv6"),
            (false, _) => name,
        }
    }
}

fn done(kind: NotificationType) -> &'static str {
    match kind {
        NotificationType::Add => "added to",
        NotificationType::Delete => "removed from",
        NotificationType::Parameter | NotificationType::Initial => "changed on",
    }
}
