//! FormatMessage: texts of the codes that the model knows, in the model's words.

use std::ffi::c_void;

use netiosim_sim::model::status::{Flavour, message};

use super::last_error::fail;
use super::library::NTDLL;
use super::text::Unit;
use super::{code, host_exports};

const ALLOCATE_BUFFER: u32 = 0x100;
const IGNORE_INSERTS: u32 = 0x200;
const FROM_STRING: u32 = 0x400;
const FROM_HMODULE: u32 = 0x800;
const FROM_SYSTEM: u32 = 0x1000;
/// The low byte: how long lines are. All ones: no line ends of the message's own.
const MAX_WIDTH: u32 = 0xFF;
/// FACILITY_WIN32, as the upper half of a result.
const WIN32: u32 = 0x8007;

/// Texts of codes that the model has no use for, but clients of this crate meet.
fn own(number: u32) -> Option<&'static str> {
    Some(match number {
        code::INVALID_FUNCTION => "The function is not valid here.",
        code::MOD_NOT_FOUND => "There is no library of this name.",
        code::ALREADY_EXISTS => "An object of this name exists already.",
        258 => "The time of a wait is over.",
        code::MR_MID_NOT_FOUND => "There is no text for this number.",
        code::SHUTDOWN_IN_PROGRESS => "The system is shutting down.",
        0x8000_4001 => "This is not implemented.",
        0x8000_4003 => "A pointer is not valid.",
        0x8000_4005 => "The operation failed, and nothing more is known.",
        _ => return None,
    })
}

fn system(number: u32) -> Option<&'static str> {
    let number = if number >> 16 == WIN32 { number & 0xFFFF } else { number };
    message(number, Flavour::User).or_else(|| own(number))
}

/// The message without line end; or the code of why there is none.
unsafe fn find<U: Unit>(flags: u32, source: *const c_void, number: u32) -> Result<String, u32> {
    if flags & FROM_STRING != 0 {
        // Inserts would be taken from a list of C arguments, which Rust cannot read.
        if source.is_null() || flags & IGNORE_INSERTS == 0 {
            return Err(code::INVALID_PARAMETER);
        }
        let mut units = Vec::new();
        // SAFETY: the caller's: a text with its terminator.
        unsafe {
            let mut at = source.cast::<U>();
            while at.read_unaligned().into() != 0 {
                units.push(at.read_unaligned());
                at = at.add(1);
            }
        }
        return Ok(U::decode(&units));
    }
    if flags & (FROM_HMODULE | FROM_SYSTEM) == 0 {
        return Err(code::INVALID_PARAMETER);
    }
    // The kernel's numbers are texts of ntdll.dll.
    let kernel = flags & FROM_HMODULE != 0 && source.addr() == NTDLL.handle().addr();
    let text = kernel.then(|| message(number, Flavour::Kernel)).flatten();
    let text = text.or_else(|| (flags & FROM_SYSTEM != 0).then(|| system(number)).flatten());
    let text = text.ok_or(code::MR_MID_NOT_FOUND)?;
    Ok(format!("{text}{}", if flags & MAX_WIDTH == MAX_WIDTH { " " } else { "\r\n" }))
}

unsafe fn format<U: Unit>(
    flags: u32,
    source: *const c_void,
    number: u32,
    buffer: *mut U,
    size: u32,
) -> u32 {
    if buffer.is_null() {
        return fail(code::INVALID_PARAMETER, 0);
    }
    let place = buffer.cast::<*mut U>();
    if flags & ALLOCATE_BUFFER != 0 {
        // SAFETY: the caller's: with this flag it is a place for a pointer.
        unsafe { place.write_unaligned(std::ptr::null_mut()) };
    }
    // SAFETY: the caller's.
    let text = match unsafe { find::<U>(flags, source, number) } {
        Ok(text) => text,
        Err(code) => return fail(code, 0),
    };
    let mut units = U::encode(&text);
    let length = units.len();
    units.push(U::END);
    let mut target = buffer;
    if flags & ALLOCATE_BUFFER != 0 {
        let count = units.len().max(size as usize);
        target = super::heap::allocate(count * size_of::<U>(), true).cast();
        if target.is_null() {
            return fail(code::NOT_ENOUGH_MEMORY, 0);
        }
        // SAFETY: as above.
        unsafe { place.write_unaligned(target) };
    } else if units.len() > size as usize {
        return fail(code::INSUFFICIENT_BUFFER, 0);
    }
    for (n, unit) in units.into_iter().enumerate() {
        // SAFETY: there is place for as many units: ours, or the caller's.
        unsafe { target.add(n).write_unaligned(unit) };
    }
    u32::try_from(length).unwrap_or(u32::MAX)
}

host_exports! {
    /// FormatMessageW: how many units the text has without its terminator; 0 and the last error where there is none.
    /// The language and the arguments are not looked at.
    fn FormatMessageW(
        flags: u32, source: *const c_void, number: u32, language: u32, buffer: *mut u16, size: u32,
        arguments: *const *const i8,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { format(flags, source, number, buffer, size) }
    }

    /// FormatMessageA: the same in bytes.
    fn FormatMessageA(
        flags: u32, source: *const c_void, number: u32, language: u32, buffer: *mut u8, size: u32,
        arguments: *const *const i8,
    ) -> u32 {
        // SAFETY: the caller's.
        unsafe { format(flags, source, number, buffer, size) }
    }
}
