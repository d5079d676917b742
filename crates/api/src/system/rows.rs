//! The system's rows, read member by member.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IF_ROW2, MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW,
};
use windows_sys::Win32::Networking::WinSock::{AF_INET, AF_INET6, SOCKADDR_INET};
use windows_sys::core::GUID;

use crate::{
    Address, DadState, Family, Guid, Interface, IpInterface, IpInterfaceKey, Luid, MediaState,
    OperStatus, Route, RouteKey, UnicastAddress, UnicastKey,
};

/// ERROR_INVALID_DATA: a call went well, and what it wrote makes no sense.
pub(super) const INVALID_DATA: u32 = 13;

/// A type of ours that is read from a row of the system's.
pub(super) trait Filled: Sized {
    /// The row.
    type Raw;

    /// Reads the whole row; `None` when it is of an address family that is neither.
    ///
    /// # Safety
    ///
    /// `row` leads to a row that every member of is initialized.
    unsafe fn read(row: *const Self::Raw) -> Option<Self>;
}

/// Keys of ours that are read from a row of the system's.
pub(super) trait Keys: Sized {
    /// The row.
    type Raw;

    /// Reads the keys and nothing else; `None` when they are of an address family that is neither.
    ///
    /// # Safety
    ///
    /// `row` leads to a row whose keys are initialized.
    unsafe fn keys(row: *const Self::Raw) -> Option<Self>;
}

/// The structures that functions fill in.
///
/// # Safety
///
/// All zeros is a value of the type.
pub(super) unsafe trait Zeroes {}

// SAFETY: numbers, unions of numbers and BOOLEANs.
unsafe impl Zeroes for MIB_IF_ROW2 {}
// SAFETY: as above.
unsafe impl Zeroes for MIB_IPINTERFACE_ROW {}
// SAFETY: as above.
unsafe impl Zeroes for MIB_UNICASTIPADDRESS_ROW {}
// SAFETY: as above.
unsafe impl Zeroes for MIB_IPFORWARD_ROW2 {}
// SAFETY: as above.
unsafe impl Zeroes for SOCKADDR_INET {}

/// A structure to be filled in.
pub(super) fn zeroed<T: Zeroes>() -> T {
    // SAFETY: the trait says that all zeros is a value.
    unsafe { std::mem::zeroed() }
}

/// A BOOLEAN, which is a byte and true unless it is 0.
macro_rules! boolean {
    ($place:expr) => {
        (&raw const $place).cast::<u8>().read() != 0
    };
}

/// The address of a SOCKADDR_INET; `None` when its family is neither.
///
/// # Safety
///
/// `from` leads to an initialized SOCKADDR_INET.
pub(super) unsafe fn address(from: *const SOCKADDR_INET) -> Option<Address> {
    // SAFETY: the caller says that it is initialized; every member of the union is made of numbers.
    unsafe {
        match (*from).si_family {
            AF_INET => {
                let octets = (*from).Ipv4.sin_addr.S_un.S_addr.to_ne_bytes();
                Some(Address::from(IpAddr::V4(Ipv4Addr::from(octets))))
            }
            AF_INET6 => {
                let octets = (*from).Ipv6.sin6_addr.u.Byte;
                let scope_id = (*from).Ipv6.Anonymous.sin6_scope_id;
                Some(Address { ip: IpAddr::V6(Ipv6Addr::from(octets)), scope_id })
            }
            _ => None,
        }
    }
}

/// An address as a SOCKADDR_INET.
pub(super) fn sockaddr(address: Address) -> SOCKADDR_INET {
    let mut to = zeroed::<SOCKADDR_INET>();
    // All members of the union are zero, and writing one is safe.
    match address.ip {
        IpAddr::V4(ip) => {
            to.Ipv4.sin_family = AF_INET;
            to.Ipv4.sin_addr.S_un.S_addr = u32::from_ne_bytes(ip.octets());
        }
        IpAddr::V6(ip) => {
            to.Ipv6.sin6_family = AF_INET6;
            to.Ipv6.sin6_addr.u.Byte = ip.octets();
            to.Ipv6.Anonymous.sin6_scope_id = address.scope_id;
        }
    }
    to
}

