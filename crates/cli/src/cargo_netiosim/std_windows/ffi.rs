//! `std::os::windows::ffi`: strings of 16-bit units.

extern crate std;

use core::char::REPLACEMENT_CHARACTER;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::vec::Vec;

/// Strings from 16-bit units.
pub trait OsStringExt {
    /// A string of 16-bit units that may be ill-formed UTF-16; a lone surrogate is kept as in WTF-8.
    fn from_wide(wide: &[u16]) -> Self;
}

impl OsStringExt for OsString {
    fn from_wide(wide: &[u16]) -> Self {
        let mut bytes = Vec::with_capacity(wide.len());
        for unit in core::char::decode_utf16(wide.iter().copied()) {
            match unit {
                Ok(character) => {
                    bytes.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
                }
                Err(lone) => {
                    let lone = lone.unpaired_surrogate();
                    bytes.extend_from_slice(&[
                        0xE0 | (lone >> 12) as u8,
                        0x80 | (lone >> 6 & 0x3F) as u8,
                        0x80 | (lone & 0x3F) as u8,
                    ]);
                }
            }
        }
        OsString::from_vec(bytes)
    }
}

/// Strings as 16-bit units.
pub trait OsStrExt {
    /// The units, without a zero at the end.
    fn encode_wide(&self) -> EncodeWide<'_>;
}

impl OsStrExt for OsStr {
    fn encode_wide(&self) -> EncodeWide<'_> {
        EncodeWide { rest: self.as_bytes(), second: None }
    }
}

/// The 16-bit units of a string; bytes that are no text come out as U+FFFD.
#[derive(Clone, Debug)]
pub struct EncodeWide<'a> {
    rest: &'a [u8],
    second: Option<u16>,
}

impl Iterator for EncodeWide<'_> {
    type Item = u16;

    fn next(&mut self) -> Option<u16> {
        if let Some(second) = self.second.take() {
            return Some(second);
        }
        let (code, length) = decode(self.rest)?;
        self.rest = &self.rest[length..];
        if code < 0x1_0000 {
            return Some(code as u16);
        }
        let code = code - 0x1_0000;
        self.second = Some(0xDC00 | (code & 0x3FF) as u16);
        Some(0xD800 | (code >> 10) as u16)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let second = usize::from(self.second.is_some());
        (self.rest.len().div_ceil(3) + second, Some(self.rest.len() + second))
    }
}

/// The first code point, lone surrogates included, and how many bytes it has; `None` at the end.
fn decode(bytes: &[u8]) -> Option<(u32, usize)> {
    let first = *bytes.first()?;
    let (length, lead, least) = match first {
        0x00..=0x7F => return Some((u32::from(first), 1)),
        0xC2..=0xDF => (2, u32::from(first & 0x1F), 0x80),
        0xE0..=0xEF => (3, u32::from(first & 0x0F), 0x800),
        0xF0..=0xF4 => (4, u32::from(first & 0x07), 0x1_0000),
        _ => return Some((u32::from(REPLACEMENT_CHARACTER), 1)),
    };
    let mut code = lead;
    for at in 1..length {
        match bytes.get(at) {
            Some(&byte) if byte & 0xC0 == 0x80 => code = code << 6 | u32::from(byte & 0x3F),
            _ => return Some((u32::from(REPLACEMENT_CHARACTER), at)),
        }
    }
    if code < least || code > 0x10_FFFF {
        return Some((u32::from(REPLACEMENT_CHARACTER), length));
    }
    Some((code, length))
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::*;

    fn there_and_back(units: &[u16]) {
        let string = OsString::from_wide(units);
        assert_eq!(string.encode_wide().collect::<Vec<_>>(), units);
    }

    #[test]
    fn units_come_back_as_they_were() {
        there_and_back(&[]);
        there_and_back(&"Ethernet 2 – größer 🦀".encode_utf16().collect::<Vec<_>>());
        there_and_back(&[0x41, 0xD800, 0x42, 0xDC00, 0x43]);
        there_and_back(&[0xD800]);
        there_and_back(&[0, 0xFFFF, 0x7F, 0x80, 0x7FF, 0x800]);
    }

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let wide = |bytes: &[u8]| OsStr::from_bytes(bytes).encode_wide().collect::<Vec<_>>();
        assert_eq!(wide(b"a\xFFb"), vec![0x61, 0xFFFD, 0x62]);
        assert_eq!(wide(b"\xE2\x82"), vec![0xFFFD]);
        assert_eq!(wide(b"\xC0\x80"), vec![0xFFFD, 0xFFFD]);
    }

    #[test]
    fn the_hint_holds() {
        let string = OsString::from("a–🦀");
        let (least, most) = string.encode_wide().size_hint();
        let count = string.encode_wide().count();
        assert!(least <= count && Some(count) <= most, "{least} {count} {most:?}");
    }
}
