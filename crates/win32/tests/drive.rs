//! The functions of `netiosim.h`: what they do, and what they do with nonsense.

// Every call of the C API is an unsafe one; what it wants of its caller is on its page, and here it holds throughout: pointers
// are to locals or are NULL on purpose, and texts are literals.
#![allow(clippy::undocumented_unsafe_blocks)]

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use netiosim_win32::drive::findings::{
    netiosim_acknowledge, netiosim_count_findings, netiosim_finding_rule, netiosim_finding_text,
};
use netiosim_win32::drive::machine::{
    netiosim_add_address, netiosim_add_interface, netiosim_add_route, netiosim_disable_interface,
    netiosim_enable_interface, netiosim_get_irql, netiosim_remove_address,
    netiosim_remove_interface, netiosim_remove_route, netiosim_restart_nsi, netiosim_set_connected,
    netiosim_set_irql, netiosim_set_metric, netiosim_set_mtu, netiosim_set_nsi_down,
};
use netiosim_win32::drive::options::StackOptions;
use netiosim_win32::drive::problem::{Status, netiosim_last_error_text};
use netiosim_win32::drive::stacks::{
    StackHandle, netiosim_bind, netiosim_create, netiosim_current_stack, netiosim_destroy,
    netiosim_unbind,
};
use netiosim_win32::drive::teredo::{
    netiosim_qualify_teredo, netiosim_restart_teredo, netiosim_start_teredo, netiosim_stop_teredo,
};
use netiosim_win32::drive::texts::{
    netiosim_free_text, netiosim_note, netiosim_trace_text, netiosim_version,
};
use netiosim_win32::drive::time::{netiosim_advance_ms, netiosim_now_ms, netiosim_run_until_idle};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetTeredoPort, GetUnicastIpAddressTable, InitializeIpInterfaceEntry,
    MIB_IPINTERFACE_ROW, NotifyIpInterfaceChange, NotifyTeredoPortChange, SetIpInterfaceEntry,
};

fn options() -> StackOptions {
    // SAFETY: numbers and pointers may be zero.
    let mut options: StackOptions = unsafe { std::mem::zeroed() };
    options.size = size_of::<StackOptions>();
    options
}

fn create(options: &StackOptions) -> *mut StackHandle {
    let mut stack = ptr::null_mut();
    assert_eq!(unsafe { netiosim_create(options, &mut stack) }, Status::Ok, "{}", said());
    stack
}

/// The text of the last error.
fn said() -> String {
    unsafe { CStr::from_ptr(netiosim_last_error_text()) }.to_str().unwrap().to_owned()
}

fn taken(text: *mut c_char) -> String {
    assert!(!text.is_null(), "{}", said());
    let own = unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned();
    assert_eq!(unsafe { netiosim_free_text(text) }, Status::Ok);
    own
}

fn port() -> Result<u16, u32> {
    let mut port = 0;
    match unsafe { GetTeredoPort(&mut port) } {
        0 => Ok(port),
        code => Err(code),
    }
}

/// Refused, with a text that contains this.
fn no(status: Status, wanted: Status, text: &str) {
    assert_eq!(status, wanted, "{}", said());
    assert!(said().contains(text), "{:?} does not say {text:?}", said());
}

#[test]
fn a_stack_is_made_driven_and_destroyed() {
    let stack = create(&StackOptions { teredo_port: 50_123, ..options() });
    assert_eq!(said(), "");
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        assert_eq!(netiosim_current_stack(), stack);
        assert_eq!(port(), Ok(50_123));
        assert_eq!(netiosim_restart_teredo(stack, 50_001), Status::Ok);
        assert_eq!(netiosim_run_until_idle(stack, ptr::null_mut()), Status::Ok);
        assert_eq!(port(), Ok(50_001));
        assert_eq!(netiosim_restart_teredo(stack, 0), Status::Ok);
        assert!(port().is_ok_and(|port| port != 50_001));
        assert_eq!(netiosim_stop_teredo(stack), Status::Ok);
        assert_eq!(port(), Err(21));
        assert_eq!(netiosim_start_teredo(stack, 50_002), Status::Ok);
        assert_eq!(netiosim_qualify_teredo(stack), Status::Ok);
        assert_eq!(netiosim_advance_ms(stack, 60_000, ptr::null_mut()), Status::Ok);
        assert_eq!(port(), Ok(50_002));
        let mut now_ms = 0;
        assert_eq!(netiosim_now_ms(stack, &mut now_ms), Status::Ok);
        assert_eq!(now_ms, 60_000);
        assert_eq!(netiosim_note(stack, c"here we are".as_ptr()), Status::Ok);
        let trace = taken(netiosim_trace_text(stack));
        assert!(trace.contains("here we are"), "{trace}");
        assert!(trace.contains("drive.rs:"), "lines of the caller: {trace}");
        assert_eq!(netiosim_destroy(stack), Status::Ok, "{}", said());
        no(netiosim_unbind(), Status::Refused, "the thread is not bound");
    }
}

