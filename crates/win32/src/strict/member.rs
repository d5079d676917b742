//! Which member of a row lies at an offset.

use std::mem::offset_of;

use netiosim_sim::model::row::{Field, RowType};
use windows_sys::Win32::NetworkManagement::IpHelper::{
    MIB_IPFORWARD_ROW2, MIB_IPINTERFACE_ROW, MIB_UNICASTIPADDRESS_ROW,
};

/// Offset and name of every member, in the order of the structure.
type Members = &'static [(usize, &'static str)];

macro_rules! members {
    ($row:ty: $($($member:ident).+),* $(,)?) => {
        &[$((offset_of!($row, $($member).+), stringify!($($member).+)),)*]
    };
}

const IP_INTERFACE: Members = members! {
    MIB_IPINTERFACE_ROW:
        Family, InterfaceLuid, InterfaceIndex, MaxReassemblySize, InterfaceIdentifier,
        MinRouterAdvertisementInterval, MaxRouterAdvertisementInterval, AdvertisingEnabled,
        ForwardingEnabled, WeakHostSend, WeakHostReceive, UseAutomaticMetric,
        UseNeighborUnreachabilityDetection, ManagedAddressConfigurationSupported,
        OtherStatefulConfigurationSupported, AdvertiseDefaultRoute, RouterDiscoveryBehavior,
        DadTransmits, BaseReachableTime, RetransmitTime, PathMtuDiscoveryTimeout,
        LinkLocalAddressBehavior, LinkLocalAddressTimeout, ZoneIndices, SitePrefixLength,
        Metric, NlMtu, Connected, SupportsWakeUpPatterns, SupportsNeighborDiscovery,
        SupportsRouterDiscovery, ReachableTime, TransmitOffload, ReceiveOffload,
        DisableDefaultRoutes,
};

const UNICAST: Members = members! {
    MIB_UNICASTIPADDRESS_ROW:
        Address, InterfaceLuid, InterfaceIndex, PrefixOrigin, SuffixOrigin, ValidLifetime,
        PreferredLifetime, OnLinkPrefixLength, SkipAsSource, DadState, ScopeId,
        CreationTimeStamp,
};

const FORWARD: Members = members! {
    MIB_IPFORWARD_ROW2:
        InterfaceLuid, InterfaceIndex, DestinationPrefix.Prefix,
        DestinationPrefix.PrefixLength, NextHop, SitePrefixLength, ValidLifetime,
        PreferredLifetime, Metric, Protocol, Loopback, AutoconfigureAddress, Publish,
        Immortal, Age, Origin,
};

/// The member that lies at this offset; the one before, where padding does.
pub(super) fn at(row: RowType, offset: usize) -> Option<Field> {
    let members = match row {
        RowType::IpInterface => IP_INTERFACE,
        RowType::Unicast => UNICAST,
        RowType::Forward => FORWARD,
        _ => return None,
    };
    let (_, name) = members.iter().rev().find(|(start, _)| *start <= offset)?;
    Field::parse(row, name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_is_one_of_the_models() {
        for (row, members, size) in [
            (RowType::IpInterface, IP_INTERFACE, size_of::<MIB_IPINTERFACE_ROW>()),
            (RowType::Unicast, UNICAST, size_of::<MIB_UNICASTIPADDRESS_ROW>()),
            (RowType::Forward, FORWARD, size_of::<MIB_IPFORWARD_ROW2>()),
        ] {
            for (offset, name) in members {
                assert!(at(row, *offset).is_some(), "{name}");
            }
            let mut seen: Vec<Field> = (0..size).filter_map(|offset| at(row, offset)).collect();
            seen.dedup();
            let all: Vec<Field> = Field::all(row).collect();
            let missing: Vec<_> = all.iter().filter(|field| !seen.contains(field)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    }

    #[test]
    fn offsets_lead_to_members() {
        let name = |row, offset| at(row, offset).unwrap().name();
        assert_eq!(name(RowType::IpInterface, 20), "MaxReassemblySize");
        assert_eq!(name(RowType::IpInterface, 84), "ZoneIndices");
        assert_eq!(name(RowType::Unicast, 44), "PrefixOrigin");
        assert_eq!(name(RowType::Forward, 72), "SitePrefixLength");
    }
}
