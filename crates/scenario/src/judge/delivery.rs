//! Expectations of deliveries.

use std::collections::BTreeSet;

use netiosim_model::event::{Function, What};
use netiosim_model::ids::Handle;

use super::matching::words;
use super::{Judge, Unmet};
use crate::format::{DeliveryExpect, Match};
use crate::outcome::Delivered;

impl Judge<'_> {
    pub(super) fn deliveries(&self, expect: &DeliveryExpect, path: &str) -> Vec<Unmet> {
        let name = &expect.registration;
        let Some(registration) = self.program.registration(name) else {
            return vec![Unmet::new(
                path,
                "the registration",
                format!("\"{name}\""),
                "no step makes it",
            )];
        };
        let all: Vec<&Delivered> =
            self.outcome.deliveries.iter().filter(|d| d.registration == registration).collect();
        let len = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let listed = list(&all);
        let mut unmet = Vec::new();
        let mut count = |member: &str, wrong: bool, expected: String| {
            if wrong {
                let what = format!("the number of deliveries to \"{name}\"");
                let got = format!("{len}{listed}");
                unmet.push(Unmet::new(format!("{path}.{member}"), what, expected, got));
            }
        };
        if let Some(exact) = expect.count {
            count("count", exact != len, exact.to_string());
        }
        if let Some(least) = expect.at_least {
            count("at_least", len < least, format!("at least {least}"));
        }
        if let Some(most) = expect.at_most {
            count("at_most", len > most, format!("at most {most}"));
        }
        if let Some(patterns) = &expect.exactly {
            unmet.extend(self.exactly(patterns, &all, name, path));
        }
        if let Some(patterns) = &expect.contains {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (None, pattern.clone())).collect();
            unmet.extend(self.contains(
                &patterns,
                &all,
                &format!("{path}.contains"),
                &format!("to \"{name}\""),
            ));
        }
        if expect.none_after_cancel {
            unmet.extend(self.after_cancel(&all, name, path));
        }
        unmet
    }

    fn exactly(
        &self,
        patterns: &[Match],
        all: &[&Delivered],
        name: &str,
        path: &str,
    ) -> Vec<Unmet> {
        for n in 0..patterns.len().max(all.len()) {
            let path = format!("{path}.exactly[{n}]");
            let what = format!("delivery {} to \"{name}\"", n + 1);
            let unmet = match (patterns.get(n), all.get(n)) {
                (Some(pattern), Some(delivered)) => match self.differs(pattern, delivered) {
                    None => continue,
                    Some(why) => Unmet {
                        nearest: Some(why),
                        line: self.line_of(delivered),
                        ..Unmet::new(path, what, words(pattern), delivered.to_string())
                    },
                },
                (Some(pattern), None) => Unmet::new(
                    path,
                    what,
                    words(pattern),
                    format!("nothing; there were {}{}", all.len(), list(all)),
                ),
                (None, Some(delivered)) => Unmet {
                    line: self.line_of(delivered),
                    ..Unmet::new(path, what, "nothing", delivered.to_string())
                },
                (None, None) => continue,
            };
            // What follows a first difference is seldom news.
            return vec![unmet];
        }
        Vec::new()
    }

    /// The patterns in this order, others between allowed.
    fn contains(
        &self,
        patterns: &[(Option<usize>, Match)],
        all: &[&Delivered],
        path: &str,
        to: &str,
    ) -> Vec<Unmet> {
        let mut at = 0;
        for (n, (registration, pattern)) in patterns.iter().enumerate() {
            let fits = |delivered: &&Delivered| {
                registration.is_none_or(|r| r == delivered.registration)
                    && self.differs(pattern, delivered).is_none()
            };
            let found = all.iter().skip(at).position(fits);
            let Some(found) = found else {
                let near = all
                    .iter()
                    .skip(at)
                    .filter(|d| registration.is_none_or(|r| r == d.registration));
                let near = near.min_by_key(|d| self.distance(pattern, d)).copied();
                let after = if n == 0 {
                    String::new()
                } else {
                    format!(", after the {n} before it in the list")
                };
                let nearest =
                    near.and_then(|d| Some(format!("{d}: {}", self.differs(pattern, d)?)));
                return vec![Unmet {
                    nearest,
                    line: near.and_then(|d| self.line_of(d)),
                    ..Unmet::new(
                        format!("{path}[{n}]"),
                        format!("a delivery {to}{after}"),
                        words(pattern),
                        format!("none of {}{}", all.len(), list(all)),
                    )
                }];
            };
            at += found + 1;
        }
        Vec::new()
    }

    pub(super) fn order(&self) -> Vec<Unmet> {
        let mut patterns = Vec::new();
        for (n, entry) in self.expect.order.iter().enumerate() {
            let Some(registration) = self.program.registration(&entry.registration) else {
                let expected = format!("\"{}\"", entry.registration);
                return vec![Unmet::new(
                    format!("expect.order[{n}]"),
                    "the registration",
                    expected,
                    "no step makes it",
                )];
            };
            patterns.push((Some(registration), entry.pattern()));
        }
        let all: Vec<&Delivered> = self.outcome.deliveries.iter().collect();
        self.contains(&patterns, &all, "expect.order", "in the run")
    }

    fn after_cancel(&self, all: &[&Delivered], name: &str, path: &str) -> Option<Unmet> {
        let handles: BTreeSet<Handle> = all.iter().map(|delivered| delivered.handle).collect();
        let mut over: BTreeSet<Handle> = BTreeSet::new();
        for (line, event) in self.outcome.events.iter().enumerate() {
            match event.what {
                What::Return {
                    function: Function::CancelMibChangeNotify2,
                    code: 0,
                    handle: Some(handle),
                    ..
                } if handles.contains(&handle) => {
                    over.insert(handle);
                }
                What::Begin { lane, notification, .. } if over.contains(&lane.handle) => {
                    let what = format!("deliveries to \"{name}\" after its cancel returned");
                    let path = format!("{path}.none_after_cancel");
                    return Some(Unmet {
                        line: Some(line),
                        ..Unmet::new(path, what, "none", notification.to_string())
                    });
                }
                _ => {}
            }
        }
        None
    }

    fn line_of(&self, delivered: &Delivered) -> Option<usize> {
        self.outcome.events.iter().position(|event| match event.what {
            What::Begin { lane, number, .. } => {
                lane.handle == delivered.handle && number == delivered.number
            }
            _ => false,
        })
    }
}

fn list(all: &[&Delivered]) -> String {
    if all.is_empty() {
        return String::new();
    }
    let shown: Vec<String> =
        all.iter().take(12).map(|delivered| format!("\n  {delivered}")).collect();
    let more = all.len().saturating_sub(12);
    let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
    format!(":{}{more}", shown.concat())
}
