//! What callbacks are told.

use netiosim_model::row::HintRow;

/// One call of a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// CallerContext.
    pub context: u64,
    /// The rest.
    pub told: Told,
}

/// What a callback is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Told {
    /// A NotifyTeredoPortChange callback.
    Port {
        /// Port.
        port: u16,
        /// NotificationType, as the number of MIB_NOTIFICATION_TYPE.
        kind: i32,
    },
    /// A callback with a row.
    Row {
        /// Whether the pointer is there.
        row: bool,
        /// NotificationType, as the number of MIB_NOTIFICATION_TYPE.
        kind: i32,
    },
    /// A NotifyStableUnicastIpAddressTable callback.
    Table,
    /// A NotifyNetworkConnectivityHintChange callback.
    Hint(HintRow),
}
