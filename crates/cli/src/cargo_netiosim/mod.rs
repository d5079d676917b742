//! `cargo netiosim`: crates as their Windows selves, on Linux and macOS.
//!
//! The user's workspace is copied below its target folder ([`mirror`]), the copy is turned to its Windows side
//! ([`flip`] for sources, [`manifest`] for manifests, [`build_script`]), the simulator becomes a dependency of it
//! ([`simulator`]), and cargo runs there, with this program as the compiler's wrapper ([`wrapper`]) for what no
//! manifest can say.

mod args;
mod ask;
mod build_script;
mod family;
mod flip;
mod job;
mod link_errors;
mod manifest;
mod mirror;
mod named;
mod package;
mod plan;
mod runner;
mod settings;
mod simulator;
mod stand_in;
mod type_errors;
mod versions;
mod work;
mod wrapper;

// The strings of the stand-in, for their tests: it is compiled with the user's packages otherwise.
#[cfg(test)]
#[allow(unreachable_pub, reason = "public where it stands in for the standard library")]
#[path = "std_windows/ffi.rs"]
mod std_windows_ffi;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use self::args::{Command, Request};
use self::plan::{Plan, WRAPPER};
use self::runner::RUNNER;
use self::type_errors::Note;
use self::work::Work;

/// The exit code for bad usage and for what cannot work.
const USAGE: u8 = 64;

/// The program.
pub(crate) fn main() -> ExitCode {
    let mut arguments = std::env::args_os();
    let own = PathBuf::from(arguments.next().unwrap_or_default());
    match own.file_name().and_then(OsStr::to_str) {
        Some(WRAPPER) => wrapper::run(&own, arguments.collect()),
        Some(RUNNER) => runner::run(arguments),
        _ => command(arguments),
    }
}

fn command(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    match Command::parse(arguments) {
        Ok(Command::Help) => out(args::HELP),
        Ok(Command::Version) => out(concat!("cargo-netiosim ", env!("CARGO_PKG_VERSION"), "\n")),
        Ok(Command::Cargo(request)) => match run(&request) {
            Ok(code) => code,
            Err(message) => complain("error", &message),
        },
        Err(message) => complain("error", &format!("{message}\n\nSee `cargo netiosim --help`.")),
    }
}

fn run(request: &Request) -> Result<ExitCode, String> {
    if cfg!(windows) {
        return Err(
            "on Windows, your crates are their Windows selves already: use cargo itself, and \
                    docs/platforms.md to run them on the simulated stack"
                .to_owned(),
        );
    }
    let work = Work::prepare(request)?;
    let here = std::env::current_dir().unwrap_or_default();
    for (file, remarks) in &work.remarks {
        let file = file.strip_prefix(&here).unwrap_or(file).display();
        for remark in remarks {
            complain("note", &format!("{file}:{}: {}", remark.line, remark.text));
        }
    }
    let mut command = work.cargo(request);
    let status = command
        .status()
        .map_err(|error| format!("{}: {error}", command.get_program().to_string_lossy()))?;
    if !status.success()
        && let Ok(undefined) = fs::read_to_string(Plan::undefined(&work.folder))
    {
        let mut names: Vec<String> = undefined.lines().map(str::to_owned).collect();
        names.sort();
        names.dedup();
        let packages: Vec<&Path> = work.declarations.iter().map(PathBuf::as_path).collect();
        complain("error", &link_errors::explain(&names, &packages));
    }
    if !status.success()
        && let Ok(notes) = fs::read_to_string(Plan::type_errors(&work.folder))
    {
        let notes = notes.lines().filter_map(|line| serde_json::from_str::<Note>(line).ok());
        let notes: Vec<Note> = notes.filter(|note| work.turned.contains(&note.package)).collect();
        for told in type_errors::explain(&notes, &work.others) {
            complain("note", &told);
        }
    }
    // A signal: what a shell would say.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::from(101), ExitCode::from))
}

fn out(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        // Its reader has gone away: that does not change what the call was worth.
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(USAGE),
    }
}

fn complain(kind: &str, message: &str) -> ExitCode {
    // There is nobody left to tell when this fails.
    let _ = writeln!(std::io::stderr(), "cargo netiosim: {kind}: {}", message.trim_end());
    ExitCode::from(USAGE)
}
