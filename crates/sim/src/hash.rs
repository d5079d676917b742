//! A hasher for keys that are numbers already.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map by numbers: handles, addresses. Nobody outside this program chooses the keys.
pub(crate) type NumberMap<K, V> = HashMap<K, V, BuildHasherDefault<NumberHasher>>;

/// Mixes one number by a multiplication with an odd constant.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct NumberHasher(u64);

impl Hasher for NumberHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u64(u64::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0 ^ number).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::NumberMap;

    #[test]
    fn neighbours_and_bytes_are_told_apart() {
        let mut numbers: NumberMap<u64, u64> = NumberMap::default();
        numbers.extend((0..10_000).map(|n| (n << 4, n)));
        assert!((0..10_000).all(|n| numbers[&(n << 4)] == n));
        let mut texts: NumberMap<&str, u8> = NumberMap::default();
        texts.extend([("ab", 1), ("ba", 2)]);
        assert_eq!((texts["ab"], texts["ba"]), (1, 2));
    }
}
