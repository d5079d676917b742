//! Steps that call the API and do not register.

use std::collections::BTreeMap;

use netiosim_model::function::Function;
use netiosim_model::row::RowType;

use super::adapters;
use super::faults::Faults;
use super::names::row_of;
use super::notify::table_name;
use super::step::{Place, returns};
use super::table;
use super::value;
use crate::cell::Cell;
use crate::format::{
    ConvertCall, Function as Word, GetBestRoute2, NotifyOverlapped, RowCall, Step, Value,
};
use crate::perform::{check_input, initializer, input_kind};
use crate::read::JsonPath;

/// Checks a step that calls the API and does not register; says whether it is one.
pub(super) fn check(
    step: &Step,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) -> bool {
    let named = |function| path.then(Word(function).word().as_str());
    if let Some((function, call)) = step.row_call() {
        row(function, call, &named(function), place, faults);
    } else if let Some((function, call)) = step.table_call() {
        table::check(function, call, &named(function), place, faults);
    } else if let Some((function, call)) = step.convert_call() {
        convert(function, call, &named(function), place, faults);
    } else if let Some((function, call)) = step.adapters_call() {
        adapters::check(function, call, &named(function), place, faults);
    } else if let Some((function, call)) = step.overlapped_call() {
        overlapped(call, &named(function), faults);
    } else if let Some((function, call)) = step.best_interface_call() {
        let path = named(function);
        match &call.destination {
            Some(destination) => address(destination, &path.then("destination"), place, faults),
            None if function == Function::GetBestInterface => {
                faults.tell(&path, "GetBestInterface takes its destination by value", None);
            }
            None => {}
        }
        if let Some(alias) = &call.interface {
            place.names.interface(&path.then("interface"), alias, faults);
        }
        save(call.save.as_deref(), &path, faults);
        returns(call.returns.as_deref(), &path, faults);
    } else if let Some((function, call)) = step.hint_call() {
        let path = named(function);
        let interface = (call.interface.as_deref(), call.index.as_ref());
        let given = call.interface.is_some() || call.index.is_some();
        if given && function == Function::GetNetworkConnectivityHint {
            faults.tell(&path, "GetNetworkConnectivityHint is about the whole machine", None);
        }
        one_key(interface, "index", &path, place, faults);
        members(RowType::Hint, &call.expect, &path.then("expect"), place, faults);
        saves(RowType::Hint, &call.save, &path.then("save"), faults);
        returns(call.returns.as_deref(), &path, faults);
    } else {
        return other(step, path, place, faults);
    }
    true
}

fn other(step: &Step, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) -> bool {
    let own = place.own;
    match step {
        Step::GetTeredoPort(call) => {
            let path = path.then("get_teredo_port");
            returns(call.returns.as_deref(), &path, faults);
            if let Some(port) = &call.port {
                place.value(port, &path.then("port"), faults);
            }
            save(call.save.as_deref(), &path, faults);
        }
        Step::GetNumberOfInterfaces(call) => {
            adapters::number(call, &path.then("get_number_of_interfaces"), place, faults);
        }
        Step::GetBestRoute2(call) => {
            best_route(call, &path.then("get_best_route2"), place, faults);
        }
        Step::ReadTable(read) => table::read(read, &path.then("read_table"), place, faults),
        Step::FreeMibTable(free) => table::free(free, &path.then("free_mib_table"), place, faults),
        Step::KeepTable(keep) => {
            let path = path.then("keep_table");
            table::of_callback(&path, place, faults);
            table_name(&keep.name, &path.then("as"), faults);
        }
        Step::HasFunction(has) => {
            let path = path.then("has_function");
            if Function::parse(&has.function).is_none() {
                let at = path.then("function");
                let known = Function::ALL.into_iter().map(Function::name);
                let words: Vec<String> =
                    Function::ALL.into_iter().map(|function| Word(function).word()).collect();
                if has.function.starts_with(|c: char| c.is_ascii_uppercase()) {
                    faults.unknown(&at, "function", &has.function, known);
                } else {
                    let known = words.iter().map(String::as_str);
                    faults.unknown(&at, "function", &has.function, known);
                }
            }
            if has.present.is_none() && has.save.is_none() {
                let help = "say `present`, or `save` the answer";
                faults.tell(&path, "nothing becomes of the answer", Some(help));
            }
            save(has.save.as_deref(), &path, faults);
        }
        Step::CancelIpChangeNotify(cancel) => {
            let at = path.then("cancel_ip_change_notify").then("overlapped");
            if cancel.overlapped != "null" {
                faults.known(&at, "OVERLAPPED", &cancel.overlapped, &own.overlapped);
            }
        }
        Step::OverlappedResult(result) => {
            let path = path.then("overlapped_result");
            let at = path.then("overlapped");
            faults.known(&at, "OVERLAPPED", &result.overlapped, &own.overlapped);
            returns(result.returns.as_deref(), &path, faults);
        }
        Step::WaitOverlapped(wait) => {
            let at = path.then("wait_overlapped").then("overlapped");
            faults.known(&at, "OVERLAPPED", &wait.overlapped, &own.overlapped);
        }
        _ => return false,
    }
    true
}

