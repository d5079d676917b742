//! Steps that register a callback.

use super::faults::Faults;
use super::step::{Place, returns};
use crate::format::{Family, Registering};
use crate::read::JsonPath;

/// Names that mean something else where a table is named.
pub(super) const TABLE_WORDS: [&str; 4] = ["null", "garbage", "row", "callback"];

pub(super) fn check(
    call: &Registering<'_>,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let Place { own, names, .. } = place;
    if matches!(call.name, "null" | "garbage") {
        let reason = format!("`{}` has a meaning of its own in `cancel`", call.name);
        faults.tell(&path.then("as"), reason, Some("choose another name"));
    } else {
        faults.good_name(&path.then("as"), "registration", call.name);
    }
    let made = own.registrations.get(call.name);
    if made.is_some_and(|made| made.functions().len() > 1) {
        let reason = format!("`{}` is a registration of two different functions", call.name);
        faults.tell(&path.then("as"), reason, Some("choose another name for one of them"));
    }
    if call.family_number.is_some() && call.family != Family::Unspec {
        let reason = "a family is given by name or by number, not by both";
        faults.tell_name(&path.then("family_number"), reason, None);
    }
    let other = call.foreign_process.and_then(|name| {
        let at = path.then("foreign_process");
        let other = names.client(&at, name, faults)?;
        if other.process == own.process {
            let reason = format!("`{name}` runs in the same process");
            faults.tell(&at, reason, None);
        }
        Some(other)
    });
    match call.callback {
        Some(_) if call.null_callback => {
            let help = "leave one of the two out";
            faults.tell(path, "a callback is named, and NULL is to be passed", Some(help));
        }
        Some(callback) => {
            let others = other.filter(|other| other.callbacks.contains(callback));
            if others.is_none() {
                faults.known(&path.then("callback"), "callback", callback, &own.callbacks);
            }
        }
        // Without a name the callback does nothing; NULL is `null_callback`.
        None => {}
    }
    if let Some(context) = call.context {
        let at = path.then("context");
        let number = !context.is_empty() && context.bytes().all(|byte| byte.is_ascii_digit());
        if !number {
            place.context(context, &at, faults);
        } else if context.parse::<u64>().is_err() {
            faults.tell(&at, "a context has at most 64 bits", None);
        }
    }
    if let Some(table) = call.table {
        table_name(table, &path.then("table"), faults);
    }
    if let Some(module) = call.module {
        // A module that is never loaded is how TP-23 is shown: that is the model's finding.
        if module.is_empty() {
            faults.tell(&path.then("module"), "the name of a module must not be empty", None);
        }
    }
    returns(call.returns, path, faults);
}

/// A name that a step gives to a table.
pub(super) fn table_name(name: &str, path: &JsonPath, faults: &mut Faults) {
    if TABLE_WORDS.contains(&name) {
        let reason = format!("`{name}` has a meaning of its own in `free_mib_table`");
        faults.tell(path, reason, Some("choose another name"));
    } else {
        faults.good_name(path, "table", name);
    }
}
