//! Who sees what goes on in the stacks: the end of the road, and calls from beyond.

use std::sync::Arc;

use netiosim_sim::Observer;
use netiosim_sim::model::event::Event;
use netiosim_sim::model::machine::Machine;
use parking_lot::Mutex;

use super::control::Control;
use super::driver::{Message, Outbox};
use super::failure::Trouble;
use crate::story;

/// The observer of the stack of one execution.
pub(crate) struct Witness {
    pub(crate) control: Arc<Mutex<Control>>,
    pub(crate) outbox: Outbox,
    pub(crate) execution: u64,
}

impl Observer for Witness {
    fn events(&mut self, _: &Machine, _: &[Event]) {}

    fn stuck(&mut self, machine: &Machine) {
        let findings = machine.findings().to_vec();
        let story = story::of_machine(machine);
        let trace = machine.trace_text(machine.events());
        let (steps, statistics) = {
            let control = self.control.lock();
            (control.walk.steps().to_vec(), control.walk.statistics())
        };
        let trouble = Trouble::Deadlock(findings);
        self.outbox.send(Message::Stuck { trouble, steps, story, trace, statistics });
        // Its threads are never let go again.
        freeze();
    }

    fn called_after_end(&mut self, place: &str) {
        let mut control = self.control.lock();
        let own = control.execution == self.execution && control.under_way;
        if !own && control.ghost.is_none() {
            control.ghost = Some((self.execution, place.to_owned()));
        }
    }
}

/// Keeps the calling thread, and what it holds, for good.
pub(crate) fn freeze() -> ! {
    loop {
        std::thread::park();
    }
}
