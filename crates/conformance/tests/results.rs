//! `results.tsv` says for every requirement what came out over every backend; `docs/requirements.md` is made of it.
#![cfg(all(feature = "abi", not(windows)))]

use std::fmt::Write as _;
use std::path::Path;

use netiosim_conformance::{Matrix, Outcome, Selection, backends, requirements};

const BLESS: &str =
    "NETIOSIM_BLESS=1 cargo test -p netiosim-conformance --features abi --test results";

fn results() -> String {
    let matrix = Matrix::run(&backends::all(), &Selection::default());
    let mut text = format!("id\t{}\treason\n", matrix.backends.join("\t"));
    for id in requirements().iter().map(|one| one.id) {
        let of = |backend: &str| matrix.word(id, backend);
        let words: Vec<&str> = matrix.backends.iter().map(|backend| of(backend)).collect();
        // A reason is of interest where nothing passes.
        let nowhere = !words.contains(&"pass");
        let reason = matrix
            .results
            .iter()
            .find(|cell| cell.id == id && nowhere && cell.result == Outcome::NotApplicable);
        let reason = reason.and_then(|cell| cell.reason.as_deref()).unwrap_or("-");
        let _ = writeln!(text, "{id}\t{}\t{reason}", words.join("\t"));
    }
    text
}

#[test]
fn they_are_fresh() {
    let results = results();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("results.tsv");
    if std::env::var_os("NETIOSIM_BLESS").is_some_and(|value| value == "1") {
        std::fs::write(&path, &results).expect("a writable list");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(committed == results, "results.tsv is stale: {BLESS}");
}
