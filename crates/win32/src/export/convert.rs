//! The conversions between LUID, index, GUID, alias and name.

use std::net::Ipv4Addr;

use netiosim_sim::model::api::{Call, Output, Value};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::net::Luid;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::core::GUID;

use super::ask;
use super::macros::{export, exports};
use crate::layout::{from_guid, guid};

/// As long as a text may be that has no terminator: what is longer is no name of anything.
const LONGEST: usize = 4096;
/// NDIS_IF_MAX_STRING_SIZE + 1: as long as the place that if_indextoname writes to has to be (CV-13).
const NAME_SIZE: usize = 257;

/// A text up to its terminator.
unsafe fn wide_text(at: *const u16) -> Option<Value> {
    // SAFETY: the caller's: readable up to the terminator.
    let unit = |n| unsafe { at.add(n).read_unaligned() };
    (!at.is_null()).then(|| {
        let units: Vec<u16> = (0..LONGEST).map(unit).take_while(|unit| *unit != 0).collect();
        Value::Text(String::from_utf16_lossy(&units))
    })
}

/// A text of bytes up to its terminator.
unsafe fn narrow_text(at: *const u8) -> Option<Value> {
    // SAFETY: the caller's: readable up to the terminator.
    let byte = |n| unsafe { at.add(n).read() };
    (!at.is_null()).then(|| {
        let bytes: Vec<u8> = (0..LONGEST).map(byte).take_while(|byte| *byte != 0).collect();
        Value::Text(String::from_utf8_lossy(&bytes).into_owned())
    })
}

unsafe fn luid(at: *const NET_LUID_LH) -> Option<Value> {
    // SAFETY: the caller's.
    (!at.is_null()).then(|| Value::Luid(Luid(unsafe { at.cast::<u64>().read_unaligned() })))
}

/// Converts, and writes a result that is not a text.
unsafe fn value<T>(
    function: Function,
    input: Option<Value>,
    out: *mut T,
    caller: usize,
    take: impl FnOnce(Value) -> Option<T>,
) -> u32 {
    let call = Call::Convert { function, input, pointer: !out.is_null(), length: 0 };
    ask(&call, caller, |_, output| {
        if let Output::Value(value) = output
            && let Some(value) = take(value)
            && !out.is_null()
        {
            // SAFETY: the caller's.
            unsafe { out.write_unaligned(value) };
        }
    })
}

/// Converts, and writes a text with its terminator into as many units as there are.
unsafe fn text<T: Copy + Default>(
    function: Function,
    input: Option<Value>,
    out: *mut T,
    length: usize,
    caller: usize,
    units: impl FnOnce(&str) -> Vec<T>,
) -> u32 {
    let call = Call::Convert { function, input, pointer: !out.is_null(), length };
    ask(&call, caller, |_, output| {
        if let Output::Value(Value::Text(text)) = output
            && !out.is_null()
            && length > 0
        {
            let mut units = units(&text);
            units.truncate(length - 1);
            units.push(T::default());
            for (n, unit) in units.into_iter().enumerate() {
                // SAFETY: the caller's: there is place for `length` units.
                unsafe { out.add(n).write_unaligned(unit) };
            }
        }
    })
}

fn take_luid(value: Value) -> Option<NET_LUID_LH> {
    match value {
        Value::Luid(luid) => Some(NET_LUID_LH { Value: luid.0 }),
        _ => None,
    }
}

fn take_index(value: Value) -> Option<u32> {
    match value {
        Value::Index(index) => Some(index),
        _ => None,
    }
}