/// A text up to its NUL, in a member of fixed size.
fn text(units: &[u16]) -> String {
    let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    String::from_utf16_lossy(&units[..end])
}

fn guid(guid: &GUID) -> Guid {
    let GUID { data1, data2, data3, data4 } = *guid;
    let high = (u128::from(data1) << 96) | (u128::from(data2) << 80) | (u128::from(data3) << 64);
    Guid(high | u128::from(u64::from_be_bytes(data4)))
}

impl Filled for Interface {
    type Raw = MIB_IF_ROW2;

    unsafe fn read(row: *const MIB_IF_ROW2) -> Option<Self> {
        // SAFETY: the caller says that the row is initialized, and the type has no BOOLEAN: every bit pattern is
        // a value.
        let row = unsafe { &*row };
        // SAFETY: the union is one number, whichever way it is read.
        let luid = Luid(unsafe { row.InterfaceLuid.Value });
        let length = (row.PhysicalAddressLength as usize).min(row.PhysicalAddress.len());
        Some(Self {
            luid,
            index: row.InterfaceIndex,
            guid: guid(&row.InterfaceGuid),
            alias: text(&row.Alias),
            description: text(&row.Description),
            physical_address: row.PhysicalAddress[..length].to_vec(),
            mtu: row.Mtu,
            if_type: row.Type,
            tunnel_type: row.TunnelType.cast_unsigned(),
            oper_status: OperStatus::from_number(row.OperStatus.cast_unsigned()),
            admin_up: row.AdminStatus == 1,
            media: MediaState::from_number(row.MediaConnectState.cast_unsigned()),
            transmit_link_speed_bps: row.TransmitLinkSpeed,
            receive_link_speed_bps: row.ReceiveLinkSpeed,
        })
    }
}

impl Keys for IpInterfaceKey {
    type Raw = MIB_IPINTERFACE_ROW;

    unsafe fn keys(row: *const MIB_IPINTERFACE_ROW) -> Option<Self> {
        // SAFETY: the three members are the keys, and numbers.
        let (family, luid, index) =
            unsafe { ((*row).Family, (*row).InterfaceLuid.Value, (*row).InterfaceIndex) };
        Some(Self { family: Family::from_number(family)?, luid: Luid(luid), index })
    }
}

impl Filled for IpInterface {
    type Raw = MIB_IPINTERFACE_ROW;

    unsafe fn read(row: *const MIB_IPINTERFACE_ROW) -> Option<Self> {
        // SAFETY: the caller says that every member is initialized.
        unsafe {
            Some(Self {
                key: IpInterfaceKey::keys(row)?,
                connected: boolean!((*row).Connected),
                metric: (*row).Metric,
                automatic_metric: boolean!((*row).UseAutomaticMetric),
                mtu: (*row).NlMtu,
                forwarding_enabled: boolean!((*row).ForwardingEnabled),
                default_routes_disabled: boolean!((*row).DisableDefaultRoutes),
                dad_transmits: (*row).DadTransmits,
            })
        }
    }
}

impl Keys for UnicastKey {
    type Raw = MIB_UNICASTIPADDRESS_ROW;

    unsafe fn keys(row: *const MIB_UNICASTIPADDRESS_ROW) -> Option<Self> {
        // SAFETY: the three members are the keys, and numbers.
        unsafe {
            Some(Self {
                address: address(&raw const (*row).Address)?,
                luid: Luid((*row).InterfaceLuid.Value),
                index: (*row).InterfaceIndex,
            })
        }
    }
}

impl Filled for UnicastAddress {
    type Raw = MIB_UNICASTIPADDRESS_ROW;

