//! What the callbacks of the safe API are handed.

use std::panic::Location;

use netiosim_model::interface::IpRow;
use netiosim_model::machine::{EntryQuery, RowRead, RowRef};
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::notification::{Notification, RowKey};

use crate::StackRef;
use crate::callback::Delivery;
use crate::error::ApiError;

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
            Notification::IpInterface { .. } => None,
        }
    }
}

/// A change of an IP interface, or the confirmation of the registration.
#[derive(Clone, Copy, Debug)]
pub struct IpInterfaceChange<'a> {
    /// The notification type.
    pub kind: NotificationType,
    /// CallerContext.
    pub context: u64,
    /// The row; `None` with [`NotificationType::Initial`] (NI-09).
    pub row: Option<Row<'a>>,
}

impl<'a> IpInterfaceChange<'a> {
    pub(crate) fn of(delivery: &'a Delivery) -> Self {
        let kind = delivery.due.notification.kind();
        Self { kind, context: delivery.due.context, row: Row::of(delivery) }
    }
}

/// The row that a callback of NotifyIpInterfaceChange is lent.
///
/// Only its keys are promised (NI-12), so there are methods for these alone; [`entry`](Self::entry)
/// is the page's way to the rest.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    key: RowKey,
    row: RowRef,
    stack: &'a StackRef,
}

impl<'a> Row<'a> {
    pub(crate) fn of(delivery: &'a Delivery) -> Option<Self> {
        let Notification::IpInterface { row: Some(key), .. } = delivery.due.notification else {
            return None;
        };
        Some(Self { key, row: delivery.row?, stack: &delivery.stack })
    }

    /// Family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.key.family
    }

    /// InterfaceLuid.
    #[must_use]
    pub fn luid(&self) -> Luid {
        self.key.luid
    }

    /// InterfaceIndex.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.key.index
    }

    /// The three keys.
    #[must_use]
    pub fn key(&self) -> RowKey {
        self.key
    }

    /// The full row, as the page says to get it: the keys copied into a row of one's own, then
    /// GetIpInterfaceEntry (NI-13).
    ///
    /// # Errors
    ///
    /// An [`ApiError`], such as ERROR_FILE_NOT_FOUND or ERROR_NOT_FOUND when the interface or its
    /// family went away meanwhile.
    #[track_caller]
    pub fn entry(&self) -> Result<IpRow, ApiError> {
        let query = EntryQuery::from(self.key);
        self.stack.ip_interface_entry_at(query, Location::caller()).map(|(_, row)| row)
    }

    /// Reads a member of the lent row itself. One that is not a key is not promised: a finding
    /// (N008), and whatever stands there (option `row-non-key`).
    #[track_caller]
    pub fn read(&self, member: Member) -> u64 {
        match self.stack.row_read_at(self.row, member, Location::caller()) {
            RowRead::Value(value) | RowRead::NotPromised(value) => value,
            RowRead::Null | RowRead::Gone => 0,
        }
    }

    /// Keeps the pointer beyond the callback: for tests of what must not be done.
    #[must_use]
    pub fn leak(&self) -> RowRef {
        self.row
    }

    /// Frees the row, as with FreeMibTable: never allowed, a finding (N007).
    #[track_caller]
    pub fn free(&self) {
        self.stack.row_free(self.row);
    }
}

impl StackRef {
    /// Reads a member of a row that was [kept](Row::leak): a finding (N006) once its callback has
    /// returned.
    #[track_caller]
    pub fn row_read(&self, row: RowRef, member: Member) -> RowRead {
        self.row_read_at(row, member, Location::caller())
    }

    fn row_read_at(&self, row: RowRef, member: Member, at: &'static Location<'static>) -> RowRead {
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let (machine, chooser) = entry.parts();
        machine.row_read(actor, row, member, chooser)
    }

    /// Frees a notification row: never allowed, a finding (N007).
    #[track_caller]
    pub fn row_free(&self, row: RowRef) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.row_free(actor, row);
    }
}
