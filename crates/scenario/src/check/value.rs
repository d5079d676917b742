//! Variables within values.

use super::faults::{Faults, offer};
use super::names::{ClientNames, Names};
use crate::format::Value;
use crate::read::JsonPath;

/// The variables that a delivery has.
pub(super) const OF_DELIVERY: [&str; 13] = [
    "port",
    "type",
    "row",
    "family",
    "interface",
    "address",
    "destination",
    "next_hop",
    "level",
    "cost",
    "rows",
    "context",
    "count",
];

/// The variables that the machine has.
const OF_STACK: [&str; 2] = ["stack.teredo.port", "stack.teredo.state"];

/// Where a value stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope<'n, 'a> {
    /// In a callback of this client.
    Callback(&'n ClientNames<'a>),
    /// In a thread of this client.
    Thread(&'n ClientNames<'a>),
    /// In an expectation, where a variable is `client.name`.
    Expectation,
    /// In a property, which knows no variables.
    Property,
}

/// Looks whether the variable that a value may be has a meaning where it stands.
pub(super) fn check(
    value: &Value,
    path: &JsonPath,
    scope: Scope<'_, '_>,
    names: &Names<'_>,
    faults: &mut Faults,
) {
    let Value::Variable(name) = value else { return };
    let name = name.as_str();
    if matches!(scope, Scope::Property) {
        let reason = format!("a property looks at the machine, where `${name}` has no value");
        return faults.tell(path, reason, Some("write the value itself"));
    }
    if OF_STACK.contains(&name) {
        return;
    }
    let (own, of_delivery) = match scope {
        Scope::Callback(own) => (own, true),
        Scope::Thread(own) => (own, false),
        Scope::Expectation | Scope::Property => return variable_of(name, path, names, faults),
    };
    if of_delivery && OF_DELIVERY.contains(&name) {
        return;
    }
    if own.variables.contains(name) {
        return;
    }
    if OF_DELIVERY.contains(&name) {
        let help = "keep it with `set` in the callback, under another name";
        faults.tell(path, format!("`${name}` has a value in callbacks only"), Some(help));
        return;
    }
    let mut known: Vec<&str> = own.variables.iter().copied().collect();
    known.extend(OF_STACK);
    if of_delivery {
        known.extend(OF_DELIVERY);
    }
    let reason = format!("no step sets the variable `{name}`");
    faults.tell(path, reason, Some(&offer(name, known)));
}

/// Looks whether `client.name` is a variable that some step sets.
pub(super) fn variable_of(name: &str, path: &JsonPath, names: &Names<'_>, faults: &mut Faults) {
    let Some((client, variable)) = name.split_once('.') else {
        let owners =
            names.clients.iter().filter(|(_, own)| names.own[**own].variables.contains(name));
        let help = match owners.map(|(client, _)| client).next() {
            Some(client) => format!("write `{client}.{name}`"),
            None => "write `client.variable`".to_owned(),
        };
        return faults.tell(path, format!("`{name}` does not say whose variable"), Some(&help));
    };
    let Some(own) = names.client(path, client, faults) else { return };
    if !own.variables.contains(variable) {
        let help = offer(variable, own.variables.iter().copied());
        faults.tell(path, format!("no step sets the variable `{name}`"), Some(&help));
    }
}

/// Looks whether a step may set a variable of this name.
pub(super) fn settable(name: &str, path: &JsonPath, faults: &mut Faults) {
    if OF_DELIVERY.contains(&name) || name == "stack" {
        let reason = format!("`${name}` has a meaning of its own and cannot be set");
        faults.tell(path, reason, Some("choose another name"));
    } else {
        let bare = name.strip_prefix('$').filter(|bare| !bare.is_empty());
        match bare {
            Some(bare) => {
                let help = format!("write `{bare}`: the `$` stands where the variable is read");
                faults.tell(path, "the name of a variable is set without `$`", Some(&help));
            }
            None => faults.good_name(path, "variable", name),
        }
    }
}
