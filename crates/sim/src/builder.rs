//! How a stack is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use netiosim_model::build::home;
use netiosim_model::change::{Change, ChangeError};
use netiosim_model::choose::{Chooser, Seeded};
use netiosim_model::env::Env;
use netiosim_model::interface::Interface;
use netiosim_model::machine::Machine;
use netiosim_model::profile::{OptionError, Options, Profile};
use netiosim_model::status::Flavour;
use netiosim_model::teredo::PortWish;
use netiosim_model::windows::Windows;

use crate::crew::Crew;
use crate::observer::Observer;
use crate::picker::{Picker, Scheduler};
use crate::pool::MOST;
use crate::prototype::Prototype;
use crate::stack::Stack;
use crate::start::First;
use crate::sync;

/// On which threads callbacks are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mode {
    /// On the thread that asks for it: with [`step`](crate::StackRef::step),
    /// [`run_until_idle`](crate::StackRef::run_until_idle),
    /// [`advance_ms`](crate::StackRef::advance_ms).
    #[default]
    Manual,
    /// Each on a thread of its own, one thread running at a time, in an order that the seed decides.
    Controlled,
    /// On free-running worker threads, as soon as they can.
    Threads,
}

impl Mode {
    /// The three modes.
    pub const ALL: [Self; 3] = [Self::Manual, Self::Controlled, Self::Threads];
}

/// At which points of the program another thread may go first, in controlled mode.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SwitchAt {
    /// Where a call of the API begins.
    #[default]
    Calls,
    /// There, and where it returns; and other deliveries may begin where one has begun. What is between two calls can
    /// then be overtaken too. For those who try every order.
    Returns,
}

/// What happens to a call that closes a deadlock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OnDeadlock {
    /// It is refused with an error, and the finding is recorded.
    #[default]
    Error,
    /// It hangs, as on Windows, until the stack is dropped; the finding is recorded, and written to
    /// stderr.
    Hang,
    /// The explanation is written to stderr and the process aborts.
    Abort,
}

