//! From steps that call the API to operations.

use std::collections::BTreeMap;
use std::sync::Arc;

use netiosim_model::function::{Function, Shape};
use netiosim_model::net::AF_INET;
use netiosim_model::row::RowType;

use super::Op;
use super::call::{
    AdapterPattern, AdaptersOp, ApiOp, BestRouteOp, ConvertInput, ConvertOp, RowOp, RowStart,
    TableOp, TableTarget, Wanted, WhichRow,
};
use super::compile::{Compiler, code, family_number};
use super::stack::BuildError;
use crate::adapter::AdapterMember;
use crate::cell::Cell;
use crate::format::{
    AdaptersCall, ConvertCall, GetBestRoute2, ReadTable, RowCall, Step, TableCall, Value,
};
use crate::perform::initializer;

/// The size of a buffer for a name, where a step does not say one: NDIS_IF_MAX_STRING_SIZE and the
/// terminator.
const NAME_SIZE: usize = 257;

impl Compiler<'_> {
    /// The operation of a step that calls the API and does not register, if it is one.
    pub(super) fn api(
        &mut self,
        client: usize,
        step: &Step,
        path: &Arc<str>,
    ) -> Result<Option<Op>, BuildError> {
        if let Some((function, call)) = step.overlapped_call() {
            let overlapped = call.overlapped.as_ref().filter(|_| !call.null_overlapped);
            return Ok(Some(Op::NotifyOverlapped {
                function,
                overlapped: overlapped.map(|name| self.overlapped.number(client, name)),
                null_handle: call.null_handle
                    || (call.overlapped.is_none() && !call.null_overlapped),
                returns: code(call.returns.as_deref(), path)?,
            }));
        }
        if let Step::WaitOverlapped(wait) = step {
            return Ok(Some(Op::WaitOverlapped(self.overlapped.number(client, &wait.overlapped))));
        }
        let op = match (step.row_call(), step.table_call(), step.convert_call()) {
            (Some((function, call)), ..) => Some(self.row(client, function, call, path)?),
            (_, Some((function, call)), _) => Some(self.table(client, function, call, path)?),
            (.., Some((function, call))) => Some(self.convert(client, function, call, path)?),
            _ => self.other(client, step, path)?,
        };
        Ok(op.map(|op| Op::Api(Box::new(op))))
    }

    fn other(
        &mut self,
        client: usize,
        step: &Step,
        path: &Arc<str>,
    ) -> Result<Option<ApiOp>, BuildError> {
        if let Some((function, call)) = step.best_interface_call() {
            return Ok(Some(ApiOp::BestInterface {
                function,
                destination: call.destination.clone(),
                null: call.null_pointer,
                returns: code(call.returns.as_deref(), path)?,
                interface: call.interface.as_deref().map(Arc::from),
                save: self.variable(client, call.save.as_deref()),
            }));
        }
        if let Some((function, call)) = step.hint_call() {
            let returns = call.returns.as_deref();
            let wanted = (returns, &call.expect, &call.save);
            return Ok(Some(ApiOp::Hint {
                function,
                interface: call.interface.as_deref().map(Arc::from),
                index: call.index.clone(),
                null: call.null_pointer,
                wanted: self.wanted(client, RowType::Hint, wanted, path)?,
            }));
        }
        if let Some((function, call)) = step.adapters_call() {
            return self.adapters(client, function, call, path).map(Some);
        }
        Ok(Some(match step {
            Step::GetNumberOfInterfaces(call) => ApiOp::Number {
                null: call.null_pointer,
                returns: code(call.returns.as_deref(), path)?,
                equals: call.equals.clone(),
                save: self.variable(client, call.save.as_deref()),
            },
            Step::GetTeredoPort(call) => ApiOp::TeredoPort {
                null: call.null_pointer,
                returns: code(call.returns.as_deref(), path)?,
                port: call.port.clone(),
                save: self.variable(client, call.save.as_deref()),
            },
            Step::GetBestRoute2(call) => self.best_route(client, call, path)?,
            Step::ReadTable(read) => self.read_table(client, read),
            Step::FreeMibTable(free) => ApiOp::Free(self.target(client, &free.table)),
            Step::KeepTable(keep) => ApiOp::KeepTable(self.tables.number(client, &keep.name)),
            Step::HasFunction(has) => ApiOp::HasFunction {
                function: Function::parse(&has.function).ok_or_else(|| {
                    BuildError::new(path, format!("no function is called \"{}\"", has.function))
                })?,
                present: has.present,
                save: self.variable(client, has.save.as_deref()),
            },
            Step::CancelIpChangeNotify(cancel) => ApiOp::CancelOverlapped {
                overlapped: match cancel.overlapped.as_str() {
                    "null" => None,
                    name => Some(self.overlapped.number(client, name)),
                },
                returns: cancel.returns,
            },
            Step::OverlappedResult(result) => ApiOp::OverlappedResult {
                overlapped: self.overlapped.number(client, &result.overlapped),
                returns: code(result.returns.as_deref(), path)?,
            },
            Step::ReadRow(read) => {
                ApiOp::ReadRow { member: read.member.as_str().into(), equals: read.equals.clone() }
            }
            Step::KeepRow(keep) => ApiOp::KeepRow(self.rows.number(client, &keep.name)),
            Step::ReadKeptRow(read) => {
                ApiOp::ReadKeptRow(self.rows.number(client, &read.row), read.member.as_str().into())
            }
            Step::FreeRow(_) => ApiOp::FreeRow,
            _ => return Ok(None),
        }))
    }

    fn row(
        &mut self,
        client: usize,
        function: Function,
        call: &RowCall,
        path: &Arc<str>,
    ) -> Result<ApiOp, BuildError> {
        let row_type = row_type(function);
        let start = if call.initialize {
            RowStart::Initialized(initializer(row_type).ok_or_else(|| {
                BuildError::new(path, format!("no function initializes a {}", row_type.name()))
            })?)
        } else if call.from_row {
            RowStart::Lent
        } else if let Some(name) = &call.from {
            RowStart::Kept(self.kept_rows.number(client, name))
        } else {
            RowStart::Zeros
        };
        let family = match (call.family_number, call.family) {
            (None, None) if row_type == RowType::IpInterface && start == RowStart::Zeros => {
                Some(AF_INET)
            }
            (None, None) => None,
            (number, family) => Some(family_number(family.unwrap_or_default(), number)),
        };
        let wanted = (call.returns.as_deref(), &call.expect, &call.save);
        Ok(ApiOp::Row(RowOp {
            function,
            row_type,
            level: i32::from(call.level.unwrap_or(0)),
            null: call.null_pointer,
            start,
            interface: call.interface.as_deref().map(Arc::from),
            luid: call.luid.clone(),
            index: call.index.clone(),
            family,
            cells: cells(row_type, &call.row, path)?,
            keep: call.keep.as_ref().map(|name| self.kept_rows.number(client, name)),
            wanted: self.wanted(client, row_type, wanted, path)?,
        }))
    }

    fn table(
        &mut self,
        client: usize,
        function: Function,
        call: &TableCall,
        path: &Arc<str>,
    ) -> Result<ApiOp, BuildError> {
        let row_type = row_type(function);
        let rows = |list: &[BTreeMap<String, Value>]| {
            list.iter().map(|row| cells(row_type, row, path)).collect::<Result<Vec<_>, _>>()
        };
        Ok(ApiOp::Table(TableOp {
            function,
            family: family_number(call.family, call.family_number),
            level: i32::from(call.level.unwrap_or(0)),
            null: call.null_pointer,
            table: call.name.as_ref().map(|name| self.tables.number(client, name)),
            returns: code(call.returns.as_deref(), path)?,
            count: call.count,
            at_least: call.at_least,
            contains: rows(&call.contains)?,
            lacks: rows(&call.lacks)?,
            free: call.free.unwrap_or(call.name.is_none()),
        }))
    }

    fn read_table(&mut self, client: usize, read: &ReadTable) -> ApiOp {
        let pattern = read.pattern.iter();
        let pattern: Vec<(Arc<str>, Value)> =
            pattern.map(|(name, value)| (name.as_str().into(), value.clone())).collect();
        ApiOp::ReadTable {
            table: self.target(client, &read.table),
            row: match read.row {
                None if !pattern.is_empty() => WhichRow::Where(pattern),
                at => WhichRow::At(at.map_or(0, |at| usize::try_from(at).unwrap_or(usize::MAX))),
            },
            member: read.member.as_str().into(),
            equals: read.equals.clone(),
            save: self.variable(client, read.save.as_deref()),
        }
    }

    fn best_route(
        &mut self,
        client: usize,
        call: &GetBestRoute2,
        path: &Arc<str>,
    ) -> Result<ApiOp, BuildError> {
        let wanted = (call.returns.as_deref(), &call.expect, &call.save);
        Ok(ApiOp::BestRoute(BestRouteOp {
            interface: call.interface.as_deref().map(Arc::from),
            luid: call.luid.clone(),
            index: call.index.clone(),
            source: call.source.clone(),
            destination: call.destination.clone(),
            sort_options: call.sort_options.unwrap_or(0),
            null_route: call.null_route,
            null_source: call.null_source,
            source_is: call.source_is.clone(),
            save_source: self.variable(client, call.save_source.as_deref()),
            wanted: self.wanted(client, RowType::Forward, wanted, path)?,
        }))
    }

    fn convert(
        &mut self,
        client: usize,
        function: Function,
        call: &ConvertCall,
        path: &Arc<str>,
    ) -> Result<ApiOp, BuildError> {
        let inputs = call.inputs();
        let value = inputs.into_iter().find_map(|(_, value)| value.clone());
        let input = match (&call.interface, value) {
            (Some(alias), _) => ConvertInput::Interface(alias.as_str().into()),
            (None, Some(value)) => ConvertInput::Value(value),
            (None, None) => ConvertInput::Null,
        };
        Ok(ApiOp::Convert(ConvertOp {
            function,
            input,
            null_output: call.null_output,
            length: call
                .buffer
                .map_or(NAME_SIZE, |size| usize::try_from(size).unwrap_or(usize::MAX)),
            returns: code(call.returns.as_deref(), path)?,
            equals: call.equals.clone(),
            save: self.variable(client, call.save.as_deref()),
        }))
    }

    fn adapters(
        &mut self,
        client: usize,
        function: Function,
        call: &AdaptersCall,
        path: &Arc<str>,
    ) -> Result<ApiOp, BuildError> {
        let pattern = |pattern: &BTreeMap<String, Value>| adapter_pattern(function, pattern, path);
        let patterns = |list: &[BTreeMap<String, Value>]| {
            list.iter().map(pattern).collect::<Result<Vec<_>, _>>()
        };
        let flags = call.flags.iter().fold(0, |bits, flag| bits | flag.bit());
        Ok(ApiOp::Adapters(AdaptersOp {
            function,
            family: call.family_number.unwrap_or_else(|| family_number(call.family, None).into()),
            flags: flags | call.flag_bits.unwrap_or(0),
            reserved: call.reserved,
            size: call.size.clone(),
            null_size: call.null_size,
            null_buffer: call.null_buffer,
            returns: code(call.returns.as_deref(), path)?,
            count: call.count,
            at_least: call.at_least,
            first: pattern(&call.first)?,
            contains: patterns(&call.contains)?,
            lacks: patterns(&call.lacks)?,
            save_size: self.variable(client, call.save_size.as_deref()),
        }))
    }

    fn wanted(
        &mut self,
        client: usize,
        row_type: RowType,
        (returns, expect, save): (
            Option<&str>,
            &BTreeMap<String, Value>,
            &BTreeMap<String, String>,
        ),
        path: &Arc<str>,
    ) -> Result<Wanted, BuildError> {
        let mut saved = Vec::new();
        for (name, variable) in save {
            saved.push((cell(row_type, name, path)?, self.variables.number(client, variable)));
        }
        let expect = cells(row_type, expect, path)?;
        Ok(Wanted { returns: code(returns, path)?, expect, save: saved })
    }

    fn variable(&mut self, client: usize, name: Option<&str>) -> Option<usize> {
        name.map(|name| self.variables.number(client, name))
    }

    fn target(&mut self, client: usize, name: &str) -> TableTarget {
        match name {
            "null" => TableTarget::Null,
            "garbage" => TableTarget::Garbage,
            "row" => TableTarget::Row,
            "callback" => TableTarget::Callback,
            name => TableTarget::Variable(self.tables.number(client, name)),
        }
    }
}

