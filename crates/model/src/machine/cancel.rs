//! CancelMibChangeNotify2, in two steps.

use super::actor::{LockMode, Wait};
use super::register::stale_status;
use super::registration::{Death, Lane, Life};
use super::{Grave, Machine};
use crate::choose::Chooser;
use crate::event::{Function, What};
use crate::ids::{ActorId, Handle, LockId};
use crate::profile::OptionId;
use crate::rule::Rule;
use crate::status::Status;

/// What the first step of a cancel answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum CancelBegin {
    /// The call is over.
    Done {
        /// What happened.
        status: Status,
        /// The number that the caller sees.
        code: u32,
    },
    /// The actor has to wait for running callbacks; see [`Machine::can_end`], and end with
    /// [`Machine::cancel_end`].
    Wait,
    /// The wait closes a cycle and would never end; the finding is at this position. The actor is
    /// left waiting; [`Machine::abandon`] takes it out.
    Cycle(usize),
}

impl Machine {
    /// The first step of CancelMibChangeNotify2 (CX-01 to CX-17).
    ///
    /// From here on nothing that was not queued before is delivered; what was queued is dropped, or
    /// may still begin until the cancel returns, by the option `events-during-cancel` (O-19).
    pub fn cancel_begin(
        &mut self,
        actor: ActorId,
        handle: Handle,
        chooser: &mut dyn Chooser,
    ) -> CancelBegin {
        let function = Function::CancelMibChangeNotify2;
        self.event(Some(actor), What::Call { function, handle: Some(handle) });
        self.check_irql(actor, function);
        let name = self.registration(handle).map(|registration| registration.name.clone());
        if let Some(status) = self.fault(actor, function, Some(handle), name.as_ref()) {
            self.end_failed(actor, handle, chooser);
            return self.cancel_done(actor, handle, status);
        }
        if handle.is_null() {
            // CX-01, CX-02. Where registrations are stubs their handle is NULL, and is taken back.
            let status = match self.pick(OptionId::Registration, chooser) {
                "stub" => stale_status(self.pick(OptionId::StaleCancel, chooser)),
                _ => Status::InvalidParameter,
            };
            return self.cancel_done(actor, handle, status);
        }
        let own = self.state.actors[actor.slot()].process;
        let life = self.registration(handle).filter(|r| r.process == own).map(|r| r.life.clone());
        let others = match life {
            None | Some(Life::Dying(_)) => {
                self.stale(actor, handle);
                let status = stale_status(self.pick(OptionId::StaleCancel, chooser));
                return self.cancel_done(actor, handle, status);
            }
            Some(Life::Live) => Vec::new(),
            Some(Life::Cancelling(others)) => others,
        };
        if !others.is_empty() && self.pick(OptionId::ConcurrentCancel, chooser) == "refuse" {
            // A callback may still run: whoever is refused must not take that for the end.
            let status = match stale_status(self.pick(OptionId::StaleCancel, chooser)) {
                Status::Success => Status::InvalidParameter,
                status => status,
            };
            return self.cancel_done(actor, handle, status);
        }
        let keep = self.pick(OptionId::EventsDuringCancel, chooser) == "deliver";
        let mut cancellers = others;
        cancellers.push(actor);
        let first = cancellers.len() == 1;
        if let Some(registration) = self.registration_mut(handle) {
            registration.life = Life::Cancelling(cancellers);
            if first && !keep {
                registration.lanes.iter_mut().for_each(Lane::set_aside);
            }
            let born = registration.born;
            self.state.live.remove(&born);
        }
        self.refresh_ready(handle);
        let idle = self
            .registration(handle)
            .is_none_or(|r| r.running().next().is_none() && r.pending() == 0);
        if idle {
            self.predict(actor, handle);
            self.bury(handle, Death::Cancelled);
            return self.cancel_done(actor, handle, Status::Success);
        }
        self.state.actors[actor.slot()].wait = Some(Wait::Cancel(handle));
        self.event(Some(actor), What::Waits(Wait::Cancel(handle)));
        match self.closes_cycle(actor) {
            Some(finding) => {
                if let Some(registration) = self.registration(handle) {
                    let born = registration.born;
                    self.state.hung.insert(born, handle);
                }
                CancelBegin::Cycle(finding)
            }
            None => {
                // From here on the cancel will succeed: what was set aside is dropped for good, unless
                // another cancel of the handle is part of a deadlock.
                let hung = self
                    .registration(handle)
                    .is_some_and(|r| self.state.hung.contains_key(&r.born));
                if let Some(registration) = self.registration_mut(handle).filter(|_| !hung) {
                    registration.lanes.iter_mut().for_each(Lane::drop_aside);
                }
                CancelBegin::Wait
            }
        }
    }

