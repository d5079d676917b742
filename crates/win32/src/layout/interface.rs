//! MIB_IF_ROW2, the rows of the interface stack, and the texts and GUIDs in them.

use std::mem::offset_of;

use netiosim_sim::model::net::{Guid, Luid};
use netiosim_sim::model::row::{IfRow, IfStackRow, InvertedIfStackRow};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IF_ROW2, MIB_IFSTACK_ROW, MIB_INVERTEDIFSTACK_ROW,
};
use windows_sys::core::GUID;

use super::net::{padded, physical};
use super::{Layout, get, put};

/// A GUID as the model has it.
pub fn guid(value: GUID) -> Guid {
    let [a, b, c, d, e, f, g, h] = value.data4;
    let tail = u64::from_be_bytes([a, b, c, d, e, f, g, h]);
    let head = u64::from(value.data1) << 32 | u64::from(value.data2) << 16 | u64::from(value.data3);
    Guid(u128::from(head) << 64 | u128::from(tail))
}

/// A GUID as the structure.
pub fn from_guid(value: Guid) -> GUID {
    GUID::from_u128(value.0)
}

/// The text before the terminator.
pub(crate) fn text(units: &[u16]) -> String {
    let end = units.iter().position(|unit| *unit == 0).unwrap_or(units.len());
    String::from_utf16_lossy(&units[..end])
}

/// A text with its terminator and zeros behind; what does not fit is cut off.
pub(crate) fn wide<const N: usize>(text: &str) -> [u16; N] {
    let mut units = [0; N];
    for (to, unit) in units[..N - 1].iter_mut().zip(text.encode_utf16()) {
        *to = unit;
    }
    units
}

macro_rules! numbers {
    ($visit:ident) => {
        $visit! {
            number mtu Mtu; number if_type Type; word tunnel_type TunnelType; word media_type MediaType;
            word physical_medium_type PhysicalMediumType; word access_type AccessType;
            word direction_type DirectionType; word oper_status OperStatus; word admin_status AdminStatus;
            word media_connect_state MediaConnectState; word connection_type ConnectionType;
            number transmit_link_speed TransmitLinkSpeed; number receive_link_speed ReceiveLinkSpeed;
            number in_octets InOctets; number in_ucast_pkts InUcastPkts; number in_nucast_pkts InNUcastPkts;
            number in_discards InDiscards; number in_errors InErrors;
            number in_unknown_protos InUnknownProtos; number in_ucast_octets InUcastOctets;
            number in_multicast_octets InMulticastOctets; number in_broadcast_octets InBroadcastOctets;
            number out_octets OutOctets; number out_ucast_pkts OutUcastPkts;
            number out_nucast_pkts OutNUcastPkts; number out_discards OutDiscards;
            number out_errors OutErrors; number out_ucast_octets OutUcastOctets;
            number out_multicast_octets OutMulticastOctets; number out_broadcast_octets OutBroadcastOctets;
            number out_qlen OutQLen; number physical_address_length PhysicalAddressLength;
        }
    };
}

/// The flags of InterfaceAndOperStatusFlags, from the lowest bit.
macro_rules! flags {
    ($visit:ident) => {
        $visit! {
            0 hardware_interface; 1 filter_interface; 2 connector_present; 3 not_authenticated;
            4 not_media_connected; 5 paused; 6 low_power; 7 end_point_interface;
        }
    };
}

