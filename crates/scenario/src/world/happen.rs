//! Events of the file, as they happen to the stepped model.

use std::sync::Arc;

use netiosim_model::ids::{ActorId, ProcessId};

use super::World;
use crate::program::{EnvEvent, resolve_event};

impl World {
    /// Lets an event of the file happen.
    pub(super) fn happen(
        &mut self,
        event: &crate::format::Event,
        actor: Option<ActorId>,
        place: &Arc<str>,
    ) {
        let resolved = resolve_event(event, self.machine.env(), &self.program);
        let outcome = match resolved {
            Err(reason) => Err(reason),
            Ok(EnvEvent::Changes(changes)) => changes.iter().try_for_each(|change| {
                self.machine
                    .change(actor, change, &mut self.chooser)
                    .map_err(|error| error.to_string())
            }),
            Ok(other) => {
                self.happen_to_machine(other, actor);
                Ok(())
            }
        };
        if let Err(reason) = outcome {
            self.fail(place, "the event", "that it can happen", reason);
        }
    }

    pub(super) fn happen_to_machine(&mut self, event: EnvEvent, actor: Option<ActorId>) {
        match event {
            EnvEvent::Changes(_) => unreachable!("changes are applied before"),
            EnvEvent::NsiRestart => self.machine.nsi_restart(),
            EnvEvent::NsiDown(down) => self.machine.set_nsi_down(down),
            EnvEvent::ProcessExit(process) => {
                let process = self.processes[process];
                let actor = actor.or_else(|| self.actor_in(process));
                if let Some(actor) = actor {
                    self.machine.process_exit(actor, process);
                }
                self.drop_dead_frames();
            }
            EnvEvent::Reboot => {
                self.machine.reboot(&mut self.chooser);
                self.drop_dead_frames();
            }
            EnvEvent::Module { module, loaded } => {
                let process = self.processes[self.program.modules[module].0];
                let module = self.modules[module];
                match actor.or_else(|| self.actor_in(process)) {
                    Some(actor) if !loaded => self.machine.module_unload(actor, process, module),
                    // A process without a thread has nobody who could have registered.
                    None if !loaded => {}
                    _ => self.machine.module_load(process, module),
                }
            }
            EnvEvent::Fault(fault) => {
                self.machine.fault_add(fault);
            }
            EnvEvent::FaultClear(function) => self.machine.fault_clear(function),
        }
    }

    fn actor_in(&self, process: ProcessId) -> Option<ActorId> {
        let mut actors = self.runners.iter().map(|runner| runner.actor);
        actors.find(|actor| self.machine.actor_info(*actor).process() == process)
    }

    pub(super) fn drop_dead_frames(&mut self) {
        for n in 0..self.runners.len() {
            if !self.alive(&self.runners[n]) {
                self.runners[n].frames.clear();
                self.wake(n);
            }
        }
    }
}
