//! The timeline of a scenario, as it happens to a program in real time.

use std::sync::Arc;

use netiosim_sim::{Agenda, Happening};

use super::agent::Agent;
use super::wire::{Message, Moment};
use crate::format::Event;
use crate::outcome::Failure;
use crate::program::{EnvEvent, resolve_event};

/// The entries of the timeline, and the end of the time that the program is given.
pub(super) struct Timeline {
    agent: Agent,
    next: usize,
    linger_ms: Option<u64>,
    over: bool,
}

impl Timeline {
    pub(super) fn new(agent: Agent, linger_ms: Option<u64>) -> Self {
        Self { agent, next: 0, linger_ms, over: false }
    }

    fn entry(&self) -> Option<&(u64, Event)> {
        self.agent.program().timeline.get(self.next)
    }

    /// When the program has had time enough.
    fn end_ms(&self) -> Option<u64> {
        let last_ms = self.agent.program().timeline.last().map_or(0, |entry| entry.0);
        Some(last_ms.saturating_add(self.linger_ms?))
    }

    fn limit_ms(&self) -> u64 {
        self.agent.program().limits.virtual_ms
    }
}

impl Agenda for Timeline {
    fn next_ms(&self) -> Option<u64> {
        if self.over {
            return None;
        }
        let next_ms = self.entry().map(|entry| entry.0).or_else(|| self.end_ms());
        next_ms.into_iter().chain([self.limit_ms()]).min()
    }

    fn happen(&mut self, happening: &mut Happening<'_>) {
        let limit_ms = self.limit_ms();
        let entry = self.entry().filter(|entry| entry.0 <= limit_ms).cloned();
        if let Some((_, event)) = entry {
            let position = self.agent.program().timeline_places[self.next];
            self.next += 1;
            if let Err(reason) = self.apply(&event, happening) {
                let events = happening.machine().events().len();
                self.agent.record().lock().failures.push(Failure {
                    place: format!("timeline[{position}]").into(),
                    what: "the event".to_owned(),
                    expected: "that it can happen".to_owned(),
                    got: reason,
                    events,
                });
            }
            return;
        }
        self.over = true;
        let ended =
            self.entry().is_none() && self.end_ms().is_some_and(|end_ms| end_ms <= limit_ms);
        let limit =
            (!ended).then(|| format!("the limit of {limit_ms} virtual milliseconds was reached"));
        self.agent.judge(happening.machine(), Moment::Over, limit);
        self.agent.line().say(&Message::Over);
    }

    fn may_change(&self) -> bool {
        !self.over && self.entry().is_some()
    }
}

impl Timeline {
    /// Lets an event of the file happen.
    fn apply(&self, event: &Event, happening: &mut Happening<'_>) -> Result<(), String> {
        let program = Arc::clone(self.agent.program());
        let resolved = resolve_event(event, happening.machine().env(), &program)?;
        let (machine, chooser) = happening.parts();
        match resolved {
            EnvEvent::Changes(changes) => {
                for change in &changes {
                    let changed = machine.change(None, change, chooser);
                    changed.map_err(|error| error.to_string())?;
                }
            }
            EnvEvent::NsiRestart => machine.nsi_restart(),
            EnvEvent::NsiDown(down) => machine.set_nsi_down(down),
            EnvEvent::Reboot => happening.reboot(),
            EnvEvent::Fault(fault) => {
                machine.fault_add(fault);
            }
            EnvEvent::FaultClear(function) => machine.fault_clear(function),
            EnvEvent::ProcessExit(_) | EnvEvent::Module { .. } => {
                return Err("the scenario has no client that it could happen to".to_owned());
            }
        }
        Ok(())
    }
}