#[test]
fn the_machine_changes() {
    let stack = create(&options());
    let ethernet = c"Ethernet".as_ptr();
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        let ok = |status: Status| assert_eq!(status, Status::Ok, "{}", said());
        ok(netiosim_add_address(stack, ethernet, c"10.0.0.5/24".as_ptr()));
        ok(netiosim_advance_ms(stack, 4000, ptr::null_mut()));
        let again = netiosim_add_address(stack, ethernet, c"10.0.0.5/24".as_ptr());
        no(again, Status::Refused, "10.0.0.5");
        ok(netiosim_remove_address(stack, ethernet, c"10.0.0.5".as_ptr()));
        let (to, hop) = (c"10.0.0.0/8".as_ptr(), c"192.168.1.1".as_ptr());
        ok(netiosim_add_route(stack, ethernet, to, hop));
        ok(netiosim_remove_route(stack, ethernet, to, hop));
        no(netiosim_remove_route(stack, ethernet, to, ptr::null()), Status::Refused, "route");
        ok(netiosim_set_mtu(stack, ethernet, 4, 1400));
        ok(netiosim_set_metric(stack, ethernet, 6, 5));
        ok(netiosim_set_connected(stack, ethernet, 0));
        ok(netiosim_set_connected(stack, ethernet, 1));
        ok(netiosim_disable_interface(stack, ethernet));
        let gone = netiosim_set_mtu(stack, ethernet, 4, 1400);
        no(gone, Status::Refused, "Ethernet");
        ok(netiosim_enable_interface(stack, ethernet));
        no(netiosim_enable_interface(stack, ethernet), Status::Refused, "no disabled adapter");
        ok(netiosim_add_interface(stack, c"USB".as_ptr()));
        no(netiosim_add_interface(stack, c"USB".as_ptr()), Status::Refused, "USB");
        ok(netiosim_remove_interface(stack, c"USB".as_ptr()));

        let mut handle = ptr::null_mut();
        let register = |handle| NotifyTeredoPortChange(Some(nothing), ptr::null(), false, handle);
        ok(netiosim_set_nsi_down(stack, 1));
        assert_eq!(register(&mut handle), 1753);
        ok(netiosim_set_nsi_down(stack, 0));
        assert_eq!(register(&mut handle), 0);
        ok(netiosim_restart_nsi(stack));
        assert_ne!(CancelMibChangeNotify2(handle), 0, "its handle is stale");
        assert_eq!(netiosim_destroy(stack), Status::Findings);
        assert!(said().contains("N005"), "{}", said());
    }
}

unsafe extern "system" fn nothing(_: *const std::ffi::c_void, _: u16, _: i32) {}

#[test]
fn findings_are_counted_told_and_acknowledged() {
    let stack = create(&StackOptions { leaks: c"all".as_ptr(), ..options() });
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        let mut table = ptr::null_mut();
        assert_eq!(GetUnicastIpAddressTable(2, &mut table), 0);
        windows_sys::Win32::NetworkManagement::IpHelper::FreeMibTable(table.cast());
        windows_sys::Win32::NetworkManagement::IpHelper::FreeMibTable(table.cast());
        let mut count = 0;
        assert_eq!(netiosim_count_findings(stack, ptr::null(), &mut count), Status::Ok);
        assert_eq!(count, 1);
        let rule = netiosim_count_findings(stack, c"table-freed-twice".as_ptr(), &mut count);
        assert_eq!((rule, count), (Status::Ok, 1));
        assert_eq!(taken(netiosim_finding_rule(stack, 0)), "N020");
        assert!(taken(netiosim_finding_text(stack, 0)).contains("drive.rs:"));
        assert!(netiosim_finding_text(stack, 1).is_null());
        assert!(said().contains("there is no finding 1: there are 1"), "{}", said());
        assert_eq!(netiosim_acknowledge(stack, c"N020".as_ptr(), &mut count), Status::Ok);
        assert_eq!(count, 1);
        let nonsense = netiosim_acknowledge(stack, c"N999".as_ptr(), ptr::null_mut());
        no(nonsense, Status::BadArgument, "N999");

        // Left behind: a registration, and a table.
        let mut handle = ptr::null_mut();
        assert_eq!(NotifyTeredoPortChange(Some(nothing), ptr::null(), false, &mut handle), 0);
        assert_eq!(GetUnicastIpAddressTable(2, &mut table), 0);
        assert_eq!(netiosim_destroy(stack), Status::Findings);
        assert!(said().starts_with("2 findings"), "{}", said());
        assert!(said().contains("N010") && said().contains("N019"), "{}", said());
        no(netiosim_destroy(stack), Status::BadArgument, "no stack");
    }
}

