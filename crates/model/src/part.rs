//! Parts of a state: values that know whether they were looked at and whether they were changed.
//!
//! A step reads and writes a few parts of the state and leaves the rest alone. Whoever searches a state space wants to
//! know which: a step that was taken once need not be taken again where the parts that it read are the same. So
//! every member of a state lies in a [`Part`], or in a list of them, [`Parts`]. The marks decide nothing: they are no part of
//! equality and hash, and a copy has none.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut, Index, IndexMut};
use std::sync::atomic::{AtomicU8, Ordering};

const READ: u8 = 1;
const WRITTEN: u8 = 2;

/// Stands for how many parts a list has, where else the position of a part stands.
pub const COUNT: usize = usize::MAX;

/// What was done to a part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touched {
    /// Somebody looked at it, or may have: whatever is changed counts as looked at.
    pub read: bool,
    /// Somebody changed it, or may have.
    pub written: bool,
}

/// The mark of one part.
#[derive(Default)]
struct Mark(AtomicU8);

impl Mark {
    fn set(&self, bits: u8) {
        // Of one machine there is one driver at a time; the atomic is there so that machines can be shared and sent.
        let before = self.0.load(Ordering::Relaxed);
        if before & bits != bits {
            self.0.store(before | bits, Ordering::Relaxed);
        }
    }

    fn put(&mut self, bits: u8) {
        *self.0.get_mut() |= bits;
    }

    fn take(&mut self) -> Touched {
        let bits = std::mem::take(self.0.get_mut());
        Touched { read: bits != 0, written: bits & WRITTEN != 0 }
    }
}

/// A value that knows whether it was looked at and whether it was changed.
pub struct Part<T> {
    value: T,
    mark: Mark,
}

impl<T> Part<T> {
    /// A part with this value, untouched.
    pub fn new(value: T) -> Self {
        Self { value, mark: Mark::default() }
    }

    /// The value, without a mark.
    pub fn peek(&self) -> &T {
        &self.value
    }

    /// Puts a value in, without a mark.
    pub fn put(&mut self, value: T) {
        self.value = value;
    }

    /// Takes the value of another part, of which this is a copy that may have been changed since; untouched then.
    pub(crate) fn renew(&mut self, first: &Self)
    where
        T: Clone,
    {
        if self.mark.take().written {
            self.value.clone_from(&first.value);
        }
    }

    /// What was done since this was last asked.
    pub fn take_touched(&mut self) -> Touched {
        self.mark.take()
    }
}

impl<T> Deref for Part<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.mark.set(READ);
        &self.value
    }
}

impl<T> DerefMut for Part<T> {
    fn deref_mut(&mut self) -> &mut T {
        self.mark.put(READ | WRITTEN);
        &mut self.value
    }
}

impl<T: Clone> Clone for Part<T> {
    fn clone(&self) -> Self {
        Self::new(self.value.clone())
    }
}

impl<T: Default> Default for Part<T> {
    fn default() -> Self {
        Self::new(T::default())
    }
}

impl<T: fmt::Debug> fmt::Debug for Part<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}

impl<T: PartialEq> PartialEq for Part<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<T: Eq> Eq for Part<T> {}

impl<T: Hash> Hash for Part<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}

/// A list of parts that only grows at its end.
///
/// How many there are is a part too ([`COUNT`]): whoever walks through the list, or asks for a part that need not be there, has seen
/// it, and whoever adds something changes it.
pub struct Parts<T> {
    items: Vec<Part<T>>,
    end: Mark,
}

impl<T> Parts<T> {
    /// A list without parts.
    #[must_use]
    pub fn new() -> Self {
        Self { items: Vec::new(), end: Mark::default() }
    }

    /// How many parts there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.end.set(READ);
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds a part at the end.
    pub fn push(&mut self, value: T) {
        let mut part = Part::new(value);
        part.mark.put(READ | WRITTEN);
        self.items.push(part);
        self.end.put(READ | WRITTEN);
    }

    /// One part, if it is there.
    #[must_use]
    pub fn get(&self, at: usize) -> Option<&T> {
        // Whether it is there depends on how many there are, also where it is.
        self.end.set(READ);
        self.items.get(at).map(Deref::deref)
    }

