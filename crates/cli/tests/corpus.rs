//! The corpus through the command: it passes in every mode, and equal seeds give equal bytes.

#[allow(dead_code, reason = "each test binary uses its own part")]
mod support;

use std::fs;
use std::path::Path;

use support::{folder, netiosim_in};

/// The folder of the repository, so that file names in traces are the same everywhere.
fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn passes(mode: &str) {
    let done = netiosim_in(root(), ["run", "scenarios", "--mode", mode]);
    assert_eq!(done.code, 0, "{}{}", done.stdout, done.stderr);
}

#[test]
fn every_scenario_passes_by_steps() {
    passes("manual");
}

#[test]
fn every_scenario_passes_on_threads_in_turn() {
    passes("controlled");
}

#[test]
fn every_scenario_passes_on_free_threads() {
    passes("threads");
}

/// Two processes, one seed: the traces of the whole corpus, byte for byte.
fn repeats(mode: &str, seed: &str) {
    let folder = folder(&format!("repeats-{mode}-{seed}"));
    let trace = |name: &str| {
        let file = folder.join(name);
        let path = file.to_str().expect("a UTF-8 path");
        // With a seed of its own a scenario may come out otherwise than it expects; only the bytes count.
        netiosim_in(root(), ["run", "scenarios", "--mode", mode, "--seed", seed, "--trace", path]);
        fs::read(file).expect("the trace was written")
    };
    let (first, second) = (trace("first"), trace("second"));
    assert!(first.len() > 10_000, "there are traces");
    if first != second {
        let lines = |bytes: &[u8]| {
            String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect::<Vec<_>>()
        };
        let (first, second) = (lines(&first), lines(&second));
        let at = first
            .iter()
            .zip(&second)
            .position(|(a, b)| a != b)
            .unwrap_or(first.len().min(second.len()));
        let around =
            |lines: &[String]| lines[at.saturating_sub(5)..(at + 3).min(lines.len())].join("\n");
        panic!(
            "mode {mode}, seed {seed}: line {at}:\n{}\nbut then:\n{}",
            around(&first),
            around(&second)
        );
    }
}

#[test]
fn equal_seeds_give_equal_traces_by_steps() {
    repeats("manual", "0");
    repeats("manual", "7");
}

#[test]
fn equal_seeds_give_equal_traces_on_threads_in_turn() {
    repeats("controlled", "0");
    repeats("controlled", "7");
}
