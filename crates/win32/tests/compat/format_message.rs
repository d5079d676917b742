//! FormatMessage.

use std::ffi::c_void;

use netiosim_win32::sim::model::status::{Flavour, Status, code_name, message};
use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::System::Diagnostics::Debug::{
    FORMAT_MESSAGE_ALLOCATE_BUFFER, FORMAT_MESSAGE_FROM_HMODULE, FORMAT_MESSAGE_FROM_STRING,
    FORMAT_MESSAGE_FROM_SYSTEM, FORMAT_MESSAGE_IGNORE_INSERTS, FormatMessageA, FormatMessageW,
};
use windows_sys::Win32::System::LibraryLoader::LoadLibraryA;

use crate::{last_error, wide};

/// Not in `windows-sys`: no line ends.
const FORMAT_MESSAGE_MAX_WIDTH_MASK: u32 = 0xFF;

const SYSTEM: u32 = FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS;

fn format(flags: u32, source: *const c_void, number: u32, size: usize) -> Result<String, u32> {
    let mut buffer = vec![0xFFFF_u16; size];
    let length = unsafe {
        let to = buffer.as_mut_ptr();
        FormatMessageW(flags, source, number, 0, to, size as u32, std::ptr::null())
    } as usize;
    if length == 0 {
        assert!(buffer.iter().all(|unit| *unit == 0xFFFF), "nothing is written");
        return Err(last_error());
    }
    assert_eq!(buffer[length], 0);
    Ok(String::from_utf16(&buffer[..length]).unwrap())
}

fn system(number: u32) -> Result<String, u32> {
    format(SYSTEM, std::ptr::null(), number, 512)
}

#[test]
fn every_code_of_the_model_has_a_text() {
    for status in Status::all() {
        let code = status.code(Flavour::User, Default::default());
        let text = system(code).unwrap();
        assert_eq!(
            Some(text.strip_suffix("\r\n").unwrap()),
            message(code, Flavour::User),
            "{code}"
        );
        assert!(code_name(code, Flavour::User).is_some());
    }
}

#[test]
fn the_forms_of_a_code() {
    let plain = system(87).unwrap();
    assert_eq!(system(0x8007_0057).unwrap(), plain, "a result of Win32");
    let narrow = format(SYSTEM | FORMAT_MESSAGE_MAX_WIDTH_MASK, std::ptr::null(), 87, 512).unwrap();
    assert_eq!(narrow, plain.replace("\r\n", " "));
    assert!(system(258).is_ok() && system(126).is_ok() && system(0x8000_4005).is_ok());
    assert_eq!(system(424_242), Err(317));
    let ntdll = unsafe { LoadLibraryA(c"ntdll.dll".as_ptr().cast()) };
    let kernel = FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS;
    let text = format(kernel, ntdll, 0xC000_000D, 512).unwrap();
    assert_eq!(Some(text.trim_end()), message(0xC000_000D, Flavour::Kernel));
    assert_eq!(format(kernel, ntdll, 424_242, 512), Err(317));
    assert_eq!(system(0xC000_000D), Err(317), "the kernel's texts are not the system's");
}

#[test]
fn a_buffer_is_as_large_as_the_text_with_its_end() {
    let text = system(87).unwrap();
    let units = text.encode_utf16().count();
    assert_eq!(format(SYSTEM, std::ptr::null(), 87, units), Err(122));
    assert_eq!(format(SYSTEM, std::ptr::null(), 87, units + 1), Ok(text));
    let none: *mut u16 = std::ptr::null_mut();
    let length =
        unsafe { FormatMessageW(SYSTEM, std::ptr::null(), 87, 0, none, 10, std::ptr::null()) };
    assert_eq!((length, last_error()), (0, 87));
}

#[test]
fn a_buffer_can_be_had() {
    let flags = SYSTEM | FORMAT_MESSAGE_ALLOCATE_BUFFER;
    let text = system(1168).unwrap();
    unsafe {
        let mut wide: *mut u16 = std::ptr::null_mut();
        let place = (&raw mut wide).cast();
        let length = FormatMessageW(flags, std::ptr::null(), 1168, 0, place, 0, std::ptr::null());
        let units = std::slice::from_raw_parts(wide, length as usize + 1);
        assert_eq!(String::from_utf16(&units[..length as usize]).unwrap(), text);
        assert_eq!(units[length as usize], 0);
        assert!(LocalFree(wide.cast()).is_null());
        let mut narrow: *mut u8 = std::ptr::null_mut();
        let place = (&raw mut narrow).cast();
        let length =
            FormatMessageA(flags, std::ptr::null(), 1168, 0, place, 4000, std::ptr::null());
        let bytes = std::slice::from_raw_parts(narrow, 4000);
        assert_eq!(&bytes[..length as usize], text.as_bytes());
        LocalFree(narrow.cast());
        let mut nothing = 8 as *mut u16;
        let place = (&raw mut nothing).cast();
        assert_eq!(
            FormatMessageW(flags, std::ptr::null(), 424_242, 0, place, 0, std::ptr::null()),
            0
        );
        assert!(nothing.is_null());
    }
}

#[test]
fn a_text_of_the_clients_own() {
    let own = wide("100 % of %1");
    let flags = FORMAT_MESSAGE_FROM_STRING | FORMAT_MESSAGE_IGNORE_INSERTS;
    assert_eq!(format(flags, own.as_ptr().cast(), 0, 64).unwrap(), "100 % of %1");
    assert_eq!(format(FORMAT_MESSAGE_FROM_STRING, own.as_ptr().cast(), 0, 64), Err(87));
    assert_eq!(format(FORMAT_MESSAGE_IGNORE_INSERTS, std::ptr::null(), 87, 64), Err(87));
}
