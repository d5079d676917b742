//! The rows of addresses, routes and neighbours.

use std::mem::offset_of;

use netiosim_sim::model::net::Luid;
use netiosim_sim::model::row::{AnycastRow, ForwardRow, MulticastRow, NeighbourRow, UnicastRow};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_ANYCASTIPADDRESS_ROW, MIB_IPFORWARD_ROW2, MIB_IPNET_ROW2, MIB_MULTICASTIPADDRESS_ROW,
    MIB_UNICASTIPADDRESS_ROW,
};

use super::{Layout, flag, get, put, read_address, write_address};

impl Layout for MIB_UNICASTIPADDRESS_ROW {
    type Row = UnicastRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceIndex) + 4;

    unsafe fn read(row: *const Self) -> UnicastRow {
        // SAFETY: the caller's.
        unsafe {
            UnicastRow {
                address: read_address(&raw const (*row).Address),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                prefix_origin: get!(row.PrefixOrigin) as u32,
                suffix_origin: get!(row.SuffixOrigin) as u32,
                valid_lifetime: get!(row.ValidLifetime),
                preferred_lifetime: get!(row.PreferredLifetime),
                on_link_prefix_length: get!(row.OnLinkPrefixLength),
                skip_as_source: flag!(row.SkipAsSource),
                dad_state: get!(row.DadState) as u32,
                scope_id: get!(row.ScopeId.Anonymous.Value),
                creation_time_stamp: get!(row.CreationTimeStamp) as u64,
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> UnicastRow {
        // SAFETY: the caller's.
        unsafe {
            UnicastRow {
                address: read_address(&raw const (*row).Address),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                ..UnicastRow::default()
            }
        }
    }

    unsafe fn write(value: &UnicastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.PrefixOrigin = value.prefix_origin as i32);
            put!(row.SuffixOrigin = value.suffix_origin as i32);
            put!(row.ValidLifetime = value.valid_lifetime);
            put!(row.PreferredLifetime = value.preferred_lifetime);
            put!(row.OnLinkPrefixLength = value.on_link_prefix_length);
            put!(row.SkipAsSource = value.skip_as_source);
            put!(row.DadState = value.dad_state as i32);
            put!(row.ScopeId.Anonymous.Value = value.scope_id);
            put!(row.CreationTimeStamp = value.creation_time_stamp as i64);
        }
    }

    unsafe fn write_keys(value: &UnicastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            write_address(value.address, &raw mut (*row).Address);
            put!(row.InterfaceLuid.Value = value.luid.0);
            put!(row.InterfaceIndex = value.index);
        }
    }
}

impl Layout for MIB_ANYCASTIPADDRESS_ROW {
    type Row = AnycastRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceIndex) + 4;

    unsafe fn read(row: *const Self) -> AnycastRow {
        // SAFETY: the caller's.
        unsafe {
            AnycastRow {
                address: read_address(&raw const (*row).Address),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                scope_id: get!(row.ScopeId.Anonymous.Value),
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> AnycastRow {
        // SAFETY: the caller's.
        unsafe {
            AnycastRow {
                address: read_address(&raw const (*row).Address),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                ..AnycastRow::default()
            }
        }
    }

    unsafe fn write(value: &AnycastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.ScopeId.Anonymous.Value = value.scope_id);
        }
    }

    unsafe fn write_keys(value: &AnycastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            write_address(value.address, &raw mut (*row).Address);
            put!(row.InterfaceLuid.Value = value.luid.0);
            put!(row.InterfaceIndex = value.index);
        }
    }
}

impl Layout for MIB_MULTICASTIPADDRESS_ROW {
    type Row = MulticastRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceLuid) + 8;

    unsafe fn read(row: *const Self) -> MulticastRow {
        // SAFETY: the caller's.
        unsafe {
            MulticastRow {
                address: read_address(&raw const (*row).Address),
                index: get!(row.InterfaceIndex),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                scope_id: get!(row.ScopeId.Anonymous.Value),
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> MulticastRow {
        // SAFETY: the caller's.
        unsafe {
            MulticastRow {
                address: read_address(&raw const (*row).Address),
                index: get!(row.InterfaceIndex),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                ..MulticastRow::default()
            }
        }
    }

    unsafe fn write(value: &MulticastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.ScopeId.Anonymous.Value = value.scope_id);
        }
    }

    unsafe fn write_keys(value: &MulticastRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            write_address(value.address, &raw mut (*row).Address);
            put!(row.InterfaceIndex = value.index);
            put!(row.InterfaceLuid.Value = value.luid.0);
        }
    }
}

impl Layout for MIB_IPFORWARD_ROW2 {
    type Row = ForwardRow;

    const KEYS_END: usize = offset_of!(Self, NextHop) + 28;

