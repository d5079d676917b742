//! The states that were seen, each once, with the way to it.

use std::ops::Deref;

use hashbrown::HashTable;

use super::space::{Space, Step};

/// No state: the parent of the first.
pub(crate) const NONE: u32 = u32::MAX;

/// The states, by number in the order in which they were found.
///
/// A state is a row of numbers. Only what differs between any two states has a column, so what never changes costs
/// nothing.
#[derive(Clone, Debug)]
pub(crate) struct States {
    /// The first state: what slots without a column hold.
    base: Vec<u32>,
    /// The column of each slot.
    column: Vec<Option<u16>>,
    /// The slot of each column.
    slots: Vec<u16>,
    rows: Vec<u32>,
    table: HashTable<u32>,
    /// The hash of each state, measured from the first.
    hashes: Vec<u64>,
    /// Where each state came from: the state, and the step.
    came: Vec<(u32, u32)>,
}

/// What a step writes: slots and their new numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Writes {
    slots: Box<[(u16, u32)]>,
    /// By how much they change the hash of a state: the same in every state where the step is the same, because
    /// what is written counts as read.
    change: u64,
}

impl Writes {
    /// Slots, their numbers before and their new numbers.
    pub(crate) fn new(all: &[(u16, u32, u32)]) -> Self {
        let slots = all.iter().map(|(slot, _, after)| (*slot, *after)).collect();
        let change = all.iter().fold(0_u64, |change, (slot, before, after)| {
            change.wrapping_sub(weight(*slot, *before)).wrapping_add(weight(*slot, *after))
        });
        Self { slots, change }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.slots)
    }
}

impl Deref for Writes {
    type Target = [(u16, u32)];

    fn deref(&self) -> &[(u16, u32)] {
        &self.slots
    }
}

impl<'a> IntoIterator for &'a Writes {
    type Item = &'a (u16, u32);
    type IntoIter = std::slice::Iter<'a, (u16, u32)>;

    fn into_iter(self) -> Self::IntoIter {
        self.slots.iter()
    }
}