    unsafe fn read(row: *const MIB_UNICASTIPADDRESS_ROW) -> Option<Self> {
        // SAFETY: the caller says that every member is initialized.
        unsafe {
            Some(Self {
                key: UnicastKey::keys(row)?,
                prefix_length: (*row).OnLinkPrefixLength,
                dad_state: DadState::from_number((*row).DadState.cast_unsigned()),
                skip_as_source: boolean!((*row).SkipAsSource),
                prefix_origin: (*row).PrefixOrigin.cast_unsigned(),
                suffix_origin: (*row).SuffixOrigin.cast_unsigned(),
                valid_lifetime_s: (*row).ValidLifetime,
                preferred_lifetime_s: (*row).PreferredLifetime,
            })
        }
    }
}

impl Keys for RouteKey {
    type Raw = MIB_IPFORWARD_ROW2;

    unsafe fn keys(row: *const MIB_IPFORWARD_ROW2) -> Option<Self> {
        // SAFETY: these members are the keys, and numbers.
        unsafe {
            Some(Self {
                luid: Luid((*row).InterfaceLuid.Value),
                index: (*row).InterfaceIndex,
                destination: address(&raw const (*row).DestinationPrefix.Prefix)?,
                prefix_length: (*row).DestinationPrefix.PrefixLength,
                next_hop: address(&raw const (*row).NextHop)?,
            })
        }
    }
}

impl Filled for Route {
    type Raw = MIB_IPFORWARD_ROW2;

    unsafe fn read(row: *const MIB_IPFORWARD_ROW2) -> Option<Self> {
        // SAFETY: the caller says that every member is initialized.
        unsafe {
            Some(Self {
                key: RouteKey::keys(row)?,
                metric: (*row).Metric,
                protocol: (*row).Protocol.cast_unsigned(),
                origin: (*row).Origin.cast_unsigned(),
                loopback: boolean!((*row).Loopback),
                immortal: boolean!((*row).Immortal),
                age_s: (*row).Age,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_back_as_they_went() {
        for text in ["10.1.2.3", "fe80::1"] {
            let scope_id = if text.contains(':') { 7 } else { 0 };
            let ours = Address { ip: text.parse().expect("an address"), scope_id };
            let theirs = sockaddr(ours);
            // SAFETY: a local value.
            assert_eq!(unsafe { address(&raw const theirs) }, Some(ours));
        }
        let neither = zeroed::<SOCKADDR_INET>();
        // SAFETY: a local value.
        assert_eq!(unsafe { address(&raw const neither) }, None);
    }

    #[test]
    fn a_boolean_that_is_neither_0_nor_1_is_true() {
        let mut row = zeroed::<MIB_IPINTERFACE_ROW>();
        row.Family = AF_INET;
        // SAFETY: a byte of a local value; nothing reads it as a `bool`.
        unsafe { (&raw mut row.Connected).cast::<u8>().write(0xCC) };
        // SAFETY: a local value.
        let ours = unsafe { IpInterface::read(&raw const row) }.expect("a family");
        assert!(ours.connected && !ours.forwarding_enabled);
    }

    #[test]
    fn keys_are_read_of_a_row_that_has_nothing_else() {
        let mut row = std::mem::MaybeUninit::<MIB_UNICASTIPADDRESS_ROW>::uninit();
        let key =
            UnicastKey { address: IpAddr::from([10, 0, 0, 5]).into(), luid: Luid(5), index: 6 };
        let pointer = row.as_mut_ptr();
        // SAFETY: writes to members of a local value, reads of what was written.
        let read = unsafe {
            (&raw mut (*pointer).Address).write(sockaddr(key.address));
            (&raw mut (*pointer).InterfaceLuid.Value).write(5);
            (&raw mut (*pointer).InterfaceIndex).write(6);
            UnicastKey::keys(pointer)
        };
        assert_eq!(read, Some(key));
    }

    #[test]
    fn a_guid_reads_as_it_is_written() {
        let value = 0x0123_4567_89AB_CDEF_0123_4567_89AB_CDEF;
        assert_eq!(guid(&GUID::from_u128(value)), Guid(value));
    }
}
