//! Strict mode: what a callback may read of its row, and what becomes a finding.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use std::ffi::c_void;
use std::hint::black_box;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_win32::sim::model::finding::Finding;
use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder, strict};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, GetIpInterfaceEntry, GetTeredoPort, MIB_IPFORWARD_ROW2,
    MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW, NotifyIpInterfaceChange,
    NotifyRouteChange2, NotifyUnicastIpAddressChange, SetIpInterfaceEntry,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_UNSPEC};

type OnRow =
    unsafe extern "system" fn(*const c_void, *const MIB_IPINTERFACE_ROW, MIB_NOTIFICATION_TYPE);

fn stack(fill: &str) -> Stack {
    builder().option("row-non-key", fill).on_deadlock(OnDeadlock::Error).build()
}

/// Changes the MTU so often while a strict stack calls the callback.
fn notified(stack: &Stack, callback: OnRow, context: *const c_void, times: u32) {
    let _strict = strict(stack);
    let _bound = bind(stack);
    let mut handle: HANDLE = std::ptr::null_mut();
    let code =
        unsafe { NotifyIpInterfaceChange(AF_INET, Some(callback), context, false, &mut handle) };
    assert_eq!(code, 0);
    for n in 0..times {
        stack.set_mtu("Ethernet", Family::V4, 1400 + n).unwrap();
        stack.run_until_idle();
    }
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
}

fn place(stack: &Stack, finding: &Finding) -> String {
    stack.inspect(|model| model.place_text(finding.place.unwrap()).to_owned())
}

/// The rules that were broken, each with its place and what was read.
fn told(stack: &Stack) -> Vec<(Rule, String, String)> {
    let findings = stack.take_findings();
    let tell =
        |f: &Finding| (f.rule, place(stack, f), f.message.split(' ').next().unwrap().to_owned());
    findings.iter().map(tell).collect()
}

fn here(line: u32) -> String {
    format!("crates/win32/tests/strict_rows.rs:{line}")
}

fn ends_with(text: &str, line: u32) -> bool {
    let wanted = here(line);
    wanted.ends_with(text) || text.ends_with(&wanted)
}

static KEYS: Mutex<Vec<(u16, u64, u32)>> = Mutex::new(Vec::new());

unsafe extern "system" fn keys(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let keys = unsafe { ((*row).Family, (*row).InterfaceLuid.Value, (*row).InterfaceIndex) };
    KEYS.lock().unwrap().push(keys);
}

#[test]
fn keys_are_read_freely() {
    let stack = stack("poison");
    notified(&stack, keys, std::ptr::null(), 3);
    assert!(stack.take_findings().is_empty());
    let keys = KEYS.lock().unwrap();
    assert_eq!(keys.len(), 3);
    assert!(keys.iter().all(|key| key.0 == AF_INET && key.1 != 0 && key.2 != 0), "{keys:?}");
}

static MEMBERS: Mutex<Vec<(u32, bool)>> = Mutex::new(Vec::new());
const MTU_LINE: u32 = line!() + 8;

unsafe extern "system" fn members(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let connected = unsafe { (&raw const (*row).Connected).cast::<u8>() };
    let mtu = unsafe { (*row).NlMtu };
    let connected = unsafe { *connected } != 0;
    MEMBERS.lock().unwrap().push((mtu, connected));
}

#[test]
fn a_member_beyond_the_keys_is_a_finding_with_its_line_and_the_program_goes_on() {
    let stack = stack("poison");
    notified(&stack, members, std::ptr::null(), 2);
    let told = told(&stack);
    let names: Vec<_> = told.iter().map(|told| (told.0, told.2.as_str())).collect();
    assert_eq!(
        names,
        [(Rule::RowNonKeyMember, "NlMtu"), (Rule::RowNonKeyMember, "Connected")],
        "each place once a registration"
    );
    assert!(ends_with(&told[0].1, MTU_LINE), "{}", told[0].1);
    assert!(ends_with(&told[1].1, MTU_LINE + 1), "{}", told[1].1);
    assert_eq!(*MEMBERS.lock().unwrap(), [(0xA5A5_A5A5, true); 2]);
}

unsafe extern "system" fn mtu(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let seen = unsafe { &*context.cast::<AtomicUsize>() };
    seen.store(unsafe { (*row).NlMtu } as usize, Ordering::SeqCst);
}

