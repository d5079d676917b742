//! Real threads as the host of operations on the API.

use std::sync::Arc;

use netiosim_model::api::{Call, Reply};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::machine::{RowRead, RowRef};
use netiosim_model::row::{Field, Row};

use super::Live;
use super::ops::Context;
use crate::outcome::Delivered;
use crate::perform::{Host, Store};
use crate::program::Program;

/// A thread or callback at one of its operations.
pub(super) struct Hand<'a> {
    pub(super) live: &'a Live,
    pub(super) context: &'a Context,
    pub(super) place: &'a Arc<str>,
}

impl Host for Hand<'_> {
    fn program(&self) -> Arc<Program> {
        self.live.program.clone()
    }

    fn client(&self) -> usize {
        self.context.client
    }

    fn delivered(&self) -> Option<Delivered> {
        self.context.delivered.clone()
    }

    fn env(&mut self) -> Arc<Env> {
        self.live.stack.env()
    }

    fn store<R>(&mut self, f: impl FnOnce(&mut Store) -> R) -> R {
        f(&mut self.live.shared.lock().store)
    }

    fn fail(&mut self, what: &str, expected: String, got: String) {
        self.live.fail(self.place, what, expected, got);
    }

    fn call(&mut self, call: &Call) -> Reply {
        self.live.stack.call(call)
    }

    fn teredo_port(&mut self, pointer: bool) -> (u32, Option<u16>) {
        let mut written = 0;
        let code = self.live.stack.get_teredo_port(pointer.then_some(&mut written));
        (code, (pointer && code == 0).then_some(written))
    }

    fn row_read(&mut self, row: RowRef, field: Field) -> RowRead {
        self.live.stack.row_read(row, field)
    }

    fn row_free(&mut self, row: RowRef) {
        self.live.stack.row_free(row);
    }

    fn table_rows(&mut self, table: TableId) -> Option<Arc<Vec<Row>>> {
        self.live.stack.table_rows(table)
    }

    fn exists(&mut self, function: Function) -> bool {
        self.live.stack.has_function(function)
    }

    fn cancel_overlapped(&mut self, overlapped: Option<usize>) -> bool {
        let overlapped = overlapped.map(|overlapped| &self.live.overlapped[overlapped]);
        self.live.stack.cancel_ip_change_notify(overlapped)
    }

    fn overlapped_result(&mut self, overlapped: usize) -> u32 {
        self.live.overlapped[overlapped].result()
    }
}