/// The type of the rows of a function that has some.
fn row_type(function: Function) -> RowType {
    match function.spec().shape {
        Shape::Row(row_type) | Shape::Table(row_type) => row_type,
        _ => unreachable!("steps of rows and tables call functions of rows and tables"),
    }
}

fn cells(
    row_type: RowType,
    members: &BTreeMap<String, Value>,
    path: &str,
) -> Result<Vec<(Cell, Value)>, BuildError> {
    let each = |(name, value): (&String, &Value)| Ok((cell(row_type, name, path)?, value.clone()));
    members.iter().map(each).collect()
}

fn cell(row_type: RowType, name: &str, path: &str) -> Result<Cell, BuildError> {
    Cell::parse(row_type, name).ok_or_else(|| {
        BuildError::new(path, format!("{} has no member \"{name}\"", row_type.name()))
    })
}

fn adapter_pattern(
    function: Function,
    members: &BTreeMap<String, Value>,
    path: &str,
) -> Result<AdapterPattern, BuildError> {
    let each = |(name, value): (&String, &Value)| {
        let member = AdapterMember::parse(function, name).ok_or_else(|| {
            let reason = format!("an adapter of {} has no member \"{name}\"", function.name());
            BuildError::new(path, reason)
        })?;
        Ok((member, value.clone()))
    };
    members.iter().map(each).collect()
}
