//! What threads wait for beside cancels: locks, channels, each other; signals are in a file of their own.

use std::sync::Arc;

use super::Machine;
use super::actor::{LockMode, Wait};
use crate::event::What;
use crate::ids::{ActorId, ChannelId, LockId, PlaceId};

/// What the first step of a wait answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Begun {
    /// It is over; the actor goes on.
    Done,
    /// The actor waits; see [`Machine::can_end`], and end with [`Machine::wait_end`].
    Wait,
    /// The wait closes a cycle and would never end; the finding is at this position. The actor is
    /// left waiting; [`Machine::abandon`] takes it out.
    Cycle(usize),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Lock {
    pub(crate) name: Arc<str>,
    pub(crate) shared: bool,
    /// Who holds it, how, and where it was taken.
    pub(crate) owners: Vec<(ActorId, LockMode, Option<PlaceId>)>,
}

/// What can be seen of a lock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockInfo {
    /// Its name.
    pub name: Arc<str>,
    /// Who holds it.
    pub owners: Vec<ActorId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Channel {
    pub(crate) name: Arc<str>,
    pub(crate) capacity: u32,
    pub(crate) len: u32,
    pub(crate) receiver: Option<ActorId>,
}

/// What can be seen of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Its name.
    pub name: Arc<str>,
    /// How many messages wait in it.
    pub len: u32,
}

impl Machine {
    /// Adds a tracked lock; `shared` makes it a reader-writer lock.
    pub fn lock(&mut self, name: &str, shared: bool) -> LockId {
        let id = LockId::at(self.state.locks.len());
        self.state.locks.push(Lock { name: name.into(), shared, owners: Vec::new() });
        id
    }

    /// What can be seen of a lock.
    #[must_use]
    pub fn lock_info(&self, lock: LockId) -> LockInfo {
        let lock = &self.state.locks[lock.slot()];
        LockInfo { name: lock.name.clone(), owners: lock.owners.iter().map(|o| o.0).collect() }
    }

    pub(crate) fn lock_name(&self, lock: LockId) -> &str {
        &self.state.locks[lock.slot()].name
    }

    /// How an actor holds a lock, if it does.
    pub(crate) fn holds(&self, actor: ActorId, lock: LockId) -> Option<LockMode> {
        let owners = &self.state.locks[lock.slot()].owners;
        owners.iter().filter(|owner| owner.0 == actor).map(|owner| owner.1).max()
    }

    /// Takes a lock, or begins to wait for it. Reading is shared on a reader-writer lock only.
    pub fn acquire(&mut self, actor: ActorId, lock: LockId, mode: LockMode) -> Begun {
        let mode = if self.state.locks[lock.slot()].shared { mode } else { LockMode::Write };
        self.remember_lock(actor, lock, mode);
        if self.lock_is_free(lock, mode) {
            self.own(actor, lock, mode);
            return Begun::Done;
        }
        self.wait(actor, Wait::Lock(lock, mode))
    }

    /// Takes a lock if that is possible at once.
    pub fn try_acquire(&mut self, actor: ActorId, lock: LockId, mode: LockMode) -> bool {
        let mode = if self.state.locks[lock.slot()].shared { mode } else { LockMode::Write };
        let free = self.lock_is_free(lock, mode);
        if free {
            self.remember_lock(actor, lock, mode);
            self.own(actor, lock, mode);
        }
        free
    }

    /// Gives a lock back. One that the actor does not hold is left alone.
    ///
    /// Returns whether the actor held it.
    pub fn release(&mut self, actor: ActorId, lock: LockId) -> bool {
        let owners = &mut self.state.locks[lock.slot()].owners;
        let Some(at) = owners.iter().rposition(|owner| owner.0 == actor) else {
            return false;
        };
        owners.remove(at);
        self.event(Some(actor), What::Unlocked(lock));
        true
    }

    /// Lets another actor own what `from` owns of a lock: a guard that moved to another thread.
    pub fn hand_over(&mut self, lock: LockId, from: ActorId, to: ActorId) {
        let owners = &mut self.state.locks[lock.slot()].owners;
        if let Some(owner) = owners.iter_mut().rev().find(|owner| owner.0 == from) {
            owner.0 = to;
        }
        self.look_for_cycles(|wait| matches!(wait, Wait::Lock(wanted, _) if wanted == lock));
    }

    /// Waits for the end of another actor.
    pub fn join(&mut self, actor: ActorId, target: ActorId) -> Begun {
        if !self.state.actors[target.slot()].alive {
            self.event(Some(actor), What::Joined(target));
            return Begun::Done;
        }
        self.wait(actor, Wait::Join(target))
    }

    /// Adds a channel of bounded capacity; `receiver`, where known, is the one actor that takes
    /// messages out, so that a full channel is a wait for that actor.
    pub fn channel(&mut self, name: &str, capacity: u32, receiver: Option<ActorId>) -> ChannelId {
        let id = ChannelId::at(self.state.channels.len());
        self.state.channels.push(Channel { name: name.into(), capacity, len: 0, receiver });
        id
    }

    /// What can be seen of a channel.
    #[must_use]
    pub fn channel_info(&self, channel: ChannelId) -> ChannelInfo {
        let channel = &self.state.channels[channel.slot()];
        ChannelInfo { name: channel.name.clone(), len: channel.len }
    }

