//! The C types whose width differs on Windows, and what depends on it.
#![allow(non_camel_case_types)]

pub type c_long = i32;
pub type c_ulong = u32;
pub type wchar_t = u16;

/// How many units stand before the zero.
///
/// # Safety
///
/// The string ends in a zero.
pub unsafe fn wcslen(text: *const wchar_t) -> usize {
    let mut length = 0;
    while *text.add(length) != 0 {
        length += 1;
    }
    length
}
