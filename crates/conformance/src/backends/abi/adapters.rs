//! The functions that write a list of adapters into a buffer.

use std::ptr;
use std::sync::Arc;

use netiosim_model::api::{Call, Output};
use netiosim_model::function::Function;
use windows_sys::Win32::Foundation::ERROR_BUFFER_OVERFLOW;
use windows_sys::Win32::NetworkManagement::IpHelper::{GetAdaptersAddresses, GetAdaptersInfo};

use super::calls::{answered, holding};
use super::place::Place;
use super::{addresses, infos};
use crate::backend::{Answered, Cannot};

/// No buffer of a check is larger, in bytes.
const LARGEST: u32 = 1 << 22;
/// As large is the buffer of a function that is not told how large it is, in bytes.
const UNTOLD: u32 = 1 << 16;

/// A buffer that a list lies in: nothing outside of it is read.
pub(super) struct List {
    at: *const u8,
    size: usize,
    /// How many bytes of it the parts take that were looked at.
    taken: usize,
}

impl List {
    /// Its beginning, where the first adapter lies.
    pub(super) fn first<T>(&self) -> *const T {
        self.at.cast()
    }

    /// What a pointer in the list points to, or `None` for NULL.
    ///
    /// # Panics
    ///
    /// If it leads out of the buffer.
    pub(super) fn part<T>(&mut self, at: *const T) -> Option<*const T> {
        self.bytes(at.cast(), size_of::<T>()).map(<*const u8>::cast)
    }

    /// So many bytes that a pointer in the list points to.
    pub(super) fn bytes(&mut self, at: *const u8, size: usize) -> Option<*const u8> {
        if at.is_null() {
            return None;
        }
        let offset = at.addr().checked_sub(self.at.addr());
        let end = offset.and_then(|offset| offset.checked_add(size));
        let end = end.filter(|end| *end <= self.size).expect("it leads out of the buffer");
        self.taken = self.taken.max(end);
        Some(self.at.wrapping_add(end - size))
    }

    /// The units of a text before its terminator.
    pub(super) fn units<T: Copy + Default + PartialEq>(&mut self, at: *const T) -> Vec<T> {
        let mut units = Vec::new();
        while let Some(unit) = self.part(at.wrapping_add(units.len())) {
            // SAFETY: it lies in the buffer, all of which is initialised.
            let unit = unsafe { unit.read_unaligned() };
            if unit == T::default() {
                break;
            }
            units.push(unit);
        }
        units
    }

    /// A text in UTF-16; empty for NULL.
    pub(super) fn wide(&mut self, at: *const u16) -> String {
        if at.is_null() {
            return String::new();
        }
        String::from_utf16_lossy(&self.units(at))
    }

    /// A text of bytes; empty for NULL.
    pub(super) fn narrow(&mut self, at: *const u8) -> String {
        if at.is_null() {
            return String::new();
        }
        String::from_utf8_lossy(&self.units(at)).into_owned()
    }

    /// How many bytes of the buffer were looked at, up to the next part that could follow.
    pub(super) fn taken(&self) -> u32 {
        u32::try_from(self.taken.next_multiple_of(8)).unwrap_or(u32::MAX)
    }
}

/// GetAdaptersAddresses or GetAdaptersInfo.
pub(super) fn call(call: &Call) -> Result<Answered, Cannot> {
    let Call::Adapters { function, family, flags, reserved, size, buffer } = call else {
        return Err(Cannot::new("that is no call for adapters"));
    };
    let reserved_at: *const u64 = if *reserved { &raw const RESERVED } else { ptr::null() };
    let by = |buffer: *mut u8, size: *mut u32| -> u32 {
        // SAFETY: the buffer is NULL or as large as the number says that the other one points to, if that is not NULL.
        unsafe {
            match function {
                Function::GetAdaptersInfo => sys!(GetAdaptersInfo(buffer.cast(), size)),
                _ => sys!(GetAdaptersAddresses(
                    *family,
                    *flags,
                    reserved_at.cast(),
                    buffer.cast(),
                    size
                )),
            }
        }
    };
    let mut said = *size;
    if *size == Some(u32::MAX) && *buffer {
        // Big enough is what the function wants.
        let mut wanted = holding::<u32, u32>(&0);
        let code = by(ptr::null_mut(), wanted.at());
        if code != ERROR_BUFFER_OVERFLOW {
            return Ok(answered(code, None));
        }
        // SAFETY: the place holds a number.
        said = Some(unsafe { wanted.at().read() });
    }
    let room = said.unwrap_or(UNTOLD);
    if room > LARGEST && *buffer {
        return Err(Cannot::new("there is no buffer as large as that"));
    }
    let mut memory = Place::<u8>::many(if *buffer { room as usize } else { 0 });
    let mut size = said.as_ref().map(holding::<u32, u32>);
    let size_at = size.as_mut().map_or(ptr::null_mut(), Place::at);
    let code = by(memory.there(*buffer), size_at);
    // SAFETY: the place holds a number.
    let left = size.as_mut().map(|size| unsafe { size.at().read() });
    let output = match left {
        Some(left) if code == ERROR_BUFFER_OVERFLOW || (code != 0 && Some(left) != said) => {
            Some(Output::Size(left))
        }
        _ if code == 0 && *buffer && memory.is_written() => {
            let list = &mut List { at: memory.at(), size: room as usize, taken: 0 };
            Some(match function {
                Function::GetAdaptersInfo => Output::AdaptersInfo(Arc::new(infos::read(list))),
                _ => Output::Adapters(Arc::new(addresses::read(list))),
            })
        }
        _ => None,
    };
    Ok(answered(code, output))
}

/// What Reserved points to where it is not NULL.
static RESERVED: u64 = 0;
