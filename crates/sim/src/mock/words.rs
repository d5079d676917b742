//! The parameters and the output of a call in words.

use netiosim_model::api::{Call, Memory, Output, Value};
use netiosim_model::function::{Function, Shape};
use netiosim_model::row::{Field, Row, RowType};

/// The parameters of a call, as far as its function has them.
pub(super) fn parameters(call: &Call) -> String {
    let mut parts = Vec::new();
    let missing =
        |pointer: bool, what: &str| (!pointer).then(|| format!("no place for the {what}"));
    match call {
        Call::Row { function, level, row } => {
            parts.extend(level_of(*function, *level));
            match row {
                Some(row) => parts.extend(keys(row)),
                None => parts.push("no row".to_owned()),
            }
        }
        Call::Table { function, family, level, pointer } => {
            if has_family(*function) {
                parts.push(format!("family {family}"));
            }
            parts.extend(level_of(*function, *level));
            parts.extend(missing(*pointer, "table"));
        }
        Call::Free(Memory::Null) => parts.push("NULL".to_owned()),
        Call::Free(Memory::Table(table)) => parts.push(format!("table {}", table.0)),
        Call::Free(Memory::Row(row)) => parts.push(format!("the row of {}", row.handle)),
        Call::Free(Memory::Garbage) => parts.push("no table".to_owned()),
        Call::BestRoute {
            luid,
            index,
            source,
            destination,
            sort_options: _,
            route_pointer,
            source_pointer,
        } => {
            parts.extend(luid.map(|luid| format!("LUID {luid}")));
            parts.extend((*index != 0).then(|| format!("index {index}")));
            parts.extend(source.map(|source| format!("from {source}")));
            parts.push(destination.map_or("no destination".into(), |to| format!("to {to}")));
            parts.extend(missing(*route_pointer, "route"));
            parts.extend(missing(*source_pointer, "source address"));
        }
        Call::BestInterface { function: _, destination, pointer } => {
            parts.push(destination.map_or("no destination".into(), |to| format!("to {to}")));
            parts.extend(missing(*pointer, "index"));
        }
        Call::Hint { function, index, pointer } => {
            if *function == Function::GetNetworkConnectivityHintForInterface {
                parts.push(format!("index {index}"));
            }
            parts.extend(missing(*pointer, "hint"));
        }
        Call::Convert { function, input, pointer, length } => {
            parts.push(input.as_ref().map_or("nothing".into(), value));
            parts.extend(is_text(*function).then(|| format!("length {length}")));
            // if_nametoindex has no output parameter.
            let place = *pointer || *function == Function::IfNametoindex;
            parts.extend(missing(place, "result"));
        }
        Call::Adapters { function, family, flags, reserved: _, size, buffer } => {
            if *function == Function::GetAdaptersAddresses {
                parts.push(format!("family {family}"));
                parts.push(format!("flags {flags:#x}"));
            }
            parts.push(size.map_or("no size".into(), |size| format!("{size} bytes")));
            parts.extend(missing(*buffer, "list"));
        }
        Call::Number { function: _, pointer } => parts.extend(missing(*pointer, "number")),
    }
    parts.join(", ")
}

/// What a call wrote, where that can be said in a few words.
pub(super) fn output(output: &Output) -> Option<String> {
    match output {
        Output::Nothing | Output::Row(_) => None,
        Output::Table(table) => Some(format!("table {}", table.0)),
        Output::BestRoute(route, source) => Some(format!(
            "route {}/{} by {} of interface {}, source {source}",
            route.destination, route.prefix_length, route.next_hop, route.index
        )),
        Output::Index(index) => Some(format!("index {index}")),
        Output::Hint(hint) => Some(hint.to_string()),
        Output::Value(written) => Some(value(written)),
        Output::Adapters(adapters) => Some(format!("{} adapters", adapters.list.len())),
        Output::AdaptersInfo(adapters) => Some(format!("{} adapters", adapters.list.len())),
        Output::Size(size) => Some(format!("{size} bytes are needed")),
        Output::Number(number) => Some(number.to_string()),
    }
}

/// Whether Family is among the parameters of a table function.
pub(super) fn has_family(function: Function) -> bool {
    let shape = function.spec().shape;
    let without = [RowType::If, RowType::IfStack, RowType::InvertedIfStack];
    matches!(shape, Shape::Table(row_type) if !without.contains(&row_type))
}

/// Whether a function returns nothing: FreeMibTable and those that initialize a row.
pub(super) fn is_silent(function: Function) -> bool {
    matches!(
        function,
        Function::FreeMibTable
            | Function::InitializeIpInterfaceEntry
            | Function::InitializeUnicastIpAddressEntry
            | Function::InitializeIpForwardEntry
    )
}

/// Whether a conversion writes a text, into a buffer of a given length.
fn is_text(function: Function) -> bool {
    matches!(
        function,
        Function::ConvertInterfaceLuidToAlias
            | Function::ConvertInterfaceLuidToNameA
            | Function::ConvertInterfaceLuidToNameW
    )
}

/// A value of a conversion, with what it is.
fn value(value: &Value) -> String {
    match value {
        Value::Luid(luid) => format!("LUID {luid}"),
        Value::Index(index) => format!("index {index}"),
        Value::Guid(guid) => format!("GUID {guid}"),
        Value::Text(text) => format!("\"{text}\""),
        Value::Mask(mask) => format!("mask {mask}"),
        Value::Length(length) => format!("prefix length {length}"),
    }
}

fn level_of(function: Function, level: i32) -> Option<String> {
    let has = matches!(function, Function::GetIfEntry2Ex | Function::GetIfTable2Ex);
    has.then(|| format!("level {level}"))
}

/// The keys of a row, by Microsoft's names.
fn keys(row: &Row) -> impl Iterator<Item = String> + '_ {
    let keys = Field::all(row.row_type()).filter(|field| field.is_key());
    keys.map(|field| format!("{} {}", field.name(), row.get(field)))
}
