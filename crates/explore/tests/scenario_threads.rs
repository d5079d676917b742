//! A search by several threads sees what a search by one sees, number by number.

mod common;

use std::sync::Arc;

use common::corpus;
use netiosim_explore::scenario::{Limits, Search, Seen, Wanted};
use netiosim_model::profile::Profile;
use netiosim_scenario::program::Program;

fn search(program: &Arc<Program>, threads: usize, states: usize) -> Seen {
    let mut search = Search::new(program, Wanted::default()).threads(threads);
    search.run(&Limits { states, ..Limits::default() }, &mut |_| None);
    search.finish()
}

/// Everything that is counted or told, apart from time.
fn told(seen: &Seen) -> String {
    let violations: Vec<_> = seen.violations.iter().map(|one| (one.key(), &one.steps)).collect();
    let Seen { states, transitions, deduplicated, depth, ends, parts, columns, .. } = seen;
    format!(
        "{states} {transitions} {deduplicated} {depth} {ends} {parts} {columns} {:?} {:?} {violations:?}",
        seen.stopped, seen.rules
    )
}

#[test]
fn threads_change_nothing() {
    for file in ["exploration/five_threads.json", "storms/dock_and_roam_at_once.json"] {
        let path = corpus::folder().join(file);
        let program = corpus::program(&path, Profile::Documented).expect("it is for all profiles");
        let one = search(&program, 1, 12_000);
        assert!(one.states > 8_000, "{file}: threads have something to do, {}", one.states);
        for threads in [2, 3, 7] {
            assert_eq!(told(&search(&program, threads, 12_000)), told(&one), "{file}, {threads}");
        }
    }
}

#[test]
fn nothing_is_lost_where_a_search_is_complete() {
    let path = corpus::folder().join("exploration/five_threads.json");
    let program = corpus::program(&path, Profile::Documented).expect("it is for all profiles");
    let two = search(&program, 2, usize::MAX);
    assert!(two.proved());
    // Five threads that each take nine steps and may have to wait, as stateright counts them too.
    assert_eq!((two.states, two.transitions), (46_414, 147_830));
}
