//! What a program did, as far as the expectations look at it.

use std::sync::Arc;

use netiosim_model::event::{Event, What};
use netiosim_model::function::Shape;
use netiosim_model::ids::{Handle, LaneId};
use netiosim_model::machine::Machine;
use netiosim_model::notification::Notification;
use netiosim_sim::Observer;

use super::agent::Agent;
use super::wire::{Found, Judged, Message, Moment};
use crate::judge::{Unmet, judge};
use crate::live::onlooker::Onlooker;
use crate::outcome::{Delivered, Failure, Outcome};
use crate::program::Program;
use crate::world::{final_port, tables_held};

/// What happened so far.
#[derive(Default)]
pub(super) struct Record {
    events: Vec<Event>,
    deliveries: Vec<Delivered>,
    /// The registrations that were delivered to, by name.
    registrations: Vec<Arc<str>>,
    pub(super) failures: Vec<Failure>,
    /// What the properties have seen.
    onlooker: Option<Onlooker>,
}

impl Record {
    /// A record of which the properties of a program see what comes.
    pub(super) fn watched(program: &Arc<Program>) -> Self {
        Self { onlooker: Some(Onlooker::new(program)), ..Self::default() }
    }

    fn add(&mut self, machine: &Machine, event: &Event) {
        if let What::Begin { lane, number, notification } = &event.what
            && let Some(delivered) = self.delivered(machine, event, *lane, *number, notification)
        {
            self.deliveries.push(delivered);
        }
        self.events.push(event.clone());
    }

    fn delivered(
        &mut self,
        machine: &Machine,
        event: &Event,
        lane: LaneId,
        number: u32,
        notification: &Notification,
    ) -> Option<Delivered> {
        let registration = machine.registration(lane.handle)?;
        let row = notification.row().flatten();
        let luid = row.and_then(|row| row.interface());
        let alias = luid.and_then(|(luid, _)| machine.env().interface(luid));
        // A look at the table is no step of the program: a copy of the machine answers.
        let rows = notification.table().zip(event.actor);
        let rows = rows.and_then(|(table, actor)| machine.clone().table_rows(actor, table));
        Some(Delivered {
            registration: self.number(registration.name()),
            handle: lane.handle,
            number,
            notification: *notification,
            family: registration.lane_family(lane.lane),
            context: registration.context(),
            alias: alias.map(|interface| interface.alias.as_str().into()),
            rows: rows.map(|rows| u32::try_from(rows.len()).unwrap_or(u32::MAX)),
            during_register: self.is_registering(event, lane.handle),
            at_ms: event.at_ms,
        })
    }

    /// Whether the delivery runs inside the call that registers: its actor has called and not returned.
    fn is_registering(&self, event: &Event, handle: Handle) -> bool {
        let own = self.events.iter().rev().filter(|other| other.actor == event.actor);
        for other in own {
            match &other.what {
                What::Call { function, .. } => return function.spec().shape == Shape::Notify,
                What::Return { .. } => return false,
                What::Begin { lane, .. } if lane.handle != handle => return false,
                _ => {}
            }
        }
        false
    }

    fn number(&mut self, name: &str) -> usize {
        match self.registrations.iter().position(|known| **known == *name) {
            Some(known) => known,
            None => {
                self.registrations.push(name.into());
                self.registrations.len() - 1
            }
        }
    }

    /// Holds what there is against the expectations.
    pub(super) fn judge(
        &mut self,
        program: &Program,
        machine: &Machine,
        at: Moment,
        limit: Option<String>,
    ) -> Judged {
        for (_, registration) in machine.registrations() {
            self.number(registration.name());
        }
        // A registration that was expected and never came is one without deliveries.
        for expect in &program.expect.deliveries {
            self.number(&expect.registration);
        }
        for expect in &program.expect.order {
            self.number(&expect.registration);
        }
        let mut program = program.clone();
        program.registrations.clone_from(&self.registrations);
        program.registration_names.clone_from(&self.registrations);
        let outcome = Outcome {
            events: self.events.clone(),
            lines: Vec::new(),
            findings: machine.findings().to_vec(),
            deliveries: self.deliveries.clone(),
            failures: self.failures.clone(),
            threads: Vec::new(),
            moments: self.onlooker.as_ref().map(Onlooker::moments).unwrap_or_default(),
            variables: vec![None; program.variables.len()],
            env: machine.env_snapshot(),
            teredo_port: final_port(machine.clone(), program.flavour),
            tables_held: tables_held(machine),
            registrations: u32::try_from(machine.registrations().count()).unwrap_or(u32::MAX),
            limit: limit.clone(),
            steps: 0,
            virtual_ms: machine.now_ms(),
        };
        let unmet = judge(&program, &outcome);
        let of_finding = |unmet: &Unmet| unmet.path.starts_with("expect.findings");
        Judged {
            at,
            certain: !outcome.failures.is_empty()
                || unmet
                    .iter()
                    .any(|unmet| of_finding(unmet) && unmet.path != "expect.findings.must")
                || unmet.iter().any(Unmet::is_violated_property),
            unmet: unmet.into_iter().map(Into::into).collect(),
            limit,
        }
    }
}

/// Tells the command of everything as it happens.
pub(super) struct Watch(Agent);

impl Watch {
    pub(super) fn new(agent: Agent) -> Self {
        Self(agent)
    }
}

impl Observer for Watch {
    fn events(&mut self, machine: &Machine, events: &[Event]) {
        let line = self.0.line();
        let mut record = self.0.record().lock();
        for event in events {
            record.add(machine, event);
        }
        if let Some(onlooker) = &mut record.onlooker {
            onlooker.look(machine, events);
        }
        let deliveries = record.deliveries.len();
        drop(record);
        let lines = events.iter().map(|event| machine.trace_line(event)).collect();
        line.say(&Message::Trace { lines, deliveries, now_ms: machine.now_ms() });
        for event in events {
            if let What::Finding(at) = event.what
                && let Some(finding) = machine.findings().get(at)
            {
                line.say(&Message::Finding(Found {
                    rule: finding.rule.id().to_owned(),
                    message: finding.message.clone(),
                    text: finding.to_string(),
                }));
            }
        }
    }

    fn aborting(&mut self, machine: &Machine) {
        self.0.judge(machine, Moment::Abort, None);
    }
}
