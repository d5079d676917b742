//! The conversions.

use netiosim_win32::export as abi;

use super::known_code;
use super::place::Place;
use crate::bytes::Bytes;

/// As many units are read at most of a name without a terminator.
const LONGEST: usize = 4096;

/// The numbers that conversions lead from and to, kept from call to call.
pub(super) struct Names {
    luid: Place,
    guid: Place,
    index: u32,
}

impl Names {
    pub(super) fn new(bytes: &mut Bytes<'_>) -> Self {
        Self { luid: Place::of::<u64>(bytes.byte()), guid: Place::new(16, bytes.byte()), index: 2 }
    }

    pub(super) fn call(&mut self, bytes: &mut Bytes<'_>) {
        let (into, from) = (bytes.below(16) > 0, bytes.below(16) > 0);
        match bytes.below(16) {
            0 => self.luid_of(bytes, into, from),
            1 => {
                let mut name = narrow(bytes);
                let (out, name_at) = (self.luid.at_or_null(into), name.at_or_null::<u8>(from));
                // SAFETY: each NULL, or a name and a place for the LUID.
                let code = unsafe { abi::ConvertInterfaceNameToLuidA(name_at, out) };
                self.told("ConvertInterfaceNameToLuidA", code);
            }
            2 | 3 => {
                let out = self.luid.at_or_null(into);
                // SAFETY: NULL, or a place for the LUID.
                let code = unsafe { abi::ConvertInterfaceIndexToLuid(self.index, out) };
                self.told("ConvertInterfaceIndexToLuid", code);
            }
            4 => {
                let (guid, out) = (self.guid.at_or_null(from), self.luid.at_or_null(into));
                // SAFETY: each NULL, or a GUID and a place for the LUID.
                let code = unsafe { abi::ConvertInterfaceGuidToLuid(guid, out) };
                self.told("ConvertInterfaceGuidToLuid", code);
            }
            5 => {
                let mut index = Place::of::<u32>(bytes.byte());
                let (luid, out) = (self.luid.at_or_null(from), index.at_or_null(into));
                // SAFETY: each NULL, or a LUID and a place for the index.
                let code = unsafe { abi::ConvertInterfaceLuidToIndex(luid, out) };
                self.told("ConvertInterfaceLuidToIndex", code);
                index.check("ConvertInterfaceLuidToIndex");
                if code == 0 {
                    self.index = index.number() as u32;
                }
            }
            6 => {
                let (luid, out) = (self.luid.at_or_null(from), self.guid.at_or_null(into));
                // SAFETY: each NULL, or a LUID and a place for the GUID.
                let code = unsafe { abi::ConvertInterfaceLuidToGuid(luid, out) };
                self.told("ConvertInterfaceLuidToGuid", code);
            }
            n @ 7..10 => self.name_of(bytes, n, into, from),
            10 => {
                let mut length = Place::of::<u8>(bytes.byte());
                // SAFETY: NULL, or a place for the length.
                let code =
                    unsafe { abi::ConvertIpv4MaskToLength(bytes.u32(), length.at_or_null(into)) };
                self.told("ConvertIpv4MaskToLength", code);
                length.check("ConvertIpv4MaskToLength");
            }
            11 => {
                let mut mask = Place::of::<u32>(bytes.byte());
                let length = if bytes.bit() { bytes.u32() } else { u32::from(bytes.byte()) };
                // SAFETY: NULL, or a place for the mask.
                let code = unsafe { abi::ConvertLengthToIpv4Mask(length, mask.at_or_null(into)) };
                self.told("ConvertLengthToIpv4Mask", code);
                mask.check("ConvertLengthToIpv4Mask");
            }
            12 => {
                let mut name = narrow(bytes);
                // SAFETY: NULL, or a name.
                self.index = unsafe { abi::if_nametoindex(name.at_or_null(from)) };
            }
            13 => {
                // NDIS_IF_MAX_STRING_SIZE + 1
                let mut name = Place::new(257, bytes.byte());
                // SAFETY: NULL, or a place for the longest name.
                let found = unsafe { abi::if_indextoname(self.index, name.at_or_null(into)) };
                name.check("if_indextoname");
                assert!(found.is_null() || name.bytes().contains(&0), "a name without end");
            }
            14 => {
                let value = bytes.number(8);
                self.luid.bytes().copy_from_slice(&value.to_le_bytes());
            }
            _ => self.index = if bytes.bit() { bytes.u32() } else { u32::from(bytes.byte() % 8) },
        }
    }

    fn told(&self, function: &str, code: u32) {
        known_code(function, code);
        self.luid.check(function);
        self.guid.check(function);
    }

    fn luid_of(&mut self, bytes: &mut Bytes<'_>, into: bool, from: bool) {
        let mut name = wide(bytes);
        let (out, at) = (self.luid.at_or_null(into), name.at_or_null::<u16>(from));
        let alias = bytes.bit();
        // SAFETY: each NULL, or a name and a place for the LUID.
        let code = unsafe {
            match alias {
                true => abi::ConvertInterfaceAliasToLuid(at, out),
                false => abi::ConvertInterfaceNameToLuidW(at, out),
            }
        };
        self.told("a function that looks for a name", code);
    }

    /// The name or alias, in a buffer that may be too short.
    fn name_of(&mut self, bytes: &mut Bytes<'_>, which: usize, into: bool, from: bool) {
        let length = bytes.of(&[0, 1, 2, 8, 9, 10, 40, 257, 600]);
        let unit = if which == 9 { 1 } else { 2 };
        let mut out = Place::new(length * unit, bytes.byte());
        let luid = self.luid.at_or_null(from);
        // SAFETY: each NULL, or a LUID and a place for as many units.
        let code = unsafe {
            match which {
                7 => abi::ConvertInterfaceLuidToAlias(luid, out.at_or_null(into), length),
                8 => abi::ConvertInterfaceLuidToNameW(luid, out.at_or_null(into), length),
                _ => abi::ConvertInterfaceLuidToNameA(luid, out.at_or_null(into), length),
            }
        };
        self.told("a function that writes a name", code);
        out.check("a function that writes a name");
        if code == 0 {
            let mut units = out.bytes().chunks_exact(unit);
            assert!(units.any(|unit| unit.iter().all(|byte| *byte == 0)), "a name without end");
        }
    }
}

const KNOWN: [&str; 6] =
    ["Ethernet", "ethernet_1", "loopback_0", "iftype53_7", "", "Loopback Pseudo-Interface 1"];

fn wide(bytes: &mut Bytes<'_>) -> Place {
    let units: Vec<u16> = match bytes.below(4) {
        0 => (0..bytes.below(40)).map(|_| bytes.u16()).collect(),
        1 => vec![bytes.u16() | 1; LONGEST + 8],
        _ => bytes.of(&KNOWN).encode_utf16().collect(),
    };
    let all: Vec<u8> = units.into_iter().chain([0]).flat_map(u16::to_ne_bytes).collect();
    holding(bytes, &all)
}

fn narrow(bytes: &mut Bytes<'_>) -> Place {
    let mut all = match bytes.below(4) {
        0 => {
            let length = bytes.below(40);
            bytes.take(length).to_vec()
        }
        1 => vec![bytes.byte() | 1; LONGEST + 8],
        _ => bytes.of(&KNOWN).as_bytes().to_vec(),
    };
    all.push(0);
    holding(bytes, &all)
}

fn holding(bytes: &mut Bytes<'_>, all: &[u8]) -> Place {
    let mut place = Place::new(all.len(), bytes.byte());
    place.bytes().copy_from_slice(all);
    place
}
