//! The last error.

use netiosim_win32::{SENTINEL, bind};
use windows_sys::Win32::Foundation::{RtlNtStatusToDosError, SetLastError};
use windows_sys::Win32::NetworkManagement::IpHelper::GetTeredoPort;
use windows_sys::Win32::Networking::WinSock::{WSAGetLastError, WSASetLastError};

use crate::{last_error, stack};

#[test]
fn it_is_the_threads_own_and_the_one_that_rust_reads() {
    unsafe { SetLastError(1168) };
    let other = std::thread::spawn(|| {
        let before = last_error();
        unsafe { SetLastError(87) };
        (before, last_error())
    });
    assert_eq!(other.join().unwrap(), (0, 87));
    unsafe { SetLastError(1168) };
    assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(1168));
    assert_eq!(last_error(), 1168);
    unsafe { WSASetLastError(10035) };
    assert_eq!((unsafe { WSAGetLastError() }, last_error()), (10035, 10035));
    unsafe { SetLastError(0x8000_4005) };
    assert_eq!(last_error(), 0x8000_4005);
}

#[test]
fn the_simulated_functions_leave_what_is_no_code() {
    let stack = stack();
    let _bound = bind(&stack);
    unsafe { SetLastError(5) };
    assert_eq!(unsafe { GetTeredoPort(std::ptr::null_mut()) }, 87);
    assert_eq!(last_error(), SENTINEL as u32);
}

#[test]
fn codes_of_the_kernel_have_codes_of_win32() {
    for (status, code) in
        [(0, 0), (0xC000_000D_u32, 87), (0xC000_0008, 6), (0x103, 997), (0xC0FF_EE00, 317)]
    {
        assert_eq!(unsafe { RtlNtStatusToDosError(status.cast_signed()) }, code, "{status:#x}");
    }
}
