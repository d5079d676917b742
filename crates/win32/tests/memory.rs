//! The memory of rows and tables: what it holds, who frees it, and that there is no more and more of it.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use std::ffi::c_void;
use std::mem::offset_of;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{Mode, OnDeadlock, Stack};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::Foundation::HANDLE;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    CancelMibChangeNotify2, FreeMibTable, GetIpForwardTable2, GetIpInterfaceTable,
    GetUnicastIpAddressTable, MIB_IPFORWARD_ROW2, MIB_IPFORWARD_TABLE2, MIB_IPINTERFACE_ROW,
    MIB_IPINTERFACE_TABLE, MIB_NOTIFICATION_TYPE, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE, NotifyIpInterfaceChange, NotifyRouteChange2,
    NotifyStableUnicastIpAddressTable, NotifyTeredoPortChange, NotifyUnicastIpAddressChange,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_UNSPEC};

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

fn addresses() -> *mut MIB_UNICASTIPADDRESS_TABLE {
    let mut table = std::ptr::null_mut();
    assert_eq!(unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &mut table) }, 0);
    table
}

/// What FreeMibTable makes of a pointer: the rules, and what is noted.
fn freed(stack: &Stack, pointer: *const c_void) -> (Vec<Rule>, String) {
    unsafe { FreeMibTable(pointer) };
    let rules = stack.take_findings().iter().map(|finding| finding.rule).collect();
    let trace = stack.trace();
    let note = trace.lines().last().filter(|line| line.contains("note")).unwrap_or_default();
    (rules, note.to_owned())
}

#[test]
fn a_wrong_pointer_is_a_finding_and_no_crash() {
    let stack = stack();
    let _bound = bind(&stack);
    let table = addresses();
    let local = 0_u64;
    let boxed = Box::new(0_u64);

    let (rules, note) = freed(&stack, (&raw const local).cast());
    assert_eq!(rules, [Rule::NotATable]);
    assert!(note.contains("the calling thread's stack"), "{note}");

    let (rules, note) = freed(&stack, (&raw const *boxed).cast());
    assert_eq!(rules, [Rule::NotATable]);
    assert!(note.is_empty(), "{note}");

    let (rules, note) = freed(&stack, unsafe { &raw const (*table).Table }.cast());
    assert_eq!(rules, [Rule::NotATable]);
    assert!(note.contains("8 bytes inside of a table"), "{note}");

    for address in [1, 7, usize::MAX, usize::MAX / 2] {
        let (rules, _) = freed(&stack, std::ptr::without_provenance(address));
        assert_eq!(rules, [Rule::NotATable], "{address:#x}");
    }

    assert!(freed(&stack, std::ptr::null()).0.is_empty(), "NULL has no effect");
    assert!(freed(&stack, table.cast()).0.is_empty());
    assert_eq!(freed(&stack, table.cast()).0, [Rule::TableFreedTwice]);
}

#[test]
fn a_table_of_another_stack_is_no_table_of_this_one() {
    let (one, two) = (stack(), stack());
    let table = {
        let _bound = bind(&one);
        addresses()
    };
    {
        let _bound = bind(&two);
        let mine = addresses();
        let (rules, note) = freed(&two, table.cast());
        assert_eq!(rules, [Rule::NotATable]);
        assert!(note.contains("a table of another stack"), "{note}");
        assert!(one.findings().is_empty());
        assert!(unsafe { (*table).NumEntries } >= 2, "it is as it was");
        assert!(freed(&two, mine.cast()).0.is_empty());
    }
    // A thread without a stack may free it: the memory knows whose it is.
    unsafe { FreeMibTable(table.cast()) };
    assert!(one.take_findings().is_empty());
}

