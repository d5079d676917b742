//! GetBestRoute2 and the older pair.

use std::net::Ipv4Addr;

use netiosim_sim::model::api::{Call, Output};
use netiosim_sim::model::function::Function;
use netiosim_sim::model::net::Luid;
use netiosim_sim::model::row::SocketAddress;
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_IPFORWARD_ROW2;
use windows_sys::Win32::NetworkManagement::Ndis::NET_LUID_LH;
use windows_sys::Win32::Networking::WinSock::{SOCKADDR, SOCKADDR_INET};

use super::ask;
use super::macros::exports;
use crate::layout::{Layout, read_address, write_address};

unsafe fn address(at: *const SOCKADDR_INET) -> Option<SocketAddress> {
    // SAFETY: the caller's.
    (!at.is_null()).then(|| unsafe { read_address(at) })
}

unsafe fn interface(
    function: Function,
    destination: Option<SocketAddress>,
    out: *mut u32,
    caller: usize,
) -> u32 {
    let call = Call::BestInterface { function, destination, pointer: !out.is_null() };
    ask(&call, caller, |_, output| {
        if let Output::Index(index) = output {
            // SAFETY: the caller's; the model gives no index where there is no place for it.
            unsafe { out.write_unaligned(index) };
        }
    })
}

exports! {
    /// GetBestInterface: the index of the interface with the best route to an IPv4 address.
    [2] fn GetBestInterface(caller; destination: u32, out: *mut u32) -> u32 {
        let destination = SocketAddress::V4(Ipv4Addr::from(destination.to_ne_bytes()));
        // SAFETY: the caller's.
        unsafe { interface(Function::GetBestInterface, Some(destination), out, caller) }
    }

    /// GetBestInterfaceEx: the same for an address of either family.
    [2] fn GetBestInterfaceEx(caller; destination: *const SOCKADDR, out: *mut u32) -> u32 {
        // SAFETY: the caller's: as long as its family's structure is.
        unsafe { interface(Function::GetBestInterfaceEx, address(destination.cast()), out, caller) }
    }
}

/// GetBestRoute2: the best route to a destination, and the source address that goes with it.
#[inline(never)]
#[cfg_attr(any(not(windows), feature = "dll"), unsafe(no_mangle))]
#[allow(clippy::too_many_arguments, reason = "the parameters are the page's")]
pub unsafe extern "system" fn GetBestRoute2(
    luid: *const NET_LUID_LH,
    index: u32,
    source: *const SOCKADDR_INET,
    destination: *const SOCKADDR_INET,
    sort_options: u32,
    route: *mut MIB_IPFORWARD_ROW2,
    best_source: *mut SOCKADDR_INET,
) -> u32 {
    #[cfg(windows)]
    if let Some(system) = crate::windows::system::instead("GetBestRoute2\0") {
        type Real = unsafe extern "system" fn(
            *const NET_LUID_LH,
            u32,
            *const SOCKADDR_INET,
            *const SOCKADDR_INET,
            u32,
            *mut MIB_IPFORWARD_ROW2,
            *mut SOCKADDR_INET,
        ) -> u32;
        // SAFETY: the system's function of this name has these parameters and this result.
        let system: Real = unsafe { std::mem::transmute(system) };
        // SAFETY: the caller's.
        return unsafe {
            system(luid, index, source, destination, sort_options, route, best_source)
        };
    }
    // Seven parameters: no register is left for the return address.
    let caller = crate::origin::walk(GetBestRoute2 as *const () as usize);
    // SAFETY: the caller's.
    let call = unsafe {
        Call::BestRoute {
            luid: (!luid.is_null()).then(|| Luid(luid.cast::<u64>().read_unaligned())),
            index,
            source: address(source),
            destination: address(destination),
            sort_options,
            route_pointer: !route.is_null(),
            source_pointer: !best_source.is_null(),
        }
    };
    ask(&call, caller, |_, output| {
        if let Output::BestRoute(row, address) = output {
            // SAFETY: the caller's; NULL pointers are left alone.
            unsafe {
                if !route.is_null() {
                    Layout::write(&*row, route);
                }
                if !best_source.is_null() {
                    write_address(address, best_source);
                }
            }
        }
    })
}
