//! Plain `windows-sys` calls, answered by the stack that the thread is bound to.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::ffi::c_void;
use std::sync::Mutex;

use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, FreeMibTable, GetIpInterfaceEntry, GetTeredoPort,
    GetUnicastIpAddressTable, MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE,
    MIB_UNICASTIPADDRESS_TABLE, NotifyIpInterfaceChange, NotifyTeredoPortChange,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_UNSPEC};

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

#[test]
fn the_port_is_the_stacks() {
    let stack = builder().teredo_port(50_123).build();
    let _bound = bind(&stack);
    let mut port = 0;
    assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
    assert_eq!(port, 50_123);
    assert_eq!(unsafe { GetTeredoPort(std::ptr::null_mut()) }, 87);
}

type Seen = Mutex<Vec<(u16, MIB_NOTIFICATION_TYPE)>>;

unsafe extern "system" fn on_port(context: *const c_void, port: u16, kind: MIB_NOTIFICATION_TYPE) {
    let seen = unsafe { &*context.cast::<Seen>() };
    seen.lock().unwrap().push((port, kind));
}

#[test]
fn a_registration_delivers_and_ends() {
    let stack = stack();
    let _bound = bind(&stack);
    let seen = Seen::default();
    let mut handle: HANDLE = std::ptr::null_mut();
    let context = (&raw const seen).cast();
    let code = unsafe { NotifyTeredoPortChange(Some(on_port), context, true, &mut handle) };
    assert_eq!(code, 0);
    stack.restart_teredo_on(50_001).unwrap();
    stack.run_until_idle();
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    let seen = seen.into_inner().unwrap();
    assert_eq!(seen.first(), Some(&(0, 3)), "the initial notification has no port");
    assert_eq!(seen.last(), Some(&(50_001, 0)));
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 87);
    assert_eq!(stack.acknowledge(Rule::StaleHandle), 1);
}

unsafe extern "system" fn on_row(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let seen = unsafe { &*context.cast::<Mutex<Vec<u32>>>() };
    let mut own = MIB_IPINTERFACE_ROW::default();
    unsafe {
        own.Family = (*row).Family;
        own.InterfaceLuid = (*row).InterfaceLuid;
        assert_eq!(GetIpInterfaceEntry(&mut own), 0);
    }
    seen.lock().unwrap().push(own.NlMtu);
}

#[test]
fn a_row_leads_to_the_entry() {
    let stack = stack();
    let _bound = bind(&stack);
    let seen: Mutex<Vec<u32>> = Mutex::default();
    let mut handle: HANDLE = std::ptr::null_mut();
    let context = (&raw const seen).cast();
    let code =
        unsafe { NotifyIpInterfaceChange(AF_INET, Some(on_row), context, false, &mut handle) };
    assert_eq!(code, 0);
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert_eq!(*seen.lock().unwrap(), [1400]);
}

#[test]
fn a_table_is_laid_out_and_freed_once() {
    let stack = stack();
    let _bound = bind(&stack);
    let mut table: *mut MIB_UNICASTIPADDRESS_TABLE = std::ptr::null_mut();
    assert_eq!(unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &mut table) }, 0);
    let count = unsafe { (*table).NumEntries } as usize;
    assert!(count >= 2, "{count}");
    let rows = unsafe { std::slice::from_raw_parts((&raw const (*table).Table).cast(), count) };
    let rows: &[windows_sys::Win32::NetworkManagement::IpHelper::MIB_UNICASTIPADDRESS_ROW] = rows;
    let own = u32::from_ne_bytes([192, 168, 1, 10]);
    assert!(rows.iter().any(|row| unsafe { row.Address.Ipv4.sin_addr.S_un.S_addr } == own));
    unsafe { FreeMibTable(table.cast()) };
    assert!(stack.findings().is_empty());
    unsafe { FreeMibTable(table.cast()) };
    let place = stack.calls().last().unwrap().place.clone().unwrap();
    assert!(place.contains("basics.rs:"), "{place}");
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].rule, Rule::TableFreedTwice);
}