#[test]
fn a_table_outlives_its_stack_and_is_nobodys_then() {
    let table = {
        let gone = stack();
        let table = {
            let _bound = bind(&gone);
            addresses()
        };
        gone.report_leaks_for_test();
        table
    };
    assert!(unsafe { (*table).NumEntries } >= 2, "still readable");
    let other = stack();
    let _bound = bind(&other);
    // The same number as the table that is gone.
    let mine = addresses();
    let (rules, note) = freed(&other, table.cast());
    assert_eq!(rules, [Rule::NotATable]);
    assert!(note.contains("a stack that is gone"), "{note}");
    assert!(freed(&other, mine.cast()).0.is_empty(), "untouched by that");
}

trait Leaks {
    fn report_leaks_for_test(&self);
}

impl Leaks for Stack {
    /// Lets the stack end without a complaint about the table that it holds.
    fn report_leaks_for_test(&self) {
        self.own_process().exit();
        let _ = self.take_findings();
    }
}

unsafe extern "system" fn frees_its_row(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    unsafe {
        FreeMibTable(row.cast());
        FreeMibTable((&raw const (*row).InterfaceLuid).cast());
    }
}

fn notify(
    family: u16,
    callback: unsafe extern "system" fn(*const c_void, *const MIB_IPINTERFACE_ROW, i32),
    context: *const c_void,
) -> HANDLE {
    let mut handle = std::ptr::null_mut();
    let code =
        unsafe { NotifyIpInterfaceChange(family, Some(callback), context, false, &mut handle) };
    assert_eq!(code, 0);
    handle
}

#[test]
fn a_lent_row_is_not_the_clients_to_free() {
    let stack = stack();
    let _bound = bind(&stack);
    let handle = notify(AF_INET, frees_its_row, std::ptr::null());
    stack.set_mtu("Ethernet", Family::V4, 1400).unwrap();
    stack.run_until_idle();
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert_eq!(stack.acknowledge(Rule::RowFreed), 2);
}

static ROWS: Mutex<Vec<(usize, [u8; 168])>> = Mutex::new(Vec::new());

unsafe extern "system" fn looks(
    _: *const c_void,
    row: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    ROWS.lock().unwrap().push((row.expose_provenance(), unsafe { row.cast::<[u8; 168]>().read() }));
}

#[test]
fn a_row_is_poisoned_before_and_after() {
    let _guard = ROW_TESTS.lock().unwrap();
    for (fill, byte) in [("poison", 0xA5_u8), ("zero", 0)] {
        ROWS.lock().unwrap().clear();
        let stack = builder().option("row-non-key", fill).on_deadlock(OnDeadlock::Error).build();
        let _bound = bind(&stack);
        let handle = notify(AF_INET, looks, std::ptr::null());
        for n in 0..3 {
            stack.set_mtu("Ethernet", Family::V4, 1400 + n).unwrap();
            stack.run_until_idle();
        }
        assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
        let rows = ROWS.lock().unwrap();
        assert_eq!(rows.len(), 3);
        for (address, during) in rows.iter() {
            assert!(during[20..].iter().all(|seen| *seen == byte), "{fill}: {during:x?}");
            assert_eq!(during[..2], AF_INET.to_ne_bytes());
            let after = std::ptr::with_exposed_provenance::<[u8; 168]>(*address);
            assert!(unsafe { *after }.iter().all(|byte| *byte == 0xDD), "{:x?}", unsafe { *after });
        }
        let mut addresses: Vec<_> = rows.iter().map(|row| row.0).collect();
        addresses.dedup();
        assert_eq!(addresses.len(), 3, "a row rests before it is lent again");
        assert!(stack.take_findings().is_empty());
    }
}

static ROW_TESTS: Mutex<()> = Mutex::new(());

/// Which bytes of a structure belong to a member: offset and size.
macro_rules! bytes_of {
    ($row:ty: $($member:ident),* $(,)?) => {{
        let row = <$row>::default();
        let mut used = vec![false; size_of::<$row>()];
        $(
            let (start, size) = (offset_of!($row, $member), size_of_val(&row.$member));
            used[start..start + size].fill(true);
        )*
        used
    }};
}

