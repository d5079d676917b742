//! What expectations and stubs are told: which registration, which code, which parameters.

use std::fmt;
use std::sync::Arc;

use netiosim_model::api;
use netiosim_model::event::Function;
use netiosim_model::ids::Handle;
use netiosim_model::status::Status;

use super::words;
use crate::call::Args;
use crate::registration::Registration;

/// Which registration a call is about: its handle, or the name that reports call it by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallTarget {
    /// The handle: given to a cancel, or given out by a registration.
    Handle(Handle),
    /// The name.
    Name(Arc<str>),
}

impl fmt::Display for CallTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handle(handle) => handle.fmt(f),
            Self::Name(name) => write!(f, "\"{name}\""),
        }
    }
}

impl From<Handle> for CallTarget {
    fn from(handle: Handle) -> Self {
        Self::Handle(handle)
    }
}

impl From<&Registration> for CallTarget {
    fn from(registration: &Registration) -> Self {
        Self::Handle(registration.handle())
    }
}

impl From<&str> for CallTarget {
    fn from(name: &str) -> Self {
        Self::Name(name.into())
    }
}

impl From<String> for CallTarget {
    fn from(name: String) -> Self {
        Self::Name(name.into())
    }
}

impl From<Arc<str>> for CallTarget {
    fn from(name: Arc<str>) -> Self {
        Self::Name(name)
    }
}

/// What a call returns: a meaning, which every caller gets in the number of its flavour, or a raw
/// number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer(pub(super) Status);

impl From<Status> for Answer {
    fn from(status: Status) -> Self {
        Self(status)
    }
}

impl From<u32> for Answer {
    fn from(code: u32) -> Self {
        Self(Status::Raw(code))
    }
}

impl Args {
    /// The name of the registration that is made or cancelled, where the log knows one.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Register { name, .. } => Some(name),
            Self::Cancel { name, .. } => name.as_deref(),
            Self::Port { .. } | Self::Entry(_) | Self::Overlapped { .. } | Self::Call(_) => None,
        }
    }

    /// CallerContext, of a registration.
    #[must_use]
    pub fn context(&self) -> Option<u64> {
        match self {
            Self::Register { context, .. } => Some(*context),
            _ => None,
        }
    }

    /// InitialNotification, of a registration.
    #[must_use]
    pub fn initial(&self) -> Option<bool> {
        match self {
            Self::Register { initial, .. } => Some(*initial),
            _ => None,
        }
    }

    /// Family as a Windows number, of registrations and tables that have it, of
    /// GetIpInterfaceEntry and of GetAdaptersAddresses (where it fits into 16 bits).
    #[must_use]
    pub fn family(&self) -> Option<u16> {
        match self {
            Self::Register { family, .. } => *family,
            Self::Entry(query) => query.map(|query| query.family),
            Self::Call(api::Call::Table { function, family, .. }) => {
                words::has_family(*function).then_some(*family)
            }
            Self::Call(api::Call::Adapters {
                function: Function::GetAdaptersAddresses,
                family,
                ..
            }) => u16::try_from(*family).ok(),
            Self::Cancel { .. } | Self::Port { .. } | Self::Overlapped { .. } | Self::Call(_) => {
                None
            }
        }
    }

    /// The call, of a function that answers at once; not of GetTeredoPort and GetIpInterfaceEntry.
    #[must_use]
    pub fn call(&self) -> Option<&api::Call> {
        match self {
            Self::Call(call) => Some(call),
            _ => None,
        }
    }

    /// The handle that a cancel was given.
    #[must_use]
    pub fn handle(&self) -> Option<Handle> {
        match self {
            Self::Cancel { handle, .. } => Some(*handle),
            _ => None,
        }
    }
}
