//! Rows: calls with one, and the row that a callback is lent.

use std::sync::Arc;

use netiosim_model::api::{Call, Output};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::machine::{RowRead, RowRef};
use netiosim_model::notification::Notification;
use netiosim_model::row::{Field, FieldValue, Row, RowType, SocketAddress};
use netiosim_model::status::Status;

use super::{Host, row_ref};
use crate::cell::{Cell, address_of};
use crate::format::Value;
use crate::outcome::{Delivered, Val};
use crate::program::{RowOp, RowStart, Wanted};

/// Calls a function with one row.
pub(super) fn call<H: Host>(host: &mut H, op: &RowOp) {
    let function = op.function;
    let row = if op.null {
        None
    } else {
        match build(host, op) {
            Some(row) => Some(row),
            // What is wrong was said.
            None => return,
        }
    };
    let call = Call::Row { function, level: op.level, row: row.clone() };
    let reply = host.call(&call);
    host.check_code(function.name(), op.wanted.returns, reply.code);
    let after = match reply.output {
        Output::Row(row) => Some(row),
        _ => row,
    };
    let answer = after.as_ref().filter(|_| reply.status == Status::Success);
    judge(host, &op.wanted, answer, "the row");
    if let (Some(variable), Some(row)) = (op.keep, after) {
        host.store(|store| store.kept[variable] = Some(row));
    }
}

/// Holds the members of a row against what they must be, and saves them.
pub(super) fn judge<H: Host>(host: &mut H, wanted: &Wanted, row: Option<&Row>, what: &str) {
    for (cell, value) in &wanted.expect {
        let Some(value) = host.eval(value) else { continue };
        let what = format!("{} of {what}", cell.name());
        match row {
            None => host.fail(&what, value.to_string(), "no row".to_owned()),
            Some(row) => {
                if !cell.matches(row, &value, &host.env()) {
                    host.fail(&what, value.to_string(), cell.get(row).to_string());
                }
            }
        }
    }
    for (cell, variable) in &wanted.save {
        if let Some(row) = row {
            host.set(*variable, cell.get(row));
        }
    }
}

/// The row that a call is given; `None` if it cannot be made, which is noted.
fn build<H: Host>(host: &mut H, op: &RowOp) -> Option<Row> {
    let what = op.function.name();
    let mut row = match op.start {
        RowStart::Zeros => Row::empty(op.row_type),
        RowStart::Initialized(function) => {
            let row = Some(Row::empty(op.row_type));
            let reply = host.call(&Call::Row { function, level: 0, row });
            match reply.output {
                Output::Row(row) => row,
                _ => {
                    host.check_code(function.name(), Some(0), reply.code);
                    return None;
                }
            }
        }
        RowStart::Lent => match host.delivered().and_then(|delivered| lent(&delivered)) {
            Some(lent) => copy_keys(&lent, op.row_type),
            None => {
                host.fail(what, "a row that is not NULL".to_owned(), "a NULL row".to_owned());
                return None;
            }
        },
        RowStart::Kept(variable) => match host.store(|store| store.kept[variable].clone()) {
            Some(row) if row.row_type() == op.row_type => row,
            Some(row) => {
                let got = format!("one of {}", row.row_type().name());
                host.fail(what, format!("a row of {}", op.row_type.name()), got);
                return None;
            }
            None => {
                let expected = "a row that was kept before".to_owned();
                host.fail(what, expected, "no row was kept".to_owned());
                return None;
            }
        },
    };
    let env = host.env();
    if let Some(alias) = &op.interface {
        let luid = luid_of_alias(host, what, alias, &env)?;
        fill(host, &mut row, "InterfaceLuid", &Val::Number(luid), &env)?;
    }
    for (name, value) in [("InterfaceLuid", &op.luid), ("InterfaceIndex", &op.index)] {
        if let Some(value) = value {
            let value = host.eval(value)?;
            fill(host, &mut row, name, &value, &env)?;
        }
    }
    if let Some(family) = op.family {
        fill(host, &mut row, "Family", &Val::Number(u64::from(family)), &env)?;
    }
    for (cell, value) in &op.cells {
        let value = host.eval(value)?;
        set(host, &mut row, *cell, &value, &env)?;
    }
    Some(row)
}

fn fill<H: Host>(host: &mut H, row: &mut Row, name: &str, value: &Val, env: &Env) -> Option<()> {
    let cell = Cell::parse(row.row_type(), name).expect("a member of every row that is filled");
    set(host, row, cell, value, env)
}

fn set<H: Host>(host: &mut H, row: &mut Row, cell: Cell, value: &Val, env: &Env) -> Option<()> {
    match cell.set(row, value, env) {
        Ok(()) => Some(()),
        Err(wanted) => {
            host.fail(&format!("{} of the row", cell.name()), wanted, value.to_string());
            None
        }
    }
}

/// The LUID of the interface with this alias; one that is not there is noted.
pub(super) fn luid_of_alias<H: Host>(
    host: &mut H,
    what: &str,
    alias: &str,
    env: &Env,
) -> Option<u64> {
    let found = env.interface_by_alias(alias);
    if found.is_none() {
        let expected = format!("an interface \"{alias}\"");
        host.fail(what, expected, "the machine has none now".to_owned());
    }
    found.map(|interface| interface.luid.0)
}

/// The row that the delivery at hand was lent, if it is not NULL.
fn lent(delivered: &Delivered) -> Option<Row> {
    delivered.notification.row().flatten()
}