/// That all bytes between members, and before the first row, are zero.
unsafe fn check_padding(table: *const u8, used: &[bool]) {
    let count = unsafe { table.cast::<u32>().read() } as usize;
    assert!(count > 0);
    let bytes = unsafe { std::slice::from_raw_parts(table, 8 + count * used.len()) };
    assert_eq!(bytes[4..8], [0; 4]);
    assert!(used.contains(&false), "there is something to check");
    for (n, byte) in bytes[8..].iter().enumerate() {
        assert!(
            used[n % used.len()] || *byte == 0,
            "row {}, byte {}",
            n / used.len(),
            n % used.len()
        );
    }
}

#[test]
fn bytes_between_members_are_zero() {
    let stack = stack();
    let _bound = bind(&stack);
    // What memory held before must not show: poison what the allocator may hand out again.
    for _ in 0..200 {
        unsafe { FreeMibTable(addresses().cast()) };
    }
    let unicast = bytes_of!(MIB_UNICASTIPADDRESS_ROW: Address, InterfaceLuid, InterfaceIndex,
        PrefixOrigin, SuffixOrigin, ValidLifetime, PreferredLifetime, OnLinkPrefixLength,
        SkipAsSource, DadState, ScopeId, CreationTimeStamp);
    let forward = bytes_of!(MIB_IPFORWARD_ROW2: InterfaceLuid, InterfaceIndex, DestinationPrefix,
        NextHop, SitePrefixLength, ValidLifetime, PreferredLifetime, Metric, Protocol, Loopback,
        AutoconfigureAddress, Publish, Immortal, Age, Origin);
    let interface = bytes_of!(MIB_IPINTERFACE_ROW: Family, InterfaceLuid, InterfaceIndex,
        MaxReassemblySize, InterfaceIdentifier, MinRouterAdvertisementInterval,
        MaxRouterAdvertisementInterval, AdvertisingEnabled, ForwardingEnabled, WeakHostSend,
        WeakHostReceive, UseAutomaticMetric, UseNeighborUnreachabilityDetection,
        ManagedAddressConfigurationSupported, OtherStatefulConfigurationSupported,
        AdvertiseDefaultRoute, RouterDiscoveryBehavior, DadTransmits, BaseReachableTime,
        RetransmitTime, PathMtuDiscoveryTimeout, LinkLocalAddressBehavior, LinkLocalAddressTimeout,
        ZoneIndices, SitePrefixLength, Metric, NlMtu, Connected, SupportsWakeUpPatterns,
        SupportsNeighborDiscovery, SupportsRouterDiscovery, ReachableTime, TransmitOffload,
        ReceiveOffload, DisableDefaultRoutes);
    unsafe {
        let table = addresses();
        check_padding(table.cast(), &unicast);
        FreeMibTable(table.cast());
        let mut table: *mut MIB_IPFORWARD_TABLE2 = std::ptr::null_mut();
        assert_eq!(GetIpForwardTable2(AF_UNSPEC, &mut table), 0);
        check_padding(table.cast(), &forward);
        FreeMibTable(table.cast());
        let mut table: *mut MIB_IPINTERFACE_TABLE = std::ptr::null_mut();
        assert_eq!(GetIpInterfaceTable(AF_UNSPEC, &mut table), 0);
        check_padding(table.cast(), &interface);
        FreeMibTable(table.cast());
    }
    assert!(stack.take_findings().is_empty());
}

unsafe extern "system" fn port(_: *const c_void, _: u16, _: MIB_NOTIFICATION_TYPE) {}
unsafe extern "system" fn interface(_: *const c_void, _: *const MIB_IPINTERFACE_ROW, _: i32) {}
unsafe extern "system" fn address(_: *const c_void, _: *const MIB_UNICASTIPADDRESS_ROW, _: i32) {}
unsafe extern "system" fn route(_: *const c_void, _: *const MIB_IPFORWARD_ROW2, _: i32) {}

static CONTEXTS: Mutex<Vec<usize>> = Mutex::new(Vec::new());

unsafe extern "system" fn stable(context: *const c_void, table: *const MIB_UNICASTIPADDRESS_TABLE) {
    CONTEXTS.lock().unwrap().push(context.addr());
    unsafe { FreeMibTable(table.cast()) };
}

