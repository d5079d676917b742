//! The list of the corpus in its README is the corpus.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use netiosim_scenario::load;
use netiosim_scenario::run::find_files;

#[test]
fn every_file_has_its_row_and_every_row_its_file() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let list = fs::read_to_string(root.join("README.md")).expect("the list");
    let listed: BTreeSet<&str> = list.lines().filter(|line| line.starts_with("| [")).collect();
    let mut corpus = BTreeSet::new();
    for file in find_files(root).expect("the corpus") {
        let loaded = load::scenario(&file).unwrap_or_else(|problems| panic!("{}", problems[0]));
        let path = file
            .strip_prefix(root)
            .expect("below the root")
            .display()
            .to_string()
            .replace('\\', "/");
        let stem = file.file_stem().expect("a name").to_string_lossy();
        let (name, ids) = (&loaded.scenario.name, loaded.scenario.requirements.join(", "));
        corpus.insert(format!("| [{stem}]({path}) | {name} | {ids} |"));
    }
    let corpus: BTreeSet<&str> = corpus.iter().map(String::as_str).collect();
    let missing: Vec<_> = corpus.difference(&listed).collect();
    let stale: Vec<_> = listed.difference(&corpus).collect();
    assert!(missing.is_empty() && stale.is_empty(), "missing: {missing:#?}\nstale: {stale:#?}");
    assert!(list.contains(&format!("all {} of them", corpus.len())), "the README says how many");
}
