//! What the operations on the API do, for both interpreters.
//!
//! A [`Host`] is an interpreter at one operation of one thread or callback: it answers calls and looks
//! variables up. What a call is made of and what must come out is decided here alone.

mod adapters;
mod best;
mod convert;
mod row;
mod table;

use std::sync::Arc;

use netiosim_model::api::{Call, Reply};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{Handle, TableId};
use netiosim_model::machine::{RowRead, RowRef};
use netiosim_model::row::{Field, Row, RowType};

pub(crate) use self::convert::{check_input, input_kind};
pub(crate) use self::row::initializer;
pub(crate) use self::table::stable as stable_table;
use crate::format::Value;
use crate::outcome::{Delivered, Val};
use crate::program::{ApiOp, Program, TableTarget};
use crate::values::{Variables, code_words, same};

/// What the scripts of a run hold: handles, rows, tables, variables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Store {
    pub(crate) handles: Vec<Handle>,
    /// Kept pointers to notification rows, with the types of the rows.
    pub(crate) rows: Vec<Option<(RowRef, Option<RowType>)>>,
    /// Row variables.
    pub(crate) kept: Vec<Option<Row>>,
    /// Table variables; `None` is NULL.
    pub(crate) tables: Vec<Option<TableId>>,
    pub(crate) variables: Variables,
}

impl Store {
    /// Nothing is held yet.
    pub(crate) fn new(program: &Program) -> Self {
        Self {
            handles: vec![Handle::NULL; program.registrations.len()],
            rows: vec![None; program.rows.len()],
            kept: vec![None; program.kept_rows.len()],
            tables: vec![None; program.tables.len()],
            variables: Variables::new(program),
        }
    }
}

/// An interpreter at one operation.
pub(crate) trait Host {
    /// The program.
    fn program(&self) -> Arc<Program>;
    /// The client whose script runs.
    fn client(&self) -> usize;
    /// The delivery whose callback runs.
    fn delivered(&self) -> Option<Delivered>;
    /// The tables of the machine as they are now.
    fn env(&mut self) -> Arc<Env>;
    /// Does something to what the scripts hold.
    fn store<R>(&mut self, f: impl FnOnce(&mut Store) -> R) -> R;
    /// Notes that the operation did not come out as it should.
    fn fail(&mut self, what: &str, expected: String, got: String);

    /// Makes a call that answers at once.
    fn call(&mut self, call: &Call) -> Reply;
    /// Calls GetTeredoPort: the code, and the port that was written.
    fn teredo_port(&mut self, pointer: bool) -> (u32, Option<u16>);
    /// Reads a member of a notification row.
    fn row_read(&mut self, row: RowRef, field: Field) -> RowRead;
    /// Frees a notification row.
    fn row_free(&mut self, row: RowRef);
    /// The rows of a table that was handed out.
    fn table_rows(&mut self, table: TableId) -> Option<Arc<Vec<Row>>>;
    /// What GetProcAddress says.
    fn exists(&mut self, function: Function) -> bool;
    /// Calls CancelIPChangeNotify.
    fn cancel_overlapped(&mut self, overlapped: Option<usize>) -> bool;
    /// Calls GetOverlappedResult without a wait.
    fn overlapped_result(&mut self, overlapped: usize) -> u32;

    /// What a value is worth here; a variable without a value is noted.
    fn eval(&mut self, value: &Value) -> Option<Val> {
        let (program, client) = (self.program(), self.client());
        let (delivered, env) = (self.delivered(), self.env());
        let eval = |store: &mut Store| {
            store.variables.eval(value, &program, client, delivered.as_ref(), &env)
        };
        match self.store(eval) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.fail("a value", "a variable that is set".to_owned(), reason);
                None
            }
        }
    }

    /// Sets a variable.
    fn set(&mut self, variable: usize, value: Val) {
        self.store(|store| store.variables.set(variable, value));
    }

    /// Notes a code that is not the one that must come out.
    fn check_code(&mut self, what: &str, expected: Option<u32>, got: u32) {
        let Some(expected) = expected.filter(|expected| *expected != got) else { return };
        let flavour = self.program().flavour;
        let words = |code: u32| code_words(code, flavour);
        self.fail(&format!("the result of {what}"), words(expected), words(got));
    }

    /// Notes a value that is not the one that must come out, and saves it.
    fn check_value(&mut self, what: &str, wanted: Option<&Value>, save: Option<usize>, got: Val) {
        if let Some(wanted) = wanted
            && let Some(wanted) = self.eval(wanted)
            && !same(&wanted, &got)
        {
            self.fail(what, wanted.to_string(), got.to_string());
        }
        if let Some(variable) = save {
            self.set(variable, got);
        }
    }
}

