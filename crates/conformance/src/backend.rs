//! What is under test: some implementation of the API, and the world that it lives in.

use std::sync::Arc;

use netiosim_model::api::{Call, Output};
use netiosim_model::build::home;
use netiosim_model::change::Change;
use netiosim_model::env::Env;
use netiosim_model::function::Function;
use netiosim_model::ids::TableId;
use netiosim_model::interface::Interface;
use netiosim_model::machine::Irql;
use netiosim_model::member::Member;
use netiosim_model::net::{Family, Luid};
use netiosim_model::profile::Profile;
use netiosim_model::row::Row;
use netiosim_model::rule::Rule;
use netiosim_model::status::{Flavour, Status};
use netiosim_model::teredo::PortWish;
use netiosim_model::windows::Windows;

pub(crate) use crate::cannot::Cannot;
use crate::check::Verdict;
pub(crate) use crate::told::{Heard, Told};

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

/// One system under test, with a program on it whose calls these are. What a session cannot do in a function without such a
/// result it says by [`Cannot::unwind`].
pub trait Session: World {
    /// A NotifyXxx call, with raw parameters.
    fn register(&mut self, call: &Register) -> Registered;

    /// CancelMibChangeNotify2: the code.
    fn cancel(&mut self, handle: u64) -> u32;

    /// GetTeredoPort with a variable that holds this, or with NULL: the code, and what the variable holds then.
    fn teredo_port(&mut self, variable: Option<u16>) -> (u32, Option<u16>);

    /// A function that answers at once, with raw parameters. [`Call::Free`] is FreeMibTable.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this backend does not call it with such parameters.
    fn call(&mut self, call: &Call) -> Result<Answered, Cannot>;

    /// Whether a program can load a function: what GetProcAddress, or MmGetSystemRoutineAddress, tells it.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this backend cannot tell.
    fn has(&mut self, function: Function) -> Result<bool, Cannot>;

    /// Registers a callback that is not the program's own to give.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this backend has none.
    fn register_foreign(&mut self, call: &Register, whose: Whose) -> Result<Registered, Cannot> {
        let _ = (call, whose);
        Err(Cannot::new("this backend has no callbacks of others"))
    }

    /// Waits until every notification that is due has been delivered, as far as callbacks go on by themselves.
    fn settle(&mut self);

    /// What callbacks were called with since this was last asked, in order. A call is told when it begins.
    fn heard(&mut self) -> Vec<Heard>;

    /// What callbacks did since this was last asked, in order.
    fn did(&mut self) -> Vec<Did>;

    /// Whether callbacks and other threads run beside the program's own, and the library's locks are known. A backend that
    /// says so gives the three functions below too.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if they do not: then there is no use for [`Act::Lock`] and [`Act::HandCancel`].
    fn threads(&self) -> Result<(), Cannot> {
        Err(Cannot::new("this backend has no thread and no lock that the stack knows of"))
    }

    /// Does something while the program's thread holds its lock, for which [`Act::Lock`] waits.
    ///
    /// # Errors
    ///
    /// What it says itself; without [threads](Self::threads), that there are none.
    fn locked(&mut self, _inside: &mut dyn FnMut(&mut dyn Session) -> Verdict) -> Verdict {
        self.threads()?;
        unreachable!("a backend with threads says how")
    }

    /// CancelMibChangeNotify2 on another thread, which nobody waits for.
    fn cancel_aside(&mut self, _handle: u64) {
        self.threads().unwrap_or_else(|cannot| cannot.unwind());
        unreachable!("a backend with threads says how")
    }

    /// The codes of the cancels on other threads that have returned since this was last asked, in order.
    fn cancelled_aside(&mut self) -> Vec<u32> {
        Vec::new()
    }

    /// The rules that were found broken since this was last asked, in order.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this backend finds no misuse.
    fn findings(&mut self) -> Result<Vec<Rule>, Cannot> {
        Err(Cannot::new("a real system does not tell of misuse"))
    }
}

/// Ways to change what a system lives in.
pub trait World {
    /// A change of the environment.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this world cannot bring it about.
    fn change(&mut self, change: &Change) -> Result<(), Cannot> {
        Err(Cannot::new(format!("this world has no {}", change.name())))
    }

    /// LUID and index of the Ethernet adapter, the one that changes are made on.
    fn adapter(&self) -> (Luid, u32) {
        let home = home();
        let ethernet =
            home.interface_by_alias("Ethernet").expect("the adapter of the home machine");
        (ethernet.luid, ethernet.index)
    }

    /// An interface appears: its LUID and index, which a world may choose itself.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if this world cannot bring it about.
    fn add_interface(&mut self, interface: Interface) -> Result<(Luid, u32), Cannot> {
        let keys = (interface.luid, interface.index);
        self.change(&Change::InterfaceAdd(Box::new(interface)))?;
        Ok(keys)
    }

    /// The environment as it is, of a simulated world.
    ///
    /// # Errors
    ///
    /// [`Cannot`], if it cannot be looked into.
    fn env(&self) -> Result<Arc<Env>, Cannot> {
        Err(Cannot::new("this world cannot be looked into"))
    }

