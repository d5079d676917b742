//! The small numbers by which the machine names its things.

use std::fmt;

macro_rules! id {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
        #[cfg_attr(feature = "serde", serde(transparent))]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the machine's list of such things.
            #[must_use]
            pub const fn slot(self) -> usize {
                self.0 as usize
            }

            #[allow(dead_code, reason = "faults are numbered by themselves")]
            pub(crate) fn at(position: usize) -> Self {
                Self(u32::try_from(position).expect("fewer than 2^32 things of one kind"))
            }
        }
    };
}

id! {
    /// An actor: a thread as the model sees it.
    ActorId
}
id! {
    /// A process of the machine.
    ProcessId
}
id! {
    /// A module (DLL) of a process that may hold callbacks.
    ModuleId
}
id! {
    /// A tracked lock.
    LockId
}
id! {
    /// A bounded channel between threads.
    ChannelId
}
id! {
    /// A latching signal: once set, every wait for it passes.
    SignalId
}
id! {
    /// An object that a registration's context stands for, with a life of its own.
    ObjectId
}
id! {
    /// An interned text that says where in a program something happened.
    PlaceId
}
id! {
    /// A table that was handed out, such as the rows of GetUnicastIpAddressTable.
    TableId
}
id! {
    /// An overlapped structure of NotifyAddrChange or NotifyRouteChange.
    OverlappedId
}
id! {
    /// A fault that was put in.
    FaultId
}

/// What `NotificationHandle` receives: an opaque value that names one registration of one stack.
///
/// The value never repeats within a stack while fewer than 2^20 registrations shared its slot, so a
/// stale handle is recognised as stale. A handle is not a kernel object (observed: X-02).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(transparent))]
pub struct Handle(pub u64);

impl Handle {
    /// The NULL handle.
    pub const NULL: Self = Self(0);

    pub(crate) fn new(stack: u16, slot: u32, generation: u32) -> Self {
        let slot = u64::from(slot) + 1;
        let generation = u64::from(generation & 0xF_FFFF);
        Self((u64::from(stack) << 48) | (generation << 28) | (slot << 4))
    }

    pub(crate) fn slot(self) -> Option<usize> {
        let slot = (self.0 >> 4) & 0xFF_FFFF;
        if self.0 & 0xF != 0 || slot == 0 {
            return None;
        }
        usize::try_from(slot - 1).ok()
    }

    pub(crate) fn generation(self) -> u32 {
        ((self.0 >> 28) & 0xF_FFFF) as u32
    }

    /// The tag of the stack that made the handle.
    #[must_use]
    pub const fn stack(self) -> u16 {
        (self.0 >> 48) as u16
    }

    /// Whether this is the NULL handle.
    #[must_use]
    pub const fn is_null(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({:#x})", self.0)
    }
}

impl fmt::Display for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}

/// One lane of a registration: AF_UNSPEC has two, everything else one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct LaneId {
    /// The registration.
    pub handle: Handle,
    /// The position of the lane within it: 0, or 1 for the IPv6 lane of AF_UNSPEC.
    pub lane: u8,
}
