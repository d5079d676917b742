//! Tracked channels and signals: waiting for them is part of the wait-for graph. How to wait for several signals, or not
//! for ever, is in `wait.rs`.

use std::collections::VecDeque;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::ids::{ActorId, ChannelId, SignalId};

use crate::StackRef;
use crate::error::{Deadlock, SendError};
use crate::sync::Mutex;

/// A bounded channel that the stack knows; clones are the same channel.
///
/// A wait for room in it is a wait for its receiver, if one was [named](Self::set_receiver): then a
/// callback that sends while the receiver cancels its registration is a deadlock that is found.
pub struct Channel<T> {
    stack: StackRef,
    id: ChannelId,
    messages: Arc<Mutex<VecDeque<T>>>,
}

/// A signal that the stack knows: once set, every wait for it passes until it is [reset](Self::reset); or, of an
/// [auto-reset](StackRef::auto_reset_signal) one, the first. Clones are the same signal.
#[derive(Clone, Debug)]
pub struct Signal {
    stack: StackRef,
    id: SignalId,
}

impl StackRef {
    /// A tracked channel that holds this many messages; with 0, none is ever sent.
    pub fn channel<T>(&self, name: &str, capacity: u32) -> Channel<T> {
        let id = self.look(|core| core.machine.channel(name, capacity, None));
        Channel { stack: self.clone(), id, messages: Arc::default() }
    }

    /// A tracked signal, not set.
    pub fn signal(&self, name: &str) -> Signal {
        Signal { stack: self.clone(), id: self.look(|core| core.machine.signal(name)) }
    }

    /// A tracked signal, not set, that is unset by the one wait that it lets pass.
    pub fn auto_reset_signal(&self, name: &str) -> Signal {
        Signal { stack: self.clone(), id: self.look(|core| core.machine.auto_reset_signal(name)) }
    }

    /// The calling thread, as the model names it.
    #[track_caller]
    pub fn actor(&self) -> ActorId {
        self.enter(Location::caller()).me.actor
    }
}

impl<T> Channel<T> {
    /// Names the one thread that takes messages out.
    pub fn set_receiver(&self, receiver: ActorId) {
        self.stack.look(|core| core.machine.set_receiver(self.id, receiver));
    }

    /// Puts a message in, and waits for room if there is none.
    ///
    /// # Errors
    ///
    /// [`SendError`] with the message when the wait would never end.
    #[track_caller]
    pub fn send(&self, message: T) -> Result<(), SendError<T>> {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        let begun = entry.machine.send(actor, self.id);
        match entry.finish(begun) {
            Ok(()) => {
                self.messages.lock().push_back(message);
                Ok(())
            }
            Err(deadlock) => {
                drop(entry);
                Err(SendError { message, deadlock })
            }
        }
    }

    /// Takes a message out, and waits for one if there is none.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end.
    #[track_caller]
    pub fn receive(&self) -> Result<T, Deadlock> {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        let begun = entry.machine.receive(actor, self.id);
        entry.finish(begun)?;
        let message = self.messages.lock().pop_front();
        Ok(message.expect("the model counts the messages"))
    }

    /// How many messages are in it.
    #[must_use]
    pub fn len(&self) -> usize {
        self.messages.lock().len()
    }

    /// Whether no message is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<T> Clone for Channel<T> {
    fn clone(&self) -> Self {
        Self { stack: self.stack.clone(), id: self.id, messages: self.messages.clone() }
    }
}

impl<T> fmt::Debug for Channel<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("id", &self.id).finish_non_exhaustive()
    }
}

impl Signal {
    pub(crate) fn of(stack: &StackRef, id: SignalId) -> Self {
        Self { stack: stack.clone(), id }
    }

    pub(crate) fn id(&self) -> SignalId {
        self.id
    }

    /// Whether a wait for it would pass now.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.stack.look(|core| core.machine.is_signalled(self.id))
    }

    /// Unsets it. Whoever waited when it was set passes all the same.
    #[track_caller]
    pub fn reset(&self) {
        self.stack.enter(Location::caller()).machine.reset_signal(self.id);
    }

    /// Sets it until it is reset; the event of an [`Overlapped`](crate::Overlapped), until its next request.
    #[track_caller]
    pub fn set(&self) {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        entry.sched.fruitless = 0;
        entry.machine.set_signal(actor, self.id);
    }

    /// Waits until it is set.
    ///
    /// # Errors
    ///
    /// [`Deadlock`] when the wait would never end.
    #[track_caller]
    pub fn wait(&self) -> Result<(), Deadlock> {
        let mut entry = self.stack.enter(Location::caller());
        let actor = entry.me.actor;
        let begun = entry.machine.wait_signal(actor, self.id);
        entry.finish(begun)
    }
}