fn utf16(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

fn bytes(text: &str) -> Vec<u8> {
    text.as_bytes().to_vec()
}

exports! {
    /// ConvertInterfaceAliasToLuid.
    [2] fn ConvertInterfaceAliasToLuid(caller; alias: *const u16, out: *mut NET_LUID_LH) -> u32 {
        // SAFETY: the caller's.
        unsafe { value(Function::ConvertInterfaceAliasToLuid, wide_text(alias), out, caller, take_luid) }
    }

    /// ConvertInterfaceNameToLuidW.
    [2] fn ConvertInterfaceNameToLuidW(caller; name: *const u16, out: *mut NET_LUID_LH) -> u32 {
        // SAFETY: the caller's.
        unsafe { value(Function::ConvertInterfaceNameToLuidW, wide_text(name), out, caller, take_luid) }
    }

    /// ConvertInterfaceNameToLuidA.
    [2] fn ConvertInterfaceNameToLuidA(caller; name: *const u8, out: *mut NET_LUID_LH) -> u32 {
        // SAFETY: the caller's.
        unsafe { value(Function::ConvertInterfaceNameToLuidA, narrow_text(name), out, caller, take_luid) }
    }

    /// ConvertInterfaceIndexToLuid.
    [2] fn ConvertInterfaceIndexToLuid(caller; index: u32, out: *mut NET_LUID_LH) -> u32 {
        let input = Some(Value::Index(index));
        // SAFETY: the caller's.
        unsafe { value(Function::ConvertInterfaceIndexToLuid, input, out, caller, take_luid) }
    }

    /// ConvertInterfaceGuidToLuid.
    [2] fn ConvertInterfaceGuidToLuid(caller; from: *const GUID, out: *mut NET_LUID_LH) -> u32 {
        // SAFETY: the caller's.
        unsafe {
            let input = (!from.is_null()).then(|| Value::Guid(guid(from.read_unaligned())));
            value(Function::ConvertInterfaceGuidToLuid, input, out, caller, take_luid)
        }
    }

    /// ConvertInterfaceLuidToIndex.
    [2] fn ConvertInterfaceLuidToIndex(caller; from: *const NET_LUID_LH, out: *mut u32) -> u32 {
        // SAFETY: the caller's.
        unsafe { value(Function::ConvertInterfaceLuidToIndex, luid(from), out, caller, take_index) }
    }

    /// ConvertInterfaceLuidToGuid.
    [2] fn ConvertInterfaceLuidToGuid(caller; from: *const NET_LUID_LH, out: *mut GUID) -> u32 {
        // SAFETY: the caller's.
        unsafe {
            value(Function::ConvertInterfaceLuidToGuid, luid(from), out, caller, |value| match value {
                Value::Guid(value) => Some(from_guid(value)),
                _ => None,
            })
        }
    }

    /// ConvertInterfaceLuidToAlias; the length is in characters, the terminator among them.
    [3] fn ConvertInterfaceLuidToAlias(
        caller; from: *const NET_LUID_LH, out: *mut u16, length: usize,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { text(Function::ConvertInterfaceLuidToAlias, luid(from), out, length, caller, utf16) }
    }

    /// ConvertInterfaceLuidToNameW; the length is in characters, the terminator among them.
    [3] fn ConvertInterfaceLuidToNameW(
        caller; from: *const NET_LUID_LH, out: *mut u16, length: usize,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { text(Function::ConvertInterfaceLuidToNameW, luid(from), out, length, caller, utf16) }
    }

    /// ConvertInterfaceLuidToNameA; the length is in bytes, the terminator among them.
    [3] fn ConvertInterfaceLuidToNameA(
        caller; from: *const NET_LUID_LH, out: *mut u8, length: usize,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { text(Function::ConvertInterfaceLuidToNameA, luid(from), out, length, caller, bytes) }
    }

    /// ConvertIpv4MaskToLength; the mask is in network byte order.
    [2] fn ConvertIpv4MaskToLength(caller; mask: u32, out: *mut u8) -> u32 {
        let input = Some(Value::Mask(Ipv4Addr::from(mask.to_ne_bytes())));
        // SAFETY: the caller's.
        unsafe {
            value(Function::ConvertIpv4MaskToLength, input, out, caller, |value| match value {
                Value::Length(length) => Some(length),
                _ => None,
            })
        }
    }

    /// ConvertLengthToIpv4Mask; the mask is in network byte order.
    [2] fn ConvertLengthToIpv4Mask(caller; length: u32, out: *mut u32) -> u32 {
        // No length above 32 is legal: what does not fit is as wrong as the largest that does.
        let input = Some(Value::Length(u8::try_from(length).unwrap_or(u8::MAX)));
        // SAFETY: the caller's.
        unsafe {
            value(Function::ConvertLengthToIpv4Mask, input, out, caller, |value| match value {
                Value::Mask(mask) => Some(u32::from_ne_bytes(mask.octets())),
                _ => None,
            })
        }
    }
}

export! {
    /// if_nametoindex, for the stack's interfaces. On Unix this is a name of the C library: it is exported with the
    /// feature `compat` only.
    #[cfg_attr(any(all(windows, feature = "dll"), all(unix, feature = "compat", not(feature = "dll"))), unsafe(no_mangle))]
    [1] fn if_nametoindex(caller; name: *const u8) -> u32 {
        let mut index = 0;
        // SAFETY: the caller's.
        unsafe {
            value(Function::IfNametoindex, narrow_text(name), &raw mut index, caller, take_index);
        }
        index
    }
}

export! {
    /// if_indextoname, for the stack's interfaces; see [`if_nametoindex`].
    #[cfg_attr(any(all(windows, feature = "dll"), all(unix, feature = "compat", not(feature = "dll"))), unsafe(no_mangle))]
    [2] fn if_indextoname(caller; index: u32, name: *mut u8) -> *mut u8 {
        let input = Some(Value::Index(index));
        // SAFETY: the caller's: there is place for the longest name.
        let code = unsafe { text(Function::IfIndextoname, input, name, NAME_SIZE, caller, bytes) };
        if code == 0 { name } else { std::ptr::null_mut() }
    }
}