#[test]
fn a_profile_may_show_zero() {
    let stack = stack("zero");
    let seen = AtomicUsize::new(1);
    notified(&stack, mtu, (&raw const seen).cast(), 1);
    assert_eq!(told(&stack).len(), 1);
    assert_eq!(seen.load(Ordering::SeqCst), 0);
}

unsafe extern "system" fn copies(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    // A structure assignment, memcpy, and a loop of words.
    let own: MIB_IPINTERFACE_ROW = black_box(unsafe { *row });
    black_box(own.Family);
    let mut bytes = [0_u8; 168];
    unsafe { libc::memcpy(bytes.as_mut_ptr().cast(), row.cast(), 168) };
    black_box(&bytes);
    let mut words = [0_u64; 21];
    for (n, word) in words.iter_mut().enumerate() {
        *word = unsafe { *row.cast::<u64>().add(n) };
    }
    black_box(&words);
    #[cfg(target_arch = "x86_64")]
    unsafe {
        std::arch::asm!(
            "rep movsb",
            inout("rcx") 168_usize => _,
            inout("rsi") row => _,
            inout("rdi") bytes.as_mut_ptr() => _,
        );
    }
}

#[test]
fn a_copy_of_the_whole_row_is_legal_and_noted() {
    let stack = stack("poison");
    notified(&stack, copies, std::ptr::null(), 2);
    assert!(stack.findings().is_empty(), "{:?}", told(&stack));
    let trace = stack.trace();
    let notes = trace.lines().filter(|line| line.contains("copied as a whole")).count();
    assert_eq!(notes, 4, "{trace}");
}

unsafe extern "system" fn part(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let mut bytes = [0_u8; 40];
    unsafe { libc::memcpy(bytes.as_mut_ptr().cast(), row.cast(), 40) };
    black_box(&bytes);
}

#[test]
fn a_copy_of_a_part_is_a_finding_where_memcpy_was_called() {
    let stack = stack("poison");
    notified(&stack, part, std::ptr::null(), 1);
    let told = told(&stack);
    assert!(!told.is_empty());
    assert!(told.iter().all(|told| told.0 == Rule::RowNonKeyMember), "{told:?}");
    assert!(told.iter().all(|told| told.1.contains("strict_rows.rs:")), "{told:?}");
}

unsafe extern "system" fn hands_it_in(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe {
        assert_eq!(GetIpInterfaceEntry(row.cast_mut()), 0);
        SetIpInterfaceEntry(row.cast_mut());
    }
}

#[test]
fn what_the_functions_read_themselves_is_nobodys_mistake() {
    let stack = stack("poison");
    notified(&stack, hands_it_in, std::ptr::null(), 1);
    assert!(stack.take_findings().is_empty());
}

const WRITE_LINE: u32 = line!() + 6;
unsafe extern "system" fn writes(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe { (*row.cast_mut()).NlMtu = 1 };
}

#[test]
fn a_write_beyond_the_keys_is_a_finding_too() {
    let stack = stack("poison");
    notified(&stack, writes, std::ptr::null(), 1);
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 1);
    assert!(findings[0].message.starts_with("NlMtu was written to"), "{}", findings[0].message);
    assert!(ends_with(&place(&stack, &findings[0]), WRITE_LINE));
}

unsafe extern "system" fn keeps(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe { &*context.cast::<AtomicUsize>() }.store(row.expose_provenance(), Ordering::SeqCst);
}

#[test]
fn a_kept_row_is_a_finding_at_the_next_call() {
    let stack = stack("poison");
    let kept = AtomicUsize::new(0);
    let _strict = strict(&stack);
    let _bound = bind(&stack);
    notified(&stack, keeps, (&raw const kept).cast(), 1);
    let row = std::ptr::with_exposed_provenance::<MIB_IPINTERFACE_ROW>(kept.load(Ordering::SeqCst));
    let line = line!() + 1;
    let family = unsafe { (*row).Family };
    assert_eq!(family, 0xDDDD, "what is left of it is of no worth");
    assert!(stack.findings().is_empty(), "not told yet");
    let mut port = 0;
    unsafe { GetTeredoPort(&mut port) };
    let told = told(&stack);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].0, told[0].2.as_str()), (Rule::RowAfterCallback, "Family"));
    assert!(ends_with(&told[0].1, line), "{}", told[0].1);
}

