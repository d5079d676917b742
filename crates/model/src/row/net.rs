//! The rows of addresses, routes and neighbours, and the connectivity hint.

use super::SocketAddress;
use crate::net::Luid;

row! {
    /// MIB_UNICASTIPADDRESS_ROW (facts 8.1, ST-02).
    UnicastRow {
        /// Address.
        address: SocketAddress = "Address", key;
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// PrefixOrigin: an NL_PREFIX_ORIGIN.
        prefix_origin: u32 = "PrefixOrigin";
        /// SuffixOrigin: an NL_SUFFIX_ORIGIN.
        suffix_origin: u32 = "SuffixOrigin";
        /// ValidLifetime, in seconds; 0xFFFFFFFF is infinite (ST-11).
        valid_lifetime: u32 = "ValidLifetime";
        /// PreferredLifetime, in seconds; 0xFFFFFFFF is infinite (ST-11).
        preferred_lifetime: u32 = "PreferredLifetime";
        /// OnLinkPrefixLength, in bits; 255 is the usual illegal value (ST-10).
        on_link_prefix_length: u8 = "OnLinkPrefixLength";
        /// SkipAsSource.
        skip_as_source: bool = "SkipAsSource";
        /// DadState: an NL_DAD_STATE (ST-05).
        dad_state: u32 = "DadState";
        /// ScopeId, of IPv6.
        scope_id: u32 = "ScopeId";
        /// CreationTimeStamp, in units of 100 ns.
        creation_time_stamp: u64 = "CreationTimeStamp";
    }
}

row! {
    /// MIB_ANYCASTIPADDRESS_ROW.
    AnycastRow {
        /// Address.
        address: SocketAddress = "Address", key;
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// ScopeId, of IPv6.
        scope_id: u32 = "ScopeId";
    }
}

row! {
    /// MIB_MULTICASTIPADDRESS_ROW.
    MulticastRow {
        /// Address.
        address: SocketAddress = "Address", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// ScopeId, of IPv6.
        scope_id: u32 = "ScopeId";
    }
}

row! {
    /// MIB_IPFORWARD_ROW2: a route (facts 8.1, ST-03).
    ForwardRow {
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// DestinationPrefix.Prefix.
        destination: SocketAddress = "DestinationPrefix.Prefix", key;
        /// DestinationPrefix.PrefixLength, in bits.
        prefix_length: u8 = "DestinationPrefix.PrefixLength", key;
        /// NextHop; all zeros of the right family for an on-link route.
        next_hop: SocketAddress = "NextHop", key;
        /// SitePrefixLength, in bits.
        site_prefix_length: u8 = "SitePrefixLength";
        /// ValidLifetime, in seconds; 0xFFFFFFFF is infinite.
        valid_lifetime: u32 = "ValidLifetime";
        /// PreferredLifetime, in seconds; 0xFFFFFFFF is infinite.
        preferred_lifetime: u32 = "PreferredLifetime";
        /// Metric, an offset to the interface metric (RT-27); 0xFFFFFFFF is unused.
        metric: u32 = "Metric";
        /// Protocol: an NL_ROUTE_PROTOCOL.
        protocol: u32 = "Protocol";
        /// Loopback.
        loopback: bool = "Loopback";
        /// AutoconfigureAddress.
        autoconfigure_address: bool = "AutoconfigureAddress";
        /// Publish.
        publish: bool = "Publish";
        /// Immortal.
        immortal: bool = "Immortal";
        /// Age, in seconds since the route was added or modified.
        age: u32 = "Age";
        /// Origin: an NL_ROUTE_ORIGIN.
        origin: u32 = "Origin";
    }
}

row! {
    /// MIB_IPNET_ROW2: a neighbour.
    NeighbourRow {
        /// Address.
        address: SocketAddress = "Address", key;
        /// InterfaceIndex.
        index: u32 = "InterfaceIndex", key;
        /// InterfaceLuid.
        luid: Luid = "InterfaceLuid", key;
        /// PhysicalAddress, without the unused rest.
        physical_address: Vec<u8> = "PhysicalAddress";
        /// PhysicalAddressLength, in bytes.
        physical_address_length: u32 = "PhysicalAddressLength";
        /// State: an NL_NEIGHBOR_STATE.
        state: u32 = "State";
        /// The flag IsRouter.
        is_router: bool = "IsRouter";
        /// The flag IsUnreachable.
        is_unreachable: bool = "IsUnreachable";
        /// ReachabilityTime: milliseconds since it was known reachable, or unreachable.
        reachability_time: u32 = "ReachabilityTime";
    }
}

row! {
    /// NL_NETWORK_CONNECTIVITY_HINT (CH-01, CH-04, CH-05).
    HintRow {
        /// ConnectivityLevel; see [`hint_level`].
        level: u32 = "ConnectivityLevel";
        /// ConnectivityCost; see [`hint_cost`].
        cost: u32 = "ConnectivityCost";
        /// ApproachingDataLimit.
        approaching_data_limit: bool = "ApproachingDataLimit";
        /// OverDataLimit.
        over_data_limit: bool = "OverDataLimit";
        /// Roaming.
        roaming: bool = "Roaming";
    }
}

impl Copy for HintRow {}

/// NL_NETWORK_CONNECTIVITY_LEVEL_HINT (CH-04).
pub mod hint_level {
    /// Not known yet, briefly at boot (CH-06).
    pub const UNKNOWN: u32 = 0;
    /// No connectivity.
    pub const NONE: u32 = 1;
    /// The local network only.
    pub const LOCAL_ACCESS: u32 = 2;
    /// The Internet.
    pub const INTERNET_ACCESS: u32 = 3;
    /// The Internet behind a captive portal (CH-07).
    pub const CONSTRAINED_INTERNET_ACCESS: u32 = 4;
    /// A network that is meant to stay hidden.
    pub const HIDDEN: u32 = 5;
}

/// NL_NETWORK_CONNECTIVITY_COST_HINT (CH-05).
pub mod hint_cost {
    /// Not known.
    pub const UNKNOWN: u32 = 0;
    /// No limit.
    pub const UNRESTRICTED: u32 = 1;
    /// Up to a limit.
    pub const FIXED: u32 = 2;
    /// Paid by the byte.
    pub const VARIABLE: u32 = 3;
}
