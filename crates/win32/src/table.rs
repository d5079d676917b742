//! The tables that are handed out: their memory, and what is done with it when it is freed.

use std::alloc::Layout as Size;
use std::collections::{BTreeMap, VecDeque};
use std::ffi::c_void;

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::ids::TableId;
use netiosim_sim::{StackRef, WeakStack};
use parking_lot::Mutex;

use crate::layout::Layout;
use crate::{current, lent, origin};

/// As many freed tables rest, poisoned, before their memory goes back.
const RESTING: usize = 64;
/// What every byte of a freed table holds.
const DEAD: u8 = 0xDD;

struct Table {
    stack: WeakStack,
    id: TableId,
    size: Size,
}

#[derive(Default)]
struct Tables {
    /// By address: those in use and those that rest.
    all: BTreeMap<usize, Table>,
    /// Freed ones, oldest first.
    resting: VecDeque<usize>,
}

static TABLES: Mutex<Option<Tables>> = Mutex::new(None);

/// How far into a table its first row lies.
pub(crate) const fn first_row<L>() -> usize {
    if align_of::<L>() > 4 { align_of::<L>() } else { 4 }
}

/// Lays a table that the model handed out into memory: NumEntries and its rows. NULL if it is none of the
/// calling thread's.
pub(crate) fn lay_out<L: Layout>(stack: &StackRef, id: TableId) -> *mut c_void {
    let Some(rows) = stack.table_memory(id) else { return std::ptr::null_mut() };
    let rows: Vec<L::Row> =
        rows.iter().filter_map(|row| L::Row::try_from(row.clone()).ok()).collect();
    let bytes = first_row::<L>() + rows.len() * size_of::<L>();
    let size = Size::from_size_align(bytes, align_of::<L>().max(8)).expect("a table fits into memory");
    // SAFETY: the size is not zero.
    let memory = unsafe { std::alloc::alloc_zeroed(size) };
    if memory.is_null() {
        std::alloc::handle_alloc_error(size);
    }
    // SAFETY: the memory is ours, and as large as the rows behind the number.
    unsafe {
        memory.cast::<u32>().write(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let first = memory.add(first_row::<L>()).cast::<L>();
        for (n, row) in rows.iter().enumerate() {
            L::write(row, first.add(n));
        }
    }
    let mut tables = TABLES.lock();
    let tables = tables.get_or_insert_default();
    tables.forget_closed();
    tables.all.insert(memory.expose_provenance(), Table { stack: stack.downgrade(), id, size });
    memory.cast()
}

/// FreeMibTable.
pub(crate) fn free(memory: *const c_void, caller: usize) {
    let address = memory.addr();
    let known = TABLES.lock().as_ref().and_then(|tables| {
        let table = tables.all.get(&address)?;
        Some((table.stack.clone(), table.id))
    });
    let (stack, memory) = match known {
        Some((stack, id)) => (stack.upgrade(), Memory::Table(id)),
        None if address == 0 => (None, Memory::Null),
        None => match lent::at(address) {
            Some((row, stack)) => (stack.upgrade(), Memory::Row(row)),
            None => (None, Memory::Garbage),
        },
    };
    let Some(stack) = stack.or_else(|| current::current("FreeMibTable", caller)) else { return };
    origin::announce(caller);
    stack.free_mib_table(memory);
    if let Memory::Table(id) = memory
        && !stack.holds_table(id)
        && let Some(tables) = TABLES.lock().as_mut()
    {
        tables.rest(address);
    }
}

impl Tables {
    /// Poisons a table that was freed; the one that has rested longest goes back.
    fn rest(&mut self, address: usize) {
        if self.resting.contains(&address) {
            return;
        }
        let Some(table) = self.all.get(&address) else { return };
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(address);
        // SAFETY: it was allocated with this size and has not gone back.
        unsafe { memory.write_bytes(DEAD, table.size.size()) };
        self.resting.push_back(address);
        while self.resting.len() > RESTING {
            let Some(oldest) = self.resting.pop_front() else { break };
            self.give_back(oldest);
        }
    }

    fn give_back(&mut self, address: usize) {
        if let Some(table) = self.all.remove(&address) {
            let memory = std::ptr::with_exposed_provenance_mut::<u8>(address);
            // SAFETY: it was allocated with this size and is in the list no more.
            unsafe { std::alloc::dealloc(memory, table.size) };
        }
    }

    /// Lets go of the tables of stacks that are no more: their test is over.
    fn forget_closed(&mut self) {
        let gone = |table: &Table| table.stack.upgrade().is_none();
        let dead: Vec<usize> =
            self.all.iter().filter(|(_, table)| gone(table)).map(|(address, _)| *address).collect();
        for address in dead {
            self.resting.retain(|resting| *resting != address);
            self.give_back(address);
        }
    }
}
