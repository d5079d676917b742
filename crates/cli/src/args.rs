//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use anstream::ColorChoice;
use clap::{Parser, Subcommand, ValueEnum};
use netiosim_explore::walk::StrategyKind;
use netiosim_model::profile::Profile;
use netiosim_scenario::run::RunMode;

/// Run scenarios against a simulated Windows IP stack.
#[derive(Debug, Parser)]
#[command(name = "netiosim", version, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes, the highest in this order wins: 64 bad usage, bad file or nothing found to \
    run; 1 a failure or finding; 2 inconclusive, a limit was hit; 0 everything passed."
)]
pub(crate) struct Args {
    /// Colours on standard output; `auto`: on a terminal, unless NO_COLOR is set.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: Color,
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenario files and say how each went.
    Run(RunArgs),
    /// Start a program and let it live through a scenario.
    Exec(ExecArgs),
    /// Try every order of what happens in scenario files, and tell the shortest that goes wrong.
    Explore(ExploreArgs),
    /// Check the simulator against what the documents say, sentence by sentence.
    Conformance(ConformanceArgs),
    /// Print the JSON schema of scenario or stack files.
    Schema {
        /// Which kind of file.
        #[arg(default_value = "scenario")]
        which: Which,
    },
    /// List the rules that a client can break.
    Rules,
    /// Print the page of a rule: what, why, wrong code, right code.
    Explain {
        /// The rule's id or name, such as `N001` or `self-cancel`.
        rule: String,
    },
    /// List the options in which the profiles differ, with evidence.
    Profiles {
        /// How to print them.
        #[arg(long, value_name = "FORMAT", default_value = "human")]
        format: Format,
    },
    /// Print a scenario or stack file to start from; without a name: list them.
    New {
        /// The name of the template.
        template: Option<String>,
        /// How many adapters the template `many` has.
        #[arg(long, value_name = "N")]
        count: Option<u16>,
    },
    /// Make a stack file of real interfaces.
    Import {
        /// Where the interfaces come from.
        #[command(subcommand)]
        from: ImportFrom,
    },
    /// Print the compiler's flags for Windows C code: mingw-w64's headers, natively.
    Cflags(CflagsArgs),
}

/// The arguments of `netiosim cflags`.
#[derive(Debug, clap::Args)]
pub(crate) struct CflagsArgs {
    /// For a driver: the shared object is libnetio, whose functions return NTSTATUS.
    #[arg(long)]
    pub(crate) kernel: bool,
    /// Print the linker's flags as well; let them stand behind the source files.
    #[arg(long)]
    pub(crate) libs: bool,
    /// Print a file for pkg-config.
    #[arg(long, conflicts_with = "libs")]
    pub(crate) pkg_config: bool,
    /// Print nothing: compile (with $CC or cc) a check that the headers lay everything out as Windows does.
    #[arg(long, conflicts_with_all = ["libs", "pkg_config"])]
    pub(crate) check: bool,
}

