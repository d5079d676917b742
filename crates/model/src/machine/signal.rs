//! Signals: what a thread waits for until another sets it; with auto-reset and a reset, the events of Windows.
//!
//! A signal that is set lets its waiters pass, and which of the waiters of an auto-reset signal goes on is left
//! to the driver. Windows decides while it sets the event; so before anything else is done to a signal, those
//! who would have been let pass are: a reset, or another thread's question, takes nothing away from them
//! (derived from the pages of SetEvent, ResetEvent and the wait functions).

use std::fmt::Write as _;
use std::sync::Arc;

use super::Machine;
use super::actor::Wait;
use super::resource::Begun;
use crate::event::What;
use crate::ids::{ActorId, SignalId};

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Signal {
    pub(crate) name: Arc<str>,
    set: bool,
    /// Whether one waiter that passes unsets it.
    auto_reset: bool,
    /// Of a wait for several: those, and whether all of them are needed.
    group: Option<(Vec<SignalId>, bool)>,
    /// Whose wait is over, whatever becomes of the signal; and which of a group's did it.
    released: Vec<(ActorId, SignalId)>,
}

impl Machine {
    /// Adds a signal, not set, that stays set until it is reset.
    pub fn signal(&mut self, name: &str) -> SignalId {
        self.add_signal(name.into(), false, None)
    }

    /// Adds a signal, not set, that one waiter that passes unsets.
    pub fn auto_reset_signal(&mut self, name: &str) -> SignalId {
        self.add_signal(name.into(), true, None)
    }

    /// What to wait for in order to wait for one, or for all, of several signals. It is never set itself, and
    /// asking again gives the same.
    pub fn group_signal(&mut self, parts: &[SignalId], all: bool) -> SignalId {
        let same =
            |signal: &Signal| signal.group.as_ref().is_some_and(|g| g.0 == parts && g.1 == all);
        if let Some(at) = self.state.signals.iter().position(same) {
            return SignalId::at(at);
        }
        let mut name = String::from(if all { "all of" } else { "one of" });
        for (n, part) in parts.iter().enumerate() {
            let comma = if n == 0 { "" } else { "," };
            let _ = write!(name, "{comma} \"{}\"", self.signal_name(*part));
        }
        self.add_signal(name.into(), false, Some((parts.to_vec(), all)))
    }

    fn add_signal(
        &mut self,
        name: Arc<str>,
        auto_reset: bool,
        group: Option<(Vec<SignalId>, bool)>,
    ) -> SignalId {
        let id = SignalId::at(self.state.signals.len());
        let released = Vec::new();
        self.state.signals.push(Signal { name, set: false, auto_reset, group, released });
        id
    }

    /// The name of a signal.
    #[must_use]
    pub fn signal_name(&self, signal: SignalId) -> &str {
        &self.state.signals[signal.slot()].name
    }

    pub(crate) fn signal_words(&self, signal: SignalId) -> String {
        let entry = &self.state.signals[signal.slot()];
        match entry.group {
            Some(_) => format!("for {}", entry.name),
            None => format!("for signal \"{}\"", entry.name),
        }
    }

    /// Whether a wait for a signal would pass now.
    #[must_use]
    pub fn is_signalled(&self, signal: SignalId) -> bool {
        let entry = &self.state.signals[signal.slot()];
        match &entry.group {
            None => entry.set,
            Some((parts, true)) => parts.iter().all(|part| self.is_signalled(*part)),
            Some((parts, false)) => parts.iter().any(|part| self.is_signalled(*part)),
        }
    }

    /// Sets a signal, until it is reset.
    pub fn set_signal(&mut self, actor: ActorId, signal: SignalId) {
        self.raise(signal);
        self.event(Some(actor), What::Signalled(signal));
    }

    /// Sets a signal that the system sets, and nobody's step.
    pub(crate) fn raise_signal(&mut self, signal: SignalId) {
        self.raise(signal);
        self.event(None, What::Signalled(signal));
    }

    fn raise(&mut self, signal: SignalId) {
        if self.state.signals[signal.slot()].auto_reset {
            self.settle_signal(signal);
        }
        self.state.signals[signal.slot()].set = true;
    }

    /// Unsets a signal; who waited while it was set passes all the same.
    pub fn reset_signal(&mut self, signal: SignalId) {
        self.settle_signal(signal);
        self.state.signals[signal.slot()].set = false;
    }

