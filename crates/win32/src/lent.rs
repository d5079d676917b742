//! The rows that callbacks are lent: memory that is poisoned when the callback has returned, and rests
//! before it is used again.

use std::collections::{BTreeMap, VecDeque};

use netiosim_sim::model::machine::{RowFill, RowRef};
#[cfg(unix)]
use netiosim_sim::model::row::Row;
use netiosim_sim::{StackRef, WeakStack};

use crate::common::Mutex;
use crate::layout::Layout;

/// As many rows rest before the first of them is lent again.
const RESTING: usize = 256;
/// What a member that is not promised holds while the callback runs.
const POISON: u8 = 0xA5;
/// What every byte of a row holds when its callback has returned, and every byte of a freed table.
pub(crate) const DEAD: u8 = 0xDD;

/// The memory of one row; every row type fits.
type Memory = [u64; 24];

struct Lent {
    /// Blocks whose callbacks have returned, oldest first.
    resting: VecDeque<usize>,
    /// Whose row a block is, or was last; by its address. Blocks are never given back: there are as many
    /// as were ever lent at one time, and those that rest.
    owners: BTreeMap<usize, (RowRef, WeakStack)>,
}

static LENT: Mutex<Lent> = Mutex::new(Lent { resting: VecDeque::new(), owners: BTreeMap::new() });

/// Lends a row to a callback while `f` runs: its keys, and the rest as the option `row-non-key` says.
pub(crate) fn lend<L: Layout, R>(
    stack: &StackRef,
    row: RowRef,
    value: &L::Row,
    f: impl FnOnce(*const L) -> R,
) -> R {
    const { assert!(size_of::<L>() <= size_of::<Memory>() && align_of::<L>() <= align_of::<Memory>()) };
    let fill = match stack.row_fill() {
        RowFill::Zero => 0,
        RowFill::Poison => POISON,
    };
    #[cfg(unix)]
    {
        let kind = Into::<Row>::into(value.clone()).row_type();
        if let Some(slot) = crate::strict::row::<L>(stack, row, kind) {
            return slot.lend(value, fill, f);
        }
    }
    let block = Block::take(row, stack);
    let memory = std::ptr::with_exposed_provenance_mut::<u8>(block.0);
    // SAFETY: the block is ours, nobody else uses it before it was given back, and a row fits into it.
    unsafe {
        memory.write_bytes(fill, size_of::<Memory>());
        L::write_keys(value, memory.cast());
    }
    f(memory.cast_const().cast())
}

/// The row that an address lies in, or lay in last, and how far into it.
pub(crate) fn at(address: usize) -> Option<(RowRef, WeakStack, usize)> {
    #[cfg(unix)]
    if let Some(found) = crate::strict::at(address) {
        return Some(found);
    }
    let lent = LENT.lock();
    let (start, (row, stack)) = lent.owners.range(..=address).next_back()?;
    let offset = address - start;
    (offset < size_of::<Memory>()).then(|| (*row, stack.clone(), offset))
}

/// A block that a row lies in; it is poisoned and given back when this is dropped, after a panic as well.
struct Block(usize);

impl Block {
    fn take(row: RowRef, stack: &StackRef) -> Self {
        let mut lent = LENT.lock();
        let address = if lent.resting.len() > RESTING { lent.resting.pop_front() } else { None };
        let address = address.unwrap_or_else(|| {
            (&raw mut *Box::leak(Box::new(Memory::default()))).expose_provenance()
        });
        lent.owners.insert(address, (row, stack.downgrade()));
        Self(address)
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(self.0);
        // SAFETY: the block is ours; what the callback left behind may point to it, but reads nothing of worth.
        unsafe { memory.write_bytes(DEAD, size_of::<Memory>()) };
        LENT.lock().resting.push_back(self.0);
    }
}