/// Why no stack can be built of what was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BuildError {
    /// No option has this name or value.
    Option(OptionError),
    /// The environment refuses a part.
    Environment(ChangeError),
    /// An environment variable holds nothing usable: its name, its value, what it may hold.
    Variable(&'static str, String, String),
    /// There is no such stack in this build, or not here (feature `shuttle`), and why.
    Unavailable(&'static str),
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(error) => error.fmt(f),
            Self::Environment(error) => error.fmt(f),
            Self::Variable(name, value, wanted) => {
                write!(f, "the environment variable {name} is \"{value}\"; {wanted}")
            }
            Self::Unavailable(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for BuildError {}

/// A stack in the making.
///
/// # Examples
///
/// ```
/// use netiosim_sim::{Mode, Stack};
///
/// let stack = Stack::builder().mode(Mode::Controlled).seed(7).teredo_port(51_234).build();
/// assert_eq!(stack.teredo_port()?, 51_234);
/// # Ok::<(), netiosim_sim::ApiError>(())
/// ```
#[must_use]
pub struct Builder {
    pub(crate) profile: Profile,
    options: Vec<(String, String)>,
    env: Option<Env>,
    changes: Vec<Change>,
    interfaces: Vec<Interface>,
    pub(crate) seed: u64,
    pub(crate) mode: Mode,
    pub(crate) flavour: Flavour,
    pub(crate) on_deadlock: OnDeadlock,
    chooser: Option<Box<dyn Chooser + Send>>,
    scheduler: Option<Box<dyn Scheduler>>,
    pub(crate) observers: Vec<Box<dyn Observer>>,
    pub(crate) tag: Option<u16>,
    pub(crate) report_leaks: Option<bool>,
    pub(crate) elevated: bool,
    windows: Option<Windows>,
    pub(crate) delivery_limit: usize,
    pub(crate) watchdog: Duration,
    pub(crate) announce: bool,
    pub(crate) workers: usize,
    pub(crate) switch_at: SwitchAt,
    pub(crate) crew: Option<Crew>,
    pub(crate) reproduce: Option<Arc<str>>,
    error: Option<BuildError>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            options: Vec::new(),
            env: None,
            changes: Vec::new(),
            interfaces: Vec::new(),
            seed: 0,
            mode: Mode::Manual,
            flavour: Flavour::User,
            on_deadlock: OnDeadlock::Error,
            chooser: None,
            scheduler: None,
            observers: Vec::new(),
            tag: None,
            report_leaks: None,
            elevated: true,
            windows: None,
            delivery_limit: 100_000,
            watchdog: Duration::from_secs(10),
            announce: true,
            workers: MOST,
            switch_at: SwitchAt::Calls,
            crew: None,
            reproduce: None,
            error: None,
        }
    }
}

impl Builder {
    /// A home machine, profile `documented`, manual mode, seed 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same, with what the environment asks for: `NETIOSIM_SEED`, `NETIOSIM_PROFILE`,
    /// `NETIOSIM_ON_DEADLOCK` (`error`, `hang` or `abort`) and `NETIOSIM_WATCHDOG_MS`. What cannot be
    /// read makes [`build`](Self::build) fail.
    pub fn from_env() -> Self {
        let mut builder = Self::default();
        let outcome = builder.read_env(|name| std::env::var(name).ok());
        builder.error = outcome.err();
        builder
    }

    fn read_env(&mut self, read: impl Fn(&str) -> Option<String>) -> Result<(), BuildError> {
        if let Some(text) = read("NETIOSIM_SEED") {
            let wrong =
                || variable("NETIOSIM_SEED", &text, "a seed is a number from 0 to 2^64 - 1");
            self.seed = text.trim().parse().map_err(|_| wrong())?;
        }
        if let Some(text) = read("NETIOSIM_PROFILE") {
            let profile = Profile::parse(text.trim());
            self.profile =
                profile.map_err(|error| variable("NETIOSIM_PROFILE", &text, &error.to_string()))?;
        }
        if let Some(text) = read("NETIOSIM_ON_DEADLOCK") {
            self.on_deadlock = match text.trim() {
                "error" => OnDeadlock::Error,
                "hang" => OnDeadlock::Hang,
                "abort" => OnDeadlock::Abort,
                _ => {
                    return Err(variable(
                        "NETIOSIM_ON_DEADLOCK",
                        &text,
                        "it may be error, hang or abort",
                    ));
                }
            };
        }
        if let Some(text) = read("NETIOSIM_WATCHDOG_MS") {
            let wrong =
                || variable("NETIOSIM_WATCHDOG_MS", &text, "it is a number of milliseconds");
            self.watchdog = Duration::from_millis(text.trim().parse().map_err(|_| wrong())?);
        }
        Ok(())
    }

    /// Whether a thread that hangs ([`OnDeadlock::Hang`]) is told of on the standard error; a driver
    /// that reports findings by itself says no.
    pub fn announce(mut self, announce: bool) -> Self {
        self.announce = announce;
        self
    }

    /// How silent spots of the documents are decided.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Decides one of them apart from the profile.
    pub fn option(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.options.push((name.into(), value.into()));
        self
    }

    /// The machine, in place of [`home`].
    pub fn env(mut self, env: Env) -> Self {
        self.env = Some(env);
        self
    }

    /// The seed of everything that chance decides. With 0, the first value of every open choice, and
    /// the running thread goes on as long as it can.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The delivery mode.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// Whether the test is a program (ERROR_* codes) or a driver (NTSTATUS, IRQL checks).
    pub fn flavour(mut self, flavour: Flavour) -> Self {
        self.flavour = flavour;
        self
    }

    /// What happens to a call that closes a deadlock.
    pub fn on_deadlock(mut self, on_deadlock: OnDeadlock) -> Self {
        self.on_deadlock = on_deadlock;
        self
    }

    /// Who decides what the profile leaves open, in place of the seed.
    pub fn chooser(mut self, chooser: Box<dyn Chooser + Send>) -> Self {
        self.chooser = Some(chooser);
        self
    }

    /// Who decides the order of steps, in place of the seed.
    pub fn scheduler(mut self, scheduler: Box<dyn Scheduler>) -> Self {
        self.scheduler = Some(scheduler);
        self
    }

    /// One more that is told of everything as it happens, and before a deadlock aborts the process.
    pub fn observer(mut self, observer: Box<dyn Observer>) -> Self {
        self.observers.push(observer);
        self
    }

    /// Marks the handles of this stack, so that those of another one are recognised as foreign.
    /// Left out, it is the smallest number that no other living stack of this program has.
    pub fn tag(mut self, tag: u16) -> Self {
        self.tag = Some(tag);
        self
    }

    /// What was left behind when the stack is dropped. Left out, tables that were not freed are findings
    /// (N019) and registrations that live are not; with `true`, both are (N010); with `false`, neither.
    /// The end of a [`Process`](crate::Process) always reports both.
    pub fn report_leaks(mut self, report_leaks: bool) -> Self {
        self.report_leaks = Some(report_leaks);
        self
    }

    /// Whether the test runs elevated: only then it may change addresses, routes, interfaces and
    /// neighbours (UC-01). It does unless said otherwise; a driver is never asked.
    pub fn elevated(mut self, elevated: bool) -> Self {
        self.elevated = elevated;
        self
    }

    /// Which Windows the machine runs: it decides which functions exist.
    pub fn windows(mut self, windows: Windows) -> Self {
        self.windows = Some(windows);
        self
    }

    /// How many deliveries one [`run_until_idle`](crate::StackRef::run_until_idle) makes at most.
    pub fn delivery_limit(mut self, deliveries: usize) -> Self {
        self.delivery_limit = deliveries;
        self
    }

    /// How many threads make deliveries at most, in controlled and threads mode: 1 to 64, and 64
    /// unless said otherwise. With one, deliveries follow each other; a callback that waits for
    /// another callback then waits for ever.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.clamp(1, MOST);
        self
    }

    /// At which points another thread may go first, in controlled mode.
    pub fn switch_at(mut self, switch_at: SwitchAt) -> Self {
        self.switch_at = switch_at;
        self
    }

    /// What a stack that is dropped with findings says about how to see them again; empty: nothing. Left out, it is the seed and
    /// the profile.
    pub fn reproduce(mut self, words: impl Into<Arc<str>>) -> Self {
        self.reproduce = Some(words.into());
        self
    }

    /// After how many milliseconds of real time a parked thread says on stderr what it waits for.
    pub fn watchdog_ms(mut self, ms: u64) -> Self {
        self.watchdog = Duration::from_millis(ms);
        self
    }

    /// One more interface.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// The Teredo client runs on this port.
    pub fn teredo_port(mut self, port: u16) -> Self {
        self.changes.push(Change::TeredoRestart(PortWish::Exactly(port)));
        self
    }

    /// The Teredo client is not started.
    pub fn teredo_off(mut self) -> Self {
        self.changes.push(Change::TeredoStop);
        self
    }

    /// The machine has no IPv6 stack.
    pub fn no_ipv6(mut self) -> Self {
        self.changes.push(Change::Ipv6Present(false));
        self
    }

    /// Builds the stack.
    ///
    /// # Panics
    ///
    /// When there is no such option, the machine refuses a part, an environment variable cannot be read, or the
    /// build has no such stack (feature `shuttle`); [`try_build`](Self::try_build) answers instead.
    #[track_caller]
    #[must_use]
    pub fn build(self) -> Stack {
        match self.try_build() {
            Ok(stack) => stack,
            Err(error) => panic!("{error}"),
        }
    }

    /// Builds the stack.
    ///
    /// # Errors
    ///
    /// [`BuildError`], when there is no such option, the machine refuses a part, or an environment
    /// variable cannot be read; and in a build with the feature `shuttle`, outside of shuttle's tests and in
    /// controlled mode.
    pub fn try_build(mut self) -> Result<Stack, BuildError> {
        let mut chooser = self.chooser.take().unwrap_or_else(|| Box::new(Seeded::new(self.seed)));
        let machine = self.machine(&mut *chooser)?;
        let picker = self.scheduler.take().map_or_else(|| Picker::new(self.seed), Picker::Custom);
        let first = First::new(&self, machine);
        Ok(Stack::start(&mut self, first, chooser, picker))
    }

    /// Makes the machine once, for stacks that are built again and again; who decides, and who is told, is said
    /// for each of them.
    ///
    /// # Errors
    ///
    /// As [`try_build`](Self::try_build).
    pub fn prototype(mut self) -> Result<Prototype, BuildError> {
        let machine = self.machine(&mut Seeded::new(self.seed))?;
        Ok(Prototype::new(self, machine))
    }

    fn machine(&mut self, chooser: &mut dyn Chooser) -> Result<Machine, BuildError> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        if let Some(why) = sync::refusal(self.mode == Mode::Controlled) {
            return Err(BuildError::Unavailable(why));
        }
        let mut options = Options::of(self.profile);
        for (name, value) in &self.options {
            options.fix(name, value).map_err(BuildError::Option)?;
        }
        let mut env = self.env.take().unwrap_or_else(home);
        for interface in std::mem::take(&mut self.interfaces) {
            env.place_interface(interface).map_err(BuildError::Environment)?;
        }
        if let Some(windows) = self.windows {
            env.place_windows(windows);
        }
        let mut machine = Machine::with_options(self.profile, options, env);
        machine.record(false);
        for change in std::mem::take(&mut self.changes) {
            machine.change(None, &change, chooser).map_err(BuildError::Environment)?;
        }
        machine.record(true);
        Ok(machine)
    }

    /// What a stack of a [`Prototype`](crate::Prototype) is given. Flavour and elevation are in the machine that it copies, and its
    /// tag is its own.
    pub(crate) fn settings(&self) -> Self {
        Self {
            profile: self.profile,
            seed: self.seed,
            mode: self.mode,
            on_deadlock: self.on_deadlock,
            report_leaks: self.report_leaks,
            delivery_limit: self.delivery_limit,
            watchdog: self.watchdog,
            announce: self.announce,
            workers: self.workers,
            switch_at: self.switch_at,
            reproduce: self.reproduce.clone(),
            ..Self::default()
        }
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("profile", &self.profile)
            .field("seed", &self.seed)
            .field("mode", &self.mode)
            .field("flavour", &self.flavour)
            .finish_non_exhaustive()
    }
}

