//! A table with keys: ordered for whoever lists it, hashed for whoever looks one entry up.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher, Hash, Hasher};
use std::ops::RangeBounds;

/// A look-up that nobody walks: its order means nothing, so nothing may depend on it.
#[allow(clippy::disallowed_types, reason = "only looked up by key, with a fixed hasher")]
pub(crate) type Index<K, V> = std::collections::HashMap<K, V, Fixed>;

/// A map in the order of its keys whose look-up takes the same time whatever its size.
///
/// Equality, hash and order are those of its entries; the hash index is never walked.
#[derive(Clone)]
pub struct Keyed<K, V> {
    order: BTreeMap<K, u32>,
    index: Index<K, u32>,
    slots: Vec<Option<V>>,
    free: Vec<u32>,
}

impl<K: Clone + Ord + Hash, V> Keyed<K, V> {
    /// A table without entries.
    #[must_use]
    pub fn new() -> Self {
        Self {
            order: BTreeMap::new(),
            index: Index::with_hasher(Fixed),
            slots: Vec::new(),
            free: Vec::new(),
        }
    }

    /// How many entries it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether it has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// The entry of a key.
    #[must_use]
    pub fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.slots[*self.index.get(key)? as usize].as_ref()
    }

    /// The entry of a key, to change it.
    pub fn get_mut<Q: Hash + Eq + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.slots[*self.index.get(key)? as usize].as_mut()
    }

    /// Whether a key has an entry.
    #[must_use]
    pub fn contains_key<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.index.contains_key(key)
    }

    /// Puts an entry in; returns the one that the key had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        if let Some(slot) = self.index.get(&key) {
            return self.slots[*slot as usize].replace(value);
        }
        let slot = if let Some(slot) = self.free.pop() {
            self.slots[slot as usize] = Some(value);
            slot
        } else {
            self.slots.push(Some(value));
            u32::try_from(self.slots.len() - 1).expect("fewer than 2^32 entries")
        };
        self.index.insert(key.clone(), slot);
        self.order.insert(key, slot);
        None
    }

    /// Takes an entry out.
    pub fn remove<Q: Hash + Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let slot = self.index.remove(key)?;
        self.order.remove(key);
        self.free.push(slot);
        self.slots[slot as usize].take()
    }

    /// Keys and entries, in the order of the keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.order.iter().map(|(key, slot)| (key, self.at(*slot)))
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.order.keys()
    }

    /// The entries, in the order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.order.values().map(|slot| self.at(*slot))
    }

    /// Keys and entries of a range of keys, in order.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> {
        self.order.range(range).map(|(key, slot)| (key, self.at(*slot)))
    }

    fn at(&self, slot: u32) -> &V {
        self.slots[slot as usize].as_ref().expect("a slot in the order holds an entry")
    }
}

impl<K: Clone + Ord + Hash, V> Default for Keyed<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone + Ord + Hash, V> FromIterator<(K, V)> for Keyed<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut table = Self::new();
        for (key, value) in entries {
            table.insert(key, value);
        }
        table
    }
}

impl<K: Clone + Ord + Hash, V: PartialEq> PartialEq for Keyed<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().eq(other.iter())
    }
}

impl<K: Clone + Ord + Hash, V: Eq> Eq for Keyed<K, V> {}

impl<K: Clone + Ord + Hash, V: Hash> Hash for Keyed<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        for (key, value) in self.iter() {
            key.hash(state);
            value.hash(state);
        }
    }
}

impl<K: Clone + Ord + Hash + fmt::Debug, V: fmt::Debug> fmt::Debug for Keyed<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

#[cfg(feature = "serde")]
impl<K: Clone + Ord + Hash + serde::Serialize, V: serde::Serialize> serde::Serialize
    for Keyed<K, V>
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[cfg(feature = "serde")]
impl<'de, K, V> serde::Deserialize<'de> for Keyed<K, V>
where
    K: Clone + Ord + Hash + serde::Deserialize<'de>,
    V: serde::Deserialize<'de>,
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// The hasher of every index of the model: fixed, so that nothing depends on the process.
#[derive(Clone, Copy, Debug, Default)]
pub struct Fixed;

impl BuildHasher for Fixed {
    type Hasher = Mixer;

    fn build_hasher(&self) -> Mixer {
        Mixer(0)
    }
}

