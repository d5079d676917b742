//! What is under test: some implementation of the API, and the world that it lives in.

use std::fmt;

use netiosim_model::function::Function;
use netiosim_model::net::Family;
use netiosim_model::profile::Profile;
use netiosim_model::status::{Flavour, Status};

/// An implementation of the API.
pub trait Backend: Sync {
    /// The name, such as `threads`.
    fn name(&self) -> &'static str;

    /// A fresh system: the Teredo client runs on port 50000, an Ethernet adapter with IPv4 and IPv6 is up.
    ///
    /// # Errors
    ///
    /// [`Cannot`] with the reason, if this backend has no such flavour or profile.
    fn session(&self, profile: Profile, flavour: Flavour) -> Result<Box<dyn Session>, Cannot>;
}

/// One system under test, with a program on it whose calls these are.
pub trait Session: World {
    /// A NotifyXxx call, with raw parameters.
    fn register(&mut self, call: &Register) -> Registered;

    /// CancelMibChangeNotify2: the code.
    fn cancel(&mut self, handle: u64) -> u32;

    /// GetTeredoPort with a variable that holds this, or with NULL: the code, and what the variable holds then.
    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>);

    /// Waits until every notification that is due has been delivered.
    fn settle(&mut self);

    /// What callbacks were called with since this was last asked, in order.
    fn heard(&mut self) -> Vec<Heard>;
}

/// Ways to change what a system lives in.
pub trait World {
    /// The Teredo client starts anew, on this port.
    fn restart_teredo(&mut self, port: u16) -> Result<(), Cannot> {
        let _ = port;
        Err(Cannot::new("this world does not restart a Teredo client"))
    }

    /// The Teredo client stops.
    fn stop_teredo(&mut self) -> Result<(), Cannot> {
        Err(Cannot::new("this world does not stop a Teredo client"))
    }

    /// The IPv6 stack goes, or comes back.
    fn set_ipv6(&mut self, present: bool) -> Result<(), Cannot> {
        let _ = present;
        Err(Cannot::new("this world does not take IPv6 away"))
    }

    /// The MTU of the Ethernet adapter changes, for one family.
    fn set_mtu(&mut self, family: Family, mtu: u32) -> Result<(), Cannot> {
        let _ = (family, mtu);
        Err(Cannot::new("this world does not change an MTU"))
    }

    /// Calls of a function fail with this status, until the system is gone.
    fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
        let _ = (function, status);
        Err(Cannot::new("this world makes no call fail"))
    }

    /// The machine reboots.
    fn reboot(&mut self) -> Result<(), Cannot> {
        Err(Cannot::new("this world does not reboot"))
    }
}

/// What a world or a backend cannot do, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cannot(String);

impl Cannot {
    /// The reason, as a clause: `this world does not reboot`.
    #[must_use]
    pub fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl fmt::Display for Cannot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cannot {}

/// The Callback parameter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Callback {
    /// NULL.
    Null,
    /// One that writes down what it is called with.
    #[default]
    Listens,
}

/// The parameters of a NotifyXxx call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    /// The function.
    pub function: Function,
    /// Family or AddressFamily, of functions that have it.
    pub family: u16,
    /// Callback.
    pub callback: Callback,
    /// CallerContext.
    pub context: u64,
    /// InitialNotification.
    pub initial: bool,
    /// What the variable for the handle holds before; `None`: NotificationHandle is NULL.
    pub variable: Option<u64>,
}

impl Register {
    /// A call with a callback, context 0, no initial notification, AF_UNSPEC, and a variable that holds NULL.
    #[must_use]
    pub fn new(function: Function) -> Self {
        Self {
            function,
            family: 0,
            callback: Callback::Listens,
            context: 0,
            initial: false,
            variable: Some(0),
        }
    }

    /// With this context.
    #[must_use]
    pub fn context(self, context: u64) -> Self {
        Self { context, ..self }
    }

    /// With this Family or AddressFamily.
    #[must_use]
    pub fn family(self, family: u16) -> Self {
        Self { family, ..self }
    }

    /// With an initial notification.
    #[must_use]
    pub fn initial(self) -> Self {
        Self { initial: true, ..self }
    }

    /// With this callback.
    #[must_use]
    pub fn callback(self, callback: Callback) -> Self {
        Self { callback, ..self }
    }

    /// With a variable that holds this before.
    #[must_use]
    pub fn variable(self, variable: u64) -> Self {
        Self { variable: Some(variable), ..self }
    }
}

/// What a NotifyXxx call left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Registered {
    /// The code.
    pub code: u32,
    /// What the variable holds; `None` if there is none.
    pub handle: Option<u64>,
}

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
    /// A callback with a hint, or with a table.
    Other,
}
