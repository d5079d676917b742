//! Neighbours: entries of the tables behind ARP and neighbour discovery.

use std::net::IpAddr;

use crate::net::Luid;

/// NL_NEIGHBOR_STATE (facts 8.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(rename_all = "snake_case"))]
pub enum NeighbourState {
    /// NlnsUnreachable, 0.
    Unreachable,
    /// NlnsIncomplete, 1.
    Incomplete,
    /// NlnsProbe, 2.
    Probe,
    /// NlnsDelay, 3.
    Delay,
    /// NlnsStale, 4.
    Stale,
    /// NlnsReachable, 5.
    Reachable,
    /// NlnsPermanent, 6.
    Permanent,
}

impl NeighbourState {
    /// Every state, in the order of the numbers.
    pub const ALL: [Self; 7] = [
        Self::Unreachable,
        Self::Incomplete,
        Self::Probe,
        Self::Delay,
        Self::Stale,
        Self::Reachable,
        Self::Permanent,
    ];

    /// The value of the enumeration in the headers.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }
}

/// A neighbour, as far as its entry is stored: nothing is ever resolved.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Neighbour {
    /// The interface.
    pub luid: Luid,
    /// The neighbour's address.
    pub address: IpAddr,
    /// Its hardware address.
    pub physical_address: Vec<u8>,
    /// Its state.
    pub state: NeighbourState,
    /// Whether it is a router.
    pub is_router: bool,
    /// Whether it is unreachable.
    pub is_unreachable: bool,
}
