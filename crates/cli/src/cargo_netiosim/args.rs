//! The command line: `cargo netiosim SUBCOMMAND [our options, cargo's options]… [-- …]`.
//!
//! Everything that is not ours is cargo's and handed on in its order, so this is read by hand.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

use super::flip::TargetEnv;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Build crates as their Windows selves on Linux and macOS, linked to a simulated Windows IP stack

Usage: cargo netiosim <test|run|build|check|nextest> [OPTIONS] [CARGO'S OPTIONS]... [-- ARGUMENTS]...

Options:
      --windows-crate <NAME>  Build this package, or NAME@VERSION, as its Windows self; may be repeated. A
                              dependency is taken besides the members of the workspace; once a member is
                              named, only the named ones are
      --host-crate <NAME>     Build this member as what it is here; may be repeated
      --target-env <ENV>      Pretend to be x86_64-pc-windows-<ENV>: msvc (default) or gnu
      --simulator <PATH>      The folder of the package netiosim-win32 to link
  -h, --help                  Print this
  -V, --version               Print the version

Works on a copy below the target folder; nothing in your tree changes. The exit code is cargo's; bad usage and
what cannot work is 64. Seed and profile of the stack: NETIOSIM_SEED, NETIOSIM_PROFILE.
";

/// What is asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Command {
    /// `--help`
    Help,
    /// `--version`
    Version,
    /// Run cargo.
    Cargo(Request),
}

/// Which of cargo's subcommands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subcommand {
    /// `cargo test`
    Test,
    /// `cargo run`
    Run,
    /// `cargo build`
    Build,
    /// `cargo check`
    Check,
    /// `cargo nextest`
    Nextest,
}

impl Subcommand {
    const ALL: [Self; 5] = [Self::Test, Self::Run, Self::Build, Self::Check, Self::Nextest];

    /// Its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Test => "test",
            Self::Run => "run",
            Self::Build => "build",
            Self::Check => "check",
            Self::Nextest => "nextest",
        }
    }
}

/// A run of cargo.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) subcommand: Subcommand,
    /// `--windows-crate`, in their order.
    pub(crate) windows_crates: Vec<String>,
    /// `--host-crate`, in their order.
    pub(crate) host_crates: Vec<String>,
    pub(crate) target_env: Option<TargetEnv>,
    pub(crate) simulator: Option<PathBuf>,
    pub(crate) manifest_path: Option<PathBuf>,
    pub(crate) target_dir: Option<PathBuf>,
    /// `--locked` or `--frozen`: the user's own lock file has to be good as it is.
    pub(crate) locked: bool,
    /// `--offline` or `--frozen`.
    pub(crate) offline: bool,
    /// Everything else, for cargo.
    pub(crate) rest: Vec<OsString>,
}

