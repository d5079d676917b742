//! How a stack for C is made.

use std::ffi::c_char;

use netiosim_sim::model::build;
use netiosim_sim::model::env::Env;
use netiosim_sim::model::profile::Profile;
use netiosim_sim::model::status::Flavour;
use netiosim_sim::model::windows::Windows;
use netiosim_sim::{Builder, Mode, OnDeadlock};

use super::problem::{Problem, optional_text};
use super::stacks::Leaks;

/// How a stack is made. Set `size` to `sizeof(netiosim_options)` and everything else to zero, then what is wanted:
/// `netiosim_options options = { .size = sizeof options, .teredo_port = 50123 };`
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct StackOptions {
    /// `sizeof(netiosim_options)`: members may come with later versions.
    pub size: usize,
    /// "home" (also for NULL): Ethernet, loopback and a qualified Teredo client; "empty": loopback alone; "many": as
    /// many adapters as `adapters` says.
    pub machine: *const c_char,
    /// "documented", "observed", "adversarial" or "wine". NULL: what NETIOSIM_PROFILE says, else "documented".
    pub profile: *const c_char,
    /// "controlled" (also for NULL), "manual" or "threads": on which threads callbacks are called.
    pub mode: *const c_char,
    /// "user" (ERROR_* codes) or "kernel" (NTSTATUS, IRQL rules). NULL: that of the shared object.
    pub flavour: *const c_char,
    /// "abort", "hang" or "error". NULL: what NETIOSIM_ON_DEADLOCK says, else "abort".
    pub on_deadlock: *const c_char,
    /// A version of Windows such as "10 2004", "7" or "19041": it decides which functions exist. NULL: the newest.
    pub windows: *const c_char,
    /// What left-behind things are findings when the stack is destroyed: "tables" (also for NULL), "all" (tables and
    /// registrations) or "none".
    pub leaks: *const c_char,
    /// The seed of everything that chance decides. 0: what NETIOSIM_SEED says, else 0.
    pub seed: u64,
    /// The number of adapters of the machine "many".
    pub adapters: u16,
    /// The port that the Teredo client runs on. 0: the machine's own.
    pub teredo_port: u16,
    /// Not 0: the Teredo client is not started.
    pub teredo_off: u8,
    /// Not 0: the machine has no IPv6.
    pub no_ipv6: u8,
    /// Not 0: the program does not run elevated, so it may change nothing.
    pub not_elevated: u8,
    /// Not 0: strict memory (not on Windows): reading a row after its callback, a member that is no key, or a table that
    /// was freed is a finding. 0: what NETIOSIM_STRICT says.
    pub strict: u8,
    /// How many deliveries one call makes at most, before it says NETIOSIM_STATUS_NOT_IDLE. 0: 100,000.
    pub delivery_limit: u32,
}

/// As many deliveries one call makes at most, if nobody says how many.
pub(super) const DELIVERIES: usize = 100_000;

/// What the caller asked for besides what a builder takes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wishes {
    pub(super) leaks: Leaks,
    pub(super) strict: bool,
    pub(super) delivery_limit: usize,
}

