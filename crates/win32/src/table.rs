//! The tables that are handed out: their memory, and what is done with it when it is freed.

use std::alloc::Layout as Size;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ffi::c_void;

use netiosim_sim::model::api::Memory;
use netiosim_sim::model::ids::TableId;
use netiosim_sim::{StackRef, WeakStack};

use crate::common::Mutex;
use crate::layout::Layout;
use crate::{current, lent, origin};

/// As many freed tables of each stack rest, poisoned, before their memory goes back.
const RESTING: usize = 64;
/// As many tables are kept for clients of stacks that are gone, which never freed them.
const ORPHANS: usize = 1024;
/// Tables that nobody can free any more are looked for whenever there are twice as many as were left the
/// last time, and at least so many.
const SWEEP: usize = 256;
/// As near to the caller's frame an address counts as one on its stack, in bytes.
const STACK: usize = 1 << 20;

struct Table {
    stack: WeakStack,
    id: TableId,
    /// In bytes.
    size: usize,
    block: Block,
}

/// The memory of a table.
enum Block {
    Heap(Heap),
    #[cfg(unix)]
    Pages(crate::strict::Pages),
}

struct Heap {
    address: usize,
    size: Size,
}

struct Tables {
    /// By address: those in use and those that rest.
    all: BTreeMap<usize, Table>,
    /// Freed ones of each stack, oldest first: what one test frees takes no table away from another.
    resting: BTreeMap<u64, VecDeque<usize>>,
    /// Those of stacks that are gone, oldest first.
    orphans: VecDeque<usize>,
    /// How many there may be before the next sweep.
    sweep_at: usize,
}

static TABLES: Mutex<Tables> = Mutex::new(Tables {
    all: BTreeMap::new(),
    resting: BTreeMap::new(),
    orphans: VecDeque::new(),
    sweep_at: SWEEP,
});

/// How far into a table its first row lies.
pub(crate) const fn first_row<L>() -> usize {
    if align_of::<L>() > 4 { align_of::<L>() } else { 4 }
}

/// Lays a table that the model handed out into memory: NumEntries and its rows, and zero in between. NULL if it
/// is none of the calling thread's.
pub(crate) fn lay_out<L: Layout>(stack: &StackRef, id: TableId) -> *mut c_void {
    let Some(rows) = stack.table_memory(id) else { return std::ptr::null_mut() };
    let rows: Vec<L::Row> =
        rows.iter().filter_map(|row| L::Row::try_from(row.clone()).ok()).collect();
    // The structures are declared with one row, so there is room for one (chosen).
    let size = first_row::<L>() + rows.len().max(1) * size_of::<L>();
    let block = Block::new(stack, size);
    let memory = std::ptr::with_exposed_provenance_mut::<u8>(block.address());
    // SAFETY: the memory is ours, and as large as the rows behind the number.
    unsafe {
        memory.cast::<u32>().write(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let first = memory.add(first_row::<L>()).cast::<L>();
        for (n, row) in rows.iter().enumerate() {
            L::write(row, first.add(n));
        }
    }
    let mut tables = TABLES.lock();
    if tables.all.len() >= tables.sweep_at {
        tables.sweep();
    }
    tables.all.insert(block.address(), Table { stack: stack.downgrade(), id, size, block });
    memory.cast()
}

/// What an address is.
enum Found {
    Null,
    Table(WeakStack, TableId),
    /// So far into a table.
    Inside(WeakStack, usize),
    Row(WeakStack, Memory),
    Nothing,
}

impl Found {
    fn at(address: usize) -> Self {
        if address == 0 {
            return Self::Null;
        }
        if let Some((start, table)) = TABLES.lock().all.range(..=address).next_back()
            && address - start < table.size
        {
            return match address - start {
                0 => Self::Table(table.stack.clone(), table.id),
                offset => Self::Inside(table.stack.clone(), offset),
            };
        }
        match lent::at(address) {
            Some((row, stack, _)) => Self::Row(stack, Memory::Row(row)),
            None => Self::Nothing,
        }
    }
}

/// FreeMibTable. What is wrong with the pointer is a finding: of the stack that the memory is of if the calling
/// thread belongs to no other, else of the thread's own, which handed out nothing of the kind.
pub(crate) fn free(memory: *const c_void, caller: usize) {
    let address = memory.addr();
    let here = current::of_thread();
    let mine = |owner: &WeakStack| -> Result<StackRef, &'static str> {
        let owner = owner.upgrade().filter(|owner| !owner.is_closed());
        let owner = owner.ok_or("of a stack that is gone")?;
        let other = here.as_ref().is_some_and(|here| here.uid() != owner.uid());
        if other { Err("of another stack") } else { Ok(owner) }
    };
    let (stack, memory, remark) = match Found::at(address) {
        Found::Null => (None, Memory::Null, None),
        Found::Table(owner, id) => match mine(&owner) {
            Ok(stack) => (Some(stack), Memory::Table(id), None),
            Err(whose) => (None, Memory::Garbage, Some(format!("it is a table {whose}"))),
        },
        Found::Inside(owner, offset) => {
            let whose = mine(&owner).err().unwrap_or_default();
            let remark = format!("it lies {offset} bytes inside of a table {whose}");
            (mine(&owner).ok(), Memory::Garbage, Some(remark.trim_end().to_owned()))
        }
        Found::Row(owner, row) => match mine(&owner) {
            Ok(stack) => (Some(stack), row, None),
            Err(whose) => {
                (None, Memory::Garbage, Some(format!("it is a notification row {whose}")))
            }
        },
        Found::Nothing => {
            let near = address.abs_diff((&raw const address).addr()) < STACK;
            let remark = near.then(|| "it lies on the calling thread's stack".to_owned());
            (None, Memory::Garbage, remark)
        }
    };
    let Some(stack) = stack.or_else(|| current::current("FreeMibTable", caller)) else { return };
    origin::announce(caller);
    stack.free_mib_table(memory);
    if let Some(remark) = remark {
        origin::announce(caller);
        stack.note(format!("FreeMibTable({address:#x}): {remark}"));
    }
    if let Memory::Table(id) = memory
        && !stack.holds_table(id)
    {
        TABLES.lock().rest(address);
    }
}

