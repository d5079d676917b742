//! Rows against a guard page.

use std::collections::VecDeque;
use std::thread::panicking;

use netiosim_sim::model::machine::RowRef;
use netiosim_sim::model::row::RowType;
use netiosim_sim::{StackRef, WeakStack};
use parking_lot::Mutex;

use super::place::{self, Place, ROWS, State};
use super::report;
use super::signal::Awake;
use crate::layout::Layout;
use crate::lent::DEAD;

/// A row that lies, or lay, in a place.
#[derive(Clone)]
pub(super) struct Owner {
    pub(super) row: RowRef,
    pub(super) stack: WeakStack,
    pub(super) kind: RowType,
    /// The address of the row.
    pub(super) start: usize,
    /// Its size, in bytes.
    pub(super) size: usize,
    generation: u32,
}

struct Rows {
    /// By number of the place, as far as there are any.
    owners: Vec<Option<Owner>>,
    /// Places whose callbacks have returned, oldest first.
    resting: VecDeque<usize>,
}

static ALL: Mutex<Rows> = Mutex::new(Rows { owners: Vec::new(), resting: VecDeque::new() });

/// A row that is lent against a guard page; its page is taken away when this is dropped.
pub(crate) struct Slot {
    number: usize,
    row: usize,
}

impl Slot {
    /// A place for a row of this type; `None` if all of them are lent.
    pub(super) fn take<L: Layout>(stack: &StackRef, row: RowRef, kind: RowType) -> Option<Self> {
        let mut all = ALL.lock();
        let number =
            if all.owners.len() < ROWS && place::get(all.owners.len()).map(2 * place::page()) {
                all.owners.push(None);
                all.owners.len() - 1
            } else {
                all.resting.pop_front()?
            };
        let place = place::get(number);
        place.begin();
        let keys = L::KEYS_END.next_multiple_of(align_of::<L>());
        let start = place.start() + place::page() - keys;
        all.owners[number] = Some(Owner {
            row,
            stack: stack.downgrade(),
            kind,
            start,
            size: size_of::<L>(),
            generation: place.generation(),
        });
        Some(Self { number, row: start })
    }

    /// Lends the row while `f` runs.
    pub(crate) fn lend<L: Layout, R>(
        self,
        value: &L::Row,
        fill: u8,
        f: impl FnOnce(*const L) -> R,
    ) -> R {
        let row = std::ptr::with_exposed_provenance_mut::<L>(self.row);
        // SAFETY: the place is ours, open, and the row lies in it whole.
        unsafe {
            self.wipe(DEAD);
            row.cast::<u8>().write_bytes(fill, size_of::<L>());
            L::write_keys(value, row);
        }
        self.place().set(State::Lent);
        let _awake = Awake::here();
        f(row)
    }

    fn place(&self) -> &'static Place {
        place::get(self.number)
    }

    /// # Safety
    ///
    /// The place is open, and nobody is promised what it holds.
    unsafe fn wipe(&self, with: u8) {
        let place = self.place();
        let memory = std::ptr::with_exposed_provenance_mut::<u8>(place.start());
        // SAFETY: as long as it is mapped.
        unsafe { memory.write_bytes(with, place.length()) };
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.place().set(State::Whole);
        // SAFETY: it is open, and its callback has returned.
        unsafe { self.wipe(DEAD) };
        self.place().set(State::Gone);
        if !panicking() {
            report::of_place(self.number);
        }
        ALL.lock().resting.push_back(self.number);
    }
}

/// Whose row lies in a place, or lay there last, if it is that use of the place.
pub(super) fn owner(number: usize, generation: u32) -> Option<Owner> {
    let all = ALL.lock();
    all.owners.get(number)?.clone().filter(|owner| owner.generation == generation)
}

/// The row that an address lies in, or lay in last, and how far into it.
pub(crate) fn at(address: usize) -> Option<(RowRef, WeakStack, usize)> {
    let number = place::find(address).filter(|number| *number < ROWS)?;
    let all = ALL.lock();
    let owner = all.owners.get(number)?.as_ref()?;
    let offset = address.checked_sub(owner.start).filter(|offset| *offset < owner.size)?;
    Some((owner.row, owner.stack.clone(), offset))
}
