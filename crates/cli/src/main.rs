//! The command `netiosim`: runs scenario files against a simulated Windows IP stack and says how it
//! went.
//!
//! It decides nothing about the stack: it reads the command line, hands files to
//! `netiosim-scenario` and prints what comes back. Results go to standard output, messages about
//! the call itself to standard error. Exit codes, the highest wins: 64 bad usage, bad file or
//! nothing found to run; 1 a failure or finding; 2 inconclusive; 0 passed. docs/cli.md describes
//! every command.

mod args;
mod cflags;
mod conformance;
#[cfg(unix)]
mod exec;
#[cfg(not(unix))]
#[path = "exec_absent.rs"]
mod exec;
#[cfg(unix)]
mod exec_meeting;
#[cfg(unix)]
mod exec_report;
#[cfg(unix)]
mod exec_signals;
mod explain;
mod explore;
mod import;
mod import_host;
mod junit;
mod library;
mod new;
mod output;
mod profiles;
mod run;
mod schema;
mod trace_file;

use std::process::ExitCode;

use clap::Parser as _;

use self::args::{Args, Command, ImportFrom};
use self::output::{Output, complain};

/// The exit code for bad usage, a bad file, or nothing found to run.
const USAGE: u8 = 64;

/// The exit code for a failure.
const FAILED: u8 = 1;

fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // A reader that has gone away does not change what the call was worth.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { USAGE } else { 0 });
        }
    };
    let mut output = Output::stdout(args.color.choice());
    let code = match args.command {
        Command::Run(run) => run::run(&run, &mut output),
        Command::Explore(args) => explore::explore(&args, &mut output),
        Command::Conformance(args) => conformance::conformance(&args, &mut output),
        Command::Exec(args) => exec::exec(&args, &mut output),
        Command::Schema { which } => schema::schema(which, &mut output),
        Command::Rules => explain::rules(&mut output),
        Command::Explain { rule } => explain::explain(&rule, &mut output),
        Command::Profiles { format } => profiles::profiles(format, &mut output),
        Command::New { template, count } => new::new(template.as_deref(), count, &mut output),
        Command::Import { from: ImportFrom::Host { output: file } } => {
            import::host(file.as_deref(), &mut output)
        }
        Command::Import { from: ImportFrom::IpJson { files, output: file } } => {
            import::ip_json(&files, file.as_deref(), &mut output)
        }
        Command::Cflags(args) => cflags::cflags(&args, &mut output),
    };
    match output.finish() {
        Ok(()) => ExitCode::from(code),
        Err(error) => {
            complain(&format!("standard output cannot be written: {error}"));
            ExitCode::from(USAGE)
        }
    }
}