/// The table whose pages a place holds.
#[cfg(unix)]
pub(crate) fn in_place(place: usize, generation: u32) -> Option<(WeakStack, TableId)> {
    let tables = TABLES.lock();
    let here = |table: &&Table| matches!(&table.block, Block::Pages(pages) if crate::strict::is_in(pages, place, generation));
    tables.all.values().find(here).map(|table| (table.stack.clone(), table.id))
}

impl Tables {
    /// Poisons a table that was freed; the one of the same stack that has rested longest goes back.
    fn rest(&mut self, address: usize) {
        let Some(table) = self.all.get(&address) else { return };
        // Those of stacks that are gone are orphans.
        let Some(stack) = table.stack.upgrade() else { return };
        let resting = self.resting.entry(stack.uid()).or_default();
        if resting.contains(&address) {
            return;
        }
        table.block.close();
        resting.push_back(address);
        while resting.len() > RESTING {
            let Some(oldest) = resting.pop_front() else { break };
            self.all.remove(&oldest);
        }
    }

    /// Looks for the tables of stacks that are gone, whose test is over, and keeps only the youngest of them;
    /// and for those that went with their process.
    fn sweep(&mut self) {
        let (mut orphans, mut gone, mut alive) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (address, table) in &self.all {
            match table.stack.upgrade().filter(|stack| !stack.is_closed()) {
                None if !self.orphans.contains(address) => orphans.push((table.id, *address)),
                None => {}
                Some(stack) => {
                    alive.insert(stack.uid());
                    if !stack.holds_table(table.id) {
                        gone.push(*address);
                    }
                }
            }
        }
        self.resting.retain(|uid, _| alive.contains(uid));
        orphans.sort_unstable();
        self.orphans.extend(orphans.into_iter().map(|(_, address)| address));
        self.orphans.retain(|orphan| self.all.contains_key(orphan));
        while self.orphans.len() > ORPHANS {
            let Some(oldest) = self.orphans.pop_front() else { break };
            self.all.remove(&oldest);
        }
        for address in gone {
            self.rest(address);
        }
        self.sweep_at = SWEEP.max(2 * self.all.len());
    }
}

impl Block {
    /// Zeroed memory, aligned for every row.
    fn new(stack: &StackRef, bytes: usize) -> Self {
        #[cfg(unix)]
        if let Some(pages) = crate::strict::table(stack, bytes) {
            return Self::Pages(pages);
        }
        let _ = stack;
        Self::Heap(Heap::new(bytes))
    }

    fn address(&self) -> usize {
        match self {
            Self::Heap(heap) => heap.address,
            #[cfg(unix)]
            Self::Pages(pages) => pages.start(),
        }
    }

    /// Lets nothing of worth be read any more.
    fn close(&self) {
        match self {
            Self::Heap(heap) => heap.poison(),
            #[cfg(unix)]
            Self::Pages(pages) => pages.close(),
        }
    }
}

impl Heap {
    fn new(bytes: usize) -> Self {
        let size = Size::from_size_align(bytes, 8).expect("a table fits into memory");
        // SAFETY: the size is not zero.
        let memory = unsafe { std::alloc::alloc_zeroed(size) };
        if memory.is_null() {
            std::alloc::handle_alloc_error(size);
        }
        Self { address: memory.expose_provenance(), size }
    }

    fn poison(&self) {
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(self.address);
        // SAFETY: it was allocated with this size and has not gone back.
        unsafe { memory.write_bytes(lent::DEAD, self.size.size()) };
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(self.address);
        // SAFETY: it was allocated with this size, and nobody knows it any more.
        unsafe { std::alloc::dealloc(memory, self.size) };
    }
}
