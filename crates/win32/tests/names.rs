//! Every export is the function of its name: what the stack's log has of a call is what was called, from this line, with the
//! code that was returned.
#![allow(
    clippy::undocumented_unsafe_blocks,
    reason = "every call keeps to its page, and says so by being a test"
)]

use std::collections::BTreeSet;
use std::ptr::{null, null_mut};

use netiosim_win32::export as abi;
use netiosim_win32::sim::model::function::Function;
use netiosim_win32::sim::{OnDeadlock, Stack};
use netiosim_win32::{SENTINEL, bind, builder};

/// Calls functions with NULL for every pointer and zero for every number; of those that return nothing the code is 0.
macro_rules! calls {
    ($($name:ident($($argument:expr),*) $(=> $code:expr)?;)*) => {
        &[$((stringify!($name), {
            fn call() -> u32 {
                #[allow(clippy::let_unit_value, reason = "some return nothing")]
                // SAFETY: NULL is legal everywhere, if only to be refused.
                let answer = unsafe { abi::$name($($argument),*) };
                calls!(@code answer $(, $code)?)
            }
            call as fn() -> u32
        })),*]
    };
    (@code $answer:ident) => { $answer as u32 };
    (@code $answer:ident, $code:expr) => {{
        let () = $answer;
        $code
    }};
}

type NamedCall = (&'static str, fn() -> u32);

const CALLS: &[NamedCall] = calls! {
    NotifyTeredoPortChange(None, null(), 0, null_mut());
    NotifyIpInterfaceChange(0, None, null(), 0, null_mut());
    NotifyUnicastIpAddressChange(0, None, null(), 0, null_mut());
    NotifyRouteChange2(0, None, null(), 0, null_mut());
    NotifyStableUnicastIpAddressTable(0, null_mut(), None, null(), null_mut());
    NotifyNetworkConnectivityHintChange(None, null(), 0, null_mut());
    CancelMibChangeNotify2(null_mut());
    NotifyAddrChange(null_mut(), std::ptr::dangling());
    NotifyRouteChange(null_mut(), std::ptr::dangling());
    CancelIPChangeNotify(null());
    GetTeredoPort(null_mut());
    GetIpInterfaceEntry(null_mut());
    GetIpInterfaceTable(0, null_mut());
    SetIpInterfaceEntry(null_mut());
    InitializeIpInterfaceEntry(null_mut()) => 0;
    GetIfEntry2(null_mut());
    GetIfEntry2Ex(0, null_mut());
    GetIfTable2(null_mut());
    GetIfTable2Ex(0, null_mut());
    GetIfStackTable(null_mut());
    GetInvertedIfStackTable(null_mut());
    FreeMibTable(null()) => 0;
    GetUnicastIpAddressEntry(null_mut());
    GetUnicastIpAddressTable(0, null_mut());
    CreateUnicastIpAddressEntry(null());
    SetUnicastIpAddressEntry(null());
    DeleteUnicastIpAddressEntry(null());
    InitializeUnicastIpAddressEntry(null_mut()) => 0;
    GetAnycastIpAddressEntry(null_mut());
    GetAnycastIpAddressTable(0, null_mut());
    CreateAnycastIpAddressEntry(null());
    DeleteAnycastIpAddressEntry(null());
    GetMulticastIpAddressEntry(null_mut());
    GetMulticastIpAddressTable(0, null_mut());
    GetIpForwardEntry2(null_mut());
    GetIpForwardTable2(0, null_mut());
    CreateIpForwardEntry2(null());
    SetIpForwardEntry2(null());
    DeleteIpForwardEntry2(null());
    InitializeIpForwardEntry(null_mut()) => 0;
    GetBestRoute2(null(), 0, null(), null(), 0, null_mut(), null_mut());
    GetBestInterface(0, null_mut());
    GetBestInterfaceEx(null(), null_mut());
    GetIpNetEntry2(null_mut());
    GetIpNetTable2(0, null_mut());
    CreateIpNetEntry2(null());
    SetIpNetEntry2(null());
    DeleteIpNetEntry2(null());
    GetNetworkConnectivityHint(null_mut());
    GetNetworkConnectivityHintForInterface(0, null_mut());
    GetAdaptersAddresses(0, 0, null(), null_mut(), null_mut());
    GetAdaptersInfo(null_mut(), null_mut());
    GetNumberOfInterfaces(null_mut());
    ConvertInterfaceAliasToLuid(null(), null_mut());
    ConvertInterfaceGuidToLuid(null(), null_mut());
    ConvertInterfaceIndexToLuid(0, null_mut());
    ConvertInterfaceLuidToAlias(null(), null_mut(), 0);
    ConvertInterfaceLuidToGuid(null(), null_mut());
    ConvertInterfaceLuidToIndex(null(), null_mut());
    ConvertInterfaceLuidToNameA(null(), null_mut(), 0);
    ConvertInterfaceLuidToNameW(null(), null_mut(), 0);
    ConvertInterfaceNameToLuidA(null(), null_mut());
    ConvertInterfaceNameToLuidW(null(), null_mut());
    ConvertIpv4MaskToLength(0, null_mut());
    ConvertLengthToIpv4Mask(0, null_mut());
};

fn stack() -> Stack {
    builder().on_deadlock(OnDeadlock::Error).build()
}

#[test]
fn each_calls_its_own_function_from_here_and_returns_its_code() {
    let stack = stack();
    let _bound = bind(&stack);
    for (name, call) in CALLS {
        let code = call();
        let logged = stack.calls().pop().expect("a call is logged");
        assert_eq!(logged.function.name(), *name);
        assert_eq!(logged.code, Some(code), "{name}");
        let place = logged.place.expect("a call has a place");
        assert!(place.contains("names.rs:"), "{name}: {place}");
        if cfg!(any(target_os = "linux", target_os = "macos")) {
            assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(SENTINEL), "{name}");
        }
    }
    let _ = stack.take_findings();
}

#[test]
fn no_function_is_left_out() {
    // Names of the C library, which are exported with the feature `compat` only.
    let apart = [Function::IfIndextoname, Function::IfNametoindex];
    let called: BTreeSet<&str> = CALLS.iter().map(|(name, _)| *name).collect();
    let all: BTreeSet<&str> =
        Function::ALL.iter().filter(|f| !apart.contains(f)).map(|f| f.name()).collect();
    assert_eq!(called, all);
}