    /// The second step: the callbacks have returned, so does the cancel.
    ///
    /// # Panics
    ///
    /// If the actor is not in a cancel that [can end](Machine::can_end).
    pub fn cancel_end(&mut self, actor: ActorId) -> (Status, u32) {
        assert!(self.can_end(actor), "a cancel ends only after the running callbacks");
        let Some(Wait::Cancel(handle)) = self.state.actors[actor.slot()].wait.take() else {
            panic!("the actor is in a cancel");
        };
        self.state.actors[actor.slot()].deadlocked = false;
        // The timing was lucky for all who cancel it together; the first to return tells of it.
        if let Some(Life::Cancelling(cancellers)) =
            self.registration(handle).map(|r| r.life.clone())
        {
            for canceller in cancellers {
                self.predict(canceller, handle);
            }
        }
        self.bury(handle, Death::Cancelled);
        let CancelBegin::Done { status, code } = self.cancel_done(actor, handle, Status::Success)
        else {
            unreachable!("a cancel that is over is done");
        };
        (status, code)
    }

    fn cancel_done(&mut self, actor: ActorId, handle: Handle, status: Status) -> CancelBegin {
        let code = self.code(actor, status);
        self.returned(actor, Function::CancelMibChangeNotify2, code, Some(handle));
        CancelBegin::Done { status, code }
    }

    /// Takes an actor out of a wait that would never end; for a cancel the answer is
    /// ERROR_POSSIBLE_DEADLOCK, and by the option `failed-cancel` the registration stays live.
    pub fn abandon(&mut self, actor: ActorId, chooser: &mut dyn Chooser) -> (Status, u32) {
        let entry = &mut self.state.actors[actor.slot()];
        entry.deadlocked = false;
        let status = Status::PossibleDeadlock;
        if let Some(Wait::Cancel(handle)) = entry.wait.take() {
            let gone = self.pick(OptionId::FailedCancel, chooser) == "gone";
            let mut last = None;
            if let Some(registration) = self.registration_mut(handle)
                && let Life::Cancelling(cancellers) = &mut registration.life
            {
                cancellers.retain(|other| *other != actor);
                last = cancellers.is_empty().then_some((registration.born, registration.doomed));
            }
            if let Some((born, doomed)) = last {
                self.state.hung.remove(&born);
                match doomed.or(gone.then_some(Death::FailedCancel)) {
                    Some(death) => self.kill(handle, death),
                    None => {
                        if let Some(registration) = self.registration_mut(handle) {
                            registration.life = Life::Live;
                            registration.lanes.iter_mut().for_each(Lane::take_back);
                        }
                        self.state.live.insert(born, handle);
                    }
                }
            }
            self.refresh_ready(handle);
            let _ = self.cancel_done(actor, handle, status);
        }
        self.dissolve();
        (status, self.code(actor, status))
    }

    /// A cancel of the caller's own live registration failed: by the option `failed-cancel` that
    /// ends it, or leaves it as it was.
    fn end_failed(&mut self, actor: ActorId, handle: Handle, chooser: &mut dyn Chooser) {
        let own = self.state.actors[actor.slot()].process;
        let live = self.registration(handle).is_some_and(|r| r.is_live() && r.process == own);
        if !live || self.pick(OptionId::FailedCancel, chooser) != "gone" {
            return;
        }
        self.kill(handle, Death::FailedCancel);
    }

