//! A stack that is built many times.

use std::fmt;

use netiosim_model::choose::Chooser;
use netiosim_model::machine::{Machine, Memo};

use crate::StackRef;
use crate::builder::Builder;
use crate::crew::Crew;
use crate::observer::Observer;
use crate::picker::{Picker, Scheduler};
use crate::stack::Stack;
use crate::start::First;
use crate::sync::plain::Mutex;

/// What [`Builder::prototype`] prepares: the machine is made once and copied for every stack.
///
/// For drivers that run a program again and again. All stacks have the same tag, and with it equal handle
/// numbers, unless another is [asked for](Self::build).
///
/// # Examples
///
/// ```
/// use netiosim_sim::{Builder, StackParts};
///
/// let prototype = Builder::new().teredo_port(51_234).prototype()?;
/// for tag in [7, 7] {
///     let stack = prototype.build(StackParts::seeded(0, tag));
///     assert_eq!(stack.teredo_port()?, 51_234);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Prototype {
    /// Locked because what a builder may hold is not shared between threads.
    builder: Mutex<Builder>,
    first: First,
}

/// What each stack of a [`Prototype`] has for itself.
pub struct StackParts {
    /// Marks its handles; see [`Builder::tag`].
    pub tag: u16,
    /// Who decides what the profile leaves open.
    pub chooser: Box<dyn Chooser + Send>,
    /// Who decides the order of steps; `None`: the seed of the chooser's own, 0.
    pub scheduler: Option<Box<dyn Scheduler>>,
    /// Who is told of everything.
    pub observers: Vec<Box<dyn Observer>>,
    /// Whose threads it uses in controlled mode; `None`: its own.
    pub crew: Option<Crew>,
}

impl StackParts {
    /// A stack of this seed and tag, observed by nobody.
    #[must_use]
    pub fn seeded(seed: u64, tag: u16) -> Self {
        let chooser = Box::new(netiosim_model::choose::Seeded::new(seed));
        Self { tag, chooser, scheduler: None, observers: Vec::new(), crew: None }
    }
}

impl fmt::Debug for StackParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StackParts").field("tag", &self.tag).finish_non_exhaustive()
    }
}

impl Prototype {
    pub(crate) fn new(builder: Builder, machine: Machine) -> Self {
        let first = First::new(&builder, machine);
        Self { builder: Mutex::new(builder), first }
    }

    /// One more stack.
    #[must_use]
    pub fn build(&self, parts: StackParts) -> Stack {
        let mut builder = self.builder.lock().settings();
        builder.tag = Some(parts.tag);
        builder.observers = parts.observers;
        builder.crew = parts.crew;
        let mut first = self.first.clone();
        first.machine.set_memo(Some(Memo::default()));
        Stack::start(&mut builder, first, parts.chooser, Picker::of(parts.scheduler))
    }

    /// One more stack with the [parts](StackParts) of one that it built and that was dropped since, made of what is left of that: the
    /// same as a new one, in less time. Who decides, and who is told, goes on as he is.
    ///
    /// # Errors
    ///
    /// With the stack, if somebody else has a handle of it: its story is not over.
    pub fn build_again(&self, left: StackRef) -> Result<Stack, StackRef> {
        Stack::restart(left, &self.first)
    }
}

impl fmt::Debug for Prototype {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prototype").field(&*self.builder.lock()).finish()
    }
}
