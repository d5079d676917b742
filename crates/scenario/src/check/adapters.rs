//! Steps that ask for the adapters of the machine.

use std::collections::BTreeMap;

use netiosim_model::function::Function;

use super::call::save;
use super::faults::Faults;
use super::step::{Place, returns};
use super::value;
use crate::adapter::{AdapterMember, names};
use crate::format::{AdaptersCall, Family, GetNumberOfInterfaces, Value};
use crate::read::JsonPath;

pub(super) fn check(
    function: Function,
    call: &AdaptersCall,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let named = call.family != Family::Unspec;
    if named && call.family_number.is_some() {
        let reason = "a family is given by name or by number, not by both";
        faults.tell_name(&path.then("family_number"), reason, None);
    }
    if function == Function::GetAdaptersInfo {
        let written = [
            ("family", named, "family"),
            ("family_number", call.family_number.is_some(), "family"),
            ("flags", !call.flags.is_empty(), "flags"),
            ("flag_bits", call.flag_bits.is_some(), "flags"),
            ("reserved", call.reserved, "Reserved"),
        ];
        for (member, _, what) in written.into_iter().filter(|(_, there, _)| *there) {
            faults.tell_name(&path.then(member), format!("GetAdaptersInfo has no {what}"), None);
        }
    }
    for (index, flag) in call.flags.iter().enumerate() {
        if call.flags[..index].contains(flag) {
            faults.tell(&path.then("flags").then(index), "this flag comes twice", None);
        }
    }
    if let Some(size) = &call.size {
        let at = path.then("size");
        place.value(size, &at, faults);
        if call.null_size {
            let reason = "NULL is to be passed, and a size is given";
            faults.tell_name(&at, reason, Some("leave one of the two out"));
        }
        let good = match size {
            Value::Number(bytes) => u32::try_from(*bytes).is_ok(),
            Value::Variable(_) => true,
            Value::Text(_) => false,
        };
        if !good {
            faults.tell(&at, format!("{size} is not a number of bytes of 32 bits"), None);
        }
    }
    if let Some(name) = &call.save_size {
        let at = path.then("save_size");
        value::settable(name, &at, faults);
        if call.null_size {
            faults.tell_name(&at, "NULL is to be passed, and the size is to be saved", None);
        }
    }
    if let (Some(count), Some(least)) = (call.count, call.at_least)
        && least > count
    {
        let reason = format!("{count} and at least {least} cannot both hold");
        faults.tell(&path.then("at_least"), reason, None);
    }
    members(function, &call.first, &path.then("first"), place, faults);
    for (name, list) in [("contains", &call.contains), ("lacks", &call.lacks)] {
        for (index, pattern) in list.iter().enumerate() {
            let at = path.then(name).then(index);
            if pattern.is_empty() {
                faults.tell(&at, "this is every adapter", Some("say at least one member"));
            }
            members(function, pattern, &at, place, faults);
        }
    }
    returns(call.returns.as_deref(), path, faults);
}

pub(super) fn number(
    call: &GetNumberOfInterfaces,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    if let Some(equals) = &call.equals {
        place.value(equals, &path.then("equals"), faults);
    }
    save(call.save.as_deref(), path, faults);
    returns(call.returns.as_deref(), path, faults);
}

/// Members of an adapter with their values.
fn members(
    function: Function,
    all: &BTreeMap<String, Value>,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let mut seen: Vec<(AdapterMember, &str)> = Vec::new();
    for (name, value) in all {
        let at = path.then(name.as_str());
        place.value(value, &at, faults);
        match AdapterMember::parse(function, name) {
            None => {
                let help = super::faults::offer(name, names(function));
                let reason = format!("an adapter of {} has no member `{name}`", function.name());
                faults.tell_name(&at, reason, Some(&help));
            }
            Some(member) => {
                if let Some((_, other)) = seen.iter().find(|(known, _)| *known == member) {
                    let reason = format!("`{name}` is the member that `{other}` writes as well");
                    faults.tell_name(&at, reason, Some("write one of them"));
                }
                seen.push((member, name));
            }
        }
    }
}