fn row(
    function: Function,
    call: &RowCall,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let row_type = row_of(function).expect("a function with a row");
    let luid = (call.interface.as_deref(), call.luid.as_ref());
    one_key(luid, "luid", path, place, faults);
    if let Some(index) = &call.index {
        place.value(index, &path.then("index"), faults);
    }
    families(row_type, (call.family.is_some(), call.family_number.is_some()), path, faults);
    if call.level.is_some() && function != Function::GetIfEntry2Ex {
        let reason = format!("{} has no level", function.name());
        faults.tell_name(&path.then("level"), reason, None);
    }
    starts(row_type, call, path, place, faults);
    members(row_type, &call.row, &path.then("row"), place, faults);
    if let Some(keep) = &call.keep {
        let at = path.then("keep");
        faults.good_name(&at, "row", keep);
        if place.own.kept_rows.get(keep.as_str()).is_some_and(|types| types.len() > 1) {
            let help = "choose another name for one of them";
            faults.tell(&at, format!("`{keep}` keeps rows of two types"), Some(help));
        }
    }
    if call.null_pointer && (!call.row.is_empty() || call.keep.is_some()) {
        let reason = "NULL is to be passed, and a row is said";
        faults.tell_name(&path.then("null_pointer"), reason, Some("leave one of the two out"));
    }
    returns(call.returns.as_deref(), path, faults);
    members(row_type, &call.expect, &path.then("expect"), place, faults);
    saves(row_type, &call.save, &path.then("save"), faults);
}

/// What a row starts from: one thing at most.
fn starts(
    row_type: RowType,
    call: &RowCall,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let said = [
        ("initialize", call.initialize),
        ("from_row", call.from_row),
        ("from", call.from.is_some()),
    ];
    let said: Vec<&str> = said.into_iter().filter(|one| one.1).map(|one| one.0).collect();
    if let [first, second, ..] = said[..] {
        let reason = format!("a row starts from one thing: `{first}` or `{second}`");
        faults.tell_name(&path.then(second), reason, None);
    }
    if call.initialize && initializer(row_type).is_none() {
        let reason = format!("no function initializes a {}", row_type.name());
        faults.tell_name(&path.then("initialize"), reason, None);
    }
    if call.from_row {
        place.row(&path.then("from_row"), faults);
    }
    if let Some(from) = &call.from {
        let at = path.then("from");
        faults.known(&at, "row", from, &place.own.kept_rows);
        let types = place.own.kept_rows.get(from.as_str());
        if types.is_some_and(|types| !types.contains(&row_type)) {
            let reason = format!("`{from}` keeps no {}", row_type.name());
            faults.tell(&at, reason, None);
        }
    }
}

/// Whether a family may be given, and is given once.
fn families(row_type: RowType, (name, number): (bool, bool), path: &JsonPath, faults: &mut Faults) {
    if name && number {
        let reason = "a family is given by name or by number, not by both";
        faults.tell_name(&path.then("family_number"), reason, None);
    }
    for (member, there) in [("family", name), ("family_number", number)] {
        if there && row_type != RowType::IpInterface {
            let reason = format!("{} has no member Family", row_type.name());
            faults.tell_name(&path.then(member), reason, None);
        }
    }
}

/// A LUID or index by alias or as a value, not both.
fn one_key(
    (alias, value): (Option<&str>, Option<&Value>),
    member: &str,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    if let Some(alias) = alias {
        place.names.interface(&path.then("interface"), alias, faults);
    }
    if let Some(value) = value {
        let at = path.then(member);
        place.value(value, &at, faults);
        if alias.is_some() {
            let what = if member == "luid" { "LUID" } else { "index" };
            let reason = format!("the {what} is given by alias or by number, not by both");
            faults.tell_name(&at, reason, None);
        }
    }
}