    /// One part, to change it.
    pub fn get_mut(&mut self, at: usize) -> Option<&mut T> {
        self.end.put(READ);
        self.items.get_mut(at).map(DerefMut::deref_mut)
    }

    /// All parts; each counts as looked at when it comes, and how many there are at once: whether another one comes depends
    /// on it.
    pub fn iter(&self) -> Iter<'_, T> {
        self.end.set(READ);
        Iter { items: self.items.iter() }
    }

    /// All parts, to change them.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.end.put(READ);
        self.items.iter_mut().map(DerefMut::deref_mut)
    }

    /// How many parts there are, without a mark.
    #[must_use]
    pub fn count(&self) -> usize {
        self.items.len()
    }

    /// One part, without a mark.
    #[must_use]
    pub fn peek(&self, at: usize) -> Option<&T> {
        self.items.get(at).map(Part::peek)
    }

    /// Puts a value in at this place or, at the end, behind it, without a mark; with `None` the list ends there.
    ///
    /// # Panics
    ///
    /// If a place between would stay empty.
    pub fn put(&mut self, at: usize, value: Option<T>) {
        match value {
            Some(value) if at < self.items.len() => self.items[at].put(value),
            Some(value) => {
                assert_eq!(at, self.items.len(), "no gap in a list of parts");
                self.items.push(Part::new(value));
            }
            None => self.items.truncate(at),
        }
    }

    /// Takes the values of another list, of which this is a copy that may have been changed since; untouched then.
    pub(crate) fn renew(&mut self, first: &Self)
    where
        T: Clone,
    {
        self.items.truncate(first.items.len());
        for (own, first) in self.items.iter_mut().zip(&first.items) {
            own.renew(first);
        }
        self.end.take();
    }

    /// Tells what was done to each part since this was last asked, and to how many there are, as [`COUNT`].
    pub fn take_touched(&mut self, mut tell: impl FnMut(usize, Touched)) {
        for (at, part) in self.items.iter_mut().enumerate() {
            tell(at, part.take_touched());
        }
        tell(COUNT, self.end.take());
    }
}

/// The parts of a list, each looked at when it comes.
pub struct Iter<'a, T> {
    items: std::slice::Iter<'a, Part<T>>,
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.items.next().map(Deref::deref)
    }
}

impl<T> fmt::Debug for Iter<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Iter({} left)", self.items.len())
    }
}

impl<'a, T> IntoIterator for &'a Parts<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> Default for Parts<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Index<usize> for Parts<T> {
    type Output = T;

    fn index(&self, at: usize) -> &T {
        &self.items[at]
    }
}

impl<T> IndexMut<usize> for Parts<T> {
    fn index_mut(&mut self, at: usize) -> &mut T {
        &mut self.items[at]
    }
}

impl<T> FromIterator<T> for Parts<T> {
    fn from_iter<I: IntoIterator<Item = T>>(values: I) -> Self {
        Self { items: values.into_iter().map(Part::new).collect(), end: Mark::default() }
    }
}

impl<T: Clone> Clone for Parts<T> {
    fn clone(&self) -> Self {
        Self { items: self.items.clone(), end: Mark::default() }
    }
}

impl<T: fmt::Debug> fmt::Debug for Parts<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.items).finish()
    }
}

impl<T: PartialEq> PartialEq for Parts<T> {
    fn eq(&self, other: &Self) -> bool {
        self.items == other.items
    }
}

impl<T: Eq> Eq for Parts<T> {}

impl<T: Hash> Hash for Parts<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.items.hash(state);
    }
}

