//! Tables that were handed out: who has to free them, and what becomes of those that are not.

use std::sync::Arc;

use super::Machine;
use crate::api::Memory;
use crate::event::{Function, What};
use crate::ids::{ActorId, PlaceId, ProcessId, TableId};
use crate::row::{Field, FieldValue, Row};
use crate::rule::Rule;

/// As many freed tables are remembered; a mistake with an older one is told without its places.
const MOST_REMEMBERED: usize = 4096;

/// A table that was handed out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Table {
    function: Function,
    process: ProcessId,
    place: Option<PlaceId>,
    rows: Arc<Vec<Row>>,
    /// How it was given back.
    end: Option<End>,
}

/// How a table was given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
enum End {
    /// By FreeMibTable, there.
    Freed(Option<PlaceId>),
    /// With its process.
    Gone,
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
        let id = TableId(self.state.tables_ever.0);
        self.state.tables_ever.0 += 1;
        let table = Table { function, process, place, rows: Arc::new(rows), end: None };
        self.state.tables.insert(id, table);
        id
    }

    /// The rows of a table; a finding (N021) if it was freed. NumEntries is their number (IT-09).
    /// There are none of a table of another process, whose memory an actor cannot see.
    pub fn table_rows(&mut self, actor: ActorId, table: TableId) -> Option<Arc<Vec<Row>>> {
        let process = self.state.actors[actor.slot()].process;
        if let Some(entry) = self.state.tables.get(&table) {
            return (entry.process == process).then(|| entry.rows.clone());
        }
        if table.0 < self.state.tables_ever.0 {
            let message = format!(
                "{} was read after it was freed{}",
                self.table_words(table),
                self.freed_words(table, "")
            );
            self.finding(Rule::TableAfterFree, actor, None, message, Vec::new());
        }
        None
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

    /// Whether a table was handed out and neither freed nor gone with its process.
    #[must_use]
    pub fn holds_table(&self, table: TableId) -> bool {
        self.state.tables.contains_key(&table)
    }

    /// The tables of a process that are not freed, with what each is.
    #[must_use]
    pub fn tables_held(&self, process: ProcessId) -> Vec<(TableId, Function)> {
        let held = self.state.tables.iter().filter(|(_, table)| table.process == process);
        held.map(|(id, table)| (*id, table.function)).collect()
    }

    /// FreeMibTable (CV-20 to CV-22). What is wrong with it is a finding and never a crash: a second
    /// free (N020), a notification row (N007), anything else (N022), the table of another process
    /// among it. NULL has no effect (O-18).
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
        let owner = self.state.tables.get(&table).map(|entry| entry.process);
        let gone = self.freed.get(&table).is_some_and(|entry| entry.end == Some(End::Gone));
        match owner {
            Some(owner) if owner == process => self.remember(table, End::Freed(place)),
            None if table.0 < self.state.tables_ever.0 && !gone => {
                let message = format!(
                    "{} was freed twice{}",
                    self.table_words(table),
                    self.freed_words(table, "first ")
                );
                self.finding(Rule::TableFreedTwice, actor, None, message, Vec::new());
            }
            // The memory of another process, or of one that ended, is none of its tables.
            _ => self.not_a_table(actor),
        }
    }

    /// Takes a table out and remembers it without its rows.
    fn remember(&mut self, table: TableId, end: End) {
        if let Some(entry) = self.state.tables.remove(&table) {
            if self.freed.len() >= MOST_REMEMBERED {
                self.freed.pop_first();
            }
            let rows = Arc::default();
            self.freed.insert(table, Table { rows, end: Some(end), ..entry });
        }
    }

    fn not_a_table(&mut self, actor: ActorId) {
        let message = "FreeMibTable was given memory that no function handed out".to_owned();
        self.finding(Rule::NotATable, actor, None, message, Vec::new());
    }

    /// Whether tables were handed out and not freed.
    #[must_use]
    pub fn has_tables(&self) -> bool {
        !self.state.tables.is_empty()
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
            self.remember(table, End::Gone);
        }
    }

    fn table_words(&self, table: TableId) -> String {
        let entry = self.state.tables.get(&table).or_else(|| self.freed.get(&table));
        let Some(entry) = entry else { return "a table".to_owned() };
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

    fn freed_words(&self, table: TableId, first: &str) -> String {
        match self.freed.get(&table).and_then(|entry| entry.end) {
            Some(End::Freed(Some(place))) => format!(", {first}at {}", self.place_text(place)),
            Some(End::Gone) => ", with its process".to_owned(),
            Some(End::Freed(None)) | None => String::new(),
        }
    }
}
