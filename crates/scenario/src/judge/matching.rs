//! Whether a delivery fits a pattern.

use std::net::IpAddr;

use netiosim_model::net::Family;
use netiosim_model::notification::Notification;
use netiosim_model::row::RowType;

use super::Judge;
use crate::cell::Cell;
use crate::format::{Cidr, During, IpFamily, Match, NotificationKind, RowPresence, Value};
use crate::outcome::{Delivered, Val};
use crate::values::kind_word;

impl Judge<'_> {
    /// Why a delivery does not fit a pattern; `None` if it does.
    pub(super) fn differs(&self, pattern: &Match, delivered: &Delivered) -> Option<String> {
        self.differences(pattern, delivered).into_iter().next()
    }

    pub(super) fn distance(&self, pattern: &Match, delivered: &Delivered) -> usize {
        self.differences(pattern, delivered).len()
    }

    fn differences(&self, pattern: &Match, delivered: &Delivered) -> Vec<String> {
        differences(pattern, delivered, &|value| self.eval(value))
    }
}

/// Whether a delivery fits a pattern in which no variable stands.
pub(crate) fn fits(pattern: &Match, delivered: &Delivered) -> bool {
    differences(pattern, delivered, &|_| None).is_empty()
}

/// All reasons why a delivery does not fit a pattern.
fn differences(
    pattern: &Match,
    delivered: &Delivered,
    eval: &dyn Fn(&Value) -> Option<Val>,
) -> Vec<String> {
    let mut all = Vec::new();
    let mut check = |member: &str, expected: String, got: String| {
        if expected != got {
            all.push(format!("{member} is {got}, not {expected}"));
        }
    };
    let handed = Handed::of(&delivered.notification);
    let none = || "none".to_owned();
    if let Some(kind) = pattern.kind {
        check(
            "type",
            pattern_word(kind).to_owned(),
            delivered.notification.kind().map_or("none", kind_word).to_owned(),
        );
    }
    if let Some(value) = &pattern.port {
        let expected = eval(value).map_or_else(|| value.to_string(), |value| value.to_string());
        let got = handed.port.map_or_else(none, |port| port.to_string());
        check("port", expected, got);
    }
    if let Some(family) = pattern.family {
        let got = delivered.family.map_or_else(none, |family| ip_family(family).word().to_owned());
        check("family", family.word().to_owned(), got);
    }
    if let Some(interface) = &pattern.interface {
        let got = delivered.alias.as_ref().map_or_else(none, |alias| format!("\"{alias}\""));
        check("interface", format!("\"{interface}\""), got);
    }
    if let Some(presence) = pattern.row {
        let word = |null: bool| if null { "null" } else { "present" }.to_owned();
        check("row", word(presence == RowPresence::Null), word(!delivered.notification.has_row()));
    }
    if let Some(address) = pattern.address {
        let got = handed.address.map_or_else(none, |address| address.to_string());
        check("address", address.to_string(), got);
    }
    if let Some(destination) = pattern.destination {
        let got = handed.destination.map_or_else(none, |prefix| prefix.to_string());
        check("destination", destination.to_string(), got);
    }
    if let Some(next_hop) = pattern.next_hop {
        let got = handed.next_hop.map_or_else(none, |next_hop| next_hop.to_string());
        check("next_hop", next_hop.to_string(), got);
    }
    if let Some(level) = pattern.level {
        let got = handed.hint.map_or_else(none, |(level, _)| level_word(level));
        check("level", level_word(level.number()), got);
    }
    if let Some(cost) = pattern.cost {
        let got = handed.hint.map_or_else(none, |(_, cost)| cost_word(cost));
        check("cost", cost_word(cost.number()), got);
    }
    if let Some(rows) = pattern.rows {
        let got = delivered.rows.map_or_else(none, |rows| rows.to_string());
        check("rows", rows.to_string(), got);
    }
    if let Some(value) = &pattern.context {
        let expected = eval(value).map_or_else(|| value.to_string(), |value| value.to_string());
        check("context", expected, delivered.context.to_string());
    }
    if pattern.during == Some(During::Register) && !delivered.during_register {
        check("during", "the registering call".to_owned(), "after it".to_owned());
    }
    all
}

