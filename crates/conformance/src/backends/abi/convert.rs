//! The conversions.

use std::iter;

use netiosim_model::api::{Output, Value};
use netiosim_model::function::Function;
#[cfg(not(windows))]
use netiosim_win32::export::{if_indextoname, if_nametoindex};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    ConvertInterfaceAliasToLuid, ConvertInterfaceGuidToLuid, ConvertInterfaceIndexToLuid,
    ConvertInterfaceLuidToAlias, ConvertInterfaceLuidToGuid, ConvertInterfaceLuidToIndex,
    ConvertInterfaceLuidToNameA, ConvertInterfaceLuidToNameW, ConvertInterfaceNameToLuidA,
    ConvertInterfaceNameToLuidW, ConvertIpv4MaskToLength, ConvertLengthToIpv4Mask,
};
#[cfg(windows)]
use windows_sys::Win32::NetworkManagement::IpHelper::{if_indextoname, if_nametoindex};
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::core::GUID;

use super::calls::{answered, holding, written};
use super::place::{Member, Place};
use crate::backend::{Answered, Cannot};

/// As many units a place for a text has, whatever length the function is told: it holds the longest alias or name, so
/// that a function that does not heed the length writes to memory that is there.
const ROOM: usize = 1024;
/// How many bytes the place has that if_indextoname wants.
const NAME_SIZE: usize = 257;

/// A place for what was converted, or NULL.
type Given<T> = Option<Place<T>>;

fn at<T>(given: &mut Given<T>) -> *const T {
    given.as_mut().map_or(std::ptr::null(), |place| place.at().cast_const())
}

fn wrong(function: Function) -> Cannot {
    Cannot::new(format!("{function} cannot be called with such a value"))
}

/// A value that a function gets by a pointer.
fn pointed<M, T: Member<M>>(
    function: Function,
    input: Option<&Value>,
    value: impl FnOnce(&Value) -> Option<M>,
) -> Result<Given<T>, Cannot> {
    match input {
        None => Ok(None),
        Some(input) => {
            let value = value(input).ok_or_else(|| wrong(function))?;
            Ok(Some(holding(&value)))
        }
    }
}

fn luid(function: Function, input: Option<&Value>) -> Result<Given<NET_LUID_LH>, Cannot> {
    pointed(function, input, |value| match value {
        Value::Luid(luid) => Some(*luid),
        _ => None,
    })
}

/// A text with its terminator.
fn text<T: Copy + Default>(
    function: Function,
    input: Option<&Value>,
    units: impl FnOnce(&str) -> Vec<T>,
) -> Result<Given<T>, Cannot> {
    match input {
        None => Ok(None),
        Some(Value::Text(text)) if text.contains('\0') => {
            Err(Cannot::new("a text with a zero in it ends there"))
        }
        Some(Value::Text(text)) => {
            let units = units(text).into_iter().chain(iter::once(T::default()));
            let units: Vec<T> = units.collect();
            let mut place = Place::<T>::many(units.len());
            // SAFETY: there is place for as many units.
            unsafe { place.at().copy_from_nonoverlapping(units.as_ptr(), units.len()) };
            Ok(Some(place))
        }
        Some(_) => Err(wrong(function)),
    }
}

fn wide(function: Function, input: Option<&Value>) -> Result<Given<u16>, Cannot> {
    text(function, input, |text| text.encode_utf16().collect())
}

fn narrow(function: Function, input: Option<&Value>) -> Result<Given<u8>, Cannot> {
    text(function, input, |text| text.bytes().collect())
}

/// What a function left in a place for a value.
fn value<M, T: Member<M>>(
    pointer: bool,
    as_value: fn(M) -> Value,
    call: impl FnOnce(*mut T) -> u32,
) -> Answered {
    let mut place = Place::new();
    let code = call(place.there(pointer));
    answered(code, written(&mut place).map(|value| Output::Value(as_value(value))))
}

/// What a function left in a place for a text: what stands before the terminator, all of it where there is none.
fn into_text<T: Copy + Default + PartialEq>(
    pointer: bool,
    length: usize,
    as_text: fn(&[T]) -> String,
    call: impl FnOnce(*mut T) -> u32,
) -> Answered {
    let mut place = Place::<T>::many(ROOM);
    let code = call(place.there(pointer));
    if !place.is_written() {
        return answered(code, None);
    }
    // SAFETY: all units of the place hold something, written or not.
    let units = unsafe { std::slice::from_raw_parts(place.at().cast_const(), ROOM) };
    let (units, beyond) = units.split_at(length.min(ROOM - 1));
    assert!(beyond.windows(2).all(|two| two[0] == two[1]), "more was written than the length says");
    let end = units.iter().position(|unit| *unit == T::default()).unwrap_or(units.len());
    answered(code, Some(Output::Value(Value::Text(as_text(&units[..end])))))
}