    /// Ends a registration without a word; callbacks that run go on to their end.
    pub(crate) fn kill(&mut self, handle: Handle, death: Death) {
        let Some(registration) = self.registration_mut(handle) else {
            return;
        };
        if registration.running().next().is_none() {
            self.bury(handle, death);
            return;
        }
        registration.life = Life::Dying(death);
        registration.lanes.iter_mut().for_each(Lane::clear);
        let born = registration.born;
        self.state.live.remove(&born);
        self.state.hung.remove(&born);
        self.refresh_ready(handle);
    }

    /// Removes a registration for good and remembers how it ended.
    pub(crate) fn bury(&mut self, handle: Handle, death: Death) {
        if self.registration(handle).is_none() {
            return;
        }
        let Some(slot) = handle.slot() else { return };
        if let Some(registration) = self.registration_mut(handle) {
            registration.lanes.iter_mut().for_each(Lane::clear);
        }
        self.refresh_ready(handle);
        let entry = &mut self.state.slots[slot];
        if let Some(registration) = entry.registration.take() {
            self.state.live.remove(&registration.born);
            self.state.hung.remove(&registration.born);
            let (generation, name) = (entry.generation, registration.name.clone());
            entry.grave = Some(Grave { generation, name, death });
            entry.generation = entry.generation.wrapping_add(1) & 0xF_FFFF;
            self.state.free_slots.push(u32::try_from(slot).unwrap_or_default());
            if self.state.free_slots.len() == self.state.slots.len() {
                // They tell registrations apart, and what those are owed. Where there is none, what follows does not
                // depend on how many there were.
                *self.state.next_order = 0;
                *self.state.next_birth = 0;
            }
        }
    }

    /// How a registration ended, as far as its slot still remembers: its name and its death.
    #[must_use]
    pub fn death(&self, handle: Handle) -> Option<(&str, Death)> {
        if handle.stack() != self.state.tag {
            return None;
        }
        let slot = self.state.slots.get(handle.slot()?)?;
        if let Some(registration) = &slot.registration
            && slot.generation & 0xF_FFFF == handle.generation()
        {
            return match registration.life {
                Life::Dying(death) => Some((&registration.name, death)),
                _ => None,
            };
        }
        let grave = slot.grave.as_ref()?;
        (grave.generation == handle.generation()).then_some((&grave.name, grave.death))
    }

    fn stale(&mut self, actor: ActorId, handle: Handle) {
        let message = if handle.stack() != self.state.tag && handle.slot().is_some() {
            format!("the handle {handle} was cancelled on a stack that did not give it")
        } else if let Some((name, death)) = self.death(handle) {
            format!("the handle of \"{name}\" was cancelled, but it {}", death.words())
        } else if let Some(registration) = self.registration(handle) {
            format!("the handle of \"{}\" was cancelled by another process", registration.name)
        } else {
            format!("the handle {handle} was cancelled, but no registration ever gave it")
        };
        self.finding(Rule::StaleHandle, actor, Some(handle), message, Vec::new());
    }

    /// The lock order check, of a cancel that closes no cycle: a lock held over it that a callback of
    /// the handle has ever taken, even if the timing was lucky this time.
    fn predict(&mut self, actor: ActorId, handle: Handle) {
        let Some(registration) = self.registration(handle) else {
            return;
        };
        if registration.blamed {
            return; // The deadlock itself has been told of.
        }
        // Readers keep out writers only.
        let keeps_out = |(lock, wanted): &&(LockId, LockMode)| {
            self.holds(actor, *lock)
                .is_some_and(|held| held == LockMode::Write || *wanted == LockMode::Write)
        };
        let Some((lock, _)) = registration.locks_ever.iter().find(keeps_out).copied() else {
            return;
        };
        let message = format!(
            "\"{}\" cancels \"{}\" while it holds lock \"{}\", which a callback of that handle has taken before",
            self.state.actors[actor.slot()].name,
            registration.name,
            self.lock_name(lock),
        );
        let story = vec![
            "It went well this time. With another timing the callback waits for the lock while the \
             cancel waits for the callback."
                .to_owned(),
        ];
        self.finding(Rule::LockOrder, actor, Some(handle), message, story);
    }
}
