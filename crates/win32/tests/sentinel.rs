//! The last error, which these functions do not set: what a client finds there is a number of nothing.
#![cfg(unix)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use std::ffi::c_void;
use std::io;
use std::sync::atomic::{AtomicI32, Ordering};

use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{SENTINEL, bind, builder};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, FreeMibTable, GetIfEntry2, GetTeredoPort, GetUnicastIpAddressTable,
    MIB_IF_ROW2, MIB_NOTIFICATION_TYPE, NotifyTeredoPortChange,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

fn set(code: i32) {
    #[cfg(not(any(target_os = "macos", target_os = "ios")))]
    use libc::__errno_location as errno;
    #[cfg(any(target_os = "macos", target_os = "ios"))]
    use libc::__error as errno;
    // As C does it.
    unsafe { *errno() = code };
}

fn get() -> i32 {
    io::Error::last_os_error().raw_os_error().unwrap()
}

#[test]
fn a_call_leaves_a_number_of_nothing_whether_it_fails_or_not() {
    let stack = stack();
    let _bound = bind(&stack);
    let mut port = 0;
    let mut row = MIB_IF_ROW2::default();
    let mut table = std::ptr::null_mut();
    set(libc::ENOENT);
    assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
    assert_eq!(get(), SENTINEL);
    set(libc::ENOENT);
    assert_eq!(unsafe { GetTeredoPort(std::ptr::null_mut()) }, 87);
    assert_eq!(get(), SENTINEL);
    set(libc::ENOENT);
    row.InterfaceIndex = 9999;
    assert_ne!(unsafe { GetIfEntry2(&mut row) }, 0);
    assert_eq!(get(), SENTINEL);
    set(libc::ENOENT);
    assert_eq!(unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &mut table) }, 0);
    assert_eq!(get(), SENTINEL);
    unsafe { FreeMibTable(table.cast()) };
    let mut handle: HANDLE = std::ptr::null_mut();
    set(libc::ENOENT);
    assert_eq!(unsafe { NotifyTeredoPortChange(None, std::ptr::null(), false, &mut handle) }, 87);
    assert_eq!(get(), SENTINEL);
    set(libc::ENOENT);
    assert_ne!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert_eq!(get(), SENTINEL);
    let _ = stack.take_findings();
}

#[test]
fn the_number_is_no_code_of_anything() {
    const { assert!(SENTINEL > 0xFFFF, "above every errno and every ERROR_ code") };
    let text = io::Error::from_raw_os_error(SENTINEL).to_string();
    assert!(text.contains("Unknown error"), "{text}");
}

/// What a client makes of a failure: right, and by looking at the wrong place.
fn port(right: bool) -> Result<u16, i32> {
    let mut port = 0;
    set(0);
    let code = unsafe { GetTeredoPort(&mut port) };
    let error = if right { code.cast_signed() } else { get() };
    if error == 0 { Ok(port) } else { Err(error) }
}

#[test]
fn a_client_that_reads_the_returned_code_is_not_hurt_and_the_other_one_is() {
    let stack = builder().teredo_port(50_007).on_deadlock(OnDeadlock::Error).build();
    let _bound = bind(&stack);
    assert_eq!(port(true), Ok(50_007));
    assert_eq!(port(false), Err(SENTINEL), "it takes a success for a failure");
    // What other functions leave there is theirs: nothing of it is touched between calls.
    let error = std::fs::read("/does/not/exist").unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert_eq!(port(true), Ok(50_007));
    assert!(stack.take_findings().is_empty());
}

static SEEN: AtomicI32 = AtomicI32::new(0);

unsafe extern "system" fn callback(_: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    // Code of its own: fails, and looks at its error at once.
    let path = c"/does/not/exist";
    let file = unsafe { libc::open(path.as_ptr(), libc::O_RDONLY) };
    assert_eq!(file, -1);
    SEEN.store(get(), Ordering::SeqCst);
}

#[test]
fn a_callbacks_own_errors_are_its_own() {
    let stack = stack();
    let _bound = bind(&stack);
    let mut handle: HANDLE = std::ptr::null_mut();
    unsafe {
        assert_eq!(NotifyTeredoPortChange(Some(callback), std::ptr::null(), true, &mut handle), 0);
    }
    stack.run_until_idle();
    assert_eq!(SEEN.load(Ordering::SeqCst), libc::ENOENT);
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert!(stack.take_findings().is_empty());
}