impl Layout for MIB_IF_ROW2 {
    type Row = IfRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceIndex) + 4;

    unsafe fn read(row: *const Self) -> IfRow {
        // SAFETY: the caller's.
        unsafe {
            let bits = get!(row.InterfaceAndOperStatusFlags._bitfield);
            let length = get!(row.PhysicalAddressLength);
            let mut value = IfRow {
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                guid: guid(get!(row.InterfaceGuid)),
                alias: text(&get!(row.Alias)),
                description: text(&get!(row.Description)),
                physical_address: physical(&get!(row.PhysicalAddress), length),
                permanent_physical_address: physical(&get!(row.PermanentPhysicalAddress), length),
                network_guid: guid(get!(row.NetworkGuid)),
                ..IfRow::default()
            };
            macro_rules! visit {
                ($($kind:ident $field:ident $member:ident;)*) => {
                    $(value.$field = visit!(@$kind get!(row.$member));)*
                };
                (@number $value:expr) => { $value };
                (@word $value:expr) => { $value as u32 };
            }
            numbers!(visit);
            macro_rules! visit_flags {
                ($($bit:literal $field:ident;)*) => { $(value.$field = bits & (1 << $bit) != 0;)* };
            }
            flags!(visit_flags);
            value
        }
    }

    unsafe fn read_keys(row: *const Self) -> IfRow {
        // SAFETY: the caller's.
        unsafe {
            IfRow {
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                ..IfRow::default()
            }
        }
    }

    unsafe fn write(value: &IfRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.InterfaceGuid = from_guid(value.guid));
            put!(row.Alias = wide(&value.alias));
            put!(row.Description = wide(&value.description));
            put!(row.PhysicalAddress = padded(&value.physical_address));
            put!(row.PermanentPhysicalAddress = padded(&value.permanent_physical_address));
            put!(row.NetworkGuid = from_guid(value.network_guid));
            macro_rules! visit {
                ($($kind:ident $field:ident $member:ident;)*) => {
                    $(put!(row.$member = visit!(@$kind value.$field));)*
                };
                (@number $value:expr) => { $value };
                (@word $value:expr) => { $value as i32 };
            }
            numbers!(visit);
            let mut bits = 0;
            macro_rules! visit_flags {
                ($($bit:literal $field:ident;)*) => { $(bits |= u8::from(value.$field) << $bit;)* };
            }
            flags!(visit_flags);
            put!(row.InterfaceAndOperStatusFlags._bitfield = bits);
        }
    }

    unsafe fn write_keys(value: &IfRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            put!(row.InterfaceLuid.Value = value.luid.0);
            put!(row.InterfaceIndex = value.index);
        }
    }
}

impl Layout for MIB_IFSTACK_ROW {
    type Row = IfStackRow;

    const KEYS_END: usize = size_of::<Self>();

    unsafe fn read(row: *const Self) -> IfStackRow {
        // SAFETY: the caller's.
        unsafe {
            IfStackRow {
                higher: get!(row.HigherLayerInterfaceIndex),
                lower: get!(row.LowerLayerInterfaceIndex),
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> IfStackRow {
        // SAFETY: the caller's.
        unsafe { Self::read(row) }
    }

    unsafe fn write(value: &IfStackRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            put!(row.HigherLayerInterfaceIndex = value.higher);
            put!(row.LowerLayerInterfaceIndex = value.lower);
        }
    }

    unsafe fn write_keys(value: &IfStackRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe { Self::write(value, row) }
    }
}

impl Layout for MIB_INVERTEDIFSTACK_ROW {
    type Row = InvertedIfStackRow;

    const KEYS_END: usize = size_of::<Self>();

    unsafe fn read(row: *const Self) -> InvertedIfStackRow {
        // SAFETY: the caller's.
        unsafe {
            InvertedIfStackRow {
                lower: get!(row.LowerLayerInterfaceIndex),
                higher: get!(row.HigherLayerInterfaceIndex),
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> InvertedIfStackRow {
        // SAFETY: the caller's.
        unsafe { Self::read(row) }
    }

    unsafe fn write(value: &InvertedIfStackRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            put!(row.LowerLayerInterfaceIndex = value.lower);
            put!(row.HigherLayerInterfaceIndex = value.higher);
        }
    }

    unsafe fn write_keys(value: &InvertedIfStackRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe { Self::write(value, row) }
    }
}
