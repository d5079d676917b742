//! MIB_IPINTERFACE_ROW.

use std::mem::offset_of;

use netiosim_sim::model::interface::IpRow;
use netiosim_sim::model::member::Member;
use netiosim_sim::model::net::Luid;
use netiosim_sim::model::row::IpInterfaceRow;
use windows_sys::Win32::NetworkManagement::IpHelper::MIB_IPINTERFACE_ROW;

use super::{Layout, get, put};

/// The members that are alike in both: number, flag or signed enumeration.
macro_rules! members {
    ($visit:ident) => {
        $visit! {
            number MaxReassemblySize; number InterfaceIdentifier; number MinRouterAdvertisementInterval;
            number MaxRouterAdvertisementInterval; flag AdvertisingEnabled; flag ForwardingEnabled;
            flag WeakHostSend; flag WeakHostReceive; flag UseAutomaticMetric;
            flag UseNeighborUnreachabilityDetection; flag ManagedAddressConfigurationSupported;
            flag OtherStatefulConfigurationSupported; flag AdvertiseDefaultRoute;
            word RouterDiscoveryBehavior; number DadTransmits; number BaseReachableTime;
            number RetransmitTime; number PathMtuDiscoveryTimeout; word LinkLocalAddressBehavior;
            number LinkLocalAddressTimeout; number SitePrefixLength; number Metric; number NlMtu;
            flag Connected; flag SupportsWakeUpPatterns; flag SupportsNeighborDiscovery;
            flag SupportsRouterDiscovery; number ReachableTime; flag DisableDefaultRoutes;
        }
    };
}

impl Layout for MIB_IPINTERFACE_ROW {
    type Row = IpInterfaceRow;

    const KEYS_END: usize = offset_of!(Self, InterfaceIndex) + 4;

    unsafe fn read(row: *const Self) -> IpInterfaceRow {
        let mut members = IpRow::default();
        // SAFETY: the caller's.
        unsafe {
            macro_rules! visit {
                ($($kind:ident $member:ident;)*) => {$(
                    members.set(Member::$member, visit!(@$kind $member));
                )*};
                (@number $member:ident) => { u64::from(get!(row.$member)) };
                (@word $member:ident) => { u64::from(get!(row.$member) as u32) };
                // The byte as it is: what a BOOLEAN above 1 means is not for the layout to say.
                (@flag $member:ident) => { u64::from((&raw const (*row).$member).cast::<u8>().read()) };
            }
            members!(visit);
            members.set(Member::ZoneIndices, u64::from(get!(row.ZoneIndices)[0]));
            members.set(Member::TransmitOffload, u64::from(get!(row.TransmitOffload)._bitfield));
            members.set(Member::ReceiveOffload, u64::from(get!(row.ReceiveOffload)._bitfield));
            IpInterfaceRow {
                family: get!(row.Family),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                members,
            }
        }
    }

    unsafe fn read_keys(row: *const Self) -> IpInterfaceRow {
        // SAFETY: the caller's.
        unsafe {
            IpInterfaceRow {
                family: get!(row.Family),
                luid: Luid(get!(row.InterfaceLuid.Value)),
                index: get!(row.InterfaceIndex),
                members: IpRow::default(),
            }
        }
    }

    unsafe fn write(value: &IpInterfaceRow, row: *mut Self) {
        let member = |member| value.members.get(member).unwrap_or_default();
        // SAFETY: the caller's.
        unsafe {
            Self::write_keys(value, row);
            macro_rules! visit {
                ($($kind:ident $member:ident;)*) => {$(
                    visit!(@$kind $member, member(Member::$member));
                )*};
                (@number $member:ident, $value:expr) => { put!(row.$member = $value as _) };
                (@word $member:ident, $value:expr) => { put!(row.$member = $value as u32 as i32) };
                (@flag $member:ident, $value:expr) => {
                    (&raw mut (*row).$member).cast::<u8>().write($value as u8)
                };
            }
            members!(visit);
            put!(row.ZoneIndices = [member(Member::ZoneIndices) as u32; 16]);
            put!(row.TransmitOffload._bitfield = member(Member::TransmitOffload) as u8);
            put!(row.ReceiveOffload._bitfield = member(Member::ReceiveOffload) as u8);
        }
    }

    unsafe fn write_keys(value: &IpInterfaceRow, row: *mut Self) {
        // SAFETY: the caller's.
        unsafe {
            put!(row.Family = value.family);
            put!(row.InterfaceLuid.Value = value.luid.0);
            put!(row.InterfaceIndex = value.index);
        }
    }
}
