//! Variables and what they are worth.

use std::sync::Arc;

use netiosim_model::env::Env;
use netiosim_model::machine::RowRead;
use netiosim_model::net::NotificationType;
use netiosim_model::notification::Notification;
use netiosim_model::status::{Flavour, code_name};

use crate::format::Value;
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
    let row = match delivery.notification {
        Notification::IpInterface { row, .. } => row,
        Notification::TeredoPort { .. } => None,
    };
    match name {
        "port" => match delivery.notification {
            Notification::TeredoPort { port, .. } => Some(Val::Number(u64::from(port))),
            Notification::IpInterface { .. } => None,
        },
        "type" => text(kind_word(delivery.notification.kind())),
        "row" => text(if row.is_some() { "present" } else { "null" }),
        "family" => delivery.family.and_then(|family| {
            text(match family {
                netiosim_model::net::Family::V4 => "inet",
                netiosim_model::net::Family::V6 => "inet6",
            })
        }),
        "interface" => text(delivery.alias.as_deref().unwrap_or("")),
        "context" => Some(Val::Number(delivery.context)),
        "count" => Some(Val::Number(u64::from(delivery.number))),
        _ => None,
    }
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

/// What a look at a member of a row showed, as a value.
#[must_use]
pub fn row_value(read: RowRead) -> Val {
    match read {
        RowRead::Value(value) | RowRead::NotPromised(value) => Val::Number(value),
        RowRead::Null => Val::Text("null".into()),
        RowRead::Gone => Val::Text("gone".into()),
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