/// What a callback was handed, as far as patterns speak of it.
#[derive(Default)]
struct Handed {
    port: Option<u16>,
    address: Option<IpAddr>,
    destination: Option<Cidr>,
    next_hop: Option<IpAddr>,
    /// Level and cost.
    hint: Option<(u32, u32)>,
}

impl Handed {
    fn of(notification: &Notification) -> Self {
        let none = Self::default();
        match notification {
            Notification::TeredoPort { port, .. } => Self { port: Some(*port), ..none },
            Notification::UnicastAddress { row: Some(row), .. } => {
                Self { address: Some(row.address), ..none }
            }
            Notification::Route { row: Some(row), .. } => {
                let (address, prefix_length) = (row.route.destination, row.route.prefix_length);
                Self {
                    destination: Some(Cidr { address, prefix_length }),
                    next_hop: Some(row.route.next_hop),
                    ..none
                }
            }
            Notification::Hint { hint, .. } => Self { hint: Some((hint.level, hint.cost)), ..none },
            _ => none,
        }
    }
}

/// A connectivity level as scenarios write it.
pub(super) fn level_word(number: u32) -> String {
    word_of("ConnectivityLevel", number)
}

/// A connectivity cost as scenarios write it.
pub(super) fn cost_word(number: u32) -> String {
    word_of("ConnectivityCost", number)
}

fn word_of(member: &str, number: u32) -> String {
    let cell = Cell::parse(RowType::Hint, member).expect("a member of a hint");
    let word = cell.words().iter().find(|word| word.1 == u64::from(number));
    word.map_or_else(|| number.to_string(), |word| word.0.to_owned())
}

/// A pattern in words.
pub(super) fn words(pattern: &Match) -> String {
    let mut parts = Vec::new();
    if let Some(kind) = pattern.kind {
        parts.push(format!("type {}", pattern_word(kind)));
    }
    if let Some(port) = &pattern.port {
        parts.push(format!("port {port}"));
    }
    if let Some(family) = pattern.family {
        parts.push(format!("family {}", family.word()));
    }
    if let Some(interface) = &pattern.interface {
        parts.push(format!("interface \"{interface}\""));
    }
    match pattern.row {
        Some(RowPresence::Null) => parts.push("row NULL".to_owned()),
        Some(RowPresence::Present) => parts.push("a row".to_owned()),
        None => {}
    }
    if let Some(address) = pattern.address {
        parts.push(format!("address {address}"));
    }
    if let Some(destination) = pattern.destination {
        parts.push(format!("destination {destination}"));
    }
    if let Some(next_hop) = pattern.next_hop {
        parts.push(format!("next hop {next_hop}"));
    }
    if let Some(level) = pattern.level {
        parts.push(format!("level {}", level_word(level.number())));
    }
    if let Some(cost) = pattern.cost {
        parts.push(format!("cost {}", cost_word(cost.number())));
    }
    if let Some(rows) = pattern.rows {
        parts.push(format!("{rows} rows"));
    }
    if let Some(context) = &pattern.context {
        parts.push(format!("context {context}"));
    }
    if pattern.during.is_some() {
        parts.push("inside the registering call".to_owned());
    }
    if parts.is_empty() { "any delivery".to_owned() } else { parts.join(", ") }
}

fn pattern_word(kind: NotificationKind) -> &'static str {
    match kind {
        NotificationKind::Parameter => "parameter",
        NotificationKind::Add => "add",
        NotificationKind::Delete => "delete",
        NotificationKind::Initial => "initial",
    }
}

pub(super) fn ip_family(family: Family) -> IpFamily {
    match family {
        Family::V4 => IpFamily::Inet,
        Family::V6 => IpFamily::Inet6,
    }
}