    /// Names the one actor that takes messages out of a channel.
    pub fn set_receiver(&mut self, channel: ChannelId, receiver: ActorId) {
        self.state.channels[channel.slot()].receiver = Some(receiver);
        self.look_for_cycles(|wait| wait == Wait::Send(channel));
    }

    /// Puts a message into a channel, or begins to wait for room.
    pub fn send(&mut self, actor: ActorId, channel: ChannelId) -> Begun {
        self.wait_or(actor, Wait::Send(channel))
    }

    /// Takes a message out of a channel, or begins to wait for one.
    pub fn receive(&mut self, actor: ActorId, channel: ChannelId) -> Begun {
        self.wait_or(actor, Wait::Receive(channel))
    }

    /// Whether what the actor waits for has come: the second step of its wait may be taken.
    ///
    /// An actor that does not wait can end nothing.
    #[must_use]
    pub fn can_end(&self, actor_id: ActorId) -> bool {
        let actor = &self.state.actors[actor_id.slot()];
        if !actor.alive {
            return false;
        }
        match actor.wait {
            None => false,
            Some(Wait::Signal(signal)) => self.signal_lets_pass(actor_id, signal),
            Some(wait) => self.is_over(wait),
        }
    }

    fn is_over(&self, wait: Wait) -> bool {
        match wait {
            Wait::Cancel(handle) => {
                self.registration(handle).is_none_or(|r| r.running().next().is_none())
            }
            Wait::Lock(lock, mode) => self.lock_is_free(lock, mode),
            Wait::Join(target) => !self.state.actors[target.slot()].alive,
            Wait::Send(channel) => {
                let channel = &self.state.channels[channel.slot()];
                channel.len < channel.capacity
            }
            Wait::Receive(channel) => self.state.channels[channel.slot()].len > 0,
            Wait::Signal(signal) => self.is_signalled(signal),
        }
    }

    /// The second step of a wait that is not a cancel's.
    ///
    /// # Panics
    ///
    /// If the actor's wait cannot end, or is a cancel's.
    pub fn wait_end(&mut self, actor: ActorId) {
        assert!(self.can_end(actor), "a wait ends only when what it waits for has come");
        let Some(wait) = self.state.actors[actor.slot()].wait.take() else {
            unreachable!("an actor whose wait can end waits");
        };
        self.state.actors[actor.slot()].deadlocked = false;
        self.finish(actor, wait);
    }

    fn finish(&mut self, actor: ActorId, wait: Wait) {
        match wait {
            Wait::Cancel(_) => panic!("a cancel ends with cancel_end"),
            Wait::Lock(lock, mode) => self.own(actor, lock, mode),
            Wait::Join(target) => self.event(Some(actor), What::Joined(target)),
            Wait::Send(channel) => {
                self.state.channels[channel.slot()].len += 1;
                self.event(Some(actor), What::Sent(channel));
                // Another sender, for whom there was room a moment ago, may now wait in a circle.
                self.look_for_cycles(|wait| wait == Wait::Send(channel));
            }
            Wait::Receive(channel) => {
                self.state.channels[channel.slot()].len -= 1;
                self.event(Some(actor), What::Received(channel));
            }
            Wait::Signal(signal) => self.pass_signal(actor, signal),
        }
    }

    pub(super) fn wait_or(&mut self, actor: ActorId, wait: Wait) -> Begun {
        if self.is_over(wait) {
            self.finish(actor, wait);
            return Begun::Done;
        }
        self.wait(actor, wait)
    }

    fn wait(&mut self, actor: ActorId, wait: Wait) -> Begun {
        self.state.actors[actor.slot()].wait = Some(wait);
        self.event(Some(actor), What::Waits(wait));
        match self.closes_cycle(actor) {
            Some(finding) => Begun::Cycle(finding),
            None => Begun::Wait,
        }
    }

    fn lock_is_free(&self, lock: LockId, mode: LockMode) -> bool {
        let owners = &self.state.locks[lock.slot()].owners;
        match mode {
            LockMode::Write => owners.is_empty(),
            LockMode::Read => owners.iter().all(|owner| owner.1 == LockMode::Read),
        }
    }

    fn own(&mut self, actor: ActorId, lock: LockId, mode: LockMode) {
        let place = self.state.actors[actor.slot()].place;
        self.state.locks[lock.slot()].owners.push((actor, mode, place));
        self.event(Some(actor), What::Locked(lock));
    }

    /// Every callback that runs on the actor has now wanted this lock.
    fn remember_lock(&mut self, actor: ActorId, lock: LockId, mode: LockMode) {
        for n in 0..self.state.actors[actor.slot()].frames.len() {
            let lane = self.state.actors[actor.slot()].frames[n];
            if let Some(registration) = self.registration_mut(lane.handle) {
                match registration.locks_ever.binary_search_by_key(&lock, |known| known.0) {
                    Ok(at) => {
                        let known = &mut registration.locks_ever[at].1;
                        *known = mode.max(*known);
                    }
                    Err(at) => registration.locks_ever.insert(at, (lock, mode)),
                }
            }
        }
    }
}