#[test]
fn a_thread_that_calls_nothing_is_told_of_at_the_end() {
    let stack = stack("poison");
    let kept = AtomicUsize::new(0);
    let guard = strict(&stack);
    notified(&stack, keeps, (&raw const kept).cast(), 1);
    let row = kept.load(Ordering::SeqCst);
    std::thread::spawn(move || {
        let row = std::ptr::with_exposed_provenance::<MIB_IPINTERFACE_ROW>(row);
        black_box(unsafe { (*row).InterfaceIndex });
    })
    .join()
    .unwrap();
    drop(guard);
    let told = told(&stack);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].0, Rule::RowAfterCallback);
}

unsafe extern "system" fn address(
    context: *const c_void,
    row: *const MIB_UNICASTIPADDRESS_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe {
        // A key, the member that alignment leaves readable, and one behind the guard.
        black_box((*row).InterfaceIndex);
        black_box((*row).PrefixOrigin);
        black_box((*row).SuffixOrigin);
        black_box(*row);
        (*context.cast::<AtomicUsize>()).fetch_add(1, Ordering::SeqCst);
    }
}

unsafe extern "system" fn route(
    context: *const c_void,
    row: *const MIB_IPFORWARD_ROW2,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe {
        black_box((*row).NextHop.si_family);
        black_box((*row).SitePrefixLength);
        black_box(*row);
        (*context.cast::<AtomicUsize>()).fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn rows_of_addresses_and_routes_are_guarded_too() {
    let stack = stack("poison");
    let seen = AtomicUsize::new(0);
    let context = (&raw const seen).cast();
    let guard = strict(&stack);
    let bound = bind(&stack);
    let (mut one, mut two): (HANDLE, HANDLE) = (std::ptr::null_mut(), std::ptr::null_mut());
    unsafe {
        NotifyUnicastIpAddressChange(AF_INET, Some(address), context, false, &mut one);
        NotifyRouteChange2(AF_UNSPEC, Some(route), context, false, &mut two);
    }
    stack.add_address("Ethernet", "10.9.8.7/24").unwrap();
    stack.advance_ms(5000);
    unsafe {
        assert_eq!(CancelMibChangeNotify2(one), 0);
        assert_eq!(CancelMibChangeNotify2(two), 0);
    }
    drop((bound, guard));
    assert!(seen.load(Ordering::SeqCst) >= 2, "{}", stack.trace());
    let told = told(&stack);
    let mut names: Vec<&str> = told.iter().map(|told| told.2.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["SitePrefixLength", "SuffixOrigin"], "{told:?}");
}

unsafe extern "system" fn masked(
    context: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe {
        let mut all: libc::sigset_t = std::mem::zeroed();
        libc::sigfillset(&mut all);
        libc::sigdelset(&mut all, libc::SIGSEGV);
        libc::pthread_sigmask(libc::SIG_SETMASK, &all, std::ptr::null_mut());
    }
    // A step cannot be seen: the row stays readable until the next call.
    unsafe { mtu(context, row, 0) };
    black_box(unsafe { (*row).Metric });
    let mut port = 0;
    unsafe { GetTeredoPort(&mut port) };
    black_box(unsafe { (*row).Metric });
}

#[test]
fn where_no_step_can_be_made_the_row_is_guarded_again_at_the_next_call() {
    let stack = stack("poison");
    let seen = AtomicUsize::new(0);
    notified(&stack, masked, (&raw const seen).cast(), 1);
    let told = told(&stack);
    let names: Vec<_> = told.iter().map(|told| told.2.as_str()).collect();
    assert_eq!(names, ["NlMtu", "Metric"]);
}

unsafe extern "system" fn nothing(
    _: *const c_void,
    _: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
}

#[test]
fn rows_by_the_thousand_use_no_more_memory() {
    let stack = stack("poison");
    stack.record(false);
    notified(&stack, nothing, std::ptr::null(), 1000);
    let first = mappings();
    notified(&stack, nothing, std::ptr::null(), 2000);
    let second = mappings();
    assert!(second <= first + 16, "{first} mappings became {second}");
}

fn mappings() -> usize {
    std::fs::read_to_string("/proc/self/maps").unwrap().lines().count()
}