#[test]
fn leaks_are_reported_as_asked_for() {
    for (leaks, expected) in [(c"none", Status::Ok), (c"tables", Status::Ok)] {
        let stack = create(&StackOptions { leaks: leaks.as_ptr(), ..options() });
        unsafe {
            assert_eq!(netiosim_bind(stack), Status::Ok);
            let mut handle = ptr::null_mut();
            assert_eq!(NotifyTeredoPortChange(Some(nothing), ptr::null(), false, &mut handle), 0);
            assert_eq!(netiosim_destroy(stack), expected, "{leaks:?}: {}", said());
        }
    }
}

#[test]
fn nonsense_is_refused_with_a_text() {
    let stack = create(&options());
    let text = c"Ethernet".as_ptr();
    unsafe {
        let nowhere = ptr::null_mut();
        no(netiosim_bind(nowhere), Status::BadArgument, "the stack is NULL");
        no(netiosim_destroy(nowhere), Status::BadArgument, "the stack is NULL");
        let garbage = ptr::without_provenance_mut(0x1234_5678);
        no(netiosim_stop_teredo(garbage), Status::BadArgument, "no stack");
        assert!(netiosim_trace_text(garbage).is_null());
        no(netiosim_create(ptr::null(), ptr::null_mut()), Status::BadArgument, "NULL");
        no(netiosim_add_address(stack, text, ptr::null()), Status::BadArgument, "address is NULL");
        no(netiosim_add_address(stack, text, text), Status::BadArgument, "is not an address");
        no(netiosim_set_mtu(stack, ptr::null(), 4, 1), Status::BadArgument, "alias");
        no(netiosim_set_mtu(stack, text, 23, 1), Status::BadArgument, "it is 4 or 6");
        no(netiosim_set_irql(stack, 3), Status::BadArgument, "DISPATCH_LEVEL");
        let latin = CString::new(vec![0xE4]).unwrap();
        no(netiosim_note(stack, latin.as_ptr()), Status::BadArgument, "not UTF-8");
        no(netiosim_free_text(text.cast_mut()), Status::BadArgument, "no text of netiosim");
        assert_eq!(netiosim_free_text(ptr::null_mut()), Status::Ok);
        assert_eq!(netiosim_now_ms(stack, ptr::null_mut()), Status::Ok);

        let refused = |options: StackOptions, text: &str| {
            let mut stack = garbage;
            no(netiosim_create(&options, &mut stack), Status::BadArgument, text);
            assert!(stack.is_null());
        };
        let word = |word: &'static CStr| word.as_ptr();
        refused(StackOptions { size: 3, ..options() }, "size is 3");
        refused(StackOptions { size: 4096, ..options() }, "size is 4096");
        refused(StackOptions { machine: word(c"hose"), ..options() }, "home, empty or many");
        refused(StackOptions { profile: word(c"documentd"), ..options() }, "documented");
        refused(StackOptions { mode: word(c"fast"), ..options() }, "manual or threads");
        refused(StackOptions { flavour: word(c"sweet"), ..options() }, "user or kernel");
        refused(StackOptions { on_deadlock: word(c"cry"), ..options() }, "hang or error");
        refused(StackOptions { windows: word(c"3.11"), ..options() }, "3.11");
        refused(StackOptions { leaks: word(c"some"), ..options() }, "tables, all or none");
        assert_eq!(netiosim_destroy(stack), Status::Ok);
    }
}