    unsafe fn read(row: *const Self) -> ForwardRow {
        // SAFETY: the caller's.
        unsafe {
            ForwardRow {
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                destination: read_address(&raw const (*row).DestinationPrefix.Prefix),
                prefix_length: get!(row.DestinationPrefix.PrefixLength),
                next_hop: read_address(&raw const (*row).NextHop),
                site_prefix_length: get!(row.SitePrefixLength),
                valid_lifetime: get!(row.ValidLifetime),
                preferred_lifetime: get!(row.PreferredLifetime),
                metric: get!(row.Metric),
                protocol: get!(row.Protocol) as u32,
                loopback: flag!(row.Loopback),
                autoconfigure_address: flag!(row.AutoconfigureAddress),
                publish: flag!(row.Publish),
                immortal: flag!(row.Immortal),
                age: get!(row.Age),
                origin: get!(row.Origin) as u32,
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> ForwardRow {
        // SAFETY: the caller's.
        unsafe {
            ForwardRow {
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                destination: read_address(&raw const (*row).DestinationPrefix.Prefix),
                prefix_length: get!(row.DestinationPrefix.PrefixLength),
                next_hop: read_address(&raw const (*row).NextHop),
                ..ForwardRow::default()
            }
        }
    }

    unsafe fn write(value: &ForwardRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.SitePrefixLength = value.site_prefix_length);
            put!(row.ValidLifetime = value.valid_lifetime);
            put!(row.PreferredLifetime = value.preferred_lifetime);
            put!(row.Metric = value.metric);
            put!(row.Protocol = value.protocol as i32);
            put!(row.Loopback = value.loopback);
            put!(row.AutoconfigureAddress = value.autoconfigure_address);
            put!(row.Publish = value.publish);
            put!(row.Immortal = value.immortal);
            put!(row.Age = value.age);
            put!(row.Origin = value.origin as i32);
        }
    }

    unsafe fn write_keys(value: &ForwardRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            put!(row.InterfaceLuid.Value = value.luid.0);
            put!(row.InterfaceIndex = value.index);
            write_address(value.destination, &raw mut (*row).DestinationPrefix.Prefix);
            put!(row.DestinationPrefix.PrefixLength = value.prefix_length);
            write_address(value.next_hop, &raw mut (*row).NextHop);
        }
    }
}

/// IsRouter and IsUnreachable, in the flags of MIB_IPNET_ROW2.
const IS_ROUTER: u8 = 1;
const IS_UNREACHABLE: u8 = 2;

impl Layout for MIB_IPNET_ROW2 {
    type Row = NeighbourRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceLuid) + 8;

    unsafe fn read(row: *const Self) -> NeighbourRow {
        // SAFETY: the caller's.
        unsafe {
            let length = get!(row.PhysicalAddressLength);
            let flags = get!(row.Anonymous.Flags);
            NeighbourRow {
                address: read_address(&raw const (*row).Address),
                index: get!(row.InterfaceIndex),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                physical_address: physical(&get!(row.PhysicalAddress), length),
                physical_address_length: length,
                state: get!(row.State) as u32,
                is_router: flags & IS_ROUTER != 0,
                is_unreachable: flags & IS_UNREACHABLE != 0,
                reachability_time: get!(row.ReachabilityTime.LastReachable),
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> NeighbourRow {
        // SAFETY: the caller's.
        unsafe {
            NeighbourRow {
                address: read_address(&raw const (*row).Address),
                index: get!(row.InterfaceIndex),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                ..NeighbourRow::default()
            }
        }
    }

    unsafe fn write(value: &NeighbourRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            put!(row.PhysicalAddress = padded(&value.physical_address));
            put!(row.PhysicalAddressLength = value.physical_address_length);
            put!(row.State = value.state as i32);
            let router = if value.is_router { IS_ROUTER } else { 0 };
            let unreachable = if value.is_unreachable { IS_UNREACHABLE } else { 0 };
            put!(row.Anonymous.Flags = router | unreachable);
            put!(row.ReachabilityTime.LastReachable = value.reachability_time);
        }
    }

    unsafe fn write_keys(value: &NeighbourRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            write_address(value.address, &raw mut (*row).Address);
            put!(row.InterfaceIndex = value.index);
            put!(row.InterfaceLuid.Value = value.luid.0);
        }
    }
}

/// As much of a physical address as is used.
pub(super) fn physical(bytes: &[u8; 32], length: u32) -> Vec<u8> {
    let used = usize::try_from(length).unwrap_or(bytes.len()).min(bytes.len());
    bytes[..used].to_vec()
}

/// A physical address with the unused rest, which is zero.
pub(super) fn padded(used: &[u8]) -> [u8; 32] {
    let mut bytes = [0; 32];
    let length = used.len().min(bytes.len());
    bytes[..length].copy_from_slice(&used[..length]);
    bytes
}
