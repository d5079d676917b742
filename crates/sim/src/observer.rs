//! Somebody who is told of everything that happens, as it happens.

use std::panic::Location;

use netiosim_model::event::Event;
use netiosim_model::machine::Machine;

use crate::core::Core;

/// Is told of the events of a stack as they happen, so that nothing is lost when the program crashes. Both
/// methods are called while the stack is locked and must not use it.
pub trait Observer: Send {
    /// What happened since the last time, at least one event.
    fn events(&mut self, machine: &Machine, events: &[Event]);

    /// The process is about to be aborted because of a deadlock, whose explanation has been written to stderr.
    fn aborting(&mut self, machine: &Machine) {
        let _ = machine;
    }

    /// A thread hangs from now on because of a deadlock ([`OnDeadlock::Hang`](crate::OnDeadlock::Hang)), or nothing can go on in a
    /// controlled stack and nobody waits for what could be refused: its threads are blocked for good where the
    /// stack cannot see it. The last finding says which.
    fn stuck(&mut self, machine: &Machine) {
        let _ = machine;
    }

    /// Somebody called the stack after it was dropped, from this place in the program.
    fn called_after_end(&mut self, place: &str) {
        let _ = place;
    }
}

impl Core {
    /// Tells the observers that this is the end.
    pub(crate) fn tell_stuck(&mut self) {
        self.observe();
        for observer in &mut self.observers {
            observer.stuck(&self.machine);
        }
    }

    /// Tells the observers of a call that comes too late.
    pub(crate) fn tell_of_ghost(&mut self, at: &Location<'_>) {
        if !self.observers.is_empty() {
            let place = format!("{}:{}", at.file().replace('\\', "/"), at.line());
            for observer in &mut self.observers {
                observer.called_after_end(&place);
            }
        }
    }

    /// Tells the observers what is new.
    pub(crate) fn observe(&mut self) {
        if self.observers.is_empty() {
            self.forget_events();
            return;
        }
        let events = self.machine.events();
        let seen = std::mem::replace(&mut self.seen, events.len());
        if let Some(fresh) = events.get(seen..).filter(|fresh| !fresh.is_empty()) {
            for observer in &mut self.observers {
                observer.events(&self.machine, fresh);
            }
        }
        self.forget_events();
    }

    /// Lets go of the events so far when there are more than are to be kept; the observers were told of them.
    fn forget_events(&mut self) {
        if self.keep.is_some_and(|keep| self.machine.events().len() >= 2 * keep) {
            drop(self.machine.take_events());
            self.seen = 0;
        }
    }

    /// Ends the process because of a deadlock; the observers are the last to be told.
    pub(crate) fn abort(&mut self) -> ! {
        self.observe();
        for observer in &mut self.observers {
            observer.aborting(&self.machine);
        }
        std::process::abort()
    }
}