/// The pointer to the row that a delivery was handed, NULL or not.
fn row_ref(delivered: &Delivered) -> RowRef {
    RowRef { handle: delivered.handle, number: delivered.number }
}

/// Does one operation on the API.
pub(crate) fn perform<H: Host>(host: &mut H, op: &ApiOp) {
    match op {
        ApiOp::TeredoPort { null, returns, port, save } => {
            let (code, got) = host.teredo_port(!null);
            host.check_code("GetTeredoPort", *returns, code);
            let what = "the port of GetTeredoPort";
            match got {
                Some(got) => {
                    host.check_value(what, port.as_ref(), *save, Val::Number(u64::from(got)));
                }
                None => {
                    if let Some(port) = port
                        && let Some(wanted) = host.eval(port)
                    {
                        host.fail(what, wanted.to_string(), "no port".to_owned());
                    }
                }
            }
        }
        ApiOp::Row(op) => row::call(host, op),
        ApiOp::Table(op) => table::call(host, op),
        ApiOp::ReadTable { table, row, member, equals, save } => {
            table::read(host, *table, row, member, equals.as_ref(), *save);
        }
        ApiOp::Free(target) => table::free(host, *target),
        ApiOp::KeepTable(variable) => {
            let table = table::target(host, TableTarget::Callback);
            host.store(|store| store.tables[*variable] = table);
        }
        ApiOp::BestRoute(op) => best::route(host, op),
        ApiOp::BestInterface { function, destination, null, returns, interface, save } => {
            let destination = destination.as_ref();
            let wanted = (*returns, interface.as_deref(), *save);
            best::interface(host, *function, destination, *null, wanted);
        }
        ApiOp::Hint { function, interface, index, null, wanted } => {
            let index = (interface.as_deref(), index.as_ref());
            best::hint(host, *function, index, *null, wanted);
        }
        ApiOp::Convert(op) => convert::call(host, op),
        ApiOp::Adapters(op) => adapters::call(host, op),
        ApiOp::Number { null, returns, equals, save } => {
            adapters::number(host, *null, *returns, equals.as_ref(), *save);
        }
        ApiOp::HasFunction { function, present, save } => {
            let is = host.exists(*function);
            if let Some(present) = present.filter(|present| *present != is) {
                let word = |there: bool| if there { "there" } else { "absent" }.to_owned();
                host.fail(&format!("the function {}", function.name()), word(present), word(is));
            }
            if let Some(variable) = save {
                host.set(*variable, Val::Number(u64::from(is)));
            }
        }
        ApiOp::CancelOverlapped { overlapped, returns } => {
            let is = host.cancel_overlapped(*overlapped);
            if let Some(wanted) = returns.filter(|wanted| *wanted != is) {
                let word = |done: bool| if done { "TRUE" } else { "FALSE" }.to_owned();
                host.fail("the result of CancelIPChangeNotify", word(wanted), word(is));
            }
        }
        ApiOp::OverlappedResult { overlapped, returns } => {
            let code = host.overlapped_result(*overlapped);
            host.check_code("GetOverlappedResult", *returns, code);
        }
        ApiOp::ReadRow { member, equals } => row::read(host, member, equals.as_ref()),
        ApiOp::KeepRow(variable) => row::keep(host, *variable),
        ApiOp::ReadKeptRow(variable, member) => row::read_kept(host, *variable, member),
        ApiOp::FreeRow => {
            if let Some(delivered) = host.delivered() {
                host.row_free(row_ref(&delivered));
            }
        }
    }
}