fn variable(name: &'static str, value: &str, wanted: &str) -> BuildError {
    BuildError::Variable(name, value.to_owned(), wanted.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{Builder, OnDeadlock, Profile};

    fn read(name: &'static str, value: &'static str) -> Result<Builder, String> {
        let mut builder = Builder::new();
        let outcome = builder.read_env(|asked| (asked == name).then(|| value.to_owned()));
        outcome.map(|()| builder).map_err(|error| error.to_string())
    }

    #[test]
    fn environment_variables_are_read() {
        assert_eq!(read("NETIOSIM_SEED", "42").unwrap().seed, 42);
        assert_eq!(read("NETIOSIM_PROFILE", "adversarial").unwrap().profile, Profile::Adversarial);
        assert_eq!(read("NETIOSIM_ON_DEADLOCK", "hang").unwrap().on_deadlock, OnDeadlock::Hang);
        assert_eq!(read("NETIOSIM_WATCHDOG_MS", "250").unwrap().watchdog.as_millis(), 250);
    }

    #[test]
    fn bad_values_are_named_with_what_is_allowed() {
        let error = read("NETIOSIM_SEED", "abc").unwrap_err();
        assert!(error.contains("NETIOSIM_SEED") && error.contains("abc"), "{error}");
        let error = read("NETIOSIM_PROFILE", "documentd").unwrap_err();
        assert!(error.contains("documented"), "{error}");
        let error = read("NETIOSIM_ON_DEADLOCK", "never").unwrap_err();
        assert!(error.contains("error, hang or abort"), "{error}");
    }
}
