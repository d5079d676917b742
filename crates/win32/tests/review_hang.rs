//! `NETIOSIM_ON_DEADLOCK=hang`: a program that hangs says why.
#![cfg(target_os = "linux")]
#![allow(clippy::undocumented_unsafe_blocks, reason = "every call keeps to its page")]

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::ptr::{null, null_mut};

use netiosim_win32 as _;
use windows_sys::Win32::NetworkManagement::IpHelper::NotifyAddrChange;

const CHILD: &str = "NETIOSIM_REVIEW_HANGS";

#[test]
fn a_wait_that_never_ends_is_explained() {
    if std::env::var_os(CHILD).is_some() {
        // The parent ends it before that, unless nothing is said.
        unsafe { libc::alarm(20) };
        let _ = unsafe { NotifyAddrChange(null_mut(), null()) };
        return;
    }
    // One thread, the main one: no other could end the wait.
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "a_wait_that_never_ends_is_explained", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env("NETIOSIM_ON_DEADLOCK", "hang")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let told = lines.map_while(Result::ok).any(|line| line.starts_with("N018"));
    let _ = child.kill();
    child.wait().unwrap();
    assert!(told, "the thread hangs without a word");
}