#[cfg(feature = "serde")]
mod written {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Part, Parts};

    impl<T: Serialize> Serialize for Part<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            self.value.serialize(serializer)
        }
    }

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Part<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            T::deserialize(deserializer).map(Self::new)
        }
    }

    impl<T: Serialize> Serialize for Parts<T> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_seq(&self.items)
        }
    }

    impl<'de, T: Deserialize<'de>> Deserialize<'de> for Parts<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            Vec::<T>::deserialize(deserializer).map(|values| values.into_iter().collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Parts, Touched};

    const NOT: Touched = Touched { read: false, written: false };
    const READ: Touched = Touched { read: true, written: false };
    const WRITTEN: Touched = Touched { read: true, written: true };

    #[test]
    fn a_part_knows_what_was_done_to_it() {
        let mut part = Part::new(5);
        assert_eq!((*part.peek(), part.take_touched()), (5, NOT));
        assert_eq!((*part, part.take_touched()), (5, READ));
        *part += 1;
        assert_eq!(part.clone().take_touched(), NOT);
        assert_eq!((part.take_touched(), part.take_touched()), (WRITTEN, NOT));
    }

    fn touched(parts: &mut Parts<u32>) -> Vec<Touched> {
        let mut all = Vec::new();
        parts.take_touched(|_, touched| all.push(touched));
        all
    }

    #[test]
    fn a_copy_takes_the_values_of_its_first_again() {
        let (first, firsts) = (Part::new(5), [1, 2, 3].into_iter().collect::<Parts<u32>>());
        let (mut part, mut parts) = (first.clone(), firsts.clone());
        *part += 1;
        parts[1] = 7;
        parts.push(4);
        part.renew(&first);
        parts.renew(&firsts);
        assert_eq!((&part, &parts), (&first, &firsts));
        assert_eq!((part.take_touched(), touched(&mut parts)), (NOT, vec![NOT; 4]));
    }

    #[test]
    fn a_list_knows_how_far_it_was_walked() {
        let mut parts: Parts<u32> = [1, 2, 3].into_iter().collect();
        assert_eq!(touched(&mut parts), [NOT; 4]);
        assert!(parts.iter().any(|part| *part == 2));
        assert_eq!(
            touched(&mut parts),
            [READ, READ, NOT, READ],
            "whether more came depends on the end"
        );
        assert!(!parts.iter().any(|part| *part == 4));
        assert_eq!(touched(&mut parts), [READ; 4]);
        parts[1] = 7;
        assert_eq!(parts.get(9), None);
        assert_eq!(touched(&mut parts), [NOT, WRITTEN, NOT, READ]);
        assert_eq!(parts.get(0), Some(&1));
        assert_eq!(touched(&mut parts), [READ, NOT, NOT, READ]);
        parts.push(4);
        assert_eq!(touched(&mut parts), [NOT, NOT, NOT, WRITTEN, WRITTEN]);
        parts.put(2, None);
        parts.put(2, Some(8));
        assert_eq!(touched(&mut parts), [NOT; 4]);
        assert_eq!(parts.iter().copied().collect::<Vec<_>>(), [1, 7, 8]);
    }

    #[test]
    fn a_mark_stays_until_it_is_asked_for() {
        let mut part = Part::new(5);
        *part += 1;
        *part += 1;
        assert_eq!((*part, *part), (7, 7));
        assert_eq!(part.take_touched(), WRITTEN, "reading and writing again takes nothing back");
        assert_eq!((*part, *part, part.take_touched()), (7, 7, READ));
        let mut parts: Parts<u32> = Parts::new();
        assert!(parts.is_empty() && parts.is_empty());
        assert_eq!(touched(&mut parts), [READ]);
        parts.push(1);
        parts.push(2);
        assert_eq!((parts.len(), parts.count(), parts.is_empty()), (2, 2, false));
        assert_eq!(touched(&mut parts), [WRITTEN; 3]);
        parts[0] = 3;
        parts[0] = 4;
        assert_eq!(parts[0], 4);
        assert_eq!(touched(&mut parts), [WRITTEN, NOT, NOT]);
    }

    #[test]
    fn a_part_is_its_value_to_whoever_compares_hashes_or_prints() {
        use std::hash::BuildHasher;
        let hash = |value: &Parts<u32>| crate::keyed::Fixed.hash_one(value);
        let list = |values: &[u32]| values.iter().copied().collect::<Parts<u32>>();
        let (one, same, other) = (list(&[1, 2]), list(&[1, 2]), list(&[1, 3]));
        assert_eq!((&one, hash(&one)), (&same, hash(&same)));
        assert_ne!(one, other);
        assert_ne!(hash(&one), hash(&other));
        assert_ne!(hash(&one), hash(&list(&[])));
        assert_eq!(format!("{one:?} {:?}", Part::new("a")), "[1, 2] \"a\"");
        let mut left = one.iter();
        left.next();
        assert_eq!(format!("{left:?}"), "Iter(1 left)");
    }
}
