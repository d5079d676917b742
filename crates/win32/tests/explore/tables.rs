//! Tables belong to their execution.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::SeqCst};

use netiosim_explore::Explorer;
use netiosim_explore::real::{Trouble, Verdict};
use netiosim_win32::bind;
use netiosim_win32::sim::Stack;
use netiosim_win32::sim::model::net::Family;
use netiosim_win32::sim::model::rule::Rule;
use windows_sys::Win32::NetworkManagement::IpHelper::{
    FreeMibTable, GetIpInterfaceTable, MIB_IPINTERFACE_ROW, MIB_IPINTERFACE_TABLE,
    MIB_NOTIFICATION_TYPE,
};
use windows_sys::Win32::Networking::WinSock::AF_INET;

use crate::abi::{cancel, follow_rows};
use crate::backend::suite;

fn table() -> *mut MIB_IPINTERFACE_TABLE {
    let mut table = std::ptr::null_mut();
    assert_eq!(unsafe { GetIpInterfaceTable(AF_INET, &mut table) }, 0);
    table
}

/// The largest MTU of a table.
unsafe fn largest(table: *const MIB_IPINTERFACE_TABLE) -> u32 {
    let count = unsafe { (*table).NumEntries } as usize;
    let rows = unsafe { (&raw const (*table).Table).cast::<MIB_IPINTERFACE_ROW>() };
    let rows = unsafe { std::slice::from_raw_parts(rows, count) };
    // The loopback's is no number that anybody sets.
    rows.iter().map(|row| row.NlMtu).filter(|mtu| *mtu != u32::MAX).max().unwrap()
}

/// Asks for the whole table.
unsafe extern "system" fn snapshots(
    context: *const c_void,
    _: *const MIB_IPINTERFACE_ROW,
    _: MIB_NOTIFICATION_TYPE,
) {
    let table = table();
    unsafe {
        (*context.cast::<AtomicU32>()).store(largest(table), SeqCst);
        FreeMibTable(table.cast());
    }
}

/// What it is before anybody changes it.
const FIRST: u32 = 1500;

fn test(frees: bool) -> impl Fn(Stack) + Send + Sync + 'static {
    move |stack| {
        let _bound = bind(&stack);
        let mtu = AtomicU32::new(0);
        let changes = follow_rows(snapshots, &mtu);
        let before = table();
        assert_eq!(unsafe { largest(before) }, FIRST, "a table of an execution before");
        let changer = stack.handle();
        let change = stack.spawn("changer", move || {
            changer.set_mtu("Ethernet", Family::V4, 9000).unwrap();
        });
        change.join().unwrap();
        stack.run_until_idle();
        assert_eq!(mtu.load(SeqCst), 9000);
        assert_eq!(unsafe { largest(before) }, FIRST, "a snapshot does not change");
        if frees {
            unsafe { FreeMibTable(before.cast()) };
        }
        cancel(changes);
    }
}

fn what_is_freed_leaves_nothing_to_the_next(explorer: fn() -> Explorer) {
    let exploration = explorer().check(test(true));
    assert_eq!(exploration.verdict(), Verdict::Exhausted, "{exploration}");
    assert!(exploration.statistics.executions > 20, "{exploration}");
}

fn what_is_left_is_named(explorer: fn() -> Explorer) {
    let failure = explorer().check(test(false)).unwrap_failure();
    let Trouble::Findings(findings, _) = &failure.trouble else { panic!("{failure}") };
    let rules: Vec<Rule> = findings.iter().map(|finding| finding.rule).collect();
    assert_eq!((rules, failure.execution), (vec![Rule::LeakedTable], 1), "{failure}");
    let text = findings[0].to_string();
    assert!(text.contains("GetIpInterfaceTable") && text.contains("explore/tables.rs:"), "{text}");
}

fn one_that_is_kept_is_nobodys_in_the_next(explorer: fn() -> Explorer) {
    let kept = AtomicUsize::new(0);
    let failure = explorer()
        .check(move |stack| {
            let _bound = bind(&stack);
            let own = table();
            // Each frees the one of the execution before; the first one frees its own.
            let old = kept.swap(own.expose_provenance(), SeqCst);
            let old = if old == 0 { own.expose_provenance() } else { old };
            unsafe { FreeMibTable(std::ptr::with_exposed_provenance(old)) };
        })
        .unwrap_failure();
    let Trouble::Uncontrolled(difference) = &failure.trouble else { panic!("{failure}") };
    let told = difference.second.as_ref().unwrap();
    assert!(told.contains("N022") || told.contains("FreeMibTable"), "{failure}");
}

suite! {
    what_is_freed_leaves_nothing_to_the_next
    what_is_left_is_named
    one_that_is_kept_is_nobodys_in_the_next
}
