//! What a callback is handed.

use std::fmt;

use crate::net::{Family, Luid, NotificationType};

/// The keys of a MIB_IPINTERFACE_ROW: all that a notification row promises (NI-12, ST-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct RowKey {
    /// Family.
    pub family: Family,
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
}

/// One notification, as its lane will deliver it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Notification {
    /// For a NotifyTeredoPortChange callback.
    TeredoPort {
        /// The port number, or 0 for the initial notification (TP-07).
        port: u16,
        /// The notification type.
        kind: NotificationType,
    },
    /// For a NotifyIpInterfaceChange callback.
    IpInterface {
        /// The row's keys; `None` is the NULL row of the initial notification (NI-09).
        row: Option<RowKey>,
        /// The notification type.
        kind: NotificationType,
    },
}

impl Notification {
    /// The notification type.
    #[must_use]
    pub const fn kind(&self) -> NotificationType {
        match self {
            Self::TeredoPort { kind, .. } | Self::IpInterface { kind, .. } => *kind,
        }
    }

    /// The object it is about: equal for two notifications that could be merged.
    pub(crate) const fn key(&self) -> Option<RowKey> {
        match self {
            Self::TeredoPort { .. } => None,
            Self::IpInterface { row, .. } => *row,
        }
    }
}

impl fmt::Display for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TeredoPort { port, kind } => write!(f, "{}, port {port}", kind.mib_name()),
            Self::IpInterface { row: None, kind } => write!(f, "{}, row NULL", kind.mib_name()),
            Self::IpInterface { row: Some(row), kind } => {
                write!(f, "{}, {} of interface {}", kind.mib_name(), row.family, row.index)
            }
        }
    }
}
