//! Lengths of texts, and the names of interfaces.

use netiosim_win32::bind;
use windows_sys::Win32::Globalization::{lstrlenA, lstrlenW};
use windows_sys::Win32::NetworkManagement::IpHelper::{if_indextoname, if_nametoindex};

use crate::{stack, wide};

mod host {
    unsafe extern "C" {
        /// As a client's `libc::wcslen` links it.
        pub(super) fn wcslen(text: *const u16) -> usize;
    }
}

#[test]
fn a_length_is_in_units_of_16_bits() {
    for text in ["", "Ethernet", "Überläufer", "\u{1F980}"] {
        let units = wide(text);
        assert_eq!(unsafe { host::wcslen(units.as_ptr()) }, units.len() - 1, "{text}");
        assert_eq!(unsafe { lstrlenW(units.as_ptr()) }, (units.len() - 1) as i32, "{text}");
    }
    // A unit of which a byte is zero ends nothing.
    assert_eq!(unsafe { host::wcslen([0x0100, 0x0001, 0].as_ptr()) }, 2);
    assert_eq!(unsafe { lstrlenW(std::ptr::null()) }, 0);
    assert_eq!(unsafe { lstrlenA(c"Ethernet".as_ptr().cast()) }, 8);
    assert_eq!(unsafe { lstrlenA(std::ptr::null()) }, 0);
}

#[test]
fn names_of_interfaces_are_the_stacks() {
    let stack = stack();
    let _bound = bind(&stack);
    let mut name = [0_u8; 257];
    assert!(!unsafe { if_indextoname(1, name.as_mut_ptr()) }.is_null());
    let length = name.iter().position(|byte| *byte == 0).unwrap();
    assert!(length > 0 && &name[..length] != b"lo");
    assert_eq!(unsafe { if_nametoindex(name.as_ptr()) }, 1);
    assert_eq!(unsafe { if_nametoindex(c"lo".as_ptr().cast()) }, 0, "the host's is not asked");
}
