//! The row that a callback is lent: its keys, and the way to the rest.

use std::fmt;
use std::net::IpAddr;
use std::panic::Location;

use netiosim_model::api::Call;
use netiosim_model::event::Function;
use netiosim_model::interface::IpRow;
use netiosim_model::machine::{EntryQuery, RowRead, RowRef};
use netiosim_model::net::{Family, Luid, NotificationType};
use netiosim_model::notification::{ForwardKey, Notification, RowKey, UnicastKey};
use netiosim_model::row::{self, Field, FieldValue, ForwardRow, UnicastRow};
use netiosim_model::table::RouteKey;

use self::sealed::Sealed;
use crate::StackRef;
use crate::callback::Delivery;
use crate::error::ApiError;

/// The row that a callback is lent.
///
/// Only its keys are promised (NI-12, NU-06, NR-05), so there are methods for these alone;
/// [`entry`](Self::entry) is the pages' way to the rest. `K` is the type of the keys: that of an IP
/// interface unless something else is said.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a, K = RowKey> {
    key: K,
    row: RowRef,
    stack: &'a StackRef,
}

/// The keys of a row that callbacks are lent: of an IP interface, a unicast address or a route.
pub trait LentKey: Copy + fmt::Debug + Sealed + 'static {
    /// The full row that these keys lead to.
    type Entry;

    /// InterfaceLuid.
    fn luid(&self) -> Luid;

    /// InterfaceIndex.
    fn index(&self) -> u32;

    /// Notification type and keys of a notification that has such a row; `None` for NULL.
    #[doc(hidden)]
    fn of(notification: &Notification) -> Option<(NotificationType, Option<Self>)>;

    /// The re-query of the pages.
    #[doc(hidden)]
    fn query(
        self,
        stack: &StackRef,
        at: &'static Location<'static>,
    ) -> Result<Self::Entry, ApiError>;
}

mod sealed {
    /// The three types of keys are all there are.
    pub trait Sealed {}

    impl Sealed for netiosim_model::notification::RowKey {}
    impl Sealed for netiosim_model::notification::UnicastKey {}
    impl Sealed for netiosim_model::notification::ForwardKey {}
}

impl<'a, K: LentKey> Row<'a, K> {
    pub(crate) fn of(delivery: &'a Delivery) -> Option<Self> {
        let (_, key) = K::of(&delivery.due.notification)?;
        Some(Self { key: key?, row: delivery.row?, stack: &delivery.stack })
    }

    /// InterfaceLuid.
    #[must_use]
    pub fn luid(&self) -> Luid {
        self.key.luid()
    }

    /// InterfaceIndex.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.key.index()
    }

    /// The keys.
    #[must_use]
    pub fn key(&self) -> K {
        self.key
    }

    /// The full row, as the page says to get it: the keys copied into a row of one's own, then
    /// GetIpInterfaceEntry (NI-13), GetUnicastIpAddressEntry (NU-06) or GetIpForwardEntry2 (NR-05).
    ///
    /// # Errors
    ///
    /// An [`ApiError`], such as ERROR_FILE_NOT_FOUND when the interface, or ERROR_NOT_FOUND when the
    /// row went away meanwhile.
    #[track_caller]
    pub fn entry(&self) -> Result<K::Entry, ApiError> {
        self.key.query(self.stack, Location::caller())
    }

    /// Reads a member of the lent row itself. One that is not a key is not promised: a finding
    /// (N008), and whatever stands there (option `row-non-key`). A member of another row type reads
    /// as zero.
    #[track_caller]
    pub fn read(&self, field: impl Into<Field>) -> FieldValue {
        let field = field.into();
        match self.stack.row_read_at(self.row, field, Location::caller()) {
            RowRead::Value(value) | RowRead::NotPromised(value) => value,
            RowRead::Null | RowRead::Gone => row::Row::empty(field.row()).get(field),
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

impl Row<'_, RowKey> {
    /// Family.
    #[must_use]
    pub fn family(&self) -> Family {
        self.key.family
    }
}

impl Row<'_, UnicastKey> {
    /// Address.
    #[must_use]
    pub fn address(&self) -> IpAddr {
        self.key.address
    }
}

impl Row<'_, ForwardKey> {
    /// InterfaceLuid, DestinationPrefix and NextHop.
    #[must_use]
    pub fn route(&self) -> RouteKey {
        self.key.route
    }
}

impl LentKey for RowKey {
    type Entry = IpRow;

    fn luid(&self) -> Luid {
        self.luid
    }

    fn index(&self) -> u32 {
        self.index
    }

    fn of(notification: &Notification) -> Option<(NotificationType, Option<Self>)> {
        match notification {
            Notification::IpInterface { row, kind } => Some((*kind, *row)),
            _ => None,
        }
    }

    fn query(self, stack: &StackRef, at: &'static Location<'static>) -> Result<IpRow, ApiError> {
        stack.ip_interface_entry_at(EntryQuery::from(self), at).map(|(_, row)| row)
    }
}

impl LentKey for UnicastKey {
    type Entry = UnicastRow;

    fn luid(&self) -> Luid {
        self.luid
    }

    fn index(&self) -> u32 {
        self.index
    }

    fn of(notification: &Notification) -> Option<(NotificationType, Option<Self>)> {
        match notification {
            Notification::UnicastAddress { row, kind } => Some((*kind, *row)),
            _ => None,
        }
    }

    fn query(
        self,
        stack: &StackRef,
        at: &'static Location<'static>,
    ) -> Result<UnicastRow, ApiError> {
        let call = Call::row(Function::GetUnicastIpAddressEntry, UnicastRow::from(self));
        stack.ask_row(&call, at)
    }
}

impl LentKey for ForwardKey {
    type Entry = ForwardRow;

    fn luid(&self) -> Luid {
        self.route.luid
    }

    fn index(&self) -> u32 {
        self.index
    }

    fn of(notification: &Notification) -> Option<(NotificationType, Option<Self>)> {
        match notification {
            Notification::Route { row, kind } => Some((*kind, *row)),
            _ => None,
        }
    }

    fn query(
        self,
        stack: &StackRef,
        at: &'static Location<'static>,
    ) -> Result<ForwardRow, ApiError> {
        let call = Call::row(Function::GetIpForwardEntry2, ForwardRow::from(self));
        stack.ask_row(&call, at)
    }
}

impl StackRef {
    /// Reads a member of a row that was [kept](Row::leak): a finding (N006) once its callback has
    /// returned.
    #[track_caller]
    pub fn row_read(&self, row: RowRef, field: impl Into<Field>) -> RowRead {
        self.row_read_at(row, field.into(), Location::caller())
    }

    fn row_read_at(&self, row: RowRef, field: Field, at: &'static Location<'static>) -> RowRead {
        let mut entry = self.enter(at);
        let actor = entry.me.actor;
        let (machine, chooser) = entry.parts();
        machine.row_read(actor, row, field, chooser)
    }

    /// Frees a notification row: never allowed, a finding (N007).
    #[track_caller]
    pub fn row_free(&self, row: RowRef) {
        let mut entry = self.enter(Location::caller());
        let actor = entry.me.actor;
        entry.machine.row_free(actor, row);
    }
}
