//! The runner that stands for one that a configuration of cargo has set for this host.
//!
//! A crate that changes routes may say `[target.x86_64-unknown-linux-gnu] runner = "sudo -E"`. That is for its
//! Linux self; the Windows self needs no rights over this machine. A runner that the user gives in the
//! environment stays.

use std::env;
use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use toml_edit::{DocumentMut, Item};

/// The name under which this program is a runner that adds nothing.
pub(crate) const RUNNER: &str = "netiosim-runner";

/// Runs the program in place of this one.
pub(crate) fn run(mut arguments: impl Iterator<Item = OsString>) -> ExitCode {
    let Some(program) = arguments.next() else {
        return ExitCode::FAILURE;
    };
    let mut command = Command::new(&program);
    command.args(arguments);
    let error = replace(command);
    let _ = writeln!(io::stderr(), "error: {}: {error}", program.to_string_lossy());
    ExitCode::FAILURE
}

#[cfg(unix)]
fn replace(mut command: Command) -> io::Error {
    std::os::unix::process::CommandExt::exec(&mut command)
}

#[cfg(not(unix))]
fn replace(_: Command) -> io::Error {
    io::ErrorKind::Unsupported.into()
}

/// The variable of cargo's that sets the runner of a target.
pub(crate) fn variable(host: &str) -> String {
    format!("CARGO_TARGET_{}_RUNNER", host.to_uppercase().replace(['-', '.'], "_"))
}

/// Whether a configuration that cargo reads in this folder sets a runner.
pub(crate) fn is_configured(folder: &Path) -> bool {
    let home = env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cargo")));
    folder
        .ancestors()
        .map(|folder| folder.join(".cargo"))
        .chain(home)
        .flat_map(|folder| [folder.join("config.toml"), folder.join("config")])
        .filter_map(|file| std::fs::read_to_string(file).ok())
        .any(|text| sets_runner(&text))
}

fn sets_runner(configuration: &str) -> bool {
    configuration.parse::<DocumentMut>().is_ok_and(|document| {
        document
            .get("target")
            .and_then(Item::as_table_like)
            .is_some_and(|targets| targets.iter().any(|(_, target)| target.get("runner").is_some()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_is_found_wherever_it_is_set() {
        assert!(sets_runner("[target.x86_64-unknown-linux-gnu]\nrunner = 'sudo -E'\n"));
        assert!(sets_runner("[target]\n'cfg(unix)' = { runner = [\"sudo\"] }\n"));
        assert!(!sets_runner("[target.x86_64-unknown-linux-gnu]\nlinker = \"clang\"\n[build]\n"));
        assert!(!sets_runner("not toml"));
    }

    #[test]
    fn the_variable_is_cargos() {
        assert_eq!(
            variable("x86_64-unknown-linux-gnu"),
            "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER"
        );
    }
}
