//! What a change did, step by step.

use std::net::IpAddr;

use crate::net::{Family, Luid, NotificationType};
use crate::row::HintRow;
use crate::table::RouteKey;
use crate::teredo::TeredoState;

/// What a change did, step by step, in the order in which it happened.
///
/// The order within one change is chosen: port, interface, route removal, address removal, address
/// addition or change, route addition or change, connectivity.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// The Teredo client went from one state to another.
    TeredoState {
        /// The state before.
        from: TeredoState,
        /// The state after.
        to: TeredoState,
    },
    /// The dynamic service port: of a restart even if it stayed the same.
    TeredoPort {
        /// The port before, if the client had one.
        from: Option<u16>,
        /// The port after, if the client has one.
        to: Option<u16>,
    },
    /// An IP interface row was added, changed or deleted (NI-30).
    IpInterface {
        /// The interface.
        luid: Luid,
        /// Its index.
        index: u32,
        /// The row's family.
        family: Family,
        /// What happened to it.
        kind: NotificationType,
    },
    /// A unicast address appeared, changed or went away (NU-11).
    Address {
        /// The interface.
        luid: Luid,
        /// Its index.
        index: u32,
        /// The address.
        address: IpAddr,
        /// What happened to it.
        kind: NotificationType,
    },
    /// A route appeared, changed or went away (NR-10).
    Route {
        /// The route.
        key: RouteKey,
        /// The index of its interface.
        index: u32,
        /// What happened to it.
        kind: NotificationType,
    },
    /// The connectivity hint of the machine changed (NH-05).
    Hint(HintRow),
}

/// What a step of a change is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Thing {
    Teredo,
    Row(Luid, Family),
    Address(Luid, IpAddr),
    Route(RouteKey),
    Machine,
}

impl Effect {
    /// The thing that the step is about: what is told of one thing keeps its order.
    pub(crate) const fn thing(&self) -> Thing {
        match self {
            Self::TeredoState { .. } | Self::TeredoPort { .. } => Thing::Teredo,
            Self::IpInterface { luid, family, .. } => Thing::Row(*luid, *family),
            Self::Address { luid, address, .. } => Thing::Address(*luid, *address),
            Self::Route { key, .. } => Thing::Route(*key),
            Self::Hint(_) => Thing::Machine,
        }
    }

    /// Where the step stands in the chosen order of a cascade.
    pub(crate) const fn rank(&self) -> u8 {
        match self {
            Self::TeredoState { .. } => 0,
            Self::TeredoPort { .. } => 1,
            Self::IpInterface { .. } => 2,
            Self::Route { kind: NotificationType::Delete, .. } => 3,
            Self::Address { kind: NotificationType::Delete, .. } => 4,
            Self::Address { .. } => 5,
            Self::Route { .. } => 6,
            Self::Hint(_) => 7,
        }
    }
}