#[cfg(unix)]
#[test]
fn a_strict_stack_finds_a_row_that_was_kept() {
    static KEPT: AtomicUsize = AtomicUsize::new(0);
    unsafe extern "system" fn keep(
        _: *const std::ffi::c_void,
        row: *const MIB_IPINTERFACE_ROW,
        _: i32,
    ) {
        KEPT.store(row.expose_provenance(), Ordering::SeqCst);
    }
    let stack = create(&StackOptions { strict: 1, ..options() });
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        let mut handle = ptr::null_mut();
        let code = NotifyIpInterfaceChange(2, Some(keep), ptr::null(), false, &mut handle);
        assert_eq!(code, 0);
        assert_eq!(netiosim_set_mtu(stack, c"Ethernet".as_ptr(), 4, 1400), Status::Ok);
        assert_eq!(netiosim_run_until_idle(stack, ptr::null_mut()), Status::Ok);
        let row = ptr::with_exposed_provenance::<MIB_IPINTERFACE_ROW>(KEPT.load(Ordering::SeqCst));
        let _ = (&raw const (*row).InterfaceIndex).read_volatile();
        assert_eq!(CancelMibChangeNotify2(handle), 0);
        let mut count = 0;
        assert_eq!(netiosim_acknowledge(stack, c"N006".as_ptr(), &mut count), Status::Ok);
        assert_eq!(count, 1);
        assert_eq!(netiosim_destroy(stack), Status::Ok, "{}", said());
    }
}

#[test]
fn an_older_caller_has_fewer_options() {
    let mut options = options();
    options.machine = c"empty".as_ptr();
    options.size = size_of::<usize>() + size_of::<*const c_char>();
    options.mode = ptr::without_provenance(1);
    let stack = create(&options);
    assert_eq!(unsafe { netiosim_destroy(stack) }, Status::Ok);
}

#[test]
fn drivers_have_an_irql() {
    let stack = create(&StackOptions { flavour: c"kernel".as_ptr(), ..options() });
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        assert_eq!(GetTeredoPort(ptr::null_mut()), 0xC000_000D);
        assert_eq!(netiosim_set_irql(stack, 2), Status::Ok);
        let mut level = 0;
        assert_eq!(netiosim_get_irql(stack, &mut level), Status::Ok);
        assert_eq!(level, 2);
        let mut port = 0;
        GetTeredoPort(&mut port);
        assert_eq!(netiosim_set_irql(stack, 0), Status::Ok);
        let mut count = 0;
        assert_eq!(netiosim_acknowledge(stack, c"N011".as_ptr(), &mut count), Status::Ok);
        assert_eq!(count, 1);
        assert_eq!(netiosim_destroy(stack), Status::Ok, "{}", said());
    }
}

#[test]
fn a_callback_that_feeds_itself_comes_to_an_end() {
    unsafe extern "system" fn again(
        _: *const std::ffi::c_void,
        row: *const MIB_IPINTERFACE_ROW,
        _: i32,
    ) {
        static METRIC: AtomicU32 = AtomicU32::new(1);
        unsafe {
            let mut own = MIB_IPINTERFACE_ROW::default();
            InitializeIpInterfaceEntry(&mut own);
            own.Family = (*row).Family;
            own.InterfaceLuid = (*row).InterfaceLuid;
            own.SitePrefixLength = 0;
            own.Metric = METRIC.fetch_add(1, Ordering::Relaxed);
            own.UseAutomaticMetric = false;
            assert_eq!(SetIpInterfaceEntry(&mut own), 0);
        }
    }
    let manual = c"manual".as_ptr();
    let stack = create(&StackOptions { mode: manual, delivery_limit: 500, ..options() });
    unsafe {
        assert_eq!(netiosim_bind(stack), Status::Ok);
        let mut handle = ptr::null_mut();
        let code = NotifyIpInterfaceChange(2, Some(again), ptr::null(), false, &mut handle);
        assert_eq!(code, 0);
        assert_eq!(netiosim_set_mtu(stack, c"Ethernet".as_ptr(), 4, 1400), Status::Ok);
        let idle = netiosim_run_until_idle(stack, ptr::null_mut());
        no(idle, Status::NotIdle, "after 500 deliveries");
        assert_eq!(CancelMibChangeNotify2(handle), 0);
        assert_eq!(netiosim_destroy(stack), Status::Ok, "{}", said());
    }
}

#[test]
fn the_version_is_told() {
    let version = unsafe { CStr::from_ptr(netiosim_version()) };
    assert_eq!(version.to_str(), Ok(env!("CARGO_PKG_VERSION")));
}
