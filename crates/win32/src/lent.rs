//! The rows that callbacks are lent: memory that is poisoned when the callback has returned, and rests
//! before it is used again.

use std::collections::{HashMap, VecDeque};

use netiosim_sim::model::machine::{RowFill, RowRef};
use netiosim_sim::{StackRef, WeakStack};
use parking_lot::Mutex;

use crate::layout::Layout;

/// As many rows rest before the first of them is lent again.
const RESTING: usize = 256;
/// What a member that is not promised holds while the callback runs.
const POISON: u8 = 0xA5;
/// What every byte of a row holds when its callback has returned.
const DEAD: u8 = 0xDD;

/// The memory of one row; every row type fits.
type Block = [u64; 24];

#[derive(Default)]
struct Lent {
    /// Blocks whose callbacks have returned, oldest first.
    resting: VecDeque<usize>,
    /// Whose row a block is, or was last.
    owners: HashMap<usize, (RowRef, WeakStack)>,
}

static LENT: Mutex<Option<Lent>> = Mutex::new(None);

/// Lends a row to a callback while `f` runs: its keys, and the rest as the option `row-non-key` says.
pub(crate) fn lend<L: Layout, R>(
    stack: &StackRef,
    row: RowRef,
    value: &L::Row,
    f: impl FnOnce(*const L) -> R,
) -> R {
    const { assert!(size_of::<L>() <= size_of::<Block>() && align_of::<L>() <= align_of::<Block>()) };
    let fill = match stack.row_fill() {
        RowFill::Zero => 0,
        RowFill::Poison => POISON,
    };
    let address = take(row, stack);
    let memory = std::ptr::with_exposed_provenance_mut::<u8>(address);
    // SAFETY: the block is ours, nobody else uses it before it was given back, and a row fits into it.
    unsafe {
        memory.write_bytes(fill, size_of::<Block>());
        L::write_keys(value, memory.cast());
    }
    let answer = f(memory.cast_const().cast());
    // SAFETY: as before; what the callback left behind may point to it, but reads nothing of worth.
    unsafe { memory.write_bytes(DEAD, size_of::<Block>()) };
    give_back(address);
    answer
}

/// The row that lies at this address, or lay there last.
pub(crate) fn at(address: usize) -> Option<(RowRef, WeakStack)> {
    LENT.lock().as_ref()?.owners.get(&address).cloned()
}

fn take(row: RowRef, stack: &StackRef) -> usize {
    let mut lent = LENT.lock();
    let lent = lent.get_or_insert_default();
    let address = match lent.resting.pop_front() {
        Some(address) if lent.resting.len() >= RESTING => address,
        young => {
            if let Some(address) = young {
                lent.resting.push_front(address);
            }
            (&raw mut *Box::leak(Box::new(Block::default()))).expose_provenance()
        }
    };
    lent.owners.insert(address, (row, stack.downgrade()));
    address
}

fn give_back(address: usize) {
    if let Some(lent) = LENT.lock().as_mut() {
        lent.resting.push_back(address);
    }
}
