//! The stepped model as the host of operations on the API.

use std::sync::Arc;

use netiosim_model::api::{Call, Reply};
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::{ActorId, TableId};
use netiosim_model::machine::{RowRead, RowRef};
use netiosim_model::row::{Field, Row};

use super::World;
use crate::outcome::Delivered;
use crate::perform::{Host, Store};
use crate::program::Program;

/// A runner at one of its operations.
pub(super) struct Hand<'a> {
    pub(super) world: &'a mut World,
    pub(super) runner: usize,
    pub(super) place: &'a Arc<str>,
}

impl Hand<'_> {
    fn actor(&self) -> ActorId {
        self.world.runners[self.runner].actor
    }
}

impl Host for Hand<'_> {
    fn program(&self) -> Arc<Program> {
        self.world.program.clone()
    }

    fn client(&self) -> usize {
        let frame = self.world.runners[self.runner].frames.last();
        frame.map_or(0, |frame| self.world.program.scripts[frame.script].client)
    }

    fn delivered(&self) -> Option<Delivered> {
        let mut frames = self.world.runners[self.runner].frames.iter().rev();
        frames.find_map(|frame| frame.delivery.clone())
    }

    fn env(&mut self) -> Arc<Env> {
        self.world.machine.env_snapshot()
    }

    fn store<R>(&mut self, f: impl FnOnce(&mut Store) -> R) -> R {
        f(&mut self.world.store)
    }

    fn fail(&mut self, what: &str, expected: String, got: String) {
        self.world.fail(self.place, what, expected, got);
    }

    fn call(&mut self, call: &Call) -> Reply {
        let actor = self.actor();
        self.world.machine.call(actor, call, &mut self.world.chooser)
    }

    fn teredo_port(&mut self, pointer: bool) -> (u32, Option<u16>) {
        let actor = self.actor();
        let world = &mut *self.world;
        let (_, code, port) = world.machine.get_teredo_port(actor, pointer, &mut world.chooser);
        (code, port)
    }

    fn row_read(&mut self, row: RowRef, field: Field) -> RowRead {
        let actor = self.actor();
        self.world.machine.row_read(actor, row, field, &mut self.world.chooser)
    }

    fn row_free(&mut self, row: RowRef) {
        let actor = self.actor();
        self.world.machine.row_free(actor, row);
    }

    fn table_rows(&mut self, table: TableId) -> Option<Arc<Vec<Row>>> {
        let actor = self.actor();
        self.world.machine.table_rows(actor, table)
    }

    fn exists(&mut self, function: Function) -> bool {
        self.world.machine.exists(self.actor(), function)
    }

    fn cancel_overlapped(&mut self, overlapped: Option<usize>) -> bool {
        let actor = self.actor();
        let id = overlapped.map(|overlapped| self.world.overlapped[overlapped]);
        self.world.machine.cancel_ip_change_notify(actor, id)
    }

    fn overlapped_result(&mut self, overlapped: usize) -> u32 {
        self.world.machine.overlapped_result(self.world.overlapped[overlapped])
    }
}