/// The weight of a number in a slot: the hash of a state is their sum, so a step changes little of it.
fn weight(slot: u16, number: u32) -> u64 {
    // Two rounds of the finalizer of SplitMix64 would be better than one; one mixes all bits.
    let mut z = (u64::from(slot) << 32 | u64::from(number)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    z ^ (z >> 32)
}

impl States {
    /// A store with the first state in it.
    pub(crate) fn new(first: &[u32]) -> Self {
        let mut states = Self {
            base: first.to_vec(),
            column: vec![None; first.len()],
            slots: Vec::new(),
            rows: Vec::new(),
            table: HashTable::new(),
            hashes: vec![0],
            came: vec![(NONE, 0)],
        };
        states.table.insert_unique(0, 0, |_| 0);
        states
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.came.len()
    }

    /// Where a state came from: the state before, and the step; `None` for the first.
    pub(crate) fn came(&self, state: u32) -> Option<(u32, u32)> {
        Some(self.came[state as usize]).filter(|came| came.0 != NONE)
    }

    /// The steps from the beginning to a state.
    pub(crate) fn way_to(&self, space: &Space, mut state: u32) -> Vec<Step> {
        let mut steps = Vec::new();
        while let Some((from, step)) = self.came(state) {
            steps.push(space.step(step).clone());
            state = from;
        }
        steps.reverse();
        steps
    }

    /// Writes a state out.
    pub(crate) fn read(&self, state: u32, into: &mut Vec<u32>) {
        into.clear();
        into.extend_from_slice(&self.base);
        let width = self.slots.len();
        let row = &self.rows[state as usize * width..][..width];
        for (slot, number) in self.slots.iter().zip(row) {
            into[usize::from(*slot)] = *number;
        }
    }

    /// The hash of a state that differs from the one with this hash in what was written.
    pub(crate) fn hash(&self, before: u64, state: &[u32], writes: &Writes) -> u64 {
        debug_assert_eq!(
            writes.change,
            writes.iter().fold(0_u64, |change, (slot, number)| {
                let old = state.get(usize::from(*slot)).copied().unwrap_or(0);
                change.wrapping_sub(weight(*slot, old)).wrapping_add(weight(*slot, *number))
            }),
            "a step changes the same everywhere"
        );
        before.wrapping_add(writes.change)
    }

    /// The hash of a state.
    pub(crate) fn hash_of(&self, state: u32) -> u64 {
        self.hashes[state as usize]
    }

    /// The state that comes of another by what was written: its number, and whether it is new. It is not added if
    /// there are `most` already; then the answer is `None`.
    pub(crate) fn add(
        &mut self,
        from: u32,
        step: u32,
        hash: u64,
        writes: &Writes,
        most: usize,
    ) -> Option<(u32, bool)> {
        for (slot, number) in writes {
            self.make_column(*slot, *number);
        }
        let width = self.slots.len();
        let start = self.rows.len();
        let old = from as usize * width;
        // At the end, where it stays if it is new.
        self.rows.extend_from_within(old..old + width);
        for (slot, number) in writes {
            if let Some(column) = self.column[usize::from(*slot)] {
                self.rows[start + usize::from(column)] = *number;
            }
        }
        let (before, new) = self.rows.split_at(start);
        let same = |state: &u32| before[*state as usize * width..][..width] == *new;
        if let Some(state) = self.table.find(hash, same) {
            let state = *state;
            self.rows.truncate(start);
            return Some((state, false));
        }
        if self.came.len() >= most {
            self.rows.truncate(start);
            return None;
        }
        let state = u32::try_from(self.came.len()).expect("fewer than 2^32 states");
        self.came.push((from, step));
        self.hashes.push(hash);
        let hashes = &self.hashes;
        self.table.insert_unique(hash, state, |state| hashes[*state as usize]);
        Some((state, true))
    }

    /// Forgets the states from this one on.
    pub(crate) fn truncate(&mut self, count: usize) {
        for state in count..self.len() {
            let number = u32::try_from(state).unwrap_or(NONE);
            if let Ok(known) = self.table.find_entry(self.hashes[state], |one| *one == number) {
                known.remove();
            }
        }
        self.came.truncate(count);
        self.hashes.truncate(count);
        self.rows.truncate(count * self.slots.len());
    }

    /// The state that comes of another by what was written, if it is known. `row` is room to work in.
    pub(crate) fn find(
        &self,
        from: u32,
        hash: u64,
        writes: &Writes,
        row: &mut Vec<u32>,
    ) -> Option<u32> {
        let width = self.slots.len();
        row.clear();
        row.extend_from_slice(&self.rows[from as usize * width..][..width]);
        for (slot, number) in writes {
            let slot = usize::from(*slot);
            match self.column.get(slot).copied().flatten() {
                Some(column) => row[usize::from(column)] = *number,
                // No state holds anything else there than the first.
                None if self.base.get(slot).copied().unwrap_or(0) == *number => {}
                None => return None,
            }
        }
        let same = |state: &u32| self.rows[*state as usize * width..][..width] == **row;
        self.table.find(hash, same).copied()
    }

    /// Makes sure that a slot has a column if it ever holds something else than in the first state.
    fn make_column(&mut self, slot: u16, number: u32) {
        let at = usize::from(slot);
        if at >= self.base.len() {
            self.base.resize(at + 1, 0);
            self.column.resize(at + 1, None);
        }
        if self.column[at].is_some() || self.base[at] == number {
            return;
        }
        let width = self.slots.len();
        let mut rows = Vec::with_capacity(self.came.len() * (width + 1) * 2);
        for n in 0..self.came.len() {
            rows.extend_from_slice(&self.rows[n * width..][..width]);
            rows.push(self.base[at]);
        }
        self.rows = rows;
        self.column[at] = Some(u16::try_from(width).expect("fewer columns than slots"));
        self.slots.push(slot);
    }

    /// Bytes per state, heap included: rows, table and ways, as allocated.
    pub(crate) fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<u32>()
            + self.table.allocation_size()
            + self.hashes.capacity() * size_of::<u64>()
            + self.came.capacity() * size_of::<(u32, u32)>()
    }

    /// How many slots differ between states.
    pub(crate) fn columns(&self) -> usize {
        self.slots.len()
    }

    /// Lets go of memory that growth has taken ahead.
    pub(crate) fn shrink(&mut self) {
        self.rows.shrink_to_fit();
        self.hashes.shrink_to_fit();
        self.came.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::{States, Writes};

    fn add(states: &mut States, from: u32, writes: &[(u16, u32)]) -> (u32, bool) {
        let mut row = Vec::new();
        states.read(from, &mut row);
        let before = |slot: u16| row.get(usize::from(slot)).copied().unwrap_or(0);
        let all: Vec<_> =
            writes.iter().map(|(slot, after)| (*slot, before(*slot), *after)).collect();
        let writes = Writes::new(&all);
        let hash = states.hash(states.hash_of(from), &row, &writes);
        states.add(from, 7, hash, &writes, 1000).expect("there is room")
    }

    #[test]
    fn a_state_is_kept_once_however_it_is_reached() {
        let mut states = States::new(&[1, 1, 1]);
        assert_eq!(add(&mut states, 0, &[(1, 2)]), (1, true));
        assert_eq!(add(&mut states, 0, &[(2, 5)]), (2, true));
        assert_eq!(add(&mut states, 1, &[(2, 5)]), (3, true));
        assert_eq!(add(&mut states, 2, &[(1, 2)]), (3, false));
        assert_eq!(add(&mut states, 3, &[(2, 1), (1, 1)]), (0, false));
        assert_eq!(add(&mut states, 3, &[(6, 4)]), (4, true), "a slot that came later");
        let mut row = Vec::new();
        states.read(4, &mut row);
        assert_eq!(row, [1, 2, 5, 0, 0, 0, 4]);
        states.read(0, &mut row);
        assert_eq!(row, [1, 1, 1, 0, 0, 0, 0]);
        assert_eq!((states.came(4), states.came(0)), (Some((3, 7)), None));
        assert_eq!((states.len(), states.columns()), (5, 3));
        assert_eq!(add(&mut states, 4, &[(6, 0)]), (3, false));
        states.truncate(3);
        assert_eq!((states.len(), states.came(2)), (3, Some((0, 7))));
        assert_eq!(add(&mut states, 2, &[(6, 4)]), (3, true), "what was forgotten is new");
        assert_eq!(add(&mut states, 0, &[(2, 5)]), (2, false));
    }
}
