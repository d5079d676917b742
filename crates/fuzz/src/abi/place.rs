//! Memory of a program, with canaries around what a function may touch.

use netiosim_win32::layout::Layout;

const CANARY: u8 = 0xC3;
/// As many canaries lie on each side, at least.
const AROUND: usize = 32;

/// A piece of memory that need not be aligned.
#[derive(Clone, Debug)]
pub(super) struct Place {
    memory: Vec<u8>,
    start: usize,
    size: usize,
}

impl Place {
    /// As many bytes, so far from the next boundary.
    pub(super) fn new(size: usize, off: u8) -> Self {
        let mut memory = vec![CANARY; size + 3 * AROUND];
        let boundary = memory.as_ptr().align_offset(16);
        let start = AROUND + boundary % 16 + usize::from(off % 16);
        memory[start..start + size].fill(0);
        Self { memory, start, size }
    }

    /// A place for a structure.
    pub(super) fn of<T>(off: u8) -> Self {
        Self::new(size_of::<T>(), off)
    }

    /// Where it begins.
    pub(super) fn at<T>(&mut self) -> *mut T {
        self.memory[self.start..].as_mut_ptr().cast()
    }

    /// Where it begins, or NULL.
    pub(super) fn at_or_null<T>(&mut self, given: bool) -> *mut T {
        if given { self.at() } else { std::ptr::null_mut() }
    }

    pub(super) fn bytes(&mut self) -> &mut [u8] {
        &mut self.memory[self.start..self.start + self.size]
    }

    /// The number that it holds, of so many bytes as it has, up to eight.
    pub(super) fn number(&mut self) -> u64 {
        let bytes = self.bytes().iter().take(8).rev();
        bytes.fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// The keys of the row that it holds, as text.
    pub(super) fn keys<L: Layout>(&mut self) -> String
    where
        L::Row: std::fmt::Debug,
    {
        assert_eq!(self.size, size_of::<L>());
        // SAFETY: as many bytes as the structure has; none of them is anything but a byte.
        format!("{:?}", unsafe { L::read_keys(self.at()) })
    }

    /// Nobody has written beside it.
    pub(super) fn check(&self, what: &str) {
        let (before, rest) = self.memory.split_at(self.start);
        let behind = &rest[self.size..];
        let whole = |part: &[u8]| part.iter().all(|byte| *byte == CANARY);
        assert!(whole(before), "{what} wrote before what it was given");
        assert!(whole(behind), "{what} wrote behind what it was given");
    }
}
