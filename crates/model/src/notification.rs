//! What a callback is handed.

use std::fmt;
use std::net::IpAddr;

use crate::ids::TableId;
use crate::net::{Family, Luid, NotificationType};
use crate::row::{ForwardRow, HintRow, IpInterfaceRow, Row, UnicastRow};
use crate::table::RouteKey;

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

impl From<RowKey> for IpInterfaceRow {
    fn from(key: RowKey) -> Self {
        Self { family: key.family.number(), luid: key.luid, index: key.index, ..Self::default() }
    }
}

/// The keys of a MIB_UNICASTIPADDRESS_ROW: all that a notification row promises (NU-06, ST-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct UnicastKey {
    /// Address.
    pub address: IpAddr,
    /// InterfaceLuid.
    pub luid: Luid,
    /// InterfaceIndex.
    pub index: u32,
}

impl From<UnicastKey> for UnicastRow {
    fn from(key: UnicastKey) -> Self {
        let address = key.address.into();
        Self { address, luid: key.luid, index: key.index, ..Self::default() }
    }
}

/// The keys of a MIB_IPFORWARD_ROW2: all that a notification row promises (NR-05, ST-03).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ForwardKey {
    /// InterfaceLuid, DestinationPrefix and NextHop.
    pub route: RouteKey,
    /// InterfaceIndex.
    pub index: u32,
}

impl From<ForwardKey> for ForwardRow {
    fn from(key: ForwardKey) -> Self {
        Self {
            luid: key.route.luid,
            index: key.index,
            destination: key.route.destination.into(),
            prefix_length: key.route.prefix_length,
            next_hop: key.route.next_hop.into(),
            ..Self::default()
        }
    }
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
    /// For a NotifyUnicastIpAddressChange callback.
    UnicastAddress {
        /// The row's keys; `None` is the NULL row of the initial notification (NU-04).
        row: Option<UnicastKey>,
        /// The notification type.
        kind: NotificationType,
    },
    /// For a NotifyRouteChange2 callback.
    Route {
        /// The row's keys; `None` is the NULL row of the initial notification (NR-04).
        row: Option<ForwardKey>,
        /// The notification type.
        kind: NotificationType,
    },
    /// For a NotifyStableUnicastIpAddressTable callback: no type comes with it (NS-13).
    StableTable {
        /// The table, which is made when the callback is called and which its receiver frees.
        table: Option<TableId>,
    },
    /// For a NotifyNetworkConnectivityHintChange callback, by value: no type comes with it (NH-02).
    Hint {
        /// The hint.
        hint: HintRow,
        /// Whether it is the call that confirms the registration; the callback cannot tell (NH-03).
        initial: bool,
    },
}

/// The object that a notification is about: equal for two notifications that could be merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    Whole,
    IpInterface(Option<RowKey>),
    Address(Option<UnicastKey>),
    Route(Option<ForwardKey>),
}

impl Notification {
    /// The notification type; `None` where the callback has no such parameter.
    #[must_use]
    pub const fn kind(&self) -> Option<NotificationType> {
        match self {
            Self::TeredoPort { kind, .. }
            | Self::IpInterface { kind, .. }
            | Self::UnicastAddress { kind, .. }
            | Self::Route { kind, .. } => Some(*kind),
            Self::StableTable { .. } | Self::Hint { .. } => None,
        }
    }

    /// The row that the callback is lent, its keys filled in: the outer `None` where the callback has
    /// no row parameter, the inner one where the pointer is NULL.
    #[must_use]
    pub fn row(&self) -> Option<Option<Row>> {
        match self {
            Self::IpInterface { row, .. } => {
                Some(row.map(|key| Row::from(IpInterfaceRow::from(key))))
            }
            Self::UnicastAddress { row, .. } => {
                Some(row.map(|key| Row::from(UnicastRow::from(key))))
            }
            Self::Route { row, .. } => Some(row.map(|key| Row::from(ForwardRow::from(key)))),
            Self::TeredoPort { .. } | Self::StableTable { .. } | Self::Hint { .. } => None,
        }
    }

    /// Whether the callback is lent a row that is not NULL.
    #[must_use]
    pub const fn has_row(&self) -> bool {
        matches!(
            self,
            Self::IpInterface { row: Some(_), .. }
                | Self::UnicastAddress { row: Some(_), .. }
                | Self::Route { row: Some(_), .. }
        )
    }

    /// The table that the callback is handed.
    #[must_use]
    pub const fn table(&self) -> Option<TableId> {
        match self {
            Self::StableTable { table } => *table,
            _ => None,
        }
    }

    pub(crate) const fn subject(&self) -> Subject {
        match self {
            Self::IpInterface { row, .. } => Subject::IpInterface(*row),
            Self::UnicastAddress { row, .. } => Subject::Address(*row),
            Self::Route { row, .. } => Subject::Route(*row),
            Self::TeredoPort { .. } | Self::StableTable { .. } | Self::Hint { .. } => {
                Subject::Whole
            }
        }
    }
}

impl fmt::Display for Notification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = |f: &mut fmt::Formatter<'_>, kind: &NotificationType| {
            write!(f, "{}, row NULL", kind.mib_name())
        };
        match self {
            Self::TeredoPort { port, kind } => write!(f, "{}, port {port}", kind.mib_name()),
            Self::IpInterface { row: None, kind }
            | Self::UnicastAddress { row: None, kind }
            | Self::Route { row: None, kind } => null(f, kind),
            Self::IpInterface { row: Some(row), kind } => {
                write!(f, "{}, {} of interface {}", kind.mib_name(), row.family, row.index)
            }
            Self::UnicastAddress { row: Some(row), kind } => {
                write!(f, "{}, {} of interface {}", kind.mib_name(), row.address, row.index)
            }
            Self::Route { row: Some(row), kind } => {
                write!(f, "{}, route {} of interface {}", kind.mib_name(), row.route, row.index)
            }
            Self::StableTable { table: None } => f.write_str("a stable table"),
            Self::StableTable { table: Some(table) } => write!(f, "stable table {}", table.0),
            Self::Hint { hint, .. } => write!(f, "{hint}"),
        }
    }
}

/// `InternetAccess, Unrestricted`, with the flags that are set.
impl fmt::Display for HintRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LEVELS: [&str; 6] = [
            "Unknown",
            "None",
            "LocalAccess",
            "InternetAccess",
            "ConstrainedInternetAccess",
            "Hidden",
        ];
        const COSTS: [&str; 4] = ["Unknown", "Unrestricted", "Fixed", "Variable"];
        let word = |words: &'static [&'static str], at: u32| {
            usize::try_from(at).ok().and_then(|at| words.get(at).copied()).unwrap_or("?")
        };
        write!(f, "connectivity {}, cost {}", word(&LEVELS, self.level), word(&COSTS, self.cost))?;
        for (set, name) in [
            (self.approaching_data_limit, "ApproachingDataLimit"),
            (self.over_data_limit, "OverDataLimit"),
            (self.roaming, "Roaming"),
        ] {
            if set {
                write!(f, ", {name}")?;
            }
        }
        Ok(())
    }
}
