//! Tables that were handed out: who has to free them, and what becomes of those that are not.

use std::sync::Arc;

use super::Machine;
use crate::api::Memory;
use crate::event::{Function, What};
use crate::ids::{ActorId, PlaceId, ProcessId, TableId};
use crate::row::{Field, FieldValue, Row};
use crate::rule::Rule;

/// A table that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Table {
    function: Function,
    process: ProcessId,
    place: Option<PlaceId>,
    /// The rows, until it is freed.
    rows: Option<Arc<Vec<Row>>>,
    freed: Option<PlaceId>,
}

impl Machine {
    /// Hands a table out to an actor's process; it stays until it is freed.
    pub(crate) fn hand_out(
        &mut self,
        actor: ActorId,
        function: Function,
        rows: Vec<Row>,
    ) -> TableId {
        let entry = &self.state.actors[actor.slot()];
        let (process, place) = (entry.process, entry.place);
        let id = TableId::at(self.state.tables.len());
        let rows = Some(Arc::new(rows));
        self.state.tables.push(Table { function, process, place, rows, freed: None });
        id
    }

    /// The rows of a table; a finding (N021) if it was freed. NumEntries is their number (IT-09).
    pub fn table_rows(&mut self, actor: ActorId, table: TableId) -> Option<Arc<Vec<Row>>> {
        let rows = self.state.tables.get(table.slot())?.rows.clone();
        if rows.is_none() {
            let message = format!(
                "{} was read after it was freed{}",
                self.table_words(table),
                self.freed_words(table)
            );
            self.finding(Rule::TableAfterFree, actor, None, message, Vec::new());
        }
        rows
    }

    /// Reads a member of a row of a table; `None` when there is no such row or the table was freed,
    /// which is a finding (N021).
    pub fn table_read(
        &mut self,
        actor: ActorId,
        table: TableId,
        row: usize,
        field: Field,
    ) -> Option<FieldValue> {
        let rows = self.table_rows(actor, table)?;
        rows.get(row).filter(|row| row.row_type() == field.row()).map(|row| row.get(field))
    }

    /// The tables of a process that are not freed, with what each is.
    #[must_use]
    pub fn tables_held(&self, process: ProcessId) -> Vec<(TableId, Function)> {
        let held = |(_, table): &(usize, &Table)| table.process == process && table.rows.is_some();
        let all = self.state.tables.iter().enumerate().filter(held);
        all.map(|(n, table)| (TableId::at(n), table.function)).collect()
    }

    /// FreeMibTable (CV-20 to CV-22). What is wrong with it is a finding and never a crash: a second
    /// free (N020), a notification row (N007), anything else (N022). NULL has no effect (O-18).
    pub fn free_mib_table(&mut self, actor: ActorId, memory: Memory) {
        let function = Function::FreeMibTable;
        self.event(Some(actor), What::Call { function, handle: None });
        self.check_irql(actor, function);
        match memory {
            Memory::Null => {}
            Memory::Row(row) => self.row_free(actor, row),
            Memory::Garbage => self.not_a_table(actor),
            Memory::Table(table) => self.free_table(actor, table),
        }
        self.event(Some(actor), What::Return { function, code: 0, handle: None, port: None });
    }

    fn free_table(&mut self, actor: ActorId, table: TableId) {
        let entry = &self.state.actors[actor.slot()];
        let (process, place) = (entry.process, entry.place);
        match self.state.tables.get_mut(table.slot()) {
            // The memory of another process is none of its tables.
            Some(entry) if entry.process != process => self.not_a_table(actor),
            None => self.not_a_table(actor),
            Some(entry) if entry.rows.is_some() => {
                entry.rows = None;
                entry.freed = place;
            }
            Some(_) => {
                let first = self.freed_words(table).replacen(", at", ", first at", 1);
                let message = format!("{} was freed twice{first}", self.table_words(table));
                self.finding(Rule::TableFreedTwice, actor, None, message, Vec::new());
            }
        }
    }

    fn not_a_table(&mut self, actor: ActorId) {
        let message = "FreeMibTable was given memory that no function handed out".to_owned();
        self.finding(Rule::NotATable, actor, None, message, Vec::new());
    }

    /// Reports the tables that a process leaves behind (N019); they are gone with it.
    pub(crate) fn drop_tables(&mut self, actor: ActorId, process: ProcessId, report: bool) {
        for (table, _) in self.tables_held(process) {
            if report {
                let message = format!(
                    "process \"{}\" ended and had not freed {}",
                    self.state.processes[process.slot()].name,
                    self.table_words(table)
                );
                self.finding(Rule::LeakedTable, actor, None, message, Vec::new());
            }
            if let Some(entry) = self.state.tables.get_mut(table.slot()) {
                entry.rows = None;
            }
        }
    }

    fn table_words(&self, table: TableId) -> String {
        let Some(entry) = self.state.tables.get(table.slot()) else { return "a table".to_owned() };
        let from = match entry.function {
            Function::NotifyStableUnicastIpAddressTable => "the table",
            _ => "a table",
        };
        match entry.place {
            Some(place) => format!(
                "{from} of {}, handed out at {}",
                entry.function.name(),
                self.place_text(place)
            ),
            None => format!("{from} of {}", entry.function.name()),
        }
    }

    fn freed_words(&self, table: TableId) -> String {
        let freed = self.state.tables.get(table.slot()).and_then(|entry| entry.freed);
        freed.map_or_else(String::new, |place| format!(", at {}", self.place_text(place)))
    }
}
