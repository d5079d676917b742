//! Variables and what they are worth.

use std::sync::Arc;

use netiosim_model::env::Env;
use netiosim_model::net::{Guid, NotificationType};
use netiosim_model::notification::Notification;
use netiosim_model::row::SocketAddress;
use netiosim_model::status::{Flavour, code_name};

use crate::format::{Cidr, Value};
use crate::outcome::{Delivered, Val};
use crate::program::Program;

/// The user variables of a run.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variables {
    values: Vec<Option<Val>>,
}

impl Variables {
    /// No variable has a value yet.
    #[must_use]
    pub fn new(program: &Program) -> Self {
        Self { values: vec![None; program.variables.len()] }
    }

    /// Variables with these values.
    #[must_use]
    pub fn with(values: &[Option<Val>]) -> Self {
        Self { values: values.to_vec() }
    }

    /// Sets a variable.
    pub fn set(&mut self, variable: usize, value: Val) {
        self.values[variable] = Some(value);
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Option<Val>] {
        &self.values
    }

    /// What a value is worth for a client, in the delivery at hand.
    ///
    /// # Errors
    ///
    /// In words, when it is a variable that has no value.
    pub fn eval(
        &self,
        value: &Value,
        program: &Program,
        client: usize,
        delivery: Option<&Delivered>,
        env: &Env,
    ) -> Result<Val, String> {
        let name = match value {
            Value::Number(number) => return Ok(Val::Number(*number)),
            Value::Text(text) => return Ok(Val::Text(text.as_str().into())),
            Value::Variable(name) => name.as_str(),
        };
        if let Some(value) = stack_value(name, env) {
            return Ok(value);
        }
        if let Some(value) = delivery.and_then(|delivery| delivery_value(name, delivery)) {
            return Ok(value);
        }
        let client = program.clients.get(client).map(|client| client.0.clone()).unwrap_or_default();
        let full: Arc<str> = format!("{client}.{name}").into();
        let variable =
            program.variables.iter().position(|other| *other == full || **other == *name);
        let value = variable.and_then(|variable| self.values[variable].clone());
        value.ok_or_else(|| format!("${name} has no value here"))
    }
}

fn stack_value(name: &str, env: &Env) -> Option<Val> {
    match name {
        "stack.teredo.port" => Some(Val::Number(env.teredo().port().map_or(0, u64::from))),
        "stack.teredo.state" => Some(Val::Text(env.teredo().state().word().into())),
        _ => None,
    }
}

fn delivery_value(name: &str, delivery: &Delivered) -> Option<Val> {
    let text = |text: &str| Some(Val::Text(text.into()));
    let number = |number: u32| Some(Val::Number(u64::from(number)));
    let notification = &delivery.notification;
    match (name, notification) {
        ("port", Notification::TeredoPort { port, .. }) => number(u32::from(*port)),
        ("type", _) => notification.kind().and_then(|kind| text(kind_word(kind))),
        ("row", _) => text(if notification.has_row() { "present" } else { "null" }),
        ("family", _) => delivery.family.and_then(|family| {
            text(match family {
                netiosim_model::net::Family::V4 => "inet",
                netiosim_model::net::Family::V6 => "inet6",
            })
        }),
        ("interface", _) => text(delivery.alias.as_deref().unwrap_or("")),
        ("address", Notification::UnicastAddress { row: Some(row), .. }) => {
            text(&row.address.to_string())
        }
        ("destination", Notification::Route { row: Some(row), .. }) => {
            text(&format!("{}/{}", row.route.destination, row.route.prefix_length))
        }
        ("next_hop", Notification::Route { row: Some(row), .. }) => {
            text(&row.route.next_hop.to_string())
        }
        ("level", Notification::Hint { hint, .. }) => number(hint.level),
        ("cost", Notification::Hint { hint, .. }) => number(hint.cost),
        ("rows", Notification::StableTable { .. }) => delivery.rows.and_then(number),
        ("context", _) => Some(Val::Number(delivery.context)),
        ("count", _) => number(delivery.number),
        _ => None,
    }
}

/// Whether two values are the same: addresses, prefixes and GUIDs in whatever form they are written.
#[must_use]
pub fn same(a: &Val, b: &Val) -> bool {
    let (Val::Text(a), Val::Text(b)) = (a, b) else { return a == b };
    let prefix = |text: &str| text.contains('/').then(|| text.parse::<Cidr>().ok()).flatten();
    let guid = |text: &str| text.parse::<Guid>().ok();
    let address = |text: &str| text.parse::<SocketAddress>().ok();
    a == b
        || (address(a).is_some() && address(a) == address(b))
        || (prefix(a).is_some() && prefix(a) == prefix(b))
        || (guid(a).is_some() && guid(a) == guid(b))
}

/// The word of the scenario language for a notification type.
#[must_use]
pub fn kind_word(kind: NotificationType) -> &'static str {
    match kind {
        NotificationType::Parameter => "parameter",
        NotificationType::Add => "add",
        NotificationType::Delete => "delete",
        NotificationType::Initial => "initial",
    }
}

/// A result code in words: its name and its number.
#[must_use]
pub fn code_words(code: u32, flavour: Flavour) -> String {
    match code_name(code, flavour) {
        Some(name) => format!("{name} ({})", code_number(code, flavour)),
        None => code_number(code, flavour),
    }
}

/// A result code as its flavour writes it: Win32 codes in decimal, NTSTATUS in hexadecimal.
#[must_use]
fn code_number(code: u32, flavour: Flavour) -> String {
    match flavour {
        Flavour::Kernel if code > 0xFFFF => format!("{code:#x}"),
        _ => code.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::same;
    use crate::outcome::Val;

    #[test]
    fn addresses_prefixes_and_guids_compare_by_what_they_mean() {
        let text = |text: &str| Val::Text(text.into());
        let equal = [
            ("2001:db8:0::1", "2001:DB8::1"),
            ("2001:0db8::/32", "2001:db8::/32"),
            ("{01234567-89AB-CDEF-0123-456789ABCDEF}", "01234567-89ab-cdef-0123-456789abcdef"),
            ("word", "word"),
        ];
        for (a, b) in equal {
            assert!(same(&text(a), &text(b)), "{a} {b}");
        }
        let different =
            [("10.0.0.1", "10.0.0.2"), ("10.0.0.0/8", "10.0.0.0/9"), ("a", "b"), ("1", "01")];
        for (a, b) in different {
            assert!(!same(&text(a), &text(b)), "{a} {b}");
        }
        assert!(same(&Val::Number(4), &Val::Number(4)));
        assert!(!same(&Val::Number(4), &text("4")));
    }
}
