//! Tables that the API hands out.

use std::sync::Arc;

use netiosim_model::api::{Call, Memory, Output};
use netiosim_model::ids::TableId;
use netiosim_model::row::{Row, RowType};

use super::{Host, row_ref};
use crate::cell::Cell;
use crate::format::Value;
use crate::outcome::Val;
use crate::program::{TableOp, TableTarget, WhichRow};

/// As many rows are listed where one is missing.
const MOST_LISTED: usize = 8;

/// Calls a function that hands out a table.
pub(super) fn call<H: Host>(host: &mut H, op: &TableOp) {
    let function = op.function;
    let (family, level, pointer) = (op.family, op.level, !op.null);
    let reply = host.call(&Call::Table { function, family, level, pointer });
    host.check_code(function.name(), op.returns, reply.code);
    let Output::Table(table) = reply.output else {
        let rows_wanted = op.count.is_some_and(|count| count > 0)
            || op.at_least.is_some_and(|least| least > 0)
            || !op.contains.is_empty();
        if rows_wanted {
            let what = format!("the table of {}", function.name());
            host.fail(&what, "a table".to_owned(), "no table".to_owned());
        }
        return;
    };
    if let Some(variable) = op.table {
        host.store(|store| store.tables[variable] = Some(table));
    }
    if let Some(rows) = host.table_rows(table) {
        count(host, function.name(), (op.count, op.at_least), rows.len());
        for pattern in &op.contains {
            look_for(host, function.name(), pattern, &rows, true);
        }
        for pattern in &op.lacks {
            look_for(host, function.name(), pattern, &rows, false);
        }
    }
    if op.free {
        let _ = host.call(&Call::Free(Memory::Table(table)));
    }
}

/// A table that NotifyStableUnicastIpAddressTable hands out at once, or none.
pub(crate) fn stable<H: Host>(
    host: &mut H,
    table: Option<TableId>,
    variable: Option<usize>,
    wanted: Option<u32>,
) {
    let name = "NotifyStableUnicastIpAddressTable";
    let Some(table) = table else {
        if let Some(wanted) = wanted {
            let what = format!("the table of {name}");
            host.fail(&what, format!("a table of {wanted} rows"), "no table".to_owned());
        }
        return;
    };
    if wanted.is_some()
        && let Some(rows) = host.table_rows(table)
    {
        count(host, name, (wanted, None), rows.len());
    }
    match variable {
        Some(variable) => host.store(|store| store.tables[variable] = Some(table)),
        None => {
            let _ = host.call(&Call::Free(Memory::Table(table)));
        }
    }
}

fn count<H: Host>(
    host: &mut H,
    name: &str,
    (exactly, least): (Option<u32>, Option<u32>),
    rows: usize,
) {
    let what = format!("the number of rows of {name}");
    let is = u32::try_from(rows).unwrap_or(u32::MAX);
    if let Some(exactly) = exactly.filter(|exactly| *exactly != is) {
        host.fail(&what, exactly.to_string(), is.to_string());
    }
    if let Some(least) = least.filter(|least| *least > is) {
        host.fail(&what, format!("at least {least}"), is.to_string());
    }
}

fn look_for<H: Host>(
    host: &mut H,
    name: &str,
    pattern: &[(Cell, Value)],
    rows: &[Row],
    wanted: bool,
) {
    let mut values = Vec::new();
    for (cell, value) in pattern {
        let Some(value) = host.eval(value) else { return };
        values.push((*cell, value));
    }
    let env = host.env();
    let fits = |row: &&Row| values.iter().all(|(cell, value)| cell.matches(row, value, &env));
    let found = rows.iter().find(fits);
    if found.is_some() == wanted {
        return;
    }
    let words: Vec<String> =
        values.iter().map(|(cell, value)| format!("{} {value}", cell.name())).collect();
    let pattern = words.join(", ");
    let what = format!("the rows of {name}");
    if !wanted {
        return host.fail(&what, format!("none with {pattern}"), "there is one".to_owned());
    }
    let show = |row: &Row| {
        let parts: Vec<String> =
            values.iter().map(|(cell, _)| format!("{} {}", cell.name(), cell.get(row))).collect();
        format!("\n  {}", parts.join(", "))
    };
    let shown: String = rows.iter().take(MOST_LISTED).map(show).collect();
    let more = match rows.len().saturating_sub(MOST_LISTED) {
        0 => String::new(),
        more => format!("\n  and {more} more"),
    };
    host.fail(&what, format!("one with {pattern}"), format!("none of {}{shown}{more}", rows.len()));
}