    /// Waits until a signal is set.
    pub fn wait_signal(&mut self, actor: ActorId, signal: SignalId) -> Begun {
        self.settle_signal(signal);
        self.state.signals[signal.slot()].released.retain(|entry| entry.0 != actor);
        self.wait_or(actor, Wait::Signal(signal))
    }

    /// Passes a signal if that is possible at once; of a group, with the position of the first that was set.
    pub fn try_signal(&mut self, actor: ActorId, signal: SignalId) -> Option<usize> {
        self.settle_signal(signal);
        if !self.is_signalled(signal) {
            return None;
        }
        let at = self.first_set(signal);
        self.pass_signal(actor, signal);
        Some(at)
    }

    /// Of a group that an actor waits for and may pass: the position of the one that lets it, which is the first
    /// if several do. 0 for a signal that is no group, and for a wait for all.
    #[must_use]
    pub fn signal_position(&self, actor: ActorId) -> usize {
        let Some(Wait::Signal(signal)) = self.state.actors[actor.slot()].wait else { return 0 };
        let entry = &self.state.signals[signal.slot()];
        match (entry.released.iter().find(|entry| entry.0 == actor), &entry.group) {
            (Some((_, by)), Some((parts, false))) => {
                parts.iter().position(|part| part == by).unwrap_or(0)
            }
            _ => self.first_set(signal),
        }
    }

    fn first_set(&self, signal: SignalId) -> usize {
        match &self.state.signals[signal.slot()].group {
            Some((parts, false)) => {
                parts.iter().position(|part| self.is_signalled(*part)).unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// Gives up a wait for a signal that is not over: its time is up.
    pub fn stop_waiting(&mut self, actor: ActorId) {
        let entry = &mut self.state.actors[actor.slot()];
        if matches!(entry.wait, Some(Wait::Signal(_))) {
            entry.wait = None;
        }
    }

    pub(super) fn signal_lets_pass(&self, actor: ActorId, signal: SignalId) -> bool {
        let released = &self.state.signals[signal.slot()].released;
        released.iter().any(|entry| entry.0 == actor) || self.is_signalled(signal)
    }

    /// An actor passes: what unsets itself is unset, if it was not for this actor before.
    pub(super) fn pass_signal(&mut self, actor: ActorId, signal: SignalId) {
        let released = &mut self.state.signals[signal.slot()].released;
        match released.iter().position(|entry| entry.0 == actor) {
            Some(at) => {
                released.remove(at);
            }
            None => self.consume(signal),
        }
    }

    fn consume(&mut self, signal: SignalId) {
        let entry = &self.state.signals[signal.slot()];
        let parts = match &entry.group {
            None => vec![signal],
            Some((parts, true)) => parts.clone(),
            Some((parts, false)) => {
                parts.get(self.first_set(signal)).copied().into_iter().collect()
            }
        };
        for part in parts {
            let entry = &mut self.state.signals[part.slot()];
            entry.set &= !entry.auto_reset;
        }
    }

    /// Releases the waiters who would have been let pass by now: all of them, or one per auto-reset signal.
    fn settle_signal(&mut self, signal: SignalId) {
        let parts = match &self.state.signals[signal.slot()].group {
            Some((parts, _)) => parts.clone(),
            None => vec![signal],
        };
        if !parts.iter().any(|part| self.state.signals[part.slot()].set) {
            return;
        }
        for n in 0..self.state.actors.len() {
            let (actor, entry) = (ActorId::at(n), &self.state.actors[n]);
            let Some(Wait::Signal(wanted)) = entry.wait.filter(|_| entry.alive) else { continue };
            let touched = match &self.state.signals[wanted.slot()].group {
                Some((own, _)) => own.iter().any(|part| parts.contains(part)),
                None => parts.contains(&wanted),
            };
            let waits = !self.state.signals[wanted.slot()].released.iter().any(|e| e.0 == actor);
            if touched && waits && self.is_signalled(wanted) {
                let by = match &self.state.signals[wanted.slot()].group {
                    Some((own, false)) => own[self.first_set(wanted)],
                    _ => wanted,
                };
                self.consume(wanted);
                self.state.signals[wanted.slot()].released.push((actor, by));
            }
        }
    }
}