#[test]
fn contexts_are_handed_on_and_never_looked_into() {
    for garbage in [1, 3, 0xDEAD_BEEF, usize::MAX, usize::MAX - 7, 1 << 63] {
        let stack = stack();
        let _bound = bind(&stack);
        let context = std::ptr::without_provenance::<c_void>(garbage);
        CONTEXTS.lock().unwrap().clear();
        let mut handles: [HANDLE; 5] = [std::ptr::null_mut(); 5];
        let mut table = std::ptr::null_mut();
        let [a, b, c, d, e] = &mut handles;
        // A client that sleeps: the table is not stable yet.
        stack.stop_teredo().unwrap();
        stack.start_teredo().unwrap();
        unsafe {
            assert_eq!(NotifyTeredoPortChange(Some(port), context, true, a), 0);
            assert_eq!(NotifyIpInterfaceChange(AF_UNSPEC, Some(interface), context, true, b), 0);
            assert_eq!(NotifyUnicastIpAddressChange(AF_UNSPEC, Some(address), context, true, c), 0);
            assert_eq!(NotifyRouteChange2(AF_UNSPEC, Some(route), context, true, d), 0);
            let code =
                NotifyStableUnicastIpAddressTable(AF_UNSPEC, &mut table, Some(stable), context, e);
            assert_eq!(code, 997);
        }
        stack.advance_ms(60_000);
        stack.add_address("Ethernet", "10.1.1.1/24").unwrap();
        stack.restart_teredo_on(50_009).unwrap();
        stack.set_mtu("Ethernet", Family::V4, 1300).unwrap();
        stack.run_until_idle();
        for handle in handles {
            assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
        }
        let contexts = CONTEXTS.lock().unwrap();
        assert!(!contexts.is_empty() && contexts.iter().all(|seen| *seen == garbage));
        assert!(stack.take_findings().is_empty());
    }
}

static COUNT: AtomicUsize = AtomicUsize::new(0);

unsafe extern "system" fn counts(_: *const c_void, _: *const MIB_IPINTERFACE_ROW, _: i32) {
    COUNT.fetch_add(1, Ordering::Relaxed);
}

/// The memory that the process uses, in pages of 4 kB.
#[cfg(target_os = "linux")]
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap();
    text.split(' ').nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_million_calls_need_no_more_memory_than_a_few() {
    let stack = builder().mode(Mode::Manual).on_deadlock(OnDeadlock::Error).build();
    stack.record(false);
    let _bound = bind(&stack);
    let handle = notify(AF_INET, counts, std::ptr::null());
    let round = |times: u32| {
        for n in 0..times {
            if n % 8 == 0 {
                stack.set_mtu("Ethernet", Family::V4, 1300 + n % 64).unwrap();
                stack.run_until_idle();
            }
            unsafe { FreeMibTable(addresses().cast()) };
            let mut port = 0;
            unsafe { windows_sys::Win32::NetworkManagement::IpHelper::GetTeredoPort(&mut port) };
        }
    };
    round(20_000);
    let before = resident();
    // Three calls each, in a debug build a few seconds.
    round(330_000);
    let after = resident();
    assert!(after < before + 1024, "{before} pages became {after}");
    assert!(COUNT.load(Ordering::Relaxed) > 40_000);
    assert_eq!(unsafe { CancelMibChangeNotify2(handle) }, 0);
    assert!(stack.take_findings().is_empty());
}

#[test]
fn tables_that_nobody_frees_are_kept_for_the_stacks_life_and_a_little_longer() {
    // Many small stacks, each of which leaves a table behind.
    let mut kept = Vec::new();
    for _ in 0..50 {
        let stack = stack();
        let bound = bind(&stack);
        kept.push(addresses().expose_provenance());
        drop(bound);
        stack.report_leaks_for_test();
    }
    for address in kept {
        let table = std::ptr::with_exposed_provenance::<MIB_UNICASTIPADDRESS_TABLE>(address);
        assert!(unsafe { (*table).NumEntries } >= 2);
    }
}
