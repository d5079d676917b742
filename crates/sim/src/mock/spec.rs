//! What an expectation asks of a call, and in which respects a call differs from it.

use std::fmt;
use std::ops::Range;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::event::Function;
use netiosim_model::net::{AF_UNSPEC, Family};
use netiosim_model::status::{Flavour, Status};

use super::log::{Log, Seen, code_text};
use super::parameters::CallTarget;
use crate::call::{Args, Call};

/// A question about a call that the test itself answers.
type Predicate = Arc<dyn Fn(&Call) -> bool + Send + Sync>;

/// Which calls an expectation is about, and how many there have to be.
#[derive(Clone)]
pub(super) struct Spec {
    pub(super) function: Function,
    /// The flavour of the test itself, for the names of codes.
    pub(super) flavour: Flavour,
    pub(super) place: &'static Location<'static>,
    pub(super) min: Option<usize>,
    pub(super) max: Option<usize>,
    pub(super) target: Option<CallTarget>,
    pub(super) context: Option<u64>,
    pub(super) initial: Option<bool>,
    pub(super) family: Option<u16>,
    pub(super) thread: Option<String>,
    pub(super) status: Option<Status>,
    pub(super) with: Vec<(String, Predicate)>,
}

impl Spec {
    pub(super) fn new(
        function: Function,
        flavour: Flavour,
        place: &'static Location<'static>,
    ) -> Self {
        Self {
            function,
            flavour,
            place,
            min: None,
            max: None,
            target: None,
            context: None,
            initial: None,
            family: None,
            thread: None,
            status: None,
            with: Vec::new(),
        }
    }

    /// How many calls there have to be, and how many there may be.
    pub(super) fn bounds(&self) -> (usize, Option<usize>) {
        match (self.min, self.max) {
            (None, None) => (1, Some(1)),
            (min, max) => (min.unwrap_or(0), max),
        }
    }

    /// Whether a call fits that was made at this position of the log.
    pub(super) fn fits(&self, log: &Log, at: usize, window: &Range<usize>) -> bool {
        // The cheap question first: predicates are for calls of the function.
        log.calls[at].call.function == self.function && self.differences(log, at, window).is_empty()
    }

    /// The respects in which a call differs; none when it fits.
    pub(super) fn differences(&self, log: &Log, at: usize, window: &Range<usize>) -> Vec<String> {
        let seen = &log.calls[at];
        let call = &seen.call;
        let mut differences = Vec::new();
        let mut differs = |text: String| differences.push(text);
        let same = call.function == self.function;
        if !same {
            let (found, wanted) = (call.function.name(), self.function.name());
            differs(format!("the function is {found}, expected {wanted}"));
        }
        if let Some(target) = self.target.as_ref().filter(|target| !is_about(seen, target)) {
            let found = match (&seen.name, seen.handle) {
                (Some(name), _) if matches!(target, CallTarget::Name(_)) => format!("\"{name}\""),
                (Some(name), Some(handle)) => format!("\"{name}\" {handle}"),
                (Some(name), None) => format!("\"{name}\", which has no handle"),
                (None, Some(handle)) => format!("{handle}, which has no name"),
                (None, None) => "no registration".to_owned(),
            };
            differs(format!("it is about {found}, expected {target}"));
        }
        let mut parameter = |what: &str, found: Option<String>, wanted: Option<String>| {
            if wanted.is_some() && wanted != found {
                let (found, wanted) =
                    (found.unwrap_or("absent".into()), wanted.unwrap_or_default());
                differs(format!("{what} is {found}, expected {wanted}"));
            }
        };
        let args = &call.args;
        let number = |number: u64| number.to_string();
        parameter("the context", args.context().map(number), self.context.map(number));
        let truth = |truth: bool| truth.to_string();
        parameter("InitialNotification", args.initial().map(truth), self.initial.map(truth));
        parameter("the family", args.family().map(family_text), self.family.map(family_text));
        let quoted = |name: &String| format!("\"{name}\"");
        parameter("the thread", Some(quoted(&call.thread)), self.thread.as_ref().map(quoted));
        if let Some(status) = self.status {
            let wanted = log.code(seen.flavour, status);
            let text = code_text(wanted, seen.flavour);
            match call.code {
                Some(code) if code == wanted => {}
                Some(code) => {
                    let found = code_text(code, seen.flavour);
                    differs(format!("it answered {found}, expected {text}"));
                }
                None => differs(format!("it has not returned, expected to answer {text}")),
            }
        }
        for (description, predicate) in &self.with {
            if !same {
                differs(format!("not asked: {description}"));
            } else if !predicate(call) {
                differs(format!("not so: {description}"));
            }
        }
        if at < window.start {
            differs("it was made before the expectation was set up".to_owned());
        } else if at >= window.end {
            differs("it was made after the expectation was verified".to_owned());
        }
        differences
    }

    /// What is expected, in words.
    pub(super) fn words(&self, log: &Log) -> Words<'_> {
        let code = self.status.map(|status| log.code(self.flavour, status));
        Words { spec: self, code }
    }
}

/// What is expected, in words.
pub(super) struct Words<'a> {
    spec: &'a Spec,
    code: Option<u32>,
}

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let spec = self.spec;
        write!(f, "{} {}", spec.function.name(), bounds_text(spec.bounds()))?;
        if let Some(target) = &spec.target {
            write!(f, ", on {target}")?;
        }
        if let Some(context) = spec.context {
            write!(f, ", with context {context}")?;
        }
        if let Some(initial) = spec.initial {
            write!(f, ", with{} initial notification", if initial { "" } else { "out" })?;
        }
        if let Some(family) = spec.family {
            write!(f, ", for {}", family_text(family))?;
        }
        if let Some(thread) = &spec.thread {
            write!(f, ", from thread \"{thread}\"")?;
        }
        if let Some(code) = self.code {
            write!(f, ", answering {}", code_text(code, spec.flavour))?;
        }
        for (description, _) in &spec.with {
            write!(f, ", with {description}")?;
        }
        Ok(())
    }
}

fn is_about(seen: &Seen, target: &CallTarget) -> bool {
    match target {
        CallTarget::Name(wanted) => seen.name.as_ref() == Some(wanted),
        // A cancel may be given NULL, and be expected to be.
        CallTarget::Handle(wanted) => match seen.call.args {
            Args::Cancel { handle, .. } => handle == *wanted,
            _ => seen.handle == Some(*wanted),
        },
    }
}

fn family_text(number: u16) -> String {
    match (number, Family::from_number(number)) {
        (_, Some(family)) => family.to_string(),
        (AF_UNSPEC, None) => "both families".to_owned(),
        _ => format!("family {number}"),
    }
}

fn bounds_text(bounds: (usize, Option<usize>)) -> String {
    let times = |n: usize| match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    };
    match bounds {
        (_, Some(0)) => "never".to_owned(),
        (min, Some(max)) if min == max => format!("exactly {}", times(min)),
        (0, None) => "any number of times".to_owned(),
        (0, Some(max)) => format!("at most {}", times(max)),
        (min, None) => format!("at least {}", times(min)),
        (min, Some(max)) => format!("at least {} and at most {}", times(min), times(max)),
    }
}
