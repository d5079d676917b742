//! Properties, looked at after every step.

use super::World;
use crate::outcome::Delivered;
use crate::watch::Scene;

impl World {
    /// Looks whether this is the moment of a property.
    ///
    /// It goes by the machine's usual accessors, so that for a search the step has read what decides it.
    pub(super) fn look(&mut self) {
        if self.program.properties.is_empty() {
            return;
        }
        let program = self.program.clone();
        let actors = &self.actors;
        let actor = |thread: usize| actors.get(thread).copied();
        let scene = Scene { machine: &self.machine, locks: &self.locks, actor: &actor };
        let now = self.history.watch.look(&program, &scene);
        if now.is_empty() {
            return;
        }
        let history = &mut *self.history;
        history.violated |= history.watch.note(&program, &now);
        for property in now {
            self.moments[property] = Some(self.events.len());
        }
    }

    /// A delivery of the registration of this name begins.
    pub(super) fn watch_delivery(&mut self, name: &str, delivered: &Delivered) {
        if !self.program.counted.is_empty() {
            let program = self.program.clone();
            self.history.watch.begun(&program, name, delivered);
        }
    }
}
