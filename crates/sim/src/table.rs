//! Tables that the API hands out: their rows, and who frees them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Deref;
use std::panic::Location;
use std::sync::Arc;

use netiosim_model::api::{Call, Memory};
use netiosim_model::ids::{ProcessId, TableId};
use netiosim_model::row::{Field, FieldValue, Row};

use crate::StackRef;
use crate::core::Core;
use crate::entry::Entry;

/// A variable that a table function writes its table to; `None` is NULL.
pub type RawTable = Option<TableId>;

/// A table of rows, as it was when it was handed out. It is freed, with FreeMibTable, when it is
/// dropped.
///
/// It derefs to its rows. A table that is [leaked](Self::leak) has to be
/// [freed](StackRef::free_mib_table) by hand.
///
/// # Examples
///
/// ```
/// use netiosim_sim::Stack;
///
/// let stack = Stack::new();
/// let addresses = stack.unicast_addresses(None)?;
/// assert!(addresses.iter().any(|row| row.address.to_string() == "192.168.1.10"));
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
pub struct MibTable<R> {
    rows: Vec<R>,
    hold: Hold,
}

/// Who has to free a table.
struct Hold {
    stack: StackRef,
    id: TableId,
    process: ProcessId,
    /// Which life of the process the table belongs to.
    life: u32,
    /// It is this object's business to free it.
    armed: bool,
    /// Where it was asked for: what a drop shows, which has no place of its own.
    made_at: &'static Location<'static>,
}

/// How often processes were started again: their tables end with each life.
#[derive(Debug, Default)]
pub(crate) struct Lives {
    starts: BTreeMap<ProcessId, u32>,
}

impl Lives {
    pub(crate) fn begin(&mut self, process: ProcessId) {
        *self.starts.entry(process).or_default() += 1;
    }

    fn of(&self, process: ProcessId) -> u32 {
        self.starts.get(&process).copied().unwrap_or_default()
    }
}

impl<R> MibTable<R> {
    /// Its number, as the plain functions know it.
    #[must_use]
    pub fn id(&self) -> TableId {
        self.hold.id
    }

    /// Gives the table out of hand: whoever has the number frees it, or nobody does.
    #[must_use = "somebody has to free it"]
    pub fn leak(mut self) -> TableId {
        self.hold.armed = false;
        self.hold.id
    }

    /// Frees it here: the place that findings and traces show.
    #[track_caller]
    pub fn free(mut self) {
        self.hold.armed = false;
        self.hold.free(Location::caller());
    }
}

impl<R> Deref for MibTable<R> {
    type Target = [R];

    fn deref(&self) -> &[R] {
        &self.rows
    }
}

impl<'a, R> IntoIterator for &'a MibTable<R> {
    type Item = &'a R;
    type IntoIter = std::slice::Iter<'a, R>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

impl<R: fmt::Debug> fmt::Debug for MibTable<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hold { id, .. } = &self.hold;
        f.debug_struct("MibTable").field("id", id).field("rows", &self.rows).finish()
    }
}

impl Hold {
    fn free(&self, at: &'static Location<'static>) {
        let mut entry = self.stack.enter(at);
        let call = Call::Free(Memory::Table(self.id));
        // Nothing comes back from FreeMibTable; what is wrong with it is a finding.
        let _ = entry.within(self.process, |entry| entry.call(&call));
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        // With its process, or that process's life, the table went away too.
        let gone = |core: &mut Core| {
            let alive = core.machine.processes()[self.process.slot()].is_alive();
            !alive || core.lives.of(self.process) != self.life
        };
        if self.armed && !self.stack.look(gone) {
            self.free(self.made_at);
        }
    }
}

impl StackRef {
    /// Takes a table over that a plain function or callback handed out: it is freed when what this
    /// returns is dropped. Rows of another type than `R` are left out.
    #[track_caller]
    pub fn adopt<R: TryFrom<Row>>(&self, table: TableId) -> MibTable<R> {
        self.adopt_at(table, Location::caller())
    }

    pub(crate) fn adopt_at<R: TryFrom<Row>>(
        &self,
        table: TableId,
        at: &'static Location<'static>,
    ) -> MibTable<R> {
        let mut entry = Entry::new(&self.inner);
        let actor = entry.me.actor;
        entry.place(actor, at);
        let rows = entry.machine.table_rows(actor, table);
        let process = entry.machine.actor_info(actor).process();
        let life = entry.lives.of(process);
        drop(entry);
        let rows = rows.iter().flat_map(|rows| rows.iter().cloned());
        let stack = self.clone();
        MibTable {
            rows: rows.filter_map(|row| R::try_from(row).ok()).collect(),
            hold: Hold { stack, id: table, process, life, armed: true, made_at: at },
        }
    }

    /// The rows of a table; `None` when it was freed, which is a finding (N021), or never handed out.
    #[track_caller]
    #[must_use]
    pub fn table_rows(&self, table: TableId) -> Option<Arc<Vec<Row>>> {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.table_rows(actor, table)
    }

    /// The rows of a table that was just handed out to the calling thread, for drivers that lay them into
    /// memory: no call of the API, and no finding.
    #[must_use]
    pub fn table_memory(&self, table: TableId) -> Option<Arc<Vec<Row>>> {
        let mut entry = Entry::new(&self.inner);
        let actor = entry.me.actor;
        if !entry.machine.holds_table(table) {
            return None;
        }
        entry.machine.table_rows(actor, table)
    }

    /// Whether a table was handed out and is not freed.
    #[must_use]
    pub fn holds_table(&self, table: TableId) -> bool {
        self.look(|core| core.machine.holds_table(table))
    }

    /// One member of one row of a table, counted from 0; `None` when there is no such row or member,
    /// or the table was freed, which is a finding (N021).
    #[track_caller]
    #[must_use]
    pub fn table_read(
        &self,
        table: TableId,
        row: usize,
        field: impl Into<Field>,
    ) -> Option<FieldValue> {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.table_read(actor, table, row, field.into())
    }

    /// FreeMibTable: of a table, or of what else a program might give it. What is wrong with that is a
    /// finding: a second free (N020), a notification row (N007), anything else (N022).
    #[track_caller]
    pub fn free_mib_table(&self, memory: Memory) {
        // Nothing comes back from FreeMibTable.
        let _ = self.call_at(&Call::Free(memory), Location::caller());
    }
}
