//! What a call through the Windows ABI costs beside the same call of the safe API: `benchmarks/abi-cost.sh`
//! counts the instructions of the `measure_…` functions; run by itself it prints nanoseconds.

use std::hint::black_box;
use std::time::Instant;

use netiosim_win32::sim::model::net::{AF_INET, Luid};
use netiosim_win32::sim::model::row::IpInterfaceRow;
use netiosim_win32::sim::{Mode, Stack, StackRef};
use netiosim_win32::{bind, builder};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    GetIpInterfaceEntry, GetTeredoPort, MIB_IPINTERFACE_ROW,
};

/// Calls of each kind in one `measure_…`.
const CALLS: u32 = 1000;

#[inline(never)]
fn measure_safe_port(stack: &StackRef) {
    for _ in 0..CALLS {
        let mut port = 0;
        assert_eq!(stack.get_teredo_port(Some(&mut port)), 0);
        black_box(port);
    }
}

#[inline(never)]
fn measure_abi_port() {
    for _ in 0..CALLS {
        let mut port = 0;
        // SAFETY: there is a place for the port.
        assert_eq!(unsafe { GetTeredoPort(&mut port) }, 0);
        black_box(port);
    }
}

#[inline(never)]
fn measure_safe_entry(stack: &StackRef, luid: Luid) {
    for _ in 0..CALLS {
        let mut row = IpInterfaceRow { family: AF_INET, luid, ..IpInterfaceRow::default() };
        assert_eq!(stack.get_ip_interface_entry(Some(&mut row)), 0);
        black_box(&row);
    }
}

#[inline(never)]
fn measure_abi_entry(luid: Luid) {
    for _ in 0..CALLS {
        let mut row = MIB_IPINTERFACE_ROW { Family: AF_INET, ..Default::default() };
        row.InterfaceLuid.Value = luid.0;
        // SAFETY: the row is one.
        assert_eq!(unsafe { GetIpInterfaceEntry(&mut row) }, 0);
        black_box(&row);
    }
}

/// Between its begin and its end instructions are counted.
#[inline(never)]
fn counted(f: &dyn Fn()) {
    f();
}

fn run(stack: &Stack) {
    let luid = stack.luid("Ethernet").expect("a home machine has it");
    let time = |name: &str, f: &dyn Fn()| {
        // The first call of a place looks up its line, which takes milliseconds: it is not counted.
        f();
        let best = (0..50).map(|_| {
            let start = Instant::now();
            counted(f);
            start.elapsed()
        });
        let best = best.min().unwrap_or_default();
        let nanoseconds = best.as_nanos() / u128::from(CALLS);
        use std::io::Write as _;
        let _ = writeln!(std::io::stdout(), "{name:<12} {nanoseconds:>6} ns a call");
    };
    time("safe_port", &|| measure_safe_port(stack));
    time("abi_port", &measure_abi_port);
    time("safe_entry", &|| measure_safe_entry(stack, luid));
    time("abi_entry", &|| measure_abi_entry(luid));
}

fn main() {
    let manual = std::env::args().any(|argument| argument == "manual");
    let mode = if manual { Mode::Manual } else { Mode::Controlled };
    let stack = builder().mode(mode).build();
    stack.record(false);
    let _bound = bind(&stack);
    run(&stack);
}
