//! What comes out of a callback other than a return: Rust panics and C++ exceptions.
//!
//! Where the process ends, a test runs itself once more as a child and looks at what that wrote.
#![cfg(unix)]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use std::ffi::{CString, c_void};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder, explain_panics};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE, NotifyIpInterfaceChange,
    NotifyTeredoPortChange, PIPINTERFACE_CHANGE_CALLBACK, PTEREDO_PORT_CHANGE_CALLBACK,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;

const CHILD: &str = "NETIOSIM_TEST_CHILD";

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

/// Whether this is the child that a test started.
fn is_child() -> bool {
    std::env::var_os(CHILD).is_some()
}

/// Runs one test of this file once more, as the child; its status and what it wrote to stderr.
fn child(test: &str) -> (Output, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([test, "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env("RUST_BACKTRACE", "0")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, text)
}

static CALLS: AtomicU32 = AtomicU32::new(0);

unsafe extern "system-unwind" fn panics_at_first(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let index = unsafe { (*row).InterfaceIndex };
    if CALLS.fetch_add(1, Ordering::SeqCst) == 0 {
        panic!("interface {index} is not expected");
    }
}

#[test]
fn a_panic_is_a_finding_and_the_next_notification_comes() {
    type Unwinding =
        unsafe extern "system-unwind" fn(*const c_void, *const MIB_IPINTERFACE_ROW, i32);
    let stack = stack();
    let _bound = bind(&stack);
    let function: Unwinding = panics_at_first;
    // Windows declares a function that does not unwind; this one does, and what calls it allows it.
    let function: PIPINTERFACE_CHANGE_CALLBACK = Some(unsafe {
        std::mem::transmute::<Unwinding, unsafe extern "system" fn(_, _, _)>(function)
    });
    let mut handle: HANDLE = std::ptr::null_mut();
    let code =
        unsafe { NotifyIpInterfaceChange(AF_INET, function, std::ptr::null(), false, &mut handle) };
    assert_eq!(code, 0);
    for n in 0..3 {
        stack.set_mtu("Ethernet", Family::V4, 1400 + n).unwrap();
        stack.run_until_idle();
    }
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert_eq!(CALLS.load(Ordering::SeqCst), 3);
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::CallbackPanicked);
    assert!(findings[0].message.contains("is not expected"), "{}", findings[0].message);
}

fn registered(callback: PTEREDO_PORT_CHANGE_CALLBACK) -> Stack {
    let stack = stack();
    let bound = bind(&stack);
    let mut handle: HANDLE = std::ptr::null_mut();
    let code = unsafe { NotifyTeredoPortChange(callback, std::ptr::null(), false, &mut handle) };
    assert_eq!(code, 0);
    stack.restart_teredo_on(50_321).unwrap();
    stack.run_until_idle();
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    drop(bound);
    stack
}

unsafe extern "system" fn panics(_: *const c_void, port: u16, _: MIB_NOTIFICATION_TYPE) {
    panic!("port {port} is not expected");
}

#[test]
fn a_panic_that_cannot_leave_its_function_is_named() {
    if is_child() {
        explain_panics();
        explain_panics();
        registered(Some(panics));
        return;
    }
    let (output, text) = child("a_panic_that_cannot_leave_its_function_is_named");
    assert!(!output.status.success());
    assert!(text.contains("port 50321 is not expected"), "{text}");
    let named = "netiosim: the panic reached the end of the callback of \"teredo-port-1\" (NotifyTeredoPortChange)";
    assert_eq!(text.matches(named).count(), 1, "{text}");
}

unsafe extern "system" fn panics_inside(_: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {
    std::panic::catch_unwind(|| panic!("this cannot unwind any further")).unwrap_err();
}

#[test]
fn a_panic_that_is_caught_inside_is_nobodys_business() {
    let stack = registered(Some(panics_inside));
    assert!(stack.take_findings().is_empty());
}

/// Two callbacks in C++: one throws, the other catches what it throws.
const CPP: &str = r#"
#include <stdexcept>
extern "C" void throws(void *, unsigned short port, int) {
    throw std::runtime_error("port " + std::to_string(port));
}
extern "C" void catches(void *context, unsigned short port, int kind) {
    try { throws(context, port, kind); } catch (const std::exception &) {}
}
"#;

/// A function of the C++ library; `None` where there is no compiler for it.
fn cpp(name: &str) -> Option<PTEREDO_PORT_CHANGE_CALLBACK> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, library) =
        (folder.join(format!("{name}.cpp")), folder.join(format!("lib{name}.so")));
    std::fs::write(&source, format!("#include <string>\n{CPP}")).unwrap();
    let built = Command::new("c++")
        .args(["-shared", "-fPIC", "-g", "-o"])
        .arg(&library)
        .arg(&source)
        .output()
        .ok()?;
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    let library = CString::new(library.to_str().unwrap()).unwrap();
    let name = CString::new(name).unwrap();
    unsafe {
        let library = libc::dlopen(library.as_ptr(), libc::RTLD_NOW);
        assert!(!library.is_null());
        let function = libc::dlsym(library, name.as_ptr());
        assert!(!function.is_null());
        Some(std::mem::transmute::<*mut c_void, PTEREDO_PORT_CHANGE_CALLBACK>(function))
    }
}

#[test]
fn a_cpp_exception_is_stopped_with_a_message() {
    if is_child() {
        if let Some(throws) = cpp("throws") {
            registered(throws);
        }
        return;
    }
    if Command::new("c++").arg("--version").output().is_err() {
        return;
    }
    let (output, text) = child("a_cpp_exception_is_stopped_with_a_message");
    assert!(!output.status.success());
    let named = "netiosim: an exception came out of the callback of \"teredo-port-1\" (NotifyTeredoPortChange)";
    assert!(text.contains(named), "{text}");
}

#[test]
fn a_cpp_exception_that_is_caught_inside_is_nobodys_business() {
    if let Some(catches) = cpp("catches") {
        let stack = registered(catches);
        assert!(stack.take_findings().is_empty());
    }
}
