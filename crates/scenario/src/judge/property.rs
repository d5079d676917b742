//! Properties: what must be true at every moment of a run, at none, or at one.

use super::Judge;
use super::Unmet;
use super::matching::words as pattern_words;
use crate::format::{Condition, DeliveredCondition, HoldsCondition, Match, Property};
use crate::program::PropertyKind;

impl Judge<'_> {
    pub(super) fn properties(&self) -> Vec<Unmet> {
        let mut unmet = Vec::new();
        for (n, property) in self.program.properties.iter().enumerate() {
            let moment = self.outcome.moments.get(n).copied().flatten();
            let (how, got) = match (property.kind, moment) {
                (PropertyKind::Always, Some(at)) => {
                    ("at every moment", format!("it was not so {}", self.moment(at)))
                }
                (PropertyKind::Never, Some(at)) => {
                    ("at no moment", format!("it was so {}", self.moment(at)))
                }
                (PropertyKind::Eventually, None) => {
                    ("at some moment", "it was so at no moment".to_owned())
                }
                // A single run cannot tell what must be so in some run.
                _ => continue,
            };
            let what = format!("property \"{}\"", property.name);
            let expected = format!("{how}: {}", property.words);
            let line = moment.and_then(|at| at.checked_sub(1));
            unmet.push(Unmet { line, ..Unmet::new(&*property.path, what, expected, got) });
        }
        unmet
    }

    /// When something came that had so many events before it.
    fn moment(&self, events: usize) -> String {
        let last = events.checked_sub(1).and_then(|last| self.outcome.events.get(last));
        last.map_or_else(|| "at the start".to_owned(), |event| format!("at {} ms", event.at_ms))
    }
}

/// A property in words.
pub(crate) fn words(property: &Property) -> String {
    let all = property.all.iter().map(condition_words);
    let any = (!property.any.is_empty()).then(|| joined(&property.any, "or"));
    let parts: Vec<String> = all.chain(any).collect();
    parts.join(", and ")
}

fn joined(conditions: &[Condition], with: &str) -> String {
    match conditions {
        [one] => condition_words(one),
        several => {
            let several: Vec<String> = several.iter().map(condition_words).collect();
            format!("({})", several.join(&format!(" {with} ")))
        }
    }
}

fn condition_words(condition: &Condition) -> String {
    // The members of a row say most in the form in which the file has them.
    let written = |what: &str, value: serde_json::Result<String>| match value {
        Ok(text) => format!("{what} {text}"),
        Err(_) => what.to_owned(),
    };
    match condition {
        Condition::All(all) => joined(all, "and"),
        Condition::Any(any) => joined(any, "or"),
        Condition::Not(not) => format!("not {}", condition_words(not)),
        Condition::Delivering(name) => format!("a callback of \"{name}\" runs"),
        Condition::Cancelling(name) => format!("a cancel of \"{name}\" waits"),
        Condition::Registered(name) => format!("\"{name}\" is registered"),
        Condition::Delivered(delivered) => delivered_words(delivered),
        Condition::Holds(HoldsCondition { lock, thread: Some(thread) }) => {
            format!("thread \"{thread}\" holds lock \"{lock}\"")
        }
        Condition::Holds(HoldsCondition { lock, thread: None }) => {
            format!("somebody holds lock \"{lock}\"")
        }
        Condition::Port(Some(port)) => format!("the Teredo client's port is {port}"),
        Condition::Port(None) => "the Teredo client has no port".to_owned(),
        Condition::Teredo(teredo) => format!("the Teredo client is {}", teredo.state.word()),
        Condition::Interface(interface) => {
            written("an interface", serde_json::to_string(interface))
        }
        Condition::Address(address) => written("an address", serde_json::to_string(address)),
        Condition::Route(route) => written("a route", serde_json::to_string(route)),
        Condition::Hint(hint) => written("the hint", serde_json::to_string(hint)),
        Condition::Listener(port) => format!("somebody listens on UDP port {port}"),
    }
}

fn delivered_words(delivered: &DeliveredCondition) -> String {
    let DeliveredCondition { registration, at_least, matching } = delivered;
    let count = match at_least {
        1 => "a delivery".to_owned(),
        more => format!("at least {more} deliveries"),
    };
    let pattern = match matching {
        all if *all == Match::default() => String::new(),
        some => format!(" ({})", pattern_words(some)),
    };
    format!("{count} to \"{registration}\"{pattern}")
}