impl Command {
    /// Reads the arguments after the program's name. `cargo netiosim` puts its own name first.
    ///
    /// # Errors
    ///
    /// What is wrong, for people.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, String> {
        let mut arguments = arguments.into_iter().peekable();
        arguments.next_if(|first| first == "netiosim");
        let Some(first) = arguments.next() else {
            return Err(format!("say what to do: {}", names()));
        };
        if first == "-h" || first == "--help" || first == "help" {
            return Ok(Self::Help);
        }
        if first == "-V" || first == "--version" {
            return Ok(Self::Version);
        }
        let Some(subcommand) = Subcommand::ALL.into_iter().find(|known| first == known.name())
        else {
            return Err(format!("`{}` is not one of {}", first.to_string_lossy(), names()));
        };
        let mut request = Request {
            subcommand,
            windows_crates: Vec::new(),
            host_crates: Vec::new(),
            target_env: None,
            simulator: None,
            manifest_path: None,
            target_dir: None,
            locked: false,
            offline: false,
            rest: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            if argument == "--" {
                request.rest.push(argument);
                request.rest.extend(arguments);
                break;
            }
            if argument == "-h" || argument == "--help" {
                return Ok(Self::Help);
            }
            let (name, given) = split(&argument);
            let mut value = || {
                given
                    .clone()
                    .or_else(|| arguments.next())
                    .ok_or_else(|| format!("{} needs a value", name.to_string_lossy()))
            };
            match name.to_str() {
                Some("--windows-crate") => request.windows_crates.push(text(value()?)?),
                Some("--host-crate") => request.host_crates.push(text(value()?)?),
                Some("--target-env") => {
                    let value = text(value()?)?;
                    let env = TargetEnv::parse(&value)
                        .ok_or_else(|| format!("--target-env is msvc or gnu, not `{value}`"))?;
                    request.target_env = Some(env);
                }
                Some("--simulator") => request.simulator = Some(value()?.into()),
                Some("--manifest-path") => request.manifest_path = Some(value()?.into()),
                Some("--target-dir") => request.target_dir = Some(value()?.into()),
                Some("--target") => {
                    return Err("--target has no place here: the program is built for this machine, and its \
                                Windows side is what `cargo netiosim` turns to"
                        .to_owned());
                }
                Some("--locked") => request.locked = true,
                Some("--offline") => request.offline = true,
                Some("--frozen") => {
                    request.locked = true;
                    request.offline = true;
                }
                _ => request.rest.push(argument),
            }
        }
        Ok(Self::Cargo(request))
    }
}

fn names() -> String {
    Subcommand::ALL.map(Subcommand::name).join(", ")
}

/// `--name=value` in its parts.
fn split(argument: &OsStr) -> (OsString, Option<OsString>) {
    match argument.to_str().and_then(|text| text.split_once('=')) {
        Some((name, value)) if name.starts_with("--") => (name.into(), Some(value.into())),
        _ => (argument.to_owned(), None),
    }
}

fn text(value: OsString) -> Result<String, String> {
    value.into_string().map_err(|value| format!("`{}` is not text", value.to_string_lossy()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Command, String> {
        Command::parse(line.split_whitespace().map(OsString::from))
    }

    fn request(line: &str) -> Request {
        match parse(line) {
            Ok(Command::Cargo(request)) => request,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ours_are_taken_and_the_rest_is_cargos() {
        let request = request(
            "netiosim test -p a --windows-crate netdev --release --windows-crate=x --target-env gnu \
             --manifest-path d/Cargo.toml --frozen --test t -- --windows-crate y",
        );
        assert_eq!(request.windows_crates, ["netdev", "x"]);
        assert_eq!(request.target_env, Some(TargetEnv::Gnu));
        assert_eq!(request.manifest_path, Some("d/Cargo.toml".into()));
        assert!(request.locked && request.offline);
        assert_eq!(
            request.rest,
            ["-p", "a", "--release", "--test", "t", "--", "--windows-crate", "y"]
        );
    }

    #[test]
    fn the_name_that_cargo_puts_first_may_be_absent() {
        assert_eq!(request("netiosim build").subcommand, Subcommand::Build);
        assert_eq!(request("build").subcommand, Subcommand::Build);
    }

    #[test]
    fn what_makes_no_sense_is_told() {
        assert!(parse("netiosim").is_err());
        assert!(parse("netiosim publish").expect_err("no such").contains("`publish`"));
        assert!(parse("test --target x").expect_err("no such").contains("--target"));
        assert!(parse("test --windows-crate").expect_err("no value").contains("needs a value"));
        assert!(parse("test --target-env=musl").expect_err("no such").contains("`musl`"));
    }

    #[test]
    fn help_is_found_anywhere_before_the_programs_own_arguments() {
        assert_eq!(parse("netiosim test --help"), Ok(Command::Help));
        assert_eq!(parse("netiosim --version"), Ok(Command::Version));
        assert_eq!(request("run -- --help").rest, ["--", "--help"]);
    }
}
