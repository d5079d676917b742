//! One execution: a fresh stack, the closure, and what is left when it is over.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use netiosim_sim::model::finding::Finding;
use netiosim_sim::{Crew, Prototype, Stack, StackParts, StackRef};
use parking_lot::Mutex;

use super::control::{Control, Decider};
use super::driver::Outbox;
use super::failure::Trouble;
use super::witness::Witness;
use crate::story;

/// Marks the handles of every stack of an exploration: equal numbers in all of them.
pub(crate) const TAG: u16 = 0xFFF0;
/// The same in the one run that is to show handles that were kept.
pub(crate) const OTHER_TAG: u16 = 0xFFF1;

pub(crate) type Body = Arc<dyn Fn(Stack) + Send + Sync>;

/// All that executions need.
#[derive(Clone)]
pub(crate) struct Rig {
    pub(crate) prototype: Arc<Prototype>,
    pub(crate) crew: Crew,
    pub(crate) body: Body,
    pub(crate) control: Arc<Mutex<Control>>,
    pub(crate) outbox: Outbox,
}

/// What is left of an execution.
pub(crate) struct Ended {
    pub(crate) trouble: Option<Trouble>,
    /// The stack, for its trace.
    pub(crate) stack: StackRef,
}

impl Ended {
    pub(crate) fn trace(&self) -> String {
        self.stack.trace()
    }

    pub(crate) fn story(&self) -> String {
        story::of_stack(&self.stack)
    }

    /// A finding about a handle of the stacks before, where this one has handles of its own.
    pub(crate) fn old_handle(&self, tag: u16) -> Option<Finding> {
        let old = |finding: &Finding| {
            finding.handle.is_some_and(|handle| !handle.is_null() && handle.stack() != tag)
        };
        self.stack.findings().into_iter().find(old)
    }
}

impl Rig {
    /// Runs the closure once; the walk has begun the execution, and ends it here.
    pub(crate) fn run(&self, tag: u16) -> Ended {
        let execution = self.control.lock().execution;
        let decider =
            || Decider { control: self.control.clone(), outbox: self.outbox.clone(), forced: 0 };
        let witness =
            Witness { control: self.control.clone(), outbox: self.outbox.clone(), execution };
        let stack = self.prototype.build(StackParts {
            tag,
            chooser: Box::new(decider()),
            scheduler: Some(Box::new(decider())),
            observers: vec![Box::new(witness)],
            crew: Some(self.crew.clone()),
        });
        let own = stack.handle();
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.body)(stack)));
        let ghost = {
            let mut control = self.control.lock();
            control.under_way = false;
            control.walk.end();
            control.ghost.take()
        };
        let trouble = match outcome {
            Err(panic) => Some(of_panic(panic, &own)),
            Ok(()) if !own.is_closed() => Some(Trouble::KeptStack),
            Ok(()) if own.keeps_threads() => Some(Trouble::LeftBehind),
            Ok(()) => None,
        };
        let trouble = match ghost {
            Some((_, place)) => Some(Trouble::OldStack(place)),
            None => trouble,
        };
        Ended { trouble, stack: own }
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
