//! Routes.

use crate::{Address, Family, Luid};

/// The keys of a route: all that a notification tells (NR-05, ST-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RouteKey {
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
    /// DestinationPrefix.Prefix, its host bits zero.
    pub destination: Address,
    /// DestinationPrefix.PrefixLength, in bits.
    pub prefix_length: u8,
    /// NextHop; all zeros for an on-link route.
    pub next_hop: Address,
}

impl RouteKey {
    /// The family of the destination.
    #[must_use]
    pub const fn family(&self) -> Family {
        self.destination.family()
    }

    /// Whether it is a default route (RT-28).
    #[must_use]
    pub const fn is_default(&self) -> bool {
        self.prefix_length == 0 && self.destination.ip.is_unspecified()
    }
}

/// A route: what most programs read of a MIB_IPFORWARD_ROW2.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// Interface, destination prefix and next hop.
    pub key: RouteKey,
    /// Metric, an offset to the metric of the interface (RT-27).
    pub metric: u32,
    /// Protocol: an NL_ROUTE_PROTOCOL.
    pub protocol: u32,
    /// Origin: an NL_ROUTE_ORIGIN.
    pub origin: u32,
    /// Loopback.
    pub loopback: bool,
    /// Immortal.
    pub immortal: bool,
    /// Age, in seconds.
    pub age_s: u32,
}

impl Route {
    /// A row that has nothing but its keys.
    #[must_use]
    pub const fn new(key: RouteKey) -> Self {
        Self { key, metric: 0, protocol: 0, origin: 0, loopback: false, immortal: false, age_s: 0 }
    }
}

/// What GetBestRoute2 found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestRoute {
    /// The route.
    pub route: Route,
    /// The source address that goes with it.
    pub source: Address,
}
