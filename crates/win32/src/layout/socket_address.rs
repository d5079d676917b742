//! SOCKADDR_INET.

use std::net::{Ipv4Addr, Ipv6Addr};

use netiosim_sim::model::net::{AF_INET, AF_INET6, AF_UNSPEC};
use netiosim_sim::model::row::SocketAddress;
use windows_sys::Win32::Networking::WinSock::SOCKADDR_INET;

use super::{get, put};

/// Reads a SOCKADDR_INET; of a family that is none of the three only the number.
///
/// # Safety
///
/// `at` points to as many readable bytes as the family's structure has; it need not be aligned.
pub unsafe fn read_address(at: *const SOCKADDR_INET) -> SocketAddress {
    // SAFETY: the caller's.
    unsafe {
        match get!(at.si_family) {
            AF_UNSPEC => SocketAddress::Unspecified,
            AF_INET => {
                let address = get!(at.Ipv4.sin_addr);
                SocketAddress::V4(Ipv4Addr::from(address.S_un.S_addr.to_ne_bytes()))
            }
            AF_INET6 => SocketAddress::V6 {
                address: Ipv6Addr::from(get!(at.Ipv6.sin6_addr).u.Byte),
                scope_id: get!(at.Ipv6.Anonymous).sin6_scope_id,
            },
            other => SocketAddress::Other(other),
        }
    }
}

/// Writes a SOCKADDR_INET, all 28 bytes of it.
///
/// # Safety
///
/// `at` points to as many writable bytes as the structure has; it need not be aligned.
pub unsafe fn write_address(address: SocketAddress, at: *mut SOCKADDR_INET) {
    // SAFETY: the caller's.
    unsafe {
        at.cast::<u8>().write_bytes(0, size_of::<SOCKADDR_INET>());
        put!(at.si_family = address.family_number());
        match address {
            SocketAddress::V4(address) => {
                put!(at.Ipv4.sin_addr.S_un.S_addr = u32::from_ne_bytes(address.octets()));
            }
            SocketAddress::V6 { address, scope_id } => {
                put!(at.Ipv6.sin6_addr.u.Byte = address.octets());
                put!(at.Ipv6.Anonymous.sin6_scope_id = scope_id);
            }
            SocketAddress::Unspecified | SocketAddress::Other(_) => {}
        }
    }
}
