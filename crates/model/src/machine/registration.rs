//! Registrations and their lanes.

use std::collections::VecDeque;
use std::sync::Arc;

use super::actor::LockMode;
use crate::event::Function;
use crate::ids::{ActorId, LockId, ModuleId, ObjectId, ProcessId};
use crate::net::Family;
use crate::notification::Notification;

/// What a registration listens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Kind {
    /// NotifyTeredoPortChange.
    TeredoPort,
    /// NotifyIpInterfaceChange; `None` is AF_UNSPEC, both families.
    IpInterface(Option<Family>),
    /// NotifyUnicastIpAddressChange; `None` is AF_UNSPEC, both families.
    UnicastAddress(Option<Family>),
    /// NotifyRouteChange2; `None` is AF_UNSPEC, both families.
    Route(Option<Family>),
    /// A pending NotifyStableUnicastIpAddressTable; `None` is AF_UNSPEC, rows of both families.
    StableTable(Option<Family>),
    /// NotifyNetworkConnectivityHintChange.
    ConnectivityHint,
}

impl Kind {
    /// The function that registers it.
    #[must_use]
    pub const fn function(self) -> Function {
        match self {
            Self::TeredoPort => Function::NotifyTeredoPortChange,
            Self::IpInterface(_) => Function::NotifyIpInterfaceChange,
            Self::UnicastAddress(_) => Function::NotifyUnicastIpAddressChange,
            Self::Route(_) => Function::NotifyRouteChange2,
            Self::StableTable(_) => Function::NotifyStableUnicastIpAddressTable,
            Self::ConnectivityHint => Function::NotifyNetworkConnectivityHintChange,
        }
    }

    /// The families of its lanes: AF_UNSPEC has two lanes where there is one notification a row
    /// (observed, 1).
    pub(crate) const fn lane_families(self) -> &'static [Option<Family>] {
        match self {
            Self::TeredoPort | Self::ConnectivityHint | Self::StableTable(_) => &[None],
            Self::IpInterface(family) | Self::UnicastAddress(family) | Self::Route(family) => {
                match family {
                    None => &[Some(Family::V4), Some(Family::V6)],
                    Some(Family::V4) => &[Some(Family::V4)],
                    Some(Family::V6) => &[Some(Family::V6)],
                }
            }
        }
    }

    /// The lane that serves a row of this family, if it listens to it.
    pub(crate) fn lane_for(self, family: Family) -> Option<usize> {
        self.lane_families().iter().position(|own| *own == Some(family))
    }
}

/// What a NotifyXxx call is given.
///
/// # Examples
///
/// ```
/// use netiosim_model::machine::Request;
///
/// let request = Request { initial: true, ..Request::new("ports", 7) };
/// assert_eq!(request.callback, Some(7));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Request {
    /// What reports and traces call the registration.
    pub name: Arc<str>,
    /// The callback, as an opaque number of the driver; `None` is NULL.
    pub callback: Option<u64>,
    /// CallerContext, passed through unchanged (TP-10, NI-15).
    pub context: u64,
    /// InitialNotification.
    pub initial: bool,
    /// Whether the NotificationHandle pointer is usable; false is NULL.
    pub handle_pointer: bool,
    /// Whether the Table pointer of NotifyStableUnicastIpAddressTable is usable; false is NULL.
    pub table_pointer: bool,
    /// The module that holds the callback, where it is not the program itself.
    pub module: Option<ModuleId>,
    /// The process that the callback belongs to, where it is not the caller's own.
    pub callback_process: Option<ProcessId>,
    /// The object that the context stands for.
    pub object: Option<ObjectId>,
}

impl Request {
    /// A registration of `callback` without an initial notification, context 0.
    #[must_use]
    pub fn new(name: impl Into<Arc<str>>, callback: u64) -> Self {
        Self {
            name: name.into(),
            callback: Some(callback),
            context: 0,
            initial: false,
            handle_pointer: true,
            table_pointer: true,
            module: None,
            callback_process: None,
            object: None,
        }
    }
}

/// How far the initial notification of a lane is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Initial {
    /// Not asked for, or made.
    None,
    /// Due on the registering thread, before the call returns.
    OnCaller(ActorId),
    /// Due on any thread.
    OnPool,
}

/// A delivery that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Running {
    /// The actor that runs it.
    pub actor: ActorId,
    /// Its number within the registration, from 1.
    pub number: u32,
    /// What the callback was handed.
    pub notification: Notification,
}

/// One internal registration: its queue, its runner and its initial flag.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) struct Lane {
    pub(crate) family: Option<Family>,
    pub(crate) initial: Initial,
    /// Whether the lane has an initial notification of its own, made or not.
    pub(crate) own_initial: bool,
    /// The sequence number of the initial notification.
    pub(crate) initial_order: u64,
    pub(crate) queue: VecDeque<(u64, Notification)>,
    pub(crate) running: Option<Running>,
    /// What was pending when a cancel began that turned out to be a deadlock: it goes back if that
    /// cancel is refused.
    pub(crate) aside: VecDeque<(u64, Notification)>,
    /// The initial notification that was due then.
    pub(crate) aside_initial: bool,
    /// The order number under which it stands in the machine's index of ready lanes.
    pub(crate) listed: Option<u64>,
}