/// Members of a row with their values.
pub(super) fn members(
    row_type: RowType,
    all: &BTreeMap<String, Value>,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let mut seen: Vec<(Cell, &str)> = Vec::new();
    for (member, value) in all {
        let at = path.then(member.as_str());
        let cell = faults.cell(&at, true, &[row_type], member);
        if let Some(cell) = cell {
            // The names are free in upper and lower case, and DestinationPrefix is two members.
            if let Some((_, other)) = seen.iter().find(|(other, _)| other.overlaps(cell)) {
                let reason = format!("`{member}` is the member that `{other}` writes as well");
                faults.tell_name(&at, reason, Some("write one of them"));
            }
            seen.push((cell, member));
        }
        place.value(value, &at, faults);
        if let Value::Text(alias) = value
            && cell.is_some_and(Cell::names_interface)
            && alias.parse::<u64>().is_err()
        {
            place.names.interface(&at, alias, faults);
        } else {
            faults.fits(&at, cell, value);
        }
    }
}

/// Members of a row with the variables that receive them.
fn saves(row_type: RowType, all: &BTreeMap<String, String>, path: &JsonPath, faults: &mut Faults) {
    for (member, name) in all {
        let at = path.then(member.as_str());
        faults.cell(&at, true, &[row_type], member);
        value::settable(name, &at, faults);
    }
}

pub(super) fn save(name: Option<&str>, path: &JsonPath, faults: &mut Faults) {
    if let Some(name) = name {
        value::settable(name, &path.then("save"), faults);
    }
}

fn best_route(call: &GetBestRoute2, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    one_key((call.interface.as_deref(), call.luid.as_ref()), "luid", path, place, faults);
    if let Some(index) = &call.index {
        place.value(index, &path.then("index"), faults);
    }
    let addresses = [
        ("source", &call.source),
        ("destination", &call.destination),
        ("source_is", &call.source_is),
    ];
    for (member, value) in addresses {
        if let Some(value) = value {
            address(value, &path.then(member), place, faults);
        }
    }
    members(RowType::Forward, &call.expect, &path.then("expect"), place, faults);
    saves(RowType::Forward, &call.save, &path.then("save"), faults);
    if let Some(name) = &call.save_source {
        value::settable(name, &path.then("save_source"), faults);
    }
    returns(call.returns.as_deref(), path, faults);
}

/// A value that has to be an address.
fn address(value: &Value, path: &JsonPath, place: Place<'_, '_>, faults: &mut Faults) {
    place.value(value, path, faults);
    let good = match value {
        Value::Variable(_) => true,
        Value::Number(_) => false,
        Value::Text(text) => text.parse::<netiosim_model::row::SocketAddress>().is_ok(),
    };
    if !good {
        let help = "such as `10.0.0.1`, `fe80::1%7`, `unspecified` or `family 77`";
        faults.tell(path, format!("{value} is not an address"), Some(help));
    }
}

fn convert(
    function: Function,
    call: &ConvertCall,
    path: &JsonPath,
    place: Place<'_, '_>,
    faults: &mut Faults,
) {
    let kind = input_kind(function);
    let mut said = 0;
    for (member, value) in call.inputs() {
        let Some(value) = value else { continue };
        let at = path.then(member);
        said += 1;
        place.value(value, &at, faults);
        if member != kind.member() {
            let help = format!("it takes `{}`", kind.member());
            let reason = format!("{} converts no {member}", function.name());
            faults.tell_name(&at, reason, Some(&help));
        } else if let Err(wanted) = check_input(kind, value) {
            faults.tell(&at, format!("{value} does not fit: {wanted} is wanted"), None);
        }
    }
    if let Some(alias) = &call.interface {
        said += 1;
        let at = path.then("interface");
        place.names.interface(&at, alias, faults);
        if matches!(kind.member(), "mask" | "length_bits") {
            let reason = format!("{} converts nothing of an interface", function.name());
            faults.tell_name(&at, reason, None);
        }
    }
    if said + u32::from(call.null_input) != 1 {
        let help = format!("say `{}`, or `null_input`", kind.member());
        faults.tell(path, "a conversion has exactly one input", Some(&help));
    }
    if let Some(equals) = &call.equals {
        place.value(equals, &path.then("equals"), faults);
    }
    save(call.save.as_deref(), path, faults);
    returns(call.returns.as_deref(), path, faults);
}

fn overlapped(call: &NotifyOverlapped, path: &JsonPath, faults: &mut Faults) {
    if let Some(name) = &call.overlapped {
        let at = path.then("overlapped");
        if name == "null" {
            let reason = "`null` has a meaning of its own in `cancel_ip_change_notify`";
            faults.tell(&at, reason, Some("choose another name"));
        } else {
            faults.good_name(&at, "OVERLAPPED", name);
        }
    }
    returns(call.returns.as_deref(), path, faults);
}