/// Where an imported stack comes from.
#[derive(Debug, Subcommand)]
pub(crate) enum ImportFrom {
    /// The interfaces of this machine.
    Host {
        /// Write the stack here, not to standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Saved outputs of `ip -j address`, `ip -j link`, `ip -j route`, `ip -j -6 route`.
    IpJson {
        /// The saved outputs, in any order; `-` is standard input.
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Write the stack here, not to standard output.
        #[arg(long, short, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// The arguments of `netiosim conformance`.
#[derive(Debug, clap::Args)]
pub(crate) struct ConformanceArgs {
    /// Check this backend: model, manual, controlled, threads, abi (not on Windows), system (on Windows), or the shared object at
    /// this path; given several times, all of them. Left out: every simulation that is built in.
    #[arg(long, value_name = "NAME|PATH")]
    pub(crate) backend: Vec<String>,
    /// Call functions that create, set and delete as well where nothing is simulated: `system`, or a shared object that knows
    /// nothing of stacks.
    #[arg(long)]
    pub(crate) change_this_machine: bool,
    /// Check these requirements only: an id such as TP-07, or a pattern such as 'TP-*'.
    #[arg(long, value_name = "GLOB", default_value = "*")]
    pub(crate) id: String,
    /// Check under this profile only; `all`: under every one that a requirement speaks about.
    #[arg(long, value_name = "NAME", default_value = "all", value_parser = selection)]
    pub(crate) profile: Selection,
    /// How to report: for people, or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
}

/// The arguments of `netiosim run`.
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Scenario files, or folders with scenario files (*.json) anywhere below them.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// Run under this profile only: documented, observed, adversarial or wine; `all`: under every
    /// profile that the scenario holds under.
    #[arg(long, value_name = "NAME", default_value = "all", value_parser = selection)]
    pub(crate) profile: Selection,
    /// The seed instead of the scenario's own.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Who runs the scripts; `manual` and `controlled` repeat exactly for equal seeds.
    #[arg(long, value_name = "MODE", default_value = "manual")]
    pub(crate) mode: Mode,
    /// How to report: for people, or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
    /// Write a JUnit report here as well.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the traces of all runs here, as text.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Explain the findings that a scenario expects, too.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

/// The arguments of `netiosim explore`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExploreArgs {
    /// Scenario files, or folders with scenario files (*.json) anywhere below them.
    #[arg(value_name = "PATH", required = true)]
    pub(crate) paths: Vec<PathBuf>,
    /// exhaustive: from state to state, each once, the shortest way first; or one schedule after the other: depth-first,
    /// random, pct[:depth], delay-bounded[:delays], round-robin, portfolio.
    #[arg(long, value_name = "NAME", default_value = "exhaustive")]
    pub(crate) strategy: StrategyKind,
    /// Explore under this profile only: documented, observed, adversarial or wine; `all`: under every profile that the
    /// scenario holds under.
    #[arg(long, value_name = "NAME", default_value = "documented", value_parser = selection)]
    pub(crate) profile: Selection,
    /// The seed of strategies that take chances.
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) seed: u64,
    /// Give up a search at so many states.
    #[arg(long, value_name = "N", default_value_t = 1_000_000)]
    pub(crate) max_states: usize,
    /// Give up at so many schedules, where schedules are tried one after the other; samples have 100,000 unless said
    /// otherwise.
    #[arg(long, value_name = "N")]
    pub(crate) max_schedules: Option<u64>,
    /// Give up ways of so many steps.
    #[arg(long, value_name = "N")]
    pub(crate) max_depth: Option<u32>,
    /// Give up at so many mebibytes of states.
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    pub(crate) max_memory: usize,
    /// Give each search so many seconds.
    #[arg(long, value_name = "S", value_parser = seconds)]
    pub(crate) time_limit: Option<Duration>,
    /// Keep a search that is cut short in this file, to go on with --resume; of one scenario, and of the strategy exhaustive.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) checkpoint: Option<PathBuf>,
    /// Go on where the search that is kept in this file was cut short.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(crate) resume: Option<PathBuf>,
    /// Look for findings alone: the scenario's other expectations were written for one order.
    #[arg(long)]
    pub(crate) findings_only: bool,
    /// Let threads be slow: timers, sleepers and the timeline may overtake them. Left out, time goes by only when nothing else
    /// can happen, as in `run`.
    #[arg(long)]
    pub(crate) slow_threads: bool,
    /// Follow this schedule, or the one in this file (as text, or in a scenario's `schedules`), and tell what happens.
    #[arg(long, value_name = "SCHEDULE|FILE")]
    pub(crate) replay: Option<String>,
    /// Make the scenario of everything that goes wrong, and of every finding that is expected, as small as possible, and
    /// write it to a file of its own.
    #[arg(long, conflicts_with = "replay")]
    pub(crate) shrink: bool,
    /// Write small scenarios into this folder.
    #[arg(long, value_name = "FOLDER", default_value = ".", requires = "shrink")]
    pub(crate) output: PathBuf,
    /// How to report: for people, or as one JSON object.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    pub(crate) format: Format,
    /// Tell of the findings that a scenario expects, too.
    #[arg(long, short)]
    pub(crate) verbose: bool,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "a number of seconds, such as 60".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// The arguments of `netiosim exec`.
#[derive(Debug, clap::Args)]
pub(crate) struct ExecArgs {
    /// The scenario, without clients: the program is the client.
    #[arg(value_name = "SCENARIO")]
    pub(crate) scenario: PathBuf,
    /// Run under this profile: documented, observed, adversarial or wine; `all`: start the program
    /// anew under every profile that the scenario holds under.
    #[arg(long, value_name = "NAME", default_value = "documented", value_parser = selection)]
    pub(crate) profile: Selection,
    /// The seed instead of the scenario's own.
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// How many virtual seconds go by in a real one.
    #[arg(long, value_name = "X", default_value = "1", value_parser = crate::exec::time_scale)]
    pub(crate) time_scale: f64,
    /// Ask the program to end (SIGTERM) this long after the last entry of the timeline, in virtual
    /// milliseconds; left out, it runs until it ends by itself.
    #[arg(long, value_name = "MS")]
    pub(crate) linger: Option<u64>,
    /// Whose functions the program calls: a program's (libiphlpapi) or a driver's (libnetio); left
    /// out, what the scenario says.
    #[arg(long, value_name = "FLAVOUR")]
    pub(crate) flavour: Option<ExecFlavour>,
    /// Do not preload the shared object: the program is linked with it.
    #[arg(long)]
    pub(crate) no_preload: bool,
    /// Write a JUnit report here as well.
    #[arg(long, value_name = "FILE")]
    pub(crate) junit: Option<PathBuf>,
    /// Write the trace here, as text.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
    /// Explain the findings that a scenario expects, too.
    #[arg(long, short)]
    pub(crate) verbose: bool,
    /// The program and its arguments.
    #[arg(value_name = "PROGRAM", last = true, required = true)]
    pub(crate) program: Vec<OsString>,
}

/// Whose functions a program calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExecFlavour {
    /// Those of iphlpapi.dll.
    User,
    /// Those of netio.sys.
    Kernel,
}

/// Which profiles to run under; `None`: all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Selection(pub(crate) Option<Profile>);

fn selection(text: &str) -> Result<Selection, String> {
    if text == "all" {
        return Ok(Selection(None));
    }
    let profile = Profile::parse(text).map_err(|error| match error.suggestion {
        Some(_) => error.to_string(),
        None => format!("{error}, and `all`"),
    })?;
    Ok(Selection(Some(profile)))
}

/// Who runs the scripts of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    /// The runner itself, step by step over the model.
    Manual,
    /// Real threads, one at a time, in an order that depends on the seed alone.
    Controlled,
    /// Real threads, as the system pleases: what comes out may differ from run to run.
    Threads,
}

impl From<Mode> for RunMode {
    fn from(mode: Mode) -> Self {
        match mode {
            Mode::Manual => Self::Manual,
            Mode::Controlled => Self::Controlled,
            Mode::Threads => Self::Threads,
        }
    }
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    Human,
    /// One JSON object.
    Json,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Which {
    /// Scenario files.
    Scenario,
    /// Stack files.
    Stack,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// The same for anstream.
    pub(crate) fn choice(self) -> ColorChoice {
        match self {
            Self::Auto => ColorChoice::Auto,
            Self::Always => ColorChoice::Always,
            Self::Never => ColorChoice::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_misspelt_profile_is_corrected() {
        assert_eq!(selection("wine"), Ok(Selection(Some(Profile::Wine))));
        assert_eq!(selection("all"), Ok(Selection(None)));
        let error = selection("documentd").expect_err("no profile");
        assert!(error.contains("did you mean `documented`?"), "{error}");
        let error = selection("xyzzy").expect_err("no profile");
        assert!(error.ends_with("wine, and `all`"), "{error}");
    }
}