impl Lane {
    /// Nothing is pending any more, and nothing can come back.
    pub(crate) fn clear(&mut self) {
        self.queue.clear();
        self.initial = Initial::None;
        self.drop_aside();
    }

    /// Nothing that is pending begins any more.
    pub(crate) fn set_aside(&mut self) {
        self.aside = std::mem::take(&mut self.queue);
        self.aside_initial = self.initial != Initial::None;
        self.initial = Initial::None;
    }

    /// What was set aside is dropped for good.
    pub(crate) fn drop_aside(&mut self) {
        self.aside = VecDeque::new();
        self.aside_initial = false;
    }

    /// What was set aside is pending again; an initial notification comes from the pool now.
    pub(crate) fn take_back(&mut self) {
        self.queue.append(&mut self.aside);
        self.queue.make_contiguous().sort_by_key(|entry| entry.0);
        if std::mem::take(&mut self.aside_initial) {
            self.initial = Initial::OnPool;
        }
    }

    /// The order number of what the lane would deliver next, if it has something for the pool.
    pub(crate) fn head(&self) -> Option<u64> {
        match self.initial {
            Initial::OnPool => Some(self.initial_order),
            Initial::OnCaller(_) => None,
            Initial::None => self.queue.front().map(|head| head.0),
        }
    }
}

/// Why a registration is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Death {
    /// CancelMibChangeNotify2 ended it.
    Cancelled,
    /// Its process ended (TP-20, NI-20).
    ProcessExit,
    /// The machine restarted (TP-21, NI-21).
    Reboot,
    /// The NSI service restarted (observed, 4).
    NsiRestart,
    /// A cancel that was refused as a deadlock ended it (option `failed-cancel`).
    FailedCancel,
}

impl Death {
    /// How it came about, for reports.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Cancelled => "was cancelled before",
            Self::ProcessExit => "ended with its process",
            Self::Reboot => "ended with the restart of the machine",
            Self::NsiRestart => "died silently when the NSI service restarted",
            Self::FailedCancel => "was ended by a cancel that was refused as a deadlock",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Life {
    Live,
    /// Being cancelled by these actors, the first one first.
    Cancelling(Vec<ActorId>),
    /// Dead, but a callback still runs.
    Dying(Death),
}

/// How far callbacks keep out of each other's way (option `serialization`, O-05).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub(crate) enum Scope {
    Lane,
    Handle,
    Callback,
    Process,
}

/// One NotifyXxx call that succeeded.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Registration {
    pub(crate) name: Arc<str>,
    pub(crate) kind: Kind,
    pub(crate) process: ProcessId,
    pub(crate) module: Option<ModuleId>,
    pub(crate) object: Option<ObjectId>,
    pub(crate) callback: u64,
    pub(crate) context: u64,
    pub(crate) scope: Scope,
    pub(crate) born: u64,
    pub(crate) life: Life,
    pub(crate) lanes: Vec<Lane>,
    /// Deliveries that began.
    pub(crate) begun: u32,
    /// Tracked locks that a callback of this handle has ever wanted, sorted, each with the strongest
    /// mode.
    pub(crate) locks_ever: Vec<(LockId, LockMode)>,
    /// A cancel of it was reported as part of a deadlock.
    pub(crate) blamed: bool,
    /// How it died while a cancel that may yet be refused was under way.
    pub(crate) doomed: Option<Death>,
    /// Of a stable table: whether it waits for the addresses to become stable.
    pub(crate) awaits: bool,
    /// Of a stable table that calls back each time: the lane for the next call.
    pub(crate) next_lane: u8,
}

impl Registration {
    /// What reports and traces call it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it listens to.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The callback's number.
    #[must_use]
    pub fn callback(&self) -> u64 {
        self.callback
    }

    /// CallerContext.
    #[must_use]
    pub fn context(&self) -> u64 {
        self.context
    }

    /// The object that the context stands for.
    #[must_use]
    pub fn object(&self) -> Option<ObjectId> {
        self.object
    }

    /// The owning process.
    #[must_use]
    pub fn process(&self) -> ProcessId {
        self.process
    }

    /// How many deliveries began.
    #[must_use]
    pub fn begun(&self) -> u32 {
        self.begun
    }

    /// Whether it is neither being cancelled nor dead.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.life == Life::Live
    }

    /// The family that a lane serves, where the registration has more than one lane.
    #[must_use]
    pub fn lane_family(&self, lane: u8) -> Option<Family> {
        let lane = self.lanes.get(usize::from(lane)).filter(|_| self.lanes.len() > 1)?;
        lane.family
    }

    /// The deliveries that run now.
    pub fn running(&self) -> impl Iterator<Item = &Running> {
        self.lanes.iter().filter_map(|lane| lane.running.as_ref())
    }

    /// How many notifications wait for their delivery, initial ones included.
    #[must_use]
    pub fn pending(&self) -> usize {
        let initial = |lane: &Lane| usize::from(lane.initial != Initial::None);
        self.lanes.iter().map(|lane| lane.queue.len() + initial(lane)).sum()
    }
}
