//! Bad scenario files: for each `bad_files/NAME.json` the problems in `bad_files/NAME.txt`, exactly.
//!
//! `NETIOSIM_BLESS=1 cargo test -p netiosim-scenario --test bad_files` writes the `.txt` files anew.

use std::fs;
use std::path::{Path, PathBuf};

use netiosim_scenario::problem::Problem;
use netiosim_scenario::{load, read};

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_files")
}

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(directory()).expect("the directory");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut cases: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|ext| ext == "json")).collect();
    cases.sort();
    cases
}

/// The problems of a file, as a terminal without colour shows them.
fn problems_of(path: &Path) -> Vec<Problem> {
    let name = path.file_name().expect("a name").to_string_lossy();
    let problems = match read::text_of(&name, fs::read(path).expect("a file")) {
        Ok(text) => load::scenario_text(&text, &name, &directory()).err(),
        Err(problem) => Some(vec![*problem]),
    };
    problems.unwrap_or_default()
}

#[test]
fn every_bad_file_gets_exactly_its_problems() {
    let bless = std::env::var_os("NETIOSIM_BLESS").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let shown: Vec<String> =
            problems_of(&path).iter().map(|problem| problem.render(false) + "\n").collect();
        let shown = shown.join("\n");
        let expected_path = path.with_extension("txt");
        if bless {
            fs::write(&expected_path, &shown).expect("a writable directory");
        }
        let expected = fs::read_to_string(&expected_path).unwrap_or_default().replace("\r\n", "\n");
        if shown != expected || shown.is_empty() {
            wrong.push(format!("{}\nexpected:\n{expected}\ngot:\n{shown}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn there_are_many_bad_files() {
    assert!(cases().len() >= 25, "{}", cases().len());
}

/// Every problem says where: a line and column, and a path unless the file as a whole is meant.
#[test]
fn every_problem_has_a_place() {
    for path in cases() {
        for problem in problems_of(&path) {
            assert!(problem.line > 0 && problem.column > 0, "{problem}");
            assert!(!problem.reason.is_empty() && !problem.reason.ends_with('.'), "{problem}");
            assert!(problem.span.start <= problem.span.end, "{problem}");
        }
    }
}