/// A row of this type with the keys that another one has, too: the recipe of the pages (NI-13).
fn copy_keys(from: &Row, row_type: RowType) -> Row {
    if from.row_type() == row_type {
        return from.clone();
    }
    let mut row = Row::empty(row_type);
    for field in Field::all(row_type).filter(|field| field.is_key()) {
        let same = Field::parse(from.row_type(), field.name());
        let value = match (same, address_in(from)) {
            (Some(same), _) => from.get(same),
            (None, Some(address)) if field.name() == "Family" => {
                FieldValue::Number(u64::from(address.family_number()))
            }
            _ => continue,
        };
        // Keys of one name have one type.
        let _ = row.set(field, value);
    }
    row
}

/// The address whose family a row is of.
fn address_in(row: &Row) -> Option<SocketAddress> {
    let names = ["Address", "DestinationPrefix.Prefix"];
    let field = names.into_iter().find_map(|name| Field::parse(row.row_type(), name))?;
    match row.get(field) {
        FieldValue::Address(address) => Some(address),
        _ => None,
    }
}

/// The type of the row that a callback of this notification is lent, NULL or not.
fn row_type(notification: &Notification) -> Option<RowType> {
    match notification {
        Notification::IpInterface { .. } => Some(RowType::IpInterface),
        Notification::UnicastAddress { .. } => Some(RowType::Unicast),
        Notification::Route { .. } => Some(RowType::Forward),
        _ => None,
    }
}

/// Reads a member of the row at hand.
pub(super) fn read<H: Host>(host: &mut H, member: &Arc<str>, equals: Option<&Value>) {
    let Some(delivered) = host.delivered() else {
        let expected = "a row at hand".to_owned();
        return host.fail("read_row", expected, "no callback runs here".to_owned());
    };
    let what = format!("{member} of the row");
    let Some(cell) = row_type(&delivered.notification).map(|row| cell(host, row, member)) else {
        return host.check_value(&what, equals, None, Val::Text("null".into()));
    };
    let Some(cell) = cell else { return };
    let got = read_cell(host, row_ref(&delivered), cell);
    let Some(wanted) = equals.and_then(|equals| host.eval(equals)) else { return };
    let same = match &got {
        // The member as a row of its own, so that aliases, words and zones are understood.
        Ok(row) => cell.matches(row, &wanted, &host.env()),
        Err(word) => wanted == Val::Text((*word).into()),
    };
    if !same {
        let got = match &got {
            Ok(row) => cell.get(row),
            Err(word) => Val::Text((*word).into()),
        };
        host.fail(&what, wanted.to_string(), got.to_string());
    }
}

/// Keeps the pointer to the row at hand.
pub(super) fn keep<H: Host>(host: &mut H, variable: usize) {
    let kept = host.delivered().map(|delivered| {
        let row_type = row_type(&delivered.notification);
        (row_ref(&delivered), row_type)
    });
    host.store(|store| store.rows[variable] = kept);
}

/// Reads a member through a kept pointer.
pub(super) fn read_kept<H: Host>(host: &mut H, variable: usize, member: &Arc<str>) {
    let Some((kept, row_type)) = host.store(|store| store.rows[variable]) else {
        let expected = "a row kept before".to_owned();
        return host.fail("read_kept_row", expected, "no row was kept".to_owned());
    };
    if let Some(row_type) = row_type
        && let Some(cell) = cell(host, row_type, member)
    {
        let _ = read_cell(host, kept, cell);
    }
}

/// The member of this name; one that the row has not is noted.
fn cell<H: Host>(host: &mut H, row_type: RowType, member: &str) -> Option<Cell> {
    let found = Cell::parse(row_type, member);
    if found.is_none() {
        let got = format!("{} has none of this name", row_type.name());
        host.fail("a member of the row", format!("\"{member}\""), got);
    }
    found
}

/// Looks at a member: a row in which it stands, or the word for what is there instead.
fn read_cell<H: Host>(host: &mut H, row: RowRef, cell: Cell) -> Result<Row, &'static str> {
    let fields = match cell {
        Cell::Field(field) => vec![field],
        Cell::Prefix => {
            let names = ["DestinationPrefix.Prefix", "DestinationPrefix.PrefixLength"];
            names.into_iter().filter_map(|name| Field::parse(RowType::Forward, name)).collect()
        }
    };
    let mut seen: Option<Row> = None;
    for field in fields {
        let value = match host.row_read(row, field) {
            RowRead::Value(value) | RowRead::NotPromised(value) => value,
            RowRead::Null => return Err("null"),
            RowRead::Gone => return Err("gone"),
        };
        let seen = seen.get_or_insert_with(|| Row::empty(field.row()));
        seen.set(field, value).map_err(|_| "nothing")?;
    }
    seen.ok_or("nothing")
}

/// An address that a value must be; another one is noted.
pub(super) fn address<H: Host>(host: &mut H, what: &str, value: &Value) -> Option<SocketAddress> {
    let value = host.eval(value)?;
    let found = address_of(&value);
    if found.is_none() {
        host.fail(what, "an address".to_owned(), value.to_string());
    }
    found
}

/// The function that initializes a row of this type, if there is one.
pub(crate) fn initializer(row_type: RowType) -> Option<Function> {
    match row_type {
        RowType::IpInterface => Some(Function::InitializeIpInterfaceEntry),
        RowType::Unicast => Some(Function::InitializeUnicastIpAddressEntry),
        RowType::Forward => Some(Function::InitializeIpForwardEntry),
        _ => None,
    }
}
