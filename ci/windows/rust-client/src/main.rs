//! A Windows program in Rust whose imports of `iphlpapi.dll` the loader resolves: to the simulator's DLL if it lies beside the program.
//!
//! `rust-client` makes every check, and its last line tells how many there were; `rust-client self-cancel` cancels a registration in its own
//! callback, which is forbidden (N001); `rust-client status N` leaves no finding and ends with N.

#[cfg(windows)]
mod checks;
#[cfg(windows)]
mod drive;

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next().and_then(|status| status.parse().ok())) {
        (None, _) => checks::all(),
        (Some("self-cancel"), _) => checks::self_cancel(),
        (Some("status"), Some(status)) => return checks::status(status),
        _ => {
            eprintln!("usage: rust-client [self-cancel | status N]");
            return std::process::ExitCode::from(64);
        }
    }
    std::process::ExitCode::SUCCESS
}

#[cfg(not(windows))]
fn main() {
    eprintln!("rust-client: build it for Windows, see ci/windows/run");
    std::process::exit(64);
}
