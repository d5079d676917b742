//! Strict mode of a program that knows nothing of the simulator: by environment variable, told at the exit.
//!
//! The test runs itself once more as that program.
#![cfg(all(target_os = "linux", target_env = "gnu", target_arch = "x86_64"))]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use std::hint::black_box;
use std::process::Command;

use windows_sys::Win32::NetworkManagement::IpHelper::{
    FreeMibTable, GetUnicastIpAddressTable, MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

const ROLE: &str = "NETIOSIM_TEST_ROLE";

/// Status and stderr of this test as a program.
fn run(role: &str, strict: &str) -> (Option<i32>, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["the_program", "--exact", "--nocapture", "--test-threads=1"])
        .env(ROLE, role)
        .env("NETIOSIM_STRICT", strict)
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn the_program() {
    use netiosim_win32 as _;

    let Ok(role) = std::env::var(ROLE) else { return };
    let mut table: *mut MIB_UNICASTIPADDRESS_TABLE = std::ptr::null_mut();
    assert_eq!(unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &mut table) }, 0);
    assert!(unsafe { (*table).NumEntries } > 0);
    unsafe { FreeMibTable(table.cast()) };
    match role.as_str() {
        "reads" => drop(black_box(unsafe { (*table).NumEntries })),
        "crashes" => drop(black_box(unsafe { *std::ptr::without_provenance::<u32>(64) })),
        "own" => own_handler(),
        _ => {}
    }
}

/// A handler that was there first gets the faults that are not ours.
fn own_handler() {
    extern "C" fn handler(_: libc::c_int) {
        unsafe { libc::_exit(42) };
    }
    // Made before the handler of the simulator would chain to this; here it comes later and is the only one.
    unsafe { libc::signal(libc::SIGSEGV, handler as *const () as usize) };
    black_box(unsafe { *std::ptr::without_provenance::<u32>(64) });
}

#[test]
fn a_read_of_a_freed_table_is_told_at_the_exit_and_fails_the_program() {
    let (status, text) = run("reads", "1");
    assert_eq!(status, Some(1), "{text}");
    assert!(text.contains("N021 table-after-free"), "{text}");
    assert!(text.contains("1 finding at the end of the program"), "{text}");
}

#[test]
fn without_the_variable_nothing_is_watched() {
    let (status, text) = run("reads", "0");
    assert_eq!(status, Some(0), "{text}");
}

#[test]
fn another_value_is_bad_usage() {
    for value in ["2", "yes"] {
        let (status, text) = run("good", value);
        assert_eq!(status, Some(64), "{text}");
        let told = format!(
            "netiosim: the environment variable NETIOSIM_STRICT is \"{value}\"; only 0 and 1 mean something"
        );
        assert!(text.contains(&told), "{text}");
    }
    assert_eq!(run("reads", "").0, Some(0));
}

#[test]
fn a_program_without_a_mistake_ends_as_it_would() {
    let (status, text) = run("good", "1");
    assert_eq!(status, Some(0), "{text}");
    assert!(!text.contains("netiosim"), "{text}");
}

#[test]
fn a_fault_that_is_not_ours_ends_the_program_as_ever() {
    let (status, _) = run("crashes", "1");
    assert_eq!(status, None, "by a signal");
    let (status, _) = run("own", "1");
    assert_eq!(status, Some(42));
}
