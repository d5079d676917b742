//! Searches scenarios exhaustively and prints how far it came: `cargo run --release -p netiosim-explore --example states -- FILE…`
#![allow(clippy::print_stdout, reason = "it is what it is for")]

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use netiosim_explore::scenario::{Limits, Wanted, exhaust};
use netiosim_model::profile::Profile;
use netiosim_scenario::load::scenario as load;
use netiosim_scenario::program::compile;

fn main() {
    for file in std::env::args().skip(1) {
        let loaded = match load(Path::new(&file)) {
            Ok(loaded) => loaded,
            Err(problems) => {
                println!("{file}: {problems:?}");
                continue;
            }
        };
        let program = compile(&loaded.scenario, &loaded.stack, Profile::Documented);
        let Ok(program) = program else { continue };
        let begun = Instant::now();
        let mut stop = |_| (begun.elapsed().as_secs() > 20).then(|| "time".to_owned());
        let wanted = Wanted { findings_only: true, ..Wanted::default() };
        let seen = exhaust(
            &Arc::new(program),
            wanted,
            &Limits { states: 2_000_000, ..Limits::default() },
            &mut stop,
        );
        let seconds = begun.elapsed().as_secs_f64();
        let rules: Vec<&str> = seen.rules.keys().map(|rule| rule.id()).collect();
        println!(
            "{file}: {} states, {} transitions, {} deep, {} ends, {} parts, {} columns, {} taken, {:.1} bytes each, {:.3} ms, {:.0}/s{}, {rules:?}, {} violations, missing {:?}",
            seen.states,
            seen.transitions,
            seen.depth,
            seen.ends,
            seen.parts,
            seen.columns,
            seen.taken,
            seen.bytes as f64 / seen.states as f64,
            seconds * 1e3,
            seen.states as f64 / seconds,
            seen.stopped.map_or_else(String::new, |reason| format!(", STOPPED: {reason}")),
            seen.violations.len(),
            seen.missing,
        );
    }
}
