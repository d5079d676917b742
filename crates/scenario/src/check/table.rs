//! Steps on tables that the API hands out.

use netiosim_model::function::Function;
use netiosim_model::row::RowType;

use super::call::{members, save};
use super::faults::Faults;
use super::names::row_of;
use super::notify::{TABLE_WORDS, table_name};
use super::step::{Place, returns};
use super::walk::Runner;
use crate::format::{Family, FreeMibTable, ReadTable, TableCall, Value};
use crate::read::JsonPath;

pub(super) fn check(
    function: Function,
    call: &TableCall,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let row_type = row_of(function).expect("a function with rows");
    let named = call.family != Family::Unspec;
    if named && call.family_number.is_some() {
        let reason = "a family is given by name or by number, not by both";
        faults.tell_name(&path.then("family_number"), reason, None);
    }
    let no_family = matches!(row_type, RowType::If | RowType::IfStack | RowType::InvertedIfStack);
    for (member, there) in [("family", named), ("family_number", call.family_number.is_some())] {
        if there && no_family {
            let reason = format!("{} has no family", function.name());
            faults.tell_name(&path.then(member), reason, None);
        }
    }
    if call.level.is_some() && function != Function::GetIfTable2Ex {
        let reason = format!("{} has no level", function.name());
        faults.tell_name(&path.then("level"), reason, None);
    }
    if let Some(name) = &call.name {
        table_name(name, &path.then("as"), faults);
        if call.null_pointer {
            let reason = "NULL is to be passed, and a table is named";
            faults.tell_name(&path.then("null_pointer"), reason, Some("leave one of the two out"));
        }
    } else if call.free == Some(false) {
        let help = "name it with `as`";
        faults.tell_name(&path.then("free"), "nobody could free this table", Some(help));
    }
    if let (Some(count), Some(least)) = (call.count, call.at_least)
        && least > count
    {
        let reason = format!("{count} and at least {least} cannot both hold");
        faults.tell(&path.then("at_least"), reason, None);
    }
    for (name, list) in [("contains", &call.contains), ("lacks", &call.lacks)] {
        for (index, pattern) in list.iter().enumerate() {
            let at = path.then(name).then(index);
            if pattern.is_empty() {
                faults.tell(&at, "this is every row", Some("say at least one member"));
            }
            members(row_type, pattern, &at, place, faults);
        }
    }
    returns(call.returns.as_deref(), path, faults);
}

pub(super) fn read(read: &ReadTable, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    let at = path.then("table");
    let types: Vec<RowType> = if read.table == "callback" {
        of_callback(&at, place, faults);
        vec![RowType::Unicast]
    } else {
        faults.known(&at, "table", &read.table, &place.own.tables);
        let types = place.own.tables.get(read.table.as_str());
        types.map(|types| types.iter().copied().collect()).unwrap_or_default()
    };
    if read.row.is_some() && !read.pattern.is_empty() {
        let reason = "a row is given by its position or by its members, not by both";
        faults.tell_name(&path.then("where"), reason, None);
    }
    if let [row_type] = types[..] {
        members(row_type, &read.pattern, &path.then("where"), place, faults);
    } else {
        for (member, value) in &read.pattern {
            place.value(value, &path.then("where").then(member.as_str()), faults);
        }
    }
    if !types.is_empty() {
        let cell = faults.cell(&path.then("member"), false, &types, &read.member);
        if let (Some(equals), [_]) = (&read.equals, &types[..])
            && !matches!(equals, Value::Text(text) if text == "null" || text == "gone")
        {
            faults.fits(&path.then("equals"), cell, equals);
        }
    }
    if let Some(equals) = &read.equals {
        place.value(equals, &path.then("equals"), faults);
    }
    save(read.save.as_deref(), path, faults);
}

pub(super) fn free(
    free: &FreeMibTable,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let at = path.then("table");
    match free.table.as_str() {
        "null" | "garbage" => {}
        "row" => {
            place.row(&at, faults);
        }
        "callback" => of_callback(&at, place, faults),
        name => {
            let mut known: Vec<&str> = place.own.tables.keys().copied().collect();
            if !known.contains(&name) {
                known.extend(TABLE_WORDS);
                faults.unknown(&at, "table", name, known);
            }
        }
    }
}

/// A step on the callback's table: in callbacks of NotifyStableUnicastIpAddressTable.
pub(super) fn of_callback(path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    let Runner::Callback(callback) = place.runner else {
        let help = "do it in a callback of `notify_stable_unicast_ip_address_table`";
        return faults.tell(path, "a thread is handed no table", Some(help));
    };
    let made = place.own.registered.get(callback);
    let stable = Function::NotifyStableUnicastIpAddressTable;
    if made.is_some_and(|made| !made.contains(&stable)) {
        let reason = format!("`{callback}` is handed no table");
        let help = "only callbacks of `notify_stable_unicast_ip_address_table` are";
        faults.tell(path, reason, Some(help));
    }
}
