//! Lengths of texts, and reading them.

use super::host_exports;

/// As long as a name may be that has no terminator: what is longer is no name of anything.
const LONGEST: usize = 4096;

/// One unit of a text of Windows: a byte, or a UTF-16 unit.
pub(super) trait Unit: Copy + Into<u32> + 'static {
    /// A text in units, without terminator.
    fn encode(text: &str) -> Vec<Self>;

    /// A text from units, without terminator.
    fn decode(units: &[Self]) -> String;

    /// The end of a text.
    const END: Self;
}

impl Unit for u16 {
    const END: Self = 0;

    fn encode(text: &str) -> Vec<Self> {
        text.encode_utf16().collect()
    }

    fn decode(units: &[Self]) -> String {
        String::from_utf16_lossy(units)
    }
}

/// The ANSI code page is taken to be UTF-8, as a program may ask Windows for (chosen).
impl Unit for u8 {
    const END: Self = 0;

    fn encode(text: &str) -> Vec<Self> {
        text.as_bytes().to_vec()
    }

    fn decode(units: &[Self]) -> String {
        String::from_utf8_lossy(units).into_owned()
    }
}

/// A text up to its terminator; `None` for NULL.
///
/// # Safety
///
/// NULL, or readable up to the terminator; it need not be aligned.
pub(super) unsafe fn text<U: Unit>(at: *const U) -> Option<String> {
    // SAFETY: the caller's.
    let unit = |n| unsafe { at.add(n).read_unaligned() };
    (!at.is_null()).then(|| {
        let units: Vec<U> = (0..LONGEST).map(unit).take_while(|unit| (*unit).into() != 0).collect();
        U::decode(&units)
    })
}

/// How many units stand before the terminator.
///
/// The reads are volatile, because a plain loop may be compiled into a call of `wcslen`, which this is.
unsafe fn length<U: Unit>(at: *const U) -> usize {
    let mut length = 0;
    // SAFETY: the caller's: readable up to the terminator.
    while unsafe { at.add(length).read_volatile() }.into() != 0 {
        length += 1;
    }
    length
}

/// wcslen of the Windows C library: 16-bit units, where the host's own counts 32-bit ones.
#[cfg_attr(not(feature = "dll"), unsafe(no_mangle))]
pub unsafe extern "C" fn wcslen(text: *const u16) -> usize {
    // SAFETY: the caller's.
    unsafe { length(text) }
}

host_exports! {
    /// lstrlenW: the length in 16-bit units; 0 for NULL.
    fn lstrlenW(text: *const u16) -> i32 {
        // SAFETY: the caller's.
        if text.is_null() { 0 } else { i32::try_from(unsafe { length(text) }).unwrap_or(i32::MAX) }
    }

    /// lstrlenA: the length in bytes; 0 for NULL.
    fn lstrlenA(text: *const u8) -> i32 {
        // SAFETY: the caller's.
        if text.is_null() { 0 } else { i32::try_from(unsafe { length(text) }).unwrap_or(i32::MAX) }
    }
}
