//! What callbacks are told.

use std::fmt;

use crate::{
    Error, IpInterface, IpInterfaceKey, NetIo, Route, RouteKey, UnicastAddress, UnicastKey,
};

/// Whether a registration is confirmed by a call of its callback: the parameter InitialNotification.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Initial {
    /// FALSE: the callback hears of changes alone.
    #[default]
    No,
    /// TRUE: the callback is called once with [`ChangeKind::Initial`], which tells of no change.
    Yes,
}

/// MIB_NOTIFICATION_TYPE (NT-01 to NT-04).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// 0: a property changed. Also a number that this crate does not know: look again.
    Parameter,
    /// 1: an object appeared.
    Add,
    /// 2: an object went away.
    Delete,
    /// 3: the registration is confirmed; nothing changed.
    Initial,
}

impl ChangeKind {
    /// The type with this number.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        match number {
            1 => Self::Add,
            2 => Self::Delete,
            3 => Self::Initial,
            _ => Self::Parameter,
        }
    }
}

/// A callback that is told of changes. It may be called on any thread, and of one registration never
/// twice at a time.
///
/// **Never cancel or wait for the cancel of a registration in its own callback** (TP-24, NI-22, CX-09), and take
/// no lock in it that another thread holds while that cancels (CX-11); see [`Subscription`](crate::Subscription).
pub type Callback<C> = Box<dyn Fn(&C) + Send + Sync>;

/// A [`Callback`] that is told of changes of rows.
pub type RowCallback<K> = Box<dyn Fn(&Change<'_, K>) + Send + Sync>;

/// A change of the Teredo client's dynamic port, or the confirmation of the registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TeredoPortChange {
    /// The notification type.
    pub kind: ChangeKind,
    /// The port; 0 with [`ChangeKind::Initial`] (TP-07).
    pub port: u16,
}

/// A change of a row with these keys, or the confirmation of the registration.
///
/// The system promises a callback nothing but the keys; [`entry`](Self::entry) is the way to the rest.
#[derive(Clone, Copy)]
pub struct Change<'a, K> {
    /// The notification type.
    pub kind: ChangeKind,
    /// The keys; `None` with [`ChangeKind::Initial`].
    pub key: Option<K>,
    net: &'a dyn NetIo,
}

/// A change of an IP interface.
pub type IpInterfaceChange<'a> = Change<'a, IpInterfaceKey>;

/// A change of a unicast address.
pub type UnicastAddressChange<'a> = Change<'a, UnicastKey>;

/// A change of a route.
pub type RouteChange<'a> = Change<'a, RouteKey>;

impl<'a, K> Change<'a, K> {
    /// A change on this machine: for implementations of [`NetIo`].
    #[must_use]
    pub fn new(net: &'a dyn NetIo, kind: ChangeKind, key: Option<K>) -> Self {
        Self { kind, key, net }
    }

    /// The machine that tells of it, for further questions.
    #[must_use]
    pub fn net(&self) -> &'a dyn NetIo {
        self.net
    }
}

/// How the rest of a row is asked for, by the type of its keys.
macro_rules! entries {
    ($($key:ident, $entry:ident, $ask:ident, $function:literal;)*) => {$(
        impl Change<'_, $key> {
            #[doc = concat!("The row as it is now: the keys copied, then ", $function, ".")]
            ///
            /// `None` where no row came along.
            ///
            /// # Errors
            ///
            /// An [`Error`]; one that [is gone](Error::is_gone) when the row went away, as after every Delete.
            #[track_caller]
            pub fn entry(&self) -> Option<Result<$entry, Error>>
            {
                // Not `map`: a closure would hide the caller's place.
                match self.key {
                    Some(key) => Some(self.net.$ask(key)),
                    None => None,
                }
            }
        }
    )*};
}

entries! {
    IpInterfaceKey, IpInterface, ip_interface, "GetIpInterfaceEntry (NI-13)";
    UnicastKey, UnicastAddress, unicast_address, "GetUnicastIpAddressEntry (NU-06)";
    RouteKey, Route, route, "GetIpForwardEntry2 (NR-05)";
}

impl<K: fmt::Debug> fmt::Debug for Change<'_, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, key, .. } = self;
        f.debug_struct("Change").field("kind", kind).field("key", key).finish_non_exhaustive()
    }
}