/// Multiplies and rotates, eight bytes at a time.
#[derive(Clone, Copy, Debug)]
pub struct Mixer(u64);

impl Mixer {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mixer {
    fn write(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for chunk in &mut chunks {
            self.mix(u64::from_le_bytes(chunk.try_into().expect("eight bytes")));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut word = [0; 8];
            word[..rest.len()].copy_from_slice(rest);
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn finish(&self) -> u64 {
        // The map looks at the upper and the lower bits; products are good in the upper ones only.
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher, Hasher};

    use super::{Fixed, Keyed};

    #[test]
    fn entries_come_in_the_order_of_their_keys_whatever_the_order_of_insertion() {
        let forth: Keyed<u32, u32> = (0..500).map(|n| (n, n * 2)).collect();
        let back: Keyed<u32, u32> = (0..500).rev().map(|n| (n, n * 2)).collect();
        assert_eq!(forth, back);
        assert!(forth.keys().copied().eq(0..500));
        assert_eq!(forth.range(10..12).map(|(_, v)| *v).collect::<Vec<_>>(), [20, 22]);
    }

    #[test]
    fn what_was_taken_out_is_gone_and_its_place_is_used_again() {
        let mut table: Keyed<u32, u32> = (0..10).map(|n| (n, n)).collect();
        assert_eq!(table.remove(&3), Some(3));
        assert_eq!(table.remove(&3), None);
        assert_eq!(table.get(&3), None);
        assert_eq!(table.insert(77, 7), None);
        assert_eq!(table.insert(77, 8), Some(7));
        assert_eq!(table.len(), 10);
        assert_eq!(table.get(&77), Some(&8));
        assert!(table.keys().copied().eq([0, 1, 2, 4, 5, 6, 7, 8, 9, 77]));
    }

    /// Nothing depends on the process or the machine: the numbers are these, as they came out once.
    #[test]
    fn hashes_are_the_same_everywhere() {
        let hash = |write: &dyn Fn(&mut super::Mixer)| {
            let mut hasher = Fixed.build_hasher();
            write(&mut hasher);
            hasher.finish()
        };
        let all = [
            hash(&|_| {}),
            hash(&|hasher| hasher.write_u8(5)),
            hash(&|hasher| hasher.write_u32(5)),
            hash(&|hasher| hasher.write_u64(5)),
            hash(&|hasher| hasher.write_usize(5)),
            hash(&|hasher| {
                hasher.write_u64(0xFF00);
                hasher.write_u64(0x0FF0);
            }),
            hash(&|hasher| hasher.write(b"12345678abc")),
            hash(&|hasher| hasher.write(b"12345678")),
        ];
        let five = 10_912_160_957_250_010_234;
        let others =
            [12_908_264_822_373_778_735, 4_061_954_835_744_064_618, 16_749_219_592_487_112_447];
        assert_eq!(all[..5], [0, five, five, five, five]);
        assert_eq!(all[5..], others);
    }

    #[test]
    fn tables_are_equal_and_hash_alike_if_their_entries_are_equal() {
        let table = |entries: &[(u32, u32)]| entries.iter().copied().collect::<Keyed<u32, u32>>();
        let (one, same) = (table(&[(1, 1), (2, 2)]), table(&[(2, 2), (1, 1)]));
        assert_eq!((&one, Fixed.hash_one(&one)), (&same, Fixed.hash_one(&same)));
        for other in
            [table(&[(1, 1), (2, 3)]), table(&[(1, 1)]), table(&[(1, 1), (3, 2)]), table(&[])]
        {
            assert_ne!(one, other);
            assert_ne!(Fixed.hash_one(&one), Fixed.hash_one(&other));
        }
        assert!(table(&[]).is_empty() && !one.is_empty());
        assert_eq!(format!("{one:?}"), "{1: 1, 2: 2}");
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_table_is_written_as_a_list_of_pairs() {
        let table: Keyed<u32, u32> = [(1, 10), (2, 20)].into_iter().collect();
        let text = serde_json::to_string(&table).expect("it can be written");
        assert_eq!(text, "[[1,10],[2,20]]");
        let read: Keyed<u32, u32> = serde_json::from_str(&text).expect("it can be read");
        assert_eq!(read, table);
    }
}
