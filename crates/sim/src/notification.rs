//! What the callbacks of the safe API are handed.

use std::panic::Location;

use netiosim_model::net::NotificationType;
use netiosim_model::notification::{ForwardKey, Notification, RowKey, UnicastKey};
use netiosim_model::row::{HintRow, UnicastRow};

use crate::callback::Delivery;
use crate::row::{LentKey, Row};
use crate::table::MibTable;

/// A change of the Teredo client's dynamic port, or the confirmation of the registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeredoPortChange {
    /// The port; 0 with [`NotificationType::Initial`] (TP-07).
    pub port: u16,
    /// The notification type.
    pub kind: NotificationType,
    /// CallerContext.
    pub context: u64,
}

impl TeredoPortChange {
    pub(crate) fn of(delivery: &Delivery) -> Option<Self> {
        match delivery.due.notification {
            Notification::TeredoPort { port, kind } => {
                Some(Self { port, kind, context: delivery.due.context })
            }
            _ => None,
        }
    }
}

/// A change of a row, or the confirmation of the registration.
#[derive(Clone, Copy, Debug)]
pub struct RowChange<'a, K> {
    /// The notification type.
    pub kind: NotificationType,
    /// CallerContext.
    pub context: u64,
    /// The row; `None` with [`NotificationType::Initial`] (NI-09, NU-04, NR-04).
    pub row: Option<Row<'a, K>>,
}

/// A change of an IP interface, or the confirmation of the registration.
pub type IpInterfaceChange<'a> = RowChange<'a, RowKey>;

/// A change of a unicast address, or the confirmation of the registration.
pub type UnicastAddressChange<'a> = RowChange<'a, UnicastKey>;

/// A change of a route, or the confirmation of the registration.
pub type RouteChange<'a> = RowChange<'a, ForwardKey>;

impl<'a, K: LentKey> RowChange<'a, K> {
    pub(crate) fn of(delivery: &'a Delivery) -> Option<Self> {
        let (kind, _) = K::of(&delivery.due.notification)?;
        Some(Self { kind, context: delivery.due.context, row: Row::of(delivery) })
    }
}

/// A connectivity hint that changed, or, where an initial notification was asked for, the one at the
/// start: the callback is not told which (NH-02, NH-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectivityHintChange {
    /// The hint.
    pub hint: HintRow,
    /// CallerContext.
    pub context: u64,
}

impl ConnectivityHintChange {
    pub(crate) fn of(delivery: &Delivery) -> Option<Self> {
        match delivery.due.notification {
            Notification::Hint { hint, .. } => Some(Self { hint, context: delivery.due.context }),
            _ => None,
        }
    }
}

/// The table of unicast addresses that are stable now (NS-08). It is the callback's, which may keep
/// it.
#[derive(Debug)]
pub struct StableTable {
    /// The table; it is freed when it is dropped.
    pub table: MibTable<UnicastRow>,
    /// CallerContext.
    pub context: u64,
}

impl StableTable {
    pub(crate) fn of(delivery: &Delivery, at: &'static Location<'static>) -> Option<Self> {
        let id = delivery.due.notification.table()?;
        let table = delivery.stack.adopt_at(id, at);
        Some(Self { table, context: delivery.due.context })
    }
}
