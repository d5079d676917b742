//! Strict mode: tables that were freed.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "the calls are the pages' own, as a client makes them"
)]

use netiosim_win32::sim::model::rule::Rule;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{bind, builder, strict};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    FreeMibTable, GetTeredoPort, GetUnicastIpAddressTable, MIB_UNICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_TABLE,
};
use windows_sys::Win32::Networking::WinSock::AF_UNSPEC;

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

fn addresses() -> *mut MIB_UNICASTIPADDRESS_TABLE {
    let mut table = std::ptr::null_mut();
    assert_eq!(unsafe { GetUnicastIpAddressTable(AF_UNSPEC, &mut table) }, 0);
    table
}

#[test]
fn a_freed_table_is_a_finding_with_its_line_and_has_no_rows() {
    let stack = stack();
    let _strict = strict(&stack);
    let _bound = bind(&stack);
    let table = addresses();
    let row = unsafe { &raw const (*table).Table }.cast::<MIB_UNICASTIPADDRESS_ROW>();
    assert!(unsafe { (*table).NumEntries } >= 2);
    assert_ne!(unsafe { (*row).InterfaceIndex }, 0);
    unsafe { FreeMibTable(table.cast()) };
    assert!(stack.findings().is_empty());
    let line = line!() + 1;
    let count = unsafe { (*table).NumEntries };
    let prefix = unsafe { (*row).OnLinkPrefixLength };
    assert_eq!((count, prefix), (0, 0xDD));
    let mut port = 0;
    unsafe { GetTeredoPort(&mut port) };
    let findings = stack.take_findings();
    assert_eq!(findings.len(), 2, "one for each line");
    for (n, finding) in findings.iter().enumerate() {
        assert_eq!(finding.rule, Rule::TableAfterFree);
        assert!(finding.message.contains("GetUnicastIpAddressTable"), "{}", finding.message);
        let place = stack.inspect(|model| model.place_text(finding.place.unwrap()).to_owned());
        assert!(place.ends_with(&format!("strict_tables.rs:{}", line + n as u32)), "{place}");
    }
}

#[test]
fn a_long_look_at_a_freed_table_is_told_once() {
    let stack = stack();
    let guard = strict(&stack);
    let bound = bind(&stack);
    let table = addresses();
    unsafe { FreeMibTable(table.cast()) };
    let bytes = table.cast::<u8>();
    let mut sum = 0_u64;
    for n in 0..4000 {
        sum += u64::from(unsafe { *bytes.add(n) });
    }
    assert_eq!(sum, 3996 * 0xDD);
    drop((bound, guard));
    assert_eq!(stack.acknowledge(Rule::TableAfterFree), 1);
    assert!(stack.take_findings().is_empty());
}

#[test]
fn other_stacks_are_not_watched() {
    let (one, two) = (stack(), stack());
    let watching = strict(&one);
    let _bound = bind(&two);
    let table = addresses();
    unsafe { FreeMibTable(table.cast()) };
    // In the heap, poisoned, and not given back yet.
    assert_eq!(unsafe { (*table).NumEntries }, 0xDDDD_DDDD);
    watching.flush();
    assert!(one.findings().is_empty() && two.findings().is_empty());
}

#[test]
fn tables_by_the_ten_thousand_use_no_more_pages() {
    let stack = stack();
    stack.record(false);
    let _strict = strict(&stack);
    let _bound = bind(&stack);
    let mut most = 0;
    for n in 0..10_000 {
        let table = addresses();
        unsafe { FreeMibTable(table.cast()) };
        if n % 1000 == 0 {
            let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
            most = most.max(maps.lines().count());
        }
    }
    assert!(most < 1500, "{most} mappings");
    assert!(stack.take_findings().is_empty());
}

#[test]
fn more_tables_than_are_watched_are_tables_all_the_same() {
    let stack = stack();
    stack.record(false);
    let _strict = strict(&stack);
    let _bound = bind(&stack);
    let all: Vec<_> = (0..1500).map(|_| addresses()).collect();
    assert!(all.iter().all(|table| unsafe { (**table).NumEntries } >= 2));
    for table in all {
        unsafe { FreeMibTable(table.cast()) };
    }
    assert!(stack.take_findings().is_empty());
}
