//! Every value once: what is equal has the same number.

use std::hash::{BuildHasher as _, Hash};

use hashbrown::HashTable;
use netiosim_model::keyed::Fixed;

/// The numbers of values, from 1; 0 is no value.
#[derive(Clone, Debug)]
pub(crate) struct Interner<T> {
    values: Vec<T>,
    /// The hash of each value beside its number: large values are hashed once, and compared rarely.
    table: HashTable<(u64, u32)>,
}

impl<T: Eq + Hash> Interner<T> {
    pub(crate) fn new() -> Self {
        Self { values: Vec::new(), table: HashTable::new() }
    }

    /// The number of a value.
    pub(crate) fn number(&mut self, value: T) -> u32 {
        let hash = Fixed.hash_one(&value);
        let values = &self.values;
        let same = |known: &(u64, u32)| known.0 == hash && values[known.1 as usize - 1] == value;
        if let Some(known) = self.table.find(hash, same) {
            return known.1;
        }
        self.values.push(value);
        let number = u32::try_from(self.values.len()).expect("fewer than 2^32 different parts");
        self.table.insert_unique(hash, (hash, number), |known| known.0);
        number
    }

    /// The value behind a number; `None` for 0.
    pub(crate) fn get(&self, number: u32) -> Option<&T> {
        self.values.get((number as usize).checked_sub(1)?)
    }

    /// All values, in the order of their numbers.
    pub(crate) fn into_values(self) -> Vec<T> {
        self.values
    }

    /// How many values there are.
    pub(crate) fn len(&self) -> usize {
        self.values.len()
    }
}

#[cfg(test)]
mod tests {
    use super::Interner;

    #[test]
    fn equal_values_have_one_number() {
        let mut all = Interner::new();
        let (a, b) = (all.number("a".to_owned()), all.number("b".to_owned()));
        assert_eq!((a, b, all.number("a".to_owned()), all.len()), (1, 2, 1, 2));
        assert_eq!(
            (all.get(0), all.get(2).map(String::as_str), all.get(3)),
            (None, Some("b"), None)
        );
    }
}
