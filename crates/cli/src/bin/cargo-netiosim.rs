//! The command `cargo netiosim`: builds crates as their Windows selves on Linux and macOS, linked to the
//! simulated IP stack, and runs them or their tests. docs/cargo-netiosim.md describes it.

#[path = "../cargo_netiosim/mod.rs"]
mod cargo_netiosim;

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_netiosim::main()
}
