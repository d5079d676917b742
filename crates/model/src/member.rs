//! The members of MIB_IPINTERFACE_ROW, by Microsoft's names.

/// A member of MIB_IPINTERFACE_ROW, in declaration order (facts 8.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[allow(missing_docs, reason = "each is the member of the same name of MIB_IPINTERFACE_ROW")]
pub enum Member {
    Family,
    InterfaceLuid,
    InterfaceIndex,
    MaxReassemblySize,
    InterfaceIdentifier,
    MinRouterAdvertisementInterval,
    MaxRouterAdvertisementInterval,
    AdvertisingEnabled,
    ForwardingEnabled,
    WeakHostSend,
    WeakHostReceive,
    UseAutomaticMetric,
    UseNeighborUnreachabilityDetection,
    ManagedAddressConfigurationSupported,
    OtherStatefulConfigurationSupported,
    AdvertiseDefaultRoute,
    RouterDiscoveryBehavior,
    DadTransmits,
    BaseReachableTime,
    RetransmitTime,
    PathMtuDiscoveryTimeout,
    LinkLocalAddressBehavior,
    LinkLocalAddressTimeout,
    ZoneIndices,
    SitePrefixLength,
    Metric,
    NlMtu,
    Connected,
    SupportsWakeUpPatterns,
    SupportsNeighborDiscovery,
    SupportsRouterDiscovery,
    ReachableTime,
    TransmitOffload,
    ReceiveOffload,
    DisableDefaultRoutes,
}

impl Member {
    /// Every member, in declaration order.
    pub const ALL: [Self; 35] = [
        Self::Family,
        Self::InterfaceLuid,
        Self::InterfaceIndex,
        Self::MaxReassemblySize,
        Self::InterfaceIdentifier,
        Self::MinRouterAdvertisementInterval,
        Self::MaxRouterAdvertisementInterval,
        Self::AdvertisingEnabled,
        Self::ForwardingEnabled,
        Self::WeakHostSend,
        Self::WeakHostReceive,
        Self::UseAutomaticMetric,
        Self::UseNeighborUnreachabilityDetection,
        Self::ManagedAddressConfigurationSupported,
        Self::OtherStatefulConfigurationSupported,
        Self::AdvertiseDefaultRoute,
        Self::RouterDiscoveryBehavior,
        Self::DadTransmits,
        Self::BaseReachableTime,
        Self::RetransmitTime,
        Self::PathMtuDiscoveryTimeout,
        Self::LinkLocalAddressBehavior,
        Self::LinkLocalAddressTimeout,
        Self::ZoneIndices,
        Self::SitePrefixLength,
        Self::Metric,
        Self::NlMtu,
        Self::Connected,
        Self::SupportsWakeUpPatterns,
        Self::SupportsNeighborDiscovery,
        Self::SupportsRouterDiscovery,
        Self::ReachableTime,
        Self::TransmitOffload,
        Self::ReceiveOffload,
        Self::DisableDefaultRoutes,
    ];

    /// Microsoft's name of the member.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Family => "Family",
            Self::InterfaceLuid => "InterfaceLuid",
            Self::InterfaceIndex => "InterfaceIndex",
            Self::MaxReassemblySize => "MaxReassemblySize",
            Self::InterfaceIdentifier => "InterfaceIdentifier",
            Self::MinRouterAdvertisementInterval => "MinRouterAdvertisementInterval",
            Self::MaxRouterAdvertisementInterval => "MaxRouterAdvertisementInterval",
            Self::AdvertisingEnabled => "AdvertisingEnabled",
            Self::ForwardingEnabled => "ForwardingEnabled",
            Self::WeakHostSend => "WeakHostSend",
            Self::WeakHostReceive => "WeakHostReceive",
            Self::UseAutomaticMetric => "UseAutomaticMetric",
            Self::UseNeighborUnreachabilityDetection => "UseNeighborUnreachabilityDetection",
            Self::ManagedAddressConfigurationSupported => "ManagedAddressConfigurationSupported",
            Self::OtherStatefulConfigurationSupported => "OtherStatefulConfigurationSupported",
            Self::AdvertiseDefaultRoute => "AdvertiseDefaultRoute",
            Self::RouterDiscoveryBehavior => "RouterDiscoveryBehavior",
            Self::DadTransmits => "DadTransmits",
            Self::BaseReachableTime => "BaseReachableTime",
            Self::RetransmitTime => "RetransmitTime",
            Self::PathMtuDiscoveryTimeout => "PathMtuDiscoveryTimeout",
            Self::LinkLocalAddressBehavior => "LinkLocalAddressBehavior",
            Self::LinkLocalAddressTimeout => "LinkLocalAddressTimeout",
            Self::ZoneIndices => "ZoneIndices",
            Self::SitePrefixLength => "SitePrefixLength",
            Self::Metric => "Metric",
            Self::NlMtu => "NlMtu",
            Self::Connected => "Connected",
            Self::SupportsWakeUpPatterns => "SupportsWakeUpPatterns",
            Self::SupportsNeighborDiscovery => "SupportsNeighborDiscovery",
            Self::SupportsRouterDiscovery => "SupportsRouterDiscovery",
            Self::ReachableTime => "ReachableTime",
            Self::TransmitOffload => "TransmitOffload",
            Self::ReceiveOffload => "ReceiveOffload",
            Self::DisableDefaultRoutes => "DisableDefaultRoutes",
        }
    }

    /// The greatest number that it can hold: a BOOLEAN is a byte, most others have 32 bits.
    #[must_use]
    pub const fn most(self) -> u64 {
        match self {
            Self::Family => u16::MAX as u64,
            Self::InterfaceLuid | Self::InterfaceIdentifier => u64::MAX,
            Self::AdvertisingEnabled
            | Self::ForwardingEnabled
            | Self::WeakHostSend
            | Self::WeakHostReceive
            | Self::UseAutomaticMetric
            | Self::UseNeighborUnreachabilityDetection
            | Self::ManagedAddressConfigurationSupported
            | Self::OtherStatefulConfigurationSupported
            | Self::AdvertiseDefaultRoute
            | Self::Connected
            | Self::SupportsWakeUpPatterns
            | Self::SupportsNeighborDiscovery
            | Self::SupportsRouterDiscovery
            | Self::TransmitOffload
            | Self::ReceiveOffload
            | Self::DisableDefaultRoutes => u8::MAX as u64,
            _ => u32::MAX as u64,
        }
    }

    /// The member of this name, upper and lower case and underscores apart.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bare: String = text.chars().filter(|c| *c != '_').collect();
        Self::ALL.into_iter().find(|m| m.name().eq_ignore_ascii_case(&bare))
    }

    /// Whether a notification row promises this member: Family, InterfaceLuid and InterfaceIndex
    /// only (NI-12, ST-01).
    #[must_use]
    pub const fn is_key(self) -> bool {
        matches!(self, Self::Family | Self::InterfaceLuid | Self::InterfaceIndex)
    }
}
