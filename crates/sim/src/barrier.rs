//! Barriers: a delivery or a cancel is held at a named point until the test lets it go.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::ids::{ActorId, Handle};

use crate::StackRef;
use crate::builder::Mode;
use crate::core::Core;
use crate::entry::Entry;
use crate::error::WrongMode;
use crate::schedule::State;

/// Where a [`Barrier`] holds whoever comes by. The text is the name of a registration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Point {
    /// The delivery has begun, the callback's own code has not.
    CallbackEntered(String),
    /// The callback's own code is over, the delivery is not.
    CallbackReturning(String),
    /// A cancel of the registration has to wait for a running callback.
    CancelWaiting(String),
}

impl Point {
    /// [`Point::CallbackEntered`] of this registration.
    #[must_use]
    pub fn entered(name: impl Into<String>) -> Self {
        Self::CallbackEntered(name.into())
    }

    /// [`Point::CallbackReturning`] of this registration.
    #[must_use]
    pub fn returning(name: impl Into<String>) -> Self {
        Self::CallbackReturning(name.into())
    }

    /// [`Point::CancelWaiting`] of this registration.
    #[must_use]
    pub fn cancelling(name: impl Into<String>) -> Self {
        Self::CancelWaiting(name.into())
    }

    fn parts(&self) -> (Spot, &str) {
        match self {
            Self::CallbackEntered(name) => (Spot::Entered, name),
            Self::CallbackReturning(name) => (Spot::Returning, name),
            Self::CancelWaiting(name) => (Spot::Cancelling, name),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CallbackEntered(name) => write!(f, "callback of \"{name}\" entered"),
            Self::CallbackReturning(name) => write!(f, "callback of \"{name}\" returning"),
            Self::CancelWaiting(name) => write!(f, "cancel of \"{name}\" waiting"),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Entered,
    Returning,
    Cancelling,
}

/// A held point of the program: everybody who comes there waits until it is released.
///
/// Dropping it releases it.
///
/// # Examples
///
/// ```
/// use netiosim_sim::{Mode, Point, Stack};
///
/// let stack = Stack::builder().mode(Mode::Controlled).build();
/// let ports = stack.teredo_port_change().name("ports").register(|_| {})?;
/// let barrier = stack.barrier(Point::entered("ports"))?;
/// stack.restart_teredo()?;
/// barrier.wait_reached();
/// // The callback stands before its first line; now whatever is to race with it.
/// assert_ne!(stack.teredo_port()?, 50_000);
/// barrier.release();
/// ports.cancel()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Barrier {
    stack: StackRef,
    id: u32,
    point: Point,
}

/// A barrier was waited for that nobody will ever come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NeverReached {
    point: Point,
}

impl fmt::Display for NeverReached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the point \"{}\" is never reached: nothing is left that could go on", self.point)
    }
}

impl std::error::Error for NeverReached {}

impl StackRef {
    /// Holds everybody who comes to this point from now on.
    ///
    /// # Errors
    ///
    /// [`WrongMode`] in manual mode, where the thread that is held would be the test's own.
    pub fn barrier(&self, point: Point) -> Result<Barrier, WrongMode> {
        if self.inner.mode == Mode::Manual {
            let what = "barriers need a stack in threads or controlled mode: in manual mode the thread that is held would be the test's own";
            return Err(WrongMode { what });
        }
        let id = self.look(|core| core.held.add(&point));
        Ok(Barrier { stack: self.clone(), id, point })
    }
}

impl Barrier {
    /// Waits until somebody is held.
    ///
    /// # Panics
    ///
    /// In controlled mode, when nothing is left that could come there; see [`reached`](Self::reached).
    #[track_caller]
    pub fn wait_reached(&self) {
        if let Err(error) = self.reached() {
            panic!("{error}");
        }
    }

    /// Waits until somebody is held.
    ///
    /// # Errors
    ///
    /// [`NeverReached`] in controlled mode when nothing is left that could come there, and in any
    /// mode when the stack is dropped. In threads mode it waits on; the watchdog says so.
    #[track_caller]
    pub fn reached(&self) -> Result<(), NeverReached> {
        let mut entry = self.stack.enter(Location::caller());
        let id = self.id;
        if !entry.held.is_reached(id) {
            if entry.me.task.is_some() {
                entry.switch(State::Reached(id));
            } else {
                entry.park(|core| core.held.is_reached(id) || core.closing);
            }
        }
        match entry.held.is_reached(id) {
            true => Ok(()),
            false => Err(NeverReached { point: self.point.clone() }),
        }
    }

    /// How many have come to it so far.
    #[must_use]
    pub fn arrivals(&self) -> usize {
        self.stack.look(|core| core.held.arrivals(self.id))
    }

    /// Lets everybody go on who is held, and everybody who will come.
    pub fn release(self) {
        drop(self);
    }
}

impl Drop for Barrier {
    fn drop(&mut self) {
        let mut entry = Entry::new(&self.stack.inner);
        entry.held.remove(self.id);
        entry.yield_baton();
    }
}

#[derive(Debug)]
struct Gate {
    id: u32,
    spot: Spot,
    name: Arc<str>,
    arrivals: usize,
}

/// The barriers of a stack, and who is held by them.
#[derive(Debug, Default)]
pub(crate) struct Held {
    gates: Vec<Gate>,
    next: u32,
    /// Who is held, and by which.
    actors: Vec<(ActorId, u32)>,
}

impl Held {
    fn add(&mut self, point: &Point) -> u32 {
        let id = self.next;
        self.next += 1;
        let (spot, name) = point.parts();
        self.gates.push(Gate { id, spot, name: name.into(), arrivals: 0 });
        id
    }

    fn remove(&mut self, id: u32) {
        self.gates.retain(|gate| gate.id != id);
    }

    fn gate(&self, id: u32) -> Option<&Gate> {
        self.gates.iter().find(|gate| gate.id == id)
    }

    pub(crate) fn is_open(&self, id: u32) -> bool {
        self.gate(id).is_none()
    }

    pub(crate) fn is_reached(&self, id: u32) -> bool {
        self.arrivals(id) > 0
    }

    fn arrivals(&self, id: u32) -> usize {
        self.gate(id).map_or(0, |gate| gate.arrivals)
    }

    pub(crate) fn holds(&self, actor: ActorId) -> bool {
        self.actors.iter().any(|(held, id)| *held == actor && !self.is_open(*id))
    }
}

impl Entry<'_> {
    /// Waits here as long as a barrier holds this point.
    pub(crate) fn hold_at(&mut self, spot: Spot, handle: Handle) {
        if self.held.gates.is_empty() {
            return;
        }
        let Some(name) = self.name_of(handle) else { return };
        let core: &mut Core = self;
        let found = core.held.gates.iter_mut().find(|gate| gate.spot == spot && gate.name == name);
        let Some(gate) = found else { return };
        gate.arrivals += 1;
        let id = gate.id;
        let actor = self.me.actor;
        self.held.actors.push((actor, id));
        if self.me.task.is_some() {
            self.switch(State::Held(id));
        } else {
            self.park(|core| core.held.is_open(id) || core.closing);
        }
        self.held.actors.retain(|entry| *entry != (actor, id));
    }
}
