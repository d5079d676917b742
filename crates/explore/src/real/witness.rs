//! Who sees what goes on in the stacks: the end of the road, and calls from beyond.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use netiosim_sim::Observer;
use netiosim_sim::model::event::Event;
use netiosim_sim::model::machine::Machine;

use super::control::Link;
use super::driver::Message;
use super::failure::Trouble;
use crate::story;

/// The observer of the stack of one execution.
pub(crate) struct Witness {
    pub(crate) link: Arc<Link>,
    /// The execution that the stack is of: another one when it is made anew of what was left.
    pub(crate) execution: Arc<AtomicU64>,
}

impl Observer for Witness {
    fn events(&mut self, _: &Machine, _: &[Event]) {}

    fn stuck(&mut self, machine: &Machine) {
        let findings = machine.findings().to_vec();
        let story = story::of_machine(machine);
        let trace = machine.trace_text(machine.events());
        let (steps, statistics) = {
            let control = self.link.control.lock();
            (control.walk.steps().to_vec(), control.walk.statistics())
        };
        let trouble = Trouble::Deadlock(findings);
        self.link.outbox.send(Message::Stuck { trouble, steps, story, trace, statistics });
        // Its threads are never let go again.
        freeze();
    }

    fn called_after_end(&mut self, place: &str) {
        let mut control = self.link.control.lock();
        let execution = self.execution.load(Ordering::Relaxed);
        let own = control.execution == execution && control.under_way;
        if !own && control.ghost.is_none() {
            control.ghost = Some((execution, place.to_owned()));
        }
    }
}

/// Keeps the calling thread, and what it holds, for good; of coroutines, ends the execution and leaves them behind.
pub(crate) fn freeze() -> ! {
    #[cfg(feature = "coroutines")]
    netiosim_sim::Coroutines::abandon();
    #[cfg(not(feature = "coroutines"))]
    loop {
        std::thread::park();
    }
}
