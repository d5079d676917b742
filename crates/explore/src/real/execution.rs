//! One execution: a fresh stack, the closure, and what is left when it is over.

use std::any::Any;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(feature = "coroutines")]
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[cfg(feature = "coroutines")]
use netiosim_sim::Coroutines;
use netiosim_sim::model::finding::Finding;
use netiosim_sim::{Crew, Prototype, Stack, StackParts, StackRef};

use super::control::{Decider, Link};
use super::failure::Trouble;
use super::witness::Witness;
use crate::story;

/// Marks the handles of every stack of an exploration: equal numbers in all of them. The Windows names look for handles of tags from
/// this one on nowhere but in the calling thread's own stack.
pub(crate) const TAG: u16 = 0xFFF0;
/// The same in the one run that is to show handles that were kept.
pub(crate) const OTHER_TAG: u16 = 0xFFF1;

pub(crate) type Body = Arc<dyn Fn(Stack) + Send + Sync>;

/// What the threads of an execution are.
#[derive(Clone)]
pub(crate) enum Backend {
    Threads(Crew),
    #[cfg(feature = "coroutines")]
    Coroutines(Rc<RefCell<Coroutines>>),
}

impl Backend {
    /// Of the calling thread, for executions that are made on it.
    pub(crate) fn new(coroutines: bool) -> Self {
        #[cfg(feature = "coroutines")]
        if coroutines {
            return Self::Coroutines(Rc::new(RefCell::new(Coroutines::new())));
        }
        let _ = coroutines;
        Self::Threads(Crew::new())
    }

    pub(crate) fn crew(&self) -> Crew {
        match self {
            Self::Threads(crew) => crew.clone(),
            #[cfg(feature = "coroutines")]
            Self::Coroutines(coroutines) => coroutines.borrow().crew(),
        }
    }
}

/// All that executions need.
pub(crate) struct Rig {
    base: Arc<Base>,
    backend: Backend,
    /// The stack of the last execution, which the next one is made of.
    left: RefCell<Option<Left>>,
}

/// What the closure is called with, wherever it runs.
struct Base {
    prototype: Arc<Prototype>,
    body: Body,
    link: Arc<Link>,
    crew: Crew,
}

/// A stack that has come to its end, and the number that its observer goes by.
struct Left {
    stack: StackRef,
    execution: Arc<AtomicU64>,
}

/// What is left of an execution.
pub(crate) struct Ended {
    pub(crate) trouble: Option<Trouble>,
    /// Where it did not offer what it was to offer.
    pub(crate) strayed: Option<String>,
    /// The stack, for its trace.
    left: Left,
}

impl Ended {
    pub(crate) fn trace(&self) -> String {
        self.left.stack.trace()
    }

    pub(crate) fn story(&self) -> String {
        story::of_stack(&self.left.stack)
    }

    /// A finding about a handle of the stacks before, where this one has handles of its own.
    pub(crate) fn old_handle(&self, tag: u16) -> Option<Finding> {
        let old = |finding: &Finding| {
            finding.handle.is_some_and(|handle| !handle.is_null() && handle.stack() != tag)
        };
        self.left.stack.findings().into_iter().find(old)
    }
}

impl Rig {
    pub(crate) fn new(
        prototype: Arc<Prototype>,
        backend: Backend,
        body: Body,
        link: Arc<Link>,
    ) -> Self {
        let crew = backend.crew();
        let base = Arc::new(Base { prototype, body, link, crew });
        Self { base, backend, left: RefCell::new(None) }
    }

    /// The same for an exploration within.
    pub(crate) fn with(&self, link: Arc<Link>) -> Self {
        let Base { prototype, body, .. } = &*self.base;
        Self::new(prototype.clone(), self.backend.clone(), body.clone(), link)
    }

    pub(crate) fn link(&self) -> &Link {
        &self.base.link
    }

    /// Runs the closure once; the walk has begun the execution of this number, and ends it here. `None` when it does not come
    /// to its end: its coroutines are left behind, and whoever waits for the driver was told why.
    pub(crate) fn run(&self, number: u64, tag: u16) -> Option<Ended> {
        let place = Place { base: self.base.clone(), left: self.left.take(), number, tag };
        let (left, outcome) = match &self.backend {
            Backend::Threads(_) => place.call(),
            #[cfg(feature = "coroutines")]
            Backend::Coroutines(coroutines) => coroutines.borrow_mut().run(|| place.call())?,
        };
        let (ghost, strayed) = {
            let mut control = self.link().control.lock();
            control.under_way = false;
            control.walk.end();
            (control.ghost.take(), control.walk.strayed().map(ToString::to_string))
        };
        let own = &left.stack;
        let trouble = match outcome {
            Err(panic) => Some(of_panic(panic, own)),
            Ok(()) if own.is_over() => None,
            Ok(()) if !own.is_closed() => Some(Trouble::KeptStack),
            Ok(()) => Some(Trouble::LeftBehind),
        };
        let trouble = match ghost {
            Some((_, place)) => Some(Trouble::OldStack(place)),
            None => trouble,
        };
        Some(Ended { trouble, strayed, left })
    }

    /// Nobody asks any more what is left of an execution that went well.
    pub(crate) fn take_back(&self, ended: Ended) {
        self.left.replace(Some(ended.left));
    }
}

/// Where the closure runs once: on a stack that is not made yet.
struct Place {
    base: Arc<Base>,
    left: Option<Left>,
    number: u64,
    tag: u16,
}

impl Place {
    /// The closure on a fresh stack.
    fn call(mut self) -> (Left, std::thread::Result<()>) {
        let (stack, execution) = self.stack();
        let left = Left { stack: stack.handle(), execution };
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.base.body)(stack)));
        (left, outcome)
    }

    fn stack(&mut self) -> (Stack, Arc<AtomicU64>) {
        let Base { prototype, link, crew, .. } = &*self.base;
        if let Some(Left { stack, execution }) = self.left.take() {
            // Whoever has the old one has its observer, which keeps its number.
            if let Ok(stack) = prototype.build_again(stack) {
                execution.store(self.number, Ordering::Relaxed);
                return (stack, execution);
            }
        }
        let execution = Arc::new(AtomicU64::new(self.number));
        let witness = Witness { link: link.clone(), execution: execution.clone() };
        let stack = prototype.build(StackParts {
            tag: self.tag,
            chooser: Box::new(Decider(link.clone())),
            scheduler: Some(Box::new(Decider(link.clone()))),
            observers: vec![Box::new(witness)],
            crew: Some(crew.clone()),
        });
        (stack, execution)
    }
}

fn of_panic(panic: Box<dyn Any + Send>, stack: &StackRef) -> Trouble {
    let text = match panic.downcast::<String>() {
        Ok(text) => *text,
        Err(panic) => match panic.downcast::<&'static str>() {
            Ok(text) => (*text).to_owned(),
            Err(_) => "a panic without a text".to_owned(),
        },
    };
    let findings = stack.take_findings();
    // What the stack itself says when it is dropped.
    let found = text.starts_with("the stack was dropped with ");
    let checked = findings.is_empty() && stack.is_closed() && text.starts_with("expected");
    match found || checked {
        true => Trouble::Findings(findings, text),
        false => Trouble::Panic(text, findings),
    }
}
