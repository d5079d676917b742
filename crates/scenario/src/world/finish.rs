//! The end of a run: what came out.

use std::sync::Arc;

use netiosim_model::choose::Seeded;
use netiosim_model::function::Function;
use netiosim_model::ids::ProcessId;
use netiosim_model::machine::Machine;
use netiosim_model::status::Flavour;

use super::World;
use crate::outcome::{Ended, Outcome};

impl World {
    /// Ends the run: whoever still waits is reported, and the rest is summed up.
    #[must_use]
    pub fn finish(self, limit: Option<String>) -> Outcome {
        self.sum_up(limit, true)
    }

    /// The same without the text of the trace.
    #[must_use]
    pub fn finish_untold(self, limit: Option<String>) -> Outcome {
        self.sum_up(limit, false)
    }

    fn sum_up(mut self, limit: Option<String>, tell: bool) -> Outcome {
        if limit.is_none() {
            self.machine.report_stuck();
        }
        self.events.extend(self.machine.take_events());
        let threads = self.threads.iter().map(|runner| match runner {
            None => Ended::NotStarted,
            Some(runner) if self.machine.actor_info(self.runners[*runner].actor).is_alive() => {
                Ended::Blocked
            }
            Some(_) => Ended::Finished,
        });
        let threads = threads.collect();
        let told = self.events.iter().filter(|_| tell);
        let lines = told.map(|event| self.machine.trace_line(event)).collect();
        let findings = self.machine.findings().to_vec();
        let virtual_ms = self.machine.now_ms();
        let env = Arc::new(self.machine.env().clone());
        let tables_held = tables_held(&self.machine);
        let registrations = u32::try_from(self.machine.registrations().count()).unwrap_or(u32::MAX);
        let teredo_port = final_port(self.machine, self.program.flavour);
        Outcome {
            events: self.events,
            lines,
            findings,
            deliveries: self.deliveries,
            failures: self.failures,
            threads,
            moments: self.moments,
            variables: self.store.variables.all().to_vec(),
            env,
            teredo_port,
            tables_held,
            registrations,
            limit,
            steps: self.steps,
            virtual_ms,
        }
    }
}

/// The tables that living processes have not freed.
pub(crate) fn tables_held(machine: &Machine) -> Vec<Function> {
    let processes = (0u32..).zip(machine.processes());
    let alive = processes.filter(|(_, process)| process.is_alive());
    let held = alive.flat_map(|(n, _)| machine.tables_held(ProcessId(n)));
    held.map(|(_, function)| function).collect()
}

/// What GetTeredoPort answers at the end: asked by nobody, so that it leaves no trace.
pub(crate) fn final_port(mut machine: Machine, flavour: Flavour) -> (u32, Option<u16>) {
    machine.record(false);
    machine.fault_clear(None);
    let process = machine.process("judge", flavour);
    let actor = machine.actor("judge", process);
    let (_, code, port) = machine.get_teredo_port(actor, true, &mut Seeded::new(0));
    (code, port)
}