    /// The Teredo client starts anew, on this port.
    fn restart_teredo(&mut self, port: u16) -> Result<(), Cannot> {
        self.change(&Change::TeredoRestart(PortWish::Exactly(port)))
    }

    /// The Teredo client stops.
    fn stop_teredo(&mut self) -> Result<(), Cannot> {
        self.change(&Change::TeredoStop)
    }

    /// The IPv6 stack goes, or comes back.
    fn set_ipv6(&mut self, present: bool) -> Result<(), Cannot> {
        self.change(&Change::Ipv6Present(present))
    }

    /// The MTU of the Ethernet adapter changes, for one family.
    fn set_mtu(&mut self, family: Family, mtu: u32) -> Result<(), Cannot> {
        let (luid, _) = self.adapter();
        let values = vec![(Member::NlMtu, u64::from(mtu))];
        self.change(&Change::RowSet { luid, family, values })
    }

    /// Calls of a function fail with this status, until the system is gone.
    fn fail(&mut self, function: Function, status: Status) -> Result<(), Cannot> {
        let _ = (function, status);
        Err(Cannot::new("this world makes no call fail"))
    }

    /// Calls of a function no longer fail.
    fn unfail(&mut self, function: Function) -> Result<(), Cannot> {
        let _ = function;
        Err(Cannot::new("this world makes no call fail"))
    }

    /// Time goes by; what becomes due is delivered.
    fn elapse(&mut self, ms: u64) -> Result<(), Cannot> {
        let _ = ms;
        Err(Cannot::new("time in this world goes by as it likes"))
    }

    /// The machine reboots.
    fn reboot(&mut self) -> Result<(), Cannot> {
        Err(Cannot::new("this world does not reboot"))
    }

    /// The program ends, with everything that it registered, and starts anew.
    fn restart_program(&mut self) -> Result<(), Cannot> {
        Err(Cannot::new("the program is the one that looks"))
    }

    /// The program runs elevated from now on, or does not.
    fn set_elevated(&mut self, elevated: bool) -> Result<(), Cannot> {
        let _ = elevated;
        Err(Cannot::new("this world does not change what the program may do"))
    }

    /// The driver's thread runs at this interrupt request level from now on.
    fn set_irql(&mut self, irql: Irql) -> Result<(), Cannot> {
        let _ = irql;
        Err(Cannot::new("this world has no interrupt request levels"))
    }

    /// The machine is a fresh one with this Windows; everything from before is gone.
    fn install(&mut self, windows: Windows) -> Result<(), Cannot> {
        let _ = windows;
        Err(Cannot::new("this world has only one Windows"))
    }
}

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
    /// Whether there is a place for the table of NotifyStableUnicastIpAddressTable; false is NULL.
    pub table: bool,
    /// What the callback does each time that it is called, in order.
    pub acts: Vec<Act>,
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
            table: true,
            acts: Vec::new(),
        }
    }

    /// With a callback that does this as well, each time that it is called.
    #[must_use]
    pub fn act(mut self, act: Act) -> Self {
        self.acts.push(act);
        self
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
    /// What the variable for the handle holds; `None` if there is none.
    pub handle: Option<u64>,
    /// The table that NotifyStableUnicastIpAddressTable handed out, which the caller has to free.
    pub table: Option<TableId>,
}

/// Whose a callback is that is not the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// One of another process.
    AnotherProcess,
    /// One of a DLL that is not loaded.
    AbsentModule,
}

/// One thing that a callback does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Act {
    /// Takes the program's lock and gives it back: see [`Session::locked`].
    Lock,
    /// CancelMibChangeNotify2 of its own registration.
    CancelOwn,
    /// CancelMibChangeNotify2 of another registration.
    Cancel(u64),
    /// Has another thread cancel its own registration, and does not wait for it.
    HandCancel,
    /// Copies the keys of its row into a new one and asks the Get function for the rest.
    Look,
    /// FreeMibTable of its row.
    FreeRow,
    /// Reads the table that it is given, of NotifyStableUnicastIpAddressTable, and frees it.
    FreeTable,
    /// GetTeredoPort.
    Port,
}

/// What came of an [`Act`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Did {
    /// The code of a cancel.
    Cancelled(u32),
    /// [`Act::Look`] at a row.
    Looked {
        /// The keys of the row; everything else is empty.
        keys: Row,
        /// The code of the Get function.
        code: u32,
        /// The row that it filled.
        full: Option<Row>,
    },
    /// The table of a NotifyStableUnicastIpAddressTable callback; `None` is NULL.
    Table(Option<Vec<Row>>),
    /// GetTeredoPort: the code and the port.
    Port(u32, Option<u16>),
    /// The lock was not to be had: who waits for it would wait for ever.
    NoLock,
}

/// What a function that answers at once left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The code; 0 of functions that return none.
    pub code: u32,
    /// What it wrote.
    pub output: Output,
    /// The rows of the table that it handed out, whose number is in the output.
    pub rows: Vec<Row>,
}