/// Reads a member of a row of a table.
pub(super) fn read<H: Host>(
    host: &mut H,
    table: TableTarget,
    which: &WhichRow,
    member: &Arc<str>,
    equals: Option<&Value>,
    save: Option<usize>,
) {
    let what = format!("{member} of the table");
    let Some(table) = target(host, table) else {
        return host.check_value(&what, equals, save, Val::Text("null".into()));
    };
    let Some(rows) = host.table_rows(table) else {
        return host.check_value(&what, equals, save, Val::Text("gone".into()));
    };
    let row = match which {
        WhichRow::At(at) => rows.get(*at),
        WhichRow::Where(pattern) => match find(host, pattern, &rows) {
            Ok(found) => found.map(|at| &rows[at]),
            Err(()) => return,
        },
    };
    let Some(row) = row else {
        let expected = "a row to read".to_owned();
        return host.fail(&what, expected, format!("no such row among {}", rows.len()));
    };
    let Some(cell) = member_of(host, row.row_type(), member) else { return };
    if let Some(equals) = equals
        && let Some(wanted) = host.eval(equals)
        && !cell.matches(row, &wanted, &host.env())
    {
        host.fail(&what, wanted.to_string(), cell.get(row).to_string());
    }
    if let Some(variable) = save {
        host.set(variable, cell.get(row));
    }
}

/// The position of the first row with these members; `Err` after something was noted.
fn find<H: Host>(
    host: &mut H,
    pattern: &[(Arc<str>, Value)],
    rows: &[Row],
) -> Result<Option<usize>, ()> {
    let Some(first) = rows.first() else { return Ok(None) };
    let mut values = Vec::new();
    for (name, value) in pattern {
        let cell = member_of(host, first.row_type(), name).ok_or(())?;
        values.push((cell, host.eval(value).ok_or(())?));
    }
    let env = host.env();
    let fits = |row: &Row| values.iter().all(|(cell, value)| cell.matches(row, value, &env));
    Ok(rows.iter().position(fits))
}

fn member_of<H: Host>(host: &mut H, row: RowType, name: &str) -> Option<Cell> {
    let cell = Cell::parse(row, name);
    if cell.is_none() {
        let got = format!("{} has none of this name", row.name());
        host.fail("a member of the table", format!("\"{name}\""), got);
    }
    cell
}

/// The table that a step names; `None` is NULL.
pub(super) fn target<H: Host>(host: &mut H, target: TableTarget) -> Option<TableId> {
    match target {
        TableTarget::Variable(variable) => host.store(|store| store.tables[variable]),
        TableTarget::Callback => host.delivered()?.notification.table(),
        TableTarget::Null | TableTarget::Garbage | TableTarget::Row => None,
    }
}

/// Calls FreeMibTable.
pub(super) fn free<H: Host>(host: &mut H, what: TableTarget) {
    let memory = match what {
        TableTarget::Garbage => Memory::Garbage,
        TableTarget::Row => {
            let row = host.delivered().map(|delivered| row_ref(&delivered));
            row.map_or(Memory::Null, Memory::Row)
        }
        other => target(host, other).map_or(Memory::Null, Memory::Table),
    };
    let _ = host.call(&Call::Free(memory));
}