/// A builder of what the caller asked for, and the rest of it.
///
/// # Safety
///
/// The options are NULL or point to as many bytes as their first member says, and their texts end with a NUL.
pub(super) unsafe fn read(options: *const StackOptions) -> Result<(Builder, Wishes), Problem> {
    // Whatever is left behind is looked at in `netiosim_destroy`.
    let mut builder = crate::builder().flavour(super::stacks::own_flavour()).report_leaks(false);
    // SAFETY: the caller's.
    let Some(options) = (unsafe { whole(options) })? else {
        let (leaks, strict) = (Leaks::Tables, strict_by_environment()?);
        return Ok((builder, Wishes { leaks, strict, delivery_limit: DELIVERIES }));
    };
    // SAFETY: the caller's, here and below.
    let word = |text, what| unsafe { optional_text(text, what) };

    if let Some(env) = machine(word(options.machine, "machine")?, options.adapters)? {
        builder = builder.env(env);
    }
    if let Some(name) = word(options.profile, "profile")? {
        let profile = Profile::parse(name);
        builder = builder.profile(profile.map_err(|error| Problem::argument(error.to_string()))?);
    }
    builder = builder.mode(match word(options.mode, "mode")? {
        None | Some("controlled") => Mode::Controlled,
        Some("manual") => Mode::Manual,
        Some("threads") => Mode::Threads,
        Some(other) => return Err(unknown("mode", other, "controlled, manual or threads")),
    });
    builder = match word(options.flavour, "flavour")? {
        None => builder,
        Some("user") => builder.flavour(Flavour::User),
        Some("kernel") => builder.flavour(Flavour::Kernel),
        Some(other) => return Err(unknown("flavour", other, "user or kernel")),
    };
    builder = match word(options.on_deadlock, "on_deadlock")? {
        None => builder,
        Some("abort") => builder.on_deadlock(OnDeadlock::Abort),
        Some("hang") => builder.on_deadlock(OnDeadlock::Hang),
        Some("error") => builder.on_deadlock(OnDeadlock::Error),
        Some(other) => return Err(unknown("on_deadlock", other, "abort, hang or error")),
    };
    if let Some(text) = word(options.windows, "windows")? {
        let windows = text.parse::<Windows>();
        builder = builder.windows(windows.map_err(|error| Problem::argument(error.to_string()))?);
    }
    let leaks = match word(options.leaks, "leaks")? {
        None | Some("tables") => Leaks::Tables,
        Some("all") => Leaks::All,
        Some("none") => Leaks::Nothing,
        Some(other) => return Err(unknown("leaks", other, "tables, all or none")),
    };
    if options.seed != 0 {
        builder = builder.seed(options.seed);
    }
    if options.teredo_port != 0 {
        builder = builder.teredo_port(options.teredo_port);
    }
    if options.teredo_off != 0 {
        builder = builder.teredo_off();
    }
    if options.no_ipv6 != 0 {
        builder = builder.no_ipv6();
    }
    let strict = strict_by_environment()? || options.strict != 0;
    let delivery_limit = match options.delivery_limit {
        0 => DELIVERIES,
        limit => usize::try_from(limit).unwrap_or(DELIVERIES),
    };
    let wishes = Wishes { leaks, strict, delivery_limit };
    Ok((builder.elevated(options.not_elevated == 0), wishes))
}

fn strict_by_environment() -> Result<bool, Problem> {
    let wanted = crate::default_stack::strict_by_environment();
    wanted.map(|wanted| wanted && cfg!(unix)).map_err(|error| Problem::argument(error.to_string()))
}

/// The options with the members that an older caller does not know set to zero; `None` for NULL.
unsafe fn whole(options: *const StackOptions) -> Result<Option<StackOptions>, Problem> {
    if options.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller's: the first member is there.
    let size = unsafe { (&raw const (*options).size).read_unaligned() };
    let known = size_of::<StackOptions>();
    if size < size_of::<usize>() || size > known {
        return Err(Problem::argument(format!(
            "size is {size}; it is sizeof(netiosim_options), which is {known} in this version"
        )));
    }
    // SAFETY: numbers and pointers may be zero.
    let mut whole: StackOptions = unsafe { std::mem::zeroed() };
    // SAFETY: as many bytes are there on both sides.
    unsafe {
        std::ptr::copy_nonoverlapping(options.cast::<u8>(), (&raw mut whole).cast::<u8>(), size);
    }
    Ok(Some(whole))
}

fn machine(name: Option<&str>, adapters: u16) -> Result<Option<Env>, Problem> {
    match name {
        None | Some("home") => Ok(None),
        Some("empty") => Ok(Some(build::many(0))),
        // The index of the last adapter and that of the Teredo interface have to fit as well.
        Some("many") => Ok(Some(build::many(adapters))),
        Some(other) => Err(unknown("machine", other, "home, empty or many")),
    }
}

fn unknown(what: &str, word: &str, wanted: &str) -> Problem {
    Problem::argument(format!("{what} is \"{word}\"; it may be {wanted}"))
}
