//! The list of the corpus in its README is the corpus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use netiosim_scenario::load;
use netiosim_scenario::run::find_files;

const HEAD: &str = "| File | Statement | Ids |\n|---|---|---|\n";

/// The rows of each folder.
fn corpus(root: &Path) -> (BTreeMap<String, String>, usize) {
    let mut folders: BTreeMap<String, String> = BTreeMap::new();
    let mut files = 0;
    for file in find_files(root).expect("the corpus") {
        let loaded = load::scenario(&file).unwrap_or_else(|problems| panic!("{}", problems[0]));
        let path = file.strip_prefix(root).expect("below the root");
        let path = path.display().to_string().replace('\\', "/");
        let (folder, _) = path.split_once('/').expect("a file in a folder");
        let stem = file.file_stem().expect("a name").to_string_lossy();
        let (name, ids) = (&loaded.scenario.name, loaded.scenario.requirements.join(", "));
        let rows = folders.entry(folder.to_owned()).or_default();
        writeln!(rows, "| [{stem}]({path}) | {name} | {ids} |").expect("a string takes all");
        files += 1;
    }
    (folders, files)
}

/// The README with the rows of its sections, and the number of files, as the corpus has them. What a
/// section says before its table is written by hand.
fn renewed(list: &str, folders: &BTreeMap<String, String>, files: usize) -> String {
    let mut parts = list.split("\n## ");
    let first = parts.next().unwrap_or_default();
    let (before, after) = first.split_once("runs all ").expect("the README says how many");
    let (_, after) = after.split_once(" of them").expect("the README says how many");
    let mut text = format!("{before}runs all {files} of them{after}");
    for part in parts {
        let folder = part.lines().next().unwrap_or_default();
        let words = part.split_once(HEAD).map_or(part, |(words, _)| words);
        let rows = folders.get(folder).unwrap_or_else(|| panic!("there is no folder {folder}"));
        write!(text, "\n## {}\n\n{HEAD}{rows}", words.trim_end()).expect("a string takes all");
    }
    text
}

#[test]
fn every_file_has_its_row_and_every_row_its_file() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../scenarios"));
    let path = root.join("README.md");
    let list = fs::read_to_string(&path).expect("the list");
    let (folders, files) = corpus(root);
    for folder in folders.keys() {
        assert!(
            list.contains(&format!("\n## {folder}\n")),
            "scenarios/README.md has no section {folder}: write what its files show"
        );
    }
    let wanted = renewed(&list, &folders, files);
    if std::env::var_os("NETIOSIM_BLESS").is_some() {
        fs::write(&path, &wanted).expect("the list can be written");
        return;
    }
    let stale: Vec<&str> = wanted.lines().filter(|line| !list.contains(line)).collect();
    assert!(
        list == wanted,
        "scenarios/README.md is stale (NETIOSIM_BLESS=1 renews it); it lacks {stale:#?}"
    );
}