fn from_wide(units: &[u16]) -> String {
    String::from_utf16_lossy(units)
}

fn from_narrow(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A conversion.
pub(super) fn call(
    function: Function,
    input: Option<&Value>,
    pointer: bool,
    length: usize,
) -> Result<Answered, Cannot> {
    // SAFETY, for all: what is handed in is NULL or holds such a value, a text with its terminator; what is written to
    // is NULL or a place for such a value, or for more units than any text has.
    macro_rules! of {
        ($name:ident: $given:expr => $as_value:expr) => {{
            let mut given = $given(function, input)?;
            // SAFETY: see above.
            value(pointer, $as_value, |out| unsafe { sys!($name(at(&mut given), out)) })
        }};
        ($name:ident: $given:expr => text $as_text:expr) => {{
            let mut given = $given(function, input)?;
            into_text(pointer, length, $as_text, |out| {
                // SAFETY: see above.
                unsafe { sys!($name(at(&mut given), out, length)) }
            })
        }};
    }
    Ok(match function {
        Function::ConvertInterfaceAliasToLuid => {
            of!(ConvertInterfaceAliasToLuid: wide => Value::Luid)
        }
        Function::ConvertInterfaceNameToLuidW => {
            of!(ConvertInterfaceNameToLuidW: wide => Value::Luid)
        }
        Function::ConvertInterfaceNameToLuidA => {
            of!(ConvertInterfaceNameToLuidA: narrow => Value::Luid)
        }
        Function::ConvertInterfaceLuidToIndex => {
            of!(ConvertInterfaceLuidToIndex: luid => Value::Index)
        }
        Function::ConvertInterfaceLuidToGuid => {
            of!(ConvertInterfaceLuidToGuid: luid => Value::Guid)
        }
        Function::ConvertInterfaceLuidToAlias => {
            of!(ConvertInterfaceLuidToAlias: luid => text from_wide)
        }
        Function::ConvertInterfaceLuidToNameW => {
            of!(ConvertInterfaceLuidToNameW: luid => text from_wide)
        }
        Function::ConvertInterfaceLuidToNameA => {
            of!(ConvertInterfaceLuidToNameA: luid => text from_narrow)
        }
        Function::ConvertInterfaceGuidToLuid => {
            let mut given: Given<GUID> = pointed(function, input, |value| match value {
                Value::Guid(guid) => Some(*guid),
                _ => None,
            })?;
            value(pointer, Value::Luid, |out| {
                // SAFETY: see above.
                unsafe { sys!(ConvertInterfaceGuidToLuid(at(&mut given), out)) }
            })
        }
        _ => return by_number(function, input, pointer),
    })
}

/// A conversion of what is handed in as a number, or into what is returned.
fn by_number(function: Function, input: Option<&Value>, pointer: bool) -> Result<Answered, Cannot> {
    Ok(match (function, input) {
        (Function::ConvertInterfaceIndexToLuid, Some(Value::Index(index))) => {
            value(pointer, Value::Luid, |out| {
                // SAFETY: it is NULL or a place for a LUID.
                unsafe { sys!(ConvertInterfaceIndexToLuid(*index, out)) }
            })
        }
        (Function::ConvertIpv4MaskToLength, Some(Value::Mask(mask))) => {
            value(pointer, Value::Length, |out| {
                // SAFETY: it is NULL or a place for a length.
                unsafe { sys!(ConvertIpv4MaskToLength(u32::from_ne_bytes(mask.octets()), out)) }
            })
        }
        (Function::ConvertLengthToIpv4Mask, Some(Value::Length(length))) => {
            let as_mask = |mask: u32| Value::Mask(mask.to_ne_bytes().into());
            value(pointer, as_mask, |out| {
                // SAFETY: it is NULL or a place for a mask.
                unsafe { sys!(ConvertLengthToIpv4Mask(u32::from(*length), out)) }
            })
        }
        (Function::IfNametoindex, _) => {
            let mut name = narrow(function, input)?;
            // SAFETY: it is NULL or a text with its terminator.
            let index = unsafe { sys!(if_nametoindex(at(&mut name))) };
            answered(0, Some(Output::Value(Value::Index(index))))
        }
        (Function::IfIndextoname, Some(Value::Index(index))) => {
            let mut named = false;
            let mut answer = into_text(pointer, NAME_SIZE, from_narrow, |out| {
                // SAFETY: it is NULL or a place for more bytes than any name has.
                named = !unsafe { sys!(if_indextoname(*index, out)) }.is_null();
                0
            });
            if !named {
                answer.output = Output::Nothing;
            }
            answer
        }
        _ => return Err(wrong(function)),
    })
}
